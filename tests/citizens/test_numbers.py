# SPDX-License-Identifier: EUPL-1.2
"""The months in figures: counted rightly, reckoned again, and never telling of one person."""

import csv
import io
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from smilecity.citizens import actions
from smilecity.citizens.actions import moderating, numbers, talking
from smilecity.citizens.models import Comment, Moderated, MonthFigures, Need
from smilecity.citizens.reads.numbers import months
from smilecity.citizens.rules import numbers as rules
from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE
from tests.citizens.town import Town

COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 30))


def figures(month: date | None = None) -> dict[str, object]:
    month = month or timezone.localdate(clock.now()).replace(day=1)
    return dict(MonthFigures.objects.get(month=month).figures)


def test_a_month_is_counted(town: Town) -> None:
    need = town.published()
    town.say("neighbour", kind="wish")
    Need.objects.filter(noun=need.noun_id).update(said_at=clock.now() - timedelta(minutes=1))
    actions.decide_need(town.people["clerk"], need.noun_id, "refused", "Dort ist kein Platz.")
    Need.objects.filter(noun=need.noun_id).update(answered_at=clock.now() - timedelta(minutes=1))
    one = talking.comment(town.people["clerk"], uuid4(), need.noun_id, "Noch ein Wort dazu.", "de")
    moderating.hide_comment(town.people["moderator"], one.id, "spam", "Das ist Werbung.")
    assert numbers.reckon_months(NODE) == 1
    assert figures() == {
        "said": 2, "kinds": {"correction": 1, "wish": 1}, "doors": {"web": 2}, "decisions": {"refused": 1}, "days": 0.0,
        "comments": 1, "reports": 0, "acts": 1, "hidden": {"spam": 1}, "appeals": {},
        "owed": {"fresh": 1, "due": 0, "late": 0},
    }  # fmt: skip


def test_days_are_the_median_and_months_begin_at_midnight_here(town: Town) -> None:
    begin = timezone.make_aware(datetime(2026, 3, 1))
    for days in (1, 2, 9):
        need = town.say("neighbour")
        actions.decide_need(town.people["clerk"], need.noun_id, "answered", "Danke dafür.")
        Need.objects.filter(noun=need.noun_id).update(
            said_at=begin - timedelta(seconds=1), answered_at=begin + timedelta(days=days, seconds=-1)
        )
    numbers.reckon_months(NODE)
    assert (figures(date(2026, 2, 1))["said"], figures(date(2026, 2, 1))["decisions"]) == (3, {})
    march = figures(date(2026, 3, 1))
    assert (march["said"], march["decisions"], march["days"]) == (0, {"answered": 3}, 2.0)


def test_old_months_stay_and_the_last_are_reckoned_again(town: Town) -> None:
    need = town.say()
    Need.objects.filter(noun=need.noun_id).update(said_at=clock.now() - timedelta(days=200))
    count = numbers.reckon_months(NODE)
    assert count == MonthFigures.objects.count() >= 7
    assert numbers.reckon_months(NODE) == numbers.AGAIN
    owed = [one.figures["owed"] for one in MonthFigures.objects.order_by("month")]
    assert owed[-1] == {"fresh": 0, "due": 0, "late": 1}
    assert owed[:-1] == [{}] * (count - 1)


def test_only_the_clock_and_operators_reckon(town: Town) -> None:
    numbers.reckon_months(town.people["operator"])
    with pytest.raises(Refusal, match=r"numbers.not-yours"):
        numbers.reckon_months(town.people["moderator"])


@given(COUNTS)
def test_no_small_count_is_said_and_none_can_be_reckoned(counts: dict[str, int]) -> None:
    shown = rules.small_hidden(counts)
    hidden = {code for code, count in shown.items() if count is None}
    assert set(shown) == set(counts)
    assert all(shown[code] is None for code, count in counts.items() if 0 < count < rules.FEW)
    assert all(shown[code] == counts[code] for code in set(counts) - hidden)
    assert len(hidden) != 1 or not any(counts[code] >= rules.FEW for code in set(counts) - hidden)


@given(COUNTS, COUNTS)
def test_a_total_gives_no_hidden_count_away(kinds: dict[str, int], doors: dict[str, int]) -> None:
    said = sum(kinds.values())
    one = rules.published(date(2026, 1, 1), {"said": said, "kinds": kinds, "doors": doors})
    for group in (one.groups["kinds"], one.groups["doors"]):
        if one.said is not None:
            assert sum(count is None for count in group.values()) != 1
    assert one.said is None or one.said == said
    assert one.said is None or said == 0 or said >= rules.FEW


def test_pages_and_files_say_the_same(town: Town, client: Client) -> None:
    assert "Noch ist kein Monat gezählt" in client.get("/needs/numbers/").content.decode()
    for _n in range(6):
        town.say("neighbour", kind="wish")
    town.say("neighbour", kind="praise")
    numbers.reckon_months(NODE)
    page = client.get("/needs/numbers/").content.decode()
    assert "unter 5" in page
    assert "7 Anliegen gesagt" in page
    known = months(ANYONE)[0]
    assert (known.said, known.groups["kinds"], known.groups["doors"]) == (
        7,
        {"praise": None, "wish": None},
        {"web": 7},
    )
    body = client.get("/needs/numbers.json").json()
    assert (body["few"], body["months"][0]["kinds"]) == (5, {"praise": None, "wish": None})
    rows = list(csv.reader(io.StringIO(client.get("/needs/numbers.csv").content.decode())))
    month = f"{known.month:%Y-%m}"
    assert [month, "said", "", "7"] in rows
    assert [month, "kinds", "praise", ""] in rows
    for path in ("/needs/numbers/?month=nonsense", "/needs/numbers/?month=1999-01", "/en/needs/numbers/"):
        assert client.get(path).status_code == 200
    assert not Comment.objects.exists()
    assert not Moderated.objects.exists()
