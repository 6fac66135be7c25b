# SPDX-License-Identifier: EUPL-1.2
"""Grants, wishes to open, and a box that answers: each as it should be, and what is refused."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import orjson
import pytest

from smilecity.core import clock
from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE
from smilecity.people.reads import who_is
from smilecity.places.actions import locks as acts
from smilecity.places.demo.box import Box
from smilecity.places.models import Access, Controller, Exceptional, Grant, Handle, LockCommand
from smilecity.places.reads import locks as looks
from smilecity.places.rules.locks import handles
from tests.places.booking_stage import NOW
from tests.places.ground import keep_court
from tests.places.lock_histories import PIN, SEED, Town, built

Person = Callable[..., Any]
HOUR = (NOW - timedelta(minutes=1), NOW + timedelta(hours=1))


class Scene:
    """A box on a good line; `at` is now."""

    def __init__(self, town: Town) -> None:
        self.town, self.at = town, NOW
        self.box = Box(town.controller.key, bytes.fromhex(town.secret), 3, lambda: self.at)
        self.talk()

    def talk(self, rounds: int = 3) -> None:
        with clock.frozen(self.at):
            for _ in range(rounds):
                self.box.say_state()
                said, self.box.out = self.box.out, []
                acts.take_reports(self.town.controller.key, said)
                self.hand()

    def hand(self) -> None:
        due = looks.commands_due(NODE, self.town.controller.id)
        acts.mark_sent(NODE, [command.id for command, _ in due])
        for _, message in due:
            self.box.hear(message)

    def wish(
        self, during: tuple[datetime, datetime] = HOUR, why: str = "loan", door: int = 0, **said: Any
    ) -> Grant:
        with clock.frozen(self.at):
            given = said or {"account": self.town.person.pk}
            made = acts.wish_grant(NODE, self.town.compartments[door].id, during, why, **given)
        self.talk()
        return Grant.objects.get(id=made.id)

    def unlock(self, grant: Grant) -> LockCommand:
        with clock.frozen(self.at):
            return acts.ask_unlock(self.town.who, grant.id)

    def limits(self) -> int:
        """The version of what is closed that the box told last."""
        return int(Controller.objects.get(id=self.town.controller.id).reported["limits"])

    def refused(self, act: Callable[[], object]) -> str:
        with clock.frozen(self.at), pytest.raises(Refusal) as found:
            act()
        return found.value.code


@pytest.fixture
def scene(person: Person) -> Scene:
    rita = person("rita")
    with clock.frozen(NOW):
        town = built(keep_court(), rita, who_is(rita))
    return Scene(town)


def test_a_door_opens_and_every_step_is_only_what_the_box_said(scene: Scene) -> None:
    grant = scene.wish()
    assert (grant.state, grant.acknowledged) == ("installed", 1)
    command = scene.unlock(grant)
    assert command.state == "waiting" and scene.box.effects == []
    with clock.frozen(scene.at):
        scene.hand()
    assert LockCommand.objects.get(id=command.id).state == "sent"
    assert [one.command for one in scene.box.effects] == [str(command.id)]
    scene.box.open_door(0)
    scene.talk()
    assert LockCommand.objects.get(id=command.id).state == "done"
    door = scene.town.compartments[0]
    door.refresh_from_db()
    assert (door.door, door.lock) == ("open", "unlocked")
    assert list(Access.objects.order_by("id").values_list("what", flat=True)) == [
        "power", "asked-unlock", "unlocked", "opened",
    ]  # fmt: skip
    assert Access.objects.get(what="unlocked").grant_id == grant.id


def test_a_state_that_was_overtaken_moves_the_grants_it_tells_of(scene: Scene) -> None:
    grant = scene.wish()
    scene.box.lose_power(keeps_time=True)
    power, state = scene.box.out
    scene.box.enter(1, "000000")
    key, denied = scene.town.controller.key, scene.box.out[-1]
    with clock.frozen(scene.at):
        assert acts.take_reports(key, [power, denied])
        grant.refresh_from_db()
        assert grant.state == "installed"  # nothing else has been said yet
        assert not acts.take_report(key, state)
        grant.refresh_from_db()
    assert (grant.state, grant.acknowledged) == ("wanted", 0)


def test_nothing_is_known_of_a_box_that_never_spoke(person: Person) -> None:
    rita = person("rita")
    with clock.frozen(NOW):
        town = built(keep_court(), rita, who_is(rita))
        grant = acts.wish_grant(NODE, town.compartments[0].id, HOUR, "loan", account=rita.pk)
        assert grant.state == "wanted" and not LockCommand.objects.exists()
        with pytest.raises(Refusal, match=r"grant\.not-there"):
            acts.ask_unlock(town.who, grant.id)
    assert {(one.door, one.lock) for one in town.controller.compartments.all()} == {("unknown", "unknown")}


def test_what_is_refused_before_the_box_is_asked(scene: Scene) -> None:
    grant = scene.wish()
    later = scene.wish((NOW + timedelta(hours=2), NOW + timedelta(hours=3)), door=1)
    assert scene.refused(lambda: acts.ask_unlock(scene.town.who, later.id)) == "grant.not-yet"
    assert scene.refused(lambda: acts.ask_unlock(ANYONE, grant.id)) == "grant.unknown"
    assert scene.refused(lambda: acts.ask_unlock(scene.town.who, 1)) == "grant.unknown"
    closed = Exceptional.objects.create(
        place=scene.town.place, during=HOUR, cause="weather", reason={"de": "Sturm"}
    )
    assert scene.refused(lambda: acts.ask_unlock(scene.town.who, grant.id)) == "place.closed.weather"
    closed.delete()
    scene.at = NOW + timedelta(hours=2)
    assert scene.refused(lambda: acts.ask_unlock(scene.town.who, grant.id)) == "grant.over"
    assert scene.box.effects == []


def test_a_place_that_is_closed_by_its_hours_opens_for_staff_alone(scene: Scene) -> None:
    scene.at = NOW + timedelta(hours=16)
    night = scene.at - timedelta(minutes=1), scene.at + timedelta(hours=1)
    assert (
        scene.refused(lambda: acts.ask_unlock(scene.town.who, scene.wish(night).id)) == "place.closed.hours"
    )
    assert scene.unlock(scene.wish(night, why="staff", door=1)).state == "waiting"


def test_a_wish_to_open_that_comes_late_opens_nothing(scene: Scene) -> None:
    command = scene.unlock(scene.wish())
    with clock.frozen(scene.at):
        ((_, message),) = looks.commands_due(NODE, scene.town.controller.id)
    scene.at += timedelta(seconds=31)
    scene.box.hear(message)
    scene.talk()
    assert scene.box.effects == []
    assert LockCommand.objects.get(id=command.id).state == "refused"


def test_asked_twice_is_one_command_and_heard_twice_is_one_effect(scene: Scene) -> None:
    grant = scene.wish()
    assert scene.unlock(grant).id == scene.unlock(grant).id
    with clock.frozen(scene.at):
        ((_, message),) = looks.commands_due(NODE, scene.town.controller.id)
    for _ in range(3):
        scene.box.hear(message)
    scene.box.lose_power(keeps_time=True)
    scene.box.hear(message)
    assert len(scene.box.effects) == 1


def test_what_was_revoked_goes_out_first_and_opens_nothing(scene: Scene) -> None:
    grant = scene.wish(uses=2, account=scene.town.person.pk)
    with clock.frozen(scene.at):
        command = acts.ask_unlock(scene.town.who, grant.id)
        assert acts.revoke_grant(scene.town.who, grant.id).state == "revoking"
        acts.wish_grant(NODE, scene.town.compartments[1].id, HOUR, "staff", account=scene.town.person.pk)
        assert LockCommand.objects.get(id=command.id).state == "expired"
        kinds = [command.what for command, _ in looks.commands_due(NODE, scene.town.controller.id)]
    assert kinds == ["grant.revoke", "grant.install"]
    scene.talk()
    assert scene.box.effects == [] and grant.id not in scene.box.grants
    assert Grant.objects.get(id=grant.id).state == "revoked"


def test_a_box_that_forgot_everything_is_told_again(scene: Scene) -> None:
    grant = scene.wish()
    scene.box.lose_power()
    scene.at += timedelta(seconds=31)
    scene.talk(1)
    assert Grant.objects.get(id=grant.id).state == "wanted" and scene.box.now == scene.at
    scene.at += timedelta(seconds=31)
    scene.talk()
    assert Grant.objects.get(id=grant.id).state == "installed" and grant.id in scene.box.grants


def test_a_box_that_forgot_what_it_had_just_confirmed_is_told_at_once(scene: Scene) -> None:
    grant = scene.wish()
    Exceptional.objects.create(place=scene.town.place, during=HOUR, cause="weather", reason={"de": "Sturm"})
    scene.talk()
    before = scene.limits()
    scene.box.lose_power(keeps_time=True)
    assert before and not scene.box.grants
    scene.talk()
    assert Grant.objects.get(id=grant.id).state == "installed" and grant.id in scene.box.grants
    assert scene.limits() == before


def test_a_box_that_says_done_and_does_nothing_is_not_asked_in_a_circle(scene: Scene) -> None:
    with patch.object(Box, "_install", return_value=("done", "")):
        grant = scene.wish()
        scene.talk(6)
    asked = LockCommand.objects.filter(what="grant.install", grant=grant)
    assert asked.count() == 1 and not scene.box.grants
    scene.at += timedelta(seconds=31)
    scene.talk()
    assert asked.count() == 2 and grant.id in scene.box.grants


def test_pin_card_and_codes_open_without_the_node(scene: Scene) -> None:
    grant = scene.wish()
    scene.at += timedelta(minutes=25)  # codes from before the start are used up
    code = handles.code(SEED, handles.step_at(scene.at))
    assert scene.box.enter(0, PIN) and scene.box.enter(0, code)
    assert not scene.box.enter(0, code) and not scene.box.enter(1, PIN)
    scene.talk()
    used = Access.objects.get(what="code-used")
    assert used.by == f"handle/{scene.town.handles[1].id}" and used.grant_id == grant.id
    assert Handle.objects.get(id=scene.town.handles[1].id).counter == handles.step_at(scene.at)


def test_who_guesses_waits(scene: Scene) -> None:
    scene.wish()
    assert not any(scene.box.enter(0, f"{number:06}") for number in range(5))
    assert not scene.box.enter(0, PIN)
    scene.at += timedelta(minutes=6)
    assert scene.box.enter(0, PIN)


def test_a_lost_card_opens_nothing_at_the_next_word(scene: Scene) -> None:
    card = scene.town.handles[2]
    alone, mine = scene.wish(handle=card.id), scene.wish(door=1)
    assert (
        scene.refused(
            lambda: acts.wish_grant(NODE, scene.town.compartments[0].id, HOUR, "loan", handle=card.id)
        )
        == "grant.overlaps"
    )
    with clock.frozen(scene.at):
        acts.lose_handle(NODE, card.id)
        acts.lose_handle(scene.town.who, scene.town.handles[0].id)
    scene.talk()
    assert not scene.box.enter(0, "04AB12") and not scene.box.enter(1, PIN)
    assert Grant.objects.get(id=alone.id).state == "revoked"
    assert Grant.objects.get(id=mine.id).state == "installed"


def test_no_secret_is_kept_or_told(scene: Scene) -> None:
    scene.wish()
    rows = list(LockCommand.objects.values_list("body", flat=True)) + list(
        LogEntry.objects.values_list("data", flat=True)
    )
    kept = orjson.dumps(rows).decode()
    for secret in (scene.town.secret, SEED.hex(), handles.digest("sportbox-1-h1", PIN).hex(), PIN):
        assert secret not in kept


def test_forged_and_foreign_reports_are_refused_whole(scene: Scene) -> None:
    scene.box.say_state()
    good, key = scene.box.out[-1], scene.town.controller.key
    for bad in ({**good, "counter": 99_999}, {**good, "mac": "0" * 64}, {}, {**good, "body": {"doors": {}}}):
        assert scene.refused(lambda bad=bad: acts.take_reports(key, [good, bad])) == "lock.forged"  # type: ignore[misc]
    assert scene.refused(lambda: acts.take_report("nobody", good)) == "lock.forged"
    assert Controller.objects.get(key=key).heard_counter < good["counter"]
    assert acts.take_report(key, good) and not acts.take_report(key, good)


@pytest.mark.parametrize(
    ("during", "said", "code"),
    [
        ((HOUR[1], HOUR[0]), {}, "grant.time"),
        ((NOW - timedelta(days=2), NOW - timedelta(days=1)), {}, "grant.time"),
        ((NOW, NOW + timedelta(days=900)), {}, "grant.time"),
        ((NOW.replace(tzinfo=None), HOUR[1].replace(tzinfo=None)), {}, "grant.time"),
        (HOUR, {"why": "fun"}, "grant.reason"),
        (HOUR, {"uses": 0}, "grant.uses"),
        (HOUR, {"account": None}, "grant.nobody"),
        (HOUR, {"handle": 1}, "handle.not-good"),
        (HOUR, {"booking": 1}, "booking.unknown"),
    ],
)
def test_a_wrong_grant_is_refused(scene: Scene, during: Any, said: dict[str, Any], code: str) -> None:
    given = {"account": scene.town.person.pk, "why": "loan", **said}
    why = given.pop("why")
    door = scene.town.compartments[0].id
    assert scene.refused(lambda: acts.wish_grant(NODE, door, during, why, **given)) == code
    assert not Grant.objects.exists()


def test_who_may(scene: Scene, person: Person, organisation: Callable[..., Any]) -> None:
    town, nora = scene.town, who_is(person("nora"))
    petra = who_is(person("petra", ("clerk", organisation("department", "Amt"), None)))
    door, grant = town.compartments[0].id, scene.wish()
    assert (
        scene.refused(lambda: acts.wish_grant(nora, door, HOUR, "staff", account=nora.account))
        == "grant.not-yours"
    )
    assert (
        scene.refused(lambda: acts.wish_grant(nora, door, HOUR, "loan", account=town.person.pk))
        == "grant.not-yours"
    )
    assert scene.refused(lambda: acts.revoke_grant(nora, grant.id)) == "grant.not-yours"
    assert scene.refused(lambda: acts.ask_unlock(nora, grant.id)) == "grant.unknown"
    assert scene.refused(lambda: acts.ask_unlock(petra, grant.id)) == "grant.unknown"
    assert scene.refused(lambda: acts.ask_lock(nora, door)) == "compartment.unknown"
    assert scene.refused(lambda: acts.lose_handle(nora, town.handles[0].id)) == "handle.unknown"
    assert scene.refused(lambda: acts.converge(petra)) == "locks.not-yours"
    assert scene.refused(lambda: acts.mark_sent(petra, [])) == "locks.not-yours"
    assert (
        scene.refused(lambda: acts.keep_controller(nora, town.place.noun_id, "box-2", "B"))
        == "controller.not-yours"
    )
    assert scene.refused(lambda: acts.renew_secret(nora, town.controller.id)) == "controller.unknown"
    assert (
        scene.refused(lambda: acts.keep_compartment(nora, town.controller.id, 9, 1)) == "controller.unknown"
    )
    with clock.frozen(NOW):
        assert acts.ask_lock(town.who, door).what == "lock"
        assert acts.ask_lock(petra, door).what == "lock"
        acts.revoke_grant(petra, grant.id)
        acts.wish_grant(nora, door, HOUR, "loan", account=nora.account)


def test_a_silent_box_is_told_at_its_next_word(scene: Scene) -> None:
    scene.at += timedelta(minutes=11)
    with clock.frozen(scene.at):
        grant = acts.wish_grant(
            NODE, scene.town.compartments[0].id, HOUR, "loan", account=scene.town.person.pk
        )
        acts.converge(NODE)
    assert not LockCommand.objects.exists()
    scene.talk()
    assert Grant.objects.get(id=grant.id).state == "installed"


def test_commands_are_forgotten_but_for_those_of_living_grants(scene: Scene) -> None:
    scene.wish()
    over = scene.wish(door=1)
    with clock.frozen(scene.at):
        acts.revoke_grant(NODE, over.id)
        acts.ask_lock(NODE, scene.town.compartments[2].id)
    scene.talk()
    assert acts.forget_commands(NODE, scene.at) == 0
    assert acts.forget_commands(NODE, scene.at + timedelta(days=1)) == 3
    assert LockCommand.objects.get().what == "grant.install"
    assert scene.refused(lambda: acts.forget_commands(ANYONE, scene.at)) == "locks.not-yours"


def test_a_renewed_secret_opens_a_new_count(scene: Scene) -> None:
    with clock.frozen(NOW):
        acts.renew_secret(NODE, scene.town.controller.id)
    scene.box.say_state()
    assert scene.refused(lambda: acts.take_report("sportbox-1", scene.box.out[-1])) == "lock.forged"
