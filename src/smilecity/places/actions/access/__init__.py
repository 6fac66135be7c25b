# SPDX-License-Identifier: EUPL-1.2
"""The only writes of access by clubs: doors entrusted, keyholders, when they may open; and codes by telephone.

Grants follow from these rows (`following`). Each action writes its rows first, then takes the controllers' rows in order
of id, then lets the grants follow: whoever comes last sees what all before have written.
"""

from smilecity.places.actions.access.entrusting import end_entrusted, entrust
from smilecity.places.actions.access.following import follow_access
from smilecity.places.actions.access.leaving import forget_keyholders
from smilecity.places.actions.access.letting import dismiss, end_permit, enter, let_in, lose_key, register
from smilecity.places.actions.access.opening import open_door
from smilecity.places.actions.access.phoning import give_code

__all__ = [
    "dismiss",
    "end_entrusted",
    "end_permit",
    "enter",
    "entrust",
    "follow_access",
    "forget_keyholders",
    "give_code",
    "let_in",
    "lose_key",
    "open_door",
    "register",
]
