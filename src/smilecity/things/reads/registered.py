# SPDX-License-Identifier: EUPL-1.2
"""What the desk shows of devices: the register, one of them with all that is known of it, and what one may choose."""

from django.db.models import (
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
)

from smilecity.core import clock
from smilecity.core.paging import Page, page
from smilecity.core.who import Who
from smilecity.people.reads.pseudonyms import pseudonyms
from smilecity.things import rights, rules
from smilecity.things.models import (
    Codec,
    Connector,
    Datastream,
    Device,
    DeviceNote,
    Feed,
    Heard,
    Thing,
    Uplink,
)

ACTIVE, RETIRED, SILENT = "active", "retired", "silent"
PAGE_SIZE = 30
MOST_NOTES = 50
MOST_CHOICES = 1000
MOST_WORDS = 100


def found(
    who: Who, *, words: str = "", state: str = "", after: str = "", size: int = PAGE_SIZE
) -> Page[Device]:
    """The register in order of EUI, each with `last_heard`; by EUI, model or thing, and by state."""
    if not rights.may_see_raw(who):
        return Page([], "")
    rows = _shown().annotate(last_heard=_last_heard())
    if words := words.strip()[:MOST_WORDS].replace("\0", ""):
        said = Q(model__icontains=words) | Q(thing__noun__title__icontains=words)
        part = rules.part_of_eui(words)
        rows = rows.filter(said | Q(eui__contains=part) if part else said)
    if state in (ACTIVE, RETIRED):
        rows = rows.filter(active=state == ACTIVE)
    if state == SILENT:
        rows = rows.filter(Q(active=True) & ~Exists(_speaking()))
    return page(rows, ("eui",), after=after, size=size)


def device(who: Who, eui: str) -> Device | None:
    """The device with this EUI, active or not, with its feeds, its datastreams' latest values and who hears it."""
    if not rights.may_see_raw(who):
        return None
    feeds = Feed.objects.select_related("datastream__latest").order_by("id")
    heard = Heard.objects.select_related("gateway").order_by("-at", "id")
    rows = _shown().select_related("network", "replaced_by").annotate(last_heard=_last_heard())
    known = rules.normal_eui(eui)
    rows = rows.prefetch_related(Prefetch("feeds", feeds), Prefetch("heard_by", heard), "replaces")
    return rows.filter(eui=known).first() if known else None


def notes(who: Who, of: Device) -> list[tuple[DeviceNote, str]]:
    """What was done to it, newest first, each with the pseudonym of who wrote it, empty for the node and machines."""
    if not rights.may_see_raw(who):
        return []
    written = list(of.notes.order_by("-at", "-id")[:MOST_NOTES])
    known = pseudonyms(who, sorted({number for one in written if (number := _account(one.by))}))
    return [(one, known.get(_account(one.by) or 0, "")) for one in written]


def kept_raw(who: Who, eui: str, limit: int = 3) -> list[Uplink]:
    """The last messages of this EUI that are not read: parked, or not to be read by its codec."""
    if not rights.may_see_raw(who) or (known := rules.normal_eui(eui)) is None:
        return []
    waiting = Uplink.objects.filter(eui=known, state__in=[Uplink.PARKED, Uplink.UNDECODABLE])
    return list(waiting.order_by("-received_at", "-key")[:limit])


def last_messages(who: Who, eui: str, limit: int = 3) -> list[Uplink]:
    """The last messages of this EUI that had a payload, read or not, newest first."""
    if not rights.may_see_raw(who) or (known := rules.normal_eui(eui)) is None:
        return []
    return list(
        Uplink.objects.filter(eui=known).exclude(payload=b"").order_by("-received_at", "-key")[:limit]
    )


def codecs(who: Who) -> list[Codec]:
    """The codecs there are, by vendor and name, without their scripts."""
    if not rights.may_keep_things(who):
        return []
    return list(Codec.objects.defer("script").order_by("vendor", "name")[:MOST_CHOICES])


def codec(who: Who, number: int) -> Codec | None:
    """The codec with this id, with its script."""
    return Codec.objects.filter(id=number).first() if rights.may_keep_things(who) else None


def networks(who: Who) -> list[Connector]:
    """The networks by which devices can be told things, by name."""
    if not rights.may_keep_things(who):
        return []
    lorawan = Connector.objects.filter(kind__in=[Connector.CHIRPSTACK, Connector.TTS])
    return list(lorawan.order_by("name")[:MOST_CHOICES])


def things(who: Who) -> list[Thing]:
    """The things a device can belong to, by address."""
    if not rights.may_keep_things(who):
        return []
    return list(Thing.objects.select_related("noun").order_by("noun__address")[:MOST_CHOICES])


def streams(who: Who, of: Thing) -> list[Datastream]:
    """The datastreams of a thing that a device can feed, by name."""
    if not rights.may_keep_things(who):
        return []
    return list(Datastream.objects.filter(thing=of, multi=False).order_by("name", "id"))


def _shown() -> QuerySet[Device]:
    return Device.objects.select_related("thing__noun", "codec").defer("codec__script")


def _last_heard() -> Subquery:
    """By what its datastreams last said."""
    said = Feed.objects.filter(device=OuterRef("pk")).order_by().values("device")
    return Subquery(said.annotate(last=Max("datastream__latest__phenomenon_time")).values("last"))


def _speaking() -> QuerySet[Feed]:
    """Feeds whose datastream has said something within its time."""
    since = ExpressionWrapper(
        F("datastream__latest__phenomenon_time") + F("datastream__silent_after"), output_field=DateTimeField()
    )
    return Feed.objects.filter(device=OuterRef("pk")).annotate(due=since).filter(due__gte=Value(clock.now()))


def _account(label: str) -> int | None:
    kind, _slash, number = label.partition("/")
    return int(number) if kind == "account" and number.isdigit() else None
