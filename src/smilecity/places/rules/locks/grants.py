# SPDX-License-Identifier: EUPL-1.2
"""How far a grant reaches where nobody can be asked."""

from datetime import timedelta

AFTER_HOURS = ("staff",)
"""Grants of those who must get in when the place is closed, too, such as after a storm."""
KNOWN_AHEAD = timedelta(days=60)
"""So far ahead a controller is told when the place is open; a message has its limits."""
