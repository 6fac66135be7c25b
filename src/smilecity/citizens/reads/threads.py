# SPDX-License-Identifier: EUPL-1.2
"""Threads: a need with those that were merged into it, and how far it has come. Nothing is moved, all is linked."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from smilecity.citizens import rules
from smilecity.citizens.models import Need
from smilecity.core import nouns, promises
from smilecity.core.models import Noun
from smilecity.core.who import Who

_ABOVE = """
WITH RECURSIVE above (id, step) AS (
    SELECT %(need)s::bigint, 0
    UNION ALL
    SELECT core_link.target_id, above.step + 1 FROM above
    JOIN core_link ON core_link.source_id = above.id AND core_link.kind = 'duplicate_of'
)
SELECT id FROM above ORDER BY step
"""
_BELOW = """
WITH RECURSIVE thread (id) AS (
    SELECT %(need)s::bigint
    UNION
    SELECT core_link.source_id FROM thread
    JOIN core_link ON core_link.target_id = thread.id AND core_link.kind = 'duplicate_of'
)
"""
# All public needs of the thread, from whichever of them one looks; the one that all are merged into comes first.
_DISCUSSED = """
WITH RECURSIVE above (id, step) AS (
    SELECT %(need)s::bigint, 0
    UNION ALL
    SELECT core_link.target_id, above.step + 1 FROM above
    JOIN core_link ON core_link.source_id = above.id AND core_link.kind = 'duplicate_of'
), thread (id, head) AS (
    (SELECT id, true FROM above ORDER BY step DESC LIMIT 1)
    UNION
    SELECT core_link.source_id, false FROM thread
    JOIN core_link ON core_link.target_id = thread.id AND core_link.kind = 'duplicate_of'
)
SELECT thread.id, core_noun.area_id FROM thread
JOIN citizens_need ON citizens_need.noun_id = thread.id AND citizens_need.published_at IS NOT NULL
JOIN core_noun ON core_noun.id = thread.id AND core_noun.visibility = 'public'
ORDER BY head DESC, id
"""
_MEMBERS = f"{_BELOW} SELECT id FROM thread"  # noqa: S608 - of constants
# Everyone besides who said it: those who need it too, and those who said the same, each once. Whoever said it by
# telephone or on paper has no account here, and counts no less: by their address if they left one, else each alone.
# Whoever had us forget them is not counted any more: their needs have no code either.
_BACKING = f"""{_BELOW}, head AS (
    SELECT account_id, lower(contact) AS contact FROM citizens_need WHERE noun_id = %(need)s
), others AS (
    SELECT 'account ' || account_id AS person FROM citizens_support WHERE need_id IN (SELECT id FROM thread)
    UNION
    SELECT coalesce('account ' || account_id, nullif(lower(contact), ''), form::text) FROM citizens_need
    WHERE noun_id IN (SELECT id FROM thread) AND noun_id <> %(need)s AND (account_id IS NOT NULL OR code <> '')
)
SELECT count(*) FROM others, head
WHERE person IS DISTINCT FROM 'account ' || head.account_id
    AND (head.account_id IS NOT NULL OR head.contact = '' OR person <> head.contact)
"""  # noqa: S608 - of constants
# When the thread was first supported, answered and talked about: each the first row of an index.
_FIRST = f"""{_BELOW}
SELECT
    (SELECT min(at) FROM citizens_support WHERE need_id IN (SELECT id FROM thread)),
    least(
        (SELECT min(at) FROM citizens_needstep WHERE need_id IN (SELECT id FROM thread) AND NOT internal
            AND (sentence <> '' OR to_organisation_id IS NOT NULL) AND decision = '' AND state <> 'reopened'),
        (SELECT min(first.at) FROM thread JOIN citizens_need ON noun_id = thread.id CROSS JOIN LATERAL (
            SELECT at FROM citizens_comment WHERE need_id = thread.id AND state = 'shown' ORDER BY at LIMIT 1
        ) AS first WHERE published_at IS NOT NULL)
    )
"""  # noqa: S608 - of constants


def merged_into(need: int) -> list[int]:
    """The need itself, then what it was merged into, up to the head of its thread."""
    return [one for (one,) in _asked(_ABOVE, need)]


def members(need: int) -> list[int]:
    """The need and all that were merged into it, by id."""
    return sorted(one for (one,) in _asked(_MEMBERS, need))


def discussed(need: int) -> dict[int, int | None]:
    """The public needs of the thread that this one is in, its head first, and the area of each."""
    return dict(_asked(_DISCUSSED, need))


def count_backing(need: int) -> int:
    """How many other people need what this thread says; each counts once, however many of its needs they support."""
    ((count,),) = _asked(_BACKING, need)
    return int(count)


def way(who: Who, need: Need) -> tuple[rules.Stage, ...]:
    """The need's whole way, for everybody who sees the need: days only."""
    ((supported, discussed),) = _asked(_FIRST, need.noun_id)
    course = rules.Course(
        said=timezone.localdate(need.said_at),
        supported=_day(supported),
        discussed=_day(discussed),
        decided=_day(need.answered_at) if need.decision else None,
        decision=need.decision,
        by_project=need.target is not None and need.target.kind == "project",
        promise=_promised(who, need, _answering(who, need)),
    )
    return rules.way(course)


def _answering(who: Who, need: Need) -> Collection[int]:
    """What answers the need, as far as this person may see it."""
    found = Noun.objects.filter(nouns.sees(who), links_from__target=need.noun_id, links_from__kind="answers")
    return list(found.values_list("id", flat=True)[:20])


def _promised(who: Who, need: Need, answering: Collection[int]) -> promises.Promise | None:
    """The promise of what it was accepted by; else the first of those that say they answer it."""
    found = promises.of(who, answering)
    first = need.target_id if need.target_id in found else min(found, default=None)
    return found[first] if first is not None else None


def _day(at: datetime | None) -> date | None:
    return timezone.localdate(at) if at else None


def _asked(sql: str, need: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"need": need})
        return list(cursor.fetchall())
