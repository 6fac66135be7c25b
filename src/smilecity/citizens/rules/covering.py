# SPDX-License-Identifier: EUPL-1.2
"""Which parts of a picture are covered: faces, number plates, names at a door."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from django.utils.translation import gettext as _

from smilecity.core.pictures import Box
from smilecity.core.problems import Refusal

MOST_COVERS = 12
# What is smaller would keep a cell for every few pixels.
LEAST_PIXELS = 24


@dataclass(frozen=True, slots=True)
class Cover:
    """A rectangle in percent of the picture, from its upper left corner."""

    left: float
    top: float
    width: float
    height: float


def boxes(covers: Sequence[Cover], width: int, height: int) -> list[Box]:
    """The pixels of a picture of this size that they cover, none of them less than was meant."""
    if not covers:
        raise _refused("photo.no-cover", _("Sagen Sie, welche Stelle verdeckt werden soll."))
    if len(covers) > MOST_COVERS:
        raise _refused("photo.too-many-covers", _("Verdecken Sie bis zu 12 Stellen auf einmal."))
    return [_box(one, width, height) for one in covers]


def _box(one: Cover, width: int, height: int) -> Box:
    if not (0 <= one.left < 100 and 0 <= one.top < 100 and one.width > 0 and one.height > 0):
        raise _refused("photo.cover-outside", _("Diese Stelle liegt nicht im Bild."))
    left, top = floor(one.left * width / 100), floor(one.top * height / 100)
    right = min(width, ceil((one.left + one.width) * width / 100))
    bottom = min(height, ceil((one.top + one.height) * height / 100))
    if right - left < LEAST_PIXELS or bottom - top < LEAST_PIXELS:
        raise _refused(
            "photo.cover-too-small",
            _("Diese Stelle ist zu klein, um sie sicher unkenntlich zu machen."),
            _("Nehmen Sie etwas mehr vom Bild dazu."),
        )
    return left, top, right, bottom


def _refused(code: str, sentence: str, cure: str = "") -> Refusal:
    return Refusal(code, sentence, cure=cure, field="covers", status=422)
