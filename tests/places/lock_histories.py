# SPDX-License-Identifier: EUPL-1.2
"""A box on a bad line, people at its doors and at their phones: histories by a seed, and what must hold in each."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from smilecity.core import clock, sealing
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Who
from smilecity.places import actions
from smilecity.places.actions import locks as acts
from smilecity.places.actions.locks.converging import DRIFT_SECONDS
from smilecity.places.demo.box import Box, Effect
from smilecity.places.models import Access, Compartment, Controller, Grant, Handle, LockCommand, Place
from smilecity.places.reads import locks as looks
from smilecity.places.rules.locks import handles
from tests.places.booking_stage import NOW

CHANNELS = 3
SEED = bytes(range(20))
PIN = "482913"
WRONG_BY = timedelta(seconds=150)
"""No clock of a history is wrong by more, so no late command opens later than it holds and this."""


class Line:
    """Takes messages both ways, and loses, doubles, delays and overtakes some as long as it is bad."""

    def __init__(self, chance: random.Random, now: Callable[[], datetime]) -> None:
        self._chance, self._now = chance, now
        self._down: list[tuple[datetime, dict[str, Any]]] = []
        self._up: list[tuple[datetime, dict[str, Any]]] = []
        self.bad, self.cut = True, False
        self.told: list[dict[str, Any]] = []

    def down(self, message: dict[str, Any]) -> None:
        self._put(self._down, message)

    def up(self, message: dict[str, Any]) -> None:
        self.told.append(message)
        self._put(self._up, message)

    def arrived(self, way: str) -> list[dict[str, Any]]:
        """What has come out by now, in any order while the line is bad."""
        queue = self._down if way == "down" else self._up
        due = [one for one in queue if one[0] <= self._now()]
        queue[:] = [one for one in queue if one[0] > self._now()]
        if self.bad:
            self._chance.shuffle(due)
        return [message for _, message in due]

    def _put(self, queue: list[tuple[datetime, dict[str, Any]]], message: dict[str, Any]) -> None:
        if self.cut or (self.bad and self._chance.random() < 0.2):
            return
        for _ in range(2 if self.bad and self._chance.random() < 0.2 else 1):
            late = self._chance.choice((0, 0, 2, 20, 200)) if self.bad else 0
            queue.append((self._now() + timedelta(seconds=late), message))


@dataclass
class Town:
    """A place with a box of three compartments, and who opens them."""

    place: Place
    controller: Controller
    secret: str
    compartments: list[Compartment]
    handles: list[Handle]
    person: Any
    who: Who


def digest(handle: str, text: str) -> bytes:
    """As a handle keeps it."""
    return sealing.seal(handles.digest(handle, text).hex())


def built(place: Place, person: Any, who: Who, key: str = "sportbox-1") -> Town:
    """The box, its compartments, and a person with a card, a PIN and codes."""
    controller, secret = acts.keep_controller(NODE, place.noun_id, key, "Sportbox")
    units = [
        actions.keep_unit(NODE, place, f"{key}-fach-{one}", {"de": f"Fach {one}"}) for one in range(CHANNELS)
    ]
    doors = [acts.keep_compartment(NODE, controller.id, n, unit.id) for n, unit in enumerate(units)]
    made = [
        Handle.objects.create(handle=f"{key}-h1", kind="pin", account=person, digest=digest(f"{key}-h1", PIN)),
        Handle.objects.create(handle=f"{key}-h2", kind="codes", account=person, seed=sealing.seal(SEED.hex())),
        Handle.objects.create(handle=f"{key}-h3", kind="card", digest=digest(f"{key}-h3", "04AB12")),
    ]  # fmt: skip
    return Town(place, controller, secret, doors, made, person, who)


@dataclass
class History:
    """One history by its seed, played step by step. What it says in `must_hold` holds after every step."""

    town: Town
    seed: int
    now: datetime = NOW
    grants: list[int] = field(default_factory=list)
    commands: list[Any] = field(default_factory=list)
    codes: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.line = Line(self.chance, lambda: self.now)
        drift = timedelta(seconds=self.chance.choice((0, 0, 5, -100, 100)))
        self.box = Box(
            self.town.controller.key, bytes.fromhex(self.town.secret), CHANNELS, lambda: self.now, drift
        )
        self.held_at: list[dict[int, tuple[int, int]]] = []
        self.looked = 0

    def play(self, steps: int) -> None:
        """Some grants on a good line, so many steps on a bad one, then nothing but time on a good one: all converges."""
        self.line.bad = False
        with clock.frozen(self.now):
            for _ in range(4):
                with suppress(Refusal):
                    self.wish()
        self.pass_time(3)
        self.line.bad = self.chance.random() < 0.8
        for _ in range(steps):
            self.step()
        self.line.bad = self.line.cut = False
        self.box.stuck.clear()
        for _ in range(7):
            self.pass_time(40)
        while self._one_is_about_to_end():
            self.pass_time(40)
        with clock.frozen(self.now):
            self.must_converge()

    def _one_is_about_to_end(self) -> bool:
        """Whether a grant is over by one clock and not by the other: both are right then, as far as they go."""
        ends = [one.during.upper for one in Grant.objects.filter(id__in=self.grants)]
        return any(abs(end - self.now) <= timedelta(seconds=DRIFT_SECONDS) for end in ends)

    def step(self) -> None:
        deeds = (
            (self.wish, 3), (self.revoke, 1.5), (self.unlock, 8), (self.lock, 1), (self.lose, 0.3), (self.enter, 6),
            (self.pull, 4), (self.shut, 4), (self.fail, 0.7), (self.stick, 1), (self.cut, 1), (self.forge, 1),
            (self.replay, 1), (self.wait, 2),
        )  # fmt: skip
        deed = self.chance.choices([one for one, _ in deeds], [weight for _, weight in deeds])[0]
        with clock.frozen(self.now), suppress(Refusal):
            deed()
        self.pass_time(self.chance.choice((1, 3, 10, 40)))

    def pass_time(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        with clock.frozen(self.now):
            self.box.tick()
            if self.chance.random() < 0.4 or not self.line.bad:
                self.box.say_state()
            if self.chance.random() < 0.1:
                acts.converge(NODE)
            for _ in range(1 if self.line.bad else 2):
                self.carry()
            self.must_hold()

    def carry(self) -> None:
        """Everything that is due goes one way each."""
        due = looks.commands_due(NODE, self.town.controller.id)
        for _, message in due:
            self.line.down(message)
        if due:
            acts.mark_sent(NODE, [command.id for command, _ in due])
        for message in self.line.arrived("down"):
            self.box.hear(message)
        for message in self.box.out:
            self.line.up(message)
        self.box.out.clear()
        if told := self.line.arrived("up"):
            acts.take_reports(self.town.controller.key, told)

    def wish(self) -> None:
        start = self.now + timedelta(seconds=self.chance.choice((-60, 0, 60)))
        during = start, start + timedelta(seconds=self.chance.choice((90, 900, 7200, 7200)))
        whose = (
            {"account": self.town.person.pk}
            if self.chance.random() < 0.7
            else {"handle": self.town.handles[2].pk}
        )
        door = self.chance.choice(self.town.compartments)
        uses = self.chance.choice((None, None, 1, 3))
        self.grants.append(acts.wish_grant(NODE, door.id, during, "staff", uses=uses, **whose).id)

    def revoke(self) -> None:
        acts.revoke_grant(NODE, self.chance.choice(self.grants or [0]))

    def unlock(self) -> None:
        number = self.chance.choice(self.grants or [0])
        grant = Grant.objects.filter(id=number).first()
        who = self.town.who if grant and grant.account_id else NODE
        self.commands.append(acts.ask_unlock(who, number))
        said = Controller.objects.get(id=self.town.controller.id).reported["grants"]
        assert grant is not None and said[str(number)] == grant.version

    def lock(self) -> None:
        acts.ask_lock(NODE, self.chance.choice(self.town.compartments).id)

    def lose(self) -> None:
        acts.lose_handle(NODE, self.chance.choice(self.town.handles).pk)

    def enter(self) -> None:
        now = self.box.now or self.now
        step = handles.step_at(now) + self.chance.choice((-80, -1, 0, 0, 1, 80))
        text = self.chance.choice(
            (PIN, "04AB12", "000000", handles.code(SEED, step), handles.code(SEED, step))
        )
        self.box.enter(self.chance.randrange(CHANNELS), text)

    def pull(self) -> None:
        self.box.open_door(self.chance.randrange(CHANNELS))

    def shut(self) -> None:
        self.box.close_door(self.chance.randrange(CHANNELS), half=self.chance.random() < 0.2)

    def fail(self) -> None:
        self.box.lose_power(keeps_time=self.chance.random() < 0.5)

    def stick(self) -> None:
        self.box.stuck ^= {self.chance.randrange(CHANNELS)}

    def cut(self) -> None:
        self.line.cut = not self.line.cut

    def wait(self) -> None:
        self.pass_time(self.chance.choice((60, 200, 700)))

    def forge(self) -> None:
        """Others say things, to the node and to the box; nothing moves by it."""
        real = self.chance.choice(self.line.told) if self.line.told else None
        if real is None:
            return
        body = {**real["body"], "grants": {"1": 99}, "doors": {"0": "open"}}
        for made in (
            {**real, "body": body},
            {**real, "mac": "0" * 64},
            {**real, "counter": real["counter"] + 9999},
        ):
            before = self._known()
            with suppress(Refusal):
                acts.take_report(self.town.controller.key, made)
                raise AssertionError("a forged message was taken")
            assert self._known() == before
            effects = len(self.box.effects)
            self.box.hear({**made, "way": "command", "kind": "unlock"})
            assert len(self.box.effects) == effects

    def replay(self) -> None:
        """What was said is said again, to the node: nothing it knows changes."""
        taken = [one for one in self.line.told if one["counter"] <= self._box_row().heard_counter]
        if not taken:
            return
        message = self.chance.choice(taken)
        acts.take_report(self.town.controller.key, message)  # perhaps it had been lost: then it is new
        before = self._known()
        acts.take_report(self.town.controller.key, message)
        assert self._known() == before

    def _box_row(self) -> Controller:
        return Controller.objects.get(id=self.town.controller.id)

    def _known(self) -> Any:
        return (
            list(Controller.objects.values_list("counter", "heard_counter", "reported")),
            list(Compartment.objects.order_by("id").values_list("door", "lock")),
            list(Grant.objects.order_by("id").values_list("state", "acknowledged", "version", "uses_left")),
            list(LockCommand.objects.order_by("id").values_list("id", "state")),
            Access.objects.count(),
        )

    def must_hold(self) -> None:
        self._nothing_opens_without_a_grant()
        self._no_more_is_shown_than_was_said()

    def _nothing_opens_without_a_grant(self) -> None:
        """Each drawn bolt has one grant, in its time by the box's clock, that was installed there once; each command one
        effect, each code one."""
        new, self.looked = self.box.effects[self.looked :], len(self.box.effects)
        for effect in new:
            grant = Grant.objects.select_related("compartment").get(id=effect.grant)
            assert grant.compartment.channel == effect.channel
            start, end = grant.during.lower, grant.during.upper
            assert start - timedelta(seconds=1) <= effect.by_clock < end
            assert grant.commands.filter(what="grant.install").exists()
            self._came_in_time(effect)
            if effect.step is not None:
                assert (effect.handle, effect.step) not in self.codes
                self.codes.add((effect.handle, effect.step))
                shown = effect.step * handles.CODE_SECONDS
                assert abs(shown - effect.at.timestamp()) < handles.CODES_AHEAD.total_seconds()
        by_command = [one.command for one in self.box.effects if one.command]
        assert len(by_command) == len(set(by_command))

    def _came_in_time(self, effect: Effect) -> None:
        if effect.command:
            asked = LockCommand.objects.get(id=effect.command)
            assert asked.what == "unlock" and asked.grant_id == effect.grant
            assert effect.at < asked.expires_at + WRONG_BY

    def _no_more_is_shown_than_was_said(self) -> None:
        """Commands stand no higher than a report said, doors and grants are those of one state that was said."""
        said = {(one["body"]["command"], one["kind"]) for one in self.line.told if "command" in one["body"]}
        for command in LockCommand.objects.filter(state__in=("received", "done", "refused")):
            assert (str(command.id), command.state) in said
        row = self._box_row()
        if not row.reported:
            assert {one.door for one in row.compartments.all()} == {"unknown"}
            return
        state = next(one for one in self.line.told if one["counter"] == row.reported["counter"])["body"]
        assert row.reported["grants"] == state["grants"]
        for door in row.compartments.all():
            assert (door.door, door.lock) == (
                state["doors"][str(door.channel)],
                state["locks"][str(door.channel)],
            )
        for grant in Grant.objects.filter(state__in=(Grant.INSTALLED, Grant.REVOKED)):
            held = state["grants"].get(str(grant.id))
            assert (
                held is None if grant.state == Grant.REVOKED else held == grant.version == grant.acknowledged
            )

    def must_converge(self) -> None:
        """The box holds what is wanted now, in the version wanted, and nothing else; and its clock is right."""
        live = Grant.objects.filter(state__in=(Grant.WANTED, Grant.INSTALLED, Grant.REVOKING))
        assert not live.exclude(state=Grant.INSTALLED).exists(), list(live.values("id", "state", "version"))
        assert self.box.grants == {one.id: one.version for one in live}
        row = self._box_row()
        assert abs(row.reported["drift"]) <= DRIFT_SECONDS
        assert {one.channel: one.door for one in row.compartments.all()} == self.box.doors
