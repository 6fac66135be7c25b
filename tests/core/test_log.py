# SPDX-License-Identifier: EUPL-1.2
"""The log loses nothing, repeats nothing and keeps one order, whatever writers, readers and numberers do."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest
from django.db import connection, transaction

from smilecity.core import log, numberer
from smilecity.core.models import LogEntry, LogReader
from smilecity.core.who import ANYONE, NODE, Who
from tests.core.writers import APPEND, Writers

POSITIONS = "SELECT id, position FROM core_logentry WHERE position > %s ORDER BY position LIMIT 50"


@contextmanager
def numbering(url: str) -> Iterator[None]:
    """A numberer in a thread of its own, as each process of a node has one."""
    loop = asyncio.new_event_loop()
    task = loop.create_task(numberer.number_entries(url))

    def work() -> None:
        asyncio.set_event_loop(loop)
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(task)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)
        loop.close()
        assert not thread.is_alive()


def wait_for(url: str, question: str, answer: object) -> None:
    """Ask the database until it says so; the test's time limit is the only clock."""
    with psycopg.connect(url, autocommit=True) as asking:
        while asking.execute(question).fetchone() != (answer,):
            threading.Event().wait(0.01)


def append_some(url: str, count: int) -> None:
    with psycopg.connect(url, autocommit=True) as writing:
        for _ in range(count):
            writing.execute(APPEND, [[1]])


ALL_NUMBERED = "SELECT NOT EXISTS (SELECT FROM core_logentry WHERE position IS NULL)"


class NaiveReader:
    """What everyone writes first: the id is the cursor."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True)
        self.cursor = 0
        self.seen: list[int] = []

    def look(self) -> None:
        rows = self.connection.execute(
            "SELECT id FROM core_logentry WHERE id > %s ORDER BY id", [self.cursor]
        ).fetchall()
        self.seen += [one for (one,) in rows]
        self.cursor = max([self.cursor, *self.seen[-1:]])


class PositionReader(NaiveReader):
    """The same with the log's positions."""

    def look(self) -> None:
        rows = self.connection.execute(POSITIONS, [self.cursor]).fetchall()
        for one, position in rows:
            assert position == self.cursor + 1, "positions have a gap or repeat"
            self.cursor = position
            self.seen.append(one)


def read_beside_writers(url: str, reader: NaiveReader, *, writers: int, each: int, seed: int) -> Writers:
    crowd = Writers(url, writers, each, seed)
    with numbering(url):
        crowd.run(reader.look)
        wait_for(url, ALL_NUMBERED, True)
    while len(reader.seen) < len(crowd.committed) and isinstance(reader, PositionReader):
        reader.look()
    reader.look()
    reader.connection.close()
    return crowd


def test_a_cursor_on_the_id_would_lose_entries(database_url: str) -> None:
    """Why there is a numberer at all. If this fails, the tests below prove nothing."""
    reader = NaiveReader(database_url)
    crowd = read_beside_writers(database_url, reader, writers=16, each=25, seed=1)
    lost = set(crowd.committed) - set(reader.seen)
    assert lost


def test_a_reader_beside_16_writers_misses_and_repeats_nothing(database_url: str) -> None:
    reader = PositionReader(database_url)
    crowd = read_beside_writers(database_url, reader, writers=16, each=40, seed=2)
    assert sorted(reader.seen) == sorted(crowd.committed)


@pytest.mark.trial
@pytest.mark.parametrize("seed", range(10, 16))
def test_a_reader_beside_16_writers_for_longer(database_url: str, seed: int) -> None:
    reader = PositionReader(database_url)
    crowd = read_beside_writers(database_url, reader, writers=16, each=600, seed=seed)
    assert sorted(reader.seen) == sorted(crowd.committed)


def test_several_numberers_number_once(database_url: str) -> None:
    reader = PositionReader(database_url)
    with numbering(database_url), numbering(database_url):
        crowd = read_beside_writers(database_url, reader, writers=4, each=25, seed=3)
    assert sorted(reader.seen) == sorted(crowd.committed)


