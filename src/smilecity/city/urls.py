# SPDX-License-Identifier: EUPL-1.2
"""Addresses of all rooms: German without a prefix, every other language behind its own."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from smilecity.citizens.urls import needs, open311, open311_discovery
from smilecity.city import api, pages, search
from smilecity.city.demo.pages import demo
from smilecity.city.identity import identity
from smilecity.governance.urls import desk as projects_desk
from smilecity.places.urls import (
    access_desk,
    bookings,
    bookings_desk,
    box,
    lending_desk,
    my_doors,
    my_loans,
    offers,
    offers_desk,
    openactive,
    openactive_page,
)
from smilecity.places.urls import desk as places_desk
from smilecity.things.urls import desk as things_desk

handler404 = pages.not_found

urlpatterns = [
    path("api/openapi.json", api.openapi, name="openapi"),
    path("api/", api.api.urls),
    path("manifest.webmanifest", pages.web_manifest, name="web-manifest"),
    path("sw.js", pages.worker, name="worker"),
    path("city/logo", pages.logo, name="city-logo"),
    path("city/theme.css", pages.theme, name="city-theme"),
    path("openactive/", include(openactive)),
    path("open311/v2/", include(open311_discovery), {"city": identity}),
    path("open311/v2/", include(open311)),
    path("citysdk/", include(open311_discovery), {"city": identity}),
    path("citysdk/", include(open311, namespace="citysdk")),
    *i18n_patterns(
        path("", pages.start, name="start"),
        path("now/", pages.start_now, name="start-now"),
        path("offline/", pages.offline, name="offline"),
        path("imprint/", pages.imprint, name="imprint"),
        path("privacy/", pages.privacy, name="privacy"),
        path("accessibility/", pages.accessibility, name="accessibility"),
        path("house-rules/", pages.house_rules, name="house-rules"),
        path("accessibility/feedback/", pages.barrier, name="accessibility-feedback"),
        path("desk/city/", pages.desk_city, name="desk-city"),
        path("demo/", demo, name="demo"),
        path("search/", search.found, name="search"),
        path("desk/", include("smilecity.city.desk.urls")),
        path("desk/places/", include(places_desk)),
        path("desk/offers/", include(offers_desk)),
        path("desk/bookings/", include(bookings_desk)),
        path("me/bookings/", include(bookings)),
        path("desk/lending/", include(lending_desk)),
        path("me/loans/", include(my_loans)),
        path("desk/access/", include(access_desk)),
        path("me/doors/", include(my_doors)),
        path("box/", include(box)),
        path("desk/things/", include(things_desk)),
        path("desk/projects/", include(projects_desk)),
        path("places/", include("smilecity.places.urls")),
        path("offers/", include(offers)),
        path("projects/", include("smilecity.governance.urls")),
        path("openactive/", include(openactive_page), {"city": lambda: identity().name}),
        path("things/", include("smilecity.things.urls")),
        path("say/", include("smilecity.citizens.urls")),
        path("", include(needs)),
        path("", include("smilecity.space.urls")),
        path("", include("smilecity.people.urls")),
        prefix_default_language=False,
    ),
]
