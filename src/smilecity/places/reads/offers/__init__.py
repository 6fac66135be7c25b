# SPDX-License-Identifier: EUPL-1.2
"""Offers and their dates: found by residents, kept by organisers; and who comes to them."""

from smilecity.places.reads.offers.calendars import calendar_of
from smilecity.places.reads.offers.coming import (
    by_token,
    free_seats,
    mine,
    mine_at,
    occasion,
    position,
    registered,
    waiting_seats,
)
from smilecity.places.reads.offers.finding import (
    calendar,
    coming,
    counted,
    found,
    next_of,
    offer,
    places_with,
    sought,
    with_position,
)
from smilecity.places.reads.offers.kept import (
    becoming,
    dates,
    described,
    editable,
    editable_id,
    imported,
    is_trusted,
    organisers,
    waiting,
    written,
)
from smilecity.places.reads.offers.trusting import Trust, to_trust, trusts

__all__ = [
    "Trust",
    "becoming",
    "by_token",
    "calendar",
    "calendar_of",
    "coming",
    "counted",
    "dates",
    "described",
    "editable",
    "editable_id",
    "found",
    "free_seats",
    "imported",
    "is_trusted",
    "mine",
    "mine_at",
    "next_of",
    "occasion",
    "offer",
    "organisers",
    "places_with",
    "position",
    "registered",
    "sought",
    "to_trust",
    "trusts",
    "waiting",
    "waiting_seats",
    "with_position",
    "written",
]
