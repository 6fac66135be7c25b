# SPDX-License-Identifier: EUPL-1.2
"""Open311 for apps and other programmes: GeoReport v2 below /open311/v2/, Klarschiff's CitySDK below /citysdk/."""

from smilecity.citizens.api.citysdk import abuses, areas, comments, coverage, notes, votes
from smilecity.citizens.api.requests import photo, request, requests, token
from smilecity.citizens.api.said import nothing
from smilecity.citizens.api.services import definition, discovery, services

__all__ = [
    "abuses", "areas", "comments", "coverage", "definition", "discovery", "notes", "nothing", "photo", "request",
    "requests", "services", "token", "votes",
]  # fmt: skip
