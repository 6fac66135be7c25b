# SPDX-License-Identifier: EUPL-1.2
"""SensorThings over HTTP on loopback, with a thousand datastreams: what is written a second, and how long reads take."""

from __future__ import annotations

import http.client
import itertools
import json
import re
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import quote, unquote, urlsplit

import psycopg
import uvloop

from smilecity.city.bench import Figures, mqtt, small
from smilecity.city.bench.ground import Ground
from smilecity.city.bench.load import HOST, Tally, http_request, press, rate
from smilecity.city.bench.node import Process, running
from smilecity.city.bench.town import SOUTH, STEP, WEST, Town, build

WAY = "/sensorthings/v1.1"
WARM = 0.5
TURNS = 4
CLIENTS = (1, 8, 64)
ARRAY_CLIENTS = 4
ARRAY_ROWS = 1000
READ_TIMES = 200

_BOX = ", ".join(
    f"{WEST + east * STEP:.4f} {SOUTH + north * STEP:.4f}"
    for east, north in ((-0.5, -0.5), (2.5, -0.5), (2.5, 2.5), (-0.5, 2.5), (-0.5, -0.5))
)
# What is asked, by the name of its figure. `{fine}` is the datastream with a value each ten minutes of a year,
# `{coarse}` another.
READS = {
    "latest_ms": "/Datastreams({coarse})/Observations?$orderby=phenomenonTime desc&$top=1",
    "page1000_ms": "/Datastreams({fine})/Observations?$orderby=phenomenonTime desc&$top=1000",
    "nested1000_ms": "/Things?$top=100&$expand=Datastreams($top=10;$expand=Observations("
    "$orderby=phenomenonTime desc;$top=1))",
    "count_ms": "/Observations?$count=true&$top=1",
    "count_filter_ms": "/Observations?$count=true&$top=1&$filter=result gt 25",
    "within_ms": f"/Locations?$filter=st_within(location,geography'POLYGON(({_BOX}))')",
    "bucket_year_ms": "/Datastreams({fine})/Observations?$top=1000&$apply=groupby((day(phenomenonTime,'Europe/Berlin')),"
    "aggregate(result with average as mean,result with max as most,$count as count))",
}
# Has to look at every observation: among very many the node stops it by its own limit (odata.too-costly), which is null.
BOUNDED = {"count_filter_ms"}
# Of this list the page that is left when all others were read: its place is put into the first page's link, for to
# skip so many of a hundred million takes longer than the node lets a question take.
PAGED, LEFT = "/Observations?$top=100", 1000
_PLACE = re.compile(r"(?<=~)\d+$")
GOALS = {
    "latest_ms": 1.5, "page1000_ms": 4, "nested1000_ms": 40, "count_ms": 5, "count_filter_ms": 60, "within_ms": 3,
    "bucket_year_ms": 15, "deep_page_ms": 3, "row_bytes": 180,
}  # fmt: skip
ROW_BYTES = """
SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'things_observation'::regclass
"""


def run(ground: Ground) -> Figures:
    """Writes a second (`post_N`: N clients; `dataarray_rows`), by MQTT too, reads in milliseconds, and the ceilings.

    `row_bytes` is what an observation takes with its indexes.
    """
    town = build(ground.url)
    figures: Figures = {"rows": town.rows, "row_bytes": _row_bytes(ground, town)}
    with (
        running(ground.environment(), "door") as door,
        running(ground.environment(), module="smilecity.city.bench.bare") as bare,
    ):
        figures |= _reads(door, town)
        written = _writes(door, bare, town)
        figures |= written.figures
    published = mqtt.publish_all(ground, town)
    figures |= published.figures
    kept = town.rows + written.answered + published.count
    figures["lost"] = kept + written.bare - _stored(ground, written.bare)
    return figures


class Written:
    """Figures of writing, and how many rows were answered as stored: by the node, and by what it is held against."""

    def __init__(self) -> None:
        self.rates: dict[str, list[float]] = defaultdict(list)
        self.refused = 0
        self.refused_bare = 0
        self.answered = 0
        self.bare = 0

    @property
    def figures(self) -> Figures:
        """The median of each rate."""
        medians = {name: round(statistics.median(rates), 1) for name, rates in self.rates.items()}
        return {**medians, "refused": self.refused, "refused_bare": self.refused_bare}


def _seconds() -> float:
    return 0.5 if small() else 3.0


def _writes(door: Process, bare: Process, town: Town) -> Written:
    """The node and what it is held against by turns: a machine that others use, too, is not the same for long."""
    written = Written()
    posts = _numbered_posts(town)
    # What the node must know of each datastream it is asked once; that is not what is measured.
    known = itertools.islice(posts(f"{WAY}/Observations", 1), len(town.streams))
    written.answered += len(uvloop.run(press(door.port, CLIENTS[1], known, 120)).moments)
    for _turn in range(1 if small() else TURNS):
        for clients in CLIENTS:
            tally = _pressed(door, clients, posts(f"{WAY}/Observations", clients))
            written.rates[f"post_{clients}"].append(rate(tally, 0 if small() else WARM))
            written.answered += len(tally.moments)
            written.refused += tally.refused
        for name, way, clients in (("post_1", "/one", 1), ("post_64", "/shared", 64)):
            tally = _pressed(bare, clients, posts(way, clients))
            written.rates[f"ceiling_{name}"].append(rate(tally, 0 if small() else WARM))
            written.bare += len(tally.moments)
            written.refused_bare += tally.refused
    for _turn in range(1 if small() else TURNS):
        tally = _pressed(door, ARRAY_CLIENTS, _arrays(town))
        written.rates["dataarray_rows"].append(ARRAY_ROWS * rate(tally, 0 if small() else WARM))
        written.answered += ARRAY_ROWS * len(tally.moments)
        written.refused += tally.refused
    return written


