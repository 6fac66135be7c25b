# SPDX-License-Identifier: EUPL-1.2
"""A table is brought, looked through, taken in, halted and gone on with; nothing is stored twice."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE
from smilecity.things import privacy
from smilecity.things.actions import tables as actions
from smilecity.things.jobs import take_tables
from smilecity.things.models import Datastream, Latest, TableImport
from smilecity.things.reads import tables as reads
from smilecity.things.rules.tables import GERMAN, ISO, Layout
from tests.things.stage import NOON, stream
from tests.things.test_cli import run

HEAD = b"Zeit;Pegel;Temp\n"


@pytest.fixture(autouse=True)
def _place(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.TABLES = tmp_path / "tables"
    with clock.frozen(NOON + timedelta(days=2)):
        yield


def rows(count: int, first: int = 0) -> bytes:
    start = datetime(2026, 2, 1, tzinfo=UTC)
    return b"".join(
        f"{start + timedelta(minutes=n):%d.%m.%Y %H:%M};{n},5;{n % 20}\n".encode()
        for n in range(first, first + count)
    )


def brought(*parts: bytes) -> tuple[TableImport, Datastream]:
    ds = stream("pegel")
    made = actions.bring(NODE, ds.thing_id, "pegel.csv", iter(parts))
    actions.understand(NODE, made.pk, Layout(time=0, format=GERMAN, values={1: ds.id}))
    return made, ds


def now(made: TableImport) -> TableImport:
    return TableImport.objects.get(pk=made.pk)


def count(ds: Datastream) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM things_observation WHERE datastream_id = %s", [ds.id])
        return int(cursor.fetchone()[0])


def take_all(made: TableImport) -> TableImport:
    actions.look_through(NODE, made.pk)
    work_on(made)
    actions.take_in(NODE, made.pk, seen=now(made).refused)
    work_on(made)
    return now(made)


def work_on(made: TableImport) -> None:
    """As the queue does: again and again, for one job works for a few minutes at most."""
    while not actions.work(NODE, made.pk):
        pass


pytestmark = pytest.mark.django_db


def test_a_table_is_looked_through_then_taken_in_and_its_file_is_gone() -> None:
    made, ds = brought(HEAD, rows(1500), b"quatsch;1;2\n01.02.2026 10:00;warm;2\n01.02.2099 10:00;1;1\n")
    assert reads.guessed(NODE, made).names == ["Zeit", "Pegel", "Temp"]
    actions.look_through(NODE, made.pk)
    assert actions.work(NODE, made.pk)
    looked = now(made)
    assert (looked.state, looked.rows, looked.refused, looked.stored) == ("draft", 1503, 3, 0)
    assert [(one["line"], one["code"]) for one in looked.troubles] == [
        (1502, "table.bad-time"),
        (1503, "table.bad-value"),
        (1504, "observation.impossible-time"),
    ]
    assert count(ds) == 0
    actions.take_in(NODE, made.pk, seen=3)
    assert actions.work(NODE, made.pk)
    done = now(made)
    assert (done.state, done.rows, done.refused, done.stored) == ("done", 1503, 3, 1500)
    assert count(ds) == 1500 == Latest.objects.get(datastream=ds).count
    assert not reads.file_of(made).exists()


def test_the_same_table_again_stores_nothing_again() -> None:
    made, ds = brought(HEAD, rows(50))
    assert take_all(made).stored == 50
    again, _same = brought(HEAD, rows(60))
    done = take_all(again)
    assert (done.stored, done.columns["values"], count(ds)) == (10, 60, 60)


def test_nothing_is_taken_before_its_troubles_were_seen() -> None:
    made, ds = brought(HEAD, rows(3), b"x;1;1\n")
    with pytest.raises(Refusal) as refusal:
        actions.take_in(NODE, made.pk, seen=0)
    assert refusal.value.code == "table.not-looked"
    actions.look_through(NODE, made.pk)
    actions.work(NODE, made.pk)
    with pytest.raises(Refusal) as refusal:
        actions.take_in(NODE, made.pk, seen=0)
    assert refusal.value.code == "table.meanwhile"
    actions.understand(NODE, made.pk, Layout(time=0, format=GERMAN, values={2: ds.id}))
    with pytest.raises(Refusal) as refusal:
        actions.take_in(NODE, made.pk, seen=1)
    assert refusal.value.code == "table.not-looked"


def test_a_kill_between_chunks_loses_nothing_and_doubles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each try dies at one chunk further than the one before, after its rows were stored and before the end of it."""
    made, ds = brought(HEAD, rows(100))
    actions.look_through(NODE, made.pk)
    actions.work(NODE, made.pk)
    actions.take_in(NODE, made.pk, seen=0)
    monkeypatch.setattr(actions, "ROWS", 7)
    note, tries = actions.take, 0

    def dying(*args: Any) -> Any:
        nonlocal tries
        stored = note(*args)
        tries += 1
        if tries % 3 == 0:
            raise KeyboardInterrupt
        return stored

    monkeypatch.setattr(actions, "take", dying)
    for _try in range(100):
        try:
            actions.work(NODE, made.pk)
        except KeyboardInterrupt:
            continue
        break
    done = now(made)
    assert tries > 20
    assert (done.state, done.stored, done.rows, count(ds)) == ("done", 100, 100, 100)


