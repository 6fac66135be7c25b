# SPDX-License-Identifier: EUPL-1.2
"""Addresses of this room."""

from django.urls import path

from smilecity.space.api import base, ogc
from smilecity.space.pages import areas, importing

app_name = "space"
urlpatterns = [
    path("space/base.json", base.base_map, name="base"),
    path("areas/", areas.tree, name="areas"),
    path("areas/<str:key>/", areas.area, name="area"),
    path("areas/<str:key>/outline.json", base.outline, name="outline"),
    path("desk/areas/", importing.desk, name="desk-areas"),
    path("ogc/", ogc.landing, name="ogc"),
    path("ogc/conformance", ogc.conformance, name="ogc-conformance"),
    path("ogc/api", ogc.api, name="ogc-api"),
    path("ogc/collections", ogc.collections, name="ogc-collections"),
    path("ogc/collections/<str:kind>", ogc.collection, name="ogc-collection"),
    path("ogc/collections/<str:kind>/items", ogc.items, name="ogc-items"),
    path("ogc/collections/<str:kind>/items/<str:number>", ogc.item, name="ogc-item"),
]
