# SPDX-License-Identifier: EUPL-1.2
"""The messages of the lock protocol, as `docs/reference/lock-protocol.md` describes them to makers of controllers."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from smilecity.core.problems import Refusal

VERSION = 1
MOST_COUNTER = 2**53
UNLOCK_SECONDS = 30
"""How long a wish to open holds; after that nothing opens."""
LASTING_SECONDS = 300
"""How long every other command holds; it is made anew while it is needed."""
OPEN_SECONDS = 15
"""How long a bolt stays drawn if nobody opens the door."""

INSTALL, REVOKE, UNLOCK, LOCK, SET_TIME, LIMITS, REPORT = (
    "grant.install", "grant.revoke", "unlock", "lock", "set-time", "limits", "report",
)  # fmt: skip
ANSWERS = ("received", "done", "refused")
EVENTS = ("opened", "closed", "forced", "unlocked", "denied", "code-used", "power")

Counter = Annotated[int, msgspec.Meta(ge=1, le=MOST_COUNTER)]
Channel = Annotated[int, msgspec.Meta(ge=0, le=255)]
Number = Annotated[int, msgspec.Meta(ge=0, le=MOST_COUNTER)]
Word = Annotated[str, msgspec.Meta(max_length=64, pattern=r"\A[A-Za-z0-9._:/-]*\Z")]


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What became of a command. "received" is not "done"."""

    command: UUID
    reason: Word = ""


class State(msgspec.Struct, frozen=True):
    """All that the controller knows of itself; what it does not know is not there, or null."""

    doors: Annotated[dict[Channel, Literal["open", "closed", "unknown"]], msgspec.Meta(max_length=256)]
    locks: Annotated[dict[Channel, Literal["locked", "unlocked", "unknown"]], msgspec.Meta(max_length=256)]
    grants: Annotated[dict[Number, Number], msgspec.Meta(max_length=4096)]
    boot: Annotated[Word, msgspec.Meta(min_length=1)]
    nonce: Annotated[Word, msgspec.Meta(min_length=8)]
    limits: Number | None = None
    time: Number | None = None
    battery: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None


class Event(msgspec.Struct, frozen=True):
    """Something happened at a door, or to the controller."""

    what: Literal["opened", "closed", "forced", "unlocked", "denied", "code-used", "power"]
    channel: Channel | None = None
    grant: Number | None = None
    handle: Word = ""
    step: Number | None = None
    at: Number | None = None


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A report's envelope; `said` is its body, read by its kind."""

    v: Literal[1]
    id: UUID
    way: Literal["report"]
    controller: str
    counter: Counter
    nonce: Word
    kind: Literal["received", "done", "refused", "state", "event"]
    body: dict[str, Any]
    mac: str
    issued: Number | None = None

    @property
    def said(self) -> Answer | State | Event:
        """The body as what it is."""
        if self.kind == "state":
            return msgspec.convert(self.body, State, str_keys=True)
        if self.kind == "event":
            return msgspec.convert(self.body, Event)
        return msgspec.convert(self.body, Answer)


def read_report(message: Mapping[str, Any]) -> tuple[Report, Answer | State | Event]:
    """A report with its body; refused if it is not as the protocol says, and says where."""
    try:
        report = msgspec.convert(message, Report)
        return report, report.said
    except msgspec.ValidationError as error:
        raise Refusal(
            "lock.not-a-report", f"This is no report of the lock protocol: {error}.", status=422,
            cure="docs/reference/lock-protocol.md says what it looks like.",
        ) from error  # fmt: skip


def command(
    controller: str, key: UUID, counter: int, kind: str, body: Mapping[str, Any], *, nonce: str,
    issued: datetime, expires: datetime,
) -> dict[str, Any]:  # fmt: skip
    """A command as it is signed; the same parts make the same message, however often it is sent."""
    return {
        "v": VERSION,
        "id": str(key),
        "way": "command",
        "controller": controller,
        "counter": counter,
        "nonce": nonce,
        "issued": stamp(issued),
        "expires": stamp(expires),
        "kind": kind,
        "body": dict(body),
    }


def stamp(moment: datetime) -> int:
    """A moment as the protocol says it: whole seconds since 1970."""
    return int(moment.timestamp())


def moment_of(stamped: int | None) -> datetime | None:
    """The moment, if it is one that a calendar has."""
    if stamped is None or stamped > 253_402_300_799:  # the end of the year 9999
        return None
    return datetime.fromtimestamp(stamped, UTC)
