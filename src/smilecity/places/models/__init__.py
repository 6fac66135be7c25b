# SPDX-License-Identifier: EUPL-1.2
"""Tables of this room."""

from smilecity.places.models.access import Entrusted, Keyholder, Permit
from smilecity.places.models.booking import Booking, Claim, Policy, Season, Series
from smilecity.places.models.lending import Chore, Kit, Liability, Loan, Pause
from smilecity.places.models.locks import Access, Compartment, Controller, Grant, Handle, LockCommand
from smilecity.places.models.offers import Occasion, Offer, Registration
from smilecity.places.models.openactive import FeedItem
from smilecity.places.models.opening import Exceptional, Limit, SchoolHoliday
from smilecity.places.models.place import Change, OpenSpan, Photo, Place, Sense, Unit

__all__ = [
    "Access",
    "Booking",
    "Change",
    "Chore",
    "Claim",
    "Compartment",
    "Controller",
    "Entrusted",
    "Exceptional",
    "FeedItem",
    "Grant",
    "Handle",
    "Keyholder",
    "Kit",
    "Liability",
    "Limit",
    "Loan",
    "LockCommand",
    "Occasion",
    "Offer",
    "OpenSpan",
    "Pause",
    "Permit",
    "Photo",
    "Place",
    "Policy",
    "Registration",
    "SchoolHoliday",
    "Season",
    "Sense",
    "Series",
    "Unit",
]
