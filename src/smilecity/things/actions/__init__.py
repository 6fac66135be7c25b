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
from smilecity.things.actions.notes import note_device
from smilecity.things.actions.replacing import replace_device
from smilecity.things.actions.replaying import Replayed, ask_replay, replay
from smilecity.things.actions.retention import forget_observations
from smilecity.things.actions.rolling import roll_up
from smilecity.things.actions.uplinks import cap_parked, forget_uplinks, keep_months
from smilecity.things.actions.watching import (
    forget_alarms,
    learn,
    rewatch,
    see_alarm,
    set_limits,
    tell_alarms,
    watch,
)

__all__ = [
    "FeedSpec",
    "Imported",
    "Replayed",
    "ask_replay",
    "cap_parked",
    "change_feeds",
    "forget_alarms",
    "forget_observations",
    "forget_uplinks",
    "import_codecs",
    "keep_datastream",
    "keep_months",
    "keep_observed_property",
    "keep_sensor",
    "keep_thing",
    "learn",
    "note_device",
    "observations",
    "register_device",
    "replace_device",
    "replay",
    "retire_device",
    "rewatch",
    "roll_up",
    "see_alarm",
    "set_limits",
    "tell_alarms",
    "watch",
]
