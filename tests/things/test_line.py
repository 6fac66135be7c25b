# SPDX-License-Identifier: EUPL-1.2
"""Group commit: what is acknowledged is there, once, whatever happens meanwhile."""

import asyncio
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import psycopg
import pytest

from smilecity.core.problems import Refusal
from smilecity.things.intake import store
from smilecity.things.intake.line import Line
from smilecity.things.intake.messages import Message
from smilecity.things.intake.rows import Row
from smilecity.things.models import Uplink
from smilecity.things.rules.feeding import Result
from tests.things.stage import NOON, ask, message, row, running, stream, streams

COUNT = "SELECT count(*), count(DISTINCT id) FROM things_observation WHERE datastream_id = %s"


def test_concurrent_senders_share_commits_and_each_is_stored_once(database_url: str) -> None:
    ds = stream().id
    ask(database_url, "SELECT things_keep_partition(%s)", NOON)
    before = ask(database_url, "SELECT count(*) FROM core_logentry WHERE verb = 'observed'")[0][0]

    async def send() -> list[bool]:
        line = Line(database_url)
        async with running(line):
            return await asyncio.gather(
                *(line.put(row((ds, n), at=NOON + timedelta(seconds=n))) for n in range(500))
            )

    assert asyncio.run(send()) == [True] * 500
    assert ask(database_url, COUNT, ds) == [(500, 500)]
    entries = ask(database_url, "SELECT about, noun FROM core_logentry WHERE verb = 'observed' ORDER BY id")[
        before:
    ]
    assert entries == [([ds], None)] * len(entries)
    assert 2 <= len(entries) <= 20  # far fewer commits than uplinks, and no batch over its bound


def test_without_the_key_a_replay_would_be_stored_twice(database_url: str) -> None:
    """The statement is tried on a table without its constraint first, to show what the constraint is for."""
    one = message()
    values = [one.key] * 2
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CREATE TEMP TABLE bare (key uuid); CREATE TEMP TABLE kept (key uuid PRIMARY KEY)")
        for table in ("bare", "kept"):
            for _ in range(2):
                connection.execute(
                    f"INSERT INTO {table} SELECT * FROM unnest(%s::uuid[]) ON CONFLICT DO NOTHING", [values]
                )
        rows = connection.execute(
            "SELECT (SELECT count(*) FROM bare), (SELECT count(*) FROM kept)"
        ).fetchone()
    assert rows == (4, 1)


def test_a_replay_is_stored_once_and_told_apart(database_url: str) -> None:
    ds = stream().id
    one = message()

    def again() -> Row:
        return Row(one, 1, Uplink.STORED, None, [Result(ds, 5.0, None)])

    async def send() -> list[bool]:
        line = Line(database_url)
        async with running(line):
            together = await asyncio.gather(*(line.put(again()) for _ in range(20)))
            return [*together, await line.put(again())]

    answers = asyncio.run(send())
    assert answers.count(True) == 1
    assert ask(database_url, COUNT, ds) == [(1, 1)]


