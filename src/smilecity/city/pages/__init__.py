# SPDX-License-Identifier: EUPL-1.2
"""The node's own pages: the start, what the law asks for, the city's look, and for when something is wrong."""

from smilecity.city.pages.installed import offline, web_manifest, worker
from smilecity.city.pages.legal import accessibility, barrier, house_rules, imprint, privacy
from smilecity.city.pages.look import desk_city, logo, theme
from smilecity.city.pages.start import start, start_now
from smilecity.city.pages.wrong import csrf_failed, not_found

__all__ = [
    "accessibility",
    "barrier",
    "csrf_failed",
    "desk_city",
    "house_rules",
    "imprint",
    "logo",
    "not_found",
    "offline",
    "privacy",
    "start",
    "start_now",
    "theme",
    "web_manifest",
    "worker",
]
