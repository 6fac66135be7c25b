# SPDX-License-Identifier: EUPL-1.2
"""What was done to the demo's devices before today, and what the gateways that hear them are called."""

from datetime import timedelta

from smilecity.core import clock
from smilecity.core.who import NODE
from smilecity.things import actions
from smilecity.things.actions.portable import import_register
from smilecity.things.demo.radio import GATEWAYS
from smilecity.things.models import DeviceNote
from smilecity.things.rules.portable import GatewayPart, Register

# By the EUI of today's device: the one that hung there before, and why it does no more.
BEFORE = {"70B3D57ED0050005": ("70B3D57ED005F005", "Wasser im Gehäuse")}
NOTES = (
    ("70B3D57ED0050003", DeviceNote.INSTALLED, 400, "Mast 7, Schelle in vier Metern Höhe"),
    ("70B3D57ED0050003", DeviceNote.BATTERY, 40, "Zwei Zellen"),
    ("70B3D57ED0050004", DeviceNote.INSTALLED, 210, ""),
    ("70B3D57ED0050004", DeviceNote.FIRMWARE, 35, "1.4"),
    ("70B3D57ED0050012", DeviceNote.BATTERY, 120, ""),
    ("70B3D57ED0050001", DeviceNote.NOTE, 14, "Blickfeld frei geschnitten"),
)


def look_after() -> None:
    """Write the notes, once, and name the gateways."""
    now = clock.now()
    if not DeviceNote.objects.filter(kind=DeviceNote.FIRMWARE).exists():
        for eui, kind, days, text in NOTES:
            actions.note_device(NODE, eui, kind, at=now - timedelta(days=days), text=text)
    named = [GatewayPart(id=one.upper(), name=name) for one, (_where, name) in GATEWAYS.items()]
    import_register(NODE, Register(gateways=named))
