# SPDX-License-Identifier: EUPL-1.2
"""Addresses of this room: the register of sensors. What machines ask is plain ASGI, mounted by the door."""

from django.urls import path

from smilecity.things.pages import connectors as connecting
from smilecity.things.pages import desk as at_the_desk
from smilecity.things.pages import devices as at_devices
from smilecity.things.pages import gateways as at_gateways
from smilecity.things.pages import registering, telling
from smilecity.things.pages import tables as at_tables
from smilecity.things.pages import watch as at_watch
from smilecity.things.pages.downloads import parquet, table
from smilecity.things.pages.list import points, things, tile
from smilecity.things.pages.mapping import mapping
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
        path("devices/", at_devices.devices, name="devices"),
        path("devices/new/", registering.new, name="device-new"),
        path("devices/<str:eui>/", at_devices.device, name="device"),
        path("devices/<str:eui>/command/", telling.tell, name="command"),
        path("devices/<str:eui>/command/<int:command>/withdraw/", telling.take_back, name="command-withdraw"),
        path("devices/<str:eui>/feeds/", registering.feeds, name="device-feeds"),
        path("devices/<str:eui>/network/", at_devices.network, name="device-network"),
        path("devices/<str:eui>/note/", at_devices.note, name="device-note"),
        path("devices/<str:eui>/replace/", registering.replace, name="device-replace"),
        path("devices/<str:eui>/retire/", at_devices.retire, name="device-retire"),
        path("gateways/", at_gateways.gateways, name="gateways"),
        path("gateways/<str:gateway_id>/", at_gateways.gateway, name="gateway"),
        path("replay/", at_devices.replay, name="replay"),
        path("connectors/", connecting.connectors, name="connectors"),
        path("connectors/new/<slug:kind>/", connecting.new_connector, name="connector-new"),
        path("connectors/<int:number>/", connecting.connector, name="connector"),
        path("connectors/<int:number>/mapping/", mapping, name="connector-mapping"),
        path("connectors/<int:number>/pause/", connecting.pause, name="connector-pause"),
        path("connectors/<int:number>/remove/", connecting.remove, name="connector-remove"),
        path("tables/", at_tables.tables, name="tables"),
        path("tables/new/", at_tables.new_table, name="table-new"),
        path("tables/<int:number>/", at_tables.table, name="table"),
        path("tables/<int:number>/take/", at_tables.take, name="table-take"),
        path("tables/<int:number>/stop/", at_tables.change, {"what": "stop"}, name="table-stop"),
        path("tables/<int:number>/go-on/", at_tables.change, {"what": "go-on"}, name="table-go-on"),
        path("tables/<int:number>/remove/", at_tables.change, {"what": "remove"}, name="table-remove"),
        path("alarms/seen/", at_watch.seen, name="alarms-seen"),
        path("<slug:key>/declare/", at_the_desk.declare, name="declare"),
        path("<slug:key>/watch/", at_watch.watch, name="watch"),
    ],
    "things-desk",
)
