# SPDX-License-Identifier: EUPL-1.2
"""Addresses of this room."""

from django.urls import path

from smilecity.space import api

app_name = "space"
urlpatterns = [path("base.json", api.base_map, name="base")]
