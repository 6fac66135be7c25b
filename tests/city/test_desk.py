# SPDX-License-Identifier: EUPL-1.2
"""The desk: who finds what there, the same for many places and back again, and what happened to a noun."""

import html
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test import Client

from smilecity.citizens import actions as citizens
from smilecity.city.desk import bulk, inbox
from smilecity.core import clock, undo
from smilecity.core.models import LogEntry, Noun, Undo
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.places import actions
from tests.places.test_photos import ALT, image
from tests.places.town import EVERYBODY, PUBLISHERS, City

Make = Callable[..., Any]
PEOPLE = [name for name in EVERYBODY if name not in ("anyone", "node")]


@pytest.fixture
def city(person: Make, organisation: Make) -> City:
    return City(person, organisation)


def place(city: City, slug: str, area: int | None = None, **more: Any) -> int:
    kept = actions.keep_place(
        NODE,
        slug,
        title={"de": f"Ort {slug}"},
        category="park",
        area=area or city.here,
        visibility="public",
        **more,
    )
    return kept.noun_id


def body_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize("name", PEOPLE)
def test_who_has_a_desk_and_sees_the_way_to_it(city: City, client: Client, name: str) -> None:
    client.force_login(city.accounts[name])
    has = name != "resident"
    for page in ("/desk/", "/desk/inbox/", "/desk/search/", f"/desk/history/{city.noun.id}/"):
        assert client.get(page).status_code == (200 if has else 403)
    assert ('href="/desk/"' in body_of(client.get("/imprint/"))) is has


def test_the_desk_is_kept_by_nobody(city: City, client: Client) -> None:
    client.force_login(city.accounts["clerk"])
    for page in (
        "/desk/",
        "/desk/inbox/",
        "/desk/search/",
        "/desk/places/",
        "/desk/places/court/",
        "/desk/needs/",
    ):
        assert "no-store" in client.get(page)["Cache-Control"]


@pytest.mark.parametrize("name", EVERYBODY)
def test_what_waits_for_whom(city: City, name: str) -> None:
    change = city.begin()
    actions.send_change(city.people["trainer"], change.id)
    actions.add_photo(city.people["trainer"], city.noun.id, image(), alt=ALT)
    citizens.say_need(
        city.people["resident"], uuid4(), kind="wish", words="Mehr Licht.", language="de", about=city.noun.id
    )
    found = [item.what for item in inbox.waiting(city.people[name])]
    looks = ["changes", "photos"] if name in PUBLISHERS else []
    reads = ["needs"] if name in ("trainer", "clerk", "steward") else []
    assert sorted(found) == sorted(looks + reads)


def test_today_counts_and_leads_on(city: City, client: Client) -> None:
    change = city.begin()
    actions.send_change(city.people["trainer"], change.id)
    client.force_login(city.accounts["steward"])
    body = body_of(client.get("/desk/"))
    assert "Änderungen zu prüfen" in body and f"/desk/places/review/{change.id}/" in body
    assert body_of(client.get("/desk/inbox/?what=changes")).count(f"/desk/places/review/{change.id}/") == 1
    assert f"/desk/places/review/{change.id}/" not in body_of(client.get("/desk/inbox/?what=photos"))
    client.force_login(city.accounts["trainer"])
    assert "wird geprüft" in body_of(client.get("/desk/"))


@pytest.mark.parametrize("name", PEOPLE[1:])
def test_search_finds_drafts_for_those_who_may_see_them_only(city: City, client: Client, name: str) -> None:
    place(city, "hidden")
    Noun.objects.filter(address="places/hidden").update(visibility="draft")
    place(city, "inside")
    Noun.objects.filter(address="places/inside").update(visibility="internal")
    client.force_login(city.accounts[name])
    body = body_of(client.get("/desk/search/?q=Ort&kind=place"))
    assert ("Ort hidden" in body) is (name in ("clerk", "steward"))
    assert ("Ort inside" in body) is (name in ("clerk", "steward", "planner", "council"))


