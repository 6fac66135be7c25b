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
from smilecity.things.actions.desk import keeper, lock, refused
from smilecity.things.codecs import Codec as Script
from smilecity.things.codecs.folder import FoundCodec
from smilecity.things.models import Codec, Datastream, Device, Feed, Thing

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

    From the commit on its messages are decoded; processes that remember the register learn of it by the log.
    Refuses `device.taken` (409) if the EUI is registered and active. Lock: the device's row, the unique EUI.
    """
    keeper(who)
    normal = _normal(eui)
    wanted = _checked_feeds(feeds)
    try:
        with transaction.atomic():
            held = Device.objects.select_for_update().filter(eui=normal).first()
            if held is not None and held.active:
                raise _taken()
            device = held or Device(eui=normal)
            device.model, device.thing, device.codec, device.active = (
                rules.plain(model, 200),
                thing,
                codec,
                True,
            )
            device.save()
            _feed(device, wanted)
            log.append(who, facts.DEVICE_KEPT, noun=thing.pk, about=[device.id])
    except IntegrityError as error:
        raise _taken() from error
    return device


def change_feeds(who: Who, eui: str, feeds: Iterable[FeedSpec]) -> Device:
    """Say anew which fields of an active device feed which datastreams. Lock: the device's row."""
    keeper(who)
    wanted = _checked_feeds(feeds)
    with transaction.atomic():
        device = _active(eui)
        _feed(device, wanted)
        log.append(who, facts.DEVICE_KEPT, noun=device.thing_id, about=[device.id])
        return device


def retire_device(who: Who, eui: str) -> Device:
    """Take a device out of service: what it sends from now on is parked. Lock: the device's row."""
    keeper(who)
    with transaction.atomic():
        device = _active(eui)
        device.active = False
        device.save(update_fields=["active"])
        log.append(who, facts.DEVICE_RETIRED, noun=device.thing_id, about=[device.id])
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
        "imported_at": clock.now(),
    }
    if held is None:
        Codec.objects.create(vendor=found.vendor, name=found.name, **values)
        return "new"
    if (held.digest, held.devices) == (values["digest"], values["devices"]):
        return "same"
    Codec.objects.filter(pk=held.pk).update(**values)
    return "changed"


def _feed(device: Device, feeds: list[FeedSpec]) -> None:
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


def _checked_feeds(feeds: Iterable[FeedSpec]) -> list[FeedSpec]:
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


def _active(eui: str) -> Device:
    device = Device.objects.select_for_update().filter(eui=_normal(eui), active=True).first()
    if device is None:
        raise refused(
            "device.unknown", _("Ein Gerät mit dieser EUI ist nicht angemeldet."), "eui", status=404
        )
    return device


def _normal(eui: str) -> str:
    normal = rules.normal_eui(eui)
    if normal is None:
        raise Refusal(
            "device.bad-eui",
            _("Eine EUI hat 16 Stellen aus den Ziffern 0 bis 9 und den Buchstaben A bis F."),
            cure=_("Sie steht auf dem Gerät, oft als DevEUI."),
            field="eui",
        )
    return normal


def _taken() -> Refusal:
    return Refusal(
        "device.taken",
        _("Ein Gerät mit dieser EUI ist schon angemeldet."),
        cure=_("Prüfen Sie die EUI, oder melden Sie das andere Gerät zuerst ab."),
        field="eui",
        status=409,
    )
