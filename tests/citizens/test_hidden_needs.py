# SPDX-License-Identifier: EUPL-1.2
"""A need that is taken from the public: its author hears why, objects once, and somebody else decides."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from smilecity.citizens import actions, facts, jobs
from smilecity.citizens.actions import abuse, moderating
from smilecity.citizens.models import Moderated, Need
from smilecity.citizens.reads import author_key
from smilecity.citizens.reads import moderation as reads
from smilecity.city import telling
from smilecity.core.models import LogEntry, Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE
from smilecity.people.models import Notice
from tests.citizens.town import Town
from tests.core.numbering import number_entries

pytestmark = pytest.mark.django_db
WHY, DOUBT = "Darin steht der Name eines Nachbarn.", "Der Name ist der einer Straße."


@pytest.fixture
def need(town: Town) -> Need:
    """What the resident said, hidden by the moderator after somebody reported it."""
    need = town.published()
    abuse.report_need(ANYONE, need.noun_id, "personal")
    return moderating.hide_reported(town.people["moderator"], need.noun_id, "personal", WHY)


def told(verb: str) -> list[Any]:
    return list(LogEntry.objects.filter(verb=verb).values_list("data__author", flat=True))


def test_its_author_is_told_and_reads_rule_sentence_and_what_to_do(
    town: Town, need: Need, client: Client
) -> None:
    assert told(facts.NEED_HIDDEN) == [town.accounts["resident"].pk]
    client.force_login(town.accounts["resident"])
    page = client.get(f"/needs/{need.form}/").content.decode()
    for words in ("Nicht mehr öffentlich", "Persönliche Daten", WHY, "Einmal widersprechen"):
        assert words in page
    client.force_login(town.accounts["friend"])
    assert client.get(f"/needs/{need.form}/").status_code == 404


def test_without_an_account_it_is_read_and_objected_to_by_the_code(town: Town, client: Client) -> None:
    need = town.published("anyone")
    actions.hide_need(town.people["clerk"], need.noun_id, WHY)
    address = f"/needs/{need.form}/?key={author_key(need)}"
    assert WHY in client.get(address).content.decode()
    wrong = client.post(address, {"do": "object", "object-reason": " "})
    assert wrong.status_code == 422 and "Hier fehlt noch die Begründung." in wrong.content.decode()
    assert client.post(address, {"do": "object", "object-reason": DOUBT}).status_code == 302
    page = client.get(address).content.decode()
    assert "Ihr Widerspruch liegt bei der Moderation." in page and "Einmal widersprechen" not in page
    assert client.post(address, {"do": "object", "object-reason": DOUBT}).status_code == 409
    assert client.post(f"/needs/{need.form}/", {"do": "object", "object-reason": DOUBT}).status_code == 404


def test_who_left_an_address_is_told_by_mail_once_and_what_came_of_the_objection(
    town: Town, mailoutbox: list[EmailMessage]
) -> None:
    need = town.published("anyone", "Das Tor", contact="rita@example.org")
    actions.hide_need(town.people["clerk"], need.noun_id, WHY)
    jobs.mail_answers(0)
    jobs.mail_answers(0)
    (mail,) = mailoutbox
    assert mail.to == ["rita@example.org"] and mail.subject == "Nicht mehr öffentlich: Das Tor"
    assert WHY in mail.body and "einmal widersprechen" in mail.body
    key = author_key(need)
    assert f"?key={key}" in mail.body
    moderating.object_to_hiding(ANYONE, need.noun_id, DOUBT, key)
    moderating.settle_objection(town.people["moderator"], need.noun_id, True, "Stimmt.")
    jobs.mail_answers(0)
    assert mailoutbox[1].subject == "Ihr Widerspruch: Das Tor"
    assert "wieder öffentlich" in mailoutbox[1].body and "Stimmt." in mailoutbox[1].body
    assert len(mailoutbox) == 2 and not Moderated.objects.filter(owed=True).exists()


def test_a_mail_server_that_is_away_loses_no_word_of_a_hidden_need(
    town: Town, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    need = town.published("anyone", "Das Tor", contact="rita@example.org")
    actions.hide_need(town.people["clerk"], need.noun_id, WHY)

    def away(_act: Moderated) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "send_act", away)
        jobs.mail_answers(0)
    assert not mailoutbox
    jobs.mail_answers(0)
    assert len(mailoutbox) == 1


def test_who_is_right_is_public_again_in_the_same_words(town: Town, need: Need, client: Client) -> None:
    moderating.object_to_hiding(town.people["resident"], need.noun_id, DOUBT)
    assert [one.need_id for one in reads.objections(town.people["moderator"])] == [need.noun_id]
    with pytest.raises(Refusal, match=r"need.your-own-decision"):
        moderating.settle_objection(town.people["moderator"], need.noun_id, True, "Stimmt.")
    client.force_login(town.accounts["clerk"])
    desk = f"/desk/moderation/needs/{need.noun_id}/"
    shown = client.get(desk).content.decode()
    assert DOUBT in shown
    assert 'name="rule"' not in shown  # it was named when the need was hidden
    silent = client.post(desk, {"act": "uphold"})
    assert (silent.status_code, "Schreiben Sie in einem Satz, warum." in silent.content.decode()) == (
        422,
        True,
    )
    assert "Widerspruch" in client.get("/desk/moderation/?what=appeals").content.decode()
    assert client.post(desk, {"act": "uphold", "sentence": "Es ist eine Straße."}).status_code == 302
    again = Need.objects.select_related("noun").get()
    assert again.published_at is not None and again.noun.visibility == Noun.PUBLIC
    assert (again.noun.title, again.noun.text) == ({"de": "Das Tor"}, {"de": "Das Tor ist zu."})
    author = town.accounts["resident"].pk
    assert told(facts.NEED_PUBLISHED) == [author, author]
    assert (
        reads.count_queue(town.people["clerk"]) == 0 and reads.hiding(town.people["resident"], again) is None
    )


def test_what_stays_hidden_says_so_with_the_sentence(town: Town, need: Need, client: Client) -> None:
    moderating.object_to_hiding(town.people["resident"], need.noun_id, DOUBT)
    with pytest.raises(Refusal, match=r"need.objected-already"):
        moderating.object_to_hiding(town.people["resident"], need.noun_id, DOUBT)
    for name in ("trainer", "far_clerk", "resident", "anyone"):
        with pytest.raises(Refusal, match=r"need.unknown"):
            moderating.settle_objection(town.people[name], need.noun_id, True, "Stimmt.")
    moderating.settle_objection(town.people["steward"], need.noun_id, False, "Er steht trotzdem darin.")
    assert told(facts.NEED_KEPT_HIDDEN) == [town.accounts["resident"].pk]
    client.force_login(town.accounts["resident"])
    page = client.get(f"/needs/{need.form}/").content.decode()
    assert "Er steht trotzdem darin." in page and "Einmal widersprechen" not in page
    with pytest.raises(Refusal, match=r"comment.decided-already"):
        moderating.settle_objection(town.people["steward"], need.noun_id, True, "Doch.")


def test_publishing_it_again_settles_the_objection(town: Town, need: Need) -> None:
    moderating.object_to_hiding(town.people["resident"], need.noun_id, DOUBT)
    actions.publish_need(town.people["clerk"], need.noun_id, "Das Tor", "Das Tor ist zu.")
    assert Moderated.objects.get(act=Moderated.HIDDEN).outcome == "upheld"
    assert reads.objections(town.people["moderator"]) == []


def test_what_is_not_public_is_not_hidden_again(town: Town, need: Need) -> None:
    with pytest.raises(Refusal, match=r"need.not-public"):
        actions.hide_need(town.people["clerk"], need.noun_id, WHY)
    fresh = town.say()
    with pytest.raises(Refusal, match=r"need.not-public"):
        actions.hide_need(town.people["clerk"], fresh.noun_id, WHY)
    assert Moderated.objects.filter(act=Moderated.TAKEN_BACK).count() == 0


def test_forgetting_its_author_ends_the_objection(town: Town, need: Need) -> None:
    from smilecity.citizens.privacy import export, forget

    moderating.object_to_hiding(town.people["resident"], need.noun_id, DOUBT)
    account = town.accounts["resident"].pk
    assert export(account)["needs"][0]["appeal"] == DOUBT
    forget(account)
    assert list(Moderated.objects.filter(act=Moderated.HIDDEN).values_list("appeal", "outcome")) == [("", "")]
    assert reads.objections(town.people["moderator"]) == []


def test_the_desk_says_what_waits_for_moderators(town: Town, need: Need) -> None:
    from smilecity.citizens.actions import talking
    from smilecity.city.desk import inbox

    moderating.object_to_hiding(town.people["resident"], need.noun_id, DOUBT)
    other = town.published("friend", "Das Netz")
    abuse.report_need(ANYONE, other.noun_id, "spam")
    said = talking.comment(town.people["neighbour"], uuid4(), other.noun_id, "Ja, das Netz.", "de")
    what = [(one.what, one.url) for one in inbox.waiting(town.people["steward"]) if one.what != "needs"]
    assert sorted(what) == [
        ("abuse", f"/desk/moderation/needs/{other.noun_id}/"),
        ("moderation", f"/desk/moderation/comments/{said.id}/"),  # of a new account
        ("moderation", f"/desk/moderation/needs/{need.noun_id}/"),
    ]
    assert [one for one in inbox.waiting(town.people["far_clerk"]) if one.what != "needs"] == []


def test_its_author_goes_from_the_notice_to_the_need(town: Town, need: Need, client: Client) -> None:
    """Nobody else sees it any more: to them the same notice would name nothing."""
    number_entries()
    telling.tell_waiting()
    client.force_login(town.accounts["resident"])
    notice = Notice.objects.get(account=town.accounts["resident"], verb=facts.NEED_HIDDEN)
    listed = client.get("/me/notices/").content.decode()
    assert need.noun.title["de"] in listed
    there = client.get(f"/me/notices/{notice.pk}/", follow=True)
    assert there.status_code == 200 and WHY in there.content.decode()
    assert there.redirect_chain == [(f"/needs/{need.form}/", 302)]
