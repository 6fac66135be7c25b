# SPDX-License-Identifier: EUPL-1.2
"""What somebody looks for in the register of sensors, as one value: in an address, a form and a map alike."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Sentence
from smilecity.things.rules import is_silent

MOST_LETTERS = 200
MOST_DEFINITION = 1000
WORKING, SILENT, NEVER = "working", "silent", "never"
STATES: dict[str, Sentence] = {
    WORKING: _("misst gerade"),
    SILENT: _("schweigt"),
    NEVER: _("hat noch nie etwas gemeldet"),
}
# What batteries are called in the vocabularies that devices use.
_BATTERY = re.compile(r"battery|batterie", re.IGNORECASE)
LOW_BATTERY = 20.0  # percent

_KEY = re.compile(r"[A-Za-z0-9]+([-_][A-Za-z0-9]+)*", re.ASCII)


class Asked(Protocol):
    """What is asked, by name: a query string."""

    def get(self, key: str, /) -> str | None:
        """The value of this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody looks for; empty is whatever.

    `measures` is the definition of an observed property, `area` the key of an area, `runs` who runs it: the address of
    an organisation (`organisations/...`) or an operator's name as it is written; `state` is one of `STATES`.
    """

    q: str = ""
    measures: str = ""
    area: str = ""
    runs: str = ""
    state: str = ""

    @property
    def narrow(self) -> bool:
        """Whether anything is asked for at all."""
        return self != Wish()

    def query(self) -> str:
        """The wish as a query string; what is empty is no part of it."""
        pairs = ((field.name, getattr(self, field.name)) for field in fields(self))
        return urlencode([(name, value) for name, value in pairs if value])

    def without(self, name: str) -> "Wish":
        """The wish without this part."""
        return replace(self, **{name: ""})


def asked(given: Asked) -> Wish:
    """What an address asks for; what cannot be asked is left out."""

    def text(name: str, most: int = MOST_LETTERS) -> str:
        return " ".join((given.get(name) or "").replace("\0", " ").split())[:most]

    area, state = text("area"), text("state")
    return Wish(
        q=text("q"),
        measures=text("measures", MOST_DEFINITION),
        area=area if _KEY.fullmatch(area) else "",
        runs=text("runs"),
        state=state if state in STATES else "",
    )


def state_of(heard: Iterable[tuple[datetime | None, timedelta]], now: datetime) -> str:
    """How a thing is, from when each of its datastreams was last heard and after how long that is silence.

    It works while one of them speaks.
    """
    known = list(heard)
    if any(not is_silent(last, silent_after, now) for last, silent_after in known):
        return WORKING
    return SILENT if any(last is not None for last, _silent_after in known) else NEVER


def is_battery(definition: str, name: str) -> bool:
    """Whether a datastream tells how full a battery is, by what it observes."""
    return bool(_BATTERY.search(definition) or _BATTERY.search(name))


def is_low(share: float | None, symbol: str) -> bool:
    """Whether a battery should be changed soon; of volts nobody can say that without its kind."""
    return share is not None and symbol == "%" and share < LOW_BATTERY
