# SPDX-License-Identifier: EUPL-1.2
"""Writes: a broken device is replaced by another, under the same datastreams."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log
from smilecity.core.who import Who
from smilecity.things import facts, rules
from smilecity.things.actions.desk import keeper, normal, refused
from smilecity.things.actions.devices import FeedSpec, checked_feeds, feed, taken
from smilecity.things.actions.notes import keep_note
from smilecity.things.actions.replaying import parked_soon_read
from smilecity.things.models import Codec, Device, DeviceNote, Uplink

TOO_EARLY = "It was not yet in its place."


def replace_device(
    who: Who,
    old_eui: str,
    new_eui: str,
    *,
    model: str = "",
    codec: Codec | None = None,
    fields: Mapping[str, str] | None = None,
    reason: str = "",
    at: datetime | None = None,
) -> Device:
    """Put the device `new_eui` in the place of `old_eui`; the new device.

    From the commit on the new one feeds the datastreams that the old one fed, which is out of service. What the new one
    has sent since `at`, when it was put up, was parked, and is read by a job, so that the history has no gap; what it
    sent before is kept and never read. Without `at` all of it is read. Model and codec are the old one's unless given;
    where another codec names a field otherwise, `fields` says so (its name before -> its name now).
    Lock: the rows of both devices, in order of EUI; the unique EUI.
    """
    keeper(who)
    old_known, new_known = normal(old_eui), normal(new_eui, "new_eui")
    if old_known == new_known:
        raise refused(
            "device.same", _("Das neue Gerät hat eine andere EUI als das alte."), "new_eui", status=422
        )
    if at is not None and at > clock.now():
        raise refused(
            "device.in-future",
            _("Getauscht wird, was schon hängt: Der Zeitpunkt liegt in der Zukunft."),
            "at",
            status=422,
        )
    try:
        with transaction.atomic():
            old, held = _both(old_known, new_known)
            new = _instead(old, held or Device(eui=new_known), model, codec)
            feed(new, _feeds(old, fields or {}))
            old.active, old.replaced_by = False, new
            old.save(update_fields=["active", "replaced_by"])
            _tell(who, old, new, at or clock.now(), reason)
            if at is not None:
                parked = Uplink.objects.filter(state=Uplink.PARKED, eui=new_known, received_at__lt=at)
                parked.update(state=Uplink.STORED, reason=TOO_EARLY)
            parked_soon_read(new_known)
    except IntegrityError as error:
        raise taken("new_eui") from error
    return new


def _both(old_eui: str, new_eui: str) -> tuple[Device, Device | None]:
    """The old device, and what is known of the new one."""
    found = {
        one.eui: one
        for one in Device.objects.select_for_update().filter(eui__in=[old_eui, new_eui]).order_by("eui")
    }
    old, new = found.get(old_eui), found.get(new_eui)
    if old is None:
        raise refused(
            "device.unknown", _("Ein Gerät mit dieser EUI ist nicht angemeldet."), "eui", status=404
        )
    if not old.active:
        raise refused("device.retired", _("Dieses Gerät ist schon außer Dienst."), "eui", status=409)
    if new is not None and new.active:
        raise taken("new_eui")
    return old, new


def _instead(old: Device, new: Device, model: str, codec: Codec | None) -> Device:
    """The new device where the old one is. How ChirpStack calls its devices' application holds for both; The Things
    Stack's name is the device's own, and has to be said anew.
    """
    new.model = rules.plain(model.strip() or old.model, 200)
    new.thing_id, new.codec, new.network = old.thing_id, codec or old.codec, old.network
    new.known_as = old.known_as if old.network is not None and old.network.kind == "chirpstack" else ""
    new.active, new.replaced_by, new.firmware, new.battery_changed_on = True, None, "", None
    new.save()
    return new


def _feeds(old: Device, fields: Mapping[str, str]) -> list[FeedSpec]:
    held = list(old.feeds.order_by("id"))
    if unknown := sorted(set(fields) - {one.field for one in held}):
        raise refused(
            "device.unknown-field",
            _("Das alte Gerät speist aus diesen Feldern nichts: %(fields)s.")
            % {"fields": ", ".join(unknown)},
            "fields",
            status=422,
        )
    return checked_feeds(
        FeedSpec(fields.get(one.field, one.field), one.datastream_id, one.scale, one.offset) for one in held
    )


def _tell(who: Who, old: Device, new: Device, at: datetime, reason: str) -> None:
    keep_note(old, DeviceNote.REPLACED, at, f"→ {new.eui}. {reason}", by=who.label)
    keep_note(new, DeviceNote.INSTALLED, at, f"← {old.eui}. {reason}", by=who.label)
    log.append(who, facts.DEVICE_REPLACED, noun=old.thing_id, about=[old.id, new.id])
