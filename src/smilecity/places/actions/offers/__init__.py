# SPDX-License-Identifier: EUPL-1.2
"""Offers: written, looked at, published; their dates; and who comes."""

from smilecity.places.actions.offers.changing import (
    cancel_occasion,
    cancel_offer,
    move_occasion,
    note_occasion,
)
from smilecity.places.actions.offers.dates import write_occasions
from smilecity.places.actions.offers.importing import import_offers
from smilecity.places.actions.offers.keeping import (
    copy_season,
    drop_offer,
    keep_offer,
    publish_offer,
    return_offer,
    send_offer,
    trust_organisation,
)
from smilecity.places.actions.offers.seats import (
    Registered,
    forget_registered,
    keep_capacity,
    register,
    unregister,
    unregister_by_token,
)

__all__ = [
    "Registered",
    "cancel_occasion",
    "cancel_offer",
    "copy_season",
    "drop_offer",
    "forget_registered",
    "import_offers",
    "keep_capacity",
    "keep_offer",
    "move_occasion",
    "note_occasion",
    "publish_offer",
    "register",
    "return_offer",
    "send_offer",
    "trust_organisation",
    "unregister",
    "unregister_by_token",
    "write_occasions",
]
