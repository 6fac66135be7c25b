# SPDX-License-Identifier: EUPL-1.2
"""Writes: things, and what the standard says they consist of."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log, nouns
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.space.rules import checked_geometry
from smilecity.things import facts, rules
from smilecity.things.actions.desk import keeper, lock, refused
from smilecity.things.models import (
    Datastream,
    HistoricalLocation,
    Location,
    ObservedProperty,
    Sensor,
    Thing,
)
from smilecity.things.rules import declaration
from smilecity.things.rules.declaration import Declaration

SENSORS_LOCK = 0x534D494C48
PROPERTIES_LOCK = 0x534D494C60


def keep_thing(  # noqa: PLR0913 - what is told of a thing
    who: Who,
    key: str,
    title: nouns.Texts,
    *,
    text: nouns.Texts | None = None,
    geo: Mapping[str, Any] | None = None,
    area: int | None = None,
    visibility: str = Noun.PUBLIC,
    description: str = "",
    properties: Mapping[str, Any] | None = None,
    declared: Declaration | None = None,
    keeper_id: int | None = None,
) -> Thing:
    """Create the thing at `things/<key>` or bring it up to date; `geo` is GeoJSON (WGS 84, longitude first).

    `declared` is what residents are told of it, `keeper_id` the noun of the organisation that runs it; None
    leaves either as it is. Refuses `thing.not-declared` (422) if it would be public without purpose, operator
    and retention. A thing that has moved remembers where it was. Lock: the noun's row of its address.
    """
    keeper(who)
    if not rules.is_key(key):
        raise refused(
            "thing.bad-key",
            _("Ein Kürzel besteht aus kleinen Buchstaben, Ziffern und Bindestrichen."),
            "key",
            cure=_("Zum Beispiel: stadtpark-zaehler-1."),
        )
    where = checked_geometry(geo) if geo is not None else None
    with transaction.atomic():
        address = f"things/{key}"
        if keeper_id is None:
            keeper_id = Noun.objects.filter(address=address).values_list("keeper", flat=True).first()
        noun = nouns.put(
            "thing",
            address,
            title,
            text=text,
            geo=where,
            area=area,
            keeper=keeper_id,
            visibility=visibility,
        )
        defaults = {"description": description, "properties": dict(properties or {})}
        if declared is not None:
            defaults |= asdict(declared)
        thing, _created = Thing.objects.update_or_create(noun=noun, defaults=defaults)
        check_declared(thing)
        if where is not None:
            _locate(thing, next(iter(title.values())), where)
        log.append(who, facts.THING_KEPT, noun=noun.id)
        return thing


def check_declared(thing: Thing) -> None:
    """Refuses a thing that is public and of which too little is said."""
    if thing.noun.visibility != Noun.PUBLIC:
        return
    runs_it = thing.operator
    if not runs_it and thing.noun.keeper is not None:
        runs_it = next(iter(thing.noun.keeper.title.values()), "")
    if lacking := declaration.missing(thing.purpose, runs_it, thing.retention):
        raise Refusal(
            "thing.not-declared",
            _("Öffentlich wird ein Sensor erst, wenn Zweck, Betreiber und Aufbewahrung genannt sind."),
            cure=_("Es fehlt noch: %(names)s.") % {"names": ", ".join(lacking)},
            field=f"properties.{lacking[0]}",
            status=422,
        )


def _locate(thing: Thing, name: str, where: dict[str, Any]) -> None:
    if thing.locations.filter(location=where).exists():
        return
    location = Location.objects.create(name=name, location=where)
    thing.locations.set([location])
    HistoricalLocation.objects.create(thing=thing, time=clock.now()).locations.set([location])


def keep_sensor(
    who: Who,
    name: str,
    *,
    description: str = "",
    metadata: str = "",
    encoding_type: str = "text/html",
    properties: Mapping[str, Any] | None = None,
) -> Sensor:
    """Create the sensor (a model of instrument) of this name or bring it up to date.

    Lock: an advisory lock, for names of sensors are not unique in the standard.
    """
    keeper(who)
    with transaction.atomic():
        lock(SENSORS_LOCK)
        sensor = Sensor.objects.filter(name=name).order_by("id").first() or Sensor(name=name)
        sensor.description, sensor.metadata, sensor.encoding_type = description, metadata, encoding_type
        sensor.properties = dict(properties or {})
        sensor.save()
        log.append(who, facts.SENSOR_KEPT, about=[sensor.id])
        return sensor


def keep_observed_property(
    who: Who,
    definition: str,
    name: str,
    *,
    description: str = "",
    properties: Mapping[str, Any] | None = None,
) -> ObservedProperty:
    """Create the property with this definition (a URI) or update it, the oldest if there are several.

    Lock: an advisory lock, for definitions are not unique in the standard.
    """
    keeper(who)
    with transaction.atomic():
        lock(PROPERTIES_LOCK)
        kept = ObservedProperty.objects.filter(definition=definition).order_by("id").first()
        kept = kept or ObservedProperty(definition=definition)
        kept.name, kept.description, kept.properties = name, description, dict(properties or {})
        kept.save()
        log.append(who, facts.PROPERTY_KEPT, about=[kept.id])
        return kept


def keep_datastream(  # noqa: PLR0913 - what the standard says a datastream has
    who: Who,
    thing: Thing,
    name: str,
    sensor: Sensor,
    observed_property: ObservedProperty,
    unit: Mapping[str, str],
    *,
    silent_after: timedelta,
    visibility: str = Noun.PUBLIC,
    people: bool = False,
    description: str = "",
    properties: Mapping[str, Any] | None = None,
) -> Datastream:
    """Create the thing's datastream of this name or bring it up to date.

    `unit` is SensorThings' unitOfMeasurement (name, symbol, definition; may be empty), `people` marks counts
    of people, `silent_after` is how long without a value makes it silent. What is not public is seen by
    operators and by stewards of the thing's area only; what is for partners, by them too. Lock: the thing's row,
    for names are not unique in the standard; of several of this name it is the oldest.
    """
    keeper(who)
    if not timedelta(0) < silent_after <= rules.MOST_INTERVAL:
        raise refused(
            "datastream.bad-interval",
            _("Die Frist bis zur Stille liegt zwischen null und 366 Tagen."),
            "silent_after",
        )
    if visibility not in (Noun.PUBLIC, Datastream.PARTNERS, Noun.INTERNAL, Noun.DRAFT):
        raise refused("datastream.bad-visibility", _("Diese Sichtbarkeit gibt es nicht."), "visibility")
    if not set(unit) <= {"name", "symbol", "definition"}:
        raise refused("datastream.bad-unit", _("Eine Einheit hat Name, Zeichen und Definition."), "unit")
    with transaction.atomic():
        Thing.objects.select_for_update(no_key=True).get(pk=thing.pk)
        kept = Datastream.objects.filter(thing=thing, name=name, multi=False).order_by("id").first()
        kept = kept or Datastream(thing=thing, name=name)
        kept.sensor, kept.observed_property, kept.unit = sensor, observed_property, dict(unit)
        kept.silent_after, kept.visibility, kept.people = silent_after, visibility, people
        kept.description, kept.properties = description, dict(properties or {})
        kept.save()
        log.append(who, facts.DATASTREAM_KEPT, noun=thing.pk, about=[kept.id])
        return kept
