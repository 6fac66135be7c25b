# SPDX-License-Identifier: EUPL-1.2
"""The only writes of this room."""

from smilecity.places.actions.entries import keep_place, keep_sense, keep_unit

__all__ = ["keep_place", "keep_sense", "keep_unit"]
