# SPDX-License-Identifier: EUPL-1.2
"""Needing it too: each person once for a thread, taken back, counted right when many come at once; and who is told."""

import threading

import pytest
from django.db import connection, transaction
from django.test import Client

from smilecity.citizens import actions, privacy, reads
from smilecity.citizens.actions import supporting
from smilecity.citizens.models import Need, Support
from smilecity.city.telling import tell
from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from smilecity.people.models import Notice
from tests.citizens.town import Make, Town


def backing(need: Need) -> int:
    return Need.objects.values_list("backing", flat=True).get(noun=need.noun_id)


def test_each_counts_once_and_can_take_it_back(town: Town) -> None:
    need, neighbour = town.published(), town.people["neighbour"]
    assert [actions.support_need(neighbour, need.noun_id) for _ in range(2)] == [1, 1]
    assert reads.supports(neighbour, need) and not reads.supports(town.people["friend"], need)
    assert actions.withdraw_support(neighbour, need.noun_id) == 0
    assert backing(need) == 0 and not Support.objects.exists()


@pytest.mark.parametrize(
    ("name", "code"), [("anyone", "need.sign-in"), ("node", "need.sign-in"), ("resident", "need.your-own")]
)
def test_who_cannot(town: Town, name: str, code: str) -> None:
    need = town.published()
    with pytest.raises(Refusal) as refused:
        actions.support_need(town.people[name], need.noun_id)
    assert refused.value.code == code


def test_what_is_not_public_cannot_be_told_from_nothing(town: Town) -> None:
    for number in (town.say().noun_id, 10**12, 10**30, -1):
        with pytest.raises(Refusal) as refused:
            actions.support_need(town.people["neighbour"], number)
        assert refused.value.code == "need.unknown"


def test_a_thread_counts_each_person_once(town: Town) -> None:
    head, other = town.published("resident"), town.published("neighbour")
    friend, clerk = town.people["friend"], town.people["clerk"]
    for need in (head, other):
        actions.support_need(friend, need.noun_id)
    actions.support_need(town.people["resident"], other.noun_id)
    actions.decide_need(clerk, other.noun_id, "merged", "Dasselbe.", head.noun_id)
    # The friend once, the neighbour who said the same, and not who said the head.
    assert backing(head) == 2
    assert Support.objects.filter(need=other).count() == 2
    actions.appeal(town.people["neighbour"], other.noun_id, "Meines ist das andere Tor.")
    assert (backing(head), backing(other)) == (1, 2)


def test_who_leaves_is_not_counted_any_more(town: Town) -> None:
    head, other = town.published("resident"), town.published("neighbour")
    actions.decide_need(town.people["clerk"], other.noun_id, "merged", "Dasselbe.", head.noun_id)
    actions.support_need(town.people["friend"], other.noun_id)
    assert backing(head) == 2
    for name, left in (("friend", 1), ("neighbour", 0)):
        with transaction.atomic():
            privacy.forget(town.accounts[name].pk)
        assert backing(head) == left
    exported = privacy.export(town.accounts["resident"].pk)
    assert [one["decision"] for one in exported["needs"]] == [""]


def test_supporters_hear_of_steps_and_of_the_decision(town: Town) -> None:
    need = town.published()
    actions.support_need(town.people["neighbour"], need.noun_id)
    actions.step_need(town.people["clerk"], need.noun_id, "in_progress", "Ein Schloss ist bestellt.")
    actions.decide_need(town.people["clerk"], need.noun_id, "accepted", "Es ist eingebaut.")
    tell(list(LogEntry.objects.order_by("id")))
    heard = {
        name: list(
            Notice.objects.filter(account=town.accounts[name].pk)
            .order_by("id")
            .values_list("verb", flat=True)
        )
        for name in ("resident", "neighbour", "friend")
    }
    assert heard == {
        "resident": ["need-published", "need-stepped", "need-decided"],
        "neighbour": ["need-stepped", "need-decided"],
        "friend": [],
    }


def test_who_supports_is_in_no_log_and_on_no_page(town: Town, client: Client) -> None:
    need = town.published()
    actions.support_need(town.people["neighbour"], need.noun_id)
    label = town.people["neighbour"].label
    assert not LogEntry.objects.filter(actor=label).exists()
    body = client.get(f"/needs/{need.form}/").content.decode()
    assert "1 Mensch braucht das auch" in body and "nora" not in body.casefold()


def test_the_button_works_without_a_script(town: Town, client: Client) -> None:
    need = town.published()
    page = f"/needs/{need.form}/"
    assert "Anmelden und unterstützen" in client.get(page).content.decode()
    assert client.post(page, {"do": "support"}).status_code == 403
    client.force_login(town.accounts["neighbour"])
    assert client.post(page, {"do": "support"})["Location"] == page
    assert "Doch nicht" in client.get(page).content.decode()
    assert client.post(page, {"do": "withdraw"}).status_code == 302
    assert backing(need) == 0


def support_at_once(town: Town) -> int:
    """Two people in two real transactions: neither counts before the other has said it too."""
    need, both = town.published(), threading.Barrier(2)
    count, waited = supporting.count_anew, []

    def wait_then_count(noun: int) -> int:
        try:
            both.wait(timeout=0.5)
        except threading.BrokenBarrierError:  # the other one waits for our commit
            waited.append(noun)
        return count(noun)

    def run(name: str) -> None:
        try:
            actions.support_need(town.people[name], need.noun_id)
        finally:
            connection.close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(supporting, "count_anew", wait_then_count)
        threads = [threading.Thread(target=run, args=[name]) for name in ("neighbour", "friend")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    return backing(need)


def test_two_at_once_are_both_counted(database_url: str, person: Make, organisation: Make) -> None:
    with transaction.atomic():
        town = Town(person, organisation)
    assert support_at_once(town) == 2


def test_who_has_no_account_counts_no_less(town: Town) -> None:
    """Said by telephone, on paper or in a letter: each voice once, and one address once."""
    head = town.published("resident")
    for contact in ("", "", "erna@beispiel.de", "Erna@Beispiel.de"):
        said = town.say("anyone", contact=contact)
        actions.decide_need(town.people["clerk"], said.noun_id, "merged", "Das ist dasselbe.", head.noun_id)
    assert backing(head) == 3
