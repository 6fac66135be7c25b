# SPDX-License-Identifier: EUPL-1.2
"""The only queries of this room. Map tiles of any nouns are in `reads.tiles`."""

from smilecity.space.reads.areas import (
    Branch,
    area,
    area_at,
    area_by_key,
    areas_of_level,
    counts,
    earlier,
    extent,
    outlined_parts,
    parts,
    today,
    tree,
    whole,
)
from smilecity.space.reads.base import base_map
from smilecity.space.reads.crowds import areas_of_points
from smilecity.space.reads.features import feature, features
from smilecity.space.reads.tiles import tile, tile_answer

__all__ = [
    "Branch",
    "area",
    "area_at",
    "area_by_key",
    "areas_of_level",
    "areas_of_points",
    "base_map",
    "counts",
    "earlier",
    "extent",
    "feature",
    "features",
    "outlined_parts",
    "parts",
    "tile",
    "tile_answer",
    "today",
    "tree",
    "whole",
]
