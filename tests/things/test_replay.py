# SPDX-License-Identifier: EUPL-1.2
"""What was parked is read when its device is registered: once, with its own time, as if it had been read at once."""

import json
import threading
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections
from procrastinate.contrib.django.models import ProcrastinateJob

from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.things import actions, jobs
from smilecity.things.actions import FeedSpec, replaying
from smilecity.things.models import Codec, Datastream, Device, Latest, Observation, StaleHour, Uplink
from tests.things.knocking import opened
from tests.things.stage import EUI, NOON, ask, codec, stream, thing, tts

OTHER = "A84041FFFE000009"
READS = "function decodeUplink(i) { return {data: JSON.parse(String.fromCharCode.apply(null, i.bytes))}; }"
MINUTE = timedelta(minutes=1)


def reads() -> Codec:
    return codec("reads", READS)


def parked(data: Any, at: datetime = NOON, eui: str = EUI, state: int = Uplink.PARKED) -> Uplink:
    payload = data if isinstance(data, bytes) else json.dumps(data).encode()
    return Uplink.objects.create(
        key=uuid4(), eui=eui, received_at=at, f_port=1, payload=payload, state=state, reason="unknown device"
    )


def register(eui: str = EUI, *on: Datastream) -> Device:
    fed = on or (stream(),)
    return actions.register_device(
        NODE, eui, "Counter", fed[0].thing, reads(), [FeedSpec(one.name, one.id) for one in fed]
    )


def waiting() -> list[dict[str, Any]]:
    return list(ProcrastinateJob.objects.filter(task_name="things:replay").values_list("args", flat=True))


def values() -> list[tuple[datetime, float | None]]:
    return list(Observation.objects.order_by("phenomenon_time").values_list("phenomenon_time", "result"))


@pytest.mark.django_db
def test_what_was_parked_is_stored_with_its_own_time() -> None:
    for minute in range(5):
        parked({"people": minute}, NOON + minute * MINUTE)
    parked(b"", NOON + 5 * MINUTE)
    parked({"people": 99}, eui=OTHER)
    register()
    assert waiting() == [{"eui": EUI}]
    assert actions.replay(NODE, eui=EUI) == actions.Replayed(6, 0)
    assert values() == [(NOON + minute * MINUTE, minute) for minute in range(5)]
    latest = Latest.objects.get()
    assert (latest.result, latest.count, latest.first_time) == (4, 5, NOON)
    assert set(Uplink.objects.filter(eui=EUI).values_list("state", "reason", "device")) == {
        (Uplink.STORED, None, Device.objects.get().pk)
    }
    assert Uplink.objects.get(eui=OTHER).state == Uplink.PARKED
    assert list(LogEntry.objects.order_by("-id").values_list("verb", flat=True)[:2]) == [
        "uplinks-replayed",
        "observed",
    ]
    assert actions.replay(NODE) == actions.Replayed(0, 0)


@pytest.mark.django_db
def test_nothing_waits_where_nothing_was_parked() -> None:
    register()
    assert waiting() == []
    actions.ask_replay(NODE)
    actions.ask_replay(NODE)
    assert waiting() == [{"eui": ""}]


@pytest.mark.django_db
def test_the_job_reads_it() -> None:
    parked({"people": 3})
    register()
    jobs.replay(EUI)
    assert values() == [(NOON, 3)]
    parked({"people": 4}, NOON + MINUTE)  # while the device was being registered
    jobs.read_parked(0)
    assert values() == [(NOON, 3), (NOON + MINUTE, 4)]


@pytest.mark.django_db
def test_a_late_value_marks_its_hour_stale_and_does_not_become_the_latest() -> None:
    device = register()
    Latest.objects.create(
        datastream=device.feeds.get().datastream,
        observation=1,
        phenomenon_time=NOON + timedelta(hours=3),
        result=7,
        count=1,
        rolled_until=NOON + timedelta(hours=2),
    )
    parked({"people": 1})
    actions.replay(NODE)
    latest = Latest.objects.get()
    assert (latest.result, latest.count, latest.first_time) == (7, 2, NOON)
    assert list(StaleHour.objects.values_list("start", flat=True)) == [NOON]


