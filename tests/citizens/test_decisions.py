# SPDX-License-Identifier: EUPL-1.2
"""A decision ends every need: by what, into what, to whom, and that it can be looked at again once."""

import importlib
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client

from smilecity.citizens import actions, facts, jobs, reads
from smilecity.citizens.models import Need, NeedStep
from smilecity.core import links
from smilecity.core.models import LogEntry, Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE
from tests.citizens.town import Town, noun


def decide(town: Town, need: Need, decision: str, target: Any = None, reason: str = "So ist es.") -> Need:
    return actions.decide_need(town.people["clerk"], need.noun_id, decision, reason, target)


def state_of(need: Need) -> tuple[str, str]:
    need.refresh_from_db()
    return need.state, need.decision


@pytest.mark.parametrize(
    "change",
    [
        {"state": "closed", "decision": "", "answer": "Ja."},
        {"state": "closed", "decision": "refused", "answer": ""},
        {"state": "open", "decision": "refused", "answer": "Nein."},
        {"state": "gone"},
    ],
)
def test_the_database_knows_nothing_closed_silently(town: Town, change: dict[str, str]) -> None:
    need = town.say()
    with pytest.raises(IntegrityError), transaction.atomic():
        Need.objects.filter(noun=need.noun_id).update(**change)


@pytest.mark.parametrize("said_before", [True, False])
def test_an_objection_takes_the_decisions_link_and_not_the_projects_own(
    town: Town, said_before: bool
) -> None:
    need, project = town.say(), noun("project", "projects/hall", "Halle")
    if said_before:
        links.link(project.id, "answers", need.noun_id)
    for _ in range(2):
        decide(town, need, "accepted", project.id)
        assert links.linked_to(need.noun_id, "answers") == [project]
        actions.reopen_need(town.people["clerk"], need.noun_id, "Die Halle ist zu weit.")
        assert links.linked_to(need.noun_id, "answers") == ([project] if said_before else [])


@pytest.mark.parametrize("let_go", [True, False])
def test_what_the_project_says_after_the_decision_is_its_own_too(town: Town, let_go: bool) -> None:
    need, project = town.say(), noun("project", "projects/hall", "Halle")
    decide(town, need, "accepted", project.id)
    if let_go:
        links.unlink(project.id, "answers", need.noun_id)
    links.link(project.id, "answers", need.noun_id)
    actions.reopen_need(town.people["clerk"], need.noun_id, "Die Halle ist zu weit.")
    assert links.linked_to(need.noun_id, "answers") == [project]


def test_accepted_by_a_project_it_is_linked_to_it(town: Town) -> None:
    need, project = town.say(), noun("project", "projects/gate", "Neues Tor")
    decide(town, need, "accepted", project.id)
    assert links.linked_to(need.noun_id, "answers") == [project]
    assert state_of(need) == ("closed", "accepted")


def test_referred_to_an_organisation_it_is_kept_by_it(town: Town) -> None:
    need = town.say()
    decide(town, need, "referred", town.other_club)
    step = NeedStep.objects.get(need=need)
    assert (step.from_organisation_id, step.to_organisation_id) == (town.club, town.other_club)
    assert reads.need(town.people["other_trainer"], need.noun_id) == need
    assert reads.need(town.people["trainer"], need.noun_id) is None


def test_referred_outside_it_says_to_whom(town: Town, client: Client) -> None:
    need = town.published()
    decide(town, need, "referred", "  Bahn  AG ")
    assert Need.objects.get(noun=need.noun_id).outside == "Bahn AG"
    assert "Bahn AG" in client.get(f"/needs/{need.form}/").content.decode()


