# SPDX-License-Identifier: EUPL-1.2
"""Closing a place: search, booking and page know it at once, and those it hits are told with other times."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest

from smilecity.core import clock
from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE
from smilecity.places import actions, reads
from smilecity.places.actions import opening as acts
from smilecity.places.models import Booking, Exceptional, OpenSpan, SchoolHoliday
from smilecity.places.reads import opening as found
from smilecity.places.rules import schoolfile
from smilecity.places.rules.finding import Wish
from smilecity.places.rules.schoolfile import SchoolDays
from tests.places.booking_stage import NOW, Stage, at

FAIR = {"de": "Hafenfest", "en": "Harbour fair"}


@pytest.fixture
def stage(person: Callable[..., Any], organisation: Callable[..., Any]) -> Iterator[Stage]:
    """Monday, 8 in the morning."""
    with clock.frozen(NOW):
        yield Stage(person, organisation)


def open_now(moment: datetime) -> list[str]:
    with clock.frozen(moment):
        return [one.address for one in reads.sought(ANYONE, Wish(open="now")).items]


def test_search_booking_and_page_know_it(stage: Stage) -> None:
    closing = acts.close(stage.who["karim"], stage.place.noun_id, at(10, lasts=8), "event", FAIR)
    assert open_now(at(9)[0]) == ["places/court"]
    assert open_now(at(12)[0]) == []
    assert open_now(at(19)[0]) == ["places/court"]
    with pytest.raises(Refusal) as refused:
        stage.book("rita", "court", at(12))
    assert refused.value.code == "booking.closed"
    acts.end_closing(stage.who["karim"], closing.id)
    assert open_now(at(12)[0]) == ["places/court"]
    stage.book("rita", "court", at(12))


def test_open_beside_the_hours(stage: Stage) -> None:
    late = acts.open_extra(stage.who["karim"], stage.place.noun_id, at(22, lasts=2), {"de": "Lange Nacht"})
    assert open_now(at(23)[0]) == ["places/court"]
    stage.book("rita", "court", at(22))
    acts.close(stage.who["karim"], stage.place.noun_id, at(23, lasts=1), "staff", FAIR)
    assert open_now(at(23)[0]) == []
    acts.end_closing(stage.who["karim"], late.id)
    assert open_now(at(22)[0]) == []


def test_one_unit_closes_with_its_parts_and_what_it_is_part_of(stage: Stage) -> None:
    acts.close(stage.who["karim"], stage.place.noun_id, at(10), "repair", FAIR, unit=stage.id("left"))
    assert open_now(at(10)[0]) == ["places/court"]
    for unit in ("left", "court"):
        with pytest.raises(Refusal):
            stage.book("rita", unit, at(10))
    stage.book("rita", "right", at(10))


def test_quiet_hours_end_with_a_closing(stage: Stage) -> None:
    actions.keep_place(
        NODE,
        "court",
        title={"de": "Platz"},
        category="sport",
        quiet_hours="Mo-Su 08:00-12:00",
        visibility="public",
    )
    acts.close(NODE, stage.place.noun_id, at(9, lasts=2), "staff", FAIR)
    quiet = OpenSpan.objects.filter(place=stage.place, quiet=True)
    assert not quiet.filter(during__contains=at(10)[0]).exists()
    assert quiet.filter(during__contains=at(11)[0]).exists()


def test_those_hit_are_told_once_and_nothing_is_cancelled(stage: Stage) -> None:
    stage.book("rita", "left", at(10))
    stage.book("rita", "right", at(12))
    other = stage.book("nora", "hall", at(20))
    acts.close(stage.who["karim"], stage.place.noun_id, at(10, lasts=8), "event", FAIR)
    (told,) = LogEntry.objects.filter(verb="booking-struck")
    assert (told.data["account"], told.data["bookings"]) == (stage.accounts["rita"].id, 2)
    assert Booking.objects.filter(state=Booking.BOOKED).count() == 3
    mine = found.own_struck(stage.who["rita"], stage.place.noun_id)
    assert [one.booking.unit_id for one in mine] == [stage.id("left"), stage.id("right")]
    assert all(start >= at(18)[0] for one in mine for start, _end in one.instead)
    assert mine[0].instead
    assert found.own_struck(stage.who["nora"], stage.place.noun_id) == []
    assert other.state == Booking.BOOKED


def test_the_keeper_sees_who_is_hit_before(stage: Stage) -> None:
    hit = stage.book("rita", "left", at(10))
    stage.place.noun.refresh_from_db()
    struck = found.struck(stage.who["karim"], stage.place, at(9, lasts=2))
    assert struck is not None
    assert [one.id for one in struck.bookings] == [hit.id]
    other = found.struck(stage.who["karim"], stage.place, at(9, lasts=2), stage.id("right"))
    assert other == found.Struck([], [])
    for who in (ANYONE, stage.who["rita"]):
        assert found.struck(who, stage.place, at(9, lasts=2)) is None
        assert found.closings(who, stage.place) == []


def test_bad_closings_leave_nothing(stage: Stage) -> None:
    start, end = at(10)
    place = stage.place.noun_id
    wrong: list[tuple[Any, ...]] = [
        (stage.who["karim"], place, (end, start), "event", FAIR),
        (stage.who["karim"], place, (start, end), "boredom", FAIR),
        (stage.who["karim"], place, (start, end), "event", {}),
        (stage.who["karim"], place, (start, end), "event", {"de": "x\0"}),
        (stage.who["karim"], 12345678, (start, end), "event", FAIR),
        (stage.who["rita"], place, (start, end), "event", FAIR),
        (ANYONE, place, (start, end), "event", FAIR),
    ]
    for said in wrong:
        with pytest.raises(Refusal):
            acts.close(*said)
    with pytest.raises(Refusal):
        acts.open_extra(stage.who["rita"], place, (start, end), FAIR)
    with pytest.raises(Refusal):
        acts.open_extra(stage.who["karim"], place, (start, end), FAIR, unit=12345678)
    closing = acts.close(NODE, place, (start, end), "event", FAIR)
    for who, one in ((stage.who["rita"], closing.id), (NODE, 12345678), (NODE, 1 << 70)):
        with pytest.raises(Refusal):
            acts.end_closing(who, one)
    assert Exceptional.objects.filter(ended_at=None).count() == 1


ICS = b"""BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Land//DE\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Sommerferien\r
DTSTART;VALUE=DATE:20270705\r\nDTEND;VALUE=DATE:20270815\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"""


def test_school_holidays_from_files() -> None:
    summer = SchoolDays(date(2027, 7, 5), date(2027, 8, 14), {"de": "Sommerferien"})
    assert schoolfile.read(ICS) == [summer]
    assert schoolfile.read(b"name;start;end\nSommerferien;2027-07-05;2027-08-14\n") == [summer]
    assert schoolfile.read("\ufeffname,start,end\nSommerferien,2027-07-05,2027-08-14\n".encode()) == [summer]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\xff\xfe", b"name;start;end\n", b"name;start;end\nx;gestern;heute\n", b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n",
        b"name;start;end\nx;2027-08-14;2027-07-05\n", b"name;start;end\nx;2027-01-01;2028-07-05\n",
        b"name;start;end\nx;0001-01-01;0001-01-02\n", b"name;start;end\n;2027-07-05;2027-07-06\n", b"x" * 600_000,
        b"name;start;end\nx;2027-07-05;2027-07-06\ny;2027-07-05;2027-07-07\n",
        ICS.replace(b"20270705", b"99999999"), ICS.replace(b"SUMMARY:Sommerferien\r\n", b""),
    ],
)  # fmt: skip
def test_bad_files_are_refused_whole(body: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        schoolfile.checked("MV", schoolfile.read(body))
    assert refused.value.code in ("school.file", "place.text")


def test_school_holidays_change_the_open_spans(db: None, settings: Any) -> None:
    with clock.frozen(NOW):
        place = actions.keep_place(
            NODE, "club", title={"de": "Klub"}, category="sport", visibility="public",
            opening_hours="Mo-Fr 14:00-18:00; SH Mo-Fr 08:00-18:00",
        )  # fmt: skip
        state = settings.SMILE.state or "MV"
        rows = [SchoolDays(date(2026, 11, 23), date(2026, 11, 27), {"de": "Herbst"})]
        assert not OpenSpan.objects.filter(place=place, during__contains=at(9)[0]).exists()
        assert acts.import_school_holidays(NODE, state, rows) == 1
        assert acts.import_school_holidays(NODE, state, rows) == 1
        assert SchoolHoliday.objects.count() == 1
        expected = bool(settings.SMILE.state)
        assert OpenSpan.objects.filter(place=place, during__contains=at(9)[0]).exists() == expected
        for who in (ANYONE,):
            with pytest.raises(Refusal):
                acts.import_school_holidays(who, state, rows)
        with pytest.raises(Refusal):
            acts.import_school_holidays(NODE, "XX", rows)