@pytest.mark.django_db
def test_what_cannot_be_read_stays_and_is_read_when_the_codec_is_mended() -> None:
    counter, battery = stream("people"), stream("battery", thing("counter"))
    register(EUI, counter, battery)
    parked(b"no json")
    parked({"people": 1, "battery": "x" * 5000}, NOON + MINUTE)
    parked({"people": 2}, NOON + 2 * MINUTE)
    assert actions.replay(NODE) == actions.Replayed(1, 2)
    assert values() == [(NOON + MINUTE, 1), (NOON + 2 * MINUTE, 2)]
    assert "codec.threw" in str(Uplink.objects.get(received_at=NOON).reason)
    assert Uplink.objects.get(received_at=NOON + MINUTE).reason == "value.unusable: battery"
    assert actions.replay(NODE) == actions.Replayed(0, 0), "what no codec can read is not tried for ever"
    mended = "function decodeUplink(i) { return {data: {people: 8, battery: i.bytes.length}}; }"
    Codec.objects.update(script=mended, digest="mended")
    assert actions.replay(NODE, eui=EUI, undecodable=True) == actions.Replayed(2, 0)
    of_people = Observation.objects.filter(datastream=counter).order_by("phenomenon_time")
    assert list(of_people.values_list("result", flat=True)) == [8, 1, 2], (
        "what was stored is not stored twice"
    )
    assert Latest.objects.get(datastream=counter).count == 3
    assert Latest.objects.get(datastream=battery).count == 2


@pytest.mark.django_db
def test_a_replay_goes_chunk_by_chunk_and_on_after_a_halt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "CHUNK", 3)
    for number in range(10):
        parked({"people": number}, NOON + number // 2 * MINUTE)  # two at each moment
    register()
    kept, calls = replaying._stored, []

    def halted(*given: Any) -> tuple[int, int]:
        calls.append(given)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return kept(*given)

    monkeypatch.setattr(replaying, "_stored", halted)
    with pytest.raises(KeyboardInterrupt):
        actions.replay(NODE)
    assert Latest.objects.get().count == 6
    assert actions.replay(NODE) == actions.Replayed(4, 0)
    assert Latest.objects.get().count == 10 == len(values())


@pytest.mark.django_db
def test_what_the_database_refuses_is_kept_raw_and_costs_no_other() -> None:
    device = register()
    parked({"people": 1})
    parked({"people": 2}, NOON + MINUTE)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE things_latest ADD CONSTRAINT odd CHECK (result IS DISTINCT FROM 2)")
    assert actions.replay(NODE) == actions.Replayed(1, 1)
    assert "store.refused" in str(Uplink.objects.get(state=Uplink.UNDECODABLE).reason)
    assert Latest.objects.get(datastream=device.feeds.get().datastream).count == 1


@pytest.mark.django_db
def test_what_is_no_eui_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        actions.replay(NODE, eui="x")
    assert refused.value.code == "device.bad-eui"


def test_replays_and_live_messages_at_once_store_everything_once(database_url: str) -> None:
    """Four replays race each other, and the network server sends again what is parked, beside new messages."""
    ds = stream().id
    with opened(database_url) as (post, door, _loop):
        for number in range(60):
            assert post(tts({"people": number}, NOON + number * MINUTE, f_cnt=number)).status == 202
        register()
        door.register.heard({"device-kept"})
        threads = [threading.Thread(target=_replay) for _ in range(4)]
        for thread in threads:
            thread.start()
        for number in range(120):
            assert post(tts({"people": number}, NOON + number * MINUTE, f_cnt=number)).status == 200
        for thread in threads:
            thread.join()
    assert ask(database_url, "SELECT count(*), count(DISTINCT phenomenon_time) FROM things_observation") == [
        (120, 120)
    ]
    assert ask(database_url, "SELECT count, result FROM things_latest WHERE datastream_id = %s", ds) == [
        (120, 119)
    ]
    assert ask(database_url, "SELECT DISTINCT state FROM things_uplink") == [(0,)]


def _replay() -> None:
    try:
        actions.replay(NODE)
    finally:
        connections.close_all()