def test_it_is_halted_and_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "ROWS", 10)
    made, ds = brought(HEAD, rows(40))
    actions.look_through(NODE, made.pk)
    actions.work(NODE, made.pk)
    actions.take_in(NODE, made.pk, seen=0)
    assert not actions.work(NODE, made.pk, seconds=-1)
    assert (now(made).rows, reads.waiting(NODE)) == (9, [made.pk])  # and the line of titles
    actions.stop(NODE, made.pk)
    assert actions.work(NODE, made.pk)
    assert (count(ds), reads.waiting(NODE)) == (9, [])
    actions.go_on(NODE, made.pk)
    actions.work(NODE, made.pk)
    assert (count(ds), now(made).state) == (40, "done")


def test_a_file_that_was_lost_halts_it_with_a_reason() -> None:
    made, _ds = brought(HEAD, rows(4))
    reads.file_of(made).unlink()
    actions.look_through(NODE, made.pk)
    assert actions.work(NODE, made.pk)
    assert (now(made).state, now(made).troubles[0]["code"]) == ("stopped", "table.lost")


def test_only_a_hundred_troubles_are_named() -> None:
    made, _ds = brought(HEAD, b"x;1;1\n" * 250)
    actions.look_through(NODE, made.pk)
    actions.work(NODE, made.pk)
    assert (now(made).refused, len(now(made).troubles)) == (250, 100)


def test_utf16_and_lines_too_long() -> None:
    text = (HEAD + rows(2)).decode() + "ä" * 200_000 + "\n" + rows(1, 2).decode()
    made, ds = brought(text.encode("utf-16"))
    done = take_all(made)
    assert (done.stored, [one["code"] for one in done.troubles], count(ds)) == (3, ["table.long-line"], 3)


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([], "table.empty"),
        ([b"  \n"], "table.empty"),
        ([b"PK\x03\x04abc"], "table.not-text"),
        ([b"a;b\n\0\n"], "table.not-text"),
    ],
)
def test_what_is_no_table_is_refused_and_leaves_no_file(parts: list[bytes], code: str) -> None:
    ds = stream("pegel")
    with pytest.raises(Refusal) as refusal:
        actions.bring(NODE, ds.thing_id, "x", iter(parts))
    assert refusal.value.code == code
    from django.conf import settings

    assert list(Path(settings.TABLES).iterdir()) == []


def test_too_large_is_refused_while_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_BYTES", 200_000)
    ds = stream("pegel")
    with pytest.raises(Refusal) as refusal:
        actions.bring(NODE, ds.thing_id, "x", (b"a;1\n" * 1000 for _part in range(1000)))
    assert refusal.value.code == "table.too-large"


def test_columns_feed_datastreams_of_their_thing_only() -> None:
    made, _ds = brought(HEAD, rows(1))
    from tests.things.stage import thing

    other = stream("anders", thing("other"))
    with pytest.raises(Refusal) as refusal:
        actions.understand(NODE, made.pk, Layout(time=0, format=ISO, values={1: other.id}))
    assert refusal.value.code == "table.no-datastream"
    for layout, code in (
        (Layout(values={1: 1}), ""),
        (Layout(time=0), "table.no-values"),
        (Layout(), "table.no-time"),
    ):
        if code:
            actions.understand(NODE, made.pk, layout)
            with pytest.raises(Refusal) as refusal:
                actions.look_through(NODE, made.pk)
            assert refusal.value.code == code


def test_it_is_for_those_who_keep_things_and_forgotten_in_time() -> None:
    made, _ds = brought(HEAD, rows(1))
    with pytest.raises(Refusal) as refusal:
        actions.forget(ANYONE, made.pk)
    assert refusal.value.status == 403
    assert reads.table(ANYONE, made.pk) is None
    assert list(reads.imports(ANYONE).items) == []
    assert [one.pk for one in reads.imports(NODE).items] == [made.pk]
    assert actions.forget_old(NODE) == 0
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert actions.forget_old(NODE) == 1
    assert not reads.file_of(made).exists()


def test_at_the_command_line(tmp_path: Path) -> None:
    ds = stream("pegel")
    file = tmp_path / "pegel.csv"
    file.write_bytes(HEAD + rows(3) + b"x;1;1\n")
    words = ["import-table", str(file), "--thing", "counter", "--column", "Pegel=pegel"]
    halted = run(*words)
    assert isinstance(halted.exception, SystemExit), halted.exception
    assert (halted.exit_code, count(ds), TableImport.objects.count()) == (1, 0, 0)
    assert "table.bad-time" in halted.output
    assert "3 values taken in" in run(*words, "--yes").output
    assert "0 values taken in, 3 were there before" in run(*words, "--yes").output
    refused = run(*words[:-1], "Tiefe=pegel")
    assert isinstance(refused.exception, Refusal)
    assert "Pegel" in str(refused.exception.cure)


def test_the_queue_works_on_what_is_waiting() -> None:
    made, ds = brought(HEAD, rows(5))
    actions.look_through(NODE, made.pk)
    take_tables()
    actions.take_in(NODE, made.pk, seen=0)
    take_tables()
    assert (count(ds), now(made).state) == (5, "done")


def test_who_brought_it_is_told_and_forgotten() -> None:
    made, _ds = brought(HEAD, rows(1))
    TableImport.objects.update(by="account/7")
    assert [one["name"] for one in privacy.export(7)["tables"]] == ["pegel.csv"]
    assert privacy.forget(7).pseudonymised
    assert now(made).by == "account"


@pytest.mark.trial
def test_three_hundred_thousand_lines() -> None:
    """Never in memory."""
    import tracemalloc

    tracemalloc.start()
    made, ds = brought(HEAD, *(rows(10_000, n * 10_000) for n in range(30)))
    assert tracemalloc.get_traced_memory()[1] < 40 << 20
    tracemalloc.stop()
    with clock.frozen(datetime(2028, 6, 1, tzinfo=UTC)):
        assert take_all(made).stored == 300_000 == count(ds)
