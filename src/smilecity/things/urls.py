# SPDX-License-Identifier: EUPL-1.2
"""Addresses of this room: the register of sensors. What machines ask is plain ASGI, mounted by the door."""

from django.urls import path

from smilecity.things.pages import desk as at_the_desk
from smilecity.things.pages.downloads import parquet, table
from smilecity.things.pages.list import points, things, tile
from smilecity.things.pages.sign import code, sign
from smilecity.things.pages.thing import point, thing, thing_now

app_name = "things"
urlpatterns = [
    path("", things, name="list"),
    path("points.json", points, name="points"),
    path("tiles/<int:z>/<int:x>/<int:y>.mvt", tile, name="tile"),
    path("<slug:key>/", thing, name="thing"),
    path("<slug:key>/now/", thing_now, name="now"),
    path("<slug:key>/point.json", point, name="point"),
    path("<slug:key>/<int:datastream>.csv", table, name="csv"),
    path("<slug:key>/<int:datastream>.parquet", parquet, name="parquet"),
    path("<slug:key>/sign/", sign, name="sign"),
    path("<slug:key>/qr.svg", code, name="code"),
]
# Included at `desk/things/`, as `things-desk:`.
desk = (
    [
        path("", at_the_desk.things, name="list"),
        path("today/", at_the_desk.today, name="today"),
        path("<slug:key>/declare/", at_the_desk.declare, name="declare"),
    ],
    "things-desk",
)
