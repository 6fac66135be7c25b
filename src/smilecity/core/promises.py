# SPDX-License-Identifier: EUPL-1.2
"""What the city promises to build, by the noun that says so: one room knows, others ask.

The room of projects tells how to find out when Django is ready (`tell`, called by `city/wiring.py`); until one does,
nothing is promised.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from smilecity.core.who import Who


@dataclass(frozen=True, slots=True)
class Promise:
    """When something is to be there, and how far it is.

    `until` is the day it is promised for, `state` a code, `progress` from 0 to 1; each None or empty while it is not
    said. `done_on` is when it was there, `measured_on` when it was shown whether it works.
    """

    until: date | None = None
    state: str = ""
    progress: float | None = None
    done_on: date | None = None
    measured_on: date | None = None


Ask = Callable[[Who, Collection[int]], Mapping[int, Promise]]

_known: list[Ask] = []


def tell(ask: Ask) -> None:
    """Called once: who knows the promises of these nouns, as far as this person may see them."""
    _known[:] = [ask]


def of(who: Who, nouns: Collection[int]) -> Mapping[int, Promise]:
    """The promises of these nouns; what promises nothing is not among them."""
    return _known[0](who, nouns) if _known and nouns else {}
