# SPDX-License-Identifier: EUPL-1.2
"""What other programmes are told when something happened: named kinds of events, made from the log.

The city names the kinds when Django is ready; `people` sends events to the webhooks that asked for them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from smilecity.core.problems import Sentence

TEST = "webhook.test"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event: `name` (`booking.made`) is for machines and stays, `title` for people.

    A public kind is for everybody who asks for it, as long as what it is about is public.
    """

    name: str
    title: Sentence
    public: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; `entry` is its log entry, `data` names nobody.

    Who hears of it: everybody if `public`, the account if it concerns one `account` alone, else the organisation that
    is the `keeper`. `about` are the nouns it is about: place, offer, thing, and their areas.
    """

    kind: str
    entry: int
    at: datetime
    data: Mapping[str, Any]
    public: bool = False
    keeper: int | None = None
    account: int | None = None
    about: frozenset[int] = field(default_factory=frozenset)


_kinds: dict[str, Kind] = {}


def tell(kinds: Iterable[Kind]) -> None:
    """Called once by the city: every kind there is."""
    _kinds.clear()
    _kinds.update({one.name: one for one in kinds})


def kinds() -> dict[str, Kind]:
    """All kinds by name, in the order in which they are told."""
    return dict(_kinds)


def title(name: str) -> str:
    """What a kind is called; its name if it is not known any more."""
    return str(_kinds[name].title) if name in _kinds else name
