# SPDX-License-Identifier: EUPL-1.2
"""Addresses of this room."""

from django.urls import path

from smilecity.places import api
from smilecity.places.pages.list import places
from smilecity.places.pages.place import place, place_now

app_name = "places"
urlpatterns = [
    path("", places, name="list"),
    path("points.json", api.points, name="points"),
    path("<slug:slug>/", place, name="place"),
    path("<slug:slug>/now/", place_now, name="now"),
    path("<slug:slug>/point.json", api.point, name="point"),
]
