# SPDX-License-Identifier: EUPL-1.2
"""The only writes of this room."""

from smilecity.space.actions.areas import end_area, keep_area
from smilecity.space.actions.base import draw_base
from smilecity.space.actions.importing import Plan, Report, import_areas

__all__ = ["Plan", "Report", "draw_base", "end_area", "import_areas", "keep_area"]
