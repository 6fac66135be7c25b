# SPDX-License-Identifier: EUPL-1.2
"""The pages of the conversation: joining in without a script, programmes kept out, reports, and the moderators' desk."""

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.core import signing
from django.test import Client

from smilecity.citizens.actions import abuse, moderating, talking
from smilecity.citizens.models import AbuseReport, Comment, Need
from smilecity.citizens.pages import abuse as abuse_pages
from smilecity.core import clock
from tests.citizens.town import Town


@pytest.fixture
def need(town: Town) -> Need:
    """A public need, in a town whose people have had their accounts for a while."""
    get_user_model().objects.update(created_at=clock.now() - timedelta(days=2))
    return town.published()


@pytest.fixture(autouse=True)
def _nothing_spent() -> Iterator[None]:
    abuse_pages.spent._buckets.clear()
    yield
    abuse_pages.spent._buckets.clear()


def signed_in(town: Town, name: str) -> Client:
    client = Client()
    client.force_login(town.accounts[name])
    return client


def drawn(seconds: float = 10) -> str:
    """A form that was drawn so many seconds ago."""
    return signing.dumps((clock.now() - timedelta(seconds=seconds)).isoformat(), salt="citizens.talk")


def typed(**more: object) -> dict[str, object]:
    return {"words": "Das sehe ich auch so.", "form": str(uuid4()), "drawn": drawn(), "website": "", **more}


def talk(need: Need) -> str:
    return f"/needs/{need.form}/talk/"


def said(town: Town, need: Need, words: str = "Das sehe ich auch so.") -> Comment:
    return talking.comment(town.people["neighbour"], uuid4(), need.noun_id, words, "de")


