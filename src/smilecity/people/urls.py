# SPDX-License-Identifier: EUPL-1.2
"""Addresses: what is mine, organisations, and the desk of those who give roles and keep keys."""

from django.urls import URLPattern, URLResolver, path

from smilecity.people import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("me/", pages.me, name="me"),
]
