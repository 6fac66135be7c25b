# SPDX-License-Identifier: EUPL-1.2
"""Observations that come by POST while connections are lost and rows are refused: none lost, none twice."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from smilecity.things.intake import store
from smilecity.things.rules import results
from tests.things.observing_stage import (
    COUNT,
    assert_latest_is_true,
    body,
    id_of,
    post,
    serving,
)
from tests.things.stage import NOON, ask, stream, streams


def test_what_was_acknowledged_is_there_once_though_connections_are_killed(database_url: str) -> None:
    several = streams(5)
    seeded = random.Random(11)
    acknowledged: list[int] = []
    statuses: set[int] = set()

    async def sender(service: Any, number: int) -> None:
        for n in range(30):
            at = NOON + timedelta(seconds=number * 100 + n)
            reply = await service.post("/Observations", body(several[n % 5], n, at))
            statuses.add(reply.status)
            if reply.status == 201:
                acknowledged.append(id_of(reply))

    async def killer() -> int:
        killed = 0
        async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
            for _ in range(8):
                await asyncio.sleep(seeded.uniform(0.005, 0.05))
                rows = await connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                    " AND datname = current_database() AND query LIKE '%WITH rows%'"
                )
                killed += rows.rowcount
        return killed

    async def send() -> int:
        async with serving(database_url) as service:
            killed, *_ = await asyncio.gather(killer(), *(sender(service, n) for n in range(30)))
            return killed

    assert asyncio.run(send()) > 0
    assert statuses <= {201, 503}
    assert len(acknowledged) > 500
    held = "SELECT count(*), count(DISTINCT id) FROM things_observation"
    ((rows, ids),) = ask(database_url, held)
    assert rows == ids >= len(acknowledged)
    assert ask(database_url, f"{held} WHERE id = ANY(%s)", acknowledged) == [(len(acknowledged),) * 2]
    for ds in several:
        assert_latest_is_true(database_url, ds)


def test_a_commit_whose_answer_was_lost_is_not_done_twice(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worst moment: the server has committed, and the connection dies before it says so."""
    ds = stream().id
    monkeypatch.setattr(store, "PAUSES", (0.0,))
    original = psycopg.AsyncConnection.execute
    lost = []

    async def execute(self, query, *rest, **options):  # type: ignore[no-untyped-def]
        result = await original(self, query, *rest, **options)
        if "WITH rows" in str(query) and not lost:
            lost.append(True)
            raise psycopg.OperationalError("server closed the connection unexpectedly")
        return result

    monkeypatch.setattr(psycopg.AsyncConnection, "execute", execute)
    (reply,) = post(database_url, "/Observations", body(ds))
    assert lost
    assert ask(database_url, "SELECT id FROM things_observation") == [(id_of(reply),)]
    assert_latest_is_true(database_url, ds)


def test_a_row_the_database_refuses_fails_alone(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checks are before the database's; whatever slips through must take nobody with it."""
    ds = stream().id
    monkeypatch.setattr(results, "_CHECKS", {results.MEASUREMENT: lambda value: (value, None)})
    bodies = [body(ds, n if n != 7 else None) for n in range(20)]
    replies = post(database_url, "/Observations", *bodies)
    assert [reply.status for reply in replies] == [422 if n == 7 else 201 for n in range(20)]
    assert ask(database_url, COUNT, ds) == [(19, 19)]
    assert_latest_is_true(database_url, ds)


def test_a_database_that_stays_away_is_told_to_the_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    from smilecity.things.intake.observations import ObservationLine
    from smilecity.things.rules.observations import Observation
    from tests.things.stage import running

    monkeypatch.setattr(store, "PAUSES", (0.01, 0.01))
    row = Observation(1, NOON, None, 1.0)

    async def send() -> None:
        line = ObservationLine("postgresql://nobody@127.0.0.1:1/nowhere")
        async with running(line):
            await line.put([row])

    asyncio.run(send())
    assert row.refusal is not None
    assert (row.refusal.code, row.refusal.status) == ("intake.busy", 503)


def test_psycopg_remembers_how_it_read_the_statements() -> None:
    from psycopg._queries import MAX_CACHED_STATEMENT_LENGTH

    from smilecity.things.actions import storing

    assert max(map(len, (storing.STORE, storing.STORE_AGAIN, store.STORE))) <= MAX_CACHED_STATEMENT_LENGTH


def test_now_is_the_time_of_an_observation_that_says_none(database_url: str) -> None:
    ds = stream().id
    before = datetime.now(UTC)  # noqa: TID251 - held against the clock's own
    post(database_url, "/Observations", body(ds, at=None))
    ((at,),) = ask(database_url, "SELECT phenomenon_time FROM things_observation")
    assert before <= at <= datetime.now(UTC)  # noqa: TID251
