# SPDX-License-Identifier: EUPL-1.2
"""HTML <-> calls: saying what one needs, reading it, needing it too, and deciding."""

from smilecity.citizens.pages.categories import (
    categories,
    categories_import,
    categories_table,
    category,
    category_new,
)
from smilecity.citizens.pages.deputies import deputies
from smilecity.citizens.pages.desk import desk, desk_points, undo_many
from smilecity.citizens.pages.kiosk import kiosk, kiosk_thanks
from smilecity.citizens.pages.list import mine, month, needs
from smilecity.citizens.pages.map import feed, points, tile
from smilecity.citizens.pages.need import need
from smilecity.citizens.pages.photos import photo
from smilecity.citizens.pages.say import offline, say
from smilecity.citizens.pages.sent import code, thanks
from smilecity.citizens.pages.suggesting import alike
from smilecity.citizens.pages.work import work

__all__ = [
    "alike", "categories", "categories_import", "categories_table", "category", "category_new", "code", "deputies",
    "desk", "desk_points", "feed", "kiosk", "kiosk_thanks", "mine", "month", "need", "needs", "offline", "photo",
    "points", "say", "thanks", "tile", "undo_many", "work",
]  # fmt: skip
