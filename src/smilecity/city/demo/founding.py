# SPDX-License-Identifier: EUPL-1.2
"""The demo city moves in: every room's part, in one order, and the simulator that keeps it alive."""

import asyncio
import os
from pathlib import Path

import structlog
from django.db import transaction

from smilecity.citizens import demo as citizens
from smilecity.citizens.demo import reports
from smilecity.city import identity
from smilecity.city.boot import Node
from smilecity.city.telling import tell_waiting
from smilecity.core import clock
from smilecity.core.numberer import number_once
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.governance import demo as governance
from smilecity.people import demo as people
from smilecity.people.actions import make_key
from smilecity.people.reads import keys
from smilecity.places import demo as places
from smilecity.places.demo import access, boxes, offers
from smilecity.space import demo as space
from smilecity.things.demo import moving as things
from smilecity.things.demo.fleet import FLEET
from smilecity.things.demo.simulator import Door, simulate

NAME = "Rostock (Demo)"
CONTACT = "Smile City Demo\nEine Stadt zum Ausprobieren. Hier antwortet niemand."
KEY_NAME = "demo-network-server"
FOLLOWED = {
    "Anna": ("hafensport", "nachbarschaftstreff", "stadtbibliothek"),
    "Rolf": ("warnowufer-gross-klein",),
}
UNREAD = 5  # notices of each person: who tries the demo finds no hundred

log = structlog.get_logger("demo")


def move_in(node: Node) -> None:
    """Found the demo city, unless it is there already. The key of its network server goes into the data folder.

    The city's name comes last: what was interrupted is founded anew, and every part knows what it has. A node
    that belongs to a real city is refused.
    """
    identity.forget()
    city = identity.identity()
    if identity.exists() and not city.demo:
        raise Refusal(
            "demo.taken",
            f"This node belongs to {city.name}; the demo city does not move in there.",
            cure="Set SMILE_DATA to another folder (and DATABASE_URL to another database), or run smile serve.",
        )
    if not key_file(node).exists():
        _keep_key(node)
    if city.demo:
        return
    areas = {key: area.noun_id for key, area in space.move_in().items()}
    organisations = people.move_in(areas)
    streams = things.move_in(organisations["rostock"])
    kept = places.move_in(areas, organisations, lambda thing, stream: streams[thing, stream])
    with transaction.atomic():
        reports.report(areas, organisations, people.known("Anna"), people.known("Petra"))
        _bring_to_life(kept, organisations)
        places.let_book(kept, organisations, people.known)
        access.entrust(organisations, people.known)
        places.open_and_close(kept)
        offers.offer(kept, organisations, people.known)
        identity.keep_identity(NODE, name=NAME, contact=CONTACT, demo=True)
    number_once(node.url)
    tell_waiting()
    people.have_read(UNREAD)
    log.info("demo city founded", places=len(places.PLACES), sensors=len(FLEET), people=len(people.PEOPLE))


async def keep_alive(node: Node) -> None:
    """Simulate the sensors and the boxes until cancelled."""
    settings = node.settings
    door = Door(settings.host, settings.port, key_file(node).read_text().strip())
    await asyncio.gather(
        simulate(door, settings.zone, clock.now, await things.last_heard()),
        boxes.play(settings.host, settings.port, clock.now),
    )


def key_file(node: Node) -> Path:
    """Where the network server's key is, readable for its owner alone."""
    return node.folder / "demo-key"


def _bring_to_life(kept: dict[str, int], organisations: dict[str, int]) -> None:
    """People say things and follow places, a club waits for a look at its change, and the city builds."""
    citizens.move_in(kept, people.known, people.known("Petra"))
    people.follow({name: tuple(kept[slug] for slug in slugs) for name, slugs in FOLLOWED.items()})
    places.propose(people.known("Karim"))
    governance.move_in(organisations, kept, people.known("Paul"), people.known("Petra"))
    citizens.accept(people.known("Petra"))


def _keep_key(node: Node) -> None:
    taken = {key.name for key in keys()}
    name = next(n for i in range(len(taken) + 1) if (n := f"{KEY_NAME}-{i}" if i else KEY_NAME) not in taken)
    _key, text = make_key(NODE, name, ["intake"])
    descriptor = os.open(key_file(node), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
