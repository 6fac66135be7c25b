# SPDX-License-Identifier: EUPL-1.2
"""One answer in JSON and in XML, refusals as GeoReport tells them, and what every address of Open311 shares."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from xml.etree import ElementTree as ET

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt

from smilecity.core.elsewhere import writable
from smilecity.core.problems import Refusal

MEDIA = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
CITYSDK = "/citysdk/"
# GeoReport knows three statuses of errors; those of the node itself (too large, too often) are told as they are.
STATUSES = {401: 403, 409: 400, 422: 400}
# What one of them is called in XML.
ONE_OF = {
    "attributes": "attribute", "endpoints": "endpoint", "formats": "format", "media_urls": "media_url", "values": "value"
}  # fmt: skip
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: `root` and `one` are the names of its elements in XML; several `rows`, or a single one."""

    root: str
    one: str
    rows: list[Row] | Row
    status: int = 200


View = Callable[..., Said]


def answered(*methods: str) -> Callable[[View], Callable[..., HttpResponse]]:
    """Answers in the format of the address, whatever happens. HEAD goes where GET goes.

    Nobody is signed in here, a browser's cookie opens nothing: so there is no token against forged forms either.
    """

    def around(view: View) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def one(request: HttpRequest, *, form: str, **given: str) -> HttpResponse:
            try:
                if request.method not in (*methods, *(("HEAD",) if "GET" in methods else ())):
                    raise Refusal(
                        "request.method", f"This address takes {' and '.join(methods)}.", status=405
                    )
                if "\0" in request.path or "\0" in "".join(query_of(request).values()):
                    raise Refusal(
                        "request.bad-address", "There is a character in this address that none has."
                    )
                with override("en"):  # as everything that machines read
                    return written(request, view(request, **given), form)
            except Refusal as refusal:
                return written(request, refused(refusal), form)

        return one

    return around


@answered("GET", "POST", "PUT", "PATCH", "DELETE")
def nothing(request: HttpRequest, rest: str) -> Said:
    """What is not there is said in the same way."""
    raise Refusal("request.unknown", "There is nothing at this address.", status=404)


def query_of(request: HttpRequest) -> dict[str, str]:
    """The query string; of a parameter that came twice the last."""
    return {name: str(value) for name, value in request.GET.items()}


def is_citysdk(request: HttpRequest) -> bool:
    """Whether a client of CitySDK asks, by the address."""
    return request.path.startswith(CITYSDK)


def language_of(request: HttpRequest) -> str:
    """The language of names: the one asked for by `locale`, else the city's."""
    asked = request.GET.get("locale", "")[:2]
    return asked if asked in dict(settings.LANGUAGES) else str(settings.LANGUAGE_CODE)


def refused(refusal: Refusal) -> Said:
    """A refusal; its stable code begins the description."""
    status = STATUSES.get(refusal.status, refusal.status)
    with override("en"):
        return Said("errors", "error", [{"code": status, "description": str(refusal)}], status)


def written(request: HttpRequest, said: Said, form: str) -> HttpResponse:
    """The answer as it goes out. Whatever is public may be read by other sites' pages, too."""
    body = orjson.dumps(said.rows) if form == "json" else _xml(said, typed=is_citysdk(request))
    response = HttpResponse(body, status=said.status, content_type=MEDIA[form])
    response["Cache-Control"] = "no-cache"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _xml(said: Said, *, typed: bool) -> bytes:
    """`typed` marks lists as Rails does: without that its clients take a list of one for the one."""
    root = ET.Element(said.root)
    if isinstance(said.rows, dict):
        _into(root, said.rows)
    else:
        if typed and said.root != "errors":
            root.set("type", "array")
        for row in said.rows:
            _into(ET.SubElement(root, said.one), row)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _into(element: ET.Element, value: Any) -> None:
    if isinstance(value, dict):
        for name, inside in value.items():
            _into(ET.SubElement(element, name), inside)
    elif isinstance(value, list):
        for inside in value:
            _into(ET.SubElement(element, ONE_OF[element.tag]), inside)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = writable(str(value))
