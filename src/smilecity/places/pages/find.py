# SPDX-License-Identifier: EUPL-1.2
"""The finder's form: every filter with what is chosen, and what is chosen as chips that can be taken away."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

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
from smilecity.places.rules import finding, spans, words
from smilecity.places.rules.difference import SPOKEN
from smilecity.places.rules.finding import Wish


@dataclass(frozen=True, slots=True)
class Finder:
    """The whole form."""

    wish: Wish
    district: Select
    selects: list[Select]
    access: list[tuple[str, str, bool]]
    chips: list[Chip]
    near: str
    at: str
    first: str
    last: str


def asked(request: HttpRequest) -> Wish:
    """What the address asks for."""
    return finding.asked(request.GET, clock.now(), settings.SMILE.zone)


def finder(who: Who, wish: Wish) -> Finder:
    """The form as it stands for this wish; two questions at most."""
    districts = reads.districts(who)
    language = get_language() or "de"
    named = [(one.key, in_text(one.title, language)) for one in districts]
    today = clock.now().astimezone(settings.SMILE.zone)
    return Finder(
        wish=wish,
        district=Select("area", _("Wo?"), [("", _("In der ganzen Stadt")), *named], wish.area),
        selects=_selects(wish),
        access=[(one, str(label), one in wish.access) for one, (_q, _a, label) in finding.ACCESS.items()],
        chips=_chips(who, wish, dict(named)),
        near=f"{wish.near[1]},{wish.near[0]}" if wish.near else "",
        at=f"{wish.at:%Y-%m-%dT%H:%M}" if wish.at else "",
        first=f"{today:%Y-%m-%dT00:00}",
        last=f"{today + timedelta(days=spans.DAYS_AHEAD):%Y-%m-%dT23:59}",
    )


def _selects(wish: Wish) -> list[Select]:
    whatever = _("egal")
    return [
        _select("category", _("Was für ein Ort?"), words.CATEGORIES, wish.category, _("Alle Orte")),
        _select("open", _("Wann offen?"), finding.OPEN, wish.open, whatever),
        _select("on", _("Wann ist dort etwas los?"), finding.ON, wish.on, whatever),
        _select("step_free", _("Ohne Stufen?"), finding.STEP_FREE, wish.step_free, whatever),
        _select("quiet", _("Mit ruhiger Stunde?"), finding.QUIET, wish.quiet, whatever),
        _select("busy", _("Wie belebt?"), finding.BUSY, wish.busy, whatever),
        _select("where", _("Drinnen oder draußen?"), finding.WHERE, wish.where, whatever),
        _select("language", _("Welche Sprache?"), SPOKEN, wish.language, whatever),
    ]


def _select(name: str, label: str, known: Mapping[str, object], value: str, none: str) -> Select:
    return Select(name, label, [("", none), *((key, str(text)) for key, text in known.items())], value)


def _chips(who: Who, wish: Wish, districts: Mapping[str, str]) -> list[Chip]:
    start = reverse("places:list")

    def chip(label: str, name: str, value: str = "") -> Chip:
        query = wish.without(name, value).query()
        return Chip(label, f"{start}?{query}" if query else start)

    found = [
        chip(say(wish), name) for name, say in _SAID.items() if getattr(wish, name) not in ("", None, False)
    ]
    found += [chip(str(finding.ACCESS[one][2]), "access", one) for one in wish.access]
    if wish.area:
        found.append(chip(districts.get(wish.area, wish.area), "area"))
    if wish.keeper:
        keeper = reads.keeper(who, wish.keeper)
        title = in_text(keeper.title, get_language() or "de") if keeper else wish.keeper
        found.append(chip(_("betreut von %(keeper)s") % {"keeper": title}, "keeper"))
    return found


def _opened(wish: Wish) -> str:
    if wish.open == "now" or wish.at is None:
        return str(finding.OPEN["now"])
    return _("offen am %(moment)s") % {"moment": _moment(wish.at)}


def _on(wish: Wish) -> str:
    if wish.on != "at" or wish.at is None:
        return _("etwas los: %(when)s") % {"when": finding.ON[wish.on]}
    return _("etwas los: %(when)s") % {"when": _moment(wish.at)}


def _moment(at: datetime) -> str:
    day = moments.day_of(at.date(), clock.now().astimezone(settings.SMILE.zone).date())
    time = moments.clock_time(at, settings.SMILE.zone)
    return _("%(day)s, %(time)s") % {"day": day, "time": time}


_SAID: dict[str, Callable[[Wish], str]] = {
    "q": lambda wish: f"„{wish.q}“",
    "near": lambda _wish: _("in meiner Nähe"),
    "category": lambda wish: str(words.CATEGORIES[wish.category]),
    "open": _opened,
    "on": _on,
    "age": lambda wish: _("für %(age)d Jahre") % {"age": wish.age},
    "step_free": lambda wish: str(finding.STEP_FREE[wish.step_free]),
    "language": lambda wish: str(SPOKEN.get(wish.language, wish.language)),
    "free": lambda _wish: _("kostenlos"),
    "where": lambda wish: str(finding.WHERE[wish.where]),
    "busy": lambda wish: str(finding.BUSY[wish.busy]),
    "quiet": lambda wish: str(finding.QUIET[wish.quiet]),
    "unknown": lambda _wish: _("auch, wo es nicht bekannt ist"),
}