HOLDER = """
SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
AND (classid::bigint << 32) + objid::bigint = %s
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def test_another_numberer_takes_over_when_the_first_is_cut_off(database_url: str) -> None:
    with numbering(database_url), numbering(database_url):
        append_some(database_url, 3)
        wait_for(database_url, ALL_NUMBERED, True)
        for _ in range(3):
            with psycopg.connect(database_url, autocommit=True) as axe:
                (holder,) = axe.execute(HOLDER, [numberer.LOCK]).fetchone() or (None,)
                assert axe.execute("SELECT pg_terminate_backend(%s)", [holder]).fetchone() == (True,)
            append_some(database_url, 3)
            wait_for(database_url, ALL_NUMBERED, True)
    assert list(LogEntry.objects.order_by("id").values_list("position", flat=True)) == list(range(1, 13))


def test_a_long_transaction_elsewhere_does_not_hold_the_log_up(database_url: str) -> None:
    with psycopg.connect(database_url) as slow, numbering(database_url):
        slow.execute("INSERT INTO core_logreader (name, position) VALUES ('slow', 0)")
        slow.execute(APPEND, [[9]])
        append_some(database_url, 2)
        wait_for(database_url, "SELECT last FROM core_loghead", 2)
        slow.commit()
        wait_for(database_url, "SELECT last FROM core_loghead", 3)
    assert [entry.about for entry in log.since(0)] == [[1], [1], [9]]


def test_number_once_numbers_what_waits_unless_a_node_does(database_url: str) -> None:
    append_some(database_url, 5)
    assert numberer.number_once(database_url) == 5
    assert numberer.number_once(database_url) == 0
    append_some(database_url, 1)
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [numberer.LOCK])
        assert numberer.number_once(database_url) == 0


def test_more_than_a_batch_is_numbered_at_once(database_url: str) -> None:
    with psycopg.connect(database_url) as writing:
        writing.execute(
            "INSERT INTO core_logentry (actor, verb, about, data)"
            " SELECT 'node', 'tried', '{}', '{}' FROM generate_series(1, %s)",
            [numberer.BATCH + 5],
        )
    assert numberer.number_once(database_url) == numberer.BATCH + 5
    assert log.head() == numberer.BATCH + 5


@pytest.mark.django_db(transaction=True)
def test_the_log_is_written_in_a_transaction_only() -> None:
    with pytest.raises(RuntimeError):
        log.append(NODE, "tried")
    assert not LogEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_goes_with_its_transaction() -> None:
    def append_and_fail() -> None:
        with transaction.atomic():
            log.append(NODE, "tried")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        append_and_fail()
    assert not LogEntry.objects.exists()


def test_an_entry_says_who_what_and_about(database_url: str, alice: Who) -> None:
    with transaction.atomic():
        log.append(alice, "place-kept", noun=7, about=[9, 7, 8], data={"units": 2})
        log.append(ANYONE, "read")
    numberer.number_once(database_url)
    kept, read = log.since(0)
    assert (kept.actor, kept.verb, kept.noun, kept.about) == ("account/1", "place-kept", 7, [7, 8, 9])
    assert kept.data == {"units": 2}
    assert (read.actor, read.noun, read.about) == ("anyone", None, [])
    assert log.of_noun(7) == [kept]


def numbered(url: str, count: int) -> None:
    append_some(url, count)
    numberer.number_once(url)


def test_a_reader_whose_handler_fails_gets_the_same_entries_again(database_url: str) -> None:
    numbered(database_url, 5)
    seen: list[int | None] = []

    def fail(entries: object) -> None:
        raise ZeroDivisionError

    log.read("tally", lambda entries: seen.extend(e.position for e in entries), limit=2)
    with pytest.raises(ZeroDivisionError):
        log.read("tally", fail)
    while log.read("tally", lambda entries: seen.extend(e.position for e in entries), limit=2):
        pass
    assert seen == [1, 2, 3, 4, 5]


def test_what_a_cut_off_reader_did_is_undone_with_its_cursor(database_url: str) -> None:
    numbered(database_url, 3)

    def cut_off(entries: object) -> None:
        LogReader.objects.create(name="made by the handler")
        with psycopg.connect(database_url, autocommit=True) as axe, connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            axe.execute("SELECT pg_terminate_backend(%s)", cursor.fetchone())

    with pytest.raises(Exception, match=r"connection|terminat"):
        log.read("tally", cut_off)
    connection.close()
    assert not LogReader.objects.exclude(position=0).exists()
    assert not LogReader.objects.filter(name="made by the handler").exists()
    assert log.read("tally", lambda entries: None) == 3


def test_two_processes_of_one_reader_share_the_entries(database_url: str) -> None:
    numbered(database_url, 60)
    seen: list[int | None] = []

    def work() -> None:
        try:
            while log.read("tally", lambda entries: seen.extend(e.position for e in entries), limit=7):
                pass
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == list(range(1, 61))
