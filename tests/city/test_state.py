# SPDX-License-Identifier: EUPL-1.2
"""How the node says it is, when it is not well."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from smilecity.city.state import State
from smilecity.core.problems import Refusal
from tests.core.asgi_client import Exchange, ask, request

HERE = (ip_network("127.0.0.0/8"),)


def state_of(url: str, address: str = "/health", *, is_open: bool = True) -> Exchange:
    async def story() -> Exchange:
        pool = AsyncConnectionPool(url, open=False, min_size=1, max_size=1)
        if is_open:
            await pool.open()
        try:
            return await ask(State(pool, HERE), request("GET", address, client="127.0.0.1"))
        finally:
            await pool.close()

    return asyncio.run(story())


def test_without_its_database_it_is_failing_and_says_why() -> None:
    given = state_of("postgresql:///nowhere", is_open=False)
    assert (given.status, given.json["status"], given.json["database"]) == (
        503,
        "failing",
        {"status": "away"},
    )
    assert state_of("postgresql:///nowhere", "/metrics", is_open=False).status == 200


class HungPool:
    """Hands out a connection whose database has stopped: it is there and says nothing."""

    @asynccontextmanager
    async def connection(self, timeout: float) -> AsyncIterator["HungPool"]:
        yield self

    async def execute(self, query: str, *, prepare: bool) -> None:
        await asyncio.Event().wait()


def test_a_database_that_hangs_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smilecity.city.state.ANSWER_SECONDS", 0.05)
    state = State(HungPool(), HERE)  # type: ignore[arg-type]
    given = asyncio.run(ask(state, request("GET", "/health", client="127.0.0.1")))
    assert (given.status, given.json["database"]) == (503, {"status": "away"})


def test_entries_that_wait_too_long_for_their_position_make_it_late(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO core_logentry (at, actor, verb, about, data)"
            " VALUES (now() - interval '1 minute', 'node', 'tried', '{}', '{}')"
        )
    given = state_of(database_url)
    assert (given.status, given.json["status"], given.json["log"]["waiting"]) == (503, "late", 1)
    assert given.json["log"]["lag_seconds"] > 59


def test_only_its_own_addresses_are_answered(database_url: str) -> None:
    assert state_of(database_url, "/health/").status == 200
    for address in ("/healthy", "/metrics/more"):
        with pytest.raises(Refusal) as refused:
            state_of(database_url, address)
        assert refused.value.status == 404


@pytest.mark.parametrize(("how", "status"), [("ok", "ok"), ("standby", "ok"), ("away", "degraded")])
def test_with_a_part_away_it_is_degraded_and_still_serves(database_url: str, how: str, status: str) -> None:
    async def story() -> Exchange:
        async with AsyncConnectionPool(database_url, open=False, min_size=1, max_size=1) as pool:
            state = State(pool, HERE, {"mqtt": lambda: {"status": how}})
            return await ask(state, request("GET", "/health", client="127.0.0.1"))

    given = asyncio.run(story())
    assert (given.status, given.json["status"], given.json["mqtt"]) == (200, status, {"status": how})
