# SPDX-License-Identifier: EUPL-1.2
"""Something to do among 20,000 offers at 5,000 places: finding it with all filters, its calendar, a year of dates.

`search_ms` is what the page asks the database (the list, how many there are), `page_ms` the whole page over HTTP, both
with all filters; `open_ms` is the search with none. `expand_year_s` writes 400 days of 2,000 recurring offers anew.
`feed_page_ms` is a page of 500 changes of the OpenActive feed of dates, from anywhere in it, beside `open_page_ms`, the
page on which people read of 30; `feed_fill_s` is how long the feeds take to tell of all of it for the first time.
"""

from __future__ import annotations

import random
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import uvloop

from smilecity.city.bench import Figures, find, small
from smilecity.city.bench.ground import Ground
from smilecity.city.bench.load import http_request, percentile, press
from smilecity.city.bench.node import running

if TYPE_CHECKING:
    from smilecity.core.models import Noun

OFFERS, PLACES, A_CITY = 20_000, 5_000, 2_000
GOALS = {"search_ms": 40, "page_ms": 40, "expand_year_s": 2}
ALL_FILTERS = (
    "q=Tanz&kind=offer&category=sport&weekday=tu&from=14:00&to=21:00&age=30&free=1&language=de&access=step_free"
    "&unknown=1&near=54.{n},12.12"
)
WORDS = ("Tanz", "Fußball", "Repair-Café", "Vorlesen", "Chor", "Gärtnern", "Schach", "Nähen", "Yoga", "Markt")


def run(ground: Ground) -> Figures:
    """All times are medians."""
    from django.db import connection

    from smilecity.city import boot
    from smilecity.city.demo import founding as demo

    demo.move_in(boot.node())
    find.fill(200 if small() else PLACES)
    recurring = fill(400 if small() else OFFERS)
    figures: Figures = {"offers": 400 if small() else OFFERS, "places": 200 if small() else PLACES}
    figures |= _expanded(recurring)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    figures["search_ms"] = _searched(ALL_FILTERS)
    figures["open_ms"] = _searched("")
    figures |= _fed()
    with running(ground.environment(), "door") as door:
        for name, address in {
            "page": f"/offers/?{ALL_FILTERS}",
            "open_page": "/offers/?near=54.{n},12.1",
            "calendar": "/offers/calendar.ics?free=1&near=54.{n},12.1",
        }.items():
            numbers = range(100, 120 if small() else 200)
            figures |= _pressed(door.port, name, [address.replace("{n}", str(number)) for number in numbers])
        figures |= _pressed(door.port, "feed_page", _feed_pages())
    return figures


