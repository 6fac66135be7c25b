# SPDX-License-Identifier: EUPL-1.2
"""Who may say and read, and that two sendings of one form keep one need."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from smilecity.citizens import actions, facts, reads
from smilecity.citizens.models import Need
from smilecity.core import clock, links, log
from smilecity.core.models import Link, LogEntry, Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, Role, Who

FORM = UUID("6f1f7d3e-5c55-4a73-9d0c-3f4a8a3a0b11")


def noun(kind: str = "place", address: str = "places/court", **more: Any) -> Noun:
    fields = {"title": {"de": "Platz", "en": "Ground"}, "visibility": "public", **more}
    return Noun.objects.create(kind=kind, address=address, sort="platz", changed_at=clock.now(), **fields)


def say(who: Who = ANYONE, form: UUID | None = None, **more: Any) -> Need:
    said = {"kind": "wish", "words": "Mehr Licht, bitte.", "language": "de", **more}
    return actions.say_need(who, form or uuid4(), **said)


def test_it_is_kept_as_a_draft_linked_to_its_place(db: None) -> None:
    area = noun("area", "areas/q")
    place = noun(area=area)
    need = say(about=place.id, contact="name@beispiel.de")
    assert (need.kind, need.words, need.contact, need.language) == (
        "wish",
        "Mehr Licht, bitte.",
        "name@beispiel.de",
        "de",
    )
    assert need.noun.visibility == Noun.DRAFT
    assert need.noun.area_id == area.id
    assert need.noun.title == {"de": "Wunsch: Platz", "en": "Wish: Ground"}
    assert links.linked_from(need.noun_id, "about") == [place]


def test_neither_log_nor_noun_hold_personal_words(db: None) -> None:
    place = noun()
    need = say(words="Hier ist Erika Mustermann.", contact="erika@beispiel.de", about=place.id)
    entry = LogEntry.objects.get(verb=facts.NEED_SAID)
    assert (entry.noun, sorted(entry.about), entry.data) == (
        need.noun_id,
        sorted([need.noun_id, place.id]),
        {"kind": "wish", "door": "web"},
    )
    everything = (
        f"{entry.data} {entry.actor} {need.noun.title} {need.noun.text} {need.noun.sort} {need.noun.address}"
    )
    assert "rika" not in everything


@pytest.mark.parametrize(
    ("name", "reads_needs"),
    [
        ("anyone", False),
        ("bob", False),
        ("alice", True),
        ("olga", False),
        ("node", False),
        ("carla", True),
        ("dora", False),
    ],
)
def test_anyone_says_and_stewards_of_the_area_read(
    request: pytest.FixtureRequest, db: None, name: str, reads_needs: bool
) -> None:
    area = noun("area", "areas/q")
    place = noun(area=area)
    stewards = {
        "carla": Who(label="account/4", account=4, roles=frozenset({Role("steward", area.id)})),
        "dora": Who(label="account/5", account=5, roles=frozenset({Role("steward", area.id + 10**6)})),
    }
    who: Who = stewards.get(name) or request.getfixturevalue(name)
    need = say(who, about=place.id)
    about_area = say(who, about=area.id)
    assert (reads.need(who, need.noun_id) is not None) is reads_needs
    assert [one.noun_id for one in reads.needs_about(who, place)] == [need.noun_id] * reads_needs
    assert reads.count_about(who, place) == int(reads_needs)
    assert (reads.need(who, about_area.noun_id) is not None) is reads_needs
    assert not Noun.objects.filter(kind="need", visibility="public").exists()


def test_what_is_about_the_whole_city_is_read_by_its_stewards(db: None, alice: Who) -> None:
    need = say()
    assert need.noun.area_id is None
    assert reads.need(alice, need.noun_id) == need
    assert not Link.objects.exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "order"}, "need.unknown-kind"),
        ({"words": "  \0 \u202e "}, "need.words-missing"),
        ({"words": "x" * 2001}, "need.words-too-long"),
        ({"contact": "niemand"}, "need.contact"),
        ({"about": 10**15}, "need.unknown-subject"),
        ({"about": 10**30}, "need.unknown-subject"),
        ({"about": -1}, "need.unknown-subject"),
    ],
)
def test_bad_input_is_refused_and_nothing_half_kept(db: None, change: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        say(**change)
    assert refused.value.code == code
    assert str(refused.value.sentence)
    assert not Noun.objects.exists()
    assert not LogEntry.objects.exists()


def test_a_draft_is_refused_as_if_it_were_not_there(db: None, alice: Who) -> None:
    draft = noun(visibility="draft")
    with pytest.raises(Refusal) as refused:
        say(about=draft.id)
    with pytest.raises(Refusal) as unknown:
        say(about=10**12)
    assert refused.value.problem() == unknown.value.problem()
    assert say(alice, about=draft.id).noun_id


def test_nobody_answers_to_what_someone_else_said(db: None, alice: Who) -> None:
    need = say()
    with pytest.raises(Refusal):
        say(alice, about=need.noun_id)


def test_the_same_form_again_changes_nothing(db: None) -> None:
    need = say(form=FORM)
    Noun.objects.filter(id=need.noun_id).update(visibility="public")  # a steward has read it meanwhile
    assert say(form=FORM) == need
    need.noun.refresh_from_db()
    assert need.noun.visibility == "public"
    with pytest.raises(Refusal) as refused:
        say(form=FORM, words="Etwas ganz anderes.")
    assert (refused.value.code, refused.value.status) == ("need.form-used", 409)
    assert Need.objects.count() == 1
    assert LogEntry.objects.count() == 1


def test_addresses_are_forgotten_in_time_and_by_the_node_only(
    db: None, bob: Who, alice: Who, node: Who
) -> None:
    old, fresh = say(contact="alt@beispiel.de"), say(contact="neu@beispiel.de")
    Need.objects.filter(noun=old.noun_id).update(said_at=clock.now() - timedelta(days=200))
    until = clock.now() - timedelta(days=180)
    for who in (ANYONE, bob, alice):
        with pytest.raises(Refusal):
            actions.forget_contacts(who, until)
    assert actions.forget_contacts(node, until) == 1
    assert actions.forget_contacts(node, until) == 0
    kept = {need.noun_id: need.contact for need in Need.objects.all()}
    assert kept == {old.noun_id: "", fresh.noun_id: "neu@beispiel.de"}
    assert LogEntry.objects.filter(verb=facts.CONTACTS_FORGOTTEN).count() == 1


def send_twice_at_once(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Two real transactions: neither commits before the other has come as far as it can."""
    both = threading.Barrier(2)
    append = log.append

    def wait_then_append(*given: Any, **more: Any) -> None:
        with suppress(threading.BrokenBarrierError):  # the other one may be waiting for our commit
            both.wait(timeout=0.4)
        append(*given, **more)

    monkeypatch.setattr(log, "append", wait_then_append)
    answers: list[object] = []

    def send() -> None:
        try:
            answers.append(say(form=FORM))
        except Exception as error:  # noqa: BLE001 - the test looks at what it was
            answers.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    return answers


