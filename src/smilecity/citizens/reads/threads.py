# SPDX-License-Identifier: EUPL-1.2
"""Threads: a need with those that were merged into it, and how far it has come. Nothing is moved, all is linked."""

from collections.abc import Collection

from django.db import connection
from django.db.models import Min
from django.utils import timezone

from smilecity.citizens import rules
from smilecity.citizens.models import Comment, Need, NeedStep, Support
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


def merged_into(need: int) -> list[int]:
    """The need itself, then what it was merged into, up to the head of its thread."""
    return [one for (one,) in _asked(_ABOVE, need)]


def members(need: int) -> list[int]:
    """The need and all that were merged into it, by id."""
    return sorted(one for (one,) in _asked(_MEMBERS, need))


def count_backing(need: int) -> int:
    """How many other people need what this thread says; each counts once, however many of its needs they support."""
    ((count,),) = _asked(_BACKING, need)
    return int(count)


def way(who: Who, need: Need) -> tuple[rules.Stage, ...]:
    """The need's whole way, for everybody who sees the need: days only."""
    thread = members(need.noun_id)
    steps = NeedStep.objects.filter(need__in=thread, internal=False).exclude(
        sentence="", to_organisation=None
    )
    answered = steps.filter(decision="").exclude(state=Need.REOPENED).aggregate(at=Min("at"))["at"]
    said = Comment.objects.filter(need__in=thread, need__published_at__isnull=False, state=Comment.SHOWN)
    discussed = min(filter(None, (answered, said.aggregate(at=Min("at"))["at"])), default=None)
    supported = Support.objects.filter(need__in=thread).aggregate(at=Min("at"))["at"]
    course = rules.Course(
        said=timezone.localdate(need.said_at),
        supported=timezone.localdate(supported) if supported else None,
        discussed=timezone.localdate(discussed) if discussed else None,
        decided=timezone.localdate(need.answered_at) if need.decision and need.answered_at else None,
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


def _asked(sql: str, need: int) -> list[tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"need": need})
        return list(cursor.fetchall())
