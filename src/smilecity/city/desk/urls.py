# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the desk that belong to no single room."""

from django.urls import path

from smilecity.city.desk import pages

app_name = "desk"
urlpatterns = [
    path("", pages.today, name="today"),
    path("inbox/", pages.inbox_page, name="inbox"),
    path("search/", pages.search_page, name="search"),
    path("bulk/", pages.bulk_page, name="bulk"),
    path("undo/<int:undo_id>/", pages.undo_page, name="undo"),
    path("history/<int:noun_id>/", pages.history_page, name="history"),
]
