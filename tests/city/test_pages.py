# SPDX-License-Identifier: EUPL-1.2
"""The start page and what the law asks for."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from smilecity.citizens.models import Need
from smilecity.city import identity
from smilecity.city.middleware import answered
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.places.actions import keep_place
from smilecity.space.actions import keep_area
from smilecity.space.models import Area


def district(key: str, west: float) -> Area:
    ring = [[west, 54.0], [west + 0.1, 54.0], [west + 0.1, 54.1], [west, 54.1], [west, 54.0]]
    return keep_area(
        NODE, "district", key, {"de": f"Viertel {key}"}, {"type": "Polygon", "coordinates": [ring]}
    )


def place(slug: str, area: Area, visibility: str = "public") -> None:
    keep_place(
        NODE, slug, area=area.noun_id, visibility=visibility, category="sport", title={"de": f"Ort {slug}"}
    )  # fmt: skip


@pytest.fixture
def town(db: None) -> tuple[Area, Area]:
    """Two districts with a place each, and a third place that is still a draft."""
    north, south = district("nord", 10.0), district("sued", 10.1)
    place("wiese", north)
    place("halle", south)
    place("geheim", north, "draft")
    return north, south


def near(client: Client, query: str = "") -> list[str]:
    return [card.title for card in client.get(f"/{query}").context["near"]]


@pytest.mark.usefixtures("town")
def test_the_chosen_district_shows_its_places_and_nothing_is_remembered(client: Client) -> None:
    assert near(client) == []
    assert near(client, "?area=nord") == ["Ort wiese"]
    assert near(client, "?area=sued") == ["Ort halle"]
    assert near(client, "?area=nowhere") == []
    assert near(client, "?area=%3Cscript%3E") == []
    assert client.cookies == {}
    assert "Ort geheim" not in client.get("/?area=nord").content.decode()


def test_who_has_told_us_their_home_sees_it_first(
    client: Client, town: tuple[Area, Area], person: Callable[..., object]
) -> None:
    account = person("anna")
    account.home_id = town[1].noun_id  # type: ignore[attr-defined]
    account.save()  # type: ignore[attr-defined]
    client.force_login(account)  # type: ignore[arg-type]
    assert near(client) == ["Ort halle"]
    assert near(client, "?area=nord") == ["Ort wiese"]


def test_the_start_page_asks_as_often_for_many_places_as_for_one(
    client: Client, town: tuple[Area, Area]
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/?area=nord")
        return len(queries)

    client.get("/?area=nord")
    few = asked()
    for number in range(12):
        place(f"ort-{number}", town[0])
    assert asked() == few


@pytest.mark.django_db
def test_an_empty_city_has_a_start_page(client: Client) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert page.context["districts"] == []
    assert "So machen Sie mit" in page.content.decode()


@pytest.mark.django_db
def test_a_barrier_becomes_a_need_with_a_way_to_answer(client: Client) -> None:
    form = client.get("/accessibility/feedback/").context["form"]
    said = {
        "page": "/places/",
        "words": "Die Karte springt.",
        "contact": "a@example.org",
        "form": form["form"].value(),
    }
    answer = client.post("/accessibility/feedback/", said)
    assert answer.status_code == 302
    assert "Danke" in client.get(answer["Location"]).content.decode()
    need = Need.objects.get()
    assert (need.kind, need.contact) == ("problem", "a@example.org")
    assert need.words == "Barriere auf der Seite /places/: Die Karte springt."
    assert need.noun.visibility == "draft"
    assert client.post("/accessibility/feedback/", said).status_code == 302  # sent twice, kept once
    assert Need.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "text"), [("words", ""), ("words", "x" * 1801), ("page", "x" * 151), ("contact", "nobody")]
)
def test_a_barrier_that_cannot_be_kept_says_why_beside_the_field(
    client: Client, field: str, text: str
) -> None:
    said = {"page": "", "words": "Die Karte springt.", "contact": "", "form": str(uuid4()), field: text}
    answer = client.post("/accessibility/feedback/", said)
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert not Need.objects.exists()


@pytest.mark.django_db
def test_legal_pages_say_what_is_not_filled_in_yet_and_then_what_is(client: Client) -> None:
    assert "noch keine Anschrift" in client.get("/imprint/").content.decode()
    assert "hat die Stadt hier noch nicht eingetragen" in client.get("/accessibility/").content.decode()
    identity.keep_identity(
        NODE,
        name="Neustadt",
        contact="Markt 1",
        texts={"enforcement": {"de": "Landesstelle <b>Nord</b>"}, "privacy": {"de": "# Ihre Rechte"}},
    )
    assert "noch keine Anschrift" not in client.get("/imprint/").content.decode()
    accessibility = client.get("/accessibility/").content.decode()
    assert "Landesstelle &lt;b&gt;Nord&lt;/b&gt;" in accessibility
    assert "<h2>Ihre Rechte</h2>" in client.get("/privacy/").content.decode()


def test_titles_are_words_and_not_markup(client: Client, town: tuple[Area, Area]) -> None:
    keep_place(
        NODE, "wiese", area=town[0].noun_id, visibility="public", category="sport", title={"de": "<i>Ort</i>"}
    )  # fmt: skip
    page = client.get("/?area=nord").content.decode()
    assert "<i>Ort" not in page
    assert "&lt;i&gt;Ort" in page


def test_a_page_that_says_the_database_is_away_does_not_ask_it(
    client: Client, person: Callable[..., object], django_assert_num_queries: Callable[..., object]
) -> None:
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.user = person("anna")  # type: ignore[assignment]
    identity.forget()
    away = Refusal("node.database-away", "Gerade nicht.", status=503)
    with django_assert_num_queries(0):  # type: ignore[attr-defined]
        answer = answered(request, away)
    assert answer.status_code == 503
    assert "Gerade nicht." in answer.content.decode()
