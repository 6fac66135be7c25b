# SPDX-License-Identifier: EUPL-1.2
"""Things' part of the demo city moves in: codecs, things, datastreams, devices."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from asgiref.sync import sync_to_async
from django.db import transaction
from django.db.models import Max

from smilecity.core.models import Noun
from smilecity.core.who import NODE
from smilecity.space import reads as space
from smilecity.things import actions
from smilecity.things.actions import FeedSpec
from smilecity.things.codecs.folder import FoundCodec, read_vendor, vendors
from smilecity.things.demo import connecting, upkeep
from smilecity.things.demo.declared import DECLARED
from smilecity.things.demo.devices import CODECS, MODELS
from smilecity.things.demo.fleet import FLEET
from smilecity.things.demo.kinds import KINDS, PROPERTIES, Kind, Sensor
from smilecity.things.models import Codec, Datastream, Device, Latest, ObservedProperty, Thing
from smilecity.things.models import Sensor as Instrument

Streams = dict[tuple[str, str], int]
OPERATOR = "Stadtverwaltung"
MISSED_REPORTS = 4  # a sensor that leaves out so many is silent


def move_in(keeper: int | None = None) -> Streams:
    """Register the whole fleet, run by the organisation with this noun; its datastreams' ids by thing and stream."""
    found = [one for vendor in vendors(CODECS) for one in read_vendor(CODECS.resolve(), vendor)]
    actions.import_codecs(NODE, [one for one in found if isinstance(one, FoundCodec)])
    properties = {
        key: actions.keep_observed_property(
            NODE, definition, name, properties={"title": {"de": german, "en": english}}
        )
        for key, (name, definition, (german, english)) in PROPERTIES.items()
    }
    instruments = {model: actions.keep_sensor(NODE, f"{model.vendor} {model.device}") for model in MODELS}
    streams: Streams = {}
    with transaction.atomic():
        for sensor in FLEET:
            kind = KINDS[sensor.kind]
            thing = _thing(sensor, keeper)
            streams |= _install(sensor, thing, kind, instruments[kind.model], properties)
    upkeep.look_after()
    connecting.connect(streams["hafensport-wetter", "temperature"])
    return streams


@sync_to_async
def last_heard() -> datetime | None:
    """Phenomenon time of the newest observation the node has, from any datastream."""
    newest: datetime | None = Latest.objects.aggregate(newest=Max("phenomenon_time"))["newest"]
    return newest


def _thing(sensor: Sensor, keeper: int | None) -> Thing:
    """The thing with what residents are told of it, in the smallest area that it stands in."""
    german, english = sensor.title
    declared = DECLARED[sensor.kind]
    area = space.area_at(NODE, *sensor.position)
    return actions.keep_thing(
        NODE,
        sensor.thing,
        {"de": german, "en": english},
        geo={"type": "Point", "coordinates": list(sensor.position)},
        area=area.noun_id if area else None,
        visibility=Noun.INTERNAL if sensor.internal else Noun.PUBLIC,
        declared=declared if keeper is not None else replace(declared, operator=OPERATOR),
        keeper_id=keeper,
    )


def _install(
    sensor: Sensor, thing: Thing, kind: Kind, instrument: Instrument, properties: dict[str, ObservedProperty]
) -> Streams:
    kept = _streams(thing, kind, instrument, properties)
    codec = Codec.objects.get(vendor=kind.model.vendor, name=kind.model.codec)
    feeds = [FeedSpec(s.field, kept[s.name].id, s.scale, s.offset) for s in kind.streams]
    if not Device.objects.filter(eui=sensor.eui, active=True).exists():
        before, reason = upkeep.BEFORE.get(sensor.eui, ("", ""))
        actions.register_device(NODE, before or sensor.eui, kind.model.device, thing, codec, feeds)
        if before:
            actions.replace_device(NODE, before, sensor.eui, reason=reason)
    return {(sensor.thing, name): stream.id for name, stream in kept.items()}


def _streams(
    thing: Thing, kind: Kind, instrument: Instrument, properties: dict[str, ObservedProperty]
) -> dict[str, Datastream]:
    return {
        stream.name: actions.keep_datastream(
            NODE,
            thing,
            stream.name,
            instrument,
            properties[stream.what],
            {"name": stream.unit[0], "symbol": stream.unit[1], "definition": f"ucum:{stream.unit[0]}"},
            silent_after=MISSED_REPORTS * kind.every,
            people=stream.people,
        )
        for stream in kind.streams
    }
