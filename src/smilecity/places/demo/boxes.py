# SPDX-License-Identifier: EUPL-1.2
"""The demo's boxes: a Sportbox at HafenSport, and software that plays every box of the demo and whoever opens it."""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from asgiref.sync import sync_to_async

from smilecity.core.who import NODE
from smilecity.places import actions
from smilecity.places.actions import locks
from smilecity.places.demo.box import Box
from smilecity.places.demo.table import texts
from smilecity.places.models import Compartment, Controller, Place
from smilecity.places.reads.locks import secret_of

SPORTBOX = "hafensport-sportbox"
COMPARTMENTS = (
    ("fach-1", ("Fach 1 der Sportbox", "Compartment 1 of the Sportbox"), "compartment"),
    ("fach-2", ("Fach 2 der Sportbox", "Compartment 2 of the Sportbox"), "compartment"),
    ("fach-3", ("Fach 3 der Sportbox", "Compartment 3 of the Sportbox"), "compartment"),
    ("container", ("Container des Vereins", "The club's container"), "container"),
)
WAIT_SECONDS = 3
AWAY_SECONDS = 2.0
STATE_EVERY = timedelta(minutes=1)
OPENS_AFTER, CLOSES_AFTER = timedelta(seconds=3), timedelta(seconds=25)

log = structlog.get_logger("boxes")


def put_up(kept: Mapping[str, int]) -> None:
    """The Sportbox at HafenSport with its compartments; places by slug, as noun ids."""
    place = Place.objects.select_related("noun").get(noun=kept["hafensport"])
    controller, _secret = locks.keep_controller(NODE, place.noun_id, SPORTBOX, "Sportbox")
    for channel, (key, name, kind) in enumerate(COMPARTMENTS):
        unit = actions.keep_unit(NODE, place, key, texts(name), order=10 + channel)
        type(unit).objects.filter(id=unit.id).update(kind=kind)
        locks.keep_compartment(NODE, controller.id, channel, unit.id)


async def play(host: str, port: int, now: Callable[[], datetime]) -> None:
    """Play all boxes that speak HTTP until cancelled. The node may not be open yet, or close in between."""
    boxes = await _boxes(now)
    await asyncio.gather(*(_play(box, host, port, now) for box in boxes))


@sync_to_async
def _boxes(now: Callable[[], datetime]) -> list[Box]:
    """Each as it comes back after a loss of power: it goes on from the numbers that the node has seen."""
    found = []
    for one in Controller.objects.filter(active=True, transport=Controller.HTTP).order_by("id"):
        secret = secret_of(one)
        channels = Compartment.objects.filter(controller=one).count()
        if secret is not None and channels:
            found.append(Box(one.key, secret, channels, now, said=one.heard_counter, taken=one.counter))
    return found


async def _play(box: Box, host: str, port: int, now: Callable[[], datetime]) -> None:
    told_at = now()
    while True:
        _use_doors(box, now())
        if now() - told_at >= STATE_EVERY or not box.out:
            box.say_state()
            told_at = now()
        said = box.out[:100]
        heard = await asyncio.to_thread(_post, host, port, box.key, said)
        if heard is None:
            await asyncio.sleep(AWAY_SECONDS)
            continue
        del box.out[: len(said)]
        for message in heard:
            box.hear(message)


def _use_doors(box: Box, now: datetime) -> None:
    """Somebody opens what was unlocked for them, and closes it after a while."""
    box.tick()
    for effect in box.effects:
        if box.doors[effect.channel] == "closed" and now - effect.at >= OPENS_AFTER:
            box.open_door(effect.channel)
        elif box.doors[effect.channel] == "open" and now - effect.at >= CLOSES_AFTER:
            box.close_door(effect.channel)
    box.effects = [one for one in box.effects if now - one.at < CLOSES_AFTER * 2]


def _post(host: str, port: int, key: str, said: list[dict[str, object]]) -> list[dict[str, object]] | None:
    """What the node answers; None if it is not there, or does not take it."""
    connection = http.client.HTTPConnection(host, port, timeout=WAIT_SECONDS + 5)
    try:
        connection.request(
            "POST", f"/locks/{key}/messages?wait={WAIT_SECONDS}", json.dumps({"messages": said}),
            {"Content-Type": "application/json"},
        )  # fmt: skip
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    if answer.status != 200:
        log.warning("not taken", box=key, status=answer.status)
        return None
    return list(json.loads(body)["messages"])
