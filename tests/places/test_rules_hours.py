# SPDX-License-Identifier: EUPL-1.2
"""Opening hours and moments in words."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from smilecity.core import moments
from smilecity.core.problems import Refusal
from smilecity.places.rules import hours

ZONE = ZoneInfo("Europe/Berlin")
COAST = (12.1, 54.1)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("text", "moment", "state", "said"),
    [
        ("Mo-Su 06:00-22:00", at(2026, 11, 22, 14), "open", "Jetzt geöffnet, bis 22:00 Uhr"),
        ("Mo-Su 06:00-22:00", at(2026, 11, 22, 5), "closed", "Jetzt geschlossen, öffnet um 06:00 Uhr"),
        (
            "Mo-Su 06:00-22:00",
            at(2026, 11, 22, 23),
            "closed",
            "Jetzt geschlossen, öffnet morgen um 06:00 Uhr",
        ),
        (
            "Tu 10:00-18:00",
            at(2026, 11, 22, 14),
            "closed",
            "Jetzt geschlossen, öffnet am Dienstag um 10:00 Uhr",
        ),
        (
            "Dec 24 10:00-12:00",
            at(2026, 11, 22, 14),
            "closed",
            "Jetzt geschlossen, öffnet am 24. Dezember um 10:00 Uhr",
        ),
        ("Mo-Su 10:00-24:00", at(2026, 11, 22, 14), "open", "Jetzt geöffnet, bis Mitternacht"),
        ("Mo-Su 20:00-02:00", at(2026, 11, 22, 23), "open", "Jetzt geöffnet, bis 02:00 Uhr"),
        ("Su-We", at(2026, 11, 22, 14), "open", "Jetzt geöffnet, bis Donnerstag, 00:00 Uhr"),
        ("24/7", at(2026, 11, 22, 14), "open", "Immer geöffnet"),
        ("24/7 off", at(2026, 11, 22, 14), "closed", "Geschlossen"),
        ("24/7 unknown", at(2026, 11, 22, 14), "unknown", "Ob geöffnet ist, ist gerade nicht sicher"),
        (
            "Mo-Su 08:00-20:00; PH off",
            at(2026, 12, 25, 12),
            "closed",
            "Jetzt geschlossen, öffnet am Sonntag um 08:00 Uhr",
        ),
        ("sunrise-sunset", at(2026, 6, 21, 21), "open", "Jetzt geöffnet, bis 21:48 Uhr"),
        ("", at(2026, 11, 22, 14), "unknown", "Öffnungszeiten nicht bekannt"),
        ("was auch immer", at(2026, 11, 22, 14), "unknown", "Öffnungszeiten nicht bekannt"),
    ],
)
def test_open_until_when_and_closed_until_when(text: str, moment: datetime, state: str, said: str) -> None:
    answer = hours.opening(text, moment.astimezone(UTC), ZONE, COAST)
    assert (answer.state, answer.words) == (state, said)


def test_hours_are_said_in_english_too() -> None:
    with translation.override("en"):
        answer = hours.opening("Tu 10:00-18:00", at(2026, 11, 22, 14), ZONE, COAST)
        assert answer.words == "Closed now, opens on Tuesday at 10:00"


def test_the_week_says_each_day() -> None:
    week = hours.week("Mo-Fr 10:00-12:00,14:00-18:00; Sa 00:00-24:00", at(2026, 11, 22, 14), ZONE, None)
    assert [day.name for day in week][:2] == ["Sonntag", "Montag"]
    assert week[0].hours == "geschlossen"
    assert week[1].hours == "10:00\N{EN DASH}12:00, 14:00\N{EN DASH}18:00"
    assert week[6].hours == "durchgehend"
    assert hours.week("", at(2026, 11, 22), ZONE, None) == []


@pytest.mark.parametrize("text", ["immer", "24/24", "\0", "Mo-Fr 08:00-25:99", "a" * 100_000, "8" * 401])
def test_what_is_not_osm_syntax_is_refused_when_kept(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        hours.checked(text)
    assert (refused.value.code, refused.value.field) == ("place.opening-hours", "opening_hours")
    assert refused.value.cure


_TOKENS = (
    *(
        "Mo-Fr",
        "Sa,Su",
        "PH",
        "SH",
        "Mo[1]",
        "Dec 24",
        "Jan-Mar",
        "week 1-53/2",
        "easter",
        "2026-2030",
        "+1 day",
    ),
    *("08:00-20:00", "22:00-06:00", "12:00+", "sunrise-sunset", "(sunset-02:00)-24:00", "24/7"),
    *(";", ",", "||", "off", "open", "unknown", '"Schlüssel"'),
)


@given(
    text=st.one_of(st.text(max_size=60), st.lists(st.sampled_from(_TOKENS), max_size=8).map(" ".join)),
    moment=st.integers(0, 40_000 * 24 * 60).map(lambda minutes: at(2000, 1, 1) + timedelta(minutes=minutes)),
    where=st.one_of(st.none(), st.tuples(st.floats(-180, 180), st.floats(-90, 90))),
)
def test_whatever_is_kept_can_be_shown(text: str, moment: datetime, where: hours.Position | None) -> None:
    try:
        kept = hours.checked(text)
    except Refusal:
        kept = text  # written past the check: still no crash
    assert hours.opening(kept, moment, ZONE, where).words
    assert len(hours.week(kept, moment, ZONE, where)) in (0, 7)


def test_moments_gone_by() -> None:
    now = at(2026, 11, 22, 14, 10)
    assert moments.past(now - timedelta(minutes=9), now, ZONE) == "14:01 Uhr"
    assert moments.past(now - timedelta(hours=15), now, ZONE) == "gestern, 23:10 Uhr"
    assert moments.past(now - timedelta(days=20), now, ZONE) == "2. November, 14:10 Uhr"
    assert moments.past(now - timedelta(days=400), now, ZONE) == "18. Oktober 2025, 14:10 Uhr"
    with translation.override("en"):
        assert moments.past(now - timedelta(days=20), now, ZONE) == "2 November, 14:10"
