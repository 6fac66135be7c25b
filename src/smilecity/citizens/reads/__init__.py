# SPDX-License-Identifier: EUPL-1.2
"""The only queries of this room."""

from smilecity.citizens.reads.desk import (
    areas_read,
    count_waiting,
    noun_at,
    target,
    unmailed,
    waiting,
    words_of,
)
from smilecity.citizens.reads.needs import (
    MOST_ID,
    author_key,
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
from smilecity.citizens.reads.public import MONTH, Alike, areas, listed, month, suggest
from smilecity.citizens.reads.reports import area_of, category, responsible
from smilecity.citizens.reads.threads import count_backing, members, merged_into, way

__all__ = [
    "MONTH", "MOST_ID", "Alike", "area_of", "areas", "areas_read", "author_key", "category", "code_digest", "code_of",
    "count_about", "count_backing", "count_waiting", "is_author", "keeper", "knows_its_words", "listed", "members",
    "merged_into", "mine", "month", "need", "need_at", "needs_about", "noun_at", "responsible", "steps", "subject",
    "suggest", "supports", "target", "thread", "unmailed", "waiting", "way", "words_of",
]  # fmt: skip
