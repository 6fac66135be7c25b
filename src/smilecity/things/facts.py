# SPDX-License-Identifier: EUPL-1.2
"""What this room announces in the log, and what it is called in a history."""

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Sentence

OBSERVED = "observed"
THING_KEPT = "thing-kept"
SENSOR_KEPT = "sensor-kept"
PROPERTY_KEPT = "property-kept"
DATASTREAM_KEPT = "datastream-kept"
DEVICE_KEPT = "device-kept"
DEVICE_RETIRED = "device-retired"
CODECS_IMPORTED = "codecs-imported"
UPLINKS_FORGOTTEN = "uplinks-forgotten"

# After one of these, what a process remembers of the register is out of date.
REGISTER_CHANGED = frozenset({DEVICE_KEPT, DEVICE_RETIRED, CODECS_IMPORTED})

KINDS: dict[str, Sentence] = {"thing": _("Sensoren")}
WITHOUT_PAGE = ("thing",)  # a place shows what its sensors tell
VERBS: dict[str, Sentence] = {
    THING_KEPT: _("Sensor gespeichert"),
    DATASTREAM_KEPT: _("Messreihe gespeichert"),
    DEVICE_KEPT: _("Gerät gespeichert"),
    DEVICE_RETIRED: _("Gerät außer Dienst"),
}
