# SPDX-License-Identifier: EUPL-1.2
"""What apps read of reports by Open311: only what is published, and only what everybody may know of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import cos, radians
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest

from smilecity.citizens import rights, rules
from smilecity.citizens.models import Comment, Need, NeedPhoto, NeedStep
from smilecity.citizens.reads.threads import members, merged_into
from smilecity.citizens.rules import open311
from smilecity.core import nouns
from smilecity.core.models import Noun
from smilecity.core.who import Who

MOST_NEAR, MOST_SAID = 10_000, 500
_METRES_A_DEGREE = 111_320.0
# The box of a point is that point; what is in the square is looked at again, for corners are too far away.
_NEAR = """
SELECT id FROM core_noun WHERE kind = 'need' AND visibility = 'public'
AND box && box(point(%(east)s, %(north)s), point(%(west)s, %(south)s))
AND power(((@@ box)[0] - %(long)s) * %(wide)s, 2) + power(((@@ box)[1] - %(lat)s) * %(high)s, 2) <= power(%(far)s, 2)
LIMIT %(most)s
"""
_SHOWN = (
    "noun_id", "form", "kind", "language", "state", "decision", "said_at", "due_at", "published_at", "at_home",
    "where", "backing", "noun__title", "noun__text", "noun__geo", "noun__keeper__title", "noun__keeper__visibility",
    "category__code", "category__title",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """A published report: its last public sentence, when the public last heard something, pictures by their ids."""

    need: Need
    note: str
    changed_at: datetime
    photos: tuple[int, ...]


def reports(who: Who, wish: open311.Asked) -> list[Told]:
    """Published reports that answer the wish, the newest first; three questions however many they are.

    Which they are comes first: so nothing is looked up for those on the pages before.
    """
    numbers = list(_matching(wish).values_list("noun_id", flat=True)[wish.skip : wish.skip + wish.size])
    rows = list(_told(Need.objects.filter(noun__in=numbers).order_by("back")))
    photos: dict[int, list[int]] = {}
    kept = NeedPhoto.objects.filter(need__in=[one.noun_id for one in rows], shown=True).order_by("id")
    for need, photo in kept.values_list("need_id", "id"):
        photos.setdefault(need, []).append(photo)
    return [Told(one, one.note or "", one.changed_at, tuple(photos.get(one.noun_id, ()))) for one in rows]


def count_reports(who: Who, wish: open311.Asked) -> int:
    """How many there are. `who` is asked for nothing."""
    return _matching(wish).count()


def report(who: Who, number: int) -> Need | None:
    """A published report by its number. `who` is asked for nothing."""
    return Need.objects.select_related("category").filter(_public(), noun=number).first()


def report_of_form(who: Who, form: UUID) -> int | None:
    """The number of what came by this form, published or not: only its sender knows an unpublished one's form."""
    found = Need.objects.filter(form=form, category__isnull=False).values_list("noun_id", flat=True).first()
    return int(found) if found is not None else None


def shown_photo(who: Who, number: int) -> NeedPhoto | None:
    """A picture that somebody has looked at and let everybody see, of a published report."""
    published = {"need__published_at__isnull": False, "need__noun__visibility": Noun.PUBLIC}
    return NeedPhoto.objects.filter(id=number, shown=True, **published).only("full", "digest").first()


def comments(who: Who, number: int) -> list[Comment]:
    """What people said in the thread of a published report, without what is hidden, waits or was withdrawn."""
    if report(who, number) is None:
        raise rules.unknown()
    thread = members(merged_into(number)[-1])
    public = {"need__published_at__isnull": False, "need__noun__visibility": Noun.PUBLIC}
    found = Comment.objects.filter(need__in=thread, state=Comment.SHOWN, **public)
    return list(found.order_by("id")[:MOST_SAID])


def notes(who: Who, number: int) -> list[NeedStep]:
    """What colleagues noted on a report, for those who answer it."""
    need = Need.objects.select_related("noun").filter(noun=number).first()
    if need is None or not rights.may_answer(who, need.noun.area_id, need.noun.keeper_id):
        raise rules.unknown()
    return list(NeedStep.objects.filter(need=need, internal=True).order_by("at", "id")[:MOST_SAID])


