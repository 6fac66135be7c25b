# SPDX-License-Identifier: EUPL-1.2
"""The register is carried from node to node: all of it or nothing, and done again it changes nothing."""

import copy
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from smilecity.core import clock, nouns
from smilecity.core.models import LogEntry, Noun
from smilecity.core.problems import Refusal
from smilecity.core.sealing import seal
from smilecity.core.who import NODE
from smilecity.things import actions
from smilecity.things.actions.portable import Brought, import_register
from smilecity.things.models import (
    Connector,
    Datastream,
    DatastreamProperty,
    Device,
    DeviceNote,
    Gateway,
    ObservedProperty,
    Sensor,
    Thing,
)
from smilecity.things.reads.portable import register as whole
from smilecity.things.rules.portable import KEYS, Register, read_register, written
from tests.things.stage import EUI, NOON, stream, thing
from tests.things.test_replay import OTHER, parked, register, waiting

pytestmark = pytest.mark.django_db
HERE = {"type": "Point", "coordinates": [12.1, 54.1]}
TABLES = (
    "things_devicenote", "things_feed", "things_device", "things_codec", "things_connector", "things_gateway",
    "things_datastreamproperty", "things_datastream", "things_sensor", "things_observedproperty", "things_location",
    "things_thing", "core_noun",
)  # fmt: skip


def fleet() -> None:
    """One of everything, and names that repeat."""
    keeper = nouns.put("organisation", "organisations/stadt", {"de": "Stadtwerke"}, visibility=Noun.PUBLIC)
    area = nouns.put("area", "areas/mitte", {"de": "Mitte"}, visibility=Noun.PUBLIC)
    harbour = thing("hafen", geo=HERE, area=area.id, keeper_id=keeper.id, text={"de": "Am Kai"})
    counter, battery = (
        stream("people", harbour),
        stream("battery", harbour, visibility="partners", people=True),
    )
    twin = Datastream.objects.get(pk=counter.pk)
    twin.pk, twin.description = None, "the second of its name"
    twin.id = Datastream.objects.order_by("-id").values_list("id", flat=True)[0] + 1000
    twin.sensor = Sensor.objects.create(name="Counter 1", description="another of this name")
    twin.save(force_insert=True)
    several = Datastream.objects.create(
        thing=harbour, name="several", multi=True, sensor=twin.sensor, silent_after=timedelta(hours=1), unit=[{}, {}],
        observation_types=["a", "b"],
    )  # fmt: skip
    for rank, definition in enumerate(("urn:x", "urn:y")):
        kept = ObservedProperty.objects.create(name=definition, definition=definition)
        DatastreamProperty.objects.create(datastream=several, observed_property=kept, rank=rank)
    register(EUI, counter, battery)
    with clock.frozen(NOON):
        actions.replace_device(NODE, EUI, OTHER, reason="nass")
        actions.note_device(NODE, OTHER, "battery")
    network = Connector.objects.create(
        kind="chirpstack", name="Funknetz", address="mqtts://broker.example:8883", secret=seal("geheim")
    )
    Device.objects.filter(eui=OTHER).update(network=network, known_as="17c82e96")
    Gateway.objects.create(id="ROOF", name="Rathausdach", first_heard_at=NOON, heard_at=NOON, uplinks=5)
    Gateway.objects.create(id="UNNAMED", first_heard_at=NOON, heard_at=NOON)


def document() -> bytes:
    found = whole(NODE)
    assert found is not None
    return written(found)


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE " + ", ".join(TABLES) + " CASCADE")


def brought(told: bytes | dict[str, Any], **options: Any) -> Brought:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    return import_register(NODE, read_register(body), **options)


def counts(done: Brought) -> dict[str, tuple[int, int, int]]:
    return {kind: (len(one.new), len(one.changed), one.same) for kind, one in done.kinds.items()}


def test_a_fleet_moves_from_node_to_node() -> None:
    fleet()
    told = document()
    assert b"geheim" not in told and b"secret" not in told
    empty()
    nouns.put("organisation", "organisations/stadt", {"de": "Stadtwerke"}, visibility=Noun.PUBLIC)
    nouns.put("area", "areas/mitte", {"de": "Mitte"}, visibility=Noun.PUBLIC)
    parked({"people": 1}, eui=OTHER)
    done = brought(told)
    assert counts(done) == {
        "sensors": (2, 0, 0), "observed_properties": (3, 0, 0), "things": (1, 0, 0), "datastreams": (4, 0, 0),
        "codecs": (1, 0, 0), "connectors": (1, 0, 0), "devices": (2, 0, 0), "gateways": (1, 0, 0),
    }  # fmt: skip
    assert done.warnings == [] and document() == told
    assert all(new == changed == 0 for new, changed, _ in counts(brought(told)).values())
    kept = Thing.objects.get()
    assert kept.noun.keeper is not None and kept.noun.area is not None and kept.noun.geo == HERE
    network = Connector.objects.get()
    assert (network.active, bytes(network.secret)) == (False, b"")
    assert waiting() == [{"eui": OTHER}]
    assert actions.replay(NODE).stored == 1
    assert set(DeviceNote.objects.values_list("by", flat=True)) == {"node"}


