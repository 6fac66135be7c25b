# SPDX-License-Identifier: EUPL-1.2
"""The demo's city is the same for the same seed, and its sensors say what their models can say."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecity.things.demo import moving, radio, upkeep
from smilecity.things.demo.fleet import FIRST, FLEET, KINDS
from smilecity.things.demo.nature import Nature
from smilecity.things.demo.simulator import PAST_DAYS, SEED, message, moments
from smilecity.things.intake.messages import read_tts
from smilecity.things.models import Device, DeviceNote, Gateway

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 6, 3, 17, 0, tzinfo=UTC)
when = st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1)).map(lambda t: t.replace(tzinfo=UTC))


@given(st.sampled_from(FLEET), when)
def test_the_same_seed_gives_the_same_city(one: object, moment: datetime) -> None:
    assert Nature(SEED, BERLIN).uplink(one, moment) == Nature(SEED, BERLIN).uplink(one, moment)  # type: ignore[arg-type]


def test_another_seed_gives_another_city() -> None:
    counter = next(sensor for sensor in FLEET if sensor.kind == "people")
    days = [NOW + timedelta(hours=h) for h in range(24)]
    first, second = (([Nature(seed, BERLIN).people(counter, t) for t in days]) for seed in (1, 2))
    assert first != second


@pytest.mark.parametrize("sensor", FLEET, ids=lambda s: s.thing)
def test_two_stretches_of_time_join_without_gap_or_repeat(sensor: object) -> None:
    since, middle = NOW - timedelta(days=1), NOW - timedelta(hours=7, seconds=13)
    parts = [*moments(sensor, since, middle), *moments(sensor, middle, NOW)]  # type: ignore[arg-type]
    assert parts == list(moments(sensor, since, NOW))  # type: ignore[arg-type]
    assert len(parts) == len(set(parts)) > 0


def test_the_intake_reads_what_the_simulator_sends() -> None:
    nature = Nature(SEED, BERLIN)
    keys = set()
    for sensor in FLEET:
        for moment in list(moments(sensor, NOW - timedelta(hours=2), NOW)):
            uplink = nature.uplink(sensor, moment)
            read = read_tts(message(sensor, moment, uplink), NOW, NOW - timedelta(days=30))
            assert read is not None
            assert (read.eui, read.payload, read.f_port) == (sensor.eui, uplink.payload, uplink.f_port)
            keys.add(read.key)
    expected = sum(len(list(moments(s, NOW - timedelta(hours=2), NOW))) for s in FLEET)
    assert len(keys) == expected


def test_people_sleep_and_come_in_the_afternoon() -> None:
    nature = Nature(SEED, BERLIN)
    court = next(sensor for sensor in FLEET if sensor.thing == "hafensport-korb")
    day = datetime(2026, 6, 3, tzinfo=BERLIN)
    assert nature.people(court, day.replace(hour=3)) == 0
    assert sum(nature.people(court, day.replace(day=d, hour=17)) for d in range(1, PAST_DAYS)) > 0


def test_every_kind_of_sensor_is_in_the_city() -> None:
    assert {sensor.kind for sensor in FLEET} == set(KINDS)
    assert len({sensor.eui for sensor in FLEET}) == len(FLEET)


def test_about_sixty_sensors_say_little_together() -> None:
    assert 55 <= len(FLEET) <= 70
    day = sum(len(list(moments(sensor, NOW - timedelta(days=1), NOW))) for sensor in FLEET)
    assert day < 10_000  # one in nine seconds: the demo must not warm a small machine


def test_nobody_sits_in_a_library_at_night() -> None:
    nature = Nature(SEED, BERLIN)
    inside = [sensor for sensor in FLEET if sensor.indoors and KINDS[sensor.kind].streams[0].people]
    night, noon = (datetime(2026, 6, 3, hour, tzinfo=BERLIN) for hour in (23, 16))
    assert inside
    assert not any(nature.people(sensor, night) for sensor in inside)
    assert all(nature.people(sensor, noon) for sensor in inside)


def test_every_sensor_is_heard_and_some_by_one_gateway_only() -> None:
    heard = {sensor.eui: radio.heard(sensor) for sensor in FLEET}
    assert {len(one) for one in heard.values()} == {1, 2}
    assert all(-125 < way["rssi"] < -60 for ways in heard.values() for way in ways)
    assert {way["gateway_ids"]["gateway_id"] for ways in heard.values() for way in ways} == set(
        radio.GATEWAYS
    )
    body = message(FLEET[0], NOW, Nature(SEED, BERLIN).uplink(FLEET[0], NOW))
    read = read_tts(body, NOW, NOW - timedelta(days=1))
    assert read is not None and len(read.gateways) == len(heard[FLEET[0].eui])


@pytest.mark.django_db
def test_the_fleet_has_a_past_and_moving_in_twice_repeats_none_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {eui for eui, *_note in upkeep.NOTES} | set(upkeep.BEFORE)
    monkeypatch.setattr(moving, "FLEET", [sensor for sensor in FIRST if sensor.eui in told])
    moving.move_in()
    moving.move_in()
    new, (old, reason) = next(iter(upkeep.BEFORE.items()))
    before = Device.objects.get(eui=old)
    assert before.replaced_by is not None and before.replaced_by.eui == new and not before.active
    assert Device.objects.get(eui=new).feeds.exists()
    notes = DeviceNote.objects.exclude(kind__in=["replaced", "installed"])
    assert notes.count() == len([one for one in upkeep.NOTES if one[1] != "installed"])
    assert Gateway.objects.exclude(name="").count() == len(radio.GATEWAYS)
    assert before.notes.get().text.endswith(reason)
