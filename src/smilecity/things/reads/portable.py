# SPDX-License-Identifier: EUPL-1.2
"""The register as one document, without secrets and without values."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from datetime import timedelta

from smilecity.core.who import Who
from smilecity.things import rights
from smilecity.things.models import (
    Codec,
    Connector,
    Datastream,
    Device,
    Gateway,
    Location,
    ObservedProperty,
    Sensor,
    Thing,
)
from smilecity.things.rules import portable as form

Named = dict[int, form.Ref]


def register(who: Who) -> form.Register | None:
    """All of it, in order of what each part goes by; None for those who may not keep things."""
    if not rights.may_keep_things(who):
        return None
    sensors, properties = list(Sensor.objects.order_by("name", "id")), _properties()
    streams = _streams()
    sensor_refs = _refs((one.id, one.name, one.name) for one in sensors)
    property_refs = _refs((one.id, one.definition, one.definition) for one in properties)
    stream_refs = _refs((one.id, (one.thing_id, one.name), one.name) for one in streams)
    return form.Register(
        sensors=[_sensor(one, sensor_refs[one.id]) for one in sensors],
        observed_properties=[_property(one, property_refs[one.id]) for one in properties],
        things=[_thing(one) for one in _things()],
        datastreams=[_stream(one, stream_refs[one.id], sensor_refs, property_refs) for one in streams],
        codecs=[_codec(one) for one in Codec.objects.order_by("vendor", "name")],
        connectors=[_connector(one) for one in Connector.objects.order_by("name")],
        devices=[_device(one, stream_refs) for one in _devices()],
        gateways=[
            form.GatewayPart(id=one.id, name=one.name, silent_after_seconds=_seconds(one.silent_after))
            for one in Gateway.objects.exclude(name="", silent_after=None).order_by("id")
        ],
    )


def key(thing: Thing) -> str:
    """What a thing goes by."""
    return thing.noun.address.removeprefix("things/")


def _refs(named: Iterable[tuple[int, Hashable, str]]) -> Named:
    """Ids in order, each with what its like go by and its name -> the how manieth of its like it is."""
    counts: dict[Hashable, int] = defaultdict(int)
    refs: Named = {}
    for number, like, name in named:
        refs[number] = form.Ref(name=name, nth=counts[like])
        counts[like] += 1
    return refs


def _properties() -> list[ObservedProperty]:
    return list(ObservedProperty.objects.order_by("definition", "id"))


def _things() -> list[Thing]:
    rows = Thing.objects.select_related("noun__area", "noun__keeper").prefetch_related("locations")
    return list(rows.order_by("noun__address"))


def _streams() -> list[Datastream]:
    rows = Datastream.objects.select_related("thing__noun").prefetch_related("datastreamproperty_set")
    return list(rows.order_by("thing__noun__address", "name", "id"))


def _devices() -> list[Device]:
    rows = Device.objects.select_related("thing__noun", "codec", "network", "replaced_by").defer(
        "codec__script"
    )
    return list(rows.prefetch_related("feeds__datastream__thing__noun", "notes").order_by("eui"))


def _sensor(one: Sensor, ref: form.Ref) -> form.SensorPart:
    return form.SensorPart(
        name=one.name,
        nth=ref.nth,
        description=one.description,
        properties=one.properties,
        encoding_type=one.encoding_type,
        metadata=one.metadata,
    )


def _property(one: ObservedProperty, ref: form.Ref) -> form.PropertyPart:
    return form.PropertyPart(
        definition=one.definition,
        nth=ref.nth,
        name=one.name,
        description=one.description,
        properties=one.properties,
    )


def _thing(one: Thing) -> form.ThingPart:
    noun = one.noun
    keeper = noun.keeper
    return form.ThingPart(
        key=key(one),
        title=noun.title,
        text=noun.text,
        geo=noun.geo,
        area=noun.area.address if noun.area else None,
        keeper=keeper.address if keeper else None,
        keeper_title=next(iter(keeper.title.values()), "") if keeper else "",
        visibility=noun.visibility,
        licence=noun.licence,
        description=one.description,
        properties=one.properties,
        places=[place(held) for held in sorted(one.locations.all(), key=lambda held: held.id)],
        purpose=one.purpose,
        legal_basis=one.legal_basis,
        safeguard=one.safeguard,
        operator=one.operator,
        retention_seconds=_seconds(one.retention),
        keeps_hours=one.keeps_hours,
    )


def place(one: Location) -> form.PlacePart:
    """A location of a thing."""
    return form.PlacePart(
        name=one.name,
        description=one.description,
        properties=one.properties,
        encoding_type=one.encoding_type,
        location=one.location,
    )


def _stream(one: Datastream, ref: form.Ref, sensors: Named, properties: Named) -> form.StreamPart:
    several = sorted(one.datastreamproperty_set.all(), key=lambda row: row.rank)
    observed = [row.observed_property_id for row in several] if one.multi else [one.observed_property_id]
    return form.StreamPart(
        thing=key(one.thing),
        name=one.name,
        nth=ref.nth,
        description=one.description,
        properties=one.properties,
        sensor=sensors[one.sensor_id],
        observed=[properties[number] for number in observed if number is not None],
        multi=one.multi,
        observation_type=one.observation_type,
        observation_types=one.observation_types,
        unit=one.unit,
        visibility=one.visibility,
        people=one.people,
        silent_after_seconds=one.silent_after.total_seconds(),
    )


def _codec(one: Codec) -> form.CodecPart:
    return form.CodecPart(
        vendor=one.vendor,
        name=one.name,
        script=one.script,
        devices=one.devices,
        commands=one.commands,
        encoder=one.encoder,
    )


def _connector(one: Connector) -> form.ConnectorPart:
    return form.ConnectorPart(
        name=one.name,
        kind=one.kind,
        address=one.address,
        user=one.user,
        topic=one.topic,
        mapping=one.mapping,
    )


def _device(one: Device, streams: Named) -> form.DevicePart:
    return form.DevicePart(
        eui=one.eui,
        model=one.model,
        thing=key(one.thing),
        codec_vendor=one.codec.vendor,
        codec=one.codec.name,
        active=one.active,
        network=one.network.name if one.network else None,
        known_as=one.known_as,
        firmware=one.firmware,
        battery_changed_on=one.battery_changed_on,
        replaced_by=one.replaced_by.eui if one.replaced_by else None,
        feeds=[
            form.FeedPart(
                field=feed.field,
                thing=key(feed.datastream.thing),
                stream=streams[feed.datastream_id],
                scale=feed.scale,
                offset=feed.offset,
            )
            for feed in sorted(one.feeds.all(), key=lambda feed: feed.pk)
        ],
        notes=[
            form.NotePart(at=note.at, kind=note.kind, text=note.text)
            for note in sorted(one.notes.all(), key=lambda note: (note.at, note.id))
        ],
    )


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()
