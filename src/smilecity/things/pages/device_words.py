# SPDX-License-Identifier: EUPL-1.2
"""What is said of devices at the desk."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.formats import date_format, get_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, moments
from smilecity.core.nouns import in_text
from smilecity.core.problems import Sentence
from smilecity.things.models import Device, DeviceNote, Feed, Heard, Thing
from smilecity.things.rules import radio, said

NOTES: dict[str, Sentence] = {
    DeviceNote.INSTALLED: _("Montiert"),
    DeviceNote.FIRMWARE: _("Neue Firmware"),
    DeviceNote.BATTERY: _("Neue Batterie"),
    DeviceNote.REPLACED: _("Getauscht"),
    DeviceNote.RETIRED: _("Außer Dienst"),
    DeviceNote.NOTE: _("Notiz"),
}
SIGNALS: dict[str, Sentence] = {
    radio.GOOD: _("guter Empfang"),
    radio.WEAK: _("schwacher Empfang"),
    radio.POOR: _("kaum noch zu hören"),
}


def title(thing: Thing) -> str:
    """What the thing is called."""
    return in_text(thing.noun.title, get_language() or "de")


def moment(at: datetime) -> str:
    """Date and time in the city."""
    return date_format(localtime(at), "SHORT_DATETIME_FORMAT")


def last_heard(at: datetime | None) -> str:
    """When it was last heard, as one says it."""
    if at is None:
        return str(_("noch nie"))
    return moments.past(at, clock.now(), settings.SMILE.zone)


def facts(device: Device, heard: datetime | None) -> list[tuple[Any, Any]]:
    """What is known of it, as pairs."""
    changed = device.battery_changed_on
    return [
        (_("Modell"), device.model),
        (_("Codec"), f"{device.codec.vendor}/{device.codec.name}"),
        (_("Zuletzt gemessen"), last_heard(heard)),
        (_("Firmware"), device.firmware),
        (_("Batterie gewechselt"), date_format(changed, "SHORT_DATE_FORMAT") if changed else ""),
        (_("Netz"), device.network.name if device.network else ""),
        (_("Im Netz bekannt als"), device.known_as),
    ]


def fed(feed: Feed) -> dict[str, Any]:
    """Which field feeds which datastream, and what it last said."""
    latest = getattr(feed.datastream, "latest", None)
    scaled = f" × {_number(feed.scale)}" if feed.scale != 1 else ""
    shifted = f" + {_number(feed.offset)}" if feed.offset else ""
    unit = feed.datastream.unit if isinstance(feed.datastream.unit, dict) else {}
    value = latest.result if latest is not None else None
    return {
        "field": f"{feed.field}{scaled}{shifted}",
        "name": feed.datastream.name,
        "value": "" if value is None else said.measured(value, unit.get("symbol", "")),
        "at": last_heard(latest.phenomenon_time) if latest is not None and latest.phenomenon_time else "",
    }


def heard(one: Heard) -> dict[str, Any]:
    """How a gateway hears it."""
    strength = [f"{_number(one.rssi)} dBm"] if one.rssi is not None else []
    clearness = [f"SNR {_number(one.snr)} dB"] if one.snr is not None else []
    return {
        "id": one.gateway_id,
        "name": one.gateway.name or one.gateway_id,
        "signal": SIGNALS.get(radio.signal(one.rssi, one.snr) or "", ""),
        "numbers": ", ".join(strength + clearness),
        "at": last_heard(one.at),
    }


def _number(value: float) -> str:
    """As the language writes it."""
    return f"{value:g}".replace("-", "−").replace(".", get_format("DECIMAL_SEPARATOR"))
