# SPDX-License-Identifier: EUPL-1.2
"""Tables of this room. Ids of all entities are plain integers below 2^53, from the node's one sequence."""

from smilecity.things.models.connecting import Connector, ConnectorState, Mirrored, TableImport
from smilecity.things.models.devices import Codec, Command, Device, DeviceNote, Feed, Gateway, Heard, Uplink
from smilecity.things.models.observed import Hour, Latest, Observation, StaleHour
from smilecity.things.models.standard import (
    Datastream,
    DatastreamProperty,
    Featured,
    FeatureOfInterest,
    HistoricalLocation,
    Location,
    ObservedProperty,
    Sensor,
    Thing,
)
from smilecity.things.models.watching import Alarm, Watch

__all__ = [
    "Alarm",
    "Codec",
    "Command",
    "Connector",
    "ConnectorState",
    "Datastream",
    "DatastreamProperty",
    "Device",
    "DeviceNote",
    "FeatureOfInterest",
    "Featured",
    "Feed",
    "Gateway",
    "Heard",
    "HistoricalLocation",
    "Hour",
    "Latest",
    "Location",
    "Mirrored",
    "Observation",
    "ObservedProperty",
    "Sensor",
    "StaleHour",
    "TableImport",
    "Thing",
    "Uplink",
    "Watch",
]
