# SPDX-License-Identifier: EUPL-1.2
"""What becomes of commands and grants by what a controller reports: doubled, late or out of order, it comes to the same.

A command only moves up: so whatever order its reports come in, it ends where it would have, and it never stands higher
than the controller said. A grant follows the newest state that the controller told.
"""

from collections.abc import Mapping
from dataclasses import dataclass

WAITING, SENT, RECEIVED, EXPIRED, REFUSED, DONE = (
    "waiting", "sent", "received", "expired", "refused", "done",
)  # fmt: skip
OPEN = (WAITING, SENT, RECEIVED)
_RANK = {state: rank for rank, state in enumerate((WAITING, SENT, RECEIVED, EXPIRED, REFUSED, DONE))}
WANTED, INSTALLED, REVOKING, REVOKED, ENDED = "wanted", "installed", "revoking", "revoked", "ended"

WINDOW = 256
NEW, LATE, REPLAYED = "new", "late", "replayed"


def command_after(state: str, heard: str) -> str:
    """Where a command stands after this was heard of it."""
    return max(state, heard, key=_RANK.__getitem__)


def freshness(last: int, counter: int) -> str:
    """Of a message by its counter: newer than all, late but near enough to be one that was overtaken, or a replay.

    A late one may have been taken before: what is done with it must be the same twice.
    """
    if counter > last:
        return NEW
    return LATE if counter > last - WINDOW else REPLAYED


def grant_after(state: str, version: int, held: int | None, *, undone: bool, over: bool) -> str:
    """Where a grant stands by the newest state told, in which the controller holds version `held` of it, or none.

    `undone`: the controller has said that it took it out (or it was never told of it); `over`: its time is.
    """
    if over and held is None:
        return REVOKED if state in (REVOKING, REVOKED) and undone else ENDED
    if state in (REVOKED, ENDED, REVOKING):
        return REVOKING if held is not None else REVOKED if undone else state
    if over:
        return REVOKING
    return INSTALLED if held == version else WANTED


@dataclass(frozen=True, slots=True)
class Difference:
    """What a controller must be told: to take out (grant and version), and to put in, in this order."""

    revoke: tuple[tuple[int, int], ...]
    install: tuple[int, ...]


def difference(wanted: Mapping[int, int], gone: Mapping[int, int], held: Mapping[int, int]) -> Difference:
    """What lies between the versions wanted there and those it holds; `gone` are those it must confirm to be out.

    What takes something away goes first: what is to be out, then what replaces an older version.
    """
    stray = {one: version for one, version in held.items() if one not in wanted and one not in gone}
    missing = [one for one, version in wanted.items() if held.get(one) != version]
    return Difference(
        revoke=tuple(sorted({**stray, **gone}.items())),
        install=tuple(sorted(missing, key=lambda one: (one not in held, one))),
    )