def test_what_is_not_known_here_is_left_out_and_said() -> None:
    fleet()
    told = document()
    empty()
    done = brought(told)
    assert done.warnings == [
        "This node has no areas/mitte; its things come without.",
        "This node has no organisations/stadt; its things come without.",
    ]
    assert Thing.objects.get().operator == "Stadt"  # what was declared
    assert all(new == changed == 0 for new, changed, _ in counts(brought(told)).values())


def test_changes_are_named_and_what_only_this_node_has_stays() -> None:
    fleet()
    told = json.loads(document())
    stream("own", thing("eigen"))
    told["things"][0]["text"] = {"de": "Neu"}
    told["devices"][0]["firmware"] = "3"
    told["connectors"][0]["topic"] = "application/#"
    done = brought(told)
    changed = {
        kind: [getattr(one, KEYS[kind][0]) for one in found.changed] for kind, found in done.kinds.items()
    }
    assert {kind: names for kind, names in changed.items() if names} == {
        "things": ["hafen"], "devices": [EUI], "connectors": ["Funknetz"],
    }  # fmt: skip
    kept = Connector.objects.get()
    assert (kept.topic, kept.active) == ("application/#", True) and bytes(kept.secret), "what it had stays"
    assert Thing.objects.count() == 2 and Noun.objects.get(address="things/hafen").text == {"de": "Neu"}
    assert (
        LogEntry.objects.filter(verb="device-kept", about__contains=[Device.objects.get(eui=EUI).pk]).count()
        == 2
    )


def test_a_dry_run_says_the_same_and_changes_nothing() -> None:
    fleet()
    told = json.loads(document())
    told["things"][0]["key"] = "kai"
    for one in told["datastreams"]:
        one["thing"] = "kai"
    before, entries = document(), LogEntry.objects.count()
    done = brought(told, dry_run=True)
    assert counts(done)["things"] == (1, 0, 0) and counts(done)["datastreams"] == (4, 0, 0)
    assert document() == before and LogEntry.objects.count() == entries


def wrong(change: Callable[[dict[str, Any]], object], code: str) -> Any:
    return pytest.param(change, code, id=code)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        wrong(lambda told: told.update(smile_city_things=2), "register.wrong-version"),
        wrong(lambda told: told.update(things=5), "register.wrong-form"),
        wrong(lambda told: told.update(secrets=[]), "register.wrong-form"),
        wrong(lambda told: told["things"].append(told["things"][0]), "register.twice"),
        wrong(lambda told: told["things"][0].update(description="\0"), "register.wrong-form"),
        wrong(lambda told: told["things"][0].update(key="Ä b"), "register.unknown-reference"),
        wrong(lambda told: told["things"][0].update(retention_seconds=None), "thing.not-declared"),
        wrong(lambda told: told["things"][0].update(geo={"type": "Nowhere"}), "geo.unknown-type"),
        wrong(lambda told: told["devices"][1].update(eui="x"), "device.bad-eui"),
        wrong(lambda told: told["devices"][1].update(codec="none"), "register.unknown-reference"),
        wrong(lambda told: told["devices"][1].update(network="none"), "register.unknown-reference"),
        wrong(
            lambda told: told["devices"][1].update(replaced_by="A84041FFFE00FFFF"),
            "register.unknown-reference",
        ),
        wrong(lambda told: told["devices"][1]["feeds"][0].update(field="a..b"), "device.bad-field"),
        wrong(lambda told: told["devices"][1]["notes"][0].update(kind="painted"), "register.refused"),
        wrong(lambda told: told["datastreams"][0].update(visibility="everyone"), "register.refused"),
        wrong(lambda told: told["datastreams"][0].update(observed=[]), "register.unknown-reference"),
        wrong(lambda told: told["connectors"][0].update(kind="fax"), "register.refused"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_half_done(
    change: Callable[[dict[str, Any]], object], code: str
) -> None:
    fleet()
    told = json.loads(document())
    told["sensors"][0]["description"] = "changed before the fault is met"
    before = document()
    change(told := copy.deepcopy(told))
    with pytest.raises(Refusal) as refused:
        brought(told)
    assert refused.value.code == code and document() == before


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b'{"things": [{}]}'])
def test_what_is_no_register_is_refused(body: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        read_register(body)
    assert refused.value.code == "register.wrong-form"


def test_an_empty_register_brings_nothing() -> None:
    assert read_register(b"{}") == Register()
    assert all(row == (0, 0, 0) for row in counts(brought(b"{}")).values())
