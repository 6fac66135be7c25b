# SPDX-License-Identifier: EUPL-1.2
"""Saying something with a place, a category and pictures; the code for those without an account; the way back by it."""

import html
import re
import time
from base64 import b64decode
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from smilecity.citizens import actions, reads
from smilecity.citizens.models import Category, Need, NeedPhoto
from smilecity.citizens.pages import sent
from smilecity.core.limits import Limiter
from smilecity.core.models import Noun
from smilecity.core.who import ANYONE
from tests.citizens.town import Town

GOOD = {"kind": "problem", "words": "Die Lampe am Steg ist dunkel.", "website": ""}
ASKS = [
    {
        "code": "how",
        "label": {"de": "Wie dunkel?"},
        "type": "choice",
        "required": True,
        "choices": [{"code": "all", "label": {"de": "ganz"}}, {"code": "some", "label": {"de": "flackert"}}],
    }
]


@pytest.fixture
def lamp(town: Town) -> Category:
    """A category of the department, which asks something."""
    return Category.objects.create(
        code="lampe", title={"de": "Straßenlampe"}, organisation_id=town.hall, days=14, asks=ASKS
    )


def photo(colour: str = "red", size: tuple[int, int] = (400, 300)) -> SimpleUploadedFile:
    written = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    Image.new("RGB", size, colour).save(written, "JPEG", exif=exif)
    return SimpleUploadedFile("a.jpg", written.getvalue(), content_type="image/jpeg")


def send(client: Client, path: str = "/say/", **more: Any) -> Any:
    return client.post(path, {**GOOD, "form": uuid4(), **more})


def body_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def hidden(body: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]*)"', body)


def test_place_category_and_pictures_come_along(client: Client, lamp: Category, town: Town) -> None:
    answer = send(
        client,
        spot="12.1,54.1",
        where="am Steg",
        at_home="on",
        category="lampe",
        detail_how="some",
        photos=[photo(), photo("blue")],
        anyway="1",
    )
    assert answer.status_code == 302, body_of(answer)
    need = Need.objects.get()
    assert (need.door, need.where, need.at_home, need.details) == ("web", "am Steg", True, {"how": "some"})
    assert need.spot == {"type": "Point", "coordinates": [12.1, 54.1]}
    assert need.noun.geo != need.spot and need.noun.keeper_id == town.hall
    assert need.due_at is not None
    kept = list(NeedPhoto.objects.filter(need=need))
    assert [one.shown for one in kept] == [False, False]
    assert not Image.open(BytesIO(bytes(kept[0].full))).getexif()


def test_without_a_script_the_category_asks_in_a_second_step_and_pictures_come_along(
    client: Client, lamp: Category
) -> None:
    body = body_of(send(client, category="lampe", photos=[photo()]))
    assert not Need.objects.exists()
    assert "Wie dunkel?" in body and hidden(body, "words") == [GOOD["words"]]
    (kept,) = hidden(body, "kept")
    assert Image.open(BytesIO(b64decode(kept))).format == "WEBP"
    again = {"category": "lampe", "kept": kept, "anyway": "1"}
    refused = body_of(send(client, **again))
    assert "Hier fehlt noch eine Antwort." in refused and hidden(refused, "kept")
    assert send(client, **again, detail_how="all").status_code == 302
    assert NeedPhoto.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"spot": "999,1"}, "Diese Stelle gibt es nicht."),
        ({"spot": "hier"}, "Diese Stelle gibt es nicht."),
        ({"spot": "nan,nan"}, "Diese Stelle gibt es nicht."),
        ({"where": "x" * 300}, "Diese Ortsangabe ist zu lang."),
        ({"category": "kreuzfahrt"}, "Diese Kategorie gibt es nicht."),
        ({"category": "\x00"}, "Diese Kategorie gibt es nicht."),
        ({"area": "4711"}, "Wählen Sie ein Gebiet aus der Liste."),
        ({"kept": "%%%"}, "Diese Datei ist kein Bild"),
        ({"kept": "aGFsbG8="}, "Diese Datei ist kein Bild"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    client: Client, db: None, more: dict[str, str], sentence: str
) -> None:
    answer = send(client, **more)
    assert answer.status_code == 422
    assert sentence in body_of(answer)
    assert not Need.objects.exists()


def test_pictures_are_looked_at_before_anything_is_kept(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*files: Any) -> str:
        answer = send(client, photos=list(files), anyway="1")
        assert answer.status_code == 422
        assert not Need.objects.exists()
        return body_of(answer)

    assert "Wählen Sie bis zu drei Bilder aus." in refused(*[photo() for _ in range(4)])
    assert "Diese Datei ist kein Bild" in refused(SimpleUploadedFile("a.jpg", b"<html>"))
    assert "zu klein" in refused(photo(size=(20, 20)))
    monkeypatch.setattr("smilecity.citizens.forms.photos.MOST_BYTES", 100)
    assert "größer als 10 MB" in refused(photo())


