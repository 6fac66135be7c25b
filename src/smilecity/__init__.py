# SPDX-License-Identifier: EUPL-1.2
"""Smile City: an open platform with which a city starts from its people."""

__version__ = "0.1.0"
