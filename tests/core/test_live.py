# SPDX-License-Identifier: EUPL-1.2
"""Live pages: what a stream tells, and that a reader who comes and goes misses nothing."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress

import psycopg
import pytest
from django.db import connection
from psycopg_pool import AsyncConnectionPool

from smilecity.core import live
from smilecity.core.live import Hub
from smilecity.core.numberer import number_entries
from smilecity.core.problems import Refusal
from tests.core.asgi_client import Exchange, ask, request

pytestmark = pytest.mark.usefixtures("swift")
HIDDEN = 666


@pytest.fixture
def swift(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the crowd here."""
    monkeypatch.setattr(live, "GATHER_SECONDS", 0.02)


class City:
    """A hub with its numberer, and a hand that writes the log."""

    def __init__(self, url: str, hub: Hub) -> None:
        self.url = url
        self.hub = hub
        self._streams: list[tuple[Exchange, asyncio.Task[Exchange]]] = []

    async def happens(self, *batches: Iterable[int]) -> None:
        """Entries about these ids, each batch committed by itself."""
        async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as connection:
            for about in batches:
                await connection.execute(
                    "INSERT INTO core_logentry (actor, verb, about, data) VALUES ('node', 'tried', %s, '{}')",
                    [list(about)],
                )

    async def follows(self, address: str, last: int | None = None) -> Exchange:
        """Someone opens a stream; returns when its first bytes are there."""
        headers = [] if last is None else [("Last-Event-ID", str(last))]
        exchange = request("GET", address, headers=headers)
        task = asyncio.create_task(ask(self.hub.stream, exchange))
        self._streams.append((exchange, task))
        await until(lambda: exchange.body or task.done())
        if task.done():
            task.result()
        return exchange

    async def leaves(self, exchange: Exchange) -> None:
        """The reader is gone, whatever was on its way."""
        exchange.gone.set()
        await next(task for one, task in self._streams if one is exchange)

    async def position(self) -> int:
        """The log's last position, once all entries have one."""
        async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as connection:
            while True:
                found = await connection.execute(
                    "SELECT last, count(*) FILTER (WHERE e.id IS NOT NULL) FROM core_loghead"
                    " LEFT JOIN core_logentry e ON e.position IS NULL GROUP BY last"
                )
                last, waiting = await found.fetchone() or (0, 0)
                if not waiting:
                    return int(last)
                await asyncio.sleep(0.01)

    async def has_told(self, position: int) -> None:
        """The hub has come so far, and whoever was there then has been told."""
        await until(lambda: self.hub.position == position and not self.hub._changed)

    async def everybody_leaves(self) -> None:
        for exchange, task in self._streams:
            exchange.gone.set()
            exchange.reading.set()
            with suppress(Refusal):
                await task


async def until(true: Callable[[], object]) -> None:
    """Wait for it; the test's time limit is the only clock."""
    while not true():
        await asyncio.sleep(0.005)


@asynccontextmanager
async def city(url: str) -> AsyncIterator[City]:
    async def visible(ids: list[int]) -> set[int]:
        return set(ids) - {HIDDEN}

    async with AsyncConnectionPool(
        url, open=False, min_size=1, max_size=2, kwargs={"autocommit": True}
    ) as pool:
        hub = Hub(url, pool, visible, [])
        tasks = [asyncio.create_task(hub.run()), asyncio.create_task(number_entries(url))]
        await until(lambda: hub.position >= 0)
        found = City(url, hub)
        try:
            yield found
        finally:
            await found.everybody_leaves()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def run(url: str, story: Callable[[City], Awaitable[None]]) -> None:
    async def told() -> None:
        async with city(url) as place:
            await story(place)

    asyncio.run(told())


def told_of(*readers: Exchange) -> set[int]:
    return {one for reader in readers for _event, _id, about in reader.events() for one in about}


def test_a_stream_tells_of_its_ids_and_no_others(database_url: str) -> None:
    async def story(city: City) -> None:
        alice = await city.follows("/live/?about=12&about=13")
        assert alice.headers["content-type"] == "text/event-stream"
        await city.happens([99], [12], [13, 14])
        await until(lambda: told_of(alice) == {12, 13})
        event, position, about = alice.events()[-1]
        assert (event, position) == ("change", await city.position())
        assert set(about) <= {12, 13}

    run(database_url, story)


def test_hidden_ids_are_not_followed(database_url: str) -> None:
    async def story(city: City) -> None:
        bob = await city.follows(f"/live/?about={HIDDEN}&about=12&since=0")
        await city.happens([HIDDEN], [HIDDEN, 12])
        await until(lambda: told_of(bob))
        assert told_of(bob) == {12}
        later = await city.follows(f"/live/?about={HIDDEN}&about=12&since=0")
        assert told_of(later) == {12}

    run(database_url, story)


def test_a_page_rendered_before_the_change_is_told_of_it(database_url: str) -> None:
    async def story(city: City) -> None:
        rendered = await city.position()
        await city.happens([12], [13])
        await city.has_told(2)
        alice = await city.follows(f"/live/?about=12&since={rendered}")
        assert alice.events() == [("change", 2, [12])]
        current = await city.follows("/live/?about=12&since=2")
        assert (current.events(), current.last_id()) == ([], 2)

    run(database_url, story)


def test_who_was_away_too_long_loads_everything_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_MISSED", 3)

    async def story(city: City) -> None:
        await city.happens([12], [12], [1], [1])
        await city.has_told(4)
        assert (await city.follows("/live/?about=12&since=0")).events() == [("reset", 4, [])]
        assert (await city.follows("/live/?about=12&since=1")).events() == [("change", 4, [12])]

    run(database_url, story)


