# SPDX-License-Identifier: EUPL-1.2
"""Writes: the register of devices, and the codecs that read them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.things import facts, rules
from smilecity.things.actions.desk import keeper, lock, normal, refused
from smilecity.things.actions.notes import keep_note
from smilecity.things.actions.replaying import parked_soon_read
from smilecity.things.codecs import Codec as Script
from smilecity.things.codecs.folder import FoundCodec
from smilecity.things.models import Codec, Connector, Datastream, Device, DeviceNote, Feed, Thing
from smilecity.things.rules.commands import check_known_as

CODECS_LOCK = 0x534D494C47


@dataclass(frozen=True, slots=True)
class FeedSpec:
    """Which decoded field (a dotted path) feeds which datastream (its id): times `scale` plus `offset`."""

    field: str
    datastream: int
    scale: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Imported:
    """How many codecs of an import were new, changed, as they were, or had no script for uplinks."""

    new: int = 0
    changed: int = 0
    same: int = 0
    without_script: int = 0


def register_device(
    who: Who, eui: str, model: str, thing: Thing, codec: Codec, feeds: Iterable[FeedSpec]
) -> Device:
    """Register a device by its EUI (as on its label); one that was retired comes back as this.

    From the commit on its messages are decoded; processes that remember the register learn of it by the log. What it
    sent before was parked, and is read by a job.
    Refuses `device.taken` (409) if the EUI is registered and active. Lock: the device's row, the unique EUI.
    """
    keeper(who)
    known = normal(eui)
    wanted = checked_feeds(feeds)
    try:
        with transaction.atomic():
            held = Device.objects.select_for_update().filter(eui=known).first()
            if held is not None and held.active:
                raise taken()
            device = held or Device(eui=known)
            device.model, device.thing, device.codec = rules.plain(model, 200), thing, codec
            device.active, device.replaced_by = True, None
            device.save()
            feed(device, wanted)
            parked_soon_read(known)
            log.append(who, facts.DEVICE_KEPT, noun=thing.pk, about=[device.id])
    except IntegrityError as error:
        raise taken() from error
    return device


def change_feeds(who: Who, eui: str, feeds: Iterable[FeedSpec]) -> Device:
    """Say anew which fields of an active device feed which datastreams. Lock: the device's row."""
    keeper(who)
    wanted = checked_feeds(feeds)
    with transaction.atomic():
        device = active(eui)
        feed(device, wanted)
        log.append(who, facts.DEVICE_KEPT, noun=device.thing_id, about=[device.id])
        return device


def retire_device(who: Who, eui: str, reason: str = "") -> Device:
    """Take a device out of service, with a note: what it sends from now on is parked. Lock: the device's row."""
    keeper(who)
    with transaction.atomic():
        device = active(eui)
        device.active = False
        device.save(update_fields=["active"])
        keep_note(device, DeviceNote.RETIRED, clock.now(), reason, by=who.label)
        log.append(who, facts.DEVICE_RETIRED, noun=device.thing_id, about=[device.id])
        return device


def set_network(who: Who, eui: str, network: int | None, known_as: str = "") -> Device:
    """Say by which network (a connector's id) an active device is told things, and how that network calls it.

    None: it is only listened to. Lock: the device's row.
    """
    keeper(who)
    with transaction.atomic():
        device = active(eui)
        lorawan = Connector.objects.filter(kind__in=[Connector.CHIRPSTACK, Connector.TTS])
        device.network = lorawan.filter(id=network).first() if network is not None else None
        if network is not None and device.network is None:
            raise refused("device.unknown-network", _("Dieses Netz gibt es nicht."), "network", status=404)
        if device.network is not None:
            check_known_as(device.network.kind, known_as.strip())
        device.known_as = rules.plain(known_as.strip(), 200) if device.network else ""
        device.save(update_fields=["network", "known_as"])
        log.append(who, facts.DEVICE_KEPT, noun=device.thing_id, about=[device.id])
        return device


