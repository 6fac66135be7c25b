# SPDX-License-Identifier: EUPL-1.2
"""What this room announces in the log."""

AREA_KEPT = "area-kept"
BASE_DRAWN = "base-drawn"
