# SPDX-License-Identifier: EUPL-1.2
"""When a measured value closes a place, and when it opens again: once each way, and never on a silent sensor."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence
from smilecity.places.rules import weather

# Open, closed by the limit, and open because a person ended the closing: then it closes nothing until it was calm.
ARMED, CLOSED, WAIVED = "armed", "closed", "waived"
SPEEDS = frozenset({"wind", "gust"})
LONGEST_CALM = timedelta(days=2)
# What closes places; other roles, such as how full a bin is, are no reason to.
ROLES: dict[str, Sentence] = {
    "gust": _("Böen"),
    "wind": _("Wind"),
    "rain": _("Regen"),
    "temperature": _("Temperatur"),
}
REASONS: dict[str, Sentence] = {
    "gust": _("Sturm"),
    "wind": _("Sturm"),
    "rain": _("starker Regen"),
    "temperature": _("große Hitze"),
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """Closes above the one, opens again when it was below the other for so long."""

    closes_above: float
    opens_below: float
    calm_for: timedelta


@dataclass(frozen=True, slots=True)
class Watched:
    """How it stands with a limit; `calm_since` is the first of the calm values that came without a gap."""

    state: str = ARMED
    calm_since: datetime | None = None


def stepped(bounds: Bounds, before: Watched, now: datetime, value: float | None) -> Watched:
    """How it stands after a look at the sensors; `value` is None while none of them speaks.

    Silence neither closes nor opens, and whoever was silent has to be calm anew.
    """
    if value is None or not math.isfinite(value):
        return Watched(before.state)
    if before.state == ARMED:
        return Watched(CLOSED) if value > bounds.closes_above else before
    if value >= bounds.opens_below:
        return Watched(before.state)
    since = before.calm_since or now
    return Watched() if now - since >= bounds.calm_for else Watched(before.state, since)


def measured(role: str, values: Iterable[tuple[float, str]]) -> float | None:
    """The highest of these numbers with their units, in the unit of the limit; nothing if none can be compared."""
    if role in SPEEDS:
        speeds = (weather.kilometres_an_hour(*one) for one in values)
        return max((one for one in speeds if one is not None and math.isfinite(one)), default=None)
    return max((number for number, _symbol in values if math.isfinite(number)), default=None)


def checked(role: str, closes_above: float, opens_below: float, calm_minutes: int) -> Bounds:
    """The bounds as they are kept. Refuses what could close and open at once, or never open again."""
    if role not in ROLES:
        raise Refusal(
            "limit.role", _("Diese Messung kann keinen Ort schließen."), field="role", status=422,
            cure=_("Möglich sind Böen, Wind, Regen und Temperatur."),
        )  # fmt: skip
    for name, number in (("closes_above", closes_above), ("opens_below", opens_below)):
        if not math.isfinite(number) or not -100 <= number <= 1000:
            raise Refusal(
                "limit.number", _("Diese Zahl kommt in keinem Wetter vor."), field=name, status=422,
                cure=_("Wind steht hier in km/h."),
            )  # fmt: skip
    if opens_below > closes_above:
        raise Refusal(
            "limit.order", _("So würde der Ort zugleich geschlossen und geöffnet."), field="opens_below", status=422,
            cure=_("Geöffnet wird bei einem kleineren Wert als dem, der schließt."),
        )  # fmt: skip
    calm = timedelta(minutes=max(-1, min(calm_minutes, 10**6)))
    if not timedelta(minutes=1) <= calm <= LONGEST_CALM:
        raise Refusal(
            "limit.calm", _("So lange kann die Ruhe nicht dauern."), field="calm_minutes", status=422,
            cure=_("Wählen Sie zwischen einer Minute und zwei Tagen."),
        )  # fmt: skip
    return Bounds(closes_above, opens_below, calm)