def outlines(who: Who, wanted: Sequence[int], *, parts: bool) -> list[Noun]:
    """Areas with their outlines: these; or all of them; or only the largest, which are the city."""
    found = Noun.objects.filter(nouns.sees(who), kind="area", visibility=Noun.PUBLIC, geo__isnull=False)
    if wanted:
        found = found.filter(id__in=wanted)
    elif not parts:
        found = found.filter(area__isnull=True)
    return list(found.only("title", "geo").order_by("sort", "id"))


def _public() -> Q:
    return Q(published_at__isnull=False, noun__visibility=Noun.PUBLIC, category__isnull=False)


def _matching(wish: open311.Asked) -> QuerySet[Need]:
    found = Need.objects.filter(_public()).order_by("back")
    if wish.ids is not None:
        return found.filter(noun__in=wish.ids[: open311.MOST_REQUESTS])
    some = Q()
    if wish.codes:
        some &= Q(category__code__in=wish.codes)
    if wish.closed is not None:
        some &= Q(state=Need.CLOSED) if wish.closed else ~Q(state=Need.CLOSED)
    if wish.kinds:
        some &= Q(kind__in=wish.kinds)
    if wish.since:
        some &= Q(said_at__gte=wish.since)
    if wish.until:
        some &= Q(said_at__lte=wish.until)
    if wish.agency:
        some &= Q(noun__keeper__sort=nouns.sort_key(wish.agency))
    if wish.areas:
        below = nouns.areas_below(wish.areas)
        some &= Q(noun__area__in=set().union(*below.values()))
    if wish.around:
        some &= Q(noun__in=_near(wish.around))
    if wish.pictured:
        some &= Q(Exists(NeedPhoto.objects.filter(need=OuterRef("pk"), shown=True)))
    return found.filter(some & _detailed(wish.detailed) & _changed(wish))


def _detailed(names: tuple[str, ...]) -> Q:
    some = Q()
    for name in names:
        states, decisions = open311.DETAILED[name]
        some |= Q(state__in=states) & (Q(decision__in=decisions) if decisions else Q())
    return some


def _changed(wish: open311.Asked) -> Q:
    """Changed means for the public: published, or a public step since."""
    some, steps = Q(), NeedStep.objects.filter(need=OuterRef("pk"), internal=False)
    if wish.changed_since:
        some &= Q(published_at__gte=wish.changed_since) | Q(Exists(steps.filter(at__gte=wish.changed_since)))
    if wish.changed_until:
        some &= Q(published_at__lte=wish.changed_until) & ~Q(Exists(steps.filter(at__gt=wish.changed_until)))
    return some


def _told(found: QuerySet[Need]) -> QuerySet[Any]:
    """Why an author had it reopened is in words that nobody has made fit for the public: it is no public sentence."""
    steps = NeedStep.objects.filter(need=OuterRef("pk"), internal=False).order_by("-at", "-id")
    said = steps.exclude(sentence="").exclude(state=Need.REOPENED)
    return (
        found.select_related("noun__keeper", "category")
        .only(*_SHOWN)
        .annotate(
            note=Subquery(said.values("sentence")[:1]),
            changed_at=Greatest("published_at", Subquery(steps.values("at")[:1])),
        )
    )


def _near(around: open311.Around) -> list[int]:
    lat, long, far = around.spot.latitude, around.spot.longitude, around.metres
    wide = _METRES_A_DEGREE * max(cos(radians(lat)), 0.01)
    given = {
        "lat": lat, "long": long, "far": far, "wide": wide, "high": _METRES_A_DEGREE, "most": MOST_NEAR,
        "east": long + far / wide, "west": long - far / wide,
        "north": lat + far / _METRES_A_DEGREE, "south": lat - far / _METRES_A_DEGREE,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, given)
        return [int(row[0]) for row in cursor.fetchall()]
