# SPDX-License-Identifier: EUPL-1.2
"""OGC API Features, Part 1: every kind of noun as a collection, for machines and as pages, below /ogc/.

What a reader gets is what `core.nouns.sees` lets them see; the addresses behind a language's prefix name things in
that language.
"""

from collections.abc import Callable
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from smilecity.core import clock, words
from smilecity.core.asking import who_asks
from smilecity.core.problems import MEDIA_TYPE as PROBLEM
from smilecity.core.problems import Refusal
from smilecity.space import reads
from smilecity.space.api import ogc_openapi, ogc_write
from smilecity.space.api.ogc_write import GEOJSON, HTML, JSON, OPENAPI, absolute, link
from smilecity.space.rules import features as asked

CLASSES = tuple(
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{one}"
    for one in ("core", "oas30", "html", "geojson")
)
Page = Callable[..., HttpResponse]


def _answers(media: str) -> Callable[[Page], Page]:
    """Decides between this media type and HTML, refuses as the reader can read it, and tells caches the truth."""

    def around(page: Page) -> Page:
        def answer(request: HttpRequest, **place: str) -> HttpResponse:
            as_html = False
            try:
                as_html = _wants_html(request, media)
                response = page(request, as_html, **place)
            except Refusal as refusal:
                response = _refused(request, refusal, as_html=as_html)
            patch_vary_headers(response, ["Accept", "Cookie"])
            response["Cache-Control"] = "private, no-cache"
            response["Access-Control-Allow-Origin"] = "*"
            return response

        return require_safe(answer)

    return around


@_answers(JSON)
def landing(request: HttpRequest, as_html: bool) -> HttpResponse:
    """GET /ogc/: what there is."""
    asked.checked_names(request.GET, ("f",))
    links = [
        *_own_links(request, JSON),
        link(
            request,
            "service-desc",
            reverse("space:ogc-api") + "?f=json",
            OPENAPI,
            _("Beschreibung (OpenAPI 3.0)"),
        ),
        link(request, "service-doc", reverse("space:ogc-api") + "?f=html", HTML, _("Beschreibung zum Lesen")),
        link(request, "conformance", reverse("space:ogc-conformance"), JSON, _("Woran sie sich hält")),
        link(request, "data", reverse("space:ogc-collections"), JSON, _("Alle Sammlungen")),
    ]
    title = _("Offene Daten der Stadt")
    if not as_html:
        return _json({"title": title, "description": _lead(), "links": links})
    rows = [_row(one) for rel in ("data", "service-doc", "conformance") for one in links if one["rel"] == rel]
    return _list(request, title, rows, lead=_lead(), path=[])


@_answers(JSON)
def conformance(request: HttpRequest, as_html: bool) -> HttpResponse:
    """GET /ogc/conformance: which parts of the standard hold."""
    asked.checked_names(request.GET, ("f",))
    if not as_html:
        return _json({"conformsTo": list(CLASSES), "links": _own_links(request, JSON)})
    return _list(request, _("Woran sie sich hält"), [{"title": one, "url": one} for one in CLASSES])


@_answers(OPENAPI)
def api(request: HttpRequest, as_html: bool) -> HttpResponse:
    """GET /ogc/api: this interface as an OpenAPI 3.0 document."""
    asked.checked_names(request.GET, ("f",))
    document = ogc_openapi.document(
        absolute(request, reverse("space:ogc")).rstrip("/"), sorted(words.kinds())
    )
    if not as_html:
        return HttpResponse(orjson.dumps(document), content_type=OPENAPI)
    rows = [
        {"title": operation["get"]["summary"], "text": f"GET {document['servers'][0]['url']}{path}"}
        for path, operation in document["paths"].items()
    ]
    return _list(request, _("Beschreibung zum Lesen"), rows)


@_answers(JSON)
def collections(request: HttpRequest, as_html: bool) -> HttpResponse:
    """GET /ogc/collections: one for each kind of noun."""
    asked.checked_names(request.GET, ("f",))
    found = [_collection(request, kind) for kind in words.kinds()]
    if not as_html:
        return _json({"links": _own_links(request, JSON), "collections": found})
    rows = [
        {"title": one["title"], "url": reverse("space:ogc-items", kwargs={"kind": one["id"]})}
        for one in found
    ]
    return _list(request, _("Alle Sammlungen"), rows)


@_answers(JSON)
def collection(request: HttpRequest, as_html: bool, kind: str) -> HttpResponse:
    """GET /ogc/collections/{kind}."""
    asked.checked_names(request.GET, ("f",))
    found = _collection(request, _known(kind))
    if not as_html:
        return _json(found)
    return _list(request, found["title"], [_row(one) for one in found["links"] if one["rel"] == "items"])


@_answers(GEOJSON)
def items(request: HttpRequest, as_html: bool, kind: str) -> HttpResponse:
    """GET /ogc/collections/{kind}/items?limit=&bbox=&datetime=&after=: a page of features."""
    given = request.GET
    asked.checked_names(given, ("limit", "bbox", "datetime", "after", "f"))
    who = who_asks(request)
    found = reads.features(
        who,
        _known(kind),
        asked.boxes(given.get("bbox", "")),
        asked.span(given.get("datetime", "")),
        after=given.get("after", ""),
        size=asked.limit(given.get("limit", "")),
    )
    made = [ogc_write.feature(request, who, noun) for noun in found.items]
    if as_html:
        return _items_page(request, kind, made, found.after)
    links = [*_own_links(request, GEOJSON), _to_collection(request, kind)]
    if found.after:
        query = given.copy()
        query["after"] = found.after
        links.append(link(request, "next", f"{request.path}?{query.urlencode()}", GEOJSON, _("Weitere")))
    moment = clock.now().isoformat(timespec="seconds").replace("+00:00", "Z")
    body = {"type": "FeatureCollection", "features": made, "numberReturned": len(made), "timeStamp": moment}
    return _json({**body, "links": links}, GEOJSON)


