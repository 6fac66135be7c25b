# SPDX-License-Identifier: EUPL-1.2
"""The desk's pages about reports: the list and its map, one need, categories, deputies."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from smilecity.citizens import actions, reads
from smilecity.citizens.models import Category, Deputy, Need, Responsibility
from smilecity.citizens.rules import Coming, KeptCategory, Spot
from smilecity.core.who import NODE
from smilecity.space.models import Area
from tests.citizens.town import Town


@pytest.fixture
def lamp(town: Town) -> Category:
    """A category in a group, for which the hall is responsible."""
    actions.keep_category(NODE, KeptCategory("licht", {"de": "Licht"}), town.hall)
    return actions.keep_category(NODE, KeptCategory("lampe", {"de": "Lampe dunkel"}, parent="licht", days=7))


@pytest.fixture
def desk(town: Town, client: Client) -> Client:
    """The clerk's browser."""
    client.force_login(town.accounts["clerk"])
    return client


@pytest.fixture
def steward(town: Town, client: Client) -> Client:
    """The steward's browser."""
    client.force_login(town.accounts["steward"])
    return client


def report(town: Town, words: str = "Die Lampe ist aus.") -> Need:
    spot = Spot(12.1, 54.1)
    return actions.say_need(
        town.people["resident"], uuid4(), kind="problem", words=words, language="de", about=town.court.id,
        coming=Coming(category="lampe", spot=spot),
    )  # fmt: skip


