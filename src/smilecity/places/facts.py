# SPDX-License-Identifier: EUPL-1.2
"""What this room announces in the log."""

PLACE_KEPT = "place-kept"
UNIT_KEPT = "unit-kept"
SENSE_KEPT = "sense-kept"
