# SPDX-License-Identifier: EUPL-1.2
"""Values to take away: all of them, in order, as they are, and nothing of what is hidden."""

import csv
import io
import tracemalloc
from datetime import datetime, timedelta
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.db import connection
from django.test import Client

from smilecity.city.door import DOWNLOADS, SLOW
from smilecity.core.models import Noun
from smilecity.things.models import Thing
from smilecity.things.reads import values as reads
from tests.things.hours import fill
from tests.things.stage import NOON, stream

MINUTE = timedelta(minutes=1)


def body(response: Any) -> bytes:
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content)


def taken(client: Client, ds: int, query: str = "") -> list[dict[str, str]]:
    """The table, read as any program does."""
    text = body(client.get(f"/things/counter/{ds}.csv{query}")).decode()
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def set_value(at: datetime, column: str, value: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE things_observation SET {column} = %s WHERE phenomenon_time = %s", [value, at])


@pytest.mark.django_db
def test_a_table_holds_all_values_in_order(client: Client) -> None:
    ds = stream().id
    fill(ds, [(NOON - number * MINUTE, number / 7) for number in range(5000)])
    lines = body(client.get(f"/things/counter/{ds}.csv")).decode()
    assert lines.count("\r\n") == lines.count("\n") == 5001
    rows = taken(client, ds)
    assert [float(row["result"]) for row in rows] == [number / 7 for number in reversed(range(5000))]
    assert rows[-1]["phenomenonTime"] == "2026-11-20T12:00:00Z"
    assert list(rows[0]) == list(reads.HEAD)


@pytest.mark.django_db
def test_texts_are_told_so_that_no_program_takes_them_for_more(client: Client) -> None:
    ds = stream().id
    texts = ["=1+1", "-3", "@x", "+5", 'a "word", or two\nlines', "\ttab", "plain", "ä"]
    fill(ds, [(NOON + number * MINUTE, None) for number in range(len(texts))])
    with connection.cursor() as cursor:
        for number, text in enumerate(texts):
            cursor.execute(
                "UPDATE things_observation SET value = to_jsonb(%s::text) WHERE phenomenon_time = %s",
                [text, NOON + number * MINUTE],
            )
    fill(ds, [(NOON + 20 * MINUTE, -3.5)])
    set_value(NOON + 20 * MINUTE, "phenomenon_end", NOON + 21 * MINUTE)
    set_value(NOON + 20 * MINUTE, "parameters", '{"battery": 3}')
    rows = taken(client, ds)
    assert [row["result"] for row in rows[:-1]] == [
        "'=1+1", "'-3", "'@x", "'+5", 'a "word", or two\nlines', "'\ttab", "plain", "ä",
    ]  # fmt: skip
    last = rows[-1]
    assert (last["result"], last["phenomenonTimeEnd"], last["resultTime"]) == (
        "-3.5",
        "2026-11-20T12:21:00Z",
        "",
    )
    assert last["parameters"] == '{"battery": 3}'


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?from=2026-11-20T11:50:00Z", 11),
        ("?from=2026-11-20T12:50:00%2B01:00", 11),
        ("?from=2026-11-20T12:50:00+01:00", 11),
        ("?from=2026-11-20T12:50:00", 11),  # the city's time
        ("?until=2026-11-20T12:00:00Z", 4999),
        ("?from=2026-11-19&until=2026-11-20", 24 * 60),
        ("?from=2027-01-01", 0),
        ("?from=2026-11-20&until=2026-11-19", 0),
        ("?from=&until=", 5000),
    ],
)
def test_a_range(client: Client, query: str, count: int) -> None:
    ds = stream().id
    fill(ds, [(NOON - number * MINUTE, float(number)) for number in range(5000)])
    assert len(taken(client, ds, query)) == count


@pytest.mark.django_db
@pytest.mark.parametrize(
    "said", ["yesterday", "2026-13-01", "2026-01-01T25:00", "0001-01-01", "9999-12-31T23:00:00-14:00"]
)
def test_no_range_is_a_failure(client: Client, said: str) -> None:
    ds = stream().id
    answer = client.get(f"/things/counter/{ds}.csv", {"from": said})
    assert answer.status_code in (200, 400)


