# SPDX-License-Identifier: EUPL-1.2
"""How a table is written is guessed, and its rows are read, whatever is in them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecity.core.lines import MOST_LINE, UTF16, encoding_of, text_of
from smilecity.things.rules.tables import (
    FIRST,
    FORMATS,
    GERMAN,
    ISO,
    REFUSED,
    SECOND,
    SECONDS,
    TWICE,
    Layout,
    Reading,
    Troubled,
    guess,
    moment_of,
    names_in,
    number,
    read_row,
    truth,
    words,
)

BERLIN = ZoneInfo("Europe/Berlin")
WIDE = Layout(time=0, format=GERMAN, values={1: 7, 2: 8})
NUMBERS = {7: number, 8: number}


def row(text: str, layout: Layout = WIDE, types: Any = NUMBERS) -> Any:
    return read_row(text.encode(), layout, BERLIN, types)


def looks(text: str, encoding: str = "utf-8") -> Layout:
    raw = text.encode(encoding)
    return guess(raw, encoding_of(raw), "Europe/Berlin").layout


def test_a_german_table_is_understood() -> None:
    found = looks("Datum;Pegel;Temp\n01.02.2026 10:00;1.234,5;-3,5\n01.02.2026 10:10;1.235,0;-3,4\n")
    assert (found.delimiter, found.decimal, found.header, found.time, found.format) == (
        ";",
        ",",
        True,
        0,
        GERMAN,
    )


def test_an_international_table_is_understood() -> None:
    found = looks("2026-02-01T10:00:00Z,1.5,a\n2026-02-01T10:10:00Z,2.5,b\n")
    assert (found.delimiter, found.decimal, found.header, found.time, found.format) == (
        ",",
        ".",
        False,
        0,
        ISO,
    )


def test_clock_and_day_in_columns_of_their_own() -> None:
    found = looks("nr\tTag\tZeit\tWert\n1\t01.02.2026\t10:00\t1\n2\t01.02.2026\t10:10\t2\n")
    assert (found.delimiter, found.time, found.clock, found.format) == ("\t", 1, 2, GERMAN)
    read = row("01.02.2026;10:10;2", Layout(time=0, clock=1, format=GERMAN, values={2: 7}))
    assert read.readings == [Reading(7, datetime(2026, 2, 1, 9, 10, tzinfo=UTC), 2.0)]


def test_a_long_table_is_understood() -> None:
    text = "t;was;wert\n" + "".join(f"17{n:08};{'Pegel' if n % 2 else 'Temp'};{n},5\n" for n in range(8))
    found = guess(text.encode(), "utf-8", "UTC")
    assert (found.layout.time, found.layout.format) == (0, SECONDS)
    assert (found.layout.name, found.layout.value) == (1, 2)
    assert names_in(found, 1) == ["Temp", "Pegel"]
    long = Layout(time=0, format=SECONDS, name=1, value=2, named={"Pegel": 7})
    assert row("1700000000;Pegel;2,5", long).readings[0].result == 2.5
    assert row("1700000000;Temp;2,5", long).readings == []


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "windows-1252", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_every_usual_encoding_is_known(encoding: str) -> None:
    raw = "Zeit;Höhe über Grund\n01.02.2026 10:00;1,5\n".encode(encoding)
    kept = encoding_of(raw)
    assert kept == (UTF16 if "16" in encoding else encoding.replace("-sig", ""))
    if kept != UTF16:
        assert text_of(raw.splitlines(keepends=True)[0], kept) == "Zeit;Höhe über Grund"


def test_a_line_of_windows_among_utf8_is_read() -> None:
    assert text_of("Höhe".encode("windows-1252"), "utf-8") == "Höhe"


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("1,5", ",", 1.5),
        ("1.234.567,25", ",", 1234567.25),
        ("1'234.5", ".", 1234.5),
        ("1 234,5", ",", 1234.5),
        ("-.5", ".", -0.5),
        ("\u22123,5", ",", -3.5),
        ("1e3", ".", 1000.0),
        ("1.5", ",", None),
        ("1.23,5", ",", None),
        ("1,5,5", ",", None),
        ("1e999", ".", None),
        ("inf", ".", None),
        ("0x10", ".", None),
        ("١", ".", None),
        ("12 %", ",", None),
        ("", ",", None),
    ],
)
def test_numbers(text: str, decimal: str, value: float | None) -> None:
    try:
        read = number(text, decimal)
    except ValueError:
        read = None
    assert read == value


@given(value=st.floats(allow_nan=False, allow_infinity=False), decimal=st.sampled_from([",", "."]))
def test_every_number_that_is_written_is_read(value: float, decimal: str) -> None:
    assert number(repr(value).replace(".", decimal), decimal) == value


@pytest.mark.parametrize(
    ("text", "format_", "moment"),
    [
        ("2026-07-01 12:00", ISO, datetime(2026, 7, 1, 10, tzinfo=UTC)),
        ("2026-07-01T12:00:00,5+0200", ISO, datetime(2026, 7, 1, 10, 0, 0, 500000, tzinfo=UTC)),
        ("2026-07-01T12:00Z", ISO, datetime(2026, 7, 1, 12, tzinfo=UTC)),
        ("2026-01-01", ISO, datetime(2025, 12, 31, 23, tzinfo=UTC)),
        ("31.12.2025 24:00", GERMAN, datetime(2025, 12, 31, 23, tzinfo=UTC)),
        ("1.7.26 12:00:05", GERMAN, datetime(2026, 7, 1, 10, 0, 5, tzinfo=UTC)),
        ("1782900000", SECONDS, datetime(2026, 7, 1, 10, tzinfo=UTC)),
        ("1782900000500", "epoch-ms", datetime(2026, 7, 1, 10, 0, 0, 500000, tzinfo=UTC)),
    ],
)
def test_times(text: str, format_: str, moment: datetime) -> None:
    assert moment_of(text, format_, BERLIN) == moment


@pytest.mark.parametrize(
    ("text", "twice", "found"),
    [
        ("29.03.2026 02:30", REFUSED, "table.no-such-time"),
        ("29.03.2026 02:30", FIRST, "table.no-such-time"),
        ("25.10.2026 02:30", REFUSED, "table.time-twice"),
        ("25.10.2026 02:30", FIRST, datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("25.10.2026 02:30", SECOND, datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("25.10.2026 03:00", REFUSED, datetime(2026, 10, 25, 2, tzinfo=UTC)),
        ("31.02.2026 10:00", REFUSED, "table.bad-time"),
        ("01.02.2026 25:00", REFUSED, "table.bad-time"),
        ("01.01.0000 00:00", REFUSED, "table.bad-time"),
    ],
)
def test_the_clocks_change(text: str, twice: str, found: Any) -> None:
    if isinstance(found, datetime):
        assert moment_of(text, GERMAN, BERLIN, twice) == found
        return
    with pytest.raises(Troubled) as troubled:
        moment_of(text, GERMAN, BERLIN, twice)
    assert troubled.value.trouble.code == found


@given(moment=st.datetimes(datetime(1975, 1, 1), datetime(2099, 1, 1)))
def test_a_local_time_is_read_back_or_refused_as_the_clocks_say(moment: datetime) -> None:
    """Whatever is taken is shown by the clocks of the zone as it was written."""
    moment = moment.replace(microsecond=0)
    for twice in TWICE:
        try:
            read = moment_of(f"{moment:%Y-%m-%d %H:%M:%S}", ISO, BERLIN, twice)
        except Troubled as troubled:
            assert troubled.trouble.code in ("table.no-such-time", "table.time-twice")
            assert (
                moment.replace(tzinfo=BERLIN).utcoffset()
                != (moment + timedelta(hours=1)).replace(tzinfo=BERLIN, fold=1).utcoffset()
                or moment.replace(tzinfo=BERLIN).utcoffset()
                != moment.replace(tzinfo=BERLIN, fold=1).utcoffset()
            )
        else:
            assert read.astimezone(BERLIN).replace(tzinfo=None) == moment


def test_what_is_wrong_is_said_of_its_value_alone() -> None:
    read = row("01.02.2026 10:00;warm;2,5")
    assert [one.code for one in read.troubles] == ["table.bad-value"]
    assert [one.result for one in read.readings] == [2.5]
    assert row("gestern;1;2").troubles[0].code == "table.bad-time"
    assert row("").troubles if row("") else row("") is None
    assert row(";;;") is None
    assert row("01.02.2026 10:00;-;NaN").readings == []
    assert row("x" * (MOST_LINE + 1)).troubles[0].code == "table.long-line"
    assert row("01.02.2026 10:00;1\0;2").troubles[0].code == "table.nul"
    assert row("1", Layout(time=3, values={0: 7})).troubles[0].code == "table.short-row"


def test_other_types_than_numbers() -> None:
    read = row("01.02.2026 10:00;Ja;offen", types={7: truth, 8: words})
    assert [one.result for one in read.readings] == [True, "offen"]
    assert row("01.02.2026 10:00;vielleicht;", types={7: truth, 8: words}).troubles


@given(
    line=st.binary(max_size=300),
    delimiter=st.sampled_from([";", ",", "\t", "|"]),
    format_=st.sampled_from(FORMATS),
    clock=st.none() | st.integers(0, 3),
)
def test_any_line_is_read_or_said_to_be_wrong(
    line: bytes, delimiter: str, format_: str, clock: int | None
) -> None:
    for layout in (
        Layout(delimiter=delimiter, format=format_, time=0, clock=clock, values={1: 7}),
        Layout(delimiter=delimiter, format=format_, time=0, name=1, value=2, named={"a": 7}),
    ):
        read = read_row(line, layout, BERLIN, NUMBERS)
        assert read is None or all(one.code.startswith("table.") for one in read.troubles)


@given(head=st.binary(max_size=2000))
def test_any_file_is_guessed(head: bytes) -> None:
    found = guess(head, encoding_of(head), "UTC")
    assert found.layout.time is None or found.layout.time < len(found.names)


@given(
    cells=st.lists(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=2), min_size=3, max_size=20),
    delimiter=st.sampled_from([";", "\t", "|"]),
    decimal=st.sampled_from([",", "."]),
)
def test_what_is_written_is_guessed_and_read_back(
    cells: list[list[float]], delimiter: str, decimal: str
) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    lines = [
        delimiter.join(
            [
                f"{start + timedelta(minutes=n):%Y-%m-%dT%H:%M:%SZ}",
                *(f"{c:.3f}".replace(".", decimal) for c in row_),
            ]
        )
        for n, row_ in enumerate(cells)
    ]
    raw = "\n".join([delimiter.join(["time", "a", "b"]), *lines]).encode()
    found = guess(raw, encoding_of(raw), "UTC").layout
    assert (found.delimiter, found.decimal, found.time, found.header) == (delimiter, decimal, 0, True)
    layout = Layout(delimiter=delimiter, decimal=decimal, time=0, format=ISO, values={1: 7, 2: 8})
    for line, row_ in zip(lines, cells, strict=True):
        read = read_row(line.encode(), layout, UTC, NUMBERS)
        assert read is not None
        assert [one.result for one in read.readings] == [float(f"{c:.3f}") for c in row_]
