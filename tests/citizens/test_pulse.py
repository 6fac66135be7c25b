# SPDX-License-Identifier: EUPL-1.2
"""The pulse from opening to result: each counts once, nothing leads back to anybody, and nobody looks before the end."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from smilecity.citizens.actions import pulse as actions
from smilecity.citizens.models import Pulse, PulseCount, PulseMark, PulseRound
from smilecity.citizens.reads import pulse as reads
from smilecity.citizens.rules.pulse import Asking
from smilecity.city import telling
from smilecity.core import clock
from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE
from smilecity.people.models import Notice
from tests.citizens.pulse_ground import (
    ASKED,
    NOW,
    Make,
    Quarters,
    after_the_round,
    answered,
    asked,
    counted,
    founded,
    open_of,
    refused,
    result_of,
    slug,
)


@pytest.fixture
def town(person: Make, organisation: Make) -> Quarters:
    """The city, in the database of the test."""
    return founded(person, organisation)


@pytest.mark.django_db
def test_a_question_opens_on_its_day_and_closes_by_the_clock_once(town: Quarters) -> None:
    with clock.frozen(NOW - timedelta(days=1)):
        pulse = asked(town)
        assert reads.open_round(ANYONE, pulse) is None
        assert actions.turn_rounds(NODE) == 0
    with clock.frozen(NOW):
        assert [actions.turn_rounds(NODE), actions.turn_rounds(NODE)] == [1, 0]
        assert open_of(pulse).number == 1
    with after_the_round():
        assert reads.open_round(ANYONE, pulse) is None  # over by the clock, whether the job ran or not
        assert [actions.turn_rounds(NODE), actions.turn_rounds(NODE)] == [1, 0]
    with clock.frozen(NOW + timedelta(days=31)):
        assert actions.turn_rounds(NODE) == 1
        assert open_of(pulse).number == 2
    verbs = list(LogEntry.objects.filter(noun=pulse.pk).order_by("id").values_list("verb", flat=True))
    assert verbs == ["pulse-kept", "pulse-opened", "pulse-closed", "pulse-opened"]


@pytest.mark.django_db
def test_rounds_are_turned_by_the_node_alone(town: Quarters) -> None:
    assert refused(lambda: actions.turn_rounds(town.clerk)) == "pulse.not-yours"


@pytest.mark.django_db
def test_an_account_and_a_form_count_once(town: Quarters) -> None:
    with clock.frozen(NOW):
        one, form = open_of(asked(town)), uuid4()
        actions.answer_pulse(town.rita, one.pk, form=uuid4(), value=5, area=town.north)
        again = lambda: actions.answer_pulse(town.rita, one.pk, form=uuid4(), value=1)  # noqa: E731
        assert refused(again) == "pulse.answered"
        actions.answer_pulse(ANYONE, one.pk, form=form, value=4, area=town.north)
        assert refused(lambda: actions.answer_pulse(ANYONE, one.pk, form=form, value=4)) == "pulse.answered"
        assert reads.has_answered(town.rita, one)
        assert not reads.has_answered(town.clerk, one)
    assert [row.counts for row in PulseCount.objects.all()] == [[0, 0, 0, 1, 1]]


@pytest.mark.django_db
def test_nothing_leads_from_an_answer_to_who_gave_it(town: Quarters) -> None:
    with clock.frozen(NOW):
        one = open_of(asked(town))
        before = LogEntry.objects.count()
        actions.answer_pulse(town.rita, one.pk, form=uuid4(), value=2, area=town.south, age="30-44")
    assert LogEntry.objects.count() == before
    for model in (PulseMark, PulseCount):
        columns = {column.name: column.get_internal_type() for column in model._meta.fields}
        assert not {"account", "at", "mark"} & columns.keys() or set(columns) == {"mark", "round"}
        assert "DateTimeField" not in columns.values()
    assert str(town.rita.account) not in PulseMark.objects.get().mark.split("-")
    pulse = Pulse.objects.get()
    result_of(pulse)
    closed = PulseRound.objects.get()
    assert closed.secret is None
    assert not PulseMark.objects.exists()
    assert not PulseCount.objects.exists()
    assert not reads.has_answered(town.rita, closed)


@pytest.mark.django_db
def test_what_cannot_be_answered_is_refused_and_nothing_is_kept(town: Quarters) -> None:
    with clock.frozen(NOW):
        one = open_of(asked(town))

        def answer(**more: Any) -> Callable[[], object]:
            given = {"form": uuid4(), "value": 3, **more}
            return lambda: actions.answer_pulse(ANYONE, one.pk, **given)

        assert refused(answer(value=6)) == "pulse.value"
        assert refused(answer(age="12")) == "pulse.age"
        assert refused(answer(area=town.city)) == "pulse.area"
        assert refused(answer(area=2**70)) == "pulse.area"
        assert refused(lambda: actions.answer_pulse(ANYONE, 0, form=uuid4(), value=3)) == "pulse.unknown"
    with after_the_round():  # before the job has closed it
        assert refused(answer()) == "pulse.closed"
    assert not PulseMark.objects.exists()
    assert not PulseCount.objects.exists()


@pytest.mark.django_db
def test_a_hidden_question_is_not_answered(town: Quarters) -> None:
    with clock.frozen(NOW):
        pulse = asked(town)
        one = open_of(pulse)
        actions.keep_pulse(town.clerk, slug(pulse), reads.asking(pulse), area=town.city, public=False)
        assert refused(lambda: answered(one, 1)) == "pulse.unknown"


@pytest.mark.django_db
def test_small_numbers_are_hidden_and_do_not_follow_from_others(town: Quarters) -> None:
    with clock.frozen(NOW):
        pulse = asked(town)
        one = open_of(pulse)
        answered(one, 30, area=town.north, age="18-29")
        answered(one, 12, area=town.south, age="65+")
        answered(one, 3, area=town.port, age="65+")
    result = result_of(pulse)
    shown = {row["key"]: row["counts"] for row in result["areas"]}
    assert result["all"] == [0, 0, 0, 45, 0]
    assert shown[str(town.north)] == [0, 0, 0, 30, 0]
    # 45 - 30 - 12 would be the three of the port.
    assert shown[str(town.south)] is None
    assert shown[str(town.port)] is None
    assert {row["key"]: row["counts"] for row in result["ages"]}["65+"] == [0, 0, 0, 15, 0]


@pytest.mark.django_db
def test_quarters_are_added_up_to_their_district(town: Quarters) -> None:
    with clock.frozen(NOW):
        pulse = asked(town, level="quarter")
        one = open_of(pulse)
        assert {part.id for part in reads.parts(ANYONE, pulse)} == {town.dock, town.pier}
        answered(one, 11, area=town.dock, value=5)
        answered(one, 12, area=town.pier, value=1)
        answered(one, 13, value=3)
    result = result_of(pulse)
    shown = {row["key"]: (row["above"], row["counts"]) for row in result["areas"]}
    assert shown[str(town.port)] == ("", [12, 0, 0, 0, 11])
    assert shown[str(town.dock)] == (str(town.port), [0, 0, 0, 0, 11])
    assert shown[""] == ("", [0, 0, 13, 0, 0])


@pytest.mark.django_db
def test_below_the_threshold_nothing_is_shown_at_all(town: Quarters) -> None:
    with clock.frozen(NOW):
        pulse = asked(town)
        answered(open_of(pulse), 9, area=town.north)
    result = result_of(pulse)
    assert result["all"] is None
    assert not any(row["counts"] for row in (*result["areas"], *result["ages"]))


@pytest.mark.django_db
def test_what_is_compared_stays_and_a_result_is_never_made_anew(town: Quarters) -> None:
    with clock.frozen(NOW):
        pulse = asked(town)
        answered(open_of(pulse), 12, area=town.north)
        asking = reads.asking(pulse)
        given = {name: getattr(asking, name) for name in Asking.__slots__}

        def change(area: int = town.city, **more: Any) -> Callable[[], object]:
            fresh = Asking(**{**given, **more})
            return lambda: actions.keep_pulse(town.clerk, slug(pulse), fresh, area=area, public=True)

        for more in ({"title": {"de": "Anders?"}}, {"rhythm": "quarterly"}, {"since": NOW.date() - timedelta(days=1)},
                     {"level": "quarter"}, {"area": town.north}):  # fmt: skip
            assert refused(change(**more)) == "pulse.compared"
        change(text={"de": "Wozu wir fragen"}, threshold=20, days=20)()
    result = result_of(pulse)  # of a round with the threshold and the days that it opened with
    assert result["all"] == [0, 0, 0, 12, 0]


@pytest.mark.django_db
def test_who_looks_after_an_area_asks_its_people(town: Quarters) -> None:
    with clock.frozen(NOW):
        assert refused(lambda: actions.keep_pulse(town.clerk, "", ASKED)) == "pulse.not-yours"
        assert refused(lambda: actions.keep_pulse(town.rita, "", ASKED, area=town.city)) == "pulse.not-yours"
        pulse = asked(town)
        assert (
            refused(lambda: actions.keep_pulse(town.rita, slug(pulse), ASKED, area=town.city))
            == "pulse.unknown"
        )
        assert slug(pulse) == "wie-lebt-es-sich-hier"
        assert slug(asked(town)) == "wie-lebt-es-sich-hier-2"


@pytest.mark.django_db
def test_who_follows_is_told_of_the_round_and_of_its_result(town: Quarters) -> None:
    from smilecity.people.actions import follow

    with clock.frozen(NOW - timedelta(days=1)):
        pulse = asked(town)
        follow(town.rita, pulse.pk)
    with clock.frozen(NOW):
        actions.turn_rounds(NODE)
    result_of(pulse)
    telling.tell(list(LogEntry.objects.filter(noun=pulse.pk).order_by("id")))
    told = set(Notice.objects.filter(account=town.rita.account).values_list("verb", flat=True))
    assert told == {"pulse-opened", "pulse-closed"}


# Two at once, in two real transactions.


def at_once(*doings: Callable[[], object]) -> list[object]:
    """Each in its own thread and connection; what they raised, in order."""
    raised: list[object] = [None] * len(doings)
    start = threading.Barrier(len(doings))

    def run(number: int) -> None:
        try:
            start.wait(5)
            doings[number]()
        except (Refusal, DatabaseError, threading.BrokenBarrierError) as error:
            raised[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(doings))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return raised


@pytest.fixture
def open_one(database_url: str, person: Make, organisation: Make) -> tuple[Quarters, PulseRound]:
    """A round that really is open, for others to see."""
    with transaction.atomic():
        town = founded(person, organisation)
        return town, open_of(asked(town, since=clock.now().date() - timedelta(days=1)))


def both_answer(town: Quarters, one: PulseRound) -> list[object]:
    """The account answers twice at once."""

    def answer() -> None:
        actions.answer_pulse(town.rita, one.pk, form=uuid4(), value=5)

    return at_once(answer, answer)


def test_two_answers_of_one_account_at_once_count_once(open_one: tuple[Quarters, PulseRound]) -> None:
    town, one = open_one
    raised = both_answer(town, one)
    assert counted(one) == 1
    assert [error.code for error in raised if isinstance(error, Refusal)] == ["pulse.answered"]


def test_without_the_unique_mark_they_would_count_twice(
    open_one: tuple[Quarters, PulseRound], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking first and marking then is not enough: both look before either has marked."""
    town, one = open_one
    both = threading.Barrier(2)

    def looked_then_marked(*given: Any) -> str:
        assert not PulseMark.objects.filter(round=one).exists()
        both.wait(5)
        return uuid4().hex  # not the same for the same account

    monkeypatch.setattr(reads, "mark", looked_then_marked)
    assert both_answer(town, one) == [None, None]
    assert counted(one) == 2


def test_a_round_closes_with_an_answer_or_without_it_never_with_half(
    open_one: tuple[Quarters, PulseRound], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is under way when the clock closes the round: it is in the result."""
    _town, one = open_one
    answered(one, 9)
    under_way, go_on, real = threading.Event(), threading.Event(), reads.mark

    def slow(*given: Any) -> str:
        under_way.set()
        go_on.wait(0.3)  # closing waits meanwhile
        return real(*given)

    def close() -> None:
        under_way.wait(5)
        with clock.frozen(clock.now() + timedelta(days=20)):
            actions.turn_rounds(NODE)
        go_on.set()

    monkeypatch.setattr(reads, "mark", slow)
    assert at_once(lambda: answered(one, 1), close) == [None, None]
    result = PulseRound.objects.get(pk=one.pk).result
    assert result is not None
    assert result["all"] == [0, 0, 0, 10, 0]
    assert refused(lambda: answered(one, 1)) == "pulse.closed"
