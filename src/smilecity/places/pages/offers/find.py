# SPDX-License-Identifier: EUPL-1.2
"""The form above what there is to do: every filter with what is chosen, short ways to the usual days, and chips."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from smilecity.core import clock, moments
from smilecity.core.choosing import Chip, Select
from smilecity.core.nouns import in_text
from smilecity.core.who import Who
from smilecity.places import reads
from smilecity.places.rules import offers as rules
from smilecity.places.rules.difference import SPOKEN
from smilecity.places.rules.offers import addressing
from smilecity.places.rules.offers.addressing import ACCESS, WEEKDAYS, WHOLE_DAY, clock_of
from smilecity.places.rules.offers.wishing import DAY, WHEN, Wish


@dataclass(frozen=True, slots=True)
class Short:
    """A way to a usual day with the rest of the wish; `current` is the one that is shown."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Finder:
    """The whole form."""

    wish: Wish
    shorts: list[Short]
    district: Select
    selects: list[Select]
    access: list[tuple[str, str, bool]]
    chips: list[Chip]
    near: str
    since: str
    until: str
    first: str
    last: str

    @property
    def narrow(self) -> bool:
        """Whether anything is asked for at all."""
        return replace(self.wish, unknown=False) != Wish()


def asked(request: HttpRequest) -> Wish:
    """What the address asks for."""
    return addressing.asked(request.GET, clock.now(), settings.SMILE.zone)


def below(name: str, wish: Wish) -> str:
    """The address of this name that answers the wish."""
    query = addressing.query(wish)
    return f"{reverse(name)}?{query}" if query else reverse(name)


def finder(who: Who, wish: Wish) -> Finder:
    """The form as it stands for this wish; three questions at most."""
    language = get_language() or "de"
    named = [(one.key, in_text(one.title, language)) for one in reads.districts(who)]
    today = clock.now().astimezone(settings.SMILE.zone).date()
    return Finder(
        wish=wish,
        shorts=_shorts(wish),
        district=Select("area", _("Wo?"), [("", _("In der ganzen Stadt")), *named], wish.area),
        selects=_selects(wish),
        access=[(one, str(label), one in wish.access) for one, label in ACCESS.items()],
        chips=_chips(who, wish, dict(named)),
        near=f"{wish.near[1]},{wish.near[0]}" if wish.near else "",
        since=clock_of(wish.hours[0]) if wish.hours else "",
        until=clock_of(wish.hours[1]) if wish.hours and wish.hours[1] < WHOLE_DAY else "",
        first=today.isoformat(),
        last=(today + timedelta(days=addressing.DAYS_AHEAD)).isoformat(),
    )


def said(who: Who, wish: Wish) -> list[str]:
    """What is asked for, in words."""
    return [chip.label for chip in finder(who, wish).chips]


def _shorts(wish: Wish) -> list[Short]:
    known = [(one, str(label)) for one, label in WHEN.items() if one != DAY]
    return [
        Short(
            label[:1].upper() + label[1:],
            below("offers:list", replace(wish, when=one, day=None)),
            one == wish.when,
        )
        for one, label in [("", _("demnächst")), *known]
    ]


def _selects(wish: Wish) -> list[Select]:
    whatever = _("egal")
    weekday = list(WEEKDAYS)[wish.weekday - 1] if wish.weekday else ""
    when = {one: label for one, label in WHEN.items() if one != DAY}
    return [
        _select("when", _("Wann?"), when, "" if wish.when == DAY else wish.when, _("demnächst")),
        _select("weekday", _("An welchem Wochentag?"), WEEKDAYS, weekday, whatever),
        _select("kind", _("Was suchen Sie?"), rules.KINDS, wish.kind, whatever),
        _select("category", _("Worum geht es?"), rules.CATEGORIES, wish.category, whatever),
        _select("language", _("Welche Sprache?"), SPOKEN, wish.language, whatever),
    ]


def _select(name: str, label: str, known: Mapping[str, object], value: str, none: str) -> Select:
    return Select(name, label, [("", none), *((key, str(text)) for key, text in known.items())], value)


def _chips(who: Who, wish: Wish, districts: Mapping[str, str]) -> list[Chip]:
    def chip(label: str, name: str, value: str = "") -> Chip:
        return Chip(label, below("offers:list", addressing.without(wish, name, value)))

    found = [
        chip(say(wish), name) for name, say in _SAID.items() if getattr(wish, name) not in ("", None, False)
    ]
    found += [chip(str(ACCESS[one]), "access", one) for one in wish.access]
    if wish.area:
        found.append(chip(districts.get(wish.area, wish.area), "area"))
    if wish.place:
        found.append(chip(_titled(reads.place(who, wish.place), wish.place), "place"))
    if wish.organiser:
        title = _titled(reads.keeper(who, wish.organiser), wish.organiser)
        found.append(chip(_("von %(organiser)s") % {"organiser": title}, "organiser"))
    return found


def _titled(noun: object, otherwise: str) -> str:
    title = getattr(noun, "title", None)
    return in_text(title, get_language() or "de") if title else otherwise


def _when(wish: Wish) -> str:
    if wish.day is None:
        return str(WHEN[wish.when])
    return moments.day_of(wish.day, clock.now().astimezone(settings.SMILE.zone).date())


def _hours(wish: Wish) -> str:
    since, until = wish.hours or (0, WHOLE_DAY)
    if until == WHOLE_DAY:
        return _("Beginn ab %(since)s Uhr") % {"since": clock_of(since)}
    return _("Beginn von %(since)s bis %(until)s Uhr") % {"since": clock_of(since), "until": clock_of(until)}


_SAID: dict[str, Callable[[Wish], str]] = {
    "q": lambda wish: f"„{wish.q}“",
    "near": lambda _wish: _("in meiner Nähe"),
    "when": _when,
    "hours": _hours,
    "weekday": lambda wish: str(list(WEEKDAYS.values())[(wish.weekday or 1) - 1]),
    "kind": lambda wish: str(rules.KINDS[wish.kind]),
    "category": lambda wish: str(rules.CATEGORIES[wish.category]),
    "age": lambda wish: _("für %(age)d Jahre") % {"age": wish.age},
    "language": lambda wish: str(SPOKEN.get(wish.language, wish.language)),
    "free": lambda _wish: _("kostenlos"),
    "unknown": lambda _wish: _("auch, wo es nicht bekannt ist"),
}
