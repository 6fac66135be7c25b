# SPDX-License-Identifier: EUPL-1.2
"""The demo city: every room's part, in one order, and the simulator that keeps it alive."""

import os
from pathlib import Path

import structlog

from smilecity.city.boot import Node
from smilecity.core import clock
from smilecity.core.who import NODE
from smilecity.people.actions import make_key
from smilecity.people.reads import keys
from smilecity.places import demo as places
from smilecity.places.reads import place
from smilecity.space import demo as space
from smilecity.things.demo import moving as things
from smilecity.things.demo.fleet import FLEET
from smilecity.things.demo.simulator import Door, simulate

KEY_NAME = "demo-network-server"

log = structlog.get_logger("demo")


def move_in(node: Node) -> None:
    """Found the demo city, unless it is there already. The key of its network server goes into the data folder."""
    if not key_file(node).exists():
        _keep_key(node)
    if place(NODE, places.PLACES[-1].slug) is not None:
        return
    areas = {key: area.noun_id for key, area in space.move_in().items()}
    streams = things.move_in()
    places.move_in(areas, lambda thing, stream: streams[thing, stream])
    log.info("demo city founded", places=len(places.PLACES), sensors=len(FLEET))


async def keep_alive(node: Node) -> None:
    """Simulate the sensors until cancelled."""
    settings = node.settings
    door = Door(settings.host, settings.port, key_file(node).read_text().strip())
    await simulate(door, settings.zone, clock.now, await things.last_heard())


def key_file(node: Node) -> Path:
    """Where the network server's key is, readable for its owner alone."""
    return node.folder / "demo-key"


def _keep_key(node: Node) -> None:
    taken = {key.name for key in keys()}
    name = next(n for i in range(len(taken) + 1) if (n := f"{KEY_NAME}-{i}" if i else KEY_NAME) not in taken)
    _key, text = make_key(NODE, name, ["intake"])
    descriptor = os.open(key_file(node), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