@pytest.mark.parametrize(
    ("decision", "target", "code"),
    [
        ("lost", None, "need.unknown-decision"),
        ("merged", None, "need.target-missing"),
        ("referred", "  ", "need.target-missing"),
        ("refused", 12, "need.target-unwanted"),
        ("accepted", "Bahn", "need.target-unwanted"),
        ("referred", "x" * 201, "need.outside-too-long"),
        ("accepted", 10**30, "need.unknown-target"),
        ("accepted", -1, "need.unknown-target"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_half_kept(
    town: Town, decision: str, target: Any, code: str
) -> None:
    need = town.say()
    with pytest.raises(Refusal) as refused:
        decide(town, need, decision, target)
    assert refused.value.code == code
    assert state_of(need) == ("new", "")
    assert not NeedStep.objects.exists()


def test_only_what_one_may_see_and_what_fits_is_pointed_to(town: Town) -> None:
    hidden = noun("project", "projects/secret", "Geheim", visibility="draft", area_id=town.far)
    for decision, target in (("accepted", hidden.id), ("merged", town.court.id), ("referred", town.court.id)):
        with pytest.raises(Refusal) as refused:
            decide(town, town.say(), decision, target)
        assert refused.value.code == "need.unknown-target"


def test_handed_on_it_stays_open_and_its_status_goes_with_it(town: Town, client: Client) -> None:
    need = town.say()
    actions.hand_on(town.people["clerk"], need.noun_id, town.other_club, "Der TSV hat den Schlüssel.")
    assert state_of(need) == ("open", "")
    actions.hand_on(town.people["other_trainer"], need.noun_id, town.hall, "Wir haben ihn nicht mehr.")
    assert reads.need(town.people["other_trainer"], need.noun_id) is None
    actions.note_need(town.people["clerk"], need.noun_id, "Hausmeister fragen.")
    client.force_login(town.accounts["resident"])
    body = client.get(f"/needs/{need.form}/").content.decode()
    assert "weitergegeben an TSV" in body and "weitergegeben an Amt" in body
    assert "Der TSV hat den Schlüssel." in body and "Hausmeister" not in body
    client.force_login(town.accounts["clerk"])
    assert "Hausmeister fragen." in client.get(f"/needs/{need.form}/").content.decode()
    with pytest.raises(Refusal) as refused:
        actions.hand_on(town.people["clerk"], need.noun_id, town.hall, "Noch einmal.")
    assert refused.value.code == "need.kept-already"


def test_its_author_objects_once(town: Town) -> None:
    need, resident = town.say(), town.people["resident"]
    with pytest.raises(Refusal) as early:
        actions.appeal(resident, need.noun_id, "Noch nicht entschieden.")
    decide(town, need, "refused")
    for name in ("neighbour", "clerk", "anyone"):
        with pytest.raises(Refusal) as refused:
            actions.appeal(town.people[name], need.noun_id, "Ich auch.")
        assert refused.value.status == 404
    actions.appeal(resident, need.noun_id, "Das Tor ist das andere.")
    assert state_of(need) == ("reopened", "")
    decide(town, need, "refused", reason="Auch das andere nicht.")
    with pytest.raises(Refusal) as again:
        actions.appeal(resident, need.noun_id, "Und noch einmal.")
    assert (early.value.code, again.value.code) == ("need.not-decided", "need.appealed-already")
    assert [one.state for one in reads.steps(resident, need)] == ["closed", "reopened", "closed"]


def test_why_it_was_reopened_is_not_public(town: Town, client: Client) -> None:
    need = town.published()
    decide(town, need, "refused", reason="Dort nicht.")
    actions.appeal(town.people["resident"], need.noun_id, "Frau Muster weiß es besser.")
    body = client.get(f"/needs/{need.form}/").content.decode()
    assert "wieder offen" in body and "Dort nicht." in body and "Muster" not in body
    for name in ("resident", "clerk"):
        client.force_login(town.accounts[name])
        assert "Muster" in client.get(f"/needs/{need.form}/").content.decode()


def test_who_has_the_link_reads_and_objects_without_an_account(town: Town, client: Client) -> None:
    need = town.say("anyone", contact="rita@beispiel.de")
    decide(town, need, "refused")
    jobs.mail_answers(0)
    link = next(one for one in mail.outbox[0].body.split() if "key=" in one)
    path = link[link.index("/needs/") :]
    assert "Das Tor ist zu." in client.get(path).content.decode()
    assert client.get(f"/needs/{need.form}/?key=falsch").status_code == 404
    empty = client.post(path, {"do": "appeal", "appeal-reason": " "})
    assert empty.status_code == 422 and "id_appeal-reason_error" in empty.content.decode()
    assert client.post(path, {"do": "appeal", "appeal-reason": "Es klemmt."})["Location"] == path
    assert state_of(need) == ("reopened", "")
    assert client.post(path, {"do": "appeal", "appeal-reason": "Noch einmal."}).status_code == 409
    with pytest.raises(Refusal):
        actions.appeal(ANYONE, need.noun_id, "Ohne Link.", "falsch")


def test_merged_into_the_head_and_apart_again(town: Town) -> None:
    first, second, third = (town.published(title=f"Tor {n}") for n in range(3))
    decide(town, second, "merged", first.noun_id)
    decide(town, third, "merged", second.noun_id)
    assert links.linked_from(third.noun_id, "duplicate_of") == [first.noun]
    with pytest.raises(Refusal) as refused:
        decide(town, first, "merged", third.noun_id)
    assert refused.value.code == "need.merged-with-itself"
    assert reads.members(first.noun_id) == sorted(one.noun_id for one in (first, second, third))
    actions.appeal(town.people["resident"], third.noun_id, "Meines ist ein anderes Tor.")
    assert reads.members(first.noun_id) == sorted([first.noun_id, second.noun_id])


def test_all_in_a_thread_are_told_of_its_decision(town: Town) -> None:
    head, other = town.published("resident"), town.published("neighbour")
    decide(town, other, "merged", head.noun_id)
    decide(town, head, "refused")
    told = LogEntry.objects.filter(verb=facts.NEED_DECIDED, data__decision="refused")
    assert {(one.noun, one.data["author"]) for one in told} == {
        (head.noun_id, town.people["resident"].account),
        (other.noun_id, town.people["neighbour"].account),
    }


def test_the_form_says_beside_its_field_what_is_missing(town: Town, client: Client) -> None:
    need, project = town.say(), noun("project", "projects/gate", "Neues Tor")
    page = f"/needs/{need.form}/"
    client.force_login(town.accounts["clerk"])
    typed = {"do": "decide", "reason": "Es kommt.", "decision": "merged"}
    for change, field in (
        ({}, "page"),
        ({"page": "https://city.example/en/places/court/"}, "page"),
        ({"decision": "referred"}, "organisation"),
        ({"decision": ""}, "decision"),
        ({"decision": "accepted", "page": "\x00"}, "page"),
    ):
        answer = client.post(page, {**typed, **change})
        assert answer.status_code == 422, change
        assert f'id="id_{field}_error"' in answer.content.decode(), change
    good = {**typed, "decision": "accepted", "page": f"https://city.example/en/{project.address}/"}
    assert client.post(page, good).status_code == 302
    assert Need.objects.get(noun=need.noun_id).target_id == project.id


@pytest.mark.parametrize("do", ["step", "hand", "publish", "hide", "unknown", "appeal", ""])
def test_empty_forms_are_refused(town: Town, client: Client, do: str) -> None:
    need = town.published()
    client.force_login(town.accounts["clerk"])
    assert client.post(f"/needs/{need.form}/", {"do": do}).status_code in (404, 422)
    assert state_of(need) == ("open", "")


def test_what_was_closed_before_is_decided_by_the_migration(town: Town) -> None:
    migration = importlib.import_module("smilecity.citizens.migrations.0005_decided")
    closed, silent, answered = (town.say() for _ in range(3))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE citizens_need DROP CONSTRAINT need_closed_with_reason")
        told = {"answered_at": "2026-11-01T10:00:00Z", "answered_by": "account/1"}
        Need.objects.filter(noun=closed.noun_id).update(state="closed", answer="Ist offen.", **told)
        Need.objects.filter(noun=answered.noun_id).update(state="answered", answer="Bald.", **told)
        Need.objects.filter(noun=silent.noun_id).update(state="closed")
        cursor.execute(migration.DECIDE)
    assert [state_of(one) for one in (closed, silent, answered)] == [
        ("closed", "answered"),
        ("open", ""),
        ("answered", ""),
    ]
    kept = NeedStep.objects.order_by("sentence").values_list("need", "state", "decision", "sentence")
    assert list(kept) == [
        (answered.noun_id, "answered", "", "Bald."),
        (closed.noun_id, "closed", "answered", "Ist offen."),
    ]


def test_hidden_again_it_is_gone_for_everybody_else(town: Town, client: Client) -> None:
    need = town.published(words="Frau Muster hat das Tor zu.", title="Das Tor")
    page = f"/needs/{need.form}/"
    assert Noun.objects.get(id=need.noun_id).geo == town.court.geo
    assert client.get(page).status_code == 200
    actions.hide_need(town.people["clerk"], need.noun_id, "Darin steht ein Name.")
    assert client.get(page).status_code == 404
    assert not reads.suggest(ANYONE, "Muster Tor")
