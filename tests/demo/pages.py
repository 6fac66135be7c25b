# SPDX-License-Identifier: EUPL-1.2
"""Every page there is, once: whoever adds a page adds its address here, so that it is looked at everywhere."""

PAGES = (
    "/",
    "/places/",
    "/places/?category=sport",
    "/places/hafensport/",
    "/places/stadtbibliothek/",
    "/say/",
    "/say/?about={hafensport}",
    "/say/thanks/",
    "/imprint/",
    "/privacy/",
    "/accessibility/",
    "/nothing-here/",
)
LANGUAGES = {"de": "", "en": "/en"}
WIDTHS = {"phone": 360, "desk": 1280}
