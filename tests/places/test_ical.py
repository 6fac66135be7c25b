# SPDX-License-Identifier: EUPL-1.2
"""iCalendar, written and read again; and what comes in that should not."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smilecity.core.problems import Refusal
from smilecity.places.rules import ical
from smilecity.places.rules.ical import Entry
from smilecity.places.rules.offers import table

relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ZONE = ZoneInfo("Europe/Berlin")
STAMP = datetime(2026, 11, 23, 7, tzinfo=UTC)
PLAIN = st.text(
    st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=80
).map(str.strip)


def wrapped(*events: str) -> bytes:
    body = "".join(f"BEGIN:VEVENT\r\n{one}\r\nEND:VEVENT\r\n" for one in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{body}END:VCALENDAR\r\n".encode()


@relaxed
@given(
    PLAIN.filter(bool), PLAIN, st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)), st.integers(1, 20000),
    st.sampled_from(["", "FREQ=WEEKLY;BYDAY=TU", "FREQ=DAILY;COUNT=4", "FREQ=MONTHLY;BYDAY=-1FR"]),
)  # fmt: skip
def test_what_is_written_is_read_again(
    title: str, text: str, starts: datetime, minutes: int, rule: str
) -> None:
    starts = starts.replace(second=0, microsecond=0)
    if starts.month in (3, 10) and starts.hour in (1, 2, 3):
        starts = starts.replace(hour=12)  # what no clock shows, or shows twice, is another test's
    entry = Entry(uid="a@b", title=title, text=text, starts=starts, minutes=minutes, rule=rule, without=(
        f"{starts:%Y-%m-%dT%H:%M}",) if rule else ())  # fmt: skip
    written = ical.calendar("Stadt", [entry], ZONE, STAMP)
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    assert b"BEGIN:VTIMEZONE" in written
    assert ical.read(written, ZONE) == ([entry], [])


def test_an_end_in_utc_is_the_citys_evening() -> None:
    written = ical.calendar("S", [Entry(uid="a", title="A", starts=datetime(2026, 11, 24, 18), minutes=60,
                                        rule="FREQ=WEEKLY;UNTIL=20261231")], ZONE, STAMP)  # fmt: skip
    assert b"UNTIL=20261231T225959Z" in written
    found, _broken = ical.read(written, ZONE)
    assert found[0].rule == "FREQ=WEEKLY;UNTIL=20261231T235959"


def test_days_durations_and_other_zones_are_understood() -> None:
    found, broken = ical.read(
        wrapped(
            "UID:1\r\nSUMMARY:Tag\r\nDTSTART;VALUE=DATE:20261224",
            "UID:2\r\nSUMMARY:Dauer\r\nDTSTART:20261124T170000Z\r\nDURATION:PT90M",
            "UID:3\r\nSUMMARY:Fern\r\nDTSTART;TZID=America/New_York:20261124T120000\r\nDTEND;TZID=America/New_York:20261124T130000",
            "UID:4\r\nSUMMARY:Weg\r\nDTSTART:20261124T170000\r\nRECURRENCE-ID:20261124T170000\r\nSTATUS:CANCELLED",
        ),
        ZONE,
    )
    assert not broken
    assert [(one.starts.hour, one.minutes) for one in found] == [(0, 1440), (18, 90), (18, 60), (17, 60)]
    assert found[3].cancelled
    assert found[3].instance == datetime(2026, 11, 24, 17)


@pytest.mark.parametrize(
    "event",
    [
        "UID:1\r\nSUMMARY:X", "UID:1\r\nSUMMARY:X\r\nDTSTART:20269999T170000",
        "UID:1\r\nSUMMARY:X\r\nDTSTART:20261124T170000\r\nDTEND:20261124T160000",
        "UID:1\r\nSUMMARY:X\r\nDTSTART:20261124T170000\r\nRRULE:FREQ=SECONDLY",
        "UID:1\r\nSUMMARY:X\r\nDTSTART:20261124T170000\r\nRRULE:FREQ=DAILY;COUNT=99999999",
        "UID:1\r\nSUMMARY:X\r\nDTSTART:20261124T170000\r\nRRULE:FREQ=DAILY\r\nRRULE:FREQ=WEEKLY",
        "UID:1\r\nSUMMARY:X\r\nDTSTART:00010101T000000", "UID:1\r\nDTSTART:20261124T170000",
        "SUMMARY:X\r\nDTSTART:20261124T170000",
        "UID:1\r\nSUMMARY:X\r\nDTSTART:20261124T170000\r\nDURATION:-PT5M",
        "UID:1\r\nSUMMARY:X\r\nDTSTART:20261124T170000\r\nEXDATE:never",
    ],
)  # fmt: skip
def test_what_is_broken_is_named_and_the_others_are_read(event: str) -> None:
    good = "UID:2\r\nSUMMARY:Gut\r\nDTSTART:20261124T170000"
    found, broken = ical.read(wrapped(event, good), ZONE)
    assert [one.title for one in found] == ["Gut"]
    assert len(broken) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "ical.not-a-calendar"), (b"\xff\xfe", "ical.not-a-calendar"), (b"BEGIN:VCALENDAR", "ical.not-a-calendar"),
        (b"x" * (ical.MOST_BYTES + 1), "ical.too-large"), (wrapped(*["UID:1"] * 501), "ical.too-many"),
    ],
)  # fmt: skip
def test_bombs_are_refused(body: bytes, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        ical.read(body, ZONE)
    assert caught.value.code == code


@relaxed
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for read in (lambda: ical.read(wrapped(body.decode("latin-1")), ZONE), lambda: table.read(body)):
        try:
            read()
        except Refusal as refusal:
            assert refusal.code


def test_a_table_is_read_in_german_and_english_and_bad_lines_are_named() -> None:
    body = "titel;beginn;minuten;wo\nChor;26.11.2026 19:00;90;Kirche\nOhne;morgen;90;\n".encode("cp1252")
    found, broken = table.read(body)
    assert [(one.title, one.starts, one.minutes, one.where) for one in found] == [
        ("Chor", datetime(2026, 11, 26, 19), 90, "Kirche")
    ]
    assert [one.name for one in broken] == ["Ohne"]
    assert table.read(b"title,start\nA,2026-11-26T19:00\n")[0][0].minutes == 60
    with pytest.raises(Refusal):
        table.read(b"a,b\n1,2\n")
