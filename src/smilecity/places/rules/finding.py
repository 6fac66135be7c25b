# SPDX-License-Identifier: EUPL-1.2
"""What people ask for when they look for a place, as one value: in an address, a form, a feed and the API alike."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

from smilecity.core.problems import Sentence
from smilecity.places.rules import asking, spans, words
from smilecity.places.rules.asking import Asked
from smilecity.places.rules.description import OLDEST
from smilecity.places.rules.difference import SPOKEN
from smilecity.places.rules.offers.addressing import WEEKDAYS

CALM, LIVELY = "calm", "lively"

STEP_FREE: dict[str, Sentence] = {"yes": _later("stufenlos"), "some": _later("stufenlos, auch teilweise")}
# What else is asked of accessibility: the question of `words.ACCESS`, and the answers that will do.
ACCESS: dict[str, tuple[str, tuple[str, ...], Sentence]] = {
    "toilet": ("toilet", ("yes", "wheelchair"), _later("Toilette")),
    "wheelchair_toilet": ("toilet", ("wheelchair",), _later("Toilette für Menschen im Rollstuhl")),
    "guidance": ("guidance", ("yes",), _later("Leitsystem für blinde Menschen")),
    "seats": ("seats", ("yes",), _later("Sitzplätze")),
    "light": ("light", ("yes",), _later("Licht am Abend")),
    "parking": ("parking", ("yes",), _later("Parkplatz für Menschen mit Behinderung")),
}
OPEN: dict[str, Sentence] = {"now": _later("jetzt offen"), "at": _later("offen zu einer Zeit")}
ON: dict[str, Sentence] = {
    "now": _later("gerade jetzt"),
    "at": _later("zu einer Zeit"),
    "today": _later("heute"),
    "tomorrow": _later("morgen"),
    "weekend": _later("am Wochenende"),
    **WEEKDAYS,
}
WHERE: dict[str, Sentence] = {"in": _later("drinnen"), "out": _later("draußen")}
BUSY: dict[str, Sentence] = {CALM: _later("jetzt ruhig"), LIVELY: _later("jetzt belebt")}
QUIET: dict[str, Sentence] = {
    "now": _later("jetzt ruhige Stunde"),
    "week": _later("ruhige Stunde in den nächsten sieben Tagen"),
}
# Words by which people mean the same. The facts of a place say themselves in the first words of some groups
# (see `found_by`), so that "Rollstuhl" finds what is step-free.
SAME: tuple[tuple[str, ...], ...] = (
    ("bolzplatz", "fußball", "fussballplatz", "kicken", "football", "soccer", "pitch"),
    ("basketball", "streetball", "körbe"),
    ("toilette", "wc", "klo", "toilet", "restroom"),
    ("stufenlos", "rollstuhl", "barrierefrei", "rollator", "kinderwagen", "wheelchair", "step-free"),
    ("senioren", "oma", "opa", "rentner", "ältere", "seniorinnen", "seniors", "elderly"),
    ("kita", "kindergarten", "krippe", "nursery", "kindergarden"),
    ("kinder", "kids", "kleinkinder", "children"),
    ("jugendliche", "teenager", "jugendclub", "jugend", "youth"),
    ("bücherei", "bibliothek", "bücher", "library"),
    ("kostenlos", "gratis", "umsonst", "free"),
    ("schwimmbad", "schwimmhalle", "hallenbad", "schwimmen", "baden", "pool", "swimming"),
    ("spielplatz", "klettergerüst", "rutsche", "schaukel", "playground"),
    ("turnhalle", "sporthalle", "gym"),
    ("strand", "beach", "badestelle"),
    ("sitzplätze", "bank", "bänke", "sitzen", "seats", "bench"),
    ("treff", "treffpunkt", "begegnungsstätte", "nachbarschaft", "meeting"),
    ("hilfe", "beratung", "rat", "help", "advice"),
    ("internet", "wlan", "wifi", "computer"),
    ("hund", "hunde", "hundewiese", "dog"),
    ("gärtnern", "garten", "beet", "garden"),
    ("skaten", "skatepark", "skateboard", "halfpipe"),
)
# A fact -> by which word of each language it is found.
_FOUND_BY: dict[tuple[str, str], tuple[str, str]] = {
    ("step_free", "yes"): ("stufenlos", "step-free"),
    ("toilet", "yes"): ("Toilette", "toilet"),
    ("toilet", "wheelchair"): ("Toilette Rollstuhl", "toilet wheelchair"),
    ("seats", "yes"): ("Sitzplätze", "seats"),
    ("guidance", "yes"): ("Leitsystem", "guidance"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody looks for; empty is whatever. `unknown` takes places in of which nobody has said it.

    `on` asks that something is on at the place: then `age` is that of those who come to it, not of the place.
    `area` is the key of an area, `keeper` the last part of an organisation's address, `near` (longitude,
    latitude), `at` a moment in the city's time when `open` or `on` is `at`.
    """

    q: str = ""
    category: str = ""
    area: str = ""
    near: tuple[float, float] | None = None
    open: str = ""
    at: datetime | None = None
    age: int | None = None
    step_free: str = ""
    access: tuple[str, ...] = ()
    language: str = ""
    free: bool = False
    where: str = ""
    busy: str = ""
    quiet: str = ""
    on: str = ""
    keeper: str = ""
    unknown: bool = False

    @property
    def narrow(self) -> bool:
        """Whether anything is asked for at all."""
        return replace(self, unknown=False) != Wish()

    @property
    def leaves_out_unknown(self) -> bool:
        """Whether places are left out only because nobody has said something about them."""
        asked = (
            self.open,
            self.age is not None,
            self.step_free,
            self.access,
            self.language,
            self.free,
            self.where,
        )
        return any(asked) and not self.unknown

    def without(self, name: str, value: str = "") -> "Wish":
        """The wish without one of its parts; of several values only this one goes."""
        if name == "access":
            return replace(self, access=tuple(one for one in self.access if one != value))
        empty = Wish()
        gone = replace(self, **{name: getattr(empty, name)})
        return gone if "at" in (gone.open, gone.on) else replace(gone, at=None)

    def query(self) -> str:
        """The wish as a query string, always the same for the same wish."""
        said: list[tuple[str, str]] = []
        for one in fields(self):
            value = getattr(self, one.name)
            if value is False or value in ("", None, ()):
                continue
            if one.name == "near":
                said.append((one.name, asking.near_said(value)))
            elif one.name == "at":
                said.append((one.name, f"{value:%Y-%m-%dT%H:%M}"))
            elif one.name == "access":
                said += [(one.name, each) for each in value]
            else:
                said.append((one.name, "1" if value is True else str(value)))
        return urlencode(said)


