# SPDX-License-Identifier: EUPL-1.2
"""Saying something by the form, without a script, in both languages."""

import html
import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from smilecity.citizens.models import Need
from smilecity.core import clock
from smilecity.core.models import Noun

GOOD = {"kind": "wish", "words": "Mehr Licht, bitte.", "contact": "", "website": ""}


@pytest.fixture
def place(db: None) -> Noun:
    """A public place."""
    return Noun.objects.create(
        kind="place",
        address="places/court",
        title={"de": "Platz", "en": "Ground"},
        sort="platz",
        visibility="public",
        changed_at=clock.now(),
    )


def send(client: Client, place: Noun | None, path: str = "/say/", **change: Any) -> Any:
    about = {"about": place.id} if place else {}
    return client.post(path, {**GOOD, **about, "form": uuid4(), **change})


def body_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def test_the_form_asks_little_and_says_why(client: Client, place: Noun) -> None:
    answer = client.get(f"/say/?about={place.id}")
    body = body_of(answer)
    assert answer.status_code == 200
    assert "Erzählen Sie uns von: Platz" in body
    for words in ("Wunsch", "Problem", "Lob", "löschen sie spätestens nach"):
        assert words in body
    assert re.search(r'name="form" value="[0-9a-f-]{36}"', body)
    assert "no-store" in answer["Cache-Control"]
    english = body_of(client.get(f"/en/say/?about={place.id}"))
    for words in ("Tell us about: Ground", "Wish", "Praise", "delete it after", "Send"):
        assert words in english
    assert not re.search(r"[äöüß]", english.replace("Menü", ""))


def test_it_is_kept_and_thanked_by_another_address(client: Client, place: Noun) -> None:
    answer = send(client, place, contact="name@beispiel.de")
    assert answer.status_code == 302
    assert answer["Location"] == f"/say/thanks/?about={place.id}"
    need = Need.objects.get()
    assert (need.words, need.contact, need.language) == ("Mehr Licht, bitte.", "name@beispiel.de", "de")
    thanks = body_of(client.get(answer["Location"]))
    assert "Danke. Ihre Worte sind angekommen." in thanks
    assert 'href="/places/court/"' in thanks
    assert "name@beispiel.de" not in thanks


def test_in_english_too(client: Client, place: Noun) -> None:
    answer = send(client, place, path="/en/say/")
    assert answer["Location"] == f"/en/say/thanks/?about={place.id}"
    assert Need.objects.get().language == "en"
    thanks = body_of(client.get(answer["Location"]))
    assert "Thank you. Your words have arrived." in thanks
    assert 'href="/en/places/court/"' in thanks


def test_it_need_not_be_about_a_place(client: Client, db: None) -> None:
    assert "Was fehlt Ihnen in der Stadt?" in body_of(client.get("/say/"))
    assert send(client, None)["Location"] == "/say/thanks/"
    assert Need.objects.get().noun.title == {"de": "Wunsch", "en": "Wish"}


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        (
            {"kind": ""},
            "id_kind_0",
            "Wählen Sie, ob es ein Wunsch, ein Problem, eine Idee, ein Lob, eine Korrektur oder eine Frage ist.",
        ),
        ({"words": ""}, "id_words", "Schreiben Sie in einem Satz, worum es geht."),
        ({"words": " \u202e\x1b "}, "id_words", "Hier stehen noch keine Worte."),
        ({"words": "x" * 2500}, "id_words", "Das sind 2500 Zeichen. Es passen 2000. Kürzen Sie Ihren Text."),
        ({"contact": "niemand"}, "id_contact", "Das ist keine E-Mail-Adresse."),
    ],
)
def test_what_is_wrong_is_said_above_and_beside_the_field(
    client: Client, place: Noun, change: dict[str, str], field: str, sentence: str
) -> None:
    answer = send(client, place, **change)
    body = body_of(answer)
    assert answer.status_code == 422
    assert not Need.objects.exists()
    assert body.count(sentence) == 2
    assert f'<a href="#{field}">' in body
    assert f'id="{field}"' in body
    assert 'id="fehler" tabindex="-1" autofocus' in body
    assert "<title>Fehler:" in body
    if field != "id_kind_0":
        control = re.search(rf'<(?:input|textarea)[^>]*id="{field}"', body)
        assert control is not None
        assert 'aria-invalid="true"' in control[0]
    if "words" not in change:
        assert "Mehr Licht, bitte." in body  # nobody types twice


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "order"},
        {"words": "\0" * 10},
        {"words": "x" * 900_000},
        {"contact": "a@b.de\nBcc: c@d.de"},
        {"form": "not-a-number"},
        {"form": ""},
        {"about": "1; DROP TABLE"},
        {"about": "9" * 40},
        {"about": "-1"},
        {"about": "²"},
        {"words": "<script>alert(1)</script>", "kind": ""},
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_nothing(
    client: Client, place: Noun, change: dict[str, str]
) -> None:
    answer = send(client, place, **change)
    assert answer.status_code in (404, 422)
    assert "<h1>" in answer.content.decode()
    assert "<script>alert" not in answer.content.decode()
    assert not Need.objects.exists()


