# SPDX-License-Identifier: EUPL-1.2
"""What is known about people: each room tells its part, and whoever asks for all of it asks here.

A room's `privacy.py` has three things: `REGISTER` (the register of processing, GDPR article 30), `export` (all it
knows of a person, article 15) and `forget` (article 17). `city/privacy.py` names the rooms when Django is ready.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from smilecity.core.problems import Sentence


@dataclass(frozen=True, slots=True)
class Processing:
    """One purpose for which personal data is kept: an entry of the register (GDPR article 30)."""

    code: str
    title: Sentence
    purpose: Sentence
    basis: Sentence
    data: Sentence
    seen_by: Sentence
    kept: Sentence


@dataclass(frozen=True, slots=True)
class Kept:
    """What stays when a person has gone, and why."""

    what: Sentence
    why: Sentence


@dataclass(frozen=True, slots=True)
class ForgetReport:
    """What a room did when a person had themselves forgotten."""

    erased: Sequence[Sentence] = field(default=())
    pseudonymised: Sequence[Sentence] = field(default=())
    kept: Sequence[Kept] = field(default=())


@dataclass(frozen=True, slots=True)
class Room:
    """A room's part: `export` gives JSON of an account's data, `forget` works in the caller's transaction."""

    name: str
    title: Sentence
    register: Sequence[Processing]
    export: Callable[[int], dict[str, Any]]
    forget: Callable[[int], ForgetReport]


_rooms: list[Room] = []


def tell(rooms: Iterable[Room]) -> None:
    """Called once by the city: every room, those whose rows point to others first."""
    _rooms[:] = list(rooms)


def rooms() -> list[Room]:
    """All rooms, in the order in which they forget."""
    return list(_rooms)


def register() -> list[tuple[Room, Sequence[Processing]]]:
    """The register of processing of every room that keeps anything about people."""
    return [(room, room.register) for room in _rooms if room.register]


def export(account: int) -> dict[str, dict[str, Any]]:
    """All that is known about the person, by room; rooms that know nothing are there and empty."""
    return {room.name: room.export(account) for room in _rooms}


def forget(account: int) -> ForgetReport:
    """Let every room forget the person, in the caller's transaction: all of them or none."""
    reports = [room.forget(account) for room in _rooms]
    return ForgetReport(
        erased=[one for report in reports for one in report.erased],
        pseudonymised=[one for report in reports for one in report.pseudonymised],
        kept=[one for report in reports for one in report.kept],
    )
