# SPDX-License-Identifier: EUPL-1.2
"""A device is replaced under the same datastreams, and what was done to it is noted."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connections

from smilecity.core import clock
from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.things import actions
from smilecity.things.models import Connector, Device, DeviceNote, Uplink
from tests.things.knocking import opened
from tests.things.stage import EUI, NOON, ask, codec, device, stream, thing, tts
from tests.things.test_replay import MINUTE, OTHER, parked, register, values

HOUR = timedelta(hours=1)


def code(**given: Any) -> str:
    with pytest.raises(Refusal) as refused:
        actions.replace_device(NODE, **{"old_eui": EUI, "new_eui": OTHER, **given})
    return refused.value.code


@pytest.mark.django_db
def test_the_new_device_feeds_what_the_old_one_fed_without_a_gap() -> None:
    counter, battery = stream("people"), stream("battery", thing("counter"))
    old = register(EUI, counter, battery)
    parked({"people": 1, "battery": 90}, NOON, OTHER)
    with clock.frozen(NOON + HOUR):
        new = actions.replace_device(NODE, EUI.lower(), OTHER, reason="Wasser im Gehäuse")
    actions.replay(NODE)
    old.refresh_from_db()
    assert (old.active, old.replaced_by, new.active, new.thing_id) == (False, new, True, old.thing_id)
    assert list(new.feeds.order_by("id").values_list("field", "datastream")) == [
        ("people", counter.id),
        ("battery", battery.id),
    ]
    assert values() == [(NOON, 1), (NOON, 90)]
    assert LogEntry.objects.filter(
        verb="device-replaced", about=sorted([*([old.thing_id]), old.pk, new.pk])
    ).exists()
    assert [(one.kind, one.text, one.by) for one in old.notes.all()] == [
        ("replaced", f"→ {OTHER}. Wasser im Gehäuse", "node")
    ]
    assert new.notes.get().kind == "installed"


@pytest.mark.django_db
def test_what_it_sent_before_it_hung_there_is_never_read() -> None:
    register()
    parked({"people": 50}, NOON - HOUR, OTHER)  # on the workbench
    parked({"people": 1}, NOON, OTHER)
    with clock.frozen(NOON + HOUR):
        actions.replace_device(NODE, EUI, OTHER, at=NOON)
    actions.replay(NODE)
    assert values() == [(NOON, 1)]
    assert Uplink.objects.get(received_at=NOON - HOUR).state == Uplink.STORED


@pytest.mark.django_db
def test_another_model_with_other_names_for_its_fields() -> None:
    register()
    other = codec("other", "function decodeUplink(i) { return {data: {counter: {in: i.bytes[0]}}}; }")
    new = actions.replace_device(
        NODE, EUI, OTHER, model="Counter 2", codec=other, fields={"people": "counter.in"}
    )
    assert (new.model, new.codec, new.feeds.get().field) == ("Counter 2", other, "counter.in")
    parked(b"\x07", NOON, OTHER)
    actions.replay(NODE)
    assert values() == [(NOON, 7)]


@pytest.mark.django_db
def test_what_cannot_be_replaced_is_refused_and_nothing_changes() -> None:
    assert code() == "device.unknown"
    register()
    assert code(new_eui=EUI) == "device.same"
    assert code(new_eui="x") == "device.bad-eui"
    assert code(at=clock.now() + HOUR) == "device.in-future"
    assert code(fields={"nothing": "people"}) == "device.unknown-field"
    assert code(fields={"people": "a..b"}) == "device.bad-field"
    device(stream("two"), eui=OTHER)
    assert code() == "device.taken"
    assert Device.objects.filter(active=True).count() == 2 and not DeviceNote.objects.exists()
    actions.retire_device(NODE, EUI)
    assert code(new_eui="A84041FFFE00000A") == "device.retired"


@pytest.mark.django_db
def test_it_may_come_back_and_how_its_network_calls_it_goes_with_chirpstack_only() -> None:
    old = register()
    network = Connector.objects.create(kind="chirpstack", name="Funknetz")
    Device.objects.filter(pk=old.pk).update(network=network, known_as="17c82e96")
    new = actions.replace_device(NODE, EUI, OTHER)
    assert (new.network, new.known_as) == (network, "17c82e96")
    Connector.objects.update(kind="tts")
    back = actions.replace_device(NODE, OTHER, EUI)
    new.refresh_from_db()
    assert (back.pk, back.active, back.replaced_by, new.replaced_by) == (old.pk, True, None, back)
    assert (back.network, back.known_as) == (network, "")


def test_of_two_that_replace_it_at_once_one_wins(database_url: str) -> None:
    register()
    outcomes: list[str] = []

    def act(new: str) -> None:
        try:
            actions.replace_device(NODE, EUI, new)
            outcomes.append("done")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act, args=(f"A84041FFFE00001{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["device.retired"] * 3 + ["done"]
    assert ask(
        database_url, "SELECT count(*) FROM things_feed f JOIN things_device d ON d.id = device_id AND active"
    ) == [(1,)]


def test_messages_on_both_sides_of_the_replacement_make_one_history(database_url: str) -> None:
    ds = stream()
    register(EUI, ds)
    with opened(database_url) as (post, door, _loop):
        assert post(tts({"people": 1}, NOON, f_cnt=1)).status == 200
        assert post(tts({"people": 2}, NOON + MINUTE, eui=OTHER, f_cnt=1)).status == 202
        actions.replace_device(NODE, EUI, OTHER)
        door.register.heard({"device-replaced"})
        assert post(tts({"people": 3}, NOON + 2 * MINUTE, eui=OTHER, f_cnt=2)).status == 200
        assert post(tts({"people": 99}, NOON + 2 * MINUTE, f_cnt=2)).status == 202, (
            "the old one is out of service"
        )
        actions.replay(NODE)
    assert ask(database_url, "SELECT result FROM things_observation ORDER BY phenomenon_time") == [
        (1,),
        (2,),
        (3,),
    ]


@pytest.mark.django_db
def test_notes_say_what_was_done_when_and_by_whom() -> None:
    register()
    with clock.frozen(NOON + 9 * HOUR):
        actions.note_device(NODE, EUI, "firmware", text=" 2.1 ")
        actions.note_device(NODE, EUI, "firmware", at=NOON, text="2.0")
        actions.note_device(NODE, EUI, "battery", at=NOON + timedelta(hours=11, minutes=30) - 3 * HOUR)
        actions.note_device(NODE, EUI, "note", text="Schelle nachgezogen")
    kept = Device.objects.get()
    assert kept.firmware == "2.1", "an older note does not take back a newer one"
    assert kept.battery_changed_on == date(2026, 11, 20)
    assert {one.by for one in kept.notes.all()} == {"node"}
    assert kept.notes.count() == 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"kind": "painted"}, "note.bad-kind"),
        ({"kind": "replaced"}, "note.bad-kind"),
        ({"kind": "note"}, "note.empty"),
        ({"kind": "firmware", "text": "  "}, "note.empty"),
        ({"kind": "note", "text": "x" * 2001}, "note.too-long"),
        ({"kind": "battery", "at": NOON + timedelta(days=9999)}, "note.in-future"),
        ({"kind": "battery", "eui": OTHER}, "device.unknown"),
        ({"kind": "battery", "eui": "x"}, "device.bad-eui"),
    ],
)
def test_a_note_that_says_nothing_is_refused(given: dict[str, Any], expected: str) -> None:
    register()
    with pytest.raises(Refusal) as refused:
        actions.note_device(NODE, **{"eui": EUI, **given})
    assert refused.value.code == expected and not DeviceNote.objects.exists()