@pytest.fixture
def failures(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """Every failure of a statement, also of one that was done again and then succeeded."""
    seen: list[Exception] = []

    def is_passing(error: Exception) -> bool:
        seen.append(error)
        return original(error)

    original = store.is_passing
    monkeypatch.setattr(store, "is_passing", is_passing)
    return seen


def test_two_processes_with_the_same_messages_store_each_once(
    database_url: str, failures: list[Exception]
) -> None:
    ds = stream().id
    ask(database_url, "SELECT things_keep_partition(%s)", NOON)
    messages = [message(NOON + timedelta(seconds=n)) for n in range(1500)]

    async def put_all(line: Line, order: list[Message]) -> list[bool]:
        rows = (Row(m, 1, Uplink.STORED, None, [Result(ds, 1.0, None)]) for m in order)
        return await asyncio.gather(*map(line.put, rows))

    async def send() -> list[list[bool]]:
        lines = [Line(database_url), Line(database_url)]
        orders = [messages, messages[::-1]]
        async with running(*lines):
            return list(await asyncio.gather(*map(put_all, lines, orders)))

    first, second = asyncio.run(send())
    assert [one + other for one, other in zip(first, second[::-1], strict=True)] == [1] * 1500
    assert ask(database_url, COUNT, ds) == [(1500, 1500)]
    assert failures == []


@pytest.mark.parametrize(("same", "batches", "size"), [("messages", 30, 60), ("datastreams", 80, 1)])
def test_statements_at_the_same_moment_never_deadlock(
    database_url: str, same: str, batches: int, size: int
) -> None:
    """Two connections start each batch together, one in the order of the other reversed."""
    fed = [Result(ds, 1.0, None) for ds in streams(1 if same == "messages" else 60)]
    ask(database_url, "SELECT things_keep_partition(%s)", NOON)
    given = [[message() for _ in range(size)] for _ in range(batches)]
    together = Barrier(2)

    def work(turned: bool) -> int:
        stored = 0
        with psycopg.connect(database_url, autocommit=True) as connection:
            for batch in given:
                mine = batch if same == "messages" else [message() for _ in batch]
                rows = [Row(m, 1, Uplink.STORED, None, fed[:: -1 if turned else 1]) for m in mine]
                parameters = store._parameters(rows[:: -1 if turned else 1])
                together.wait(10)
                stored += connection.execute(store.STORE, parameters).rowcount
        return stored

    with ThreadPoolExecutor(2) as pool:
        stored = sum(pool.map(work, (False, True)))
    assert stored == batches * size * (1 if same == "messages" else 2)


@pytest.mark.parametrize(
    "poison",
    [
        Result(-1, 1.0, None),  # no such datastream
        Result(0, float("inf"), None),  # a number the table refuses
        Result(0, None, '"\\u0000"'),  # JSON that jsonb refuses
        Result(0, None, "{"),  # no JSON at all
        Result(0, None, "\ud800"),  # not even UTF-8
        Result(0, None, None),  # nothing
    ],
)
def test_what_the_database_refuses_is_kept_raw_and_fails_alone(database_url: str, poison: Result) -> None:
    ds = stream().id
    bad = row((ds, 1))
    bad.results = [Result(poison.datastream or ds, poison.number, poison.other)]
    good = [row((ds, n)) for n in range(9)]

    async def send() -> list[bool]:
        line = Line(database_url)
        async with running(line):
            return await asyncio.gather(*(line.put(one) for one in [*good[:4], bad, *good[4:]]))

    assert asyncio.run(send()) == [True] * 10
    assert ask(database_url, COUNT, ds) == [(9, 9)]
    assert ask(database_url, "SELECT state, payload FROM things_uplink WHERE key = %s", bad.message.key) == [
        (1, b"x")
    ]
    assert (bad.reason or "").startswith("store.refused")


def test_a_message_that_fits_in_no_form_is_refused_alone(database_url: str) -> None:
    ds = stream().id
    bad = row(eui="\0" * 16)
    good = row((ds, 1))

    async def send() -> list[bool | BaseException]:
        line = Line(database_url)
        async with running(line):
            return await asyncio.gather(line.put(bad), line.put(good), return_exceptions=True)

    refusal, stored = asyncio.run(send())
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.status) == ("uplink.refused", 422)
    assert stored is True


def test_what_was_acknowledged_is_there_once_though_connections_are_killed(database_url: str) -> None:
    ds = stream().id
    seeded = random.Random(7)
    acknowledged: list[UUID] = []
    refused: set[int] = set()

    async def sender(line: Line, number: int) -> None:
        for n in range(30):
            one = row((ds, n), at=NOON + timedelta(seconds=number * 100 + n))
            try:
                await line.put(one)
            except Refusal as refusal:
                refused.add(refusal.status)
            else:
                acknowledged.append(one.message.key)

    async def killer() -> int:
        killed = 0
        async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
            for _ in range(8):
                await asyncio.sleep(seeded.uniform(0.005, 0.05))
                rows = await connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                    " AND datname = current_database() AND query LIKE '%fresh AS (%'"
                )
                killed += rows.rowcount
        return killed

    async def send() -> int:
        line = Line(database_url)
        async with running(line):
            killed, *_ = await asyncio.gather(killer(), *(sender(line, number) for number in range(30)))
            return killed

    assert asyncio.run(send()) > 0
    assert acknowledged
    assert refused <= {503}
    found = ask(database_url, "SELECT key FROM things_uplink WHERE key = ANY(%s)", acknowledged)
    assert {key for (key,) in found} == set(acknowledged)
    uplinks = ask(database_url, "SELECT count(*) FROM things_uplink WHERE device_id = 1")
    assert ask(database_url, COUNT, ds) == [(*uplinks[0], *uplinks[0])]


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
        if "fresh" in str(query) and not lost:
            lost.append(True)
            raise psycopg.OperationalError("server closed the connection unexpectedly")
        return result

    monkeypatch.setattr(psycopg.AsyncConnection, "execute", execute)

    async def send() -> bool:
        line = Line(database_url)
        async with running(line):
            return await line.put(row((ds, 1)))

    assert asyncio.run(send()) is False  # known before: it is there
    assert lost
    assert ask(database_url, COUNT, ds) == [(1, 1)]


def test_a_database_that_stays_away_is_told_to_the_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "PAUSES", (0.01, 0.01))

    async def send() -> None:
        line = Line("postgresql://nobody@127.0.0.1:1/nowhere")
        async with running(line):
            await line.put(row())

    with pytest.raises(Refusal) as refused:
        asyncio.run(send())
    assert (refused.value.code, refused.value.status) == ("intake.busy", 503)


