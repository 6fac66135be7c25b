# SPDX-License-Identifier: EUPL-1.2
"""Offers: written by their organisers, looked at by the city, and their dates."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from smilecity.core import clock
from smilecity.core.models import LogEntry, Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE
from smilecity.places.actions import offers as acts
from smilecity.places.models import Occasion, Offer
from smilecity.places.reads import offers as reads
from smilecity.places.rules.offers import Wish
from tests.places.offer_stage import COURSE, NOW, Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(db: None, person: Callable[..., Any], organisation: Callable[..., Any]) -> Iterator[Stage]:
    with clock.frozen(NOW):
        yield Stage(person, organisation)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


def test_a_weekly_offer_is_written_for_400_days_and_again_changes_nothing(stage: Stage) -> None:
    dates = stage.dates()
    assert len(dates) == 58
    assert dates[0].during.lower.isoformat() == "2026-11-24T17:00:00+00:00"
    assert dates[30].during.lower.hour == 16  # summer time
    acts.write_occasions(NODE)
    assert stage.dates() == dates


def test_dates_by_hand_stay_when_dates_are_written_anew(stage: Stage) -> None:
    moved, cancelled = stage.dates()[:2]
    acts.move_occasion(stage.people["trainer"], moved.id, "2026-11-25T19:00", 60)
    acts.cancel_occasion(stage.people["trainer"], cancelled.id, "Die Halle ist zu.")
    stage.keep(NODE, "yoga", minutes=90)
    dates = stage.dates()
    assert dates[0].during.lower.isoformat() == "2026-11-25T18:00:00+00:00"
    assert dates[1].cancelled
    assert dates[2].during.upper - dates[2].during.lower == timedelta(minutes=90)


def test_a_new_rule_takes_away_what_nobody_comes_to_and_cancels_the_rest_with_notice(stage: Stage) -> None:
    stage.come("resident")
    stage.keep(NODE, "yoga", rule="FREQ=WEEKLY;BYDAY=WE")
    first, *others = stage.dates()
    assert first.cancelled
    assert {one.during.lower.isoweekday() for one in others} == {3}
    told = LogEntry.objects.get(verb="your-occasion-cancelled")
    assert told.data["account"] == stage.people["resident"].account


def test_who_registered_for_a_series_keeps_the_seat_when_its_first_date_changes(stage: Stage) -> None:
    stage.keep(NODE, "yoga", whole_series=True)
    made = stage.come("resident")
    stage.keep(NODE, "yoga", whole_series=True, starts="2026-12-01T18:00")
    made.refresh_from_db()
    assert made.occasion.start.day == 1
    assert made.occasion.taken == 1


def test_a_date_that_no_clock_shows_is_left_out_and_said(stage: Stage) -> None:
    offer = stage.keep(NODE, "nachts", starts="2027-03-21T02:30", rule="FREQ=WEEKLY;BYDAY=SU;COUNT=3")
    assert [one.start.day for one in stage.dates(offer)] == [21, 4]
    assert acts.write_occasions(NODE, [offer.noun_id]).gaps == {offer.noun_id: [datetime(2027, 3, 28, 2, 30)]}
    assert refused(lambda: stage.keep(NODE, "luecke", starts="2027-03-28T02:30", rule="")) == "offer.dst-gap"


def test_a_clubs_change_waits_for_the_city_and_what_stands_stays(stage: Stage) -> None:
    offer = stage.keep(stage.people["trainer"], "yoga", capacity=20)
    assert (offer.waiting, offer.waits) == ("review", {"capacity": 20})
    assert Offer.objects.get(noun=offer.noun_id).capacity == 2
    assert [one.noun_id for one in reads.waiting(stage.people["clerk"])] == [offer.noun_id]
    assert reads.waiting(stage.people["far_clerk"]) == []
    assert refused(lambda: acts.publish_offer(stage.people["trainer"], offer.noun_id)) == "offer.not-yours"
    acts.publish_offer(stage.people["clerk"], offer.noun_id)
    assert Offer.objects.get(noun=offer.noun_id).capacity == 20


def test_what_was_not_read_is_not_published(stage: Stage) -> None:
    offer = stage.keep(stage.people["trainer"], "yoga", capacity=20)
    seen = "another mark"
    assert (
        refused(lambda: acts.publish_offer(stage.people["clerk"], offer.noun_id, seen=seen))
        == "offer.meanwhile"
    )


def test_a_new_offer_of_a_club_is_seen_by_nobody_else_until_it_is_published(stage: Stage) -> None:
    offer = stage.keep(stage.people["trainer"], "chor", title={"de": "Chor"})
    assert (offer.waiting, offer.noun.visibility) == ("review", Noun.DRAFT)
    assert stage.dates(offer) == []
    assert reads.offer(ANYONE, "chor") is None
    assert reads.editable(stage.people["other_trainer"], "chor") is None
    acts.return_offer(stage.people["steward"], offer.noun_id, "Wo ist das?")
    acts.send_offer(stage.people["trainer"], offer.noun_id)
    acts.publish_offer(stage.people["steward"], offer.noun_id)
    assert reads.offer(ANYONE, "chor") is not None
    assert len(stage.dates(offer)) == 58


def test_a_trusted_club_publishes_at_once_but_not_its_calls_for_help(stage: Stage) -> None:
    assert (
        refused(lambda: acts.trust_organisation(stage.people["trainer"], stage.club, trusted=True))
        == "place.not-yours"
    )
    acts.trust_organisation(stage.people["clerk"], stage.club, trusted=True)
    assert stage.keep(stage.people["trainer"], "yoga", capacity=20).waiting == ""
    assert stage.keep(stage.people["trainer"], "hilfe", kind="help").waiting == "review"
    assert stage.keep(stage.people["trainer"], "yoga", kind="help").waiting == "review"
    acts.trust_organisation(stage.people["clerk"], stage.club, trusted=False)
    assert stage.keep(stage.people["trainer"], "neu").waiting == "review"


def test_a_resident_may_look_for_others_and_nothing_else(stage: Stage) -> None:
    rita = stage.people["resident"]
    offer = stage.keep(rita, "skat", keeper=None, kind="join")
    assert (offer.waiting, offer.author_id) == ("review", rita.account)
    assert reads.editable(rita, "skat") is not None
    for kind in ("offer", "help"):
        assert (
            refused(lambda kind=kind: stage.keep(rita, "mehr", keeper=None, kind=kind)) == "offer.not-yours"
        )
    assert refused(lambda: stage.keep(rita, "mehr", kind="join")) == "offer.not-yours"
    assert refused(lambda: stage.keep(ANYONE, "mehr", keeper=None, kind="join")) == "offer.not-yours"


def test_a_draft_that_is_dropped_is_gone_and_a_change_that_is_dropped_leaves_the_offer(stage: Stage) -> None:
    trainer = stage.people["trainer"]
    offer = stage.keep(trainer, "chor", then="keep")
    acts.drop_offer(trainer, offer.noun_id)
    assert not Noun.objects.filter(address="offers/chor").exists()
    stage.keep(trainer, "yoga", capacity=7, then="keep")
    acts.drop_offer(trainer, stage.offer.noun_id)
    assert Offer.objects.get(noun=stage.offer.noun_id).waits is None


def test_a_cancelled_offer_has_no_more_dates_and_gets_none(stage: Stage) -> None:
    stage.come("resident")
    acts.cancel_offer(stage.people["trainer"], stage.offer.noun_id, "Die Trainerin ist krank.")
    acts.write_occasions(NODE)
    assert {one.cancelled for one in stage.dates()} == {True}
    assert LogEntry.objects.filter(verb="your-occasion-cancelled").count() == 1
    assert refused(lambda: stage.come("steward")) == "registration.cancelled"


def test_a_copy_is_a_draft_so_many_days_later(stage: Stage) -> None:
    stage.keep(NODE, "yoga", rule="FREQ=WEEKLY;BYDAY=TU;UNTIL=20270331", without=["2026-12-22T18:00"])
    copy = acts.copy_season(stage.people["trainer"], stage.offer.noun_id, "yoga-neu", 364)
    assert copy.waiting == "draft"
    assert reads.described(copy)["starts"] == "2027-11-23T18:00"
    assert (copy.without, copy.rule) == ([], "FREQ=WEEKLY;BYDAY=TU;UNTIL=20280329T235959")
    again = lambda: acts.copy_season(stage.people["trainer"], stage.offer.noun_id, "yoga-neu", 364)  # noqa: E731
    assert refused(again) == "offer.address-taken"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"title": {}}, "offer.title"),
        ({"title": {"fr": "x"}}, "offer.title"),
        ({"title": {"de": "a\0b"}}, "offer.title"),
        ({"starts": "2026-02-30T10:00"}, "offer.starts"),
        ({"starts": "0001-01-01T10:00"}, "offer.starts"),
        ({"minutes": 0}, "offer.minutes"),
        ({"minutes": -5}, "offer.minutes"),
        ({"rule": "FREQ=SECONDLY"}, "offer.rule"),
        ({"rule": "FREQ=DAILY;COUNT=10000"}, "offer.rule"),
        ({"rule": "FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=3"}, "offer.rule"),
        ({"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "offer.rule"),
        ({"rule": "FREQ=WEEKLY;UNTIL=20269999"}, "offer.rule"),
        ({"age_from": 9, "age_to": 3}, "offer.age-to"),
        ({"capacity": 0}, "offer.capacity"),
        ({"access": {"step_free": "perhaps"}}, "offer.access"),
        ({"registration": "elsewhere"}, "offer.register-at"),
        ({"website": "javascript:alert(1)"}, "offer.website"),
        ({"place": 999999999}, "offer.place"),
        ({"unit": 999999999}, "offer.unit"),
        ({"kind": "spam"}, "offer.kind"),
    ],
)
def test_bad_input_is_refused_with_a_code_and_nothing_is_kept(
    stage: Stage, said: dict[str, Any], code: str
) -> None:
    before = (Noun.objects.count(), Occasion.objects.count())
    assert refused(lambda: stage.keep(NODE, "neu", **said)) == code
    assert (Noun.objects.count(), Occasion.objects.count()) == before


def test_residents_find_dates_by_time_and_by_what_is_said(stage: Stage) -> None:
    stage.keep(NODE, "chor", title={"de": "Chor"}, category="culture", free=True, age_from=60, starts="2026-11-23T08:30",
               rule="", access={"sign_language": "yes"})  # fmt: skip

    def titles(**asked: Any) -> list[str]:
        found = reads.sought(ANYONE, Wish(**asked), size=2)
        return [one.offer.noun.title["de"] for one in found.items]

    with clock.frozen(NOW + timedelta(hours=1)):
        assert titles(when="now") == ["Chor"]
    assert titles(when="today") == ["Chor"]
    assert titles(when="tomorrow") == ["Yoga am Hafen"]
    assert titles(when="weekend") == []
    assert titles(weekday=2) == ["Yoga am Hafen"] * 2
    assert titles(hours=(17 * 60, 19 * 60), free=True) == []
    assert (
        titles(free=True)
        == titles(age=70)
        == titles(access=("sign_language",))
        == titles(q="chor")
        == ["Chor"]
    )
    assert titles(place="court", category="culture") == ["Chor"]
    assert titles(organiser="sv-hafen", kind="help") == []
    first = reads.sought(ANYONE, Wish(category="sport"), size=20)
    second = reads.sought(ANYONE, Wish(category="sport"), size=20, after=first.after)
    assert not {one.id for one in first.items} & {one.id for one in second.items}
    for cursor in ("x", "9" * 18 + "-1", "-1-1", "1-1\n", "\u0661-1"):
        assert (
            refused(lambda cursor=cursor: reads.sought(ANYONE, Wish(), after=cursor)) == "paging.bad-cursor"
        )
    assert COURSE["capacity"] == 2
