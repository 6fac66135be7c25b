# SPDX-License-Identifier: EUPL-1.2
"""Dates of offers as entries of a calendar: each for itself, or an offer as a series with its changed dates."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import get_language

from smilecity.core.nouns import in_text
from smilecity.places.models import Occasion, Offer
from smilecity.places.pages.offers import said
from smilecity.places.rules import ical


def date(occasion: Occasion, start: str) -> ical.Entry:
    """One date as an event of its own; `start` is the node's public address."""
    return _entry(occasion.offer, f"{occasion.id}", occasion, start)


def series(offer: Offer, dates: list[Occasion], start: str) -> list[ical.Entry]:
    """The offer with its recurrence; of these dates those that were moved or cancelled say so."""
    uid = f"offer-{offer.noun_id}"
    if not offer.rule and not offer.extra:
        return [_entry(offer, uid, one, start) for one in dates]
    whole = _entry(offer, uid, None, start)
    moved = [one for one in dates if one.cancelled or one.during.lower != one.start]
    return [whole, *(_entry(offer, uid, one, start) for one in moved)]


def _entry(offer: Offer, uid: str, occasion: Occasion | None, start: str) -> ical.Entry:
    """The offer at this date, or with all of them if none is given."""
    language = get_language() or "de"
    noun, note = offer.noun, in_text(occasion.note, language) if occasion else ""
    begins, length = (
        (occasion.during.lower, occasion.during.upper - occasion.during.lower)
        if occasion
        else (
            offer.starts_at,
            offer.duration,
        )
    )
    position = (noun.geo or {}).get("coordinates")
    return ical.Entry(
        uid=f"{uid}@{urlsplit(start).hostname}",
        title=in_text(noun.title, language),
        starts=_wall(begins),
        minutes=int(length.total_seconds()) // 60,
        text="\n".join(part for part in (note, in_text(noun.text, language)) if part),
        where=said.where(offer, language),
        url=f"{start}{said.address(offer, occasion)}",
        rule="" if occasion else offer.rule,
        extra=() if occasion else tuple(offer.extra),
        without=() if occasion else tuple(offer.without),
        cancelled=bool(occasion and occasion.cancelled) or offer.cancelled_at is not None,
        instance=_wall(occasion.start) if occasion and uid.startswith("offer-") and offer.rule else None,
        position=(position[0], position[1]) if position else None,
    )


def _wall(moment: datetime) -> datetime:
    return moment.astimezone(settings.SMILE.zone).replace(tzinfo=None)
