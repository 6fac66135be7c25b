# SPDX-License-Identifier: EUPL-1.2
"""Giving commands and taking them back: once each, encoded by the vendor's codec, by those who may."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from smilecity.core import clock
from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE, Who
from smilecity.things import facts, jobs
from smilecity.things.actions.commands import command, forget_commands, withdraw
from smilecity.things.actions.devices import import_codecs, set_network
from smilecity.things.codecs.checking import import_folder
from smilecity.things.models import Codec, Command, Connector, Feed
from smilecity.things.rules import commands as rules
from smilecity.things.rules.commands import Effect, Raw
from tests.things.commanding_stage import APPLICATION, RING, bell, tell
from tests.things.stage import stream

WITH_KEY = Who(label="key/1", scopes=frozenset({"command"}))


def in_an_hour() -> Any:
    return clock.now() + timedelta(hours=1)


@pytest.mark.django_db
def test_a_command_is_encoded_by_the_vendors_codec_and_waits() -> None:
    made = tell(bell(), 3, confirmed=True, by="Klingel am Spielplatz")
    held = Command.objects.get()
    assert (held.id, held.state, held.f_port, bytes(held.payload)) == (made.id, "waiting", 7, b"\x01\x03")
    assert (held.wanted, held.confirmed_wanted, held.by) == (
        {"data": {"ring": 3}},
        True,
        "Klingel am Spielplatz",
    )
    entry = LogEntry.objects.get(verb=facts.COMMAND_MADE)
    assert entry.noun is None
    assert sorted(entry.about) == sorted([held.device_id, held.id])


@pytest.mark.django_db
def test_the_same_key_is_the_same_command_and_with_other_content_refused() -> None:
    device, key = bell(), uuid4()
    first = tell(device, 3, key=key)
    assert tell(device, 3, key=key, lasts=timedelta(hours=2)).id == first.id
    Codec.objects.update(script="broken(")  # what is there is not encoded again
    assert tell(device, 3, key=key).id == first.id
    others: list[dict[str, Any]] = [{"seconds": 4}, {"confirmed": True}, {"effect": Effect(1, 1)}]
    for other in others:
        with pytest.raises(Refusal) as refused:
            tell(device, **{"key": key, **other})
        assert (refused.value.code, refused.value.status) == ("command.key-used", 409)
    assert Command.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "code", "told"),
    [
        ({"ring": "loud"}, "command.not-encoded", "ring is a number"),
        ({}, "command.not-encoded", "ring is a number"),
        ({"ring": 1000}, "command.not-encoded", ""),
    ],
)
@pytest.mark.django_db
def test_what_the_codec_refuses_is_refused_with_its_words(data: dict[str, Any], code: str, told: str) -> None:
    with pytest.raises(Refusal) as refused:
        command(NODE, bell(), data, key=uuid4(), expires_at=in_an_hour())
    assert refused.value.code == code
    assert told in str(refused.value.sentence)
    assert not Command.objects.exists()


@pytest.mark.django_db
def test_a_codec_without_an_encoder_says_so_and_another_script_may_have_it() -> None:
    device = bell(script="function decodeUplink() { return { data: {} }; }")
    with pytest.raises(Refusal, match=r"command\.no-encoder"):
        tell(device)
    Codec.objects.update(encoder="function encodeDownlink(i) { return { bytes: [9], fPort: 2 }; }")
    device.refresh_from_db()
    assert bytes(tell(device).payload) == b"\x09"


@pytest.mark.django_db
def test_an_import_keeps_the_vendors_encoder_and_its_examples(tmp_path: Path) -> None:
    folder = tmp_path / "vendor" / "acme"
    folder.mkdir(parents=True)
    (folder / "index.yaml").write_text("endDevices: [bell]")
    (folder / "up.js").write_text("function decodeUplink(i) { return { data: { a: 1 } }; }")
    (folder / "down.js").write_text(
        "function encodeDownlink(i) { return { bytes: [i.data.ring], fPort: 2 }; }"
    )
    (folder / "codec.yaml").write_text(
        "uplinkDecoder: {fileName: up.js}\n"
        "downlinkEncoder:\n  fileName: down.js\n  examples:\n"
        "    - {description: Ring, input: {data: {ring: 3}}, output: {bytes: [3], fPort: 2}}\n"
    )
    found = [step.codec for step in import_folder(tmp_path) if step.codec]
    assert import_codecs(NODE, found).new == 1
    held = Codec.objects.get()
    assert held.commands == [["Ring", {"ring": 3}]]
    assert "encodeDownlink" in held.encoder
    assert import_codecs(NODE, found).same == 1


@pytest.mark.django_db
def test_a_codec_that_never_ends_is_stopped() -> None:
    device = bell(script="function encodeDownlink() { for (;;) {} }")
    with pytest.raises(Refusal, match=r"command\.not-encoded"):
        tell(device)


@pytest.mark.django_db
def test_who_may() -> None:
    device = bell()
    made = command(WITH_KEY, device, RING, key=uuid4(), expires_at=in_an_hour())
    assert made.by == "key/1"
    raw = Raw(5, b"\x01")
    for who, wanted in (
        (ANYONE, RING),
        (Who(label="key/2", scopes=frozenset({"things"})), RING),
        (WITH_KEY, raw),
    ):
        with pytest.raises(Refusal, match=r"command\.not-yours"):
            command(who, device, wanted, key=uuid4(), expires_at=in_an_hour())
    with pytest.raises(Refusal, match=r"command\.not-yours"):
        withdraw(ANYONE, made)
    assert bytes(command(NODE, device, raw, key=uuid4(), expires_at=in_an_hour()).payload) == b"\x01"


@pytest.mark.django_db
def test_a_device_without_a_way_down_or_out_of_service_is_told_nothing() -> None:
    device = bell("")
    with pytest.raises(Refusal, match=r"command\.no-way-down"):
        tell(device)
    device.active = False
    device.save()
    with pytest.raises(Refusal, match=r"device\.unknown"):
        tell(device)


@pytest.mark.django_db
def test_an_effect_is_one_that_this_device_can_show() -> None:
    device = bell()
    fed = Feed.objects.get().datastream_id
    made = tell(device, effect=Effect(fed, 3))
    assert (made.expects_in_id, made.expects) == (fed, 3)
    for one in (stream("another").id, 999_999_999):
        with pytest.raises(Refusal, match=r"command\.bad-effect"):
            tell(device, effect=Effect(one, 3))


@pytest.mark.django_db
def test_a_queue_has_an_end_and_room_again() -> None:
    device = bell()
    made = [
        command(NODE, device, Raw(1, b""), key=uuid4(), expires_at=in_an_hour())
        for _ in range(rules.MOST_OPEN)
    ]
    with pytest.raises(Refusal) as refused:
        tell(device)
    assert (refused.value.code, refused.value.status) == ("command.queue-full", 429)
    withdraw(NODE, made[0])
    tell(device)


@pytest.mark.django_db
def test_only_what_waits_is_taken_back_and_twice_is_once() -> None:
    device = bell()
    made = tell(device)
    assert withdraw(NODE, made).state == withdraw(NODE, made).state == "withdrawn"
    (entry,) = LogEntry.objects.filter(verb=facts.COMMAND_CHANGED)
    assert entry.data == {"state": "withdrawn", "commands": [made.id]}
    other = tell(device)
    Command.objects.filter(pk=other.pk).update(state="handed")
    with pytest.raises(Refusal) as refused:
        withdraw(NODE, other)
    assert (refused.value.code, refused.value.status) == ("command.too-late", 409)


def test_a_command_given_by_many_at_once_is_one(database_url: str) -> None:
    device, key, ids = bell(), uuid4(), []
    start = threading.Barrier(4)

    def give() -> None:
        start.wait()
        ids.append(command(NODE, device, Raw(1, b"x"), key=key, expires_at=in_an_hour()).id)
        connection.close()

    threads = [threading.Thread(target=give) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(ids) == 4
    assert len(set(ids)) == Command.objects.count() == 1


@pytest.mark.django_db
def test_a_name_that_is_none_in_that_network_is_refused() -> None:
    device = bell("")
    network = Connector.objects.create(kind="chirpstack", name="Net")
    assert set_network(NODE, device.eui, network.id, f" {APPLICATION} ").known_as == APPLICATION
    with pytest.raises(Refusal, match=r"device\.bad-name"):
        set_network(NODE, device.eui, network.id, "application/+")


@pytest.mark.django_db
def test_ended_commands_are_forgotten_in_time_and_open_ones_never() -> None:
    device = bell()
    old, new, waiting = tell(device), tell(device), tell(device)
    past = clock.now() - timedelta(days=90)
    Command.objects.filter(pk__in=[old.pk, waiting.pk]).update(changed_at=past, expires_at=past)
    Command.objects.filter(pk__in=[old.pk, new.pk]).update(state="done")
    assert forget_commands(NODE, timedelta(days=30)) == 1
    assert set(Command.objects.values_list("pk", flat=True)) == {new.pk, waiting.pk}
    jobs.forget_commands(0)
