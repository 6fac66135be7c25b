# SPDX-License-Identifier: EUPL-1.2
"""The only writes of this room, but for the intake's (`intake/store.py`)."""

from smilecity.things.actions import observations
from smilecity.things.actions.devices import (
    FeedSpec,
    Imported,
    change_feeds,
    import_codecs,
    register_device,
    retire_device,
)
from smilecity.things.actions.entities import keep_datastream, keep_observed_property, keep_sensor, keep_thing
from smilecity.things.actions.retention import forget_observations
from smilecity.things.actions.rolling import roll_up
from smilecity.things.actions.uplinks import cap_parked, forget_uplinks, keep_months

__all__ = [
    "FeedSpec",
    "Imported",
    "cap_parked",
    "change_feeds",
    "forget_observations",
    "forget_uplinks",
    "import_codecs",
    "keep_datastream",
    "keep_months",
    "keep_observed_property",
    "keep_sensor",
    "keep_thing",
    "observations",
    "register_device",
    "retire_device",
    "roll_up",
]
