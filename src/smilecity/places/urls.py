# SPDX-License-Identifier: EUPL-1.2
"""Addresses of this room."""

from django.urls import path

from smilecity.places import api
from smilecity.places.pages import edit, photos, review
from smilecity.places.pages.feed import feed
from smilecity.places.pages.list import places, tile
from smilecity.places.pages.place import place, place_now
from smilecity.places.pages.widget import snippet, widget

app_name = "places"
urlpatterns = [
    path("", places, name="list"),
    path("points.json", api.points, name="points"),
    path("tiles/<int:z>/<int:x>/<int:y>.mvt", tile, name="tile"),
    path("feed.atom", feed, name="feed"),
    path("widget/", widget, name="widget"),
    path("widget/code/", snippet, name="widget-snippet"),
    path("photos/<int:photo>-<int:size>.webp", photos.picture, name="picture"),
    path("<slug:slug>/", place, name="place"),
    path("<slug:slug>/now/", place_now, name="now"),
    path("<slug:slug>/point.json", api.point, name="point"),
]
# Included at `desk/places/`, as `places-desk:`.
desk = (
    [
        path("", edit.written, name="list"),
        path("new/", edit.new, name="new"),
        path("review/<int:change>/", review.review, name="review"),
        path("<slug:slug>/", edit.edit, name="edit"),
        path("<slug:slug>/photos/", photos.photos, name="photos"),
        path("<slug:slug>/photos/<int:photo>/", photos.photo, name="photo"),
    ],
    "places-desk",
)
