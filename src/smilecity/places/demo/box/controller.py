# SPDX-License-Identifier: EUPL-1.2
"""A lock controller in software, as a maker would build it: it knows the protocol, its own clock, and nothing of us.

What survives a loss of power is its secret and two numbers. `effects` is what really happened at its doors.
"""

from __future__ import annotations

import hmac
import secrets
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from smilecity.places.demo.box.memory import Effect, Held, Lasting, Memory
from smilecity.places.rules.locks import handles, signing
from smilecity.places.rules.locks.lives import WINDOW
from smilecity.places.rules.locks.messages import (
    INSTALL,
    LIMITS,
    LOCK,
    MOST_COUNTER,
    REPORT,
    REVOKE,
    SET_TIME,
    UNLOCK,
    VERSION,
    stamp,
)  # fmt: skip

RESERVED = 1000
"""Its own numbers are written ahead by so many: what is written seldom lasts."""
FUTURE_SECONDS = 60
NONCE_SECONDS = 30
MOST_WRONG, REST = 5, timedelta(minutes=5)
ANYTIME = (LOCK, REVOKE, LIMITS, REPORT)
"""What takes nothing but safety: done late as well, and without a clock."""


class Box:
    """`clock` is the true time, `drift` how far its own is off. Messages to send gather in `out`.

    `said` and `taken` are the last numbers of its own and of the node's messages, as a lasting memory would know them.
    """

    def __init__(
        self,
        key: str,
        secret: bytes,
        channels: int,
        clock: Callable[[], datetime],
        drift: timedelta = timedelta(0),
        *,
        said: int = 0,
        taken: int = 0,
    ) -> None:
        self.key = key
        self.out: list[dict[str, Any]] = []
        self.effects: list[Effect] = []
        self.doors = dict.fromkeys(range(channels), "closed")
        self.bolts = dict.fromkeys(range(channels), "locked")
        self.stuck: set[int] = set()
        self.drift: timedelta | None = drift
        self._secret = secret
        self._clock = clock
        self._drawn_until: dict[int, datetime] = {}
        self._lasting = Lasting(said, taken)
        self._memory = Memory()
        self._counter = 0
        self._start()

    @property
    def now(self) -> datetime | None:
        """The time by its own clock; None after a loss of power, until it is set."""
        return None if self.drift is None else self._clock() + self.drift

    @property
    def grants(self) -> dict[int, int]:
        """The grants it holds, with their versions."""
        return {one: held.version for one, held in self._memory.grants.items()}

    def lose_power(self, *, keeps_time: bool = False) -> None:
        """Everything in memory is gone; bolts fall shut, doors stay as they are."""
        self._memory, self.out = Memory(), []
        self.bolts = dict.fromkeys(self.bolts, "locked")
        self._drawn_until = {}
        if not keeps_time:
            self.drift = None
        self._start()

    def tick(self) -> None:
        """What happens by itself: bolts fall shut, grants end."""
        for channel, until in list(self._drawn_until.items()):
            if self._clock() >= until and self.doors[channel] == "closed":
                self._shut(channel)
        self._forget_ended()

    def say_state(self) -> None:
        """Say all that it knows of itself, with a nonce that one setting of its clock may be bound to."""
        self.tick()
        memory, now, nonce = self._memory, self.now, secrets.token_hex(8)
        memory.nonces = {**self._fresh_nonces(), nonce: self._clock()}
        self._say(
            "state",
            {
                "doors": {str(one): state for one, state in self.doors.items()},
                "locks": {str(one): state for one, state in self.bolts.items()},
                "grants": {str(one): held.version for one, held in memory.grants.items()},
                "limits": memory.limits,
                "time": None if now is None else stamp(now),
                "boot": memory.boot,
                "nonce": nonce,
                "battery": 90,
            },
        )

    def hear(self, message: Mapping[str, Any]) -> None:
        """Take a command, once; what is not signed, or not for this controller, is not even answered."""
        if not signing.is_signed(self._secret, message) or not self._is_for_me(message):
            return
        known = self._memory.answers.get(message["id"])
        if known is None:
            known = self._taken(message)
            self._memory.answers[message["id"]] = known
        self._say(known[0], {"command": message["id"], **({"reason": known[1]} if known[1] else {})})
        self.say_state()

    def enter(self, channel: int, text: str) -> bool:
        """Somebody holds a card to it, or types a PIN or a code: opens if exactly one valid grant says so."""
        self._forget_ended()
        if self._rests():
            return False
        found = self._matching(channel, text)
        if len(found) != 1:
            self._wrong(channel)
            return False
        number, handle, step = found[0]
        self._memory.wrong = 0
        if step is not None:  # used up, whatever the bolt does
            self._memory.steps[handle] = step
            self._event("code-used", channel=channel, grant=number, handle=handle, step=step)
        return self._draw(channel, number, handle=handle, step=step)

    def open_door(self, channel: int) -> bool:
        """Somebody pulls: the door opens if its bolt is drawn."""
        if self.bolts[channel] == "locked" or self.doors[channel] == "open":
            return False
        self._door(channel, "open", "opened")
        return True

    def force_door(self, channel: int) -> None:
        """Somebody breaks it open."""
        self._door(channel, "open", "forced")

    def close_door(self, channel: int, *, half: bool = False) -> None:
        """Somebody closes the door, or leaves it ajar; only a closed door is locked."""
        if not half and self.doors[channel] == "open":
            self._door(channel, "closed", "closed")
            self._shut(channel)
            self.say_state()

    def _start(self) -> None:
        self._counter, self._memory.taken = self._lasting.mine, self._lasting.theirs
        self._set_floor()
        self._event("power")
        self.say_state()

    def _set_floor(self) -> None:
        """Codes that may have been used before it lost its memory are used up."""
        now = self.now
        if now is not None and self._memory.floor is None:
            self._memory.floor = handles.step_at(now) + handles.CODE_WINDOW

    def _is_for_me(self, message: Mapping[str, Any]) -> bool:
        return message.get("way") == "command" and message.get("controller") == self.key

    def _taken(self, message: Mapping[str, Any]) -> tuple[str, str]:
        """Do what is asked, or say why not."""
        counter, kind, body = message["counter"], message["kind"], message["body"]
        if counter in self._memory.seen or counter <= self._oldest():
            return "refused", "replayed"
        self._memory.seen.add(counter)
        self._lasting.theirs = max(self._lasting.theirs, counter)
        if kind == SET_TIME:
            return self._set_time(message)
        if kind not in ANYTIME and (late := self._untimely(message)):
            return "refused", late
        does = {
            INSTALL: self._install, REVOKE: self._revoke, UNLOCK: self._unlock, LOCK: self._lock,
            LIMITS: self._limit,
        }.get(kind)  # fmt: skip
        if does is not None:
            return does(message["id"], body)
        return ("done", "") if kind == REPORT else ("refused", "unknown")

    def _oldest(self) -> int:
        """Since it started it remembers what it has seen; from before it takes nothing."""
        return max(self._memory.taken, self._lasting.theirs - WINDOW)

    def _untimely(self, message: Mapping[str, Any]) -> str:
        now = self.now
        if now is None:
            return "no-time"
        if stamp(now) >= message["expires"]:
            return "expired"
        return "from-the-future" if message["issued"] > stamp(now) + FUTURE_SECONDS else ""

    def _set_time(self, message: Mapping[str, Any]) -> tuple[str, str]:
        if message["body"].get("nonce") not in self._fresh_nonces():
            return "refused", "stale-nonce"
        self.drift = datetime.fromtimestamp(message["issued"], UTC) - self._clock()
        self._set_floor()
        return "done", ""

    def _fresh_nonces(self) -> dict[str, datetime]:
        oldest = self._clock() - timedelta(seconds=NONCE_SECONDS)
        return {one: at for one, at in self._memory.nonces.items() if at >= oldest}

    def _install(self, _command: str, body: Mapping[str, Any]) -> tuple[str, str]:
        number, version = body["grant"], body["version"]
        held = self._memory.grants.get(number)
        if version <= self._memory.gone.get(number, 0) or (held is not None and version < held.version):
            return "refused", "outdated"
        if held is None or version > held.version:
            spans = body.get("open")
            self._memory.grants[number] = Held(
                version, body["channel"], body["from"], body["until"], body.get("uses"), list(body["handles"]),
                None if spans is None else [(start, end) for start, end in spans],
            )  # fmt: skip
        return "done", ""

    def _revoke(self, _command: str, body: Mapping[str, Any]) -> tuple[str, str]:
        number, version = body["grant"], body["version"]
        held = self._memory.grants.get(number)
        if held is not None and held.version > version:
            return "refused", "outdated"
        self._memory.grants.pop(number, None)
        self._memory.gone[number] = max(version, self._memory.gone.get(number, 0))
        return "done", ""

    def _unlock(self, command: str, body: Mapping[str, Any]) -> tuple[str, str]:
        held = self._memory.grants.get(body["grant"])
        if held is None or held.channel != body["channel"] or not self._is_valid(held):
            return "refused", "no-grant"
        if self._is_closed(held):
            return "refused", "closed"
        self._say("received", {"command": command})
        drawn = self._draw(held.channel, body["grant"], command=command, seconds=body["seconds"])
        return ("done", "") if drawn else ("refused", "stuck")

    def _limit(self, _command: str, body: Mapping[str, Any]) -> tuple[str, str]:
        if body["version"] < self._memory.limits:
            return "refused", "outdated"
        self._memory.limits, self._memory.closed = body["version"], list(body["closed"])
        return "done", ""

    def _lock(self, _command: str, body: Mapping[str, Any]) -> tuple[str, str]:
        channel = body["channel"]
        if self.doors.get(channel) != "closed":
            return "refused", "door-open"
        self._shut(channel)
        return "done", ""

    def _is_valid(self, held: Held) -> bool:
        now = self.now
        return now is not None and held.since <= stamp(now) < held.until and held.uses != 0

    def _is_closed(self, held: Held) -> bool:
        """Whether it was told that this door is closed now, for all but those who must get in at any time."""
        now = self.now
        return held.open is not None and now is not None and self._memory.is_closed(held.channel, stamp(now))

    def _takes_handles(self, held: Held) -> bool:
        now = self.now
        return now is not None and held.opens_handles(stamp(now)) and not self._is_closed(held)

    def _matching(self, channel: int, text: str) -> list[tuple[int, str, int | None]]:
        """The valid grants of this door whose handle is what was entered; of a code also its step."""
        found = []
        for number, held in self._memory.grants.items():
            if held.channel != channel or not self._is_valid(held) or not self._takes_handles(held):
                continue
            for one in held.handles:
                fits, step = self._fits(one, text)
                if fits:
                    found.append((number, one["handle"], step))
        return found

    def _fits(self, handle: Mapping[str, Any], text: str) -> tuple[bool, int | None]:
        now = self.now
        if now is None or stamp(now) >= handle.get("until", MOST_COUNTER):
            return False, None
        name = handle["handle"]
        secret = handles.unwrapped(self._secret, handle["secret"], name)
        if handle["kind"] != "codes":
            return hmac.compare_digest(secret, handles.digest(name, text)), None
        floor = self._memory.floor
        after = max(
            self._memory.steps.get(name, 0), handle.get("after", 0), floor if floor is not None else 0
        )
        step = handles.step_of(secret, text, now, after)
        return step is not None, step

    def _draw(
        self,
        channel: int,
        number: int,
        *,
        command: str = "",
        handle: str = "",
        step: int | None = None,
        seconds: int = 15,
    ) -> bool:
        now = self.now
        assert now is not None
        if channel in self.stuck:
            return False
        held = self._memory.grants[number]
        if held.uses is not None:
            held.uses -= 1
        self.bolts[channel] = "unlocked"
        self._drawn_until[channel] = self._clock() + timedelta(seconds=seconds)
        self.effects.append(Effect(channel, number, self._clock(), now, command, handle, step))
        self._event("unlocked", channel=channel, grant=number, handle=handle)
        return True

    def _door(self, channel: int, state: str, what: str) -> None:
        self.doors[channel] = state
        self._event(what, channel=channel)
        self.say_state()

    def _shut(self, channel: int) -> None:
        self.bolts[channel] = "locked"
        self._drawn_until.pop(channel, None)

    def _rests(self) -> bool:
        return self._memory.rests_until is not None and self._clock() < self._memory.rests_until

    def _wrong(self, channel: int) -> None:
        memory = self._memory
        memory.wrong += 1
        if memory.wrong >= MOST_WRONG:
            memory.wrong, memory.rests_until = 0, self._clock() + REST
        self._event("denied", channel=channel)

    def _forget_ended(self) -> None:
        if (now := self.now) is not None:
            held = self._memory.grants
            self._memory.grants = {one: grant for one, grant in held.items() if stamp(now) < grant.until}

    def _event(self, what: str, **said: Any) -> None:
        now = self.now
        known = {name: value for name, value in said.items() if value not in (None, "")}
        self._say("event", {"what": what, **known, **({} if now is None else {"at": stamp(now)})})

    def _say(self, kind: str, body: Mapping[str, Any]) -> None:
        self._counter += 1
        if self._counter >= self._lasting.mine:
            self._lasting.mine = self._counter + RESERVED
        now = self.now
        self.out.append(
            signing.signed(
                self._secret,
                {
                    "v": VERSION, "id": str(uuid.uuid4()), "way": "report", "controller": self.key,
                    "counter": self._counter, "nonce": secrets.token_hex(4), "kind": kind, "body": dict(body),
                    **({} if now is None else {"issued": stamp(now)}),
                },
            )
        )  # fmt: skip
