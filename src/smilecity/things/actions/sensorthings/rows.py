# SPDX-License-Identifier: EUPL-1.2
"""How what a body says is kept: the columns of each kind but the thing's."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import models

from smilecity.core.problems import Refusal
from smilecity.things.models import (
    Datastream,
    DatastreamProperty,
    FeatureOfInterest,
    HistoricalLocation,
    Location,
    ObservedProperty,
    Sensor,
)
from smilecity.things.rules import MOST_INTERVAL, declaration

MODELS: dict[str, type[models.Model]] = {
    "Location": Location,
    "HistoricalLocation": HistoricalLocation,
    "Datastream": Datastream,
    "MultiDatastream": Datastream,
    "Sensor": Sensor,
    "ObservedProperty": ObservedProperty,
    "FeatureOfInterest": FeatureOfInterest,
}
COLUMNS = {
    "name": "name",
    "description": "description",
    "properties": "properties",
    "encodingType": "encoding_type",
    "location": "location",
    "feature": "feature",
    "metadata": "metadata",
    "definition": "definition",
    "time": "time",
    "observationType": "observation_type",
    "unitOfMeasurement": "unit",
    "multiObservationDataTypes": "observation_types",
    "unitOfMeasurements": "unit",
    "Thing": "thing_id",
    "Sensor": "sensor_id",
    "ObservedProperty": "observed_property_id",
}
"""Columns by property, and by those links that are columns."""

COMPLEX = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_ComplexObservation"
SILENT_AFTER = timedelta(days=1)  # until it is said
STREAM_VISIBILITIES = ("public", Datastream.PARTNERS, "internal", "draft")


def insert(kind: str, values: Mapping[str, Any], links: Mapping[str, list[int]]) -> int:
    """Store a new entity; `links` are those to one, and a MultiDatastream's ObservedProperties."""
    fields = columns(kind, values) | {COLUMNS[name]: ids[0] for name, ids in links.items() if name in COLUMNS}
    if kind == "MultiDatastream":
        fields |= {"multi": True, "observation_type": COMPLEX}
    if MODELS[kind] is Datastream:
        fields = {"silent_after": SILENT_AFTER} | fields
    made = MODELS[kind].objects.create(**fields)  # type: ignore[attr-defined]  # every model has one
    if kind == "MultiDatastream":
        observe(made.pk, links["ObservedProperties"])
    return int(made.pk)


def update(kind: str, id_: int, values: Mapping[str, Any], links: Mapping[str, list[int]]) -> None:
    """Store what is said anew. The row is locked by the caller."""
    fields = columns(kind, values) | {COLUMNS[name]: ids[0] for name, ids in links.items() if name in COLUMNS}
    if fields:
        MODELS[kind].objects.filter(pk=id_).update(**fields)  # type: ignore[attr-defined]
    if kind == "MultiDatastream" and "ObservedProperties" in links:
        observe(id_, links["ObservedProperties"])


def observe(datastream: int, observed: list[int]) -> None:
    """What a MultiDatastream observes, in this order."""
    DatastreamProperty.objects.filter(datastream_id=datastream).delete()
    DatastreamProperty.objects.bulk_create(
        DatastreamProperty(datastream_id=datastream, observed_property_id=one, rank=rank)
        for rank, one in enumerate(observed)
    )


def columns(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns for checked values; what a datastream keeps apart is taken out of its properties."""
    fields = {COLUMNS[name]: value for name, value in values.items()}
    if MODELS[kind] is Datastream and "properties" in fields:
        fields |= _apart(fields["properties"])
    return fields


def _apart(given: Mapping[str, Any]) -> dict[str, Any]:
    """A member that is not said stays as it is; null is what it was before it was said."""
    properties = dict(given)
    fields: dict[str, Any] = {"properties": properties}
    if declaration.VISIBILITY in properties:
        visibility = properties.pop(declaration.VISIBILITY) or "public"
        if visibility not in STREAM_VISIBILITIES:
            raise _bad(declaration.VISIBILITY, f"is one of {', '.join(STREAM_VISIBILITIES)}")
        fields["visibility"] = visibility
    if declaration.SILENT_AFTER in properties:
        said = properties.pop(declaration.SILENT_AFTER)
        length = SILENT_AFTER if said is None else declaration.read_duration(said)
        if length is None or not timedelta(0) < length <= MOST_INTERVAL:
            raise _bad(declaration.SILENT_AFTER, "is an ISO 8601 duration such as PT1H, at most P366D")
        fields["silent_after"] = length
    return fields


def _bad(name: str, what: str) -> Refusal:
    return Refusal("entity.bad-property", f"'{name}' {what}.", field=f"properties.{name}")
