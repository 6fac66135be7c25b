# SPDX-License-Identifier: EUPL-1.2
"""Writes: a register from another node is brought in, all of it or nothing."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import msgspec
from django.db import DataError, IntegrityError, transaction

from smilecity.core import clock, log, nouns
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.space.rules import checked_geometry
from smilecity.things import facts, rules
from smilecity.things.actions.desk import keeper, lock, normal
from smilecity.things.actions.devices import FeedSpec, checked_feeds, feed
from smilecity.things.actions.entities import check_declared
from smilecity.things.actions.replaying import parked_soon_read
from smilecity.things.codecs import Codec as Script
from smilecity.things.models import (
    Codec,
    Connector,
    Datastream,
    DatastreamProperty,
    Device,
    DeviceNote,
    Gateway,
    HistoricalLocation,
    Location,
    ObservedProperty,
    Sensor,
    Thing,
)
from smilecity.things.reads import portable as reads
from smilecity.things.rules import portable as form

IMPORT_LOCK = 0x534D494C71


@dataclass(slots=True)
class Brought:
    """Of each kind what was new, what changed and how many were the same; and what this node could not follow."""

    kinds: dict[str, form.Difference[Any]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def import_register(who: Who, given: form.Register, *, dry_run: bool = False) -> Brought:
    """Bring it in: what is new is made, what is other is changed, what only this node has stays. Again: all the same.

    Devices that are new are read from the commit on. Connectors come without their secrets: new ones are off. Areas
    and organisations that this node does not know are left out, and said. `dry_run` does everything and takes it back.
    Lock: an advisory lock, so that imports follow one another.
    """
    keeper(who)
    try:
        with transaction.atomic():
            lock(IMPORT_LOCK)
            brought = Brought()
            known, warnings = _followed(given)
            brought.warnings = warnings
            held = reads.register(who)
            if held is None:  # not for this asker, who was refused above
                raise RuntimeError("the register is not there")
            for kind in form.KEYS:
                found = form.difference(kind, getattr(known, kind), getattr(held, kind))
                brought.kinds[kind] = found
                if found.new or found.changed:
                    BRING[kind](who, [*found.new, *found.changed])
            transaction.set_rollback(dry_run)
            return brought
    except (DataError, IntegrityError) as error:
        raise Refusal(
            "register.refused",
            f"The database refuses the register: {str(error).splitlines()[0]}.",
            cure="Nothing was changed.",
            field="file",
            status=422,
        ) from error


def _followed(given: form.Register) -> tuple[form.Register, list[str]]:
    """The register as this node can follow it: without nouns that it does not have."""
    wanted = {name for one in given.things for name in (one.area, one.keeper) if name}
    here = set(Noun.objects.filter(address__in=wanted).values_list("address", flat=True))
    things = [_followed_thing(one, here) for one in given.things]
    warnings = [f"This node has no {name}; its things come without." for name in sorted(wanted - here)]
    return msgspec.structs.replace(given, things=things), warnings


def _followed_thing(one: form.ThingPart, here: set[str]) -> form.ThingPart:
    area = one.area if one.area in here else None
    if one.keeper is None or one.keeper in here:
        return msgspec.structs.replace(one, area=area)
    operator = one.operator or one.keeper_title
    return msgspec.structs.replace(one, area=area, keeper=None, keeper_title="", operator=operator)


def _sensors(who: Who, parts: Iterable[form.SensorPart]) -> None:
    held = _by_ref(Sensor.objects.order_by("id"), lambda one: one.name)
    for part in parts:
        sensor = held.get((part.name, part.nth)) or Sensor(name=part.name)
        sensor.description, sensor.properties = part.description, part.properties
        sensor.encoding_type, sensor.metadata = part.encoding_type, part.metadata
        sensor.save()
        log.append(who, facts.SENSOR_KEPT, about=[sensor.id])


def _properties(who: Who, parts: Iterable[form.PropertyPart]) -> None:
    held = _by_ref(ObservedProperty.objects.order_by("id"), lambda one: one.definition)
    for part in parts:
        kept = held.get((part.definition, part.nth)) or ObservedProperty(definition=part.definition)
        kept.name, kept.description, kept.properties = part.name, part.description, part.properties
        kept.save()
        log.append(who, facts.PROPERTY_KEPT, about=[kept.id])


def _things(who: Who, parts: Iterable[form.ThingPart]) -> None:
    parts = list(parts)
    wanted = {name for one in parts for name in (one.area, one.keeper) if name}
    here = dict(Noun.objects.filter(address__in=wanted).values_list("address", "id"))
    for part in parts:
        if not rules.is_key(part.key) or not any(part.title.values()):
            raise form.unknown("a thing of the key", part.key)
        noun = nouns.put(
            "thing",
            f"things/{part.key}",
            part.title,
            text=part.text,
            geo=checked_geometry(part.geo) if part.geo is not None else None,
            area=here.get(part.area or ""),
            keeper=here.get(part.keeper or ""),
            visibility=part.visibility,
            licence=part.licence,
        )
        told = msgspec.structs.asdict(part)
        names = (
            "description",
            "properties",
            "purpose",
            "legal_basis",
            "safeguard",
            "operator",
            "keeps_hours",
        )
        values = {name: told[name] for name in names} | {"retention": _length(part.retention_seconds)}
        thing, _created = Thing.objects.update_or_create(noun=noun, defaults=values)
        check_declared(thing)
        _put_at(thing, part.places)
        log.append(who, facts.THING_KEPT, noun=noun.id)


def _put_at(thing: Thing, places: list[form.PlacePart]) -> None:
    """Where it is; if that is new, it remembers since when."""
    held = sorted(thing.locations.all(), key=lambda one: one.id)
    if [reads.place(one) for one in held] == places:
        return
    made = [Location.objects.create(**msgspec.structs.asdict(place)) for place in places]
    thing.locations.set(made)
    HistoricalLocation.objects.create(thing=thing, time=clock.now()).locations.set(made)


def _streams(who: Who, parts: Iterable[form.StreamPart]) -> None:
    things, sensors = _things_here(), _by_ref(Sensor.objects.order_by("id"), lambda one: one.name)
    properties = _by_ref(ObservedProperty.objects.order_by("id"), lambda one: one.definition)
    held = _streams_here()
    for part in parts:
        thing = _of(things, "the thing", part.thing)
        kept = held.get((part.thing, part.name, part.nth)) or Datastream(thing=thing, name=part.name)
        observed = [_of(properties, "the observed property", (one.name, one.nth)) for one in part.observed]
        if len(observed) != 1 and not part.multi:
            raise form.unknown("one observed property of the datastream", part.name)
        kept.sensor = _of(sensors, "the sensor", (part.sensor.name, part.sensor.nth))
        kept.observed_property = None if part.multi else observed[0]
        kept.silent_after = timedelta(seconds=part.silent_after_seconds)
        told = msgspec.structs.asdict(part)
        for name in ("description", "properties", "multi", "unit", "visibility", "people"):
            setattr(kept, name, told[name])
        kept.observation_type, kept.observation_types = part.observation_type, part.observation_types
        kept.save()
        if part.multi:
            kept.datastreamproperty_set.all().delete()
            DatastreamProperty.objects.bulk_create(
                DatastreamProperty(datastream=kept, observed_property=one, rank=rank)
                for rank, one in enumerate(observed)
            )
        log.append(who, facts.DATASTREAM_KEPT, noun=thing.pk, about=[kept.id])


def _codecs(who: Who, parts: Iterable[form.CodecPart]) -> None:
    for part in parts:
        script = Script.of(part.script)
        values = msgspec.structs.asdict(part) | {
            "script": script.script,
            "digest": script.id,
            "imported_at": clock.now(),
        }
        Codec.objects.update_or_create(vendor=part.vendor, name=part.name, defaults=values)
    log.append(who, facts.CODECS_IMPORTED)


def _connectors(who: Who, parts: Iterable[form.ConnectorPart]) -> None:
    for part in parts:
        values = msgspec.structs.asdict(part)
        Connector.objects.update_or_create(
            name=part.name, defaults=values, create_defaults=values | {"active": False}
        )


def _devices(who: Who, parts: Iterable[form.DevicePart]) -> None:
    parts = list(parts)
    things, streams = _things_here(), _streams_here()
    codecs = {(one.vendor, one.name): one for one in Codec.objects.defer("script")}
    networks = {one.name: one for one in Connector.objects.all()}
    kept: dict[str, Device] = {}
    for part in parts:
        eui = normal(part.eui, "file")
        thing = _of(things, "the thing", part.thing)
        device = Device.objects.select_for_update().filter(eui=eui).first() or Device(eui=eui)
        device.thing, device.codec = thing, _of(codecs, "the codec", (part.codec_vendor, part.codec))
        device.network = _of(networks, "the connector", part.network) if part.network else None
        for name in ("model", "active", "known_as", "firmware", "battery_changed_on"):
            setattr(device, name, getattr(part, name))
        device.save()
        feed(device, _feeds(part, streams))
        _note(who, device, part.notes)
        parked_soon_read(eui)
        log.append(who, facts.DEVICE_KEPT, noun=thing.pk, about=[device.id])
        kept[part.eui] = device
    _follow(kept, parts)


def _feeds(part: form.DevicePart, streams: Mapping[Any, Datastream]) -> list[FeedSpec]:
    return checked_feeds(
        FeedSpec(
            one.field,
            _of(streams, "the datastream", (one.thing, one.stream.name, one.stream.nth)).id,
            one.scale,
            one.offset,
        )
        for one in part.feeds
    )


def _note(who: Who, device: Device, notes: list[form.NotePart]) -> None:
    """Notes that are not there yet; who wrote them is known to the node they come from only."""
    held = {(one.at, one.kind, one.text) for one in device.notes.all()}
    DeviceNote.objects.bulk_create(
        DeviceNote(device=device, at=one.at, kind=one.kind, text=one.text, by=who.label)
        for one in notes
        if (one.at, one.kind, one.text) not in held
    )


def _follow(kept: Mapping[str, Device], parts: Iterable[form.DevicePart]) -> None:
    """Which was replaced by which, when all are there."""
    for part in parts:
        device = kept[part.eui]
        after = Device.objects.filter(eui=part.replaced_by).first() if part.replaced_by else None
        if part.replaced_by and after is None:
            raise form.unknown("the device", part.replaced_by)
        device.replaced_by = after
        device.save(update_fields=["replaced_by"])


def _gateways(who: Who, parts: Iterable[form.GatewayPart]) -> None:
    now = clock.now()
    for part in parts:
        values = {"name": part.name, "silent_after": _length(part.silent_after_seconds)}
        Gateway.objects.update_or_create(
            id=part.id, defaults=values, create_defaults=values | {"first_heard_at": now, "heard_at": now}
        )
    log.append(who, facts.GATEWAY_KEPT)


BRING: Mapping[str, Callable[[Who, Iterable[Any]], None]] = {
    "sensors": _sensors,
    "observed_properties": _properties,
    "things": _things,
    "datastreams": _streams,
    "codecs": _codecs,
    "connectors": _connectors,
    "devices": _devices,
    "gateways": _gateways,
}


def _by_ref(rows: Iterable[Any], name: Callable[[Any], str]) -> dict[tuple[str, int], Any]:
    """Rows by their name and the how manieth of it they are."""
    counts: dict[str, int] = defaultdict(int)
    found: dict[tuple[str, int], Any] = {}
    for row in rows:
        found[name(row), counts[name(row)]] = row
        counts[name(row)] += 1
    return found


def _things_here() -> dict[str, Thing]:
    return {reads.key(one): one for one in Thing.objects.select_related("noun")}


def _streams_here() -> dict[tuple[str, str, int], Datastream]:
    rows = Datastream.objects.select_related("thing__noun").order_by("id")
    found: dict[tuple[str, str, int], Datastream] = {}
    for row in rows:
        nth = 0
        while (where := (reads.key(row.thing), row.name, nth)) in found:
            nth += 1
        found[where] = row
    return found


def _of(held: Mapping[Any, Any], kind: str, wanted: Hashable) -> Any:
    found = held.get(wanted)
    if found is None:
        raise form.unknown(kind, wanted)
    return found


def _length(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
