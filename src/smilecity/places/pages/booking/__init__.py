# SPDX-License-Identifier: EUPL-1.2
"""Booking as pages: for residents, for clubs, and at the desk of those who keep a place."""
