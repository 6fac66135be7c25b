# SPDX-License-Identifier: EUPL-1.2
"""The pulse: what is asked, whom, when, and what came out. How it stands while a round is open nobody reads."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from smilecity.citizens import rights
from smilecity.citizens.models import Pulse, PulseMark, PulseRound
from smilecity.citizens.rules.pulse import Asking, Texts
from smilecity.core import clock, nouns
from smilecity.core.models import Noun
from smilecity.core.who import Who
from smilecity.space import reads as space

MOST_PULSES = 200
MOST_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Part:
    """An area that people of a question can be from; `above` is the district that a quarter is in, if it is in one."""

    id: int
    title: Texts
    above: int | None = None
    above_title: Texts | None = None


def pulse(who: Who, slug: str) -> Pulse | None:
    """The question at `/pulse/<slug>/`."""
    return _seen(who).filter(noun__address=f"pulse/{slug}").first()


def asked(who: Who) -> Pulse | None:
    """The question of the day: one whose round is open, else the one that closed last, else the newest."""
    public = _seen(who).filter(noun__visibility=Noun.PUBLIC)
    rounds = PulseRound.objects.filter(pulse__in=public.values("pk"))
    newest = (
        rounds.filter(closed_at=None, closes_at__gt=clock.now()).order_by("-opens_at", "-id").first()
        or rounds.order_by("-closes_at", "-id").first()
    )
    found = public.filter(pk=newest.pulse_id) if newest else public.order_by("-pk")
    return found.first()


def kept(who: Who) -> list[Pulse]:
    """The questions that this person keeps, the newest first."""
    found = _seen(who).order_by("-pk")[:MOST_PULSES]
    return [one for one in found if rights.may_ask(who, one.noun.area_id)]


def open_round(who: Who, of: Pulse) -> PulseRound | None:
    """The round in which can be answered now."""
    now = clock.now()
    found = PulseRound.objects.filter(pulse=of, closed_at=None, opens_at__lte=now, closes_at__gt=now)
    return found.filter(pulse__noun__visibility=Noun.PUBLIC).first()


def was_asked(who: Who, of: Pulse) -> bool:
    """Whether a round was ever opened: what is compared stays as it is then."""
    return PulseRound.objects.filter(pulse=of).exists()


def rounds(who: Who, of: Pulse) -> list[PulseRound]:
    """The closed rounds with their results, the latest first."""
    found = PulseRound.objects.filter(pulse=of, closed_at__isnull=False)
    return list(found.order_by("-number")[:MOST_ROUNDS])


def has_answered(who: Who, one: PulseRound) -> bool:
    """Whether this account has answered in the open round; what, is nowhere."""
    if who.account is None or one.secret is None:
        return False
    return PulseMark.objects.filter(mark=mark(one, who, None)).exists()


def parts(who: Who, of: Pulse) -> list[Part]:
    """Today's areas that people can be from, in German order; one query."""
    return list(_parts(space.tree(who), of.level, of.noun.area_id))


def titles(who: Who, ids: set[int]) -> dict[int, Noun]:
    """The areas of a result by id, those of former days too."""
    found = Noun.objects.filter(nouns.sees(who), kind="area", id__in=ids)
    return {one.pk: one for one in found.only("title", "address", "sort", "kind")}


def outlines(who: Who, ids: set[int]) -> dict[int, Any]:
    """Their outlines as GeoJSON, of those that have one."""
    found = Noun.objects.filter(nouns.sees(who), kind="area", id__in=ids, geo__isnull=False)
    return dict(found.values_list("id", "geo"))


def asking(of: Pulse) -> Asking:
    """The question as the rules know it."""
    return Asking(
        title=of.noun.title,
        text=of.noun.text,
        labels={language: tuple(words) for language, words in of.labels.items()},
        rhythm=of.rhythm,
        days=of.days,
        level=of.level,
        threshold=of.threshold,
        since=of.since,
        until=of.until,
    )


def mark(one: PulseRound, who: Who, form: UUID | None) -> str:
    """What says that somebody answered: of their account, else of the form they sent. Only with the round's secret."""
    said = f"account/{who.account}" if who.account is not None else f"form/{form}"
    return hmac.digest(bytes(one.secret or b""), said.encode(), "sha256").hex()


def _seen(who: Who) -> QuerySet[Pulse]:
    found = Pulse.objects.filter(noun__in=Noun.objects.filter(nouns.sees(who), kind="pulse").values("id"))
    return found.select_related("noun__area")


def _parts(
    branches: list[space.Branch], level: str, within: int | None, above: space.Branch | None = None
) -> Iterator[Part]:
    for branch in branches:
        area = branch.area
        inside = None if area.noun_id == within else within
        if area.level == level and inside is None:
            known = (above.area.noun_id, above.area.noun.title) if above else (None, None)
            yield Part(area.noun_id, area.noun.title, *known)
        else:
            district = branch if area.level == "district" else above
            yield from _parts(branch.parts, level, inside, district)
