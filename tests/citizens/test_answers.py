# SPDX-License-Identifier: EUPL-1.2
"""Every need is answered: who reads and answers it, what its author hears, and that no mail is lost or doubled."""

import threading
from contextlib import suppress
from uuid import uuid4

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test import Client

from smilecity.citizens import actions, facts, jobs, reads
from smilecity.citizens.models import Need
from smilecity.citizens.rules import Sought
from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from tests.citizens.town import Make, Town

READERS = {"trainer", "clerk", "steward", "moderator"}
EVERYBODY = [
    "anyone", "node", "resident", "neighbour", "friend", "trainer", "other_trainer", "clerk", "steward", "moderator",
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
        assert ("Entscheiden und abschließen" in seen.content.decode()) is answers
        assert ("Das Tor ist zu." in client.get("/desk/needs/").content.decode()) is answers
    try:
        actions.answer_need(who, need.noun_id, "Wir öffnen es.")
        done = True
    except Refusal as refusal:
        assert (refusal.code, refusal.status) == ("need.unknown", 404)
        done = False
    assert done is answers


def decide(town: Town, need: Need, decision: str = "answered", reason: str = "Es ist offen.") -> Need:
    return actions.decide_need(town.people["clerk"], need.noun_id, decision, reason)


def test_the_answer_is_told_by_addresses_only(town: Town) -> None:
    need = town.say()
    actions.answer_need(town.people["clerk"], need.noun_id, "Frau Schmidt öffnet es.")
    decide(town, need, reason="Frau Schmidt hat es geöffnet.")
    entries = list(LogEntry.objects.filter(verb__in=(facts.NEED_ANSWERED, facts.NEED_DECIDED)).order_by("id"))
    author = town.people["resident"].account
    assert [one.data for one in entries] == [
        {"author": author, "state": "answered"},
        {"author": author, "state": "closed", "decision": "answered"},
    ]
    assert "Schmidt" not in str([(one.data, one.actor) for one in entries])
    need.refresh_from_db()
    assert (need.state, need.answer) == (Need.CLOSED, "Frau Schmidt hat es geöffnet.")


@pytest.mark.parametrize("reason", ["", "  \u202e ", "x" * 4001])
def test_nothing_is_closed_without_a_reason(town: Town, reason: str) -> None:
    need = town.say()
    with pytest.raises(Refusal) as refused:
        decide(town, need, reason=reason)
    assert refused.value.field == "reason"
    need.refresh_from_db()
    assert need.state == Need.NEW


def test_several_are_decided_all_or_none(town: Town) -> None:
    ids = [town.say().noun_id for _ in range(3)]
    far = town.say(about=town.far).noun_id
    with pytest.raises(Refusal):
        actions.answer_needs(town.people["clerk"], [*ids, far], "answered", "Erledigt.")
    with pytest.raises(Refusal):
        actions.answer_needs(town.people["clerk"], ids, "merged", "Erledigt.")
    assert set(Need.objects.values_list("state", flat=True)) == {Need.NEW}
    assert actions.answer_needs(town.people["clerk"], [*ids, ids[0]], "answered", "Erledigt.") == 3


def test_filters_and_pages(town: Town) -> None:
    clerk = town.people["clerk"]
    many = [town.say(kind="wish").noun_id for _ in range(35)]
    praise = town.say(kind="praise").noun_id
    first = reads.waiting(clerk, Sought(kind="wish"))
    second = reads.waiting(clerk, Sought(kind="wish"), first.after)
    assert [one.noun_id for one in [*first.items, *second.items]] == many
    assert [one.noun_id for one in reads.waiting(clerk, Sought(kind="praise", area=town.quarter)).items] == [
        praise
    ]
    assert reads.waiting(clerk, Sought(area=town.far)).items == []
    actions.answer_needs(clerk, many, "answered", "Danke.")
    newest = reads.waiting(clerk, Sought(state=Need.CLOSED))
    older = reads.waiting(clerk, Sought(state=Need.CLOSED), newest.after)
    assert [one.noun_id for one in [*newest.items, *older.items]] == many[::-1]


def test_it_is_mailed_once_in_the_language_it_was_said_in(town: Town) -> None:
    need = town.say("anyone", contact="rita@beispiel.de", language="en")
    town.say("anyone", contact="nobody@beispiel.de")  # not answered yet
    jobs.mail_answers(0)
    assert mail.outbox == []
    decide(town, need, reason="It is open now.")
    jobs.mail_answers(0)
    jobs.mail_answers(0)
    (sent,) = mail.outbox
    assert sent.to == ["rita@beispiel.de"]
    assert sent.subject == "Answer: Correction: Platz"
    assert "It is open now." in sent.body and "Das Tor ist zu." not in sent.body
    assert need.contact not in sent.body
    assert f"/en/needs/{need.form}/?key={reads.author_key(need)}" in sent.body


def test_a_mail_server_that_is_away_loses_nothing_and_holds_up_nobody(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    for address in ("kaputt@beispiel.de", "heil@beispiel.de"):
        need = town.say("anyone", contact=address)
        decide(town, need)
    send = EmailMessage.send

    def refuse(letter: EmailMessage) -> int:
        if letter.to == ["kaputt@beispiel.de"]:
            raise ConnectionRefusedError
        return send(letter)

    monkeypatch.setattr(EmailMessage, "send", refuse)
    jobs.mail_answers(0)
    assert [one.to for one in mail.outbox] == [["heil@beispiel.de"]]
    monkeypatch.setattr(EmailMessage, "send", send)
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
        actions.decide_need(clerk, need.noun_id, "answered", "Es ist offen.")

    def wait(one: Need) -> None:
        both_are_here(both)

    def act() -> object:
        if mailing:
            return actions.mail_answer(NODE, need.noun_id, wait)
        with transaction.atomic():
            done = actions.decide_need(clerk, need.noun_id, "answered", "Es ist offen.")
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
    assert LogEntry.objects.filter(verb=facts.NEED_DECIDED).count() == 1


def test_mailed_by_two_workers_at_once_it_goes_once(real_town: Town) -> None:
    assert sorted(close_twice(real_town, mailing=True), key=str) == [False, True]


def test_without_the_locks_both_races_would_be_lost(real_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proof that the tests above can fail."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **more: self)
    close_twice(real_town)
    assert LogEntry.objects.filter(verb=facts.NEED_DECIDED).count() == 2
    assert close_twice(real_town, mailing=True) == [True, True]


def test_the_pages_for_answering(town: Town, client: Client) -> None:
    need = town.say(words="Das <script>alert(1)</script> Tor ist zu.", contact="rita@beispiel.de")
    page = f"/needs/{need.form}/"
    good = {"do": "decide", "decision": "answered", "reason": "Es <b>ist</b> offen."}
    client.force_login(town.accounts["clerk"])
    body = client.get(page).content.decode()
    assert "<script>alert" not in body and "rita@beispiel.de" not in body and "Rita" in body
    assert "Platz" in body and 'href="/places/court/"' in body
    empty = client.post(page, {**good, "reason": " "})
    assert empty.status_code == 422 and 'id="id_reason_error"' in empty.content.decode()
    assert client.post(page, good)["Location"] == page
    body = client.get(page).content.decode()
    assert "Es &lt;b&gt;ist&lt;/b&gt; offen." in body and 'value="decide"' not in body
    assert client.post(page, good).status_code == 409
    client.force_login(town.accounts["resident"])
    assert "beantwortet" in client.get("/me/needs/").content.decode()
    assert "Das haben Sie gesagt" in client.get(page).content.decode()
    assert client.post(page, good).status_code == 404
    assert client.get(f"/needs/{uuid4()}/").status_code == 404


def test_the_desk_decides_what_is_ticked(town: Town, client: Client) -> None:
    first, second = town.say(), town.say(words="Die Lampe ist aus.")
    good = {"decision": "answered", "reason": "Danke."}
    client.force_login(town.accounts["trainer"])
    nothing = client.post("/desk/needs/", good)
    assert nothing.status_code == 422 and "Kreuzen Sie an" in nothing.content.decode()
    bad = client.post("/desk/needs/", {**good, "need": ["1; DROP", str(10**30)]})
    assert bad.status_code == 422
    assert client.post("/desk/needs/", {**good, "need": [first.noun_id]}).status_code == 302
    body = client.get("/desk/needs/").content.decode()
    assert "Die Lampe ist aus." in body and "Das Tor ist zu." not in body
    assert "von heute" in body and "am Zug: SV Hafen" in body
    assert "Das Tor ist zu." in client.get("/desk/needs/?state=closed").content.decode()
    assert client.get("/desk/needs/?state=x&kind=y&area=z&public=no&after=").status_code == 200
    client.force_login(town.accounts["resident"])
    assert client.get("/desk/needs/").status_code == 403
    assert client.post("/desk/needs/", {**good, "need": [second.noun_id]}).status_code == 403


def test_who_will_read_it_is_said_before_one_sends_it(town: Town, client: Client) -> None:
    body = client.get(f"/say/?about={town.court.id}").content.decode()
    assert "von SV Hafen" in body and "Korrektur" in body
    assert "SV Hafen" not in client.get("/say/").content.decode()
