# SPDX-License-Identifier: EUPL-1.2
"""The only queries of this room."""

from smilecity.citizens.reads.categories import (
    Group,
    areas_kept,
    bodies_of,
    categories,
    in_use,
    kept_category,
    line,
    lines,
    offered,
    organisations,
    responsibilities,
    unknown_category,
    would_be,
)
from smilecity.citizens.reads.choosing import Chosen, answering, chosen
from smilecity.citizens.reads.deputies import colleagues, deputies, standing_in, stood_in_for
from smilecity.citizens.reads.desk import (
    areas_read,
    count_waiting,
    following,
    found_at_desk,
    noun_at,
    on_map,
    receipts_due,
    target,
    unmailed,
    waiting,
    words_of,
)
from smilecity.citizens.reads.forecast import usual
from smilecity.citizens.reads.needs import (
    MOST_ID,
    author_key,
    by_code,
    code_digest,
    code_of,
    count_about,
    is_author,
    keeper,
    knows_its_words,
    mine,
    need,
    need_at,
    needs_about,
    steps,
    subject,
    supports,
    thread,
)
from smilecity.citizens.reads.photos import photo, photos
from smilecity.citizens.reads.public import (
    MONTH,
    Alike,
    areas,
    found,
    listed,
    listed_long,
    month,
    newest,
    suggest,
    with_position,
)
from smilecity.citizens.reads.reports import area_of, areas_of, category, home, responsible
from smilecity.citizens.reads.threads import count_backing, members, merged_into, way

__all__ = [
    "MONTH", "MOST_ID", "Alike", "Chosen", "Group", "answering", "area_of", "areas", "areas_kept", "areas_of",
    "areas_read", "author_key", "bodies_of", "by_code", "categories", "category", "chosen", "code_digest", "code_of",
    "colleagues", "count_about", "count_backing", "count_waiting", "deputies", "following", "found", "found_at_desk",
    "home", "in_use", "is_author", "keeper", "kept_category", "knows_its_words", "line", "lines", "listed",
    "listed_long", "members", "merged_into", "mine", "month", "need", "need_at", "needs_about", "newest", "noun_at",
    "offered", "on_map", "organisations", "photo", "photos", "receipts_due", "responsibilities", "responsible",
    "standing_in", "steps", "stood_in_for", "subject", "suggest", "supports", "target", "thread", "unknown_category",
    "unmailed", "usual", "waiting", "way", "with_position", "words_of", "would_be",
]  # fmt: skip
