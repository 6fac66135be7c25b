# SPDX-License-Identifier: EUPL-1.2
"""Nouns of every kind as features: what OGC API Features asks, answered by one rule of who sees what."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import BooleanField, F, FloatField, Func, Q, QuerySet, Value

from smilecity.core import nouns
from smilecity.core.models import Noun
from smilecity.core.paging import page
from smilecity.core.who import Who
from smilecity.space import rules
from smilecity.space.rules.features import Box, Span

MOST_ROUNDS = 5  # looks for a page's worth; then the page is short and the next one goes on


@dataclass(frozen=True, slots=True)
class Found:
    """`after` is the cursor for the next page, or empty at the end."""

    items: list[Noun]
    after: str


class Touches(Func):
    """Whether a box and another have a point in common."""

    template = "%(expressions)s"
    arg_joiner = " && "
    output_field = BooleanField()


def features(
    who: Who, kind: str, boxes: Sequence[Box], changed: Span, *, after: str = "", size: int = 50
) -> Found:
    """A page of the nouns of a kind in German dictionary order, each with its `area` and `keeper`.

    The index finds what may lie in the boxes; outlines are then looked at exactly.
    """
    rows = _of_kind(who, kind)
    if boxes:
        inside = Q()
        for box in boxes:
            inside |= Q(Touches(F("box"), _box(box)))
        rows = rows.filter(inside)
    if changed.start:
        rows = rows.filter(changed_at__gte=changed.start)
    if changed.end:
        rows = rows.filter(changed_at__lt=changed.end)
    items: list[Noun] = []
    for _round in range(MOST_ROUNDS):
        some = page(rows, ("sort", "id"), after=after, size=size - len(items))
        items += [one for one in some.items if not boxes or _lies_in(one, boxes)]
        after = some.after
        if not after or len(items) >= size:
            break
    return Found(items, after)


def feature(who: Who, kind: str, noun: int) -> Noun | None:
    """One noun of this kind, if it is there for this reader."""
    return _of_kind(who, kind).filter(id=noun).first() if 0 < noun < 1 << 63 else None


def _of_kind(who: Who, kind: str) -> QuerySet[Noun]:
    seen = Noun.objects.filter(nouns.sees(who), kind=kind).select_related("area", "keeper")
    heavy = ("search", "plain", "cell", "box")
    return seen.defer(
        *heavy, *(f"{other}__{one}" for other in ("area", "keeper") for one in (*heavy, "geo", "text"))
    )


def _lies_in(noun: Noun, boxes: Sequence[Box]) -> bool:
    return noun.geo is not None and any(rules.touches(noun.geo, box) for box in boxes)


def _box(box: Box) -> Func:
    west, south, east, north = (Value(number, output_field=FloatField()) for number in box)
    corner = {"function": "point", "output_field": FloatField()}
    return Func(Func(east, north, **corner), Func(west, south, **corner), function="box")
