# SPDX-License-Identifier: EUPL-1.2
"""Feeds as RPDE 1.0 has them, and the Dataset that they make.

Addresses of this node begin with `HERE`, so that what is kept holds no host; `absolute` puts it there.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from smilecity.core.problems import Refusal

SERIES, SESSIONS, FACILITIES, SLOTS = "session-series", "scheduled-sessions", "facility-uses", "slots"
KINDS = {SERIES: "SessionSeries", SESSIONS: "ScheduledSession", FACILITIES: "FacilityUse", SLOTS: "Slot"}
SESSION_DAYS, SLOT_DAYS = 60, 14
# How long it is told that something is gone; the standard asks for seven days.
GONE_DAYS = 8
PAGE_SIZE = 500
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
# A feed has one licence: texts that may not be given on under it stay out.
GIVES_TEXT = frozenset({"CC-BY-4.0", "CC0-1.0"})
HERE = "\ue000"
SCHEMA, OPENACTIVE = "https://schema.org", "https://openactive.io"


def after(timestamp: str | None, number: str | None) -> tuple[int, int] | None:
    """Where a page of a feed begins, as the address says it; nothing for the first. Refuses half of it and no numbers."""
    if timestamp is None and number is None:
        return None
    found = [
        int(one) for one in (timestamp, number) if one and one.isascii() and one.isdigit() and len(one) < 19
    ]
    if len(found) != 2:
        raise Refusal(
            "openactive.after", "afterTimestamp and afterId belong together, and both are whole numbers.",
            cure="Follow the address that the page before gives as next.", field="afterTimestamp", status=400,
        )  # fmt: skip
    return found[0], found[1]


def page(feed: str, items: Sequence[Mapping[str, Any]], since: tuple[int, int] | None) -> dict[str, Any]:
    """A page of a feed; the last one is empty and names itself as the next."""
    last = (items[-1]["modified"], items[-1]["id"]) if items else since
    query = f"?afterTimestamp={last[0]}&afterId={last[1]}" if last else ""
    return {"next": f"{HERE}/openactive/{feed}{query}", "items": list(items), "license": LICENCE}


def dataset(
    *, name: str, text: str, publisher: dict[str, Any], documentation: str, questions: str, language: str
) -> dict[str, Any]:
    """All feeds together, as search engines and OpenActive's catalogue read them."""
    here = f"{HERE}/openactive/"
    return known(
        {
            "@context": [f"{SCHEMA}/", f"{OPENACTIVE}/"],
            "@type": "Dataset",
            "@id": here,
            "url": here,
            "name": name,
            "description": text,
            "keywords": ["Sport", "Facilities", "Sessions", "Activities", "Physical Activity", "OpenActive"],
            "license": LICENCE,
            "inLanguage": [language],
            "schemaVersion": f"{OPENACTIVE}/modelling-opportunity-data/2.0/",
            "documentation": documentation,
            "discussionUrl": questions,
            "publisher": publisher,
            "distribution": [
                {
                    "@type": "DataDownload",
                    "name": kind,
                    "additionalType": f"{OPENACTIVE}/{kind}",
                    "encodingFormat": "application/vnd.openactive.rpde+json; version=1",
                    "contentUrl": here + feed,
                }
                for feed, kind in KINDS.items()
            ],
        }
    )


def publisher(name: str) -> dict[str, Any]:
    """The city, as the one who publishes."""
    logo = {"@type": "ImageObject", "url": f"{HERE}/city/logo"}
    return {"@type": "Organization", "name": name, "legalName": name, "url": f"{HERE}/", "logo": logo}


def absolute(said: Any, site: str) -> Any:
    """The same with this site's host where an address of ours begins."""
    if isinstance(said, str):
        return site + said[1:] if said.startswith(HERE) else said
    if isinstance(said, Mapping):
        return {name: absolute(value, site) for name, value in said.items()}
    return [absolute(one, site) for one in said] if isinstance(said, list) else said


def known(said: Mapping[str, Any]) -> dict[str, Any]:
    """Without what nobody has said."""
    return {name: value for name, value in said.items() if value not in (None, "", [], {})}