def test_search_filters_pages_and_bad_addresses(city: City, client: Client) -> None:
    far = place(city, "far", city.there)
    client.force_login(city.accounts["steward"])
    assert "Ort far" in body_of(client.get("/desk/search/?q=far"))
    assert "Ort far" not in body_of(client.get(f"/desk/search/?area={city.here}"))
    assert "Ort far" in body_of(client.get(f"/desk/search/?area={city.there}&visibility=public&kind=place"))
    assert "Platz court" in body_of(client.get(f"/desk/search/?keeper={city.club}"))
    assert 'name="noun"' not in body_of(client.get("/desk/search/?q=far"))  # not hers to change
    for odd in (
        "kind=x",
        "area=abc",
        f"area={10**30}",
        "visibility=x",
        "q=%25_%27",
        "q=" + "x" * 5000,
        "keeper=-1",
    ):
        assert client.get(f"/desk/search/?{odd}").status_code == 200
    assert client.get("/desk/search/?after=quatsch").status_code == 400
    assert far


@pytest.mark.parametrize("name", PEOPLE[1:])
def test_the_same_for_many_is_for_who_keeps_them(city: City, client: Client, name: str) -> None:
    ids = [place(city, "a"), place(city, "b")]
    client.force_login(city.accounts[name])
    answer = client.post("/desk/bulk/", {"noun": ids, "do": "show", "value_show": "internal"})
    done = name in PUBLISHERS
    assert answer.status_code == (302 if done else 403)
    assert set(Noun.objects.filter(id__in=ids).values_list("visibility", flat=True)) == {
        "internal" if done else "public"
    }
    assert Undo.objects.exists() is done


def test_one_that_may_not_be_changed_stops_all_and_is_named(city: City, client: Client) -> None:
    ids = [place(city, "a"), place(city, "far", city.there)]
    client.force_login(city.accounts["clerk"])
    answer = client.post(
        "/desk/bulk/", {"noun": ids, "do": "license", "value_license": "CC0-1.0", "query": "q=Ort"}
    )
    body = body_of(answer)
    assert answer.status_code == 403
    assert "Ort far: Orte pflegen die Verantwortlichen" in body and "Nichts ist geändert." in body
    assert f'id="noun_{ids[0]}" checked' in body and 'value="Ort"' in body
    assert not Noun.objects.filter(licence="CC0-1.0").exists()


@pytest.mark.parametrize(
    "form",
    [
        {"do": "show", "value_show": "internal"},
        {"do": "drop table", "noun": "1"},
        {"do": "show", "value_show": "secret", "noun": "PLACE"},
        {"do": "give", "value_give": "999999999", "noun": "PLACE"},
        {"do": "give", "value_give": "abc", "noun": "PLACE"},
        {"do": "license", "value_license": "mine", "noun": "PLACE"},
        {"do": "show", "value_show": "internal", "noun": "AREA"},
        {"noun": ["x", "9" * 40]},
    ],
)
def test_bad_forms_change_nothing(city: City, client: Client, form: dict[str, Any]) -> None:
    named = {"PLACE": city.noun.id, "AREA": city.here}
    client.force_login(city.accounts["steward"])
    before = list(Noun.objects.order_by("id").values("id", "visibility", "keeper_id", "licence"))
    answer = client.post(
        "/desk/bulk/", {**form, "noun": named.get(str(form.get("noun")), form.get("noun", ""))}
    )
    assert answer.status_code in (400, 404, 422)
    assert 'role="alert"' in body_of(answer)
    assert list(Noun.objects.order_by("id").values("id", "visibility", "keeper_id", "licence")) == before


def test_taking_back_leaves_what_somebody_else_changed_since(city: City, client: Client) -> None:
    ids = [place(city, slug) for slug in ("a", "b", "c")]
    clerk = city.people["clerk"]
    client.force_login(city.accounts["clerk"])
    done = client.post("/desk/bulk/", {"noun": ids, "do": "give", "value_give": city.club})
    assert set(Noun.objects.filter(id__in=ids).values_list("keeper", flat=True)) == {city.club}
    page = body_of(client.get(done["Location"]))
    assert "Ort a" in page and "Rückgängig machen" in page
    actions.give_place(city.people["steward"], ids[1], None)
    answer = client.post(done["Location"], follow=True)
    assert "2 Orte sind wieder wie vorher." in body_of(answer)
    assert "Inzwischen anders, darum nicht angerührt: Ort b" in body_of(answer)
    assert not Noun.objects.filter(id__in=ids, keeper__isnull=False).exists()
    assert client.post(done["Location"]).status_code == 409
    with pytest.raises(Refusal) as refused:
        bulk.take_back(clerk, Undo.objects.get().id)
    assert refused.value.code == "undo.done"


