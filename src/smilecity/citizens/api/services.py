# SPDX-License-Identifier: EUPL-1.2
"""What there is to ask, and what can be reported: discovery, services and their definitions."""

from collections.abc import Callable
from typing import Protocol

from django.http import HttpRequest

from smilecity.citizens import reads
from smilecity.citizens.api.said import CITYSDK, MEDIA, Row, Said, answered, is_citysdk, language_of
from smilecity.citizens.models import Category
from smilecity.citizens.rules import open311
from smilecity.core.elsewhere import site
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
# When these interfaces last changed for those who read them.
CHANGESET = "2026-11-22T12:00:00Z"


class City(Protocol):
    """Whose node it is."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def contact(self) -> str:
        """How it is reached."""


@answered("GET")
def discovery(request: HttpRequest, city: Callable[[], City]) -> Said:
    """GET discovery.<form>: where the interface is, and who is asked about it."""
    here = city()
    endpoint = {
        "specification": SPECIFICATION,
        "url": f"{site(request)}{CITYSDK if is_citysdk(request) else '/open311/v2/'}".rstrip("/"),
        "changeset": CHANGESET,
        "type": "production",
        "formats": [media.partition(";")[0] for media in MEDIA.values()],
    }
    contact = ", ".join(part for part in (here.name, *here.contact.splitlines()) if part)
    row = {"changeset": CHANGESET, "contact": contact, "key_service": contact, "endpoints": [endpoint]}
    return Said("discovery", "", row)


@answered("GET")
def services(request: HttpRequest) -> Said:
    """GET services.<form>: what can be reported."""
    offered = [one for group in reads.offered(ANYONE) for one in (group.inside or [group.category])]
    return Said("services", "service", [_service(request, one) for one in offered])


@answered("GET")
def definition(request: HttpRequest, code: str) -> Said:
    """GET services/<code>.<form>: what is asked besides."""
    found = chosen(code)
    asked = open311.attributes(found.asks, language_of(request))
    return Said("service_definition", "", {"service_code": found.code, "attributes": asked})


def chosen(code: str) -> Category:
    """The category that can be chosen by this code; 404 for others, as GeoReport wants it."""
    try:
        found = reads.category(ANYONE, code)
    except Refusal as refusal:
        refusal.status = 404
        raise
    if found is None:
        raise open311.wrong("service_code", "Say by service_code what it is about; the list is at services.")
    return found


def _service(request: HttpRequest, category: Category) -> Row:
    """CitySDK's clients look for the kind of report among the keywords, and for nothing else."""
    language = language_of(request)
    return {
        "service_code": category.code,
        "service_name": in_text(category.title, language),
        "description": in_text(category.text, language),
        "metadata": bool(category.asks),
        "type": "realtime",
        "keywords": "problem" if is_citysdk(request) else ", ".join(category.words.split()),
        "group": in_text(category.parent.title, language) if category.parent else "",
    }