def asked(given: Asked, now: datetime, zone: ZoneInfo) -> Wish:
    """The wish in a query string. Refuses what cannot be asked, with the name it was asked by."""
    category = given.get("category") or ""
    if category:
        words.checked_category(category)
    access = tuple(
        one for one in ACCESS if one in set(asking.choices(given.getlist("access"), ACCESS, "access"))
    )
    on = asking.choice(given, "on", ON)
    when = asking.choice(given, "open", OPEN) or ("at" if given.get("at") and on != "at" else "")
    return Wish(
        q=asking.sentence(given, "q"),
        category=category,
        area=asking.matching(given, "area", asking.KEY),
        near=asking.near(given),
        open=when,
        at=_moment(given.get("at") or "", now, zone) if "at" in (when, on) else None,
        age=asking.age(given),
        step_free=asking.choice(given, "step_free", STEP_FREE),
        access=access,
        language=words.checked_spoken(language) if (language := given.get("language") or "") else "",
        free=asking.ticked(given, "free"),
        where=asking.choice(given, "where", WHERE),
        busy=asking.choice(given, "busy", BUSY),
        quiet=asking.choice(given, "quiet", QUIET),
        on=on,
        keeper=asking.matching(given, "keeper", asking.SLUG),
        unknown=asking.ticked(given, "unknown"),
    )


def found_by(kept: Mapping[str, Any]) -> dict[str, str]:
    """By which further words a place is found, per language: those of its entry, and what its facts say."""
    pairs = [_FOUND_BY[one] for one in kept["access"].items() if one in _FOUND_BY]
    if kept["free"]:
        pairs.append(("kostenlos", "free of charge"))
    youngest, oldest = kept["age_from"], kept["age_to"]
    if youngest is not None and youngest >= 55:
        pairs.append(("Senioren", "seniors"))
    if oldest is not None and oldest <= 14:
        pairs.append(("Kinder", "children"))
    if youngest is not None and oldest is not None and youngest >= 10 and oldest <= 27:
        pairs.append(("Jugendliche", "youth"))
    entry = words.further(kept)
    by_language = zip(("de", "en"), zip(*pairs, strict=True), strict=True) if pairs else ()
    return entry | {language: " ".join((entry[language], *more)) for language, more in by_language}


def metres(start: tuple[float, float], end: tuple[float, float]) -> float:
    """How far it is between two (longitude, latitude), as the crow flies; right within a region."""
    middle = math.radians((start[1] + end[1]) / 2)
    across = (end[0] - start[0]) * math.cos(middle)
    return math.hypot(across, end[1] - start[1]) * METRES_A_DEGREE


METRES_A_DEGREE = 111_195.0


def far(distance: float) -> str:
    """How far in words: `300 m`, `1,4 km`; no nearer than where somebody is was told."""
    if distance < 950:
        return _("etwa %(metres)d m entfernt") % {"metres": max(100, round(distance / 100) * 100)}
    number = _("%(whole)d,%(tenth)d km") if distance < 9950 else _("%(whole)d km")
    tenths = round(distance / 100)
    whole = number % {"whole": tenths // 10, "tenth": tenths % 10}
    return _("etwa %(far)s entfernt") % {"far": whole}


def ages(youngest: int | None, oldest: int | None) -> str:
    """For whom it is, in words; empty if nobody has said."""
    if youngest is not None and oldest is not None and oldest < OLDEST:
        return _("von %(youngest)d bis %(oldest)d Jahren") % {"youngest": youngest, "oldest": oldest}
    if youngest:
        return _("ab %(youngest)d Jahren") % {"youngest": youngest}
    if oldest is not None and oldest < OLDEST:
        return _("bis %(oldest)d Jahre") % {"oldest": oldest}
    return "" if youngest is None and oldest is None else _("für jedes Alter")


def spoken(languages: Iterable[str]) -> str:
    """Languages by name, in the order of the list above."""
    known = list(languages)
    return ", ".join(
        [str(SPOKEN[one]) for one in SPOKEN if one in known] + [x for x in known if x not in SPOKEN]
    )


def _moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """A moment of the next two weeks in the city's time; without one, now."""
    if not text:
        return now.astimezone(zone).replace(second=0, microsecond=0)
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError:
        moment = None
    last: date = now.astimezone(zone).date() + timedelta(days=spans.DAYS_AHEAD)
    if moment is None or not now.astimezone(zone).date() <= moment.date() <= last:
        cure = _("Nehmen Sie eine Zeit von heute an in den nächsten zwei Wochen.")
        raise asking.not_possible("at", cure)
    return moment
