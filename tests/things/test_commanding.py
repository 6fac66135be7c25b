# SPDX-License-Identifier: EUPL-1.2
"""Commands on their way: handed over once the moment they are committed, tried again, expired, moved on by events."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.things import facts
from smilecity.things.actions import observations
from smilecity.things.actions.commands import withdraw
from smilecity.things.intake import commanding
from smilecity.things.intake.events import DeviceEvent
from smilecity.things.models import Command, Datastream, Device, Feed
from smilecity.things.rules import commands as rules
from smilecity.things.rules.commands import Effect
from smilecity.things.rules.results import ANY
from tests.things.commanding_stage import Network, bell, handing, reasons, states, tell
from tests.things.mqtt_stage import until
from tests.things.stage import EUI, ask

OTHER = "A84041FFFE000002"
MADE = {facts.COMMAND_MADE}


@pytest.fixture(autouse=True)
def _no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits seconds in a city waits moments here."""
    monkeypatch.setattr(commanding, "LOOK_ANYWAY_SECONDS", 0.05)
    monkeypatch.setattr(rules, "pause", lambda _tries: timedelta(milliseconds=20))


def on_the_way(url: str, network: Network, true: Callable[[], Any], *, processes: int = 1) -> None:
    """Hand over until it is true."""

    async def story() -> None:
        async with handing(url, network.publish, processes=processes):
            await until(true)

    asyncio.run(story())


def test_a_command_is_handed_over_as_its_network_wants_it(database_url: str) -> None:
    one, other = tell(bell("chirpstack")), tell(bell("tts", eui=OTHER), 5, confirmed=True)
    network = Network()
    on_the_way(database_url, network, lambda: states(database_url) == ["handed"] * 2)
    (_, topic, body), (_, other_topic, other_body) = network.taken
    assert (topic.split("/")[0], body["id"], body["data"]) == ("application", str(one.key), "AQM=")
    assert other_topic == "v3/smile-city@ttn/devices/bell-1/down/push"
    assert other_body["downlinks"][0]["correlation_ids"] == [f"smilecity:command:{other.key}"]
    assert other_body["downlinks"][0]["confirmed"]
    assert Command.objects.get(pk=one.pk).handed_as == str(one.key)
    moved = ask(
        database_url, "SELECT data FROM core_logentry WHERE verb = %s ORDER BY id", facts.COMMAND_CHANGED
    )
    assert [data for (data,) in moved] == [
        {"state": "handed", "commands": [one.id]},
        {"state": "handed", "commands": [other.id]},
    ]


def test_the_log_wakes_it(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commanding, "LOOK_ANYWAY_SECONDS", 60.0)
    device, network = bell(), Network()

    def given() -> None:
        tell(device)
        connection.close()

    async def story() -> None:
        async with handing(database_url, network.publish) as (running,):
            await asyncio.sleep(0.2)
            await sync_to_async(given)()
            running.told({facts.OBSERVED})
            await asyncio.sleep(0.2)
            assert network.taken == []
            running.told(MADE)
            await until(lambda: network.taken)

    asyncio.run(story())


def test_several_processes_hand_each_command_over_once_and_in_order(database_url: str) -> None:
    bells = [bell(), bell(eui=OTHER)]
    given = [tell(one, n + 1) for n in range(6) for one in bells]
    network = Network()
    on_the_way(database_url, network, lambda: set(states(database_url)) == {"handed"}, processes=3)
    assert Counter(network.ids()) == Counter(one.key for one in given)
    for one in bells:
        mine = [key for key in network.ids() if key in {c.key for c in given if c.device_id == one.id}]
        assert mine == [c.key for c in given if c.device_id == one.id]


def test_a_network_that_is_away_is_tried_again_and_nothing_overtakes(database_url: str) -> None:
    device = bell()
    given = [tell(device, 1), tell(device, 2)]
    failures = iter(
        [ConnectionError("away"), Refusal("connector.away", "Away."), TimeoutError(), RuntimeError("?")]
    )
    network = Network()
    network.fails = lambda: next(failures, None)
    on_the_way(database_url, network, lambda: states(database_url) == ["handed"] * 2)
    assert network.ids() == [one.key for one in given]
    assert list(Command.objects.order_by("id").values_list("tries", flat=True)) == [5, 1]
    assert reasons(database_url) == ["", ""]


def test_a_process_leaves_alone_what_another_one_reaches(database_url: str) -> None:
    one, other = bell("chirpstack"), bell("tts", eui=OTHER)
    tell(one)
    tell(other)
    network, reached = Network(), {other.network_id or 0}

    async def story() -> None:
        async with handing(database_url, network.publish, reached=lambda: reached):
            await until(lambda: states(database_url) == ["waiting", "handed"])
            reached.add(one.network_id or 0)
            await until(lambda: states(database_url) == ["handed", "handed"])

    asyncio.run(story())
    assert list(Command.objects.values_list("tries", flat=True)) == [1, 1]


def test_one_network_that_is_away_does_not_hold_up_another(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "pause", lambda _tries: timedelta(hours=1))
    dead, alive, network = bell("chirpstack"), bell("tts", eui=OTHER), Network()
    tries: list[str] = []

    async def publish(connector: int, topic: str, payload: bytes) -> None:
        tries.append(topic)
        if connector == dead.network_id:
            raise ConnectionError
        await network.publish(connector, topic, payload)

    for n in range(3):
        tell(dead, n)
        tell(alive, n)

    async def story() -> None:
        async with handing(database_url, publish):
            await until(lambda: states(database_url).count("handed") == 3)

    asyncio.run(story())
    assert sum(topic.startswith("application/") for topic in tries) == 1
    assert reasons(database_url).count("network-away: ConnectionError") == 1
    assert len(network.taken) == 3


