# SPDX-License-Identifier: EUPL-1.2
"""Changes wait for a look: who writes, sends and publishes them, and that two at once never lose anything."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from smilecity.core import log
from smilecity.core.models import LogEntry, Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.places import actions, facts
from smilecity.places.actions import changes as room
from smilecity.places.models import Change
from smilecity.places.reads import changes as reads
from smilecity.places.rules import difference
from tests.places.town import EVERYBODY, PUBLISHERS, WRITERS, City, Person, allowed


@pytest.fixture
def city(person: Person, organisation: Person) -> City:
    return City(person, organisation)


@pytest.mark.parametrize("name", EVERYBODY)
def test_who_may_write_send_publish_return_and_drop(city: City, name: str) -> None:
    who = city.people[name]
    writes, publishes = name in WRITERS, name in PUBLISHERS
    assert allowed(lambda: city.begin(name)) is writes
    Change.objects.all().delete()
    change = city.begin()
    assert allowed(lambda: actions.save_change(who, change.id, **city.said(street="Weg 3"))) is writes
    assert allowed(lambda: actions.send_change(who, change.id)) is writes
    assert (reads.change(who, change.id) is not None) is writes
    assert (reads.editable(who, "court") is not None) is writes
    Change.objects.update(state=Change.REVIEW)
    assert [one.id for one in reads.waiting(who)] == ([change.id] if publishes else [])
    assert allowed(lambda: actions.return_change(who, change.id, "Bitte mit Hausnummer.")) is publishes
    assert allowed(lambda: actions.publish_change(who, change.id)) is publishes
    Change.objects.update(state=Change.DRAFT)
    assert allowed(lambda: actions.drop_change(who, change.id)) is writes


def test_from_draft_to_published_and_what_the_log_tells(city: City) -> None:
    trainer, clerk = city.people["trainer"], city.people["clerk"]
    change = city.begin(opening_hours="Mo-Fr 08:00-20:00", title={"de": "Feld", "en": "Field"})
    assert set(change.values) == {"opening_hours", "title"}
    assert city.entry["opening_hours"] == "Mo-Su 06:00-22:00"  # nothing shows before somebody looked
    actions.send_change(trainer, change.id)
    assert [one.id for one in reads.mine(trainer)] == [change.id]
    actions.return_change(clerk, change.id, "Auch am Sonntag?")
    assert reads.mine(trainer)[0].reason == "Auch am Sonntag?"
    actions.save_change(trainer, change.id, **city.said(opening_hours="Mo-Su 08:00-20:00"))
    actions.send_change(trainer, change.id)
    actions.publish_change(clerk, change.id)
    assert city.entry["opening_hours"] == "Mo-Su 08:00-20:00"
    noun = Noun.objects.get(id=city.noun.id)
    assert (noun.area_id, noun.keeper_id, noun.visibility) == (city.here, city.club, "public")
    told = LogEntry.objects.filter(verb__startswith="change-").order_by("id")
    assert [one.verb for one in told] == [
        facts.CHANGE_BEGUN, facts.CHANGE_SENT, facts.CHANGE_RETURNED, facts.CHANGE_SENT, facts.CHANGE_PUBLISHED
    ]  # fmt: skip
    assert all(one.data == {"change": change.id, "author": trainer.account} for one in told)
    assert {one.noun for one in told} == {city.noun.id}


def test_publishing_leaves_what_others_changed_meanwhile(city: City) -> None:
    change = city.begin(street="Neuer Weg 2")
    said = city.said(phone="+49 381 1234")
    actions.keep_place(
        NODE, "court", **reads_said(said), area=city.here, keeper=city.club, visibility="public"
    )
    actions.send_change(city.people["trainer"], change.id)
    actions.publish_change(city.people["clerk"], change.id)
    assert (city.entry["street"], city.entry["phone"]) == ("Neuer Weg 2", "+49 381 1234")


def reads_said(entry: dict[str, Any]) -> dict[str, Any]:
    spot = entry["position"]
    return {**entry, "position": tuple(spot) if spot else None, "languages": tuple(entry["languages"])}


def test_what_changed_since_one_looked_is_told_by_name(city: City) -> None:
    seen = difference.marks(city.entry)
    change = city.begin(street="Neuer Weg 2")
    shown = difference.marks(difference.merged(city.entry, change.values))
    actions.save_change(
        city.people["trainer"], change.id, seen=shown, **city.said(street="Weg 4", phone="123 456")
    )
    for act in (
        lambda: actions.save_change(city.people["clerk"], change.id, seen=shown, **city.said(street="Weg 5")),
        lambda: actions.publish_change(city.people["clerk"], change.id, seen=shown),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert (refused.value.code, refused.value.status) == ("change.meanwhile", 409)
        assert "Straße und Hausnummer, Telefon" in str(refused.value.sentence)
    actions.publish_change(city.people["clerk"], change.id)
    with pytest.raises(Refusal) as refused:
        actions.begin_change(city.people["trainer"], "court", seen=seen, **city.said(street="Weg 6"))
    assert refused.value.code == "change.meanwhile"


def test_one_open_change_a_place_and_none_that_changes_nothing(city: City) -> None:
    change = city.begin()
    with pytest.raises(Refusal) as refused:
        city.begin("clerk", street="Weg 9")
    assert (refused.value.code, refused.value.status) == ("change.open", 409)
    actions.drop_change(city.people["trainer"], change.id)
    with pytest.raises(Refusal) as refused:
        actions.begin_change(city.people["trainer"], "court", **city.said())
    assert refused.value.code == "change.nothing"


def test_a_new_place_is_seen_by_nobody_else_until_it_is_published(city: City) -> None:
    trainer = city.people["trainer"]
    said = {"title": {"de": "Halle"}, "category": "sport"}
    for name in ("resident", "other_trainer", "far_clerk"):
        with pytest.raises(Refusal):
            actions.propose_place(city.people[name], "halle", keeper=city.club, area=city.here, **said)
    change = actions.propose_place(trainer, "halle", keeper=city.club, area=city.here, **said)
    assert change.place.noun.visibility == Noun.DRAFT
    with pytest.raises(Refusal) as refused:
        actions.propose_place(trainer, "halle", keeper=city.club, **said)
    assert (refused.value.code, refused.value.field) == ("place.address-taken", "slug")
    actions.send_change(trainer, change.id)
    actions.publish_change(city.people["steward"], change.id)
    assert Noun.objects.get(address="places/halle").visibility == Noun.PUBLIC


def test_nobody_moves_a_place_to_where_they_have_no_say(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    change = city.begin(position=(12.5, 54.5))
    monkeypatch.setattr(room.entries, "area_of", lambda who, area, spot: area or city.there)
    with pytest.raises(Refusal) as refused:
        actions.publish_change(city.people["clerk"], change.id)
    assert refused.value.code == "place.not-yours"
    assert city.entry["position"] == [12.1, 54.1]


def test_an_internal_place_stays_internal(city: City) -> None:
    Noun.objects.filter(id=city.noun.id).update(visibility=Noun.INTERNAL)
    change = city.begin()
    actions.publish_change(city.people["clerk"], change.id)
    assert Noun.objects.get(id=city.noun.id).visibility == Noun.INTERNAL


@pytest.mark.parametrize("reason", ["", "  ", "ab", "x" * 1001, "a\0b c"])
def test_giving_back_needs_a_reason(city: City, reason: str) -> None:
    change = city.begin()
    actions.send_change(city.people["trainer"], change.id)
    with pytest.raises(Refusal) as refused:
        actions.return_change(city.people["clerk"], change.id, reason)
    assert (refused.value.code, refused.value.field) == ("change.reason", "reason")
    assert Change.objects.get().state == Change.REVIEW


def test_bulk_actions_on_a_place_are_for_who_keeps_it(city: City) -> None:
    for name in EVERYBODY:
        who = city.people[name]
        assert allowed(lambda who=who: actions.show_place(who, city.noun.id, "internal")) is (
            name in PUBLISHERS
        )  # type: ignore[misc]
        assert allowed(lambda who=who: actions.give_place(who, city.noun.id, city.club)) is (
            name in PUBLISHERS
        )  # type: ignore[misc]
        assert allowed(lambda who=who: actions.license_place(who, city.noun.id, "CC0-1.0")) is (
            name in PUBLISHERS
        )  # type: ignore[misc]
    with pytest.raises(Refusal):
        actions.give_place(NODE, city.noun.id, city.here)  # an area keeps nothing
    actions.keep_place(NODE, "court", **reads_said(city.said()), area=city.here)
    assert Noun.objects.get(id=city.noun.id).licence == "CC0-1.0"


def at_once(monkeypatch: pytest.MonkeyPatch, *acts: Callable[[], object]) -> list[object]:
    """Each in a real transaction of its own: none commits before the others have come as far as they can."""
    barrier = threading.Barrier(len(acts))
    append = log.append

    def wait_then_append(*given: Any, **more: Any) -> None:
        with suppress(threading.BrokenBarrierError):  # another one may be waiting for our commit
            barrier.wait(timeout=0.5)
        append(*given, **more)

    monkeypatch.setattr(room.log, "append", wait_then_append)
    answers: list[object] = []

    def run(act: Callable[[], object]) -> None:
        try:
            answers.append(act())
        except Exception as error:  # noqa: BLE001 - the test looks at what it was
            answers.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return answers


@pytest.fixture
def real_city(database_url: str, person: Person, organisation: Person) -> Iterator[City]:
    """The city in a database that other connections see."""
    with transaction.atomic():
        city = City(person, organisation)
    yield city
    Noun.objects.update(area=None, keeper=None)


def publish_twice(city: City, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    change = city.begin()
    actions.send_change(city.people["trainer"], change.id)
    act = lambda: actions.publish_change(city.people["clerk"], change.id)  # noqa: E731
    return at_once(monkeypatch, act, act)


def test_published_twice_at_once_it_is_published_once(
    real_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = publish_twice(real_city, monkeypatch)
    refused = [one for one in answers if isinstance(one, Refusal)]
    assert [one.code for one in refused] == ["change.not-open"]
    assert LogEntry.objects.filter(verb=facts.CHANGE_PUBLISHED).count() == 1


def test_without_the_locks_it_would_be_published_twice(
    real_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proof that the test above can fail."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **more: self)
    publish_twice(real_city, monkeypatch)
    assert LogEntry.objects.filter(verb=facts.CHANGE_PUBLISHED).count() == 2


def publish_while_saved(city: City, monkeypatch: pytest.MonkeyPatch) -> str:
    change = city.begin(street="Gelesen 1")
    seen = difference.marks(difference.merged(city.entry, change.values))
    trainer, clerk = city.people["trainer"], city.people["clerk"]
    said = city.said(street="Ungelesen 2")
    at_once(
        monkeypatch,
        lambda: actions.save_change(trainer, change.id, seen=seen, **said),
        lambda: actions.publish_change(clerk, change.id, seen=seen),
    )
    return str(city.entry["street"])


def test_what_nobody_has_read_is_not_published(real_city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    assert publish_while_saved(real_city, monkeypatch) in ("Gelesen 1", "Uferweg 1")
    assert Change.objects.filter(state__in=Change.OPEN).exists() == (real_city.entry["street"] == "Uferweg 1")


def test_begun_twice_at_once_there_is_one(real_city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    said = real_city.said(street="Weg 7")
    answers = at_once(
        monkeypatch,
        *(
            lambda who=real_city.people[name]: actions.begin_change(who, "court", **said)
            for name in ("trainer", "clerk")
        ),  # type: ignore[misc]
    )
    assert [one.code for one in answers if isinstance(one, Refusal)] == ["change.open"]
    assert Change.objects.count() == 1
