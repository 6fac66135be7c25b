# SPDX-License-Identifier: EUPL-1.2
"""Writes: what was done to a device, when, and by whom."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log
from smilecity.core.who import Who
from smilecity.things import facts, rules
from smilecity.things.actions.desk import keeper, normal, refused
from smilecity.things.models import Device, DeviceNote

MOST_TEXT = 2000
BY_HAND = (DeviceNote.INSTALLED, DeviceNote.FIRMWARE, DeviceNote.BATTERY, DeviceNote.NOTE)
WITH_TEXT = (DeviceNote.FIRMWARE, DeviceNote.NOTE)


def note_device(who: Who, eui: str, kind: str, *, at: datetime | None = None, text: str = "") -> DeviceNote:
    """Note what was done to a device, active or not; `at` is when, by default now.

    A firmware's text is the device's firmware from then on, a new battery its battery's date, unless a later note says
    otherwise. Lock: the device's row.
    """
    keeper(who)
    known, moment, said = normal(eui), at or clock.now(), text.strip()
    _check(kind, moment, said)
    with transaction.atomic():
        device = Device.objects.select_for_update().filter(eui=known).first()
        if device is None:
            raise refused(
                "device.unknown", _("Ein Gerät mit dieser EUI ist nicht angemeldet."), "eui", status=404
            )
        newest = not device.notes.filter(kind=kind, at__gt=moment).exists()
        note = keep_note(device, kind, moment, said, by=who.label)
        if newest and kind == DeviceNote.FIRMWARE:
            device.firmware = note.text
            device.save(update_fields=["firmware"])
        if newest and kind == DeviceNote.BATTERY:
            device.battery_changed_on = moment.astimezone(settings.SMILE.zone).date()
            device.save(update_fields=["battery_changed_on"])
        log.append(who, facts.DEVICE_NOTED, noun=device.thing_id, about=[device.id], data={"kind": kind})
        return note


def keep_note(device: Device, kind: str, at: datetime, text: str, *, by: str) -> DeviceNote:
    """Write it in the caller's transaction, who has the device's row."""
    return DeviceNote.objects.create(
        device=device, kind=kind, at=at, text=rules.plain(text.strip(), MOST_TEXT), by=by
    )


def _check(kind: str, at: datetime, text: str) -> None:
    if kind not in BY_HAND:
        raise refused("note.bad-kind", _("Diese Art von Notiz gibt es nicht."), "kind", status=422)
    if at > clock.now():
        raise refused("note.in-future", _("Notiert wird, was schon geschehen ist."), "at", status=422)
    if len(text) > MOST_TEXT:
        raise refused(
            "note.too-long",
            _("Das ist zu lang. Es passen %(most)d Zeichen.") % {"most": MOST_TEXT},
            "text",
            status=422,
        )
    if kind in WITH_TEXT and not text:
        raise refused(
            "note.empty",
            _("Schreiben Sie, was zu merken ist, bei neuer Firmware deren Version."),
            "text",
            status=422,
        )
