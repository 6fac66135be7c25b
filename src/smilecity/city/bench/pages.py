# SPDX-License-Identifier: EUPL-1.2
"""A resident's pages: the demo's first place with a month of measurements, its changing part, and the list of 10,000;
finding among 5,000; needs: a filtered list of 100,000, one with 500 comments, their map, 900 of them on a page."""

from __future__ import annotations

import uvloop

from smilecity.city.bench import Figures, find, needs, small
from smilecity.city.bench.ground import Ground
from smilecity.city.bench.load import http_request, percentile, press
from smilecity.city.bench.node import running

FEW, MANY = 10, 10_000
FOUND_AMONG = 5000
NEEDS, COMMENTS = 100_000, 500
PART = 1  # the number of the person, among those who have signed in, who has said something to the need with 500 comments
GOALS = {
    "start_ms": 40, "search_ms": 40, "map_ms": 40, "crowd_p95_ms": 400, "contributions_ms": 30, "thread_ms": 30,
    "thread_reader_ms": 30, "needs_map_ms": 30, "proposals900_ms": 60,
}  # fmt: skip

# What the sensors of a month would have left behind.
MONTHS = "SELECT things_keep_partition(now() - interval '1 month' * n) FROM generate_series(0, 1) AS n"
HISTORY = """
INSERT INTO things_observation (datastream_id, phenomenon_time, result)
SELECT d.id, t, round((8 + 6 * sin(extract(epoch FROM t) / 13750 + d.id))::numeric, 1)
FROM things_datastream d, generate_series(now() - interval '28 days', now(), interval '10 minutes') AS t
"""
LATEST = """
INSERT INTO things_latest (datastream_id, observation, phenomenon_time, result)
SELECT DISTINCT ON (datastream_id) datastream_id, id, phenomenon_time, result FROM things_observation
ORDER BY datastream_id, phenomenon_time DESC
ON CONFLICT (datastream_id) DO NOTHING
"""


def run(ground: Ground) -> Figures:
    """`*_ms`: median from request to answer at one client; `*_queries_*`: with ten places and with 10,000.

    What is said below a need is made once for all who have said nothing there: `thread`, and signed in `thread_reader`.
    For who has, it is made each time: `thread_speaker`.
    """
    from django.db import connection

    from smilecity.city import boot
    from smilecity.city.demo import founding as demo

    demo.move_in(boot.node())
    with connection.cursor() as cursor:
        for statement in (MONTHS, HISTORY, LATEST):
            cursor.execute(statement)
    figures: Figures = {f"{name}_queries_small": count for name, count in _queries(FEW).items()}
    figures |= {f"{name}_queries_large": count for name, count in _queries(200 if small() else MANY).items()}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    cookies = _to_be_found()
    said = needs.addresses(2000 if small() else NEEDS, COMMENTS)
    needs.take_part(PART)
    asking = {"thread_reader": cookies[PART - 1], "thread_speaker": cookies[PART]}
    said |= dict.fromkeys(asking, said["thread"])
    with running(ground.environment(), "door") as door:
        for name, address in {**_pages(), **find.ADDRESSES, **said}.items():
            numbers = range(100, 120 if small() else 250)
            asked = [address.replace("{n}", str(number)) for number in numbers]
            shown = {"cookie": asking[name]} if name in asking else {}
            requests = [http_request("GET", one, b"", **shown) for one in asked]
            tally = uvloop.run(press(door.port, 1, iter(requests), 60))
            took = tally.took[len(tally.took) // 10 :]  # the first ones compile templates
            figures[f"{name}_ms"] = round(percentile(took, 0.5) * 1e3, 2)
            figures[f"{name}_p99_ms"] = round(percentile(took, 0.99) * 1e3, 2)
            figures[f"{name}_refused"] = tally.refused
        for name, pauses in (("crowd", True), ("crowd_at_once", False)):
            tally = uvloop.run(
                find.crowd(door.port, cookies, clicks=2 if small() else find.CLICKS, pauses=pauses)
            )
            figures[f"{name}_p50_ms"] = round(percentile(tally.took, 0.5) * 1e3, 1)
            figures[f"{name}_p95_ms"] = round(percentile(tally.took, 0.95) * 1e3, 1)
            figures[f"{name}_refused"] = tally.refused
    return figures


def _to_be_found() -> list[str]:
    """5,000 places that can be told apart, and the cookies of the people who look for them."""
    from django.db import connection

    from smilecity.core.models import Noun

    # Deleting 10,000 one by one takes a minute; what is a draft is in nobody's list.
    Noun.objects.filter(address__startswith="places/many-").update(visibility=Noun.DRAFT)
    find.fill(200 if small() else FOUND_AMONG)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return find.sessions(10 if small() else find.PEOPLE)


def _pages() -> dict[str, str]:
    """What is measured: a place with sensors, by the name the demo gives it, and the lists."""
    from smilecity.places.demo import PLACES

    slug = PLACES[0].slug
    return {slug: f"/places/{slug}/", "now": f"/places/{slug}/now/", "places": "/places/", "start": "/"}


def _queries(places: int) -> dict[str, int]:
    """How many questions each page asks the database when there are so many places."""
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    _fill(places)
    client = Client(SERVER_NAME="localhost")
    counted = {}
    for name, address in _pages().items():
        client.get(address)
        found = []
        for _time in range(
            3
        ):  # who the city is, is looked up anew every few seconds: that is no page's question
            cache.clear()  # what a crowd shares for a moment asks nothing; this is what the first of them asks
            with CaptureQueriesContext(connection) as captured:
                client.get(address)
            found.append(len(captured))
        counted[name] = min(found)
    return counted


def _fill(count: int) -> None:
    """So many public places, with the demo's among them."""
    from smilecity.core import clock, nouns
    from smilecity.core.models import Noun
    from smilecity.places.models import Place

    there = Noun.objects.filter(kind="place").count()
    made = [
        Noun(
            kind="place",
            address=f"places/many-{number}",
            title={"de": f"Bolzplatz {number}", "en": f"Pitch {number}"},
            sort=nouns.sort_key(f"Bolzplatz {number}"),
            geo={"type": "Point", "coordinates": [12.0 + number % 100 / 300, 54.0 + number // 100 / 600]},
            visibility=Noun.PUBLIC,
            changed_at=clock.now(),
        )
        for number in range(there, count)
    ]
    Noun.objects.bulk_create(made, batch_size=1000)
    homeless = Noun.objects.filter(kind="place", place=None).values_list("id", flat=True)
    Place.objects.bulk_create([Place(noun_id=one, category="sport") for one in homeless], batch_size=1000)
