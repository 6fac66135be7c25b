# SPDX-License-Identifier: EUPL-1.2
"""The only queries of this room; each asks a number of times that does not grow with the city."""

from smilecity.places.reads.entries import (
    PAGE_SIZE,
    followed,
    people_senses,
    place,
    readings,
    units,
    version,
    visible,
    with_people,
)
from smilecity.places.reads.finding import (
    COUNTED_TO,
    Choice,
    districts,
    found,
    keeper,
    newest,
    sought,
    sought_and_counted,
    spans_end_soon,
    with_position,
)
from smilecity.places.reads.snapshot import Hour, Snapshot, snapshot

__all__ = [
    "COUNTED_TO",
    "PAGE_SIZE",
    "Choice",
    "Hour",
    "Snapshot",
    "districts",
    "followed",
    "found",
    "keeper",
    "newest",
    "people_senses",
    "place",
    "readings",
    "snapshot",
    "sought",
    "sought_and_counted",
    "spans_end_soon",
    "units",
    "version",
    "visible",
    "with_people",
    "with_position",
]
