# SPDX-License-Identifier: EUPL-1.2
"""What this room announces in the log, and what it is called in a history."""

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Sentence

OBSERVED = "observed"
OBSERVATION_CHANGED = "observation-changed"
OBSERVATIONS_GONE = "observations-gone"
THING_KEPT = "thing-kept"
THING_DECLARED = "thing-declared"
SENSOR_KEPT = "sensor-kept"
PROPERTY_KEPT = "property-kept"
DATASTREAM_KEPT = "datastream-kept"
DEVICE_KEPT = "device-kept"
DEVICE_RETIRED = "device-retired"
DEVICE_REPLACED = "device-replaced"
DEVICE_NOTED = "device-noted"
CODECS_IMPORTED = "codecs-imported"
UPLINKS_FORGOTTEN = "uplinks-forgotten"
UPLINKS_REPLAYED = "uplinks-replayed"
GATEWAY_KEPT = "gateway-kept"
REGISTER_IMPORTED = "register-imported"
OBSERVATIONS_FORGOTTEN = "observations-forgotten"
TABLE_BROUGHT, TABLE_FORGOTTEN = "table-brought", "table-forgotten"
TABLE_STARTED, TABLE_TAKEN = "table-started", "table-taken"
WATCH_SET = "watch-set"
# To one person, `data` {"account": ..., "count": ..., "kinds": {...}}.
SENSORS_TROUBLED, SENSORS_SILENT = "sensors-troubled", "sensors-silent"
CONNECTOR_KEPT, CONNECTOR_GONE = "connector-kept", "connector-gone"

LOCATION_KEPT, LOCATION_GONE = "location-kept", "location-gone"
WHEREABOUTS_KEPT, WHEREABOUTS_GONE = "whereabouts-kept", "whereabouts-gone"
FEATURE_KEPT, FEATURE_GONE = "feature-kept", "feature-gone"
THING_GONE = "thing-gone"
SENSOR_GONE = "sensor-gone"
PROPERTY_GONE = "property-gone"
DATASTREAM_GONE = "datastream-gone"

# In no public history: when a lock was opened says something about whoever came. `data` of a change:
# {"state": ..., "commands": [ids]}; `about` holds the commands' ids and their devices'.
COMMAND_MADE, COMMAND_CHANGED = "command-made", "command-changed"
COMMANDS_FORGOTTEN = "commands-forgotten"

# By the API: entries with `data` {"kind": ..., "id": ...}, whose `about` holds the id.
KEPT = {
    "Thing": THING_KEPT,
    "Location": LOCATION_KEPT,
    "HistoricalLocation": WHEREABOUTS_KEPT,
    "Datastream": DATASTREAM_KEPT,
    "MultiDatastream": DATASTREAM_KEPT,
    "Sensor": SENSOR_KEPT,
    "ObservedProperty": PROPERTY_KEPT,
    "FeatureOfInterest": FEATURE_KEPT,
}
GONE = {
    "Thing": THING_GONE,
    "Location": LOCATION_GONE,
    "HistoricalLocation": WHEREABOUTS_GONE,
    "Datastream": DATASTREAM_GONE,
    "MultiDatastream": DATASTREAM_GONE,
    "Sensor": SENSOR_GONE,
    "ObservedProperty": PROPERTY_GONE,
    "FeatureOfInterest": FEATURE_GONE,
}

# After one of these, what a process remembers of the register is out of date.
REGISTER_CHANGED = frozenset({DEVICE_KEPT, DEVICE_RETIRED, DEVICE_REPLACED, CODECS_IMPORTED})

# After one of these, what a process remembers of datastreams, and where their things and features lie, is out of date.
STREAMS_CHANGED = frozenset(
    {
        THING_KEPT,
        THING_DECLARED,
        THING_GONE,
        DATASTREAM_KEPT,
        DATASTREAM_GONE,
        LOCATION_KEPT,
        LOCATION_GONE,
        WHEREABOUTS_KEPT,
        FEATURE_GONE,
    }
)

# After one of these, what a process remembers of connectors is out of date.
CONNECTORS_CHANGED = frozenset({CONNECTOR_KEPT, CONNECTOR_GONE})

# Where a person goes who was told of it, by the name of the address.
GOES_TO = {SENSORS_TROUBLED: "things-desk:today", SENSORS_SILENT: "things-desk:today"}

KINDS: dict[str, Sentence] = {"thing": _("Sensoren")}
VERBS: dict[str, Sentence] = {
    THING_KEPT: _("Sensor gespeichert"),
    THING_DECLARED: _("Angaben zum Sensor geändert"),
    THING_GONE: _("Sensor gelöscht"),
    DATASTREAM_KEPT: _("Messreihe gespeichert"),
    DATASTREAM_GONE: _("Messreihe gelöscht"),
    DEVICE_KEPT: _("Gerät gespeichert"),
    DEVICE_RETIRED: _("Gerät außer Dienst"),
    DEVICE_REPLACED: _("Gerät getauscht"),
    DEVICE_NOTED: _("Notiz zum Gerät"),
    OBSERVATIONS_FORGOTTEN: _("Alte Messwerte gelöscht"),
    TABLE_BROUGHT: _("Tabelle mit Messwerten hochgeladen"),
    TABLE_STARTED: _("Übernahme einer Tabelle begonnen"),
    TABLE_TAKEN: _("Messwerte aus einer Tabelle übernommen"),
    TABLE_FORGOTTEN: _("Tabelle mit Messwerten verworfen"),
    WATCH_SET: _("Grenzen der Sensorwache geändert"),
    SENSORS_TROUBLED: _("Unsere Sensoren heute"),
    SENSORS_SILENT: _("Unsere Sensoren heute"),
}
