# SPDX-License-Identifier: EUPL-1.2
"""Rows of the table of rights: devices and gateways."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from smilecity.core.who import Who
from tests.house.rights_rows import RUN, Row, asks
from tests.house.town import EUI, Town

UNKNOWN = "A84041FFFE00ABCD"


def _sends(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    """What an unknown device sent, asked for."""
    from smilecity.core import clock
    from smilecity.things.models import Uplink

    Uplink.objects.create(
        key=uuid4(), eui=UNKNOWN, received_at=clock.now(), f_port=1, payload=b"x", state=Uplink.PARKED
    )
    return function(who, UNKNOWN)


def _hears(town: Town) -> str:
    """A gateway that people have named, and that alone hears the device."""
    from smilecity.core import clock
    from smilecity.things.models import Gateway, Heard

    now = clock.now()
    made = Gateway.objects.create(id="ROOF", name="Roof", first_heard_at=now, heard_at=now)
    Heard.objects.create(device=town.device, gateway=made, at=now)
    return made.id


def _by_gateway(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    return function(who, _hears(town))


def _of_gateways(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    _hears(town)
    return function(who)


def _noted(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.core import clock
    from smilecity.things.models import DeviceNote

    DeviceNote.objects.create(device=town.device, kind="note", at=clock.now(), text="x")
    return function(who, town.device)


def _of_networks(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.things.models import Connector

    Connector.objects.get_or_create(kind="tts", name="A network")
    return function(who)


def _empty(_town: Town) -> Any:
    from smilecity.things.rules.portable import Register

    return Register()


DEVICES: dict[str, Row] = {
    "things.actions.devices.set_network": asks(RUN, EUI, None),
    "things.actions.gateways.name_gateway": Row(RUN, lambda t, who, f: f(who, _hears(t), "Dach")),
    "things.actions.notes.note_device": asks(RUN, EUI, "battery"),
    "things.actions.portable.import_register": asks(RUN, _empty),
    "things.actions.replacing.replace_device": asks(RUN, EUI, UNKNOWN),
    "things.actions.replaying.ask_replay": asks(RUN),
    "things.actions.replaying.replay": asks(RUN),
    "things.reads.gateways.gateway": Row(RUN, _by_gateway),
    "things.reads.gateways.gateways": Row(RUN, _of_gateways),
    "things.reads.gateways.named": Row(RUN, _of_gateways),
    "things.reads.gateways.only_heard_by": Row(RUN, _by_gateway),
    "things.reads.portable.register": asks(RUN),
    "things.reads.registered.codec": asks(RUN, lambda t: t.codec.id),
    "things.reads.registered.codecs": asks(RUN),
    "things.reads.registered.device": asks(RUN, EUI),
    "things.reads.registered.found": asks(RUN),
    "things.reads.registered.kept_raw": Row(RUN, _sends),
    "things.reads.registered.last_messages": Row(RUN, _sends),
    "things.reads.registered.networks": Row(RUN, _of_networks),
    "things.reads.registered.notes": Row(RUN, _noted),
    "things.reads.registered.streams": asks(RUN, lambda t: t.thing),
    "things.reads.registered.things": asks(RUN),
}
