# SPDX-License-Identifier: EUPL-1.2
"""Every need is answered: who reads and answers it, what its author hears, and that no mail is lost or doubled."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test import Client

from smilecity.citizens import actions, facts, jobs, reads
from smilecity.citizens.models import Need
from smilecity.core import clock
from smilecity.core.models import LogEntry, Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE, Who
from smilecity.people.reads import who_is

Make = Callable[..., Any]


def noun(kind: str, address: str, title: str, **more: Any) -> Noun:
    fields = {"visibility": "public", **more}
    return Noun.objects.create(
        kind=kind,
        address=address,
        title={"de": title, "en": title},
        sort=title,
        changed_at=clock.now(),
        **fields,
    )


class Town:
    """A court of a club in a quarter, and those who might read what is said about it."""

    def __init__(self, person: Make, organisation: Make) -> None:
        self.quarter, self.far = noun("area", "areas/q", "Q").id, noun("area", "areas/f", "F").id
        club, hall = (
            organisation("club", "SV Hafen", self.quarter),
            organisation("department", "Amt", self.quarter),
        )
        self.court = noun("place", "places/court", "Platz", area_id=self.quarter, keeper_id=club.noun_id)
        self.accounts = {
            "resident": person("rita"),
            "neighbour": person("nora"),
            "trainer": person("karim", ("trainer", club, None)),
            "other_trainer": person("tina", ("trainer", hall, None)),
            "clerk": person("petra", ("clerk", hall, self.quarter)),
            "steward": person("stefan", ("steward", hall, self.quarter)),
            "moderator": person("mia", ("moderator", hall, self.quarter)),
            "far_clerk": person("nils", ("clerk", hall, self.far)),
            "planner": person("paul", ("planner", hall, self.quarter)),
            "council": person("rolf", ("council", hall, self.quarter)),
            "operator": person("olaf", ("operator", hall, None)),
        }
        self.accounts["other_trainer"].roles.update(organisation=organisation("club", "TSV", self.quarter))
        self.people: dict[str, Who] = {
            "anyone": ANYONE, "node": NODE, **{name: who_is(one) for name, one in self.accounts.items()}
        }  # fmt: skip

    def say(self, name: str = "resident", **more: Any) -> Need:
        said = {
            "kind": "correction",
            "words": "Das Tor ist zu.",
            "language": "de",
            "about": self.court.id,
            **more,
        }
        return actions.say_need(self.people[name], uuid4(), **said)


@pytest.fixture
def town(person: Make, organisation: Make) -> Town:
    return Town(person, organisation)


READERS = {"trainer", "clerk", "steward", "moderator"}
EVERYBODY = [
    "anyone", "node", "resident", "neighbour", "trainer", "other_trainer", "clerk", "steward", "moderator",
    "far_clerk", "planner", "council", "operator",
]  # fmt: skip


@pytest.mark.parametrize("name", EVERYBODY)
def test_who_reads_answers_and_finds_it(town: Town, client: Client, name: str) -> None:
    who, need = town.people[name], town.say()
    answers, author = name in READERS, name == "resident"
    assert (reads.need(who, need.noun_id) is not None) is answers
    assert (reads.need_at(who, need.form) is not None) is (answers or author)
    assert [one.noun_id for one in reads.waiting(who).items] == ([need.noun_id] if answers else [])
    assert reads.count_waiting(who) == int(answers)
    assert [one.noun_id for one in reads.mine(who).items] == ([need.noun_id] if author else [])
    if name in town.accounts:
        client.force_login(town.accounts[name])
        seen = client.get(f"/needs/{need.form}/")
        assert seen.status_code == (200 if answers or author else 404)
        assert ("Ihre Antwort" in seen.content.decode()) is answers
        assert ("Das Tor ist zu." in client.get("/desk/needs/").content.decode()) is answers
    try:
        actions.answer_need(who, need.noun_id, "Wir öffnen es.", close=False)
        done = True
    except Refusal as refusal:
        assert (refusal.code, refusal.status) == ("need.unknown", 404)
        done = False
    assert done is answers


def test_the_answer_is_told_by_addresses_only(town: Town) -> None:
    need = town.say()
    actions.answer_need(town.people["clerk"], need.noun_id, "Frau Schmidt öffnet es.", close=False)
    actions.answer_need(town.people["clerk"], need.noun_id, "Es ist offen.", close=True)
    entries = list(LogEntry.objects.filter(verb=facts.NEED_ANSWERED).order_by("id"))
    author = town.people["resident"].account
    assert [one.data for one in entries] == [
        {"author": author, "closed": False}, {"author": author, "closed": True}
    ]  # fmt: skip
    assert "Schmidt" not in str([(one.data, one.actor) for one in entries])
    need.refresh_from_db()
    assert (need.state, need.answer) == (Need.CLOSED, "Es ist offen.")


@pytest.mark.parametrize("answer", ["", "  \u202e ", "x" * 4001])
def test_nothing_is_closed_without_a_reason(town: Town, answer: str) -> None:
    need = town.say()
    with pytest.raises(Refusal) as refused:
        actions.answer_need(town.people["clerk"], need.noun_id, answer, close=True)
    assert refused.value.field == "answer"
    need.refresh_from_db()
    assert need.state == Need.NEW


def test_several_are_closed_all_or_none(town: Town) -> None:
    ids = [town.say().noun_id for _ in range(3)]
    far = town.say(about=town.far).noun_id
    with pytest.raises(Refusal):
        actions.answer_needs(town.people["clerk"], [*ids, far], "Erledigt.")
    assert set(Need.objects.values_list("state", flat=True)) == {Need.NEW}
    assert actions.answer_needs(town.people["clerk"], [*ids, ids[0]], "Erledigt.") == 3


def test_filters_and_pages(town: Town) -> None:
    clerk = town.people["clerk"]
    many = [town.say(kind="wish").noun_id for _ in range(35)]
    praise = town.say(kind="praise").noun_id
    first = reads.waiting(clerk, kind="wish")
    second = reads.waiting(clerk, kind="wish", after=first.after)
    assert [one.noun_id for one in [*first.items, *second.items]] == many
    assert [one.noun_id for one in reads.waiting(clerk, kind="praise", area=town.quarter).items] == [praise]
    assert reads.waiting(clerk, area=town.far).items == []
    actions.answer_needs(clerk, many, "Danke.")
    newest = reads.waiting(clerk, state=Need.CLOSED)
    older = reads.waiting(clerk, state=Need.CLOSED, after=newest.after)
    assert [one.noun_id for one in [*newest.items, *older.items]] == many[::-1]


def test_it_is_mailed_once_in_the_language_it_was_said_in(town: Town) -> None:
    need = town.say("anyone", contact="rita@beispiel.de", language="en")
    town.say("anyone", contact="nobody@beispiel.de")  # not answered yet
    jobs.mail_answers(0)
    assert mail.outbox == []
    actions.answer_need(town.people["clerk"], need.noun_id, "It is open now.", close=True)
    jobs.mail_answers(0)
    jobs.mail_answers(0)
    (sent,) = mail.outbox
    assert sent.to == ["rita@beispiel.de"]
    assert sent.subject == "Answer: Correction: Platz"
    assert "It is open now." in sent.body and "Das Tor ist zu." not in sent.body
    assert need.contact not in sent.body


def test_a_mail_server_that_is_away_loses_nothing_and_holds_up_nobody(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    for address in ("kaputt@beispiel.de", "heil@beispiel.de"):
        need = town.say("anyone", contact=address)
        actions.answer_need(town.people["clerk"], need.noun_id, "Es ist offen.", close=True)
    send = jobs.send_mail

    def refuse(subject: str, body: str, from_: None, to: list[str]) -> None:
        if to == ["kaputt@beispiel.de"]:
            raise ConnectionRefusedError
        send(subject, body, from_, to)

    monkeypatch.setattr(jobs, "send_mail", refuse)
    jobs.mail_answers(0)
    assert [one.to for one in mail.outbox] == [["heil@beispiel.de"]]
    monkeypatch.setattr(jobs, "send_mail", send)
    jobs.mail_answers(0)
    assert [one.to for one in mail.outbox] == [["heil@beispiel.de"], ["kaputt@beispiel.de"]]


def test_only_the_node_mails(town: Town) -> None:
    need = town.say("anyone", contact="rita@beispiel.de")
    for name in EVERYBODY:
        if name != "node":
            with pytest.raises(Refusal):
                actions.mail_answer(town.people[name], need.noun_id, lambda one: None)
            assert not reads.unmailed(town.people[name]).exists()


def close_twice(town: Town, mailing: bool = False) -> list[object]:
    need = town.say("anyone", contact="rita@beispiel.de")
    clerk = town.people["clerk"]
    both, answers = threading.Barrier(2), []
    if mailing:
        actions.answer_need(clerk, need.noun_id, "Es ist offen.", close=True)

    def wait(one: Need) -> None:
        both_are_here(both)

    def act() -> object:
        if mailing:
            return actions.mail_answer(NODE, need.noun_id, wait)
        with transaction.atomic():
            done = actions.answer_need(clerk, need.noun_id, "Es ist offen.", close=True)
            both_are_here(both)
            return done

    def run() -> None:
        try:
            answers.append(act())
        except Refusal as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return answers


def both_are_here(barrier: threading.Barrier) -> None:
    with suppress(threading.BrokenBarrierError):  # the other one waits for our commit
        barrier.wait(timeout=0.5)


@pytest.fixture
def real_town(database_url: str, person: Make, organisation: Make) -> Town:
    with transaction.atomic():
        return Town(person, organisation)


def test_closed_twice_at_once_the_second_is_told(real_town: Town) -> None:
    assert "need.closed" in close_twice(real_town)
    assert LogEntry.objects.filter(verb=facts.NEED_ANSWERED).count() == 1


def test_mailed_by_two_workers_at_once_it_goes_once(real_town: Town) -> None:
    assert sorted(close_twice(real_town, mailing=True), key=str) == [False, True]


def test_without_the_locks_both_races_would_be_lost(real_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proof that the tests above can fail."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **more: self)
    close_twice(real_town)
    assert LogEntry.objects.filter(verb=facts.NEED_ANSWERED).count() == 2
    assert close_twice(real_town, mailing=True) == [True, True]


def test_the_pages_for_answering(town: Town, client: Client) -> None:
    need = town.say(words="Das <script>alert(1)</script> Tor ist zu.", contact="rita@beispiel.de")
    page = f"/needs/{need.form}/"
    client.force_login(town.accounts["clerk"])
    body = client.get(page).content.decode()
    assert "<script>alert" not in body and "rita@beispiel.de" not in body and "Rita" in body
    assert "Platz" in body and 'href="/places/court/"' in body
    empty = client.post(page, {"answer": " ", "close": "1"})
    assert empty.status_code == 422 and 'id="id_answer_error"' in empty.content.decode()
    assert client.post(page, {"answer": "Es <b>ist</b> offen.", "close": "1"})["Location"] == page
    body = client.get(page).content.decode()
    assert "Es &lt;b&gt;ist&lt;/b&gt; offen." in body and "<textarea" not in body
    assert client.post(page, {"answer": "Doch nicht.", "close": "1"}).status_code == 409
    client.force_login(town.accounts["resident"])
    assert "abgeschlossen" in client.get("/me/needs/").content.decode()
    assert "Das haben Sie gesagt" in client.get(page).content.decode()
    assert client.post(page, {"answer": "Selbst gemacht."}).status_code == 404
    assert client.get(f"/needs/{uuid4()}/").status_code == 404


def test_the_desk_closes_what_is_ticked(town: Town, client: Client) -> None:
    first, second = town.say(), town.say(words="Die Lampe ist aus.")
    client.force_login(town.accounts["trainer"])
    nothing = client.post("/desk/needs/", {"answer": "Danke."})
    assert nothing.status_code == 422 and "Kreuzen Sie an" in nothing.content.decode()
    bad = client.post("/desk/needs/", {"answer": "Danke.", "need": ["1; DROP", str(10**30)]})
    assert bad.status_code == 422
    assert client.post("/desk/needs/", {"answer": "Danke.", "need": [first.noun_id]}).status_code == 302
    body = client.get("/desk/needs/").content.decode()
    assert "Die Lampe ist aus." in body and "Das Tor ist zu." not in body
    assert "Das Tor ist zu." in client.get("/desk/needs/?state=closed").content.decode()
    assert client.get("/desk/needs/?state=x&kind=y&area=z&after=").status_code == 200
    assert second.noun_id
    client.force_login(town.accounts["resident"])
    assert client.get("/desk/needs/").status_code == 403
    assert client.post("/desk/needs/", {"answer": "Ha.", "need": [second.noun_id]}).status_code == 403


def test_who_will_read_it_is_said_before_one_sends_it(town: Town, client: Client) -> None:
    body = client.get(f"/say/?about={town.court.id}").content.decode()
    assert "von SV Hafen" in body and "Korrektur" in body
    assert "SV Hafen" not in client.get("/say/").content.decode()
