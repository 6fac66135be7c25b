# SPDX-License-Identifier: EUPL-1.2
"""From the log to webhooks: which entries are events for other programmes, and what these are told of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from smilecity.core import events
from smilecity.core import log as entries_of_the_log
from smilecity.core.events import Event, Kind
from smilecity.core.models import LogEntry, Noun
from smilecity.core.who import NODE

READER = "webhooks"
BATCH = 500

KINDS = (
    Kind("booking.made", _("Etwas ist gebucht")),
    Kind("booking.changed", _("Eine Buchung hat sich geändert")),
    Kind("booking.cancelled", _("Eine Buchung ist abgesagt")),
    Kind("booking.ended", _("Eine Buchung ist freigegeben, weil niemand kam")),
    Kind("loan.out", _("Etwas ist ausgeliehen")),
    Kind("loan.returned", _("Etwas ist zurückgegeben")),
    Kind("loan.late", _("Etwas ist nicht pünktlich zurück")),
    Kind("closing.made", _("Ein Ort schließt für eine Zeit"), public=True),
    Kind("closing.lifted", _("Ein Ort öffnet wieder früher als gedacht"), public=True),
    Kind("offer.published", _("Ein Angebot ist veröffentlicht oder geändert"), public=True),
    Kind("offer.moved", _("Ein Termin eines Angebots ist verschoben"), public=True),
    Kind("offer.dropped", _("Ein Termin eines Angebots fällt aus"), public=True),
    Kind("offer.cancelled", _("Ein Angebot ist abgesagt"), public=True),
    Kind("device.silent", _("Sensoren, für die Sie verantwortlich sind, sind verstummt")),
)
VERBS = {
    "booking-booked": "booking.made",
    "booking-approved": "booking.made",
    "booking-changed": "booking.changed",
    "booking-waits": "booking.changed",
    "booking-cancelled": "booking.cancelled",
    "booking-missed": "booking.ended",
    "loan-moved": "loan.out",
    "loan-returned": "loan.returned",
    "loan-late": "loan.late",
    "units-closed": "closing.made",
    "units-reopened": "closing.lifted",
    "offer-published": "offer.published",
    "occasion-moved": "offer.moved",
    "occasion-cancelled": "offer.dropped",
    "offer-cancelled": "offer.cancelled",
    "sensors-silent": "device.silent",
    "sensors-troubled": "device.silent",
}


def tell_kinds() -> None:
    """Called once, when Django is ready."""
    events.tell(KINDS)


def kind_of(entry: LogEntry) -> str:
    """Which kind of event an entry is, empty if it is none."""
    kind = VERBS.get(entry.verb, "")
    if entry.verb == "loan-moved" and entry.data.get("state") != "out":
        return ""
    return "" if kind == "device.silent" and not _silent(entry) else kind


def announce(entries: Sequence[LogEntry]) -> None:
    """Write down what webhooks are to be told of these entries, in the caller's transaction.

    The same number of queries, however many they are; one or two if nobody wants to hear of any.
    """
    from smilecity.people import actions  # tables must be known by now
    from smilecity.people.reads.webhooks import wishes

    wanted = {kind for wish in wishes(NODE).values() for kind in wish.kinds}
    concerning = [one for one in entries if kind_of(one) in wanted]
    if concerning:
        actions.queue_events(NODE, list(_events(concerning)))


def announce_waiting() -> int:
    """Announce what is in the log and was not announced yet; returns how many entries that were."""
    total = 0
    while count := entries_of_the_log.read(READER, announce, BATCH):
        total += count
    return total


def _events(entries: Sequence[LogEntry]) -> Iterator[Event]:
    from smilecity.people.jobs import address
    from smilecity.places.reads.announced import announced

    base = address()
    told = announced(NODE, [one for one in entries if kind_of(one) != "device.silent"])
    nouns = Noun.objects.in_bulk({noun for one in told.values() for noun in one.nouns})
    public = {one.name for one in KINDS if one.public}
    for entry in entries:
        kind = kind_of(entry)
        if kind == "device.silent":
            yield _of_sensors(entry, base)
        elif entry.pk in told and (noun := nouns.get(told[entry.pk].nouns[0])):
            about = [nouns[one] for one in told[entry.pk].nouns if one in nouns]
            yield Event(
                kind=kind,
                entry=entry.pk,
                at=entry.at,
                data=_said(noun, told[entry.pk].facts, base),
                public=kind in public and noun.visibility == Noun.PUBLIC,
                keeper=noun.keeper_id,
                about=frozenset(
                    number for one in about for number in (one.pk, one.area_id) if number is not None
                ),
            )


def _said(noun: Noun, facts: Mapping[str, Any], base: str) -> dict[str, Any]:
    """The noun's key, where more is to be had, and the facts."""
    if "booking" in facts:
        resource = f"{base}/api/bookings/{facts['booking']}"
    elif noun.kind in ("place", "project"):
        resource = f"{base}/api/{noun.address}"
    else:
        resource = f"{base}/ogc/collections/{noun.kind}/items/{noun.pk}"
    return {"noun": noun.address, "resource": resource, "page": f"{base}/{noun.address}/", **facts}


def _of_sensors(entry: LogEntry, base: str) -> Event:
    """Silence is told to each person who looks after the sensors, so it is heard by that person's webhooks alone."""
    return Event(
        kind="device.silent",
        entry=entry.pk,
        at=entry.at,
        data={"count": _silent(entry), "resource": f"{base}/sensorthings/v1.1/Things"},
        account=entry.data.get("account"),
    )


def _silent(entry: LogEntry) -> int:
    """How many series of measurements an entry says are silent."""
    count = entry.data.get("kinds", {}).get("silent", 0)
    return count if isinstance(count, int) else 0