def test_the_code_is_shown_for_a_minute_and_opens_the_need(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(client)
    need = Need.objects.get()
    code = reads.code_of(need.form)
    thanks = client.get("/say/thanks/")
    assert code in body_of(thanks) and "data:image/svg" in body_of(thanks)
    assert "no-store" in thanks["Cache-Control"]
    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 50)
    assert code in body_of(client.get("/say/thanks/"))  # the answer before was lost on its way
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 70)
    assert code not in body_of(client.get("/say/thanks/"))
    opened = client.post("/needs/code/", {"code": code.lower().replace("-", " ")})
    page = client.get(opened["Location"])
    assert "Das haben Sie gesagt" in body_of(page)
    assert client.get(f"/needs/{need.form}/").status_code == 404


def test_by_the_code_its_author_objects_once(client: Client, town: Town) -> None:
    need = town.say("anyone")
    actions.decide_need(town.people["clerk"], need.noun_id, "refused", "Dort ist kein Platz.")
    page = client.post("/needs/code/", {"code": reads.code_of(need.form)})["Location"]
    client.post(page, {"do": "appeal", "appeal-reason": "Doch, am Ufer."})
    need.refresh_from_db()
    assert need.state == "reopened"


def test_wrong_codes_tell_nothing_and_are_counted(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sent, "_wrong", Limiter(3))
    for code in ("", "2K7M-9QXA-3VBT", "'; --", "ä" * 39):
        answer = client.post("/needs/code/", {"code": code})
        assert answer.status_code == 422
    assert client.post("/needs/code/", {"code": "2K7M-9QXA-3VBT"}).status_code == 429


def test_who_has_an_account_needs_no_code(client: Client, town: Town) -> None:
    client.force_login(town.accounts["resident"])
    send(client)
    body = body_of(client.get("/say/thanks/"))
    assert "Mein Anliegen ansehen" in body
    assert reads.code_of(Need.objects.get().form) not in body


def test_a_city_may_ask_for_an_account(client: Client, town: Town, settings: Any) -> None:
    from dataclasses import replace

    settings.SMILE = replace(settings.SMILE, say_without_account=False)
    assert "/account/login/" in client.get("/say/")["Location"]
    assert "/account/login/" in send(client)["Location"]
    with pytest.raises(Exception, match=r"need\.account-missing"):
        town.say("anyone")
    client.force_login(town.accounts["resident"])
    assert client.get("/say/").status_code == 200
    assert send(client).status_code == 302


def test_pictures_are_seen_with_the_words_until_they_are_shown_to_all(client: Client, town: Town) -> None:
    send(client, photos=[photo(), photo("blue")], about=town.court.id, anyway="1")
    need = Need.objects.get()
    first, second = NeedPhoto.objects.order_by("id")
    address = f"/needs/{need.form}/photos/{first.id}.webp"
    key = f"?key={reads.author_key(need)}"
    assert client.get(address).status_code == 404
    seen = client.get(address + key)
    assert (seen["Content-Type"], seen["Cache-Control"]) == ("image/webp", "private, no-store")
    clerk = town.people["clerk"]
    actions.publish_need(clerk, need.noun_id, "Lampe", "Die Lampe ist dunkel.", photos=[first.id])
    assert "public" in client.get(address)["Cache-Control"]
    assert client.get(f"/needs/{need.form}/photos/{second.id}.webp").status_code == 404
    assert body_of(client.get(f"/needs/{need.form}/")).count(".webp?size=small") == 1
    actions.publish_need(clerk, need.noun_id, "Lampe", "Die Lampe ist dunkel.")  # says nothing of pictures
    assert client.get(address).status_code == 200
    actions.publish_need(clerk, need.noun_id, "Lampe", "Die Lampe ist dunkel.", photos=[])
    assert client.get(address).status_code == 404
    with pytest.raises(Exception, match=r"need\.unknown-photo"):
        actions.publish_need(clerk, need.noun_id, "Lampe", "Die Lampe.", photos=[first.id + 99])