def test_bytes_that_are_no_text_do_no_harm(client: Client, place: Noun) -> None:
    form = uuid4()
    raw = (
        b"kind=wish&words=Licht+%ff%fe+%ed%a0%80+an&form="
        + str(form).encode()
        + b"&about="
        + str(place.id).encode()
    )
    answer = client.post("/say/", raw, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 302
    assert Need.objects.get().words.startswith("Licht")


def test_a_draft_cannot_be_told_from_nothing(client: Client, place: Noun) -> None:
    Noun.objects.update(visibility="draft")
    for ask in (client.get, client.post):
        draft, unknown = (ask(f"/say/?about={one}", {**GOOD, "about": one}) for one in (place.id, 10**12))
        assert draft.status_code == unknown.status_code == 404
        assert b"Platz" not in draft.content.replace(b"Platzhalter", b"")
    assert "Platz" not in body_of(client.get(f"/say/thanks/?about={place.id}"))


def test_sending_twice_keeps_one_and_thanks_twice(client: Client, place: Noun) -> None:
    form = uuid4()
    first, second = (send(client, place, form=form) for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert Need.objects.count() == 1


def test_other_words_by_a_used_form_are_not_lost(client: Client, place: Noun) -> None:
    form = uuid4()
    send(client, place, form=form)
    answer = send(client, place, form=form, words="Und eine Bank.")
    body = body_of(answer)
    assert answer.status_code == 409
    assert "Über dieses Formular ist schon etwas bei uns angekommen." in body
    fresh = re.search(r'name="form" value="([0-9a-f-]{36})"', body)
    assert fresh is not None
    assert fresh[1] != str(form)
    assert send(client, place, form=fresh[1], words="Und eine Bank.").status_code == 302
    assert Need.objects.count() == 2


def test_a_bot_that_fills_in_everything_is_told_and_kept_out(client: Client, place: Noun) -> None:
    answer = send(client, place, website="https://spam.example")
    assert answer.status_code == 422
    assert "Ein verborgenes Feld war ausgefüllt." in body_of(answer)
    assert "spam.example" not in body_of(answer)
    assert not Need.objects.exists()


def test_a_form_from_elsewhere_is_refused(place: Noun) -> None:
    answer = send(Client(enforce_csrf_checks=True), place)
    assert answer.status_code == 403
    assert not Need.objects.exists()


def test_what_was_said_is_on_no_public_page(client: Client, place: Noun) -> None:
    send(client, place, words="Geheime Worte", contact="name@beispiel.de")
    need = Need.objects.get()
    for path in (
        f"/say/?about={need.noun_id}",
        f"/{need.noun.address}/",
        f"/say/thanks/?about={need.noun_id}",
    ):
        body = body_of(client.get(path))
        assert "Geheime Worte" not in body
        assert "name@beispiel.de" not in body
