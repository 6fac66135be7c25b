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


def _stream(town: Town, *, hours: int = 3, **latest: Any) -> None:
    """What the hidden datastream last said, hours ago."""
    from smilecity.core import clock
    from smilecity.things.models import Latest

    at = clock.now() - timedelta(hours=hours)
    Latest.objects.update_or_create(datastream=town.stream, defaults={"phenomenon_time": at, **latest})


def _fell_silent(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    _stream(town)
    return function(who)


def _expired(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.things.models import Latest, Thing

    Thing.objects.filter(pk=town.thing.pk).update(retention=timedelta(days=1))
    Latest.objects.update_or_create(datastream_id=town.stream.id, defaults={"first_time": MANY_YEARS_AGO})
    return function(who)


def _flat(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.things.models import Datastream, ObservedProperty

    Datastream.objects.filter(id=town.stream.id).update(unit={"symbol": "%"})
    ObservedProperty.objects.filter(id=town.property.id).update(definition="urn:battery-level")
    _stream(town, result=3.0)
    return function(who)


def _unlink(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.things.models import Location

    there = Location.objects.create(name="There", location={"type": "Point", "coordinates": list(SPOT)})
    town.thing.locations.add(there)
    return function(who, "Thing", town.thing.pk, "Locations", there.pk)


THINGS: dict[str, Row] = {
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
    "things.actions.uplinks.cap_parked": asks(RUN),
    "things.actions.uplinks.forget_uplinks": asks(RUN, MANY_YEARS_AGO),
    "things.actions.uplinks.keep_months": asks(RUN, 1),
    "things.reads.fleet.declared": asks(RUN | {"stefan"}),
    "things.reads.fleet.keepers": asks(RUN | {"stefan"}),
    "things.reads.fleet.low_batteries": Row(RUN | {"stefan"}, _flat),
    "things.reads.fleet.never_heard": asks(RUN | {"stefan"}),
    "things.reads.fleet.silent": Row(RUN | {"stefan"}, _fell_silent),
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
    "things.reads.values.values": asks(RUN | {"stefan"}, "things/counter", lambda t: t.stream.id),
    "things.reads.usual": asks(NOBODY, lambda t: t.stream.id, DAY),
}
