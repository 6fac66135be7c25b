# SPDX-License-Identifier: EUPL-1.2
"""The entities of SensorThings 1.1 (OGC 18-088, clause 8, tables 5 to 24): their properties and how they hang together.

Pure description: what the parser accepts, what may be written, and what a near match is chosen from. How each is stored
stands in `reads/sensorthings/columns.py`.
"""

from dataclasses import dataclass
from typing import Literal

Type = Literal["text", "json", "result", "instant", "period", "time", "geometry"]
"""`time` is an instant or an interval (TM_Object), `period` always an interval; `geometry` is GeoJSON."""


@dataclass(frozen=True, slots=True)
class Property:
    """A property by its name in the API. `required` in a POST; one that is not `writable` is the server's."""

    name: str
    type: Type
    required: bool = False
    writable: bool = True


@dataclass(frozen=True, slots=True)
class Link:
    """A navigation property: `name` leads to one (or `many`) of the kind `to`; `required` in a POST."""

    name: str
    to: str
    many: bool
    required: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """An entity type: `name` as in links to one (`Thing`), `plural` as the entity set (`Things`)."""

    name: str
    plural: str
    properties: tuple[Property, ...]
    links: tuple[Link, ...]

    def property(self, name: str) -> Property | None:
        """The property of this name."""
        return next((one for one in self.properties if one.name == name), None)

    def link(self, name: str) -> Link | None:
        """The link of this name."""
        return next((one for one in self.links if one.name == name), None)


def _described(*more: Property) -> tuple[Property, ...]:
    return (
        Property("name", "text", required=True),
        Property("description", "text", required=True),
        *more,
        Property("properties", "json"),
    )


_MEASURED = (
    Property("observedArea", "geometry", writable=False),
    Property("phenomenonTime", "period", writable=False),
    Property("resultTime", "period", writable=False),
)

_ALL = (
    Kind(
        "Thing",
        "Things",
        _described(),
        (
            Link("Locations", "Location", many=True),
            Link("HistoricalLocations", "HistoricalLocation", many=True),
            Link("Datastreams", "Datastream", many=True),
            Link("MultiDatastreams", "MultiDatastream", many=True),
        ),
    ),
    Kind(
        "Location",
        "Locations",
        _described(
            Property("encodingType", "text", required=True), Property("location", "geometry", required=True)
        ),
        (
            Link("Things", "Thing", many=True),
            Link("HistoricalLocations", "HistoricalLocation", many=True),
        ),
    ),
    Kind(
        "HistoricalLocation",
        "HistoricalLocations",
        (Property("time", "instant", required=True),),
        (
            Link("Thing", "Thing", many=False, required=True),
            Link("Locations", "Location", many=True, required=True),
        ),
    ),
    Kind(
        "Datastream",
        "Datastreams",
        _described(
            Property("observationType", "text", required=True),
            Property("unitOfMeasurement", "json", required=True),
            *_MEASURED,
        ),
        (
            Link("Thing", "Thing", many=False, required=True),
            Link("Sensor", "Sensor", many=False, required=True),
            Link("ObservedProperty", "ObservedProperty", many=False, required=True),
            Link("Observations", "Observation", many=True),
        ),
    ),
    Kind(
        "MultiDatastream",
        "MultiDatastreams",
        _described(
            Property("observationType", "text", writable=False),
            Property("multiObservationDataTypes", "json", required=True),
            Property("unitOfMeasurements", "json", required=True),
            *_MEASURED,
        ),
        (
            Link("Thing", "Thing", many=False, required=True),
            Link("Sensor", "Sensor", many=False, required=True),
            Link("ObservedProperties", "ObservedProperty", many=True, required=True),
            Link("Observations", "Observation", many=True),
        ),
    ),
    Kind(
        "Sensor",
        "Sensors",
        _described(
            Property("encodingType", "text", required=True), Property("metadata", "json", required=True)
        ),
        (
            Link("Datastreams", "Datastream", many=True),
            Link("MultiDatastreams", "MultiDatastream", many=True),
        ),
    ),
    Kind(
        "ObservedProperty",
        "ObservedProperties",
        _described(Property("definition", "text", required=True)),
        (
            Link("Datastreams", "Datastream", many=True),
            Link("MultiDatastreams", "MultiDatastream", many=True),
        ),
    ),
    Kind(
        "Observation",
        "Observations",
        (
            Property("phenomenonTime", "time"),
            Property("resultTime", "instant"),
            Property("result", "result", required=True),
            Property("resultQuality", "json"),
            Property("validTime", "period"),
            Property("parameters", "json"),
        ),
        (
            Link("Datastream", "Datastream", many=False),
            Link("MultiDatastream", "MultiDatastream", many=False),
            Link("FeatureOfInterest", "FeatureOfInterest", many=False),
        ),
    ),
    Kind(
        "FeatureOfInterest",
        "FeaturesOfInterest",
        _described(
            Property("encodingType", "text", required=True), Property("feature", "geometry", required=True)
        ),
        (Link("Observations", "Observation", many=True),),
    ),
)

KINDS = {kind.name: kind for kind in _ALL}
BY_PLURAL = {kind.plural: kind for kind in _ALL}
