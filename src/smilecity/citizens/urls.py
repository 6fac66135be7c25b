# SPDX-License-Identifier: EUPL-1.2
"""Addresses of this room."""

from django.urls import path

from smilecity.citizens import pages

app_name = "citizens"
urlpatterns = [
    path("", pages.say, name="say"),
    path("thanks/", pages.thanks, name="thanks"),
]