@contextmanager
def without_constraints(*columns: tuple[str, str]) -> Iterator[None]:
    """The unique constraints of these columns are gone inside the block."""
    dropped = []
    with connection.cursor() as cursor:
        for table, column in columns:
            cursor.execute(
                "SELECT c.conname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid"
                " AND a.attnum = ANY(c.conkey)"
                " WHERE c.contype = 'u' AND c.conrelid = %s::regclass AND a.attname = %s",
                [table, column],
            )
            (name,) = cursor.fetchone() or ("",)
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
            dropped.append((table, name, column))
        yield
        Noun.objects.all().delete()
        for table, name, column in dropped:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" UNIQUE ({column})')


@pytest.mark.usefixtures("database_url")
def test_sent_twice_at_once_it_is_kept_once_and_both_are_thanked(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = send_twice_at_once(monkeypatch)
    assert Need.objects.count() == 1
    assert Noun.objects.filter(kind="need").count() == 1
    assert LogEntry.objects.filter(verb=facts.NEED_SAID).count() == 1
    assert answers == [Need.objects.get()] * 2


@pytest.mark.usefixtures("database_url")
def test_without_the_constraints_the_race_would_be_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proof that the test above can fail."""
    with without_constraints(("citizens_need", "form"), ("core_noun", "address")):
        send_twice_at_once(monkeypatch)
        assert Need.objects.count() == 2
