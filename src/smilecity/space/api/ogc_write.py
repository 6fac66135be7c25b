# SPDX-License-Identifier: EUPL-1.2
"""How a noun and a link are written as GeoJSON."""

from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from smilecity.core.models import Noun
from smilecity.core.nouns import in_text, may_see, page_address
from smilecity.core.who import Who

JSON = "application/json"
GEOJSON = "application/geo+json"
HTML = "text/html"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"


def absolute(request: HttpRequest, path: str) -> str:
    """The whole address: the node's public one, where it has been told."""
    return f"{settings.SMILE.address}{path}" if settings.SMILE.address else request.build_absolute_uri(path)


def link(request: HttpRequest, rel: str, path: str, media: str, title: str) -> dict[str, str]:
    """A link as the standard writes it."""
    return {
        "href": absolute(request, path),
        "rel": rel,
        "type": media,
        "title": title,
        "hreflang": get_language() or settings.LANGUAGE_CODE,
    }


def feature(request: HttpRequest, who: Who, noun: Noun) -> dict[str, Any]:
    """The noun as a feature: what its page says in the reader's language, and the facts its room publishes.

    A keeper that the reader would not see is not named.
    """
    language = get_language() or settings.LANGUAGE_CODE
    said: dict[str, Any] = {
        "title": in_text(noun.title, language),
        "text": in_text(noun.text, language),
        "kind": noun.kind,
        "licence": noun.licence,
        "changed": noun.changed_at.isoformat().replace("+00:00", "Z"),
    }
    if path := page_address(noun):
        said["url"] = absolute(request, path)
    if noun.area and may_see(who, noun.area):
        said["area_key"] = noun.area.address.removeprefix("areas/")
        said["area_name"] = in_text(noun.area.title, language)
    if noun.keeper and may_see(who, noun.keeper):
        said["keeper"] = in_text(noun.keeper.title, language)
    return {"type": "Feature", "id": noun.id, "geometry": noun.geo, "properties": {**noun.facts, **said}}


def as_text(value: Any) -> str:
    """A property as a person reads it."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()