def _pressed(port: int, name: str, addresses: list[str]) -> Figures:
    tally = uvloop.run(press(port, 1, iter([http_request("GET", one) for one in addresses]), 60))
    took = tally.took[len(tally.took) // 10 :]  # the first ones compile templates
    return {f"{name}_ms": round(percentile(took, 0.5) * 1e3, 2), f"{name}_refused": tally.refused}


def _fed() -> Figures:
    """The feeds tell of all there is, as they do when they are new."""
    from django.db import connection

    from smilecity.core.numberer import NUMBER
    from smilecity.core.who import NODE
    from smilecity.places.actions import openactive
    from smilecity.places.models import FeedItem

    openactive.renew(NODE)
    with connection.cursor() as cursor:
        cursor.execute(NUMBER)
    begun = time.perf_counter()
    openactive.follow(NODE)
    took = time.perf_counter() - begun
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {"feed_items": FeedItem.objects.count(), "feed_fill_s": round(took, 1)}


def _feed_pages() -> list[str]:
    """Addresses of pages of the dates' feed: from the beginning, then as far in as a reader may stand."""
    from smilecity.places.models import FeedItem
    from smilecity.places.rules.openactive import SESSIONS

    known = list(FeedItem.objects.filter(feed=SESSIONS).order_by("modified", "number"))
    chance = random.Random(7)  # noqa: S311 - it must repeat
    stands = [known[chance.randrange(max(1, len(known) - 500))] for _ in range(20 if small() else 100)]
    feed = f"/openactive/{SESSIONS}"
    return [feed, *(f"{feed}?afterTimestamp={one.modified}&afterId={one.number}" for one in stands)]


def fill(count: int) -> list[int]:
    """So many offers at the places there are, every second one weekly; the ids of those."""
    from smilecity.core import clock
    from smilecity.core.models import Noun
    from smilecity.places.models import Offer

    chance = random.Random(6)  # noqa: S311 - it must repeat
    places = list(Noun.objects.filter(address__startswith="places/bench-").order_by("id"))
    monday = clock.now().replace(minute=0, second=0, microsecond=0)
    club = Noun.objects.filter(kind="organisation", visibility=Noun.PUBLIC).order_by("id").first()
    made = [_noun(number, places[number % len(places)], club, monday) for number in range(count)]
    Noun.objects.bulk_create(made, batch_size=1000)
    nouns = list(Noun.objects.filter(address__startswith="offers/bench-").order_by("id"))
    offers = [
        Offer(
            noun=noun,
            place_id=places[int(noun.address.removeprefix("offers/bench-")) % len(places)].id,
            category=chance.choice(("sport", "culture", "learning", "meeting")),
            starts_at=monday + timedelta(days=chance.randrange(0, 60), hours=chance.randrange(0, 12)),
            duration=timedelta(hours=2),
            rule="FREQ=WEEKLY" if number % 2 else "",
            age_from=chance.choice((None, 6, 18)),
            free=chance.choice((None, True, False)),
            access=chance.choice(({}, {"step_free": "yes"})),
            languages=chance.choice(([], ["de"], ["de", "uk"])),
        )
        for number, noun in enumerate(nouns)
    ]
    Offer.objects.bulk_create(offers, batch_size=1000)
    return [one.noun_id for one in offers if one.rule]


def _noun(number: int, place: Noun, club: Noun | None, now: datetime) -> Noun:
    from smilecity.core import nouns
    from smilecity.core.models import Noun

    title = f"{WORDS[number % len(WORDS)]} {number}"
    return Noun(
        kind="offer", address=f"offers/bench-{number}", title={"de": title}, sort=nouns.sort_key(title),
        text={"de": "Alle sind willkommen, auch ohne Vorkenntnisse."}, visibility=Noun.PUBLIC, geo=place.geo,
        area_id=place.area_id, keeper=club, plain=nouns.sort_key(f"{title}\nwillkommen Vorkenntnisse"), changed_at=now,
    )  # fmt: skip


def _expanded(recurring: list[int]) -> Figures:
    """The year of a city's recurring offers, then that of all others."""
    from smilecity.core.who import NODE
    from smilecity.places.actions.offers.dates import write_occasions
    from smilecity.places.models import Occasion

    begun = time.perf_counter()
    write_occasions(NODE, recurring[:A_CITY])
    took = time.perf_counter() - begun
    write_occasions(NODE)
    return {"expand_year_s": round(took, 2), "dates": Occasion.objects.count()}


def _searched(query: str) -> float:
    """What the list asks the database, each time somewhere else."""
    from django.conf import settings
    from django.http import QueryDict

    from smilecity.core import clock
    from smilecity.core.who import ANYONE
    from smilecity.places.reads import offers as reads
    from smilecity.places.rules.offers import addressing

    took = []
    for number in range(100, 110 if small() else 200):
        given = QueryDict(query.replace("{n}", str(number)))
        wish = addressing.asked(given, clock.now(), settings.SMILE.zone)
        begun = time.perf_counter()
        some = reads.sought(ANYONE, wish)
        if some.after:
            reads.counted(ANYONE, wish)
        took.append(time.perf_counter() - begun)
    return round(percentile(took, 0.5) * 1e3, 2)