def test_a_quiet_page_keeps_its_place_in_the_log(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its browser hears the position now and then: coming back never looks like having been away for long."""
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.05)

    async def story(city: City) -> None:
        alice = await city.follows("/live/?about=12")
        await city.happens([1], [2], [3])
        await until(lambda: alice.last_id() == 3)
        assert alice.events() == []

    run(database_url, story)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.trial)])
def test_readers_who_come_and_go_miss_nothing(database_url: str, seed: int) -> None:
    """Each id happens once, the connection breaks at random: the union of what the reader is told is all."""
    chance = random.Random(seed)
    ids = list(range(1000, 1090))
    address = "/live/?" + "&".join(f"about={one}" for one in ids)

    async def write(city: City) -> None:
        for one in ids:
            await city.happens([one])
            if chance.random() < 0.3:
                await asyncio.sleep(chance.random() * 0.05)

    async def story(city: City) -> None:
        writing = asyncio.create_task(write(city))
        last = 0
        visits: list[Exchange] = []
        while not writing.done() or last < await city.position():
            visit = await city.follows(address, last)
            await asyncio.sleep(chance.random() * 0.06)
            await city.leaves(visit)
            visits.append(visit)
            last = max(last, visit.last_id())
        assert len(visits) > 10
        assert told_of(*visits) == set(ids)

    run(database_url, story)


def test_a_reader_who_does_not_read_is_told_to_load_again(database_url: str) -> None:
    async def story(city: City) -> None:
        bob = await city.follows("/live/?about=12")
        alice = await city.follows("/live/?about=13&about=12")
        bob.reading.clear()
        for number in range(1, 15):
            await city.happens([12])
            await until(lambda n=number: len(alice.events()) >= n)
        assert max(queue.qsize() for group in city.hub._groups.values() for queue in group) <= 8
        bob.reading.set()
        await until(lambda: "reset" in [event for event, _id, _about in bob.events()])
        await city.happens([12])
        await until(lambda: bob.events()[-1][:2] == ("change", 15))

    run(database_url, story)


def test_a_stream_ends_before_it_can_fill_memory(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server holds what a reader does not read; the page comes back and is told what it missed."""
    monkeypatch.setattr(live, "MOST_BYTES", 300)

    async def story(city: City) -> None:
        alice = await city.follows("/live/?about=12")
        told = 0
        while not alice.ended:
            told += 1
            await city.happens([12])
            await until(lambda: alice.ended or len(alice.events()) >= told)  # noqa: B023 - within its turn
        assert 300 <= len(alice.body) < 500
        await city.happens([12])
        again = await city.follows(f"/live/?about=12&since={alice.last_id()}")
        await until(lambda: len(again.events()) == 1)

    run(database_url, story)


def test_the_hub_goes_on_where_it_was_when_the_database_comes_back(database_url: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (ours,) = cursor.fetchone()

    async def story(city: City) -> None:
        alice = await city.follows("/live/?about=12&about=13")
        await city.happens([12])
        await until(lambda: told_of(alice) == {12})
        async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as axe:
            await axe.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), %s)"
                " AND backend_type = 'client backend'",  # the one that vacuums is not ours to end
                [ours],
            )
        await city.happens([13])
        await until(lambda: told_of(alice) == {12, 13})

    run(database_url, story)


def test_closing_ends_all_streams_and_opens_no_more(database_url: str) -> None:
    async def story(city: City) -> None:
        readers = [await city.follows(f"/live/?about={number}") for number in range(1, 30)]
        readers[0].reading.clear()
        city.hub.close()
        readers[0].reading.set()
        await until(lambda: all(reader.ended for reader in readers))
        await until(lambda: city.hub.streams == 0)
        assert not city.hub._groups
        with pytest.raises(Refusal) as refused:
            await city.follows("/live/?about=1")
        assert (refused.value.code, refused.value.status) == ("live.full", 503)

    run(database_url, story)


def test_a_reader_who_is_gone_leaves_nothing_behind(database_url: str) -> None:
    async def story(city: City) -> None:
        for reader in [await city.follows("/live/?about=1"), await city.follows("/live/?about=1&about=2")]:
            await city.leaves(reader)
        assert (city.hub.streams, dict(city.hub._groups)) == (0, {})

    run(database_url, story)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "about=",
        "about=x",
        "about=-1",
        "about=1.5",
        "about=%C2%B2",
        "about=1234567890123456",
        "about=1&about=z",
    ],
)
def test_what_is_no_id_is_refused(query: str) -> None:
    with pytest.raises(Refusal) as refused:
        live._asked(request("GET", f"/live/?{query}").scope)
    assert refused.value.field == "about"


def test_a_stream_has_at_most_100_ids() -> None:
    def asked(count: int) -> int:
        address = "/live/?" + "&".join(f"about={number}" for number in range(count))
        return len(live._asked(request("GET", address).scope)[0])

    assert asked(100) == 100
    with pytest.raises(Refusal):
        asked(101)


@pytest.mark.parametrize(
    ("said", "since"), [("7", 7), ("", None), ("-1", None), ("x", None), ("²", None), ("9" * 19, None)]
)
def test_a_made_up_position_is_no_position(said: str, since: int | None) -> None:
    exchange = request("GET", "/live/?about=1")
    exchange.scope["headers"] = [(b"last-event-id", said.encode("latin-1"))]
    assert live._asked(exchange.scope) == ([1], since)


def test_a_stream_is_read_with_get(database_url: str) -> None:
    async def story(city: City) -> None:
        for method in ("POST", "HEAD"):
            answered = await ask(city.hub.stream, request(method, "/live/?about=1"))
            assert (answered.status, answered.headers["allow"]) == (405, "GET")

    run(database_url, story)