def test_only_ones_own_only_for_a_day_and_only_while_one_may(city: City) -> None:
    clerk, steward = city.people["clerk"], city.people["steward"]
    kept = bulk.do(clerk, "show", [place(city, "a")], "draft")
    assert [one.id for one in undo.recent(clerk)] == [kept.id]
    assert undo.recent(steward) == []
    for foreign in (kept.id, 0, 10**30):
        with pytest.raises(Refusal) as refused:
            bulk.take_back(steward, foreign)
        assert refused.value.code == "undo.unknown"
    with pytest.raises(Refusal), transaction.atomic():
        undo.remember(NODE, "show", {}, "draft")
    Noun.objects.filter(address="places/a").update(area=city.there)
    with pytest.raises(Refusal) as refused:
        bulk.take_back(clerk, kept.id)
    assert refused.value.code == "place.not-yours"
    assert Undo.objects.get().undone_at is None
    Undo.objects.update(at=clock.now() - timedelta(days=2))
    with pytest.raises(Refusal) as refused:
        bulk.take_back(clerk, kept.id)
    assert refused.value.code == "undo.too-late"
    assert undo.recent(clerk) == []


def take_back_twice(city: City) -> int:
    """How many of two at once took it back."""
    with transaction.atomic():
        kept = bulk.do(city.people["clerk"], "show", [city.noun.id], "draft")
    both, done = threading.Barrier(2), []

    def run() -> None:
        try:
            with transaction.atomic():
                bulk.take_back(city.people["clerk"], kept.id)
                with suppress(threading.BrokenBarrierError):  # the other one waits for our commit
                    both.wait(timeout=0.5)
            done.append(1)
        except Refusal:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return len(done)


@pytest.fixture
def real_city(database_url: str, person: Make, organisation: Make) -> Any:
    """The city in a database that other connections see."""
    with transaction.atomic():
        city = City(person, organisation)
    yield city
    Noun.objects.update(area=None, keeper=None)


def test_taken_back_twice_at_once_it_is_taken_back_once(real_city: City) -> None:
    assert take_back_twice(real_city) == 1


def number() -> None:
    """Give the entries their positions, as the numberer does."""
    for position, entry in enumerate(LogEntry.objects.order_by("id"), 1):
        LogEntry.objects.filter(id=entry.id).update(position=position)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("clerk", "Karim"),
        ("trainer", "Sie"),
        ("operator", "Karim"),
        ("planner", "Jemand"),
        ("far_clerk", "Jemand"),
    ],
)
def test_the_history_names_people_to_those_who_look_after_it(
    city: City, client: Client, name: str, said: str
) -> None:
    change = city.begin()
    actions.send_change(city.people["trainer"], change.id)
    number()
    client.force_login(city.accounts[name])
    body = body_of(client.get(f"/desk/history/{city.noun.id}/"))
    steps = body[body.index("smile-desk__steps") :]
    assert steps.index("Änderung zur Prüfung geschickt") < steps.index("Änderung begonnen")
    assert "Die Stadt, von selbst" in steps
    assert f"{said} ·" in steps
    assert ("Karim" in steps) is (said == "Karim")


def test_the_history_of_what_one_may_not_see_is_not_there(city: City, client: Client) -> None:
    Noun.objects.filter(id=city.noun.id).update(visibility="draft")
    client.force_login(city.accounts["far_clerk"])
    for noun in (city.noun.id, 10**12, 10**30):
        assert client.get(f"/desk/history/{noun}/").status_code == 404


def test_without_the_locks_it_would_be_taken_back_twice(
    real_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proof that the test above can fail."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **more: self)
    assert take_back_twice(real_city) == 2
