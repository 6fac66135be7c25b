# SPDX-License-Identifier: EUPL-1.2
"""Everything public about needs, row by row, so that as many as there are need no memory."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from smilecity.citizens import rules
from smilecity.citizens.models import Comment, Need
from smilecity.citizens.reads.public import found
from smilecity.core.models import Noun
from smilecity.core.who import Who

ROWS_AT_ONCE = 1000

Row = dict[str, Any]


def needs_data(who: Who, wish: rules.Wish) -> Iterator[list[Row]]:
    """Published needs that answer the wish, in the order of their ids, some at a time; all of them, if it asks nothing.

    `who` is asked for nothing: what is published is for everybody. There are days, no times, and no person.
    """
    some = Need.objects.filter(published_at__isnull=False, noun__visibility=Noun.PUBLIC)
    if wish.narrow:
        some = some.filter(noun__in=found(who, wish).values("id"))
    some = some.select_related("noun__area", "noun__keeper", "category", "target")
    for rows in _keyset(some, "noun_id"):
        talk = _comments_of(rows)
        yield [_need(one, talk.get(one.noun_id, 0)) for one in rows]


def comments_data(who: Who) -> Iterator[list[Row]]:
    """Comments that everybody reads, in the order of their ids, some at a time; `who` is asked for nothing."""
    some = Comment.objects.filter(
        state=Comment.SHOWN, need__published_at__isnull=False, need__noun__visibility=Noun.PUBLIC
    ).select_related("need", "organisation")
    for rows in _keyset(some, "id"):
        yield [_comment(one) for one in rows]


def _keyset(rows: QuerySet[Any], key: str) -> Iterator[list[Any]]:
    last = 0
    while some := list(rows.filter(**{f"{key}__gt": last}).order_by(key)[:ROWS_AT_ONCE]):
        yield some
        last = getattr(some[-1], key)


def _comments_of(needs: list[Need]) -> dict[int, int]:
    shown = Comment.objects.filter(need__in=needs, state=Comment.SHOWN).order_by()
    return dict(shown.values_list("need").annotate(count=Count("id")))


def _need(one: Need, comments: int) -> Row:
    noun, geo = one.noun, one.noun.geo or {}
    point = geo.get("coordinates") if geo.get("type") == "Point" else None
    return {
        "id": one.noun_id,
        "address": f"/{noun.address}/",
        "kind": one.kind,
        "category": one.category.code if one.category else "",
        "title": noun.title.get(one.language, ""),
        "text": noun.text.get(one.language, ""),
        "language": one.language,
        "door": one.door,
        "said_on": _day(one.said_at),
        "published_on": _day(one.published_at),
        "area": noun.area.address.removeprefix("areas/") if noun.area else "",
        "longitude": point[0] if point else None,
        "latitude": point[1] if point else None,
        "state": one.state,
        "decision": one.decision,
        "answer": one.answer,
        "answered_on": _day(one.answered_at),
        "target": _target(one),
        "keeper": _public(noun.keeper),
        "due_on": _day(one.due_at),
        "backing": one.backing,
        "comments": comments,
        "licence": noun.licence,
    }


def _comment(one: Comment) -> Row:
    return {
        "id": one.id,
        "need": one.need_id,
        "said_on": _day(one.at),
        "language": one.language,
        "words": one.words,
        "official": one.official,
        "organisation": _public(one.organisation),
    }


def _target(one: Need) -> str:
    """What the decision points to: an address here, or the name of an authority outside."""
    return one.outside or _public(one.target)


def _public(noun: Noun | None) -> str:
    return f"/{noun.address}/" if noun is not None and noun.visibility == Noun.PUBLIC else ""


def _day(at: datetime | None) -> date | None:
    return timezone.localdate(at) if at else None