@_answers(GEOJSON)
def item(request: HttpRequest, as_html: bool, kind: str, number: str) -> HttpResponse:
    """GET /ogc/collections/{kind}/items/{id}: one feature."""
    asked.checked_names(request.GET, ("f",))
    who = who_asks(request)
    known = number.isascii() and number.isdigit() and len(number) < 20
    noun = reads.feature(who, _known(kind), int(number)) if known else None
    if noun is None:
        raise _nothing()
    made = ogc_write.feature(request, who, noun)
    if as_html:
        return _item_page(request, kind, made)
    made["links"] = [*_own_links(request, GEOJSON), _to_collection(request, kind)]
    return _json(made, GEOJSON)


def _known(kind: str) -> str:
    if kind not in words.kinds():
        raise _nothing()
    return kind


def _nothing() -> Refusal:
    return Refusal(
        "features.unknown",
        _("Das gibt es hier nicht."),
        cure=_("Alle Sammlungen stehen unter /ogc/collections."),
        status=404,
    )


def _collection(request: HttpRequest, kind: str) -> dict[str, Any]:
    here, there = ({"kind": kind}, "space:ogc-items")
    own = reverse("space:ogc-collection", kwargs=here)
    title = words.kind(kind)
    return {
        "id": kind,
        "title": title,
        "itemType": "feature",
        "crs": [asked.CRS84],
        "links": [
            link(request, "self", own, JSON, title),
            link(request, "items", reverse(there, kwargs=here), GEOJSON, title),
            link(request, "alternate", reverse(there, kwargs=here) + "?f=html", HTML, title),
        ],
    }


def _to_collection(request: HttpRequest, kind: str) -> dict[str, str]:
    way = reverse("space:ogc-collection", kwargs={"kind": kind})
    return link(request, "collection", way, JSON, words.kind(kind))


def _own_links(request: HttpRequest, media: str) -> list[dict[str, str]]:
    query = request.GET.copy()
    query["f"] = "html"
    other = f"{request.path}?{query.urlencode()}"
    return [
        link(request, "self", request.get_full_path(), media, _("Dieses Dokument")),
        link(request, "alternate", other, HTML, _("Dieses Dokument als Seite")),
    ]


def _wants_html(request: HttpRequest, media: str) -> bool:
    wanted = request.GET.get("f")
    if wanted not in (None, "json", "html"):
        raise Refusal("features.wrong-parameter", _("Es gibt die Formen json und html."), field="f")
    if wanted:
        return wanted == "html"
    if "HX-Request" in request.headers:  # further rows of a page, fetched by its script
        return True
    return request.get_preferred_type([media, JSON, HTML]) == HTML


def _json(body: dict[str, Any], media: str = JSON) -> HttpResponse:
    return HttpResponse(orjson.dumps(body), content_type=media)


def _refused(request: HttpRequest, refusal: Refusal, *, as_html: bool) -> HttpResponse:
    if as_html:
        return render(request, "refusal.html", {"refusal": refusal}, status=refusal.status)
    return HttpResponse(orjson.dumps(refusal.problem()), status=refusal.status, content_type=PROBLEM)


def _lead() -> str:
    return _("Alles, was die Stadt veröffentlicht, zum Weiterverwenden: nach dem Standard OGC API Features.")


def _row(one: dict[str, str]) -> dict[str, str]:
    return {"title": one["title"], "url": one["href"]}


def _path(*further: dict[str, str]) -> list[dict[str, str]]:
    return [{"title": _("Offene Daten der Stadt"), "url": reverse("space:ogc") + "?f=html"}, *further]


def _list(
    request: HttpRequest,
    title: str,
    rows: list[dict[str, str]],
    *,
    lead: str = "",
    path: list[dict[str, str]] | None = None,
) -> HttpResponse:
    query = request.GET.copy()
    query["f"] = "json"
    context = {
        "title": title,
        "lead": lead,
        "rows": rows,
        "path": _path({"title": title}) if path is None else path,
        "machine": f"{request.path}?{query.urlencode()}",
    }
    return render(request, "space/ogc_list.html", context)


def _items_page(request: HttpRequest, kind: str, made: list[dict[str, Any]], after: str) -> HttpResponse:
    query = request.GET.copy()
    query["f"] = "json"
    title = words.kind(kind)
    here = reverse("space:ogc-items", kwargs={"kind": kind})
    rows = [
        {
            "id": one["id"],
            "title": one["properties"]["title"],
            "area": one["properties"].get("area_name", ""),
            "url": f"{here}/{one['id']}?f=html",
        }
        for one in made
    ]
    context = {
        "title": title,
        "rows": rows,
        "after": after,
        "machine": f"{request.path}?{query.urlencode()}",
        "mapped": any(one["geometry"] for one in made),
        "path": _path({"title": title}),
    }
    return render(request, "space/ogc_items.html", context)


def _item_page(request: HttpRequest, kind: str, made: dict[str, Any]) -> HttpResponse:
    title = made["properties"]["title"]
    ways = {"title": words.kind(kind), "url": reverse("space:ogc-items", kwargs={"kind": kind}) + "?f=html"}
    context = {
        "title": title,
        "facts": [(name, ogc_write.as_text(value)) for name, value in made["properties"].items()],
        "url": made["properties"].get("url", ""),
        "machine": f"{request.path}?f=json",
        "mapped": bool(made["geometry"]),
        "path": _path(ways, {"title": title}),
    }
    return render(request, "space/ogc_item.html", context)