def test_a_comment_is_sent_and_stands_below_the_need(town: Town, need: Need) -> None:
    client = signed_in(town, "neighbour")
    answer = client.post(talk(need), typed(words="Ja <b>genau</b> https://a.de"))
    one = Comment.objects.get()
    assert answer["Location"] == f"/needs/{need.form}/#beitrag-{one.id}"
    page = Client().get(f"/needs/{need.form}/").content.decode()
    assert "Nora" in page
    assert "Ja &lt;b&gt;genau&lt;/b&gt;" in page
    assert 'rel="nofollow"' in page
    assert "Besprochen: ein Beitrag" in page
    assert "Anmelden und mitreden" in page


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"words": ""}, "Hier stehen noch keine Worte"),
        ({"website": "http://spam.example"}, "Ein verborgenes Feld war ausgefüllt"),
        ({"drawn": ""}, "zu alt oder unvollständig"),
        ({"drawn": "made-up"}, "zu alt oder unvollständig"),
        ({"drawn": None}, "zu alt oder unvollständig"),
        ({"form": "no-uuid"}, "Bitte sehen Sie noch einmal hin"),
    ],
)
def test_what_is_wrong_is_said_and_words_stay(
    town: Town, need: Need, more: dict[str, str], problem: str
) -> None:
    sent = {
        name: value for name, value in typed(**{"words": "Meine Worte.", **more}).items() if value is not None
    }
    answer = signed_in(town, "neighbour").post(talk(need), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert problem in page
    assert "Meine Worte." in page or not more.get("words", "x")
    assert not Comment.objects.exists()


def test_what_is_too_quick_or_too_old_goes_through_the_second_time(town: Town, need: Need) -> None:
    client = signed_in(town, "neighbour")
    assert "wie von einem Programm" in client.post(talk(need), typed(drawn=drawn(0))).content.decode()
    page = client.post(talk(need), typed(drawn=drawn(90_000))).content.decode()
    found = re.search(r'name="drawn" value="([^"]+)"', page)
    assert found
    assert signing.loads(found[1], salt="citizens.talk") > (clock.now() - timedelta(minutes=1)).isoformat()


def test_unknown_needs_and_strangers_are_sent_away(town: Town, need: Need) -> None:
    client = signed_in(town, "neighbour")
    assert client.get(f"/needs/{uuid4()}/talk/").status_code == 404
    assert Client().post(talk(need), typed())["Location"].startswith("/account/login/")
    assert client.get("/comments/1/").status_code == 404
    assert client.get(f"/comments/{1 << 70}/").status_code == 404


def test_its_author_changes_withdraws_and_objects(town: Town, need: Need) -> None:
    one, client = said(town, need), signed_in(town, "neighbour")
    url = f"/comments/{one.id}/"
    assert client.post(url, {"do": "change", "change-words": "Etwas anderes."}).status_code == 302
    assert client.post(url, {"do": "change", "change-words": ""}).status_code == 422
    assert "Etwas anderes." in client.get(url).content.decode()
    moderating.hide_comment(town.people["moderator"], one.id, "spam", "Das ist Werbung.")
    page = client.get(url).content.decode()
    assert "Das ist Werbung." in page
    assert "Das ist Werbung." not in Client().get(url).content.decode()
    assert client.post(url, {"do": "change", "change-words": "Doch!"}).status_code == 409
    assert client.post(url, {"do": "appeal", "appeal-words": "Es ist keine Werbung."}).status_code == 302
    assert client.post(url, {"do": "appeal", "appeal-words": "Noch einmal."}).status_code == 409
    assert client.post(url, {"do": "nonsense"}).status_code == 404
    assert signed_in(town, "friend").post(url, {"do": "withdraw"}).status_code == 404
    assert client.post(url, {"do": "withdraw"}).status_code == 302
    assert Comment.objects.get().state == "withdrawn"


def test_reports_are_sent_without_an_account_and_not_too_often(town: Town, need: Need) -> None:
    one, client = said(town, need), Client()
    url = f"/comments/{one.id}/report/"
    assert client.post(url, {"drawn": drawn()}).status_code == 422
    assert client.post(url, {"drawn": drawn(), "rule": "nonsense"}).status_code == 422
    for number in range(abuse_pages.REPORTS_A_MINUTE):
        sent = {"drawn": drawn(), "rule": "insult", "words": f"Nummer {number}"}
        assert client.post(f"/needs/{need.form}/report/", sent).status_code == 302
    assert client.post(url, {"drawn": drawn(), "rule": "insult"}).status_code == 429
    assert AbuseReport.objects.count() == abuse_pages.REPORTS_A_MINUTE
    moderating.hide_comment(town.people["moderator"], one.id, "spam", "Das ist Werbung.")
    assert client.get(url).status_code == 404


def test_moderators_go_from_one_to_the_next(town: Town, need: Need) -> None:
    first, second = said(town, need, "Das erste"), said(town, need, "Das zweite")
    for one in (first, second):
        abuse.report_comment(town.people["friend"], one.id, "insult", "Sehen Sie selbst.")
    client = signed_in(town, "moderator")
    page = client.get("/desk/moderation/").content.decode()
    assert page.index("Das erste") < page.index("Das zweite")
    assert client.get("/desk/moderation/?what=appeals").content.decode().count("Das erste") == 0
    url = f"/desk/moderation/comments/{first.id}/"
    assert "Sehen Sie selbst." in client.get(url).content.decode()
    assert client.post(url, {}).status_code == 422
    assert client.post(url, {"act": "hide", "rule": "", "sentence": "So."}).status_code == 422
    assert client.post(url, {"act": "uphold", "sentence": "So."}).status_code == 422
    answer = client.post(url, {"act": "hide", "rule": "insult", "sentence": "Bitte ohne das."})
    assert answer["Location"] == f"/desk/moderation/comments/{second.id}/"
    answer = client.post(answer["Location"], {"act": "settle"})
    assert answer["Location"] == "/desk/moderation/"
    assert "Hier wartet gerade nichts" in client.get("/desk/moderation/").content.decode()


def test_a_reported_need_is_decided(town: Town, need: Need) -> None:
    abuse.report_need(town.people["anyone"], need.noun_id, "personal", "Ein Name.")
    client, url = signed_in(town, "moderator"), f"/desk/moderation/needs/{need.noun_id}/"
    assert "Ein Name." in client.get(url).content.decode()
    assert client.post(url, {"act": "hide", "rule": "personal", "sentence": ""}).status_code == 422
    assert client.post(url, {"act": "hide", "rule": "personal", "sentence": "Ein Name."}).status_code == 302
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("name", ["resident", "trainer", "planner"])
def test_others_have_no_moderators_desk(town: Town, need: Need, name: str) -> None:
    one, client = said(town, need), signed_in(town, name)
    assert client.get("/desk/moderation/").status_code == 403
    assert client.get(f"/desk/moderation/comments/{one.id}/").status_code == 403
    assert signed_in(town, "far_clerk").get(f"/desk/moderation/comments/{one.id}/").status_code == 404


def test_the_rules_of_the_house_are_there_for_everybody(db: None) -> None:
    page = Client().get("/house-rules/").content.decode()
    assert page.count("<li id=") == 8
    assert 'href="/house-rules/"' in Client().get("/imprint/").content.decode()