def test_what_is_not_handed_over_in_time_expires_with_the_last_reason(database_url: str) -> None:
    tell(bell(), lasts=timedelta(seconds=1))
    network = Network()
    network.fails = lambda: ConnectionError("away")
    on_the_way(database_url, network, lambda: states(database_url) == ["expired"])
    assert reasons(database_url) == ["network-away: ConnectionError"]
    on_the_way(database_url, network, lambda: True)
    assert network.taken == []


def test_what_was_handed_over_and_never_heard_of_again_expires(database_url: str) -> None:
    made = tell(bell(), lasts=timedelta(seconds=1))
    on_the_way(database_url, Network(), lambda: states(database_url) == ["expired"])
    assert Command.objects.get(pk=made.pk).tries == 1


def test_a_door_killed_while_it_hands_over_hands_over_again_with_the_same_id(database_url: str) -> None:
    made, network = tell(bell()), Network()
    given: list[str] = []

    async def publish_then_die(_connector: int, _topic: str, payload: bytes) -> None:
        given.append(payload.decode())
        await asyncio.Event().wait()  # the network has it; we never learn

    async def story() -> None:
        async with handing(database_url, publish_then_die):
            await until(lambda: given)
        assert states(database_url) == ["waiting"]
        async with handing(database_url, network.publish):
            await until(lambda: states(database_url) == ["handed"])

    asyncio.run(story())
    assert str(made.key) in given[0]
    assert network.ids() == [made.key]


def test_while_it_is_handed_over_it_cannot_be_taken_back(database_url: str) -> None:
    made, network = tell(bell()), Network()

    def taken_back() -> None:
        try:
            withdraw(NODE, made)
        finally:
            connection.close()

    async def story() -> None:
        network.hangs.clear()
        async with handing(database_url, network.publish):
            await asyncio.sleep(0.2)
            trying = asyncio.create_task(sync_to_async(taken_back)())
            await asyncio.sleep(0.2)
            assert not trying.done()
            network.hangs.set()
            with pytest.raises(Refusal, match=r"command\.too-late"):
                await trying
            assert network.ids() == [made.key]

    asyncio.run(story())


def test_a_device_that_went_out_of_service_or_lost_its_network_is_told_nothing(database_url: str) -> None:
    one, other = bell(), bell(eui=OTHER)
    tell(one)
    tell(other)
    Device.objects.filter(pk=one.pk).update(active=False)
    Device.objects.filter(pk=other.pk).update(network=None)
    network = Network()
    on_the_way(database_url, network, lambda: states(database_url) == ["failed"] * 2)
    assert reasons(database_url) == ["device-retired", "no-network"]
    assert network.taken == []


def heard(url: str, *events: tuple[str, str], made: Command, eui: str = EUI) -> list[bool]:
    """What became of events of this command, one after the other."""

    async def story() -> list[bool]:
        async with handing(url, Network().publish) as (running,):
            await until(lambda: states(url) != ["waiting"])
            return [
                await running.heard(DeviceEvent(eui, kind, made.key, None, reason)) for kind, reason in events
            ]

    return asyncio.run(story())


@pytest.mark.parametrize(
    ("events", "state", "reason"),
    [
        ([("handed", ""), ("sent", ""), ("confirmed", "")], "confirmed", ""),
        ([("confirmed", ""), ("sent", ""), ("handed", ""), ("sent", "")], "confirmed", ""),
        ([("sent", ""), ("unconfirmed", "")], "sent", "unconfirmed"),
        ([("failed", "DOWNLINK_PAYLOAD_SIZE"), ("sent", "")], "failed", "DOWNLINK_PAYLOAD_SIZE"),
        ([("failed", "x"), ("confirmed", "")], "confirmed", ""),
        ([("unconfirmed", ""), ("unconfirmed", ""), ("confirmed", "")], "confirmed", ""),
    ],
)
def test_events_move_it_on_in_whatever_order_they_come(
    database_url: str, events: list[tuple[str, str]], state: str, reason: str
) -> None:
    made = tell(bell())
    assert heard(database_url, *events, made=made) == [True] * len(events)
    assert (states(database_url), reasons(database_url)) == ([state], [reason])


def test_events_of_others_move_nothing(database_url: str) -> None:
    made = tell(bell())
    assert heard(database_url, ("sent", ""), made=made, eui=OTHER) == [False]
    made.key = uuid4()
    assert heard(database_url, ("sent", ""), made=made) == [False]
    assert states(database_url) == ["handed"]


@pytest.mark.parametrize("value", [3, True, "open", {"open": [1]}])
def test_it_is_done_when_the_device_reports_the_effect(database_url: str, value: Any) -> None:
    device = bell()
    fed = Feed.objects.get().datastream_id
    before = clock.now() - timedelta(minutes=1)
    Datastream.objects.update(observation_type=ANY)

    def observed(result: Any, at: datetime) -> None:
        body = {"Datastream": {"@iot.id": fed}, "result": result, "phenomenonTime": at.isoformat()}
        observations.create(NODE, [body])
        connection.close()

    observe = sync_to_async(observed)
    tell(device, effect=Effect(fed, value))

    async def story() -> None:
        async with handing(database_url, Network().publish):
            await until(lambda: states(database_url) == ["handed"])
            await observe(value, before)
            await observe(4, clock.now())
            await asyncio.sleep(0.2)
            assert states(database_url) == ["handed"]
            await observe(value, clock.now())
            await until(lambda: states(database_url) == ["done"])

    asyncio.run(story())
