# SPDX-License-Identifier: EUPL-1.2
"""Feeds for other programmes: nothing is missed, what is gone is told, and nothing hidden shows."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext

from smilecity.core import clock, log
from smilecity.core.models import Noun
from smilecity.core.numberer import NUMBER
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE
from smilecity.places import actions
from smilecity.places.actions import booking
from smilecity.places.actions import offers as acts
from smilecity.places.actions import openactive as feeds
from smilecity.places.models import FeedItem, Offer
from smilecity.places.reads import openactive as reads
from smilecity.places.rules import openactive as rules
from tests.places.booking_stage import NOW, Stage, at

COURSE: dict[str, Any] = {
    "title": {"de": "Yoga am Hafen"}, "text": {"de": "Für alle."}, "category": "sport", "free": True,
    "starts": "2026-11-24T18:00", "minutes": 75, "rule": "FREQ=WEEKLY;BYDAY=TU", "registration": "here", "capacity": 2,
    "age_from": 10, "access": {"hearing_loop": "yes", "step_free": "yes"},
}  # fmt: skip
Said = dict[str, Any]


@pytest.fixture
def stage(person: Callable[..., Any], organisation: Callable[..., Any]) -> Iterator[Stage]:
    with clock.frozen(NOW):
        yield Stage(person, organisation, {"latest_days": 3})


def keep(stage: Stage, key: str, **more: Any) -> Offer:
    said = {"keeper": stage.club.noun_id, "then": "send", "place": stage.place.noun_id, **COURSE, **more}
    return acts.keep_offer(NODE, key, **said)


def heard() -> None:
    """The numberer has been there, and the feeds follow."""
    with connection.cursor() as cursor:
        cursor.execute(NUMBER)
    feeds.follow(NODE)


def walked(feed: str, size: int = 500, since: tuple[int, int] | None = None) -> list[Said]:
    """A feed read page by page to its end."""
    found: list[Said] = []
    while items := reads.page(ANYONE, feed, since, size):
        found += items
        since = (items[-1]["modified"], items[-1]["id"])
    return found


def there(feed: str) -> dict[int, Said]:
    return {one["id"]: one["data"] for one in walked(feed) if one["state"] == "updated"}


@pytest.mark.django_db
def test_an_offer_is_a_series_and_its_dates_are_sessions(stage: Stage) -> None:
    one = keep(stage, "yoga")
    heard()
    series = there(rules.SERIES)[one.noun_id]
    assert (series["@type"], series["name"]) == ("SessionSeries", "Yoga am Hafen")
    assert series["url"] == f"{rules.HERE}/offers/yoga/"
    assert series["ageRange"] == {"@type": "QuantitativeValue", "minValue": 10}
    assert series["isAccessibleForFree"] is True and series["offers"][0]["price"] == 0
    assert {part["prefLabel"] for part in series["accessibilitySupport"]} == {
        "Hearing impairment", "Physical impairment",
    }  # fmt: skip
    assert series["eventSchedule"][0]["byDay"] == ["https://schema.org/Tuesday"]
    sessions = there(rules.SESSIONS)
    assert len(sessions) == 9  # Tuesdays of 60 days
    first = min(sessions.values(), key=lambda said: said["startDate"])
    assert first["startDate"] == "2026-11-24T18:00:00+01:00" and first["duration"] == "PT1H15M"
    assert (first["maximumAttendeeCapacity"], first["remainingAttendeeCapacity"]) == (2, 2)
    assert {said["superEvent"] for said in sessions.values()} == {series["@id"]}


@pytest.mark.django_db
def test_what_changes_moves_to_the_end_and_what_does_not_stays(stage: Stage) -> None:
    one, other = keep(stage, "yoga"), keep(stage, "turnen")
    heard()
    before = walked(rules.SESSIONS)
    acts.register(ANYONE, one.occasions.order_by("start")[0].id, name="Ada", reach="0381 12345")
    heard()
    after = walked(rules.SESSIONS)
    assert len(after) == len(before)
    assert after[-1]["data"]["remainingAttendeeCapacity"] == 1
    assert [said["id"] for said in after[:-1]] == [
        said["id"] for said in before if said["id"] != after[-1]["id"]
    ]
    assert "Ada" not in repr(after) and other.noun_id in there(rules.SERIES)


@pytest.mark.django_db
def test_a_cancelled_date_stays_and_says_so(stage: Stage) -> None:
    one = keep(stage, "yoga")
    heard()
    first = one.occasions.order_by("start")[0]
    acts.cancel_occasion(NODE, first.id, "Sturm")
    heard()
    assert there(rules.SESSIONS)[first.id]["eventStatus"] == "https://schema.org/EventCancelled"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "more",
    [
        {"category": "culture"},
        {"kind": "help"},
        {"free": None},
        {"free": False, "cost": {"de": "10 Euro, Kinder 5 Euro"}},
    ],
    ids=["no sport", "a call for help", "price unknown", "two prices"],
)
def test_what_the_standard_cannot_say_truly_is_not_told(stage: Stage, more: Said) -> None:
    keep(stage, "etwas", **more)
    heard()
    assert walked(rules.SERIES) == [] == walked(rules.SESSIONS)


@pytest.mark.django_db
def test_a_place_that_is_hidden_takes_all_of_it_along_at_once_and_for_good(stage: Stage) -> None:
    keep(stage, "yoga")
    heard()
    assert all(there(feed) for feed in rules.KINDS)
    actions.show_place(NODE, stage.place.noun_id, "internal")
    assert not there(rules.FACILITIES) and not there(rules.SLOTS)  # before anybody has read the log
    heard()
    for feed in rules.KINDS:
        told = walked(feed)
        assert told and all(said["state"] == "deleted" and "data" not in said for said in told), feed
    assert not FeedItem.objects.exclude(body={}).exists()


@pytest.mark.django_db
def test_traces_stay_a_week_and_then_go(stage: Stage) -> None:
    one = keep(stage, "yoga")
    heard()
    acts.cancel_offer(NODE, one.noun_id, "Die Saison ist vorbei.")
    Noun.objects.filter(id=one.noun_id).update(visibility="internal")
    feeds.renew(NODE)
    heard()
    assert [said["state"] for said in walked(rules.SERIES)] == ["deleted"]
    with clock.frozen(NOW + timedelta(days=7)):
        feeds.renew(NODE)
        heard()
        assert len(walked(rules.SERIES)) == 1
    with clock.frozen(NOW + timedelta(days=9)):
        feeds.renew(NODE)
        heard()
        assert walked(rules.SERIES) == []


@pytest.mark.django_db
def test_slots_are_what_the_calendar_says_and_follow_bookings(stage: Stage) -> None:
    heard()
    free = there(rules.SLOTS)
    assert {said["remainingUses"] for said in free.values()} == {1}
    starts = {said["startDate"] for said in free.values()}
    assert min(starts) == "2026-11-23T08:00:00+01:00" and max(starts) < "2026-11-27"
    made = stage.book("rita", "left", at(18))
    heard()
    taken = {key for key, said in there(rules.SLOTS).items() if not said["remainingUses"]}
    units = {(key // 100_000_000) for key in taken}
    assert units == {stage.id("left"), stage.id("court")}  # the half and the whole, not the other half
    assert {there(rules.SLOTS)[key]["startDate"][11:16] for key in taken} == {"17:30", "18:00", "18:30"}
    booking.cancel(stage.who["rita"], made.id)
    heard()
    assert {said["remainingUses"] for said in there(rules.SLOTS).values()} == {1}
    assert "rita" not in repr(walked(rules.SLOTS)).casefold()


@pytest.mark.django_db
def test_slots_end_after_two_weeks(stage: Stage) -> None:
    stage.rule(latest_days=60)
    (hall,) = (one for one in reads.units(NODE, [stage.place.noun_id]) if one.key == "hall")
    starts = [one.span[0] for one in reads.slots(NODE, hall)]
    assert NOW + timedelta(days=13) < max(starts) < NOW + timedelta(days=14)


@pytest.mark.django_db
def test_time_alone_moves_slots_when_the_clock_says_so(stage: Stage) -> None:
    heard()
    with clock.frozen(NOW + timedelta(days=1)):
        feeds.renew(NODE)
        heard()
        starts = {said["startDate"] for said in there(rules.SLOTS).values()}
    assert min(starts) == "2026-11-24T08:00:00+01:00" and max(starts) > "2026-11-27"
    assert any(said["state"] == "deleted" for said in walked(rules.SLOTS))


@pytest.mark.django_db
def test_what_only_members_book_is_not_told(stage: Stage) -> None:
    stage.rule(who="members")
    heard()
    assert walked(rules.FACILITIES) == [] == walked(rules.SLOTS)


@pytest.mark.django_db
def test_a_court_is_a_facility_that_costs_what_the_rules_say(stage: Stage) -> None:
    actions.keep_place(
        NODE, "court", **{**_described(stage), "street": "Uferweg 1, 18055 Hafenstadt"}
    )  # fmt: skip
    stage.rule(fees={"person": 1250})
    heard()
    hall = there(rules.FACILITIES)[stage.id("hall")]
    assert hall["name"] == "Platz court: hall" and hall["provider"]["name"] == "SV Hafen"
    slot = next(said for said in there(rules.SLOTS).values() if said["facilityUse"] == hall["@id"])
    assert slot["offers"] == [{"@type": "Offer", "name": "Teilnahme", "price": 12.5, "priceCurrency": "EUR"}]


def _described(stage: Stage) -> Said:
    return {
        "title": {"de": "Platz court"}, "category": "sport", "position": (12.1, 54.1), "visibility": "public",
        "opening_hours": "Mo-Su 06:00-22:00", "keeper": stage.club.noun_id,
    }  # fmt: skip


@pytest.mark.django_db
def test_following_again_changes_nothing(stage: Stage) -> None:
    keep(stage, "yoga")
    heard()
    before = list(FeedItem.objects.order_by("id").values())
    feeds.renew(NODE)
    heard()
    assert list(FeedItem.objects.order_by("id").values()) == before
    assert feeds.follow(NODE) == 0


@pytest.mark.django_db
def test_any_size_of_page_tells_the_same(stage: Stage) -> None:
    keep(stage, "yoga")
    heard()
    whole = walked(rules.SLOTS)
    assert walked(rules.SLOTS, 7) == whole and len(whole) > 100


@pytest.mark.django_db
def test_pages_of_a_feed(stage: Stage, client: Client) -> None:
    keep(stage, "yoga")
    heard()
    first = client.get("/openactive/scheduled-sessions")
    said = first.json()
    assert first["Content-Type"] == "application/vnd.openactive.rpde+json; version=1"
    assert first["Cache-Control"] == "public, max-age=3600"
    assert said["license"] == rules.LICENCE and len(said["items"]) == 9
    assert said["next"].startswith("http://testserver/openactive/scheduled-sessions?afterTimestamp=")
    last = client.get(said["next"].removeprefix("http://testserver"))
    assert last.json() == {"next": said["next"], "items": [], "license": rules.LICENCE}
    assert last["Cache-Control"] == "public, max-age=8"
    one = said["items"][0]["data"]
    alone = client.get(one["@id"].removeprefix("http://testserver"))
    assert alone.json() == one and rules.HERE not in first.content.decode()
    assert client.get("/openactive/session-series/1").status_code == 404


@pytest.mark.django_db
def test_an_empty_feed_is_its_own_last_page(client: Client) -> None:
    said = client.get("/openactive/slots").json()
    assert said["items"] == [] and said["next"] == "http://testserver/openactive/slots"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "afterTimestamp=1", "afterId=1", "afterTimestamp=x&afterId=1", "afterTimestamp=-1&afterId=1",
        "afterTimestamp=1&afterId=99999999999999999999", "afterTimestamp=%00&afterId=1",
        "afterTimestamp=%C2%B2&afterId=1",
    ],
)  # fmt: skip
def test_half_a_cursor_and_none_are_refused(client: Client, query: str) -> None:
    response = client.get(f"/openactive/slots?{query}")
    assert response.status_code == 400 and response.json()["code"] == "openactive.after"


@pytest.mark.django_db
def test_a_page_of_a_feed_asks_twice(stage: Stage) -> None:
    heard()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert reads.page(ANYONE, rules.SLOTS, None, 300)
    assert len(asked) == 2


@pytest.mark.django_db
def test_the_page_about_the_feeds(client: Client) -> None:
    for path, word in (("/openactive/", "Freie Zeiten"), ("/en/openactive/", "Free times")):
        text = client.get(path).content.decode()
        assert word in text and "http://testserver/openactive/slots" in text


@pytest.mark.django_db
@pytest.mark.parametrize("act", [feeds.follow, feeds.renew])
def test_only_the_node_follows(act: Callable[..., Any]) -> None:
    with pytest.raises(Refusal):
        act(ANYONE)


def by_time(since: tuple[datetime, int]) -> list[tuple[datetime, int]]:
    """A feed as it would be with a time of change: what comes after this one."""
    moment, number = since
    rows = Noun.objects.filter(Q(changed_at__gt=moment) | Q(changed_at=moment, id__gt=number), kind="offer")
    return [(one.changed_at, one.id) for one in rows.order_by("changed_at", "id")]


@pytest.mark.django_db(transaction=True)
def test_a_late_commit_is_lost_by_time_and_not_by_position(
    person: Callable[..., Any], organisation: Callable[..., Any]
) -> None:
    with transaction.atomic():
        stage = Stage(person, organisation, {"latest_days": 3})
    written, may_commit = threading.Event(), threading.Event()
    late: list[int] = []

    def commit_late() -> None:
        try:
            with transaction.atomic():
                late.append(keep(stage, "spaet").noun_id)
                written.set()
                may_commit.wait(20)
        finally:
            connection.close()

    slow = threading.Thread(target=commit_late)
    slow.start()
    assert written.wait(20)
    early = keep(stage, "frueh").noun_id
    heard()
    told, times = walked(rules.SERIES), by_time((datetime(2000, 1, 1, tzinfo=UTC), 0))
    assert [one["id"] for one in told] == [early] == [number for _moment, number in times]
    may_commit.set()
    slow.join(20)
    heard()
    assert by_time(times[-1]) == []  # a reader of that feed never hears of it
    since = (told[-1]["modified"], told[-1]["id"])
    assert [one["id"] for one in walked(rules.SERIES, since=since)] == late


@pytest.mark.django_db
def test_a_reader_that_dies_has_told_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(stage, "yoga")

    def die(*_given: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(feeds, "_bookable", die)
        with pytest.raises(RuntimeError):
            heard()
    assert not FeedItem.objects.exists()
    heard()
    assert walked(rules.SERIES)
    assert log.head() >= max(one["modified"] for one in walked(rules.SERIES))
