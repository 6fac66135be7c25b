# SPDX-License-Identifier: EUPL-1.2
"""Writing an entry by the form, without a script: draft, review, published; and nothing typed is lost."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from smilecity.core.models import Noun
from smilecity.core.who import NODE
from smilecity.people.models import RoleHeld
from smilecity.places import actions
from smilecity.places.models import Change
from tests.places.town import EVERYBODY, WRITERS, City, Person

PAGE = "/desk/places/court/"


@pytest.fixture
def city(person: Person, organisation: Person) -> City:
    return City(person, organisation)


def body_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def typed(client: Client, page: str = PAGE) -> dict[str, Any]:
    """What a browser would send if one pressed a button without typing anything."""
    form = client.get(page).context["form"]
    found = {field.html_name: field.value() for field in form}
    return {name: value for name, value in found.items() if value not in (None, "")}


def press(
    client: Client, then: str, page: str = PAGE, form: dict[str, Any] | None = None, **change: Any
) -> Any:
    return client.post(page, {**(form or typed(client, page)), **change, "then": then})


def sign_in(client: Client, city: City, name: str) -> Client:
    client.force_login(city.accounts[name])
    return client


@pytest.mark.parametrize("name", [name for name in EVERYBODY if name not in ("anyone", "node")])
def test_who_finds_the_form(city: City, client: Client, name: str) -> None:
    sign_in(client, city, name)
    assert client.get(PAGE).status_code == (200 if name in WRITERS else 404)
    listed = client.get("/desk/places/")
    if name in WRITERS:
        assert "Platz court" in body_of(listed)
    else:
        assert "Platz court" not in body_of(listed)


def test_nobody_gets_in_without_signing_in(city: City, client: Client) -> None:
    for page in (
        PAGE,
        "/desk/places/",
        "/desk/places/new/",
        "/desk/places/review/1/",
        "/desk/",
        "/desk/needs/",
    ):
        answer = client.get(page)
        assert (answer.status_code, "/account/login/" in answer["Location"]) == (302, True)


def test_unchanged_it_says_so_and_keeps_nothing(city: City, client: Client) -> None:
    answer = press(sign_in(client, city, "trainer"), "keep")
    assert answer.status_code == 422
    assert "Es ist noch alles wie im veröffentlichten Eintrag." in body_of(answer)
    assert not Change.objects.exists()


def test_the_whole_way_from_the_club_to_everyone(city: City, client: Client) -> None:
    sign_in(client, city, "trainer")
    answer = press(
        client, "send", opening_hours="Mo-Fr 08:00-20:00", access_toilet="wheelchair", title_de="Feld"
    )
    change = Change.objects.get()
    review = f"/desk/places/review/{change.id}/"
    assert answer["Location"] == review
    assert change.state == Change.REVIEW
    page = body_of(client.get(review))
    assert "wartet auf einen Blick der Stadt" in page
    assert 'value="publish"' not in page
    assert client.post(review, {"then": "publish"}).status_code == 403
    sign_in(client, city, "clerk")
    inbox = body_of(client.get("/desk/inbox/"))
    assert review in inbox and "von Karim" in inbox
    page = body_of(client.get(review))
    assert re.search(r"<del>.*Platz court.*</del>.*<ins>.*Feld.*</ins>", page)
    assert "Barrierefreiheit: Toilette" in page and "ja, mit Rollstuhl benutzbar" in page
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert seen is not None
    without = client.post(review, {"then": "return", "reason": " "})
    assert without.status_code == 422 and "was noch fehlt" in body_of(without)
    assert client.post(review, {"then": "publish", "seen": seen[1]}).status_code == 302
    noun = Noun.objects.get(address="places/court")
    assert noun.title["de"] == "Feld"
    assert "veröffentlicht" in body_of(client.get(review))
    assert client.post(review, {"then": "publish", "seen": seen[1]}).status_code == 409
    assert client.get(f"/desk/history/{noun.id}/").status_code == 200


def test_given_back_the_club_reads_why_and_writes_on(city: City, client: Client) -> None:
    press(sign_in(client, city, "trainer"), "send", street="Weg 2")
    change = Change.objects.get()
    review = f"/desk/places/review/{change.id}/"
    sign_in(client, city, "steward")
    assert client.post(review, {"then": "return", "reason": "Welche <b>Hausnummer</b>?"}).status_code == 302
    sign_in(client, city, "trainer")
    assert "Welche &lt;b&gt;Hausnummer&lt;/b&gt;?" in client.get(PAGE).content.decode()
    assert "zurückgegeben: bitte ergänzen" in body_of(client.get("/desk/"))
    assert press(client, "send", street="Weg 2a").status_code == 302
    change.refresh_from_db()
    assert (change.state, change.values) == (Change.REVIEW, {"street": "Weg 2a"})


def test_a_clerk_publishes_at_once_in_english_too(city: City, client: Client) -> None:
    sign_in(client, city, "clerk")
    page = "/en/desk/places/court/"
    assert "Publish at once" in body_of(client.get(page))
    answer = press(client, "publish", page, phone="+49 381 12345")
    assert answer["Location"] == "/en/places/court/"
    assert city.entry["phone"] == "+49 381 12345"
    assert Change.objects.get().state == Change.PUBLISHED


def test_a_club_cannot_publish_at_once(city: City, client: Client) -> None:
    sign_in(client, city, "trainer")
    assert 'value="publish"' not in body_of(client.get(PAGE))
    assert press(client, "publish", street="Weg 3").status_code == 403
    assert city.entry["street"] == "Uferweg 1"
    assert not Change.objects.exists()  # not even by half


def test_two_editors_at_once_and_the_second_loses_nothing(city: City, client: Client) -> None:
    form = typed(sign_in(client, city, "trainer"))
    other = sign_in(Client(), city, "clerk")
    press(other, "publish", street="Am Kai 7", title_de="Platz am Kai")
    answer = press(client, "send", form=form, street="Am Ufer 8")
    page = body_of(answer)
    assert answer.status_code == 409
    assert "Inzwischen hat jemand diese Felder geändert: Name, Straße und Hausnummer." in page
    assert 'value="Am Ufer 8"' in page and "Das hat inzwischen jemand anders geschrieben" in page
    assert re.search(r"<del>.*Kai 7.*</del>", page)
    again = answer.context["form"]
    sent = {field.html_name: field.value() for field in again if field.value() not in (None, "")}
    assert press(client, "send", form=sent).status_code == 302
    assert Change.objects.get(state=Change.REVIEW).values["street"] == "Am Ufer 8"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title_de": ""}, "title_de"),
        ({"title_de": "x" * 200}, "title_de"),
        ({"title_de": "a\u202eb\x07"}, "title_de"),
        ({"title_en": "\0"}, "title_en"),
        ({"category": "palace"}, "category"),
        ({"opening_hours": "immer mittags"}, "opening_hours"),
        ({"quiet_hours": "<script>"}, "quiet_hours"),
        ({"position": "da drüben"}, "position"),
        ({"position": "91, 12"}, "position"),
        ({"age_from": "9", "age_to": "3"}, "age_to"),
        ({"age_from": "-1"}, "age_from"),
        ({"access_step_free": "maybe"}, "access_step_free"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"email": "niemand"}, "email"),
        ({"phone": "<b>"}, "phone"),
        ({"languages": ["klingon"]}, "languages"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_the_rest_stays(
    city: City, client: Client, change: dict[str, Any], field: str
) -> None:
    answer = press(sign_in(client, city, "trainer"), "keep", **{"street": "Bleibt 1", **change})
    page = body_of(answer)
    assert answer.status_code in (400, 422)
    assert f'id="id_{field}_error"' in page
    assert "<title>Fehler:" in page
    assert 'value="Bleibt 1"' in page
    assert not Change.objects.exists()


FIELDS = (
    "title_de",
    "title_en",
    "text_de",
    "text_en",
    "street",
    "entry_de",
    "entry_en",
    "cost_de",
    "cost_en",
)


def test_html_in_every_text_is_shown_as_text(city: City, client: Client) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    sign_in(client, city, "clerk")
    press(client, "publish", **dict.fromkeys(FIELDS, evil))
    assert city.entry["text"]["en"] == evil
    press(client, "keep", street="</textarea><script>alert(3)</script>", text_de="</dd><script>")
    change = Change.objects.get(state=Change.DRAFT)
    for page in (
        PAGE,
        "/desk/places/",
        f"/desk/places/review/{change.id}/",
        "/desk/search/",
        "/desk/",
        "/places/court/",
    ):
        text = client.get(page).content.decode()
        assert "<script>alert" not in text and "<img src=x" not in text
        assert "</textarea><script>" not in text and "</dd><script>" not in text


def test_positions_as_people_write_them(city: City, client: Client) -> None:
    sign_in(client, city, "clerk")
    for text, kept in (
        ("54.5, 12.25", [12.25, 54.5]),
        ("54,5 12,5", [12.5, 54.5]),
        ("", None),
        ("-1.5,2", [2.0, -1.5]),
    ):
        press(client, "publish", position=text)
        assert city.entry["position"] == kept


def test_the_week_is_shown_as_we_understand_it(city: City, client: Client) -> None:
    answer = press(sign_in(client, city, "trainer"), "preview", opening_hours="Mo-Su 11:11-12:12")
    assert answer.status_code == 200
    assert body_of(answer).count("11:11–12:12") == 7
    assert not Change.objects.exists()


def test_a_role_that_ended_while_the_form_was_open(city: City, client: Client) -> None:
    form = typed(sign_in(client, city, "trainer"))
    RoleHeld.objects.filter(account=city.accounts["trainer"]).update(ended_at="2026-01-01T00:00Z")
    assert press(client, "send", form=form, street="Weg 9").status_code == 404
    assert not Change.objects.exists()


def test_foreign_numbers_lead_nowhere(city: City, client: Client) -> None:
    change = city.begin()
    sign_in(client, city, "other_trainer")
    for number in (change.id, 0, 10**18, 10**30):
        page = f"/desk/places/review/{number}/"
        assert client.get(page).status_code == 404
        assert client.post(page, {"then": "drop"}).status_code == 404
    assert Change.objects.get().state == Change.DRAFT


def test_forms_from_elsewhere_are_refused(city: City) -> None:
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, city, "clerk")
    assert strict.post(PAGE, {"then": "publish", "title_de": "Meins"}).status_code == 403
    assert city.entry["title"]["de"] == "Platz court"


NEW = {"slug": "halle", "title_de": "Halle", "category": "sport"}


def test_a_new_place_from_the_club_and_from_the_city(city: City, client: Client) -> None:
    page = "/desk/places/new/"
    sign_in(client, city, "trainer")
    assert client.post(page, {**NEW, "then": "keep"}).status_code == 422  # a club says that it is its own
    assert client.post(page, {**NEW, "keeper": city.there, "then": "keep"}).status_code == 422
    answer = client.post(page, {**NEW, "keeper": city.club, "then": "keep"})
    assert "Neuer Ort: Halle" in body_of(client.get(answer["Location"]))
    taken = client.post(page, {**NEW, "keeper": city.club, "then": "keep"})
    assert (taken.status_code, 'id="id_slug_error"' in body_of(taken)) == (409, True)
    assert Client().get("/places/halle/").status_code == 404
    sign_in(client, city, "clerk")
    answer = client.post(page, {**NEW, "slug": "halle-2", "then": "keep"})
    assert answer.status_code == 302
    assert Noun.objects.get(address="places/halle-2").area_id == city.here
    seen = client.get(answer["Location"]).context["seen"]
    assert client.post(answer["Location"], {"then": "publish", "seen": seen}).status_code == 302
    assert Client().get("/places/halle-2/").status_code == 200
    sign_in(client, city, "resident")
    assert client.get(page).status_code == 403


def test_the_list_asks_a_number_of_times_that_does_not_grow(
    city: City, client: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        actions.keep_place(NODE, f"p{number}", title={"de": f"P {number}"}, category="other", area=city.here)
    sign_in(client, city, "clerk")
    with django_assert_max_num_queries(14):
        assert body_of(client.get("/desk/places/?q=p")).count('href="/desk/places/p') == 12
