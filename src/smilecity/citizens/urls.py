# SPDX-License-Identifier: EUPL-1.2
"""Addresses of this room: saying something, and what was said."""

from django.urls import path

from smilecity.citizens import pages

app_name = "citizens"
urlpatterns = [
    path("", pages.say, name="say"),
    path("thanks/", pages.thanks, name="thanks"),
]
# Included at the root, as `needs:`.
needs = (
    [
        path("needs/", pages.needs, name="list"),
        path("needs/<uuid:form>/", pages.need, name="need"),
        path("me/needs/", pages.mine, name="mine"),
        path("desk/needs/", pages.desk, name="desk"),
    ],
    "needs",
)