def test_plain_words_are_checked_published_and_shown(client: Client, town: Town) -> None:
    need = town.published()
    client.force_login(town.accounts["clerk"])
    page, words = f"/needs/{need.form}/", {"publish-title": "Das Tor", "publish-words": "Das Tor ist zu."}
    looked = client.post(page, {"do": "check", **words, "publish-plain": "Das Tor wird repariert."})
    assert "Wer tut es?" in body_of(looked)
    need.refresh_from_db()
    assert need.plain == {}
    client.post(page, {"do": "publish", **words, "publish-plain": "Das Tor geht wieder auf."})
    client.logout()
    assert "In einfacher Sprache lesen" in body_of(client.get(page))
    plain = body_of(client.get(f"{page}?plain=1"))
    assert "Das Tor geht wieder auf." in plain and "In den ursprünglichen Worten lesen" in plain


def test_what_is_near_is_alike_by_one_word_and_comes_first(town: Town) -> None:
    from smilecity.citizens.rules import Spot

    far = town.published(title="Lampe am Weg dunkel", words="Die Lampe ist aus.", about=town.far)
    near = town.published(title="Laterne dunkel", words="Es ist dunkel.")
    Noun.objects.filter(id=near.noun_id).update(geo={"type": "Point", "coordinates": [12.1, 54.1]})
    spot = Spot(12.1005, 54.1)
    assert [one.noun for one in reads.suggest(ANYONE, "Lampe dunkel", spot=spot)] == [
        near.noun_id,
        far.noun_id,
    ]
    assert [one.noun for one in reads.suggest(ANYONE, "Lampe dunkel")] == [far.noun_id]


def test_while_typing_a_part_and_data_say_the_same(client: Client, lamp: Category, town: Town) -> None:
    town.published(title="Lampe am Steg", words="Dunkel.")
    question = {"words": "Lampe am Steg dunkel", "category": "lampe", "spot": "12.1,54.1"}
    part = body_of(client.get("/say/alike/", question))
    assert "Lampe am Steg" in part and "Darum kümmert sich: Amt." in part and "Wie dunkel?" in part
    data = client.get("/say/alike/", question, headers={"accept": "application/json"}).json()
    assert data["needs"][0]["title"] == "Lampe am Steg"
    assert data["category"]["responsible"]["title"] == "Amt"
    broken = {"words": "\x01", "category": "x" * 999, "spot": "1,2,3", "about": "9" * 40}
    assert client.get("/say/alike/", broken).status_code == 200


def test_the_list_the_map_and_the_feed_answer_the_same_filters(
    client: Client, lamp: Category, town: Town
) -> None:
    other = town.published(title="Das Tor")
    mine = town.published(title="Lampe", kind="problem")
    Need.objects.filter(noun=mine.noun_id).update(category=lamp, door="paper")
    query = "?category=lampe"
    listed = body_of(client.get(f"/needs/{query}"))
    assert "gekommen über: Papier" in listed and f"/needs/{other.form}/" not in listed
    assert f"points.json{query}" in listed and f"feed.atom{query}" in listed
    points = client.get(f"/needs/points.json{query}").json()
    assert [one["id"] for one in points["features"]] == [mine.noun_id]
    fed = client.get(f"/needs/feed.atom{query}")
    assert "<georss:point>54.1 12.1</georss:point>" in fed.content.decode()
    assert client.get(f"/needs/feed.atom{query}", headers={"if-none-match": fed["ETag"]}).status_code == 304
    assert client.get(f"/needs/tiles/0/0/0.mvt{query}").status_code == 200
    assert client.get("/needs/?area=99999999999&category=%01&kind=x").status_code == 200


def test_the_kiosk_keeps_nothing_and_nobody(client: Client, town: Town, settings: Any) -> None:
    from dataclasses import replace

    client.force_login(town.accounts["resident"])
    page = client.get("/kiosk/")
    assert "no-store" in page["Cache-Control"] and '"storage"' in page["Clear-Site-Data"]
    assert 'autocomplete="off"' in body_of(page) and "rita" not in body_of(page)
    answer = send(client, "/kiosk/")
    need = Need.objects.get()
    assert (need.door, need.account_id) == ("kiosk", None)
    thanks = client.get(answer["Location"])
    assert reads.code_of(need.form) in body_of(thanks) and "cookies" in thanks["Clear-Site-Data"]
    assert client.get(answer["Location"])["Location"] == "/kiosk/"
    assert send(client, "/kiosk/", words="").status_code == 422
    settings.SMILE = replace(settings.SMILE, kiosk=False)
    assert client.get("/kiosk/").status_code == 404


def test_the_form_for_without_a_network_holds_nothing_of_anybody(client: Client, town: Town) -> None:
    client.force_login(town.accounts["resident"])
    body = body_of(client.get("/say/offline/"))
    assert "data-offline" in body
    assert "csrfmiddlewaretoken" not in body and "rita" not in body
