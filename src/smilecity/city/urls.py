# SPDX-License-Identifier: EUPL-1.2
"""Addresses of all rooms: German without a prefix, every other language behind its own."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from smilecity.city import api, pages

handler404 = pages.not_found

urlpatterns = [
    path("api/openapi.json", api.openapi, name="openapi"),
    path("api/", api.api.urls),
    *i18n_patterns(
        path("", pages.start, name="start"),
        path("now/", pages.start_now, name="start-now"),
        path("imprint/", pages.imprint, name="imprint"),
        path("privacy/", pages.privacy, name="privacy"),
        path("accessibility/", pages.accessibility, name="accessibility"),
        path("places/", include("smilecity.places.urls")),
        path("say/", include("smilecity.citizens.urls")),
        path("space/", include("smilecity.space.urls")),
        path("account/", include("allauth.urls")),
        path("", include("smilecity.people.urls")),
        prefix_default_language=False,
    ),
]
