# SPDX-License-Identifier: EUPL-1.2
"""Machine formats: places and bookings as JSON below /api/, and places as GeoJSON for the maps of the pages."""

from smilecity.places.api.booking import router as bookings
from smilecity.places.api.booking import units
from smilecity.places.api.places import point, points, router

__all__ = ["bookings", "point", "points", "router", "units"]
