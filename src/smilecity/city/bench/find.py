# SPDX-License-Identifier: EUPL-1.2
"""Finding among 5,000 places that say different things of themselves, and two hundred people who click."""

from __future__ import annotations

import asyncio
import random
import time
from typing import TYPE_CHECKING

from smilecity.city.bench.load import HOST, Tally, http_request

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from smilecity.core.models import Noun
    from smilecity.places.models import Place

PEOPLE = 200
CLICKS = 6
PATIENCE = 30.0
PAUSE = (2.0, 6.0)  # seconds in which people read
ALL_FILTERS = (
    "/places/?q=Treff&category=meeting&open=now&age=30&step_free=some&access=toilet&access=seats&language=de&free=1"
    "&where=in&quiet=week&unknown=1&near=54.{n},12.12"
)
# `{n}` is another number each time: an answer that is remembered for a moment would flatter.
ADDRESSES = {
    "search": ALL_FILTERS,
    "words": "/search/?q=Bibliothek",
    "slip": "/search/?q=Biblothek",
    "map": "/places/tiles/12/2185/1313.mvt?step_free=some&unknown=1&near=54.{n},12.1",
    "points": "/places/points.json?q=Treff&open=now&near=54.{n},12.1",
}
WAYS = (
    "/",
    "/places/",
    "/search/?q=Treff",
    "/places/?open=now&step_free=some&unknown=1",
    "/places/bench-7/",
    "/me/",
)
KINDS = {
    "sport": "Bolzplatz", "play": "Spielplatz", "park": "Grünzug", "meeting": "Treff", "learning": "Bibliothek",
    "culture": "Werkstatt", "help": "Beratung",
}  # fmt: skip
HOURS = ("Mo-Fr 08:00-20:00; PH off", "Mo-Su 06:00-22:00", "24/7", "Sa,Su 10:00-18:00", "")


def fill(count: int) -> None:
    """So many public places of all kinds, most with hours, and their spans."""
    from smilecity.core import clock, nouns
    from smilecity.core.models import Noun
    from smilecity.core.who import NODE
    from smilecity.places import actions
    from smilecity.places.models import Place

    chance = random.Random(5)  # noqa: S311 - it must repeat
    there = {int(a.removeprefix("places/bench-")) for a in _benched().values_list("address", flat=True)}
    made = []
    for number in sorted(set(range(count)) - there):
        title = f"{KINDS[list(KINDS)[number % len(KINDS)]]} {number}"
        made.append(
            Noun(
                kind="place", address=f"places/bench-{number}", title={"de": title}, sort=nouns.sort_key(title),
                text={"de": "Für alle aus der Nachbarschaft, mit Bänken und viel Platz."}, visibility=Noun.PUBLIC,
                geo={"type": "Point", "coordinates": [chance.gauss(12.1, 0.05), chance.gauss(54.1, 0.03)]},
                plain=nouns.sort_key(f"{title}\nNachbarschaft Bänke Platz"), changed_at=clock.now(),
            )
        )  # fmt: skip
    Noun.objects.bulk_create(made, batch_size=1000)
    homeless = _benched().filter(place=None).order_by("id")
    Place.objects.bulk_create([_place(noun, chance) for noun in homeless], batch_size=1000)
    actions.refresh_spans(NODE)


def _benched() -> QuerySet[Noun]:
    from smilecity.core.models import Noun

    return Noun.objects.filter(kind="place", address__startswith="places/bench-")


def _place(noun: Noun, chance: random.Random) -> Place:
    from smilecity.places.models import Place

    number = int(noun.address.removeprefix("places/bench-"))
    return Place(
        noun=noun,
        category=list(KINDS)[number % len(KINDS)],
        opening_hours=chance.choice(HOURS),
        quiet_hours=chance.choice(("", "", "Tu 08:00-10:00")),
        access={"step_free": chance.choice(("yes", "limited", "no")), "toilet": chance.choice(("yes", "no"))},
        free=chance.choice((True, False, None)),
        indoors=chance.choice(("", "in", "out", "both")),
        age_from=chance.choice((None, 0, 6)),
        languages=chance.choice(([], ["de"], ["de", "en"])),
    )


def sessions(count: int) -> list[str]:
    """So many people who have signed in; their cookies."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from smilecity.people.models import Account

    cookies = []
    for number in range(count):
        person = Account.objects.create(
            email=f"bench{number}@example.org", pseudonym=f"Bench{number}", pseudonym_shape=f"bench{number}"
        )
        store = SessionStore()
        store[SESSION_KEY] = str(person.pk)
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = person.get_session_auth_hash()
        store.create()
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={store.session_key}")
    return cookies


async def crowd(port: int, cookies: list[str], *, clicks: int, pauses: bool) -> Tally:
    """Each person clicks through the pages on a connection of their own, with pauses or all at once."""
    tally = Tally()
    await asyncio.gather(
        *(
            _person(port, number, cookie, clicks, tally, pauses=pauses)
            for number, cookie in enumerate(cookies)
        )
    )
    return tally


async def _person(port: int, number: int, cookie: str, clicks: int, tally: Tally, *, pauses: bool) -> None:
    chance = random.Random(number)  # noqa: S311 - it must repeat
    reader, writer = await asyncio.open_connection(HOST, port)
    for click in range(clicks):
        if pauses:
            await asyncio.sleep(chance.uniform(*PAUSE) if click else chance.uniform(0, PAUSE[1]))
        start = time.perf_counter()
        writer.write(http_request("GET", WAYS[(number + click) % len(WAYS)], cookie=cookie))
        try:
            async with asyncio.timeout(PATIENCE):
                status = await _answer(reader)
        except (OSError, EOFError, TimeoutError):
            status = b"0"
        tally.took.append(time.perf_counter() - start)
        tally.moments.append(start)
        tally.refused += status[:1] != b"2"
        if status == b"0":
            break
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> bytes:
    """The status of an answer that has been read to its end."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    for line in head.split(b"\r\n"):
        if line.startswith(b"content-length:"):
            await reader.readexactly(int(line.split(b":")[1]))
            return head[9:12]
    raise EOFError("an answer without a length")
