# SPDX-License-Identifier: EUPL-1.2
"""Smile Places: places, their units, and what they are like right now."""
