# SPDX-License-Identifier: EUPL-1.2
"""Addresses of all rooms: German without a prefix, every other language behind its own."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from smilecity.citizens.urls import needs
from smilecity.city import api, pages, search
from smilecity.city.demo.pages import demo
from smilecity.places.urls import bookings, bookings_desk, box, lending_desk, my_loans, offers, offers_desk
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
    *i18n_patterns(
        path("", pages.start, name="start"),
        path("now/", pages.start_now, name="start-now"),
        path("offline/", pages.offline, name="offline"),
        path("imprint/", pages.imprint, name="imprint"),
        path("privacy/", pages.privacy, name="privacy"),
        path("accessibility/", pages.accessibility, name="accessibility"),
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
        path("box/", include(box)),
        path("desk/things/", include(things_desk)),
        path("places/", include("smilecity.places.urls")),
        path("offers/", include(offers)),
        path("things/", include("smilecity.things.urls")),
        path("say/", include("smilecity.citizens.urls")),
        path("", include(needs)),
        path("", include("smilecity.space.urls")),
        path("", include("smilecity.people.urls")),
        prefix_default_language=False,
    ),
]
