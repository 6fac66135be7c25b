# SPDX-License-Identifier: EUPL-1.2
"""Rows of the table of rights: the room of things."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from smilecity.core.who import Who
from tests.house.rights_rows import ALL, DAY, MANY_YEARS_AGO, NOBODY, RUN, SEE_BURIED, SEE_DRAFTS, Row, asks
from tests.house.town import EUI, SPOT, Town


def _observation(town: Town) -> dict[str, Any]:
    return {"Datastream": {"@iot.id": town.stream.id}, "result": 1}


def _observed(town: Town) -> int:
    from smilecity.things.actions import observations

    return observations.create(town.who["node"], [_observation(town)])[0]


def _always(town: Town) -> Any:
    from smilecity.things.rules.odata import read_expression

    return read_expression("result gt 0")


def _declaration(town: Town) -> Any:
    from smilecity.things.rules.declaration import Declaration

    return Declaration(purpose={"de": "Zählen"}, operator="Stadt", retention=timedelta(days=30))


def _buried(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    """Whether the hidden thing is among them."""
    from smilecity.things.rules.register import Wish

    page = function(who, Wish(q="Vergraben"))
    return page[0] if isinstance(page, tuple) else page


def _on_map(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.core.models import Noun
    from smilecity.things.rules.register import Wish

    Noun.objects.filter(id=town.buried.pk).update(geo={"type": "Point", "coordinates": list(SPOT)})
    return function(who, Wish(q="Vergraben"), 10)


def _linked(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    """Whether a place that is a draft is among what the thing measures for."""
    from smilecity.core import links

    links.link(town.thing.pk, "measures", town.plan.noun_id)
    return function(who, town.thing.noun)


def _troubled(town: Town, **changed: Any) -> int:
    """An alarm of the hidden datastream."""
    from smilecity.core import clock
    from smilecity.things.models import Alarm

    return Alarm.objects.create(kind="silent", datastream=town.stream, since=clock.now(), **changed).id


def _alarmed(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    _troubled(town)
    return function(who)


def _over(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.core import clock

    _troubled(town, until=clock.now())
    return function(who)


def _odd(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.core import clock
    from smilecity.things.models import Observation

    Observation.objects.filter(id=_observed(town)).update(flags=1)
    return function(who, town.stream.id, clock.now() - timedelta(days=1), clock.now() + timedelta(days=1))


def _taken_note(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    """Whether this person reads what the one is called who has taken note."""
    from smilecity.things.models import Alarm

    return function(who, [Alarm(seen_by=f"account/{town.accounts['rita'].pk}")])


def _expired(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.things.models import Latest, Thing

    Thing.objects.filter(pk=town.thing.pk).update(retention=timedelta(days=1))
    Latest.objects.update_or_create(datastream_id=town.stream.id, defaults={"first_time": MANY_YEARS_AGO})
    return function(who)


def _unlink(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.things.models import Location

    there = Location.objects.create(name="There", location={"type": "Point", "coordinates": list(SPOT)})
    town.thing.locations.add(there)
    return function(who, "Thing", town.thing.pk, "Locations", there.pk)


DAY_LONG = timedelta(days=1)


def _told(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    """A command to the device, by a network it is at."""
    from uuid import uuid4

    from smilecity.core import clock
    from smilecity.things.models import Connector, Device
    from smilecity.things.rules.commands import Raw

    network, _made = Connector.objects.get_or_create(kind="tts", name="Network")
    Device.objects.filter(pk=town.device.pk).update(network=network, known_as="app/counter")
    given = {"key": uuid4(), "expires_at": clock.now() + DAY_LONG}
    return function(who, town.device, Raw(1, b"x"), **given)


def _give(*given: Any, **named: Any) -> Any:
    """Gives a command, as the action does."""
    from smilecity.things.actions.commands import command

    return command(*given, **named)


def _connected(town: Town) -> int:
    from smilecity.things.models import Connector

    return Connector.objects.create(kind="json", name="Weather").id


def _said(_town: Town) -> Any:
    from smilecity.things.actions.connectors import Said

    return Said("Other")


def _mapping(town: Town) -> Any:
    return {"rules": [{"path": "$.v", "datastream": town.stream.id}]}


def _of_connectors(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    _connected(town)
    return function(who)


THINGS: dict[str, Row] = {
    "things.actions.connectors.keep_connector": asks(RUN, _said, kind="json"),
    "things.actions.connectors.map_connector": asks(RUN, _connected, _mapping, {"v": 1}),
    "things.actions.connectors.pause_connector": asks(RUN, _connected, active=False),
    "things.actions.connectors.remove_connector": asks(RUN, _connected),
    "things.reads.connectors.connector": asks(RUN, _connected),
    "things.reads.connectors.connectors": Row(RUN, _of_connectors),
    "things.reads.connectors.datastreams_named": asks(RUN),
    "things.reads.connectors.expected_of": asks(RUN, lambda t: [t.stream.id]),
    "things.actions.commands.command": Row(RUN, _told),
    "things.actions.commands.forget_commands": asks(RUN, DAY_LONG),
    "things.actions.commands.withdraw": Row(RUN, lambda t, who, f: f(who, _told(t, t.who["node"], _give))),
    "things.actions.declaring.declare": asks(
        RUN | {"stefan"}, lambda t: t.thing.pk, _declaration, visibility="public"
    ),
    "things.actions.devices.change_feeds": asks(RUN, EUI, []),
    "things.actions.devices.import_codecs": asks(RUN, []),
    "things.actions.devices.register_device": asks(
        RUN, "A84041FFFE000002", "Two", lambda t: t.thing, lambda t: t.codec, []
    ),
    "things.actions.devices.retire_device": asks(RUN, EUI),
    "things.actions.entities.keep_datastream": asks(
        RUN,
        lambda t: t.thing,
        "s",
        lambda t: t.sensor,
        lambda t: t.property,
        {},
        silent_after=timedelta(hours=1),
    ),
    "things.actions.entities.keep_observed_property": asks(RUN, "urn:x", "X"),
    "things.actions.entities.keep_sensor": asks(RUN, "Counter 2"),
    "things.actions.entities.keep_thing": asks(RUN, "other", {"de": "Anderer"}, visibility="internal"),
    "things.actions.featuring.feature_for": Row(RUN, lambda t, who, f: f(who, t.stream.id, None)),
    "things.actions.observations.change": Row(RUN, lambda t, who, f: f(who, _observed(t), {"result": 2})),
    "things.actions.observations.create": Row(RUN, lambda t, who, f: f(who, [_observation(t)])),
    "things.actions.observations.delete": Row(RUN, lambda t, who, f: f(who, _observed(t))),
    "things.actions.observations.delete_matching": asks(RUN, lambda t: t.stream.id),
    "things.actions.sensorthings.change": asks(RUN, "Thing", lambda t: t.thing.pk, {"description": "x"}),
    "things.actions.sensorthings.create": asks(
        RUN, "ObservedProperty", {"name": "X", "description": "x", "definition": "urn:x"}
    ),
    "things.actions.sensorthings.delete": asks(RUN, "Datastream", lambda t: t.stream.id),
    "things.actions.sensorthings.delete_matching": asks(RUN, lambda t: t.stream.id, _always),
    "things.actions.sensorthings.link": asks(
        RUN, "Sensor", lambda t: t.sensor.id, "Datastreams", lambda t: {"@iot.id": t.stream.id}
    ),
    "things.actions.sensorthings.patch": asks(
        RUN, "Thing", lambda t: t.thing.pk, [{"op": "replace", "path": "/description", "value": "x"}]
    ),
    "things.actions.sensorthings.replace": asks(
        RUN, "Thing", lambda t: t.thing.pk, {"name": "Other", "description": "x"}
    ),
    "things.actions.sensorthings.unlink": Row(RUN, _unlink),
    "things.actions.retention.forget_observations": asks(RUN),
    "things.actions.rolling.roll_up": asks(RUN),
    "things.actions.watching.forget_alarms": asks(RUN, MANY_YEARS_AGO),
    "things.actions.watching.learn": asks(RUN),
    "things.actions.watching.rewatch": asks(RUN, lambda t: [t.stream.id], MANY_YEARS_AGO),
    "things.actions.watching.see_alarm": Row(RUN | {"stefan"}, lambda t, who, f: f(who, _troubled(t))),
    "things.actions.watching.set_limits": asks(RUN | {"stefan"}, lambda t: t.stream.id, None),
    "things.actions.watching.tell_alarms": asks(RUN),
    "things.actions.watching.watch": asks(RUN),
    "things.actions.uplinks.cap_parked": asks(RUN),
    "things.actions.uplinks.forget_uplinks": asks(RUN, MANY_YEARS_AGO),
    "things.actions.uplinks.keep_months": asks(RUN, 1),
    "things.reads.fleet.declared": asks(RUN | {"stefan"}),
    "things.reads.fleet.keepers": asks(RUN | {"stefan"}),
    "things.reads.fleet.never_heard": asks(RUN | {"stefan"}),
    "things.reads.fleet.to_declare": asks(RUN | {"stefan"}, "counter"),
    "things.reads.register.districts": asks(ALL),
    "things.reads.register.found": Row(SEE_BURIED, _buried),
    "things.reads.register.linked": Row(SEE_DRAFTS, _linked),
    "things.reads.register.measured": asks(RUN | {"stefan"}),
    "things.reads.register.runners": asks(ALL),
    "things.reads.register.sought_and_counted": Row(SEE_BURIED, _buried),
    "things.reads.register.streams": Row(
        RUN | {"stefan"}, lambda t, who, streams: streams(who, [t.thing.pk])[t.thing.pk]
    ),
    "things.reads.register.thing": asks(SEE_BURIED, "buried"),
    "things.reads.register.things": Row(
        SEE_BURIED, lambda t, who, things: things(who).filter(visibility="internal")
    ),
    "things.reads.register.with_position": Row(SEE_BURIED, _on_map),
    "things.reads.commands.command": Row(
        RUN, lambda t, who, f: f(who, EUI, _told(t, t.who["node"], _give).id)
    ),
    "things.reads.commands.commands": Row(
        RUN, lambda t, who, f: _told(t, t.who["node"], _give) and f(who, EUI)
    ),
    "things.reads.commands.device_to_command": asks(RUN, EUI),
    "things.reads.codec_by_name": asks(RUN, "acme", "one"),
    "things.reads.datastreams_of": asks(RUN, lambda t: t.thing),
    "things.reads.day_curve": asks(RUN | {"stefan"}, lambda t: t.stream.id, DAY),
    "things.reads.devices": asks(RUN),
    "things.reads.forgetting.due": Row(RUN, _expired),
    "things.reads.latest": asks(RUN | {"stefan"}, lambda t: [t.stream.id]),
    "things.reads.parked": asks(RUN),
    "things.reads.series.series": asks(RUN | {"stefan"}, lambda t: t.stream.id, "year", DAY),
    "things.reads.thing_by_key": asks(RUN, "counter"),
    "things.reads.undecodable": asks(RUN),
    "things.reads.watching.alarms": Row(RUN | {"stefan"}, _alarmed),
    "things.reads.watching.datastream_ids": asks(RUN, "counter"),
    "things.reads.watching.odd_values": Row(RUN | {"stefan"}, _odd),
    "things.reads.watching.past_alarms": Row(RUN | {"stefan"}, _over),
    "things.reads.watching.seen_by": Row(ALL - {"anyone", "nora"}, _taken_note),
    "things.reads.watching.watched": asks(RUN | {"stefan"}, "counter"),
    "things.reads.values.values": asks(RUN | {"stefan"}, "things/counter", lambda t: t.stream.id),
    "things.reads.usual": asks(NOBODY, lambda t: t.stream.id, DAY),
}