def import_codecs(who: Who, found: Iterable[FoundCodec]) -> Imported:
    """Keep these codecs; one that is as it was is left alone, so it may be done again.

    One log entry if anything has changed. Lock: an advisory lock, so that imports follow one another.
    """
    keeper(who)
    counts = {"new": 0, "changed": 0, "same": 0, "without_script": 0}
    with transaction.atomic():
        lock(CODECS_LOCK)
        held = {(c.vendor, c.name): c for c in Codec.objects.defer("script")}
        for one in found:
            counts[_keep_codec(held.get((one.vendor, one.name)), one)] += 1
        if counts["new"] or counts["changed"]:
            log.append(who, facts.CODECS_IMPORTED, data={"new": counts["new"], "changed": counts["changed"]})
    return Imported(**counts)


def _keep_codec(held: Codec | None, found: FoundCodec) -> str:
    if not found.script or "\0" in found.script:
        return "without_script"
    script = Script.of(found.script)
    values = {
        "script": script.script,
        "digest": script.id,
        "devices": [list(device) for device in found.devices],
        "commands": found.commands,
        "encoder": found.encoder,
        "imported_at": clock.now(),
    }
    if held is None:
        Codec.objects.create(vendor=found.vendor, name=found.name, **values)
        return "new"
    if all(getattr(held, name) == values[name] for name in ("digest", "devices", "commands", "encoder")):
        return "same"
    Codec.objects.filter(pk=held.pk).update(**values)
    return "changed"


def feed(device: Device, feeds: list[FeedSpec]) -> None:
    """Make these the device's feeds; refuses datastreams that are not there."""
    device.feeds.all().delete()
    known = set(
        Datastream.objects.filter(id__in=[one.datastream for one in feeds]).values_list("id", flat=True)
    )
    for one in feeds:
        if one.datastream not in known:
            raise refused(
                "device.unknown-datastream", _("Diese Messreihe gibt es nicht."), "feeds", status=404
            )
    Feed.objects.bulk_create(
        Feed(device=device, field=one.field, datastream_id=one.datastream, scale=one.scale, offset=one.offset)
        for one in feeds
    )


def checked_feeds(feeds: Iterable[FeedSpec]) -> list[FeedSpec]:
    """The feeds, if they can be a device's."""
    wanted = list(feeds)
    if len(wanted) > rules.MOST_FEEDS:
        raise refused("device.too-many-feeds", _("Ein Gerät speist höchstens 64 Messreihen."), "feeds")
    if len({one.datastream for one in wanted}) < len(wanted):
        raise refused(
            "device.fed-twice", _("Eine Messreihe wird von einem Gerät nur einmal gespeist."), "feeds"
        )
    for one in wanted:
        if not rules.is_path(one.field):
            raise refused(
                "device.bad-field", _("Ein Feld wird mit Punkten geschrieben, etwa data.count."), "feeds"
            )
        if not rules.finite(one.scale) or rules.finite(one.offset) is None:
            raise refused(
                "device.bad-scale", _("Faktor und Versatz sind Zahlen, der Faktor nicht null."), "feeds"
            )
    return wanted


def active(eui: str) -> Device:
    """The active device with this EUI, its row locked until the transaction ends."""
    device = Device.objects.select_for_update().filter(eui=normal(eui), active=True).first()
    if device is None:
        raise refused(
            "device.unknown", _("Ein Gerät mit dieser EUI ist nicht angemeldet."), "eui", status=404
        )
    return device


def taken(field: str = "eui") -> Refusal:
    """The refusal of an EUI that an active device has."""
    return Refusal(
        "device.taken",
        _("Ein Gerät mit dieser EUI ist schon angemeldet."),
        cure=_("Prüfen Sie die EUI, oder melden Sie das andere Gerät zuerst ab."),
        field=field,
        status=409,
    )
