# SPDX-License-Identifier: EUPL-1.2
"""What apps send: kept once, by whoever may, with nothing of the sender but an address for answers; or refused whole."""

import base64
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from smilecity.citizens import reads
from smilecity.citizens.api import sending
from smilecity.citizens.models import Category, Need, NeedPhoto, NeedStep
from smilecity.core.limits import Limiter
from tests.citizens.open311_ground import HARBOUR, ROOT, Reports, held
from tests.citizens.town import Town
from tests.examples import examples

pytestmark = pytest.mark.django_db
LAMP = {"service_code": "lamp", "description": "Die Lampe am Kai ist aus.", **HARBOUR}


@pytest.fixture
def reports(town: Town) -> Reports:
    return Reports(town)


@pytest.fixture(autouse=True)
def limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other tests have spent is not missing here."""
    for name in ("anyone", "keyed", "wrong_keys"):
        monkeypatch.setattr(sending, name, Limiter(1000))


@pytest.fixture
def everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SMILE", replace(settings.SMILE, open311_write="open"))


def picture(colour: str = "red") -> bytes:
    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (240, 240), colour).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_report_is_kept_and_told_by_its_token(client: Client, reports: Reports, form: str) -> None:
    sent = LAMP | {
        "api_key": reports.key(), "email": "rita@example.org", "first_name": "Rita", "last_name": "Resident",
        "phone": "0381 1", "device_id": "d-1", "account_id": "7", "jurisdiction_id": "city.example",
    }  # fmt: skip
    answer = client.post(f"{ROOT}/requests.{form}", sent)
    assert answer.status_code == 201, answer.content
    held(answer, "created")
    need = Need.objects.get()
    assert (need.door, need.kind, need.words, need.contact) == (
        "open311", "problem", LAMP["description"], "rita@example.org"
    )  # fmt: skip
    assert need.category == reports.lamp and need.noun.keeper_id == reports.town.hall and need.due_at
    assert need.spot == {"type": "Point", "coordinates": [12.1405, 54.0887]} and need.account is None
    kept = str(Need.objects.values().get()) + str(need.noun.__dict__)
    assert not [one for one in ("Rita", "Resident", "0381", "d-1") if one in kept]
    assert reads.code_of(need.form) in answer.content.decode()
    assert need.code == reads.code_digest(reads.code_of(need.form))
    (told,) = client.get(f"{ROOT}/tokens/{need.form}.json").json()
    assert told["service_request_id"] == str(need.noun_id)


def test_what_a_category_asks_is_kept(client: Client, reports: Reports) -> None:
    sent = {
        "service_code": "mast", "address_string": "Am Hafen, vor dem Speicher", "media_url": "https://a.example/p.jpg",
        "attribute[number]": "7,5", "attribute[since]": "2026-11-20T10:00:00Z", "attribute[light]": "dark",
        "attribute[seen][]": ["glass", "cable"], "api_key": reports.key(),
    }  # fmt: skip
    assert client.post(f"{ROOT}/requests.json", sent).status_code == 201
    need = Need.objects.get()
    assert need.details == {
        "number": "7,5",
        "since": "2026-11-20",
        "light": "dark",
        "seen": ["glass", "cable"],
    }
    assert need.where == "Am Hafen, vor dem Speicher" and need.spot is None
    assert need.words == "Mast\n\nhttps://a.example/p.jpg"  # without a description, what it is about


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"service_code": ""}, 400, "service_code"),
        ({"service_code": "gone"}, 404, "need.unknown-category"),
        ({"service_code": "street"}, 404, "need.unknown-category"),
        ({"service_code": "la\0mp"}, 201, ""),
        ({"lat": "", "long": ""}, 400, "address_string"),
        ({"lat": "54.1", "long": ""}, 400, "lat and long"),
        ({"lat": "x"}, 400, "'lat' is no number"),
        ({"lat": "nan"}, 400, "'lat' is no number"),
        ({"lat": "91"}, 400, "need.bad-position"),
        ({"email": "keine"}, 400, "need.contact"),
        ({"description": "a" * 2001}, 400, "need.words-too-long"),
        ({"address_string": "a" * 201}, 400, "need.where-too-long"),
        ({"attribute[x]": "1"}, 400, "need.unknown-detail"),
        ({"service_code": "mast"}, 400, "need.detail-missing"),
        ({"service_code": "mast", "attribute[number]": "viel"}, 400, "need.detail-no-number"),
        (
            {"service_code": "mast", "attribute[number]": "1", "attribute[light]": "blue"},
            400,
            "need.unknown-choice",
        ),
        (
            {"service_code": "mast", "attribute[number]": "1", "attribute[since]": "bald"},
            400,
            "need.detail-no-date",
        ),
        ({"media_url": "javascript:alert(1)"}, 400, "media_url"),
        ({"media": "!"}, 400, "Base64"),
        ({"media": "aGFsbG8="}, 400, "photo.no-picture"),
        ({"client_id": "1"}, 400, "client_id"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_kept(
    client: Client, reports: Reports, change: dict[str, str], status: int, code: str
) -> None:
    for form in ("json", "xml"):
        answer = client.post(f"{ROOT}/requests.{form}", LAMP | {"api_key": reports.key()} | change)
        assert answer.status_code == status, answer.content
        assert code in str(held(answer, "created" if status == 201 else "errors"))
    assert Need.objects.exists() == (status == 201)


def test_who_may_send_is_what_the_city_allows(
    client: Client, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    def status(write: str, key: str = "") -> int:
        monkeypatch.setattr(settings, "SMILE", replace(settings.SMILE, open311_write=write))
        answer = client.post(f"{ROOT}/requests.json", LAMP | ({"api_key": key} if key else {}))
        if answer.status_code != 201:
            held(answer, "errors")
        return answer.status_code

    key, other, wrong = reports.key(), reports.key("observe"), "smile_" + "a" * 43
    assert [status("key"), status("key", key), status("key", other), status("key", wrong)] == [
        403,
        201,
        403,
        403,
    ]
    assert [status("open"), status("open", key), status("open", wrong)] == [201, 201, 403]
    assert [status("closed"), status("closed", key)] == [403, 403]


def test_keys_in_headers_and_a_session_that_opens_nothing(client: Client, reports: Reports) -> None:
    client.force_login(reports.town.accounts["clerk"])
    assert client.post(f"{ROOT}/requests.json", LAMP).status_code == 403
    key = reports.key()
    for headers in ({"Authorization": f"Bearer {key}"}, {"X-API-Key": key}):
        assert client.post(f"{ROOT}/requests.json", LAMP, headers=headers).status_code == 201
    assert not Need.objects.exclude(account=None).exists()


def test_sent_again_it_is_kept_once(client: Client, reports: Reports) -> None:
    number = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"
    sent = LAMP | {"api_key": reports.key(), "client_id": number}
    first, second = (client.post(f"{ROOT}/requests.json", sent).json() for _ in range(2))
    assert first == second and Need.objects.count() == 1
    assert client.post(f"{ROOT}/requests.json", sent | {"description": "Etwas anderes."}).status_code == 400
    by_header = {"Idempotency-Key": number}
    other = client.post(f"{ROOT}/requests.json", LAMP | {"api_key": reports.key()}, headers=by_header)
    assert other.status_code == 201 and Need.objects.count() == 2  # another sender's number is another


@pytest.mark.usefixtures("everybody")
def test_pictures_come_as_files_or_as_base64(client: Client, reports: Reports) -> None:
    file = SimpleUploadedFile("gps.png", picture())
    assert client.post(f"{ROOT}/requests.json", LAMP | {"media": file}).status_code == 201
    text = "data:image/png;base64," + base64.b64encode(picture("blue")).decode()
    assert client.post(f"{ROOT}/requests.json", LAMP | {"media": text}).status_code == 201
    assert NeedPhoto.objects.filter(shown=False).count() == 2
    assert client.get(f"{ROOT}/photos/{NeedPhoto.objects.first().id}.webp").status_code == 404
    many = [SimpleUploadedFile("a.png", picture()) for _ in range(4)]
    assert client.post(f"{ROOT}/requests.json", LAMP | {"media": many}).status_code == 400
    assert Need.objects.count() == 2


@pytest.mark.usefixtures("everybody")
def test_klarschiffs_client_sends_json(client: Client, reports: Reports) -> None:
    sent = {**LAMP, "lat": 54.0887, "long": 12.1405, "photo_required": True, "media": None}
    answer = client.post("/citysdk/requests.json", sent, content_type="application/json")
    assert answer.status_code == 201, answer.content
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaa">]><request>&a;</request>'
    for media, body in [
        ("application/xml", bomb), ("text/xml", bomb), ("application/json", "[1]"), ("application/json", "{"),
        ("application/json", '{"lat": {"a": 1}}'), ("multipart/form-data; boundary=x", "--y"),
        ("multipart/form-data", ""), ("application/x-www-form-urlencoded; charset=nonsense", "a=1"),
    ]:  # fmt: skip
        answer = client.generic("POST", f"{ROOT}/requests.xml", body, content_type=media)
        assert answer.status_code == 400, (media, answer.content)
        held(answer, "errors")
    assert Need.objects.count() == 1


def test_too_often_is_told(client: Client, reports: Reports, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("anyone", "keyed", "wrong_keys"):
        monkeypatch.setattr(sending, name, Limiter(1))
    key = reports.key()
    statuses = [client.post(f"{ROOT}/requests.json", LAMP | {"api_key": key}).status_code for _ in range(2)]
    assert statuses == [201, 429]
    wrong = LAMP | {"api_key": "smile_wrong"}
    assert [client.post(f"{ROOT}/requests.json", wrong).status_code for _ in range(2)] == [403, 429]
    assert [client.post(f"{ROOT}/requests.json", LAMP).status_code for _ in range(2)] == [403, 429]


@pytest.mark.parametrize("method", ["put", "patch"])
def test_how_it_stands_comes_back_by_a_key_for_that(client: Client, reports: Reports, method: str) -> None:
    need, key = reports.published(), reports.key("report-work")
    address = f"/citysdk/requests/{need.noun_id}.json"

    def sent(**fields: str) -> Any:
        given = "&".join(f"{name}={value}" for name, value in {"api_key": key, **fields}.items())
        return client.generic(
            method.upper(), address, given, content_type="application/x-www-form-urlencoded"
        )

    assert sent(detailed_status="IN_PROCESS").status_code == 400  # nothing without a sentence
    assert sent(detailed_status="LOST", status_notes="Ja.").status_code == 400
    assert sent(detailed_status="IN_PROCESS", status_notes="Wir fahren hin.", priority="1").status_code == 400
    assert sent(status_notes="Neu.", service_code="mast", detailed_status="RECEIVED").status_code == 400
    assert sent(detailed_status="IN_PROCESS", status_notes="x" * 5000).status_code == 400
    assert (
        sent(api_key=reports.key(), detailed_status="IN_PROCESS", status_notes="Wir fahren.").status_code
        == 403
    )
    assert NeedStep.objects.filter(need=need).count() == 1  # that it was read
    answer = sent(detailed_status="IN_PROCESS", status_notes="Wir fahren hin.", service_code="lamp")
    assert answer.json() == [{"service_request_id": str(need.noun_id)}]
    assert sent(detailed_status="PROCESSED", status_notes="Sie leuchtet.").status_code == 200
    need.refresh_from_db()
    assert (need.state, need.decision, need.answer) == ("closed", "done", "Sie leuchtet.")
    assert sent(detailed_status="REJECTED", status_notes="Doch nicht.").status_code == 400  # decided already
    (row,) = held(client.get(f"{ROOT}/requests/{need.noun_id}.json"), "requests")
    assert (row["status"], row["status_notes"]) == ("closed", "Sie leuchtet.")
    address = "/citysdk/requests/99.json"
    assert sent(detailed_status="PROCESSED", status_notes="Sie leuchtet.").status_code == 404


def test_notes_are_for_those_who_work_on_it(client: Client, reports: Reports) -> None:
    need, key = reports.published(), reports.key("report-work")
    address = f"/citysdk/requests/notes/{need.noun_id}.json"
    assert client.get(address).status_code == 403
    assert client.get(f"{address}?api_key={reports.key()}").status_code == 403
    made = client.post(address, {"api_key": key, "author": "x@example.org", "note": "Ersatzteil bestellt."})
    assert made.status_code == 201, made.content
    (row,) = client.get(f"{address}?api_key={key}").json()
    assert row["comment"] == "Ersatzteil bestellt." and row["author"].startswith("key/")
    assert b"Ersatzteil" not in client.get(f"{ROOT}/requests/{need.noun_id}.json?extensions=1").content
    assert client.get(f"/citysdk/requests/notes/99.json?api_key={key}").status_code == 404


def test_comments_are_read_here_and_votes_are_not_taken(client: Client, reports: Reports) -> None:
    from uuid import uuid4

    from smilecity.citizens.models import Comment

    need = reports.published()
    for state in (Comment.SHOWN, Comment.WAITING):
        Comment.objects.create(need=need, form=uuid4(), words=f"{state}!", language="de", state=state)
    rows = client.get(f"/citysdk/requests/comments/{need.noun_id}.json").json()
    assert [one["comment"] for one in rows] == ["shown!"]
    assert b'<comments type="array">' in client.get(f"/citysdk/requests/comments/{need.noun_id}.xml").content
    assert client.get("/citysdk/requests/comments/99.json").status_code == 404
    answer = client.post(f"/citysdk/requests/votes/{need.noun_id}.json", {"author": "a@example.org"})
    assert answer.status_code == 403 and "open311.account-needed" in str(held(answer, "errors"))


def test_a_comment_from_an_app_waits_for_a_moderator(client: Client, reports: Reports) -> None:
    from smilecity.citizens.models import Comment
    from smilecity.citizens.reads import moderation
    from smilecity.core.models import Noun

    need, key = reports.published(), reports.key()
    address = f"/citysdk/requests/comments/{need.noun_id}.json"
    sent = {"author": "a@example.org", "comment": "Auch die nächste ist aus.", "client_id": "1" * 20}
    assert client.post(address, sent).status_code == 403  # the city wants a key
    for _ in range(2):
        made = client.post(address, {**sent, "api_key": key})
        assert made.status_code == 201, made.content
    one = Comment.objects.get()
    assert (one.state, one.words, one.account) == (Comment.WAITING, sent["comment"], None)
    assert "a@example.org" not in str(Comment.objects.values())
    assert client.get(address).json() == []
    Noun.objects.filter(id=need.noun_id).update(area=reports.town.quarter)
    waiting = moderation.queue(reports.town.people["moderator"], "waiting").items
    assert [each.id for each in waiting] == [one.id]
    same = client.post(address, {**sent, "client_id": "2" * 20, "api_key": key})
    assert same.status_code == 400 and "comment.said-already" in str(held(same, "errors"))
    short = client.post(address, {"comment": " ", "api_key": key})
    assert short.status_code == 400 and Comment.objects.count() == 1
    missing = client.post(
        "/citysdk/requests/comments/99.json", {**sent, "client_id": "3" * 20, "api_key": key}
    )
    assert missing.status_code == 404


def test_a_flood_of_comments_from_apps_ends(client: Client, reports: Reports) -> None:
    from uuid import uuid4

    from smilecity.citizens.models import Comment
    from smilecity.citizens.rules.talk import MOST_WAITING

    need, key = reports.published(), reports.key()
    Comment.objects.bulk_create(
        Comment(need=need, form=uuid4(), words=f"{n}", language="de", state=Comment.WAITING)
        for n in range(MOST_WAITING)
    )
    address = f"/citysdk/requests/comments/{need.noun_id}.json"
    assert client.post(address, {"comment": "Noch einer.", "api_key": key}).status_code == 429


def test_abuse_is_told_to_the_moderators(client: Client, reports: Reports) -> None:
    from smilecity.citizens.models import AbuseReport

    need = reports.published()
    address = f"/citysdk/requests/abuses/{need.noun_id}.json"
    assert (
        client.post(address, {"author": "a@example.org", "comment": "Da steht ein Name."}).status_code == 201
    )
    assert client.post(address, {"rule": "nonsense"}).status_code == 400
    kept = AbuseReport.objects.get()
    assert (kept.words, kept.account) == ("Da steht ein Name.", None)
    assert client.post("/citysdk/requests/abuses/99.json", {"comment": "Hier?"}).status_code == 404


def test_a_method_that_does_not_belong_is_told(client: Client, reports: Reports) -> None:
    for method, path in [
        ("DELETE", "requests/1.json"),
        ("POST", "services.xml"),
        ("GET", "requests/votes/1.json"),
    ]:
        answer = client.generic(method, f"{ROOT}/{path}")
        assert answer.status_code == 405
        held(answer, "errors")


ANY = st.one_of(
    st.text(max_size=30), st.sampled_from(["lamp", "mast", "54.1", "\0", "-0", "1e999", "١", "a" * 5000])
)
NAMES = [
    "service_code", "lat", "long", "address_string", "description", "email", "media", "media_url", "client_id",
    "attribute[number]", "attribute[seen][]", "attribute[", "attribute", "at_home", "api_key",
]  # fmt: skip


@pytest.fixture
def open_city(reports: Reports, everybody: None, client: Client) -> Client:
    return client


@tried(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sent=st.dictionaries(st.sampled_from(NAMES), ANY),
    path=st.text(max_size=12),
    method=st.sampled_from("GPU"),
)
def test_nothing_that_is_sent_is_too_much(
    open_city: Client, sent: dict[str, str], path: str, method: str
) -> None:
    before = Need.objects.count()
    answer = open_city.post(f"{ROOT}/requests.json", sent)
    assert answer.status_code in (201, 400, 403, 404, 429)
    assert Need.objects.count() == before + (answer.status_code == 201)
    held(answer, "created" if answer.status_code == 201 else "errors")
    name = {"G": "GET", "P": "POST", "U": "PUT"}[method]
    for where in ("requests", "services", "tokens", "requests/comments", "requests/notes", "nowhere"):
        odd = open_city.generic(name, f"{ROOT}/{where}/{path}.xml", "a=1", QUERY_STRING="api_key=smile_x")
        assert odd.status_code < 500


def test_a_category_that_goes_while_it_is_chosen_is_told(client: Client, reports: Reports) -> None:
    Category.objects.filter(code="lamp").update(active=False)
    assert client.post(f"{ROOT}/requests.json", LAMP | {"api_key": reports.key()}).status_code == 404