def _pressed(process: Process, clients: int, requests: Iterator[bytes]) -> Tally:
    return uvloop.run(press(process.port, clients, requests, _seconds()))


def _numbered_posts(town: Town) -> Callable[[str, int], Iterator[bytes]]:
    """What makes requests with times of their own each time."""
    minutes = itertools.count()
    return lambda way, clients: _posts(town, way, 25_000 if clients > 1 else 6_000, next(minutes))


def _posts(town: Town, way: str, a_second: int, minute: int) -> Iterator[bytes]:
    """Observations, all made before the clock starts; the datastreams take turns, each value is at its own time."""
    most = int(a_second * _seconds())
    start = town.until + timedelta(minutes=minute)
    streams = itertools.cycle(town.streams)
    made = [
        http_request(
            "POST",
            way,
            b'{"phenomenonTime":"%b","result":%d.5,"Datastream":{"@iot.id":%d}}'
            % ((start + timedelta(microseconds=n)).isoformat().encode(), n % 40, next(streams)),
            authorization=f"Bearer {town.key}",
            content_type="application/json",
        )
        for n in range(most)
    ]
    return iter(made)


def _arrays(town: Town) -> Iterator[bytes]:
    """Calls of a thousand rows for ten datastreams each."""
    made = []
    for n in range(int(160 * _seconds())):
        start = town.until + timedelta(minutes=10, seconds=n % 1000)
        groups = [
            {
                "Datastream": {"@iot.id": town.streams[(n * 10 + place) % len(town.streams)]},
                "components": ["phenomenonTime", "result"],
                "dataArray": [
                    [(start + timedelta(milliseconds=row)).isoformat(timespec="milliseconds"), row / 10]
                    for row in range(ARRAY_ROWS // 10)
                ],
            }
            for place in range(10)
        ]
        body = json.dumps(groups).encode()
        made.append(
            http_request("POST", f"{WAY}/CreateObservations", body, authorization=f"Bearer {town.key}")
        )
    return iter(made)


def _reads(door: Process, town: Town) -> Figures:
    figures: Figures = {}
    # The last datastream has few values where there are few in all.
    known = {"fine": town.streams[0], "coarse": town.streams[-1]}
    for name, address in READS.items():
        asked = WAY + _quoted(address.format(**known))
        too_much = name in BOUNDED and b"odata.too-costly" in _asked(door, asked)
        figures[name] = None if too_much else _median(door, asked)
    figures["deep_page_ms"] = _median(door, _last_page(door, town.rows))
    return figures


def _median(door: Process, address: str) -> float:
    """Milliseconds at one client. Raises if it is not answered well."""
    times = 10 if small() else READ_TIMES
    requests = iter([http_request("GET", address)] * times)
    tally = uvloop.run(press(door.port, 1, requests, 120))
    if tally.refused:
        raise AssertionError(f"{address} was refused: {_asked(door, address)[:500]!r}")
    return round(statistics.median(tally.took) * 1e3, 3)


def _last_page(door: Process, rows: int) -> str:
    """The address of the page behind all but the last observations, whose ids are their numbers."""
    link = urlsplit(json.loads(_asked(door, WAY + _quoted(PAGED)))["@iot.nextLink"])
    address = f"{link.path}?{_PLACE.sub(str(max(rows - LEFT, 0)), unquote(link.query))}"
    first = json.loads(_asked(door, _quoted(address)))["value"][0]["@iot.id"]
    if first != max(rows - LEFT, 0) + 1:
        raise AssertionError(f"{address} begins with {first}")
    return _quoted(address)


def _asked(door: Process, address: str) -> bytes:
    connection = http.client.HTTPConnection(HOST, door.port, timeout=60)
    connection.request("GET", address)
    return connection.getresponse().read()


def _quoted(address: str) -> str:
    return quote(address, safe="/?$=&(),;'")


def _row_bytes(ground: Ground, town: Town) -> float:
    with psycopg.connect(ground.url) as connection:
        row = connection.execute(ROW_BYTES).fetchone()
    return round(float(row[0]) / town.rows, 1) if row else 0.0


def _stored(ground: Ground, uncounted: int) -> int:
    """How many observations there are. All but those `uncounted` are among the counts of their datastreams."""
    with psycopg.connect(ground.url) as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM things_observation), (SELECT sum(count) FROM things_latest)"
        ).fetchone()
    stored, counted = row or (0, 0)
    if stored != counted + uncounted:
        raise AssertionError(f"{stored} observations are counted as {counted}")
    return int(stored)