def test_a_late_value_is_stored_and_does_not_become_the_latest(database_url: str) -> None:
    ds = stream().id
    latest = "SELECT result, phenomenon_time FROM things_latest WHERE datastream_id = %s"
    seeded = random.Random(5)
    minutes = seeded.sample(range(1, 100), 40)

    async def send() -> None:
        line = Line(database_url)
        async with running(line):
            await line.put(row((ds, 10), at=NOON))
            await line.put(row((ds, 3), at=NOON - timedelta(hours=2)))
            assert ask(database_url, latest, ds) == [(10, NOON)]
            await asyncio.gather(*(line.put(row((ds, n), at=NOON + timedelta(minutes=n))) for n in minutes))

    asyncio.run(send())
    assert ask(database_url, latest, ds) == [(max(minutes), NOON + timedelta(minutes=max(minutes)))]
    assert ask(database_url, COUNT, ds) == [(42, 42)]


def test_a_sender_that_goes_away_does_not_take_its_row_or_its_neighbours_with_it(database_url: str) -> None:
    ds = stream().id

    async def send() -> bool:
        line = Line(database_url)
        gone = asyncio.create_task(line.put(row((ds, 1))))
        stays = asyncio.create_task(line.put(row((ds, 2))))
        await asyncio.sleep(0)
        gone.cancel()
        async with running(line):
            return await stays

    assert asyncio.run(send())
    assert ask(database_url, COUNT, ds) == [(2, 2)]


def test_a_replay_is_answered_though_the_first_sender_went_away(database_url: str) -> None:
    ds = stream().id
    one = message()

    def again() -> Row:
        return Row(one, 1, Uplink.STORED, None, [Result(ds, 5.0, None)])

    async def send() -> bool:
        line = Line(database_url)
        first, second = (asyncio.create_task(line.put(again())) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        async with running(line):
            return await second

    assert asyncio.run(send()) is False
    assert ask(database_url, COUNT, ds) == [(1, 1)]


def test_whoever_waits_at_the_end_is_told_and_nobody_waits_after_it(database_url: str) -> None:
    async def send() -> list[str]:
        line = Line(database_url)
        async with running(line):
            with psycopg.connect(database_url) as held:
                held.execute("LOCK TABLE things_uplink IN ACCESS EXCLUSIVE MODE")
                waiting = [asyncio.create_task(line.put(row())) for _ in range(3)]
                await asyncio.sleep(0.1)
                waiting.append(asyncio.create_task(line.put(row())))
                await asyncio.sleep(0)
        told = await asyncio.gather(*waiting, line.put(row()), return_exceptions=True)
        return [getattr(one, "code", str(one)) for one in told]

    answers = asyncio.run(asyncio.wait_for(send(), 10))
    assert answers == ["intake.busy"] * 5


def test_a_full_line_refuses_instead_of_growing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smilecity.things.intake.line.MOST_WAITING", 3)

    async def send() -> Refusal:
        line = Line("postgresql://nobody@127.0.0.1:1/nowhere")
        tasks = [asyncio.create_task(line.put(row())) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Refusal) as refused:
            await line.put(row())
        for task in tasks:
            task.cancel()
        return refused.value

    assert asyncio.run(send()).status == 503


def test_a_new_month_is_made_beside_a_long_reader_and_by_one_of_two_writers(database_url: str) -> None:
    """CREATE ... PARTITION OF would stand here behind the open transaction until the statement's timeout."""
    ds = stream().id
    month = NOON - timedelta(days=40 * 12)
    with psycopg.connect(database_url) as reader:
        reader.execute("SELECT count(*) FROM things_observation").fetchone()

        async def send() -> list[bool]:
            lines = [Line(database_url), Line(database_url)]
            async with running(*lines):
                return await asyncio.gather(*(line.put(row((ds, 1), at=month)) for line in lines))

        assert asyncio.run(asyncio.wait_for(send(), 3)) == [True, True]
    assert ask(database_url, COUNT, ds) == [(2, 2)]


@pytest.mark.parametrize(
    ("error", "passing", "of_values"),
    [
        (psycopg.OperationalError("the connection is lost"), True, False),
        (psycopg.errors.DeadlockDetected(), True, False),
        (psycopg.errors.QueryCanceled(), True, False),
        (psycopg.errors.DiskFull(), True, False),
        (psycopg.errors.ReadOnlySqlTransaction(), True, False),  # the server has become a standby
        (psycopg.errors.NumericValueOutOfRange(), False, True),
        (psycopg.errors.ForeignKeyViolation(), False, True),
        (psycopg.errors.ProgramLimitExceeded(), False, True),
        (psycopg.DataError("NUL"), False, True),
        (UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogate"), False, True),
        (psycopg.errors.UndefinedTable(), False, False),
        (RuntimeError("ours"), False, False),
    ],
)
def test_faults_are_laid_where_they_belong(error: Exception, passing: bool, of_values: bool) -> None:
    assert (store.is_passing(error), store.is_of_values(error)) == (passing, of_values)