def body(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_list_the_map_and_one_of_them_say_the_same(town: Town, lamp: Category, desk: Client) -> None:
    need = report(town)
    page = body(desk.get("/desk/needs/?category=licht&door=web&worker=nobody"))
    assert "Lampe dunkel: Platz" in page and "in 7 Tagen fällig" in page
    assert f"/desk/needs/{need.form}/?category=licht" in page
    assert "/desk/needs/points.json?" in body(desk.get("/desk/needs/?view=map"))
    points = json.loads(desk.get("/desk/needs/points.json?category=licht").content)
    assert points["limited"] is False
    (feature,) = points["features"]
    assert feature["geometry"]["coordinates"] == [12.1, 54.1]
    assert not json.loads(desk.get("/desk/needs/points.json?category=x").content)["features"]
    one = body(desk.get(f"/desk/needs/{need.form}/"))
    assert "Die Lampe ist aus." in one and "Amt" in one and "Entscheiden" in one


@pytest.mark.parametrize("name", ["resident", "other_trainer"])
def test_who_does_not_answer_it_finds_it_nowhere(
    town: Town, lamp: Category, client: Client, name: str
) -> None:
    need = report(town)
    client.force_login(town.accounts[name])
    assert client.get(f"/desk/needs/{need.form}/").status_code == 404
    points = client.get("/desk/needs/points.json")
    assert points.status_code == 403 or not json.loads(points.content)["features"]


def test_every_kind_of_work_is_done_on_its_page(town: Town, lamp: Category, desk: Client) -> None:
    need = report(town)
    page = f"/desk/needs/{need.form}/"
    clerk = town.people["clerk"].account
    work = [
        {"do": "worker", "worker-worker": clerk},
        {"do": "sort", "sort-category": "", "sort-sentence": "Passt nicht."},
        {"do": "due", "due-due": "2030-01-31", "due-sentence": "Später."},
        {"do": "step", "step-state": "in_progress", "step-sentence": "Wir sind dran."},
        {"do": "decide", "decision": "done", "reason": "Sie leuchtet."},
        {"do": "reopen", "reopen-sentence": "Doch nicht."},
        {"do": "hand", "hand-organisation": town.other_club, "hand-sentence": "Dort geht es."},
    ]
    for one in work:
        answer = desk.post(page, one)
        assert (answer.status_code, answer["Location"]) == (302, page), one
    need.refresh_from_db()
    assert (need.state, need.worker_id, need.noun.keeper_id) == ("open", clerk, town.other_club)


@pytest.mark.parametrize(
    "typed",
    [
        {"do": "sort", "sort-category": "nope", "sort-sentence": "x"},
        {"do": "sort", "sort-category": "", "sort-sentence": "So.", "sort-longitude": "500", "sort-latitude": "5"},
        {"do": "worker", "worker-worker": "999999"},
        {"do": "due", "due-due": "morgen", "due-sentence": "Bald."},
        {"do": "due", "due-due": "2030-01-31", "due-sentence": ""},
        {"do": "decide", "decision": "done", "reason": ""},
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_its_field(
    town: Town, lamp: Category, desk: Client, typed: dict[str, str]
) -> None:
    need = report(town)
    answer = desk.post(f"/desk/needs/{need.form}/", typed)
    assert answer.status_code == 422 and "kern-alert--danger" in body(answer)
    assert Need.objects.get(noun=need.noun_id).state == "new"


def test_unknown_work_is_refused(town: Town, lamp: Category, desk: Client) -> None:
    page = f"/desk/needs/{report(town).form}/"
    assert desk.post(page, {"do": "burn"}).status_code == 404
    assert desk.post(page, {"do": "reopen", "reopen-sentence": "Noch offen."}).status_code == 409


def test_decided_it_leads_on_to_the_next_of_the_same_list(town: Town, lamp: Category, desk: Client) -> None:
    first, second = report(town), report(town, "Noch eine.")
    town.say()
    decided = {"do": "decide", "decision": "done", "reason": "Sie leuchtet.", "then": "next"}
    answer = desk.post(f"/desk/needs/{first.form}/?category=licht", decided)
    assert answer["Location"] == f"/desk/needs/{second.form}/?category=licht&go=1"
    assert "autofocus" in body(desk.get(answer["Location"]))
    assert desk.post(answer["Location"], decided)["Location"] == "/desk/needs/"


def test_many_are_handed_on_and_that_is_taken_back(town: Town, lamp: Category, desk: Client) -> None:
    needs = [report(town), report(town, "Noch eine.")]
    ids = [one.noun_id for one in needs]
    assert (
        desk.post("/desk/needs/", {"do": "hand", "need": ids, "organisation": town.other_club}).status_code
        == 422
    )
    answer = desk.post(
        "/desk/needs/", {"do": "hand", "need": ids, "organisation": town.other_club, "sentence": "Dort."}
    )
    undo = answer["Location"]
    assert "2 Anliegen weitergegeben" in body(desk.get(undo))
    assert "2 Anliegen weitergegeben" in body(desk.get("/desk/needs/"))
    assert "2 Anliegen sind wieder wie vorher." in body(desk.post(undo, follow=True))
    assert {one.noun.keeper_id for one in Need.objects.filter(noun__in=ids)} == {town.hall}
    assert desk.post(undo).status_code == 409
    assert desk.get("/desk/needs/undo/999999/").status_code == 404


def test_a_category_is_added_asked_about_put_away_and_deleted(town: Town, steward: Client) -> None:
    assert "Noch gibt es keine." in body(steward.get("/desk/categories/"))
    new = {"title_de": "Straßenlampe dunkel", "days": "7", "organisation": str(town.hall)}
    page = steward.post("/desk/categories/new/", new)["Location"]
    assert page == "/desk/categories/at/strassenlampe-dunkel/"
    twice = steward.post("/desk/categories/new/", new)
    assert twice.status_code == 409 or "schon eine andere" in body(twice)
    asked = {
        "do": "keep", **new, "ask-0-label_de": "Was macht sie?", "ask-0-type": "choice",
        "ask-0-choices": "aus | off\nflackert", "ask-0-required": "on",
    }  # fmt: skip
    assert steward.post(page, asked).status_code == 302
    kept = Category.objects.get()
    assert kept.asks == [
        {
            "code": "was-macht-sie", "label": {"de": "Was macht sie?"}, "type": "choice", "required": True,
            "choices": [
                {"code": "aus", "label": {"de": "aus", "en": "off"}}, {"code": "flackert", "label": {"de": "flackert"}},
            ],
        }
    ]  # fmt: skip
    assert "aus | off" in body(steward.get(page))
    assert steward.post(page, {"do": "away"}).status_code == 302
    assert reads.offered(NODE) == [] and not Category.objects.get().active
    steward.post(page, {"do": "back"})
    assert Category.objects.get().asks == kept.asks
    assert steward.post(page, {"do": "drop"})["Location"] == "/desk/categories/"
    assert not Category.objects.exists()


def test_a_category_in_use_is_not_deleted(town: Town, lamp: Category, steward: Client) -> None:
    report(town)
    for code in ("lampe", "licht"):
        answer = steward.post(f"/desk/categories/at/{code}/", {"do": "drop"})
        assert answer.status_code == 409 and "Legen Sie sie weg." in body(answer)


def test_who_is_responsible_where_is_kept_and_told(town: Town, lamp: Category, steward: Client) -> None:
    page = "/desk/categories/at/lampe/"
    typed = {
        "do": "responsible",
        "responsible-area": town.quarter,
        "responsible-organisation": town.other_club,
    }
    assert steward.post(page, typed).status_code == 422  # no area of today
    Area.objects.create(noun_id=town.quarter, level="district", key="q")
    Area.objects.create(noun_id=town.far, level="district", key="f")
    assert steward.post(page, {**typed, "responsible-area": town.far}).status_code == 422  # another's
    assert steward.post(page, typed).status_code == 302
    said = body(steward.get(f"{page}?area={town.quarter}"))
    assert "„Lampe dunkel“ in Q: Zuständig ist TSV." in said
    steward.post(page, {**typed, "responsible-organisation": ""})
    assert not Responsibility.objects.exists()


def test_categories_are_moved_and_stay_at_the_end(town: Town, steward: Client) -> None:
    for order, code in enumerate("abc"):
        actions.keep_category(NODE, KeptCategory(code, {"de": code}, order=order))
    for move, expected in (("b", "bac"), ("b", "bac")):
        steward.post("/desk/categories/", {"up": move})
        assert "".join(one.category.code for one in reads.categories(NODE)) == expected
    steward.post("/desk/categories/", {"down": "b"})
    assert "".join(one.category.code for one in reads.categories(NODE)) == "abc"
    assert steward.post("/desk/categories/", {"up": "zzz"}).status_code == 404


def test_a_table_goes_out_and_comes_back_the_same(town: Town, lamp: Category, steward: Client) -> None:
    actions.keep_category(
        NODE,
        KeptCategory(
            "mast", {"de": '=Mast; "schief"', "en": "Pole"}, parent="licht", words="krumm", active=False
        ),
    )
    before = list(Category.objects.order_by("code").values())
    table = steward.get("/desk/categories/table.csv").content
    file = SimpleUploadedFile("kategorien.csv", table)
    assert steward.post("/desk/categories/import/", {"file": file}).status_code == 302
    assert list(Category.objects.order_by("code").values()) == before


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("name\nx\n", "fehlen"),
        ("code;title_de\n", "fehlen"),
        ("code;title_de\nGroß;x\n", "Zeile 2"),
        ("code;title_de\nx;x\nx;y\n", "zweimal"),
        ("code;title_de;days\nx;x;viele\n", "keine ganze Zahl"),
        ("code;title_de;asks\nx;x;[1]\n", "Zeile 2"),
        ("code;title_de;group\nx;x;nope\n", "Gruppe"),
        ("code;title_de;organisation\nx;x;nope\n", "Organisation"),
        ("\x00\xff", "Tabelle"),
    ],
)
def test_a_table_that_is_wrong_changes_nothing(town: Town, steward: Client, table: str, says: str) -> None:
    file = SimpleUploadedFile(
        "k.csv", table.encode("latin-1", "replace") if "\xff" in table else table.encode()
    )
    answer = steward.post("/desk/categories/import/", {"file": file})
    assert answer.status_code == 422 and says in body(answer)
    assert not Category.objects.exists() and not Responsibility.objects.exists()


@pytest.mark.parametrize("page", ["", "new/", "import/", "table.csv"])
def test_only_stewards_and_operators_keep_categories(town: Town, client: Client, page: str) -> None:
    for name, status in (("clerk", 403), ("resident", 403), ("steward", 200), ("operator", 200)):
        client.force_login(town.accounts[name])
        assert client.get(f"/desk/categories/{page}").status_code == status, name


def test_deputies_are_named_and_ended_on_their_page(town: Town, desk: Client) -> None:
    assert "Gerade vertritt niemand" in body(desk.get("/desk/deputies/"))
    clerk, steward = town.people["clerk"].account, town.people["steward"].account
    typed = {"account": clerk, "deputy": steward, "since": "2026-01-01", "until": "2026-01-02"}
    assert desk.post("/desk/deputies/", {**typed, "until": "2025-01-01"}).status_code == 422
    assert desk.post("/desk/deputies/", {}).status_code == 422
    assert (
        desk.post("/desk/deputies/", {**typed, "since": "2026-01-01", "until": "2026-12-31"}).status_code
        == 302
    )
    number = Deputy.objects.get().pk
    assert "vertritt" in body(desk.get("/desk/deputies/"))
    assert desk.post("/desk/deputies/", {"end": number}).status_code == 302
    assert not Deputy.objects.exists()
