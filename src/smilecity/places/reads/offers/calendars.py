# SPDX-License-Identifier: EUPL-1.2
"""Dates and offers as a calendar file, in the reader's language."""

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import get_language

from smilecity.core import clock
from smilecity.core.nouns import in_text, page_address
from smilecity.core.who import Who
from smilecity.places.models import Occasion, Offer
from smilecity.places.rules import ical


def calendar_of(who: Who, name: str, occasions: Sequence[Occasion], address: str = "") -> bytes:
    """These dates, an event each; `address` begins the links. The same dates give the same bytes."""
    entries = [_date(one, address) for one in occasions]
    changed = max(
        (one.offer.noun.changed_at for one in occasions),
        default=clock.now().replace(hour=0, minute=0, second=0),
    )
    return ical.calendar(name, entries, settings.SMILE.zone, changed.replace(microsecond=0))


def _date(one: Occasion, address: str) -> ical.Entry:
    language = get_language() or "de"
    zone = settings.SMILE.zone
    note = in_text(one.note, language)
    return ical.Entry(
        uid=f"{one.offer.noun.address}/{one.start:%Y%m%dT%H%M%SZ}@smilecity",
        title=in_text(one.offer.noun.title, language),
        starts=one.during.lower.astimezone(zone).replace(tzinfo=None),
        minutes=int((one.during.upper - one.during.lower).total_seconds()) // 60,
        text="\n\n".join(part for part in (note, in_text(one.offer.noun.text, language)) if part),
        where=_where(one.offer, language),
        url=address + page_address(one.offer.noun) if address else "",
        cancelled=one.cancelled,
        position=_position(one.offer),
    )


def _where(offer: Offer, language: str) -> str:
    if offer.place is None:
        return offer.where
    street = offer.place.street
    title = in_text(offer.place.noun.title, language)
    return f"{title}, {street}" if street else title


def _position(offer: Offer) -> tuple[float, float] | None:
    spot = (offer.noun.geo or {}).get("coordinates")
    return (spot[0], spot[1]) if spot else None
