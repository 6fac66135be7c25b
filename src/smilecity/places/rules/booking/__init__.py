# SPDX-License-Identifier: EUPL-1.2
"""Who may have which unit when: decided the same way for the calendar that is drawn and the write that is guarded."""

from smilecity.places.rules.booking.deciding import (
    ALLOWED,
    ASK,
    REFUSED,
    TAKEN,
    Asked,
    BookingRefusal,
    Decision,
    Facts,
    Slot,
    approval,
    claimed,
    decide,
    fee_cents,
    free,
    next_free,
    why_not,
)
from smilecity.places.rules.booking.explained import explained
from smilecity.places.rules.booking.policy import BUSINESS, CLUB, PERSON, RESIDENTS, Policy, Quota, checked

__all__ = [
    "ALLOWED",
    "ASK",
    "BUSINESS",
    "CLUB",
    "PERSON",
    "REFUSED",
    "RESIDENTS",
    "TAKEN",
    "Asked",
    "BookingRefusal",
    "Decision",
    "Facts",
    "Policy",
    "Quota",
    "Slot",
    "approval",
    "checked",
    "claimed",
    "decide",
    "explained",
    "fee_cents",
    "free",
    "next_free",
    "why_not",
]
