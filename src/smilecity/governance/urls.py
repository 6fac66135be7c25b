# SPDX-License-Identifier: EUPL-1.2
"""Addresses of this room: projects, and the desk of those who write them."""

from django.urls import path

from smilecity.governance import api
from smilecity.governance.pages.desk import one, projects
from smilecity.governance.pages.edit import edit, milestones, new
from smilecity.governance.pages.list import feed
from smilecity.governance.pages.list import projects as listed
from smilecity.governance.pages.project import project

app_name = "projects"
urlpatterns = [
    path("", listed, name="list"),
    path("feed.atom", feed, name="feed"),
    path("points.json", api.points, name="points"),
    path("projects.json", api.table_json, name="json"),
    path("projects.csv", api.table_csv, name="csv"),
    path("<slug:slug>/", project, name="project"),
    path("<slug:slug>/point.json", api.point, name="point"),
]
# Included at /desk/projects/, as `projects-desk:`.
desk = (
    [
        path("", projects, name="list"),
        path("new/", new, name="new"),
        path("<slug:slug>/", one, name="one"),
        path("<slug:slug>/edit/", edit, name="edit"),
        path("<slug:slug>/milestones/", milestones, name="milestones"),
    ],
    "projects-desk",
)