@pytest.mark.django_db
def test_parquet_holds_the_same(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reads, "ROWS_AT_ONCE", 100)
    ds = stream().id
    fill(ds, [(NOON - number * MINUTE, None if number == 7 else number / 7) for number in range(250)])
    file = pq.ParquetFile(io.BytesIO(body(client.get(f"/things/counter/{ds}.parquet"))))
    assert file.num_row_groups == 3
    rows = file.read().to_pylist()
    assert [row["phenomenonTime"] for row in rows] == [
        NOON - number * MINUTE for number in reversed(range(250))
    ]
    assert rows[0]["result"] == 249 / 7
    assert rows[-8]["result"] is None and rows[-8]["resultJson"] == '"text"'
    empty = pq.read_table(io.BytesIO(body(client.get(f"/things/counter/{ds}.parquet?from=2030-01-01"))))
    assert empty.num_rows == 0 and len(empty.schema) == 7


@pytest.mark.django_db
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_the_file_says_what_it_is_and_whom_to_name(client: Client, ending: str) -> None:
    ds = stream().id
    Thing.objects.update(operator="Stadtwerke Süd, Netze")
    answer = client.get(f"/things/counter/{ds}.{ending}")
    body(answer)
    assert answer["Content-Disposition"] == f'attachment; filename="counter-{ds}.{ending}"'
    assert '<https://spdx.org/licenses/CC-BY-4.0>; rel="license"' in answer["Link"]
    assert "rel=\"author\"; title*=UTF-8''Stadtwerke%20S%C3%BCd%2C%20Netze" in answer["Link"]
    assert client.head(f"/things/counter/{ds}.{ending}").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_nobody_takes_away_what_is_hidden(client: Client, ending: str) -> None:
    ds, hidden = stream().id, stream("hidden", visibility="internal").id
    for address in (f"counter/{hidden}", f"other/{ds}", "counter/999999", f"counter/{10**30}"):
        assert client.get(f"/things/{address}.{ending}").status_code == 404
    assert client.get(f"/things/counter/{ds}.{ending}").status_code == 200
    people = stream("people counted", people=True).id
    assert client.get(f"/things/counter/{people}.{ending}").status_code == 404
    Noun.objects.filter(address="things/counter").update(visibility="draft")
    assert client.get(f"/things/counter/{ds}.{ending}").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_more_than_can_be_taken_at_once_is_refused_with_a_way_out(
    client: Client, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(reads, "MOST_ROWS", 100)
    ds = stream().id
    fill(ds, [(NOON - number * MINUTE, float(number)) for number in range(101)])
    answer = client.get(f"/things/counter/{ds}.{ending}")
    assert answer.status_code == 413
    assert "from=" in answer.content.decode()
    assert client.get(f"/things/counter/{ds}.{ending}?from=2026-11-20T10:21:00Z").status_code == 200


@pytest.mark.django_db
@pytest.mark.trial
def test_a_long_table_takes_no_more_memory_than_a_short_one(client: Client) -> None:
    ds = stream().id
    with connection.cursor() as cursor:
        cursor.execute("SELECT things_keep_partition(%s)", [NOON])
        cursor.execute(
            "INSERT INTO things_observation (datastream_id, phenomenon_time, result)"
            " SELECT %s, %s::timestamptz - n * interval '1 second', n FROM generate_series(1, 200000) AS n",
            [ds, NOON],
        )
    answer = client.get(f"/things/counter/{ds}.csv")
    tracemalloc.start()
    size = sum(len(part) for part in answer.streaming_content)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 5_000_000
    assert most < 2_000_000


def test_the_door_has_threads_of_their_own_for_files() -> None:
    for path in ("/things/counter/5.csv", "/en/things/counter-1/5.parquet"):
        assert DOWNLOADS.match(path) and not SLOW.match(path)
    for path in ("/things/counter/", "/things/counter/5.csv/x", "/places/x/5.csv"):
        assert not DOWNLOADS.match(path)
