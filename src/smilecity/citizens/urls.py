# SPDX-License-Identifier: EUPL-1.2
"""Addresses of this room: saying something, and what was said."""

from django.urls import path, re_path

from smilecity.citizens import api, pages
from smilecity.citizens.pages import (
    abuse,
    covering,
    moderation,
    numbers,
    opendata,
    pulse,
    pulse_desk,
    pulse_results,
    talk,
)
from smilecity.citizens.pages.all import everything
from smilecity.citizens.pages.doors import paper, phone, tables

app_name = "citizens"
urlpatterns = [
    path("", pages.say, name="say"),
    path("alike/", pages.alike, name="alike"),
    path("offline/", pages.offline, name="offline"),
    path("paper/", paper.sheet, name="paper"),
    path("thanks/", pages.thanks, name="thanks"),
]
# Included at the root, as `needs:`.
needs = (
    [
        path("needs/", pages.needs, name="list"),
        path("needs/all/", everything, name="all"),
        path("needs/code/", pages.code, name="code"),
        path("needs/feed.atom", pages.feed, name="feed"),
        path("needs/points.json", pages.points, name="points"),
        path("needs/tiles/<int:z>/<int:x>/<int:y>.mvt", pages.tile, name="tile"),
        path("needs/<uuid:form>/", pages.need, name="need"),
        path("needs/<uuid:form>/talk/", talk.say, name="talk"),
        path("needs/<uuid:form>/report/", abuse.report_need, name="report"),
        path("comments/<int:number>/", talk.comment, name="comment"),
        path("comments/<int:number>/report/", abuse.report_comment, name="report-comment"),
        path("needs/numbers/", numbers.numbers, name="numbers"),
        path("needs/numbers.csv", numbers.numbers_csv, name="numbers-csv"),
        path("needs/numbers.json", numbers.numbers_json, name="numbers-json"),
        path("needs/data/", opendata.about, name="data"),
        path("needs.csv", opendata.needs_csv, name="needs-csv"),
        path("needs.json", opendata.needs_json, name="needs-json"),
        path("needs/comments.csv", opendata.comments_csv, name="comments-csv"),
        path("needs/comments.json", opendata.comments_json, name="comments-json"),
        path("desk/moderation/", moderation.queue, name="moderation"),
        path("desk/moderation/comments/<int:number>/", moderation.comment, name="moderate-comment"),
        path("desk/moderation/needs/<int:number>/", moderation.need, name="moderate-need"),
        path("needs/<uuid:form>/photos/<int:number>.webp", pages.photo, name="photo"),
        path("kiosk/", pages.kiosk, name="kiosk"),
        path("kiosk/thanks/", pages.kiosk_thanks, name="kiosk-thanks"),
        path("me/needs/", pages.mine, name="mine"),
        path("desk/needs/", pages.desk, name="desk"),
        path("desk/needs/points.json", pages.desk_points, name="desk-points"),
        path("desk/needs/undo/<int:undo_id>/", pages.undo_many, name="undo"),
        path("desk/needs/<uuid:form>/", pages.work, name="work"),
        path("desk/needs/<uuid:form>/photos/<int:number>/", covering.cover, name="cover"),
        path("desk/deputies/", pages.deputies, name="deputies"),
        path("desk/categories/", pages.categories, name="categories"),
        path("desk/categories/new/", pages.category_new, name="category-new"),
        path("desk/categories/table.csv", pages.categories_table, name="categories-table"),
        path("desk/categories/import/", pages.categories_import, name="categories-import"),
        path("desk/categories/at/<slug:code>/", pages.category, name="category"),
        path("desk/needs/phone/", phone.phone, name="phone"),
        path("desk/needs/paper/", paper.paper, name="paper"),
        path("desk/needs/paper/print/", paper.sheets, name="sheets"),
        path("desk/needs/table/", tables.tables, name="tables"),
        path("desk/needs/table/<int:number>/", tables.table, name="table"),
        path("desk/needs/table/<int:number>/take/", tables.take, name="table-take"),
        *(
            path(
                f"desk/needs/table/<int:number>/{what}/", tables.change, {"what": what}, name=f"table-{what}"
            )
            for what in ("stop", "go-on", "remove")
        ),
        path("pulse/", pulse.pulse, name="pulse"),
        path("pulse/results/", pulse_results.results, name="pulse-results"),
        path("pulse/results.json", pulse_results.results_json, name="pulse-json"),
        path("pulse/results.geojson", pulse_results.results_map, name="pulse-map"),
        path("pulse/results.csv", pulse_results.results_csv, name="pulse-csv"),
        path("pulse/<slug:slug>/", pulse.pulse, name="pulse-one"),
        path("desk/pulse/", pulse_desk.pulses, name="desk-pulse"),
        path("desk/pulse/new/", pulse_desk.keep, name="desk-pulse-new"),
        path("desk/pulse/<slug:slug>/", pulse_desk.keep, name="desk-pulse-one"),
    ],
    "needs",
)
# Open311: included at /open311/v2/ and, as Klarschiff's clients know it, at /citysdk/. Whose node it is, the city says.
open311_discovery = [re_path(r"^discovery\.(?P<form>json|xml)$", api.discovery)]
open311 = (
    [
        re_path(r"^services\.(?P<form>json|xml)$", api.services),
        re_path(r"^services/(?P<code>[^/]+)\.(?P<form>json|xml)$", api.definition),
        re_path(r"^requests\.(?P<form>json|xml)$", api.requests),
        re_path(r"^requests/(?P<number>[^/]+)\.(?P<form>json|xml)$", api.request),
        re_path(r"^requests/abuses/(?P<number>[^/]+)\.(?P<form>json|xml)$", api.abuses),
        re_path(r"^requests/comments/(?P<number>[^/]+)\.(?P<form>json|xml)$", api.comments),
        re_path(r"^requests/notes/(?P<number>[^/]+)\.(?P<form>json|xml)$", api.notes),
        re_path(r"^requests/votes/(?P<number>[^/]+)\.(?P<form>json|xml)$", api.votes),
        re_path(r"^tokens/(?P<token>[^/]+)\.(?P<form>json|xml)$", api.token),
        re_path(r"^areas\.(?P<form>json|xml)$", api.areas),
        re_path(r"^coverage\.(?P<form>json|xml)$", api.coverage),
        re_path(r"^photos/(?P<number>[0-9]+)\.webp$", api.photo, name="photo"),
        re_path(r"^(?P<rest>.*)\.(?P<form>json|xml)$", api.nothing),
    ],
    "open311",
)
