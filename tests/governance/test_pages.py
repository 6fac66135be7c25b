# SPDX-License-Identifier: EUPL-1.2
"""The pages and the machine formats: what they say, that their cost does not grow, and the desk without a script."""

import csv
import html
import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from smilecity.core import clock
from smilecity.core.models import Noun
from smilecity.core.nouns import sort_key
from smilecity.core.who import NODE
from smilecity.governance import actions, reads
from smilecity.governance.models import Milestone, Project, ProjectStep
from smilecity.governance.rules.description import Row
from smilecity.people import actions as people
from smilecity.people.models import Account, Organisation
from tests.governance.ground import (
    NOW,
    SPOT,
    TODAY,
    holding,
    keep,
    keep_area,
    keep_organisation,
    keep_pier,
    say,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Any:
    with clock.frozen(NOW):
        yield


def text_of(client: Client, path: str, status: int = 200) -> str:
    """What the page says, without markup."""
    answer = client.get(path)
    assert answer.status_code == status
    return words(answer)


def words(answer: Any) -> str:
    main = answer.content.decode().partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


@pytest.fixture
def planner(client: Client) -> Client:
    """Signed in as who plans in the ward; the clerk's role lets them read needs."""
    area = keep_area()
    office = Organisation.objects.get(noun=keep_organisation("office", area))
    account = Account.objects.create(email="paul@example.org", pseudonym="Paul", pseudonym_shape="paul")
    for role in ("planner", "clerk"):
        people.give_role(NODE, account, role, office, area)
    client.force_login(account)
    return client


def many(count: int) -> None:
    """So many public projects with milestones, made quickly."""
    nouns = Noun.objects.bulk_create(
        Noun(
            id=1_000_000 + n, kind="project", address=f"projects/many-{n}", title={"de": f"Viele {n:05}"},
            sort=sort_key(f"Viele {n:05}"), geo={"type": "Point", "coordinates": [12.0 + n / 10_000, 54.0]},
            visibility="public", changed_at=NOW,
        )
        for n in range(count)
    )  # fmt: skip
    projects = Project.objects.bulk_create(Project(noun=noun, state="running") for noun in nouns)
    Milestone.objects.bulk_create(
        Milestone(project=one, order=n, title={"de": "A"}, due=TODAY) for one in projects for n in range(3)
    )


@pytest.mark.parametrize(
    "path",
    [
        "/projects/",
        "/projects/points.json",
        "/projects/feed.atom",
        "/projects/projects.csv",
        "/api/projects?size=200",
    ],
)
def test_it_costs_the_same_among_thirty_and_five_hundred(client: Client, path: str) -> None:
    costs = []
    for count in (30, 500):
        Noun.objects.filter(kind="project").delete()
        many(count)
        client.get("/imprint/")  # who the city is, is remembered
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 6


def test_a_page_says_what_where_who_how_far_and_why(client: Client) -> None:
    area, pier = keep_area(), keep_pier()
    office, need = keep_organisation("office", area), say(pier.noun_id)
    project = keep(
        area=area, keeper=office, text={"de": "Bäume."}, simple={"de": "Es wird kühl."}, places=[pier.noun_id],
        budget=10_000_00, spent=2_500_50, money_from={"de": "Haushalt"}, contact={"de": "Team Grün"},
        rows=[Row({"de": "Pflanzen"}, TODAY - timedelta(days=3)), Row({"de": "Messen"}, TODAY, 1)],
    )  # fmt: skip
    actions.answer_with(holding("clerk", area), project.noun_id, [need])
    said = text_of(client, "/projects/shade/")
    for part in (
        "Schatten läuft Office · Ward",
        "Als Nächstes: Pflanzen. Geplant war es bis zum 19. November.",
        "Im Verzug seit dem 19. November. Ein Grund ist noch nicht genannt.",
        "0 von 2 Meilensteinen erreicht, 0 Prozent des Weges.",
        "Pflanzen im Verzug geplant bis 19. November",
        "1 Anliegen aus der Stadt. Die Worte selbst lesen nur die",
        "Von geplanten 10.000 € sind 2.500,50 € ausgegeben.",
        "Das Geld kommt von: Haushalt",
        "Team Grün",
        "Es wird kühl.",
        "Pier",
    ):
        assert part in said
    actions.say_step(NODE, project.noun_id, state="running", why={"de": "Es regnet."}, delay=True)
    said = text_of(client, "/projects/shade/")
    assert "Im Verzug seit dem 19. November. Es regnet." in said
    assert "Warum es länger dauert: Es regnet." in said
    assert "Next: Pflanzen. It was planned by 19 November." in text_of(client, "/en/projects/shade/")


def test_without_milestones_it_is_not_planned_yet_instead_of_nothing_done(client: Client) -> None:
    keep()
    said = text_of(client, "/projects/shade/")
    assert "Noch keine Meilensteine geplant." in said
    assert "Was es kostet, ist noch nicht gesagt." in said
    assert "0 Prozent" not in said


def test_search_engines_read_it_and_no_text_ends_its_block(client: Client) -> None:
    keep(title={"de": "</script><b>"}, position=SPOT)
    body = client.get("/projects/shade/").content.decode()
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', body)
    assert block is not None
    said = json.loads(block[1])
    assert (said["@type"], said["name"]) == ("Project", "</script><b>")
    assert said["location"][0]["geo"]["latitude"] == SPOT[1]


def test_what_is_internal_is_nowhere_for_others(client: Client) -> None:
    keep(public=False, position=SPOT)
    assert client.get("/projects/shade/").status_code == 404
    assert client.get("/projects/shade/point.json").status_code == 404
    assert client.get("/api/projects/shade").status_code == 404
    for path in ("/projects/", "/projects/feed.atom", "/projects/points.json", "/projects/projects.csv",
                 "/projects/projects.json", "/api/projects", "/search/?q=schatten"):  # fmt: skip
        assert "projects/shade" not in client.get(path).content.decode()


def test_the_list_is_narrowed_by_state_area_and_words(client: Client) -> None:
    area = keep_area()
    keep(area=area, title={"de": "Bäume am Hafen"})
    done = keep("lamps", title={"de": "Lampen am Weg"})
    actions.say_step(NODE, done.noun_id, state="done", why={"de": "Sie leuchten."})
    for query, seen, hidden in (
        ("state=done", "Lampen", "Bäume"),
        ("area=ward", "Bäume", "Lampen"),
        ("q=baum", "Bäume", "Lampen"),
    ):
        said = text_of(client, f"/projects/?{query}")
        assert seen in said and hidden not in said, query
    assert "Dazu haben wir kein Projekt gefunden" in text_of(client, "/projects/?area=nowhere")
    assert client.get("/projects/?after=nonsense").status_code == 400
    assert client.get("/projects/?q=%00&state=x").status_code == 200


def test_an_empty_list_says_what_to_do(client: Client) -> None:
    assert "Hier steht noch kein Projekt" in text_of(client, "/projects/")


def test_open_data_is_the_same_in_every_form(client: Client) -> None:
    keep(rows=[Row({"de": "A"}, TODAY - timedelta(days=1), 2), Row({"de": "B"})], budget=5, position=SPOT)
    (row,) = csv.DictReader(io.StringIO(client.get("/projects/projects.csv").content.decode()))
    (one,) = client.get("/projects/projects.json").json()["items"]
    assert one == client.get("/api/projects/shade").json() == client.get("/api/projects").json()["items"][0]
    assert (row["key"], row["state"], row["progress_percent"], row["milestones"]) == (
        "shade",
        "running",
        "0",
        "2",
    )
    assert (row["behind_since"], row["behind_explained"], row["budget_cents"]) == ("2026-11-21", "false", "5")
    assert (one["behind_since"], one["position"], len(one["milestones"])) == ("2026-11-21", list(SPOT), 2)
    etag = client.get("/projects/projects.csv")["ETag"]
    assert client.get("/projects/projects.csv", headers={"If-None-Match": etag}).status_code == 304


def test_the_feed_has_the_last_changed_first(client: Client) -> None:
    keep(title={"de": "Erst"})
    with clock.frozen(NOW + timedelta(hours=1)):
        keep("later", title={"de": "Dann"})
    body = client.get("/projects/feed.atom").content.decode()
    assert body.index("Dann") < body.index("Erst")


NEW = {
    "slug": "shade",
    "title_de": "Schatten",
    "ends_on": "2027-05-31",
    "budget": "12.500,50",
    "position": "54.1, 12.1",
}


def test_a_planner_makes_a_project_from_nothing_without_a_script(planner: Client) -> None:
    office = Noun.objects.get(address="organisations/office").id
    answer = planner.post("/desk/projects/new/", {**NEW, "keeper": office})
    assert (answer.status_code, answer["Location"]) == (302, "/desk/projects/shade/milestones/")
    project = Project.objects.get()
    assert (project.budget, project.ends_on.isoformat()) == (1_250_050, "2027-05-31")
    rows = {
        "rows": "3",
        "m0-milestone_de": "Pflanzen",
        "m0-due": "2027-01-31",
        "m0-weight": "2",
        "m2-milestone_de": "Messen",
    }
    assert planner.post("/desk/projects/shade/milestones/", rows).status_code == 302
    assert [(one.title["de"], one.weight) for one in project.milestones.all()] == [
        ("Pflanzen", 2),
        ("Messen", 1),
    ]
    assert "noch nicht für alle sichtbar" in text_of(planner, "/desk/projects/")
    desk = "/desk/projects/shade/"
    for sent in (
        {"do": "say", "state": "running", "why_de": "Es geht los."},
        {"do": "publish"},
        {"do": "reach", "milestone": project.milestones.all()[0].id, "on": "2026-11-20"},
    ):
        assert planner.post(desk, sent).status_code == 302, sent
    assert "1 von 2 Meilensteinen erreicht, 66 Prozent des Weges." in text_of(Client(), "/projects/shade/")


def test_needs_are_chosen_by_their_words(planner: Client) -> None:
    pier = keep_pier()
    need, project = say(pier.noun_id, "Kein Fleck Schatten hier"), keep(position=SPOT)
    assert "Kein Fleck Schatten hier" in text_of(planner, "/desk/projects/shade/")
    answer = planner.post("/desk/projects/shade/", {"do": "answer", "need": [need]}, follow=True)
    assert "Verbunden. Wer es gesagt hat, erfährt davon." in answer.content.decode()
    assert reads.answered(NODE, project.noun).count == 1
    assert planner.post("/desk/projects/shade/", {"do": "let-go", "need": need}).status_code == 302
    assert reads.answered(NODE, project.noun).count == 0


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"title_de": ""}, "title_de"), ({"slug": "../x"}, "slug"), ({"slug": "new"}, "slug"), ({"budget": "x"}, "budget"),
     ({"ends_on": "morgen"}, "ends_on"), ({"ends_on": "9999-01-01"}, "ends_on"), ({"position": "hier"}, "position"),
     ({"position": "95, 500"}, "position"), ({"email": "x"}, "email"), ({"places_1": "77"}, "places_1"),
     ({"starts_on": "2028-01-01"}, "ends_on"), ({"text_de": "x" * 5000}, "text_de")],
)  # fmt: skip
def test_every_error_stands_beside_its_field(planner: Client, changed: dict[str, str], field: str) -> None:
    answer = planner.post("/desk/projects/new/", {**NEW, **changed})
    assert answer.status_code == 422
    body = answer.content.decode()
    assert f'id="id_{field}_error"' in body
    assert "12.500,50" in body or field == "budget"
    assert not Project.objects.exists()


def test_the_desk_asks_why_and_nothing_is_lost(planner: Client) -> None:
    keep(position=SPOT, ends_on=TODAY, rows=[Row({"de": "Pflanzen"}, TODAY)])
    page = planner.get("/desk/projects/shade/edit/").content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen is not None
    typed = {
        "title_de": "Neuer Name",
        "ends_on": "2027-01-01",
        "seen": html.unescape(seen[1]),
        "position": "54.1, 12.1",
    }
    answer = planner.post("/desk/projects/shade/edit/", typed)
    assert answer.status_code == 422
    assert 'id="id_delay_de_error"' in answer.content.decode() and "Neuer Name" in answer.content.decode()
    assert planner.post("/desk/projects/shade/edit/", {**typed, "delay_de": "Frost."}).status_code == 302
    assert ProjectStep.objects.filter(delay=True, why={"de": "Frost."}).exists()
    stale = planner.post("/desk/projects/shade/edit/", {**typed, "title_de": "Noch einer", "seen": "old"})
    assert stale.status_code == 409 and "Inzwischen hat jemand anders gespeichert." in words(stale)
    known = Milestone.objects.get()
    row = {"rows": "1", "m0-id": known.id, "m0-milestone_de": "Pflanzen", "m0-due": "2027-05-01"}
    answer = planner.post("/desk/projects/shade/milestones/", row)
    assert answer.status_code == 422 and 'id="id_delay_de_error"' in answer.content.decode()
    answer = planner.post(
        "/desk/projects/shade/milestones/", {**row, "m0-due": "2026-11-22", "m0-weight": "999"}
    )
    assert answer.status_code == 422 and 'id="id_m0-weight_error"' in answer.content.decode()


@pytest.mark.parametrize(
    "sent",
    [{"do": "say", "state": "done", "why_de": "Fertig."}, {"do": "say", "state": "running", "why_de": " "},
     {"do": "say", "state": "nonsense", "why_de": "x"}, {"do": "reach", "milestone": "x"}, {"do": "answer"},
     {"do": "reach", "milestone": "1", "on": "2026-02-31"}, {"do": "reach", "milestone": "9" * 18, "on": "2026-01-01"},
     {"do": "let-go", "need": "9" * 40}, {"do": "nonsense"}, {}],
)  # fmt: skip
def test_bad_input_at_the_desk_is_a_sentence(planner: Client, sent: dict[str, str]) -> None:
    keep(position=SPOT, rows=[Row({"de": "Pflanzen"})])
    steps = ProjectStep.objects.count()
    answer = planner.post("/desk/projects/shade/", sent)
    assert 400 <= answer.status_code < 500
    assert ProjectStep.objects.count() == steps


def test_the_desk_is_for_those_who_write(client: Client, planner: Client) -> None:
    keep()
    elsewhere = keep_area("elsewhere")
    Noun.objects.filter(kind="project").update(area=elsewhere)
    assert planner.get("/desk/projects/shade/").status_code == 404
    nobody = Client()
    assert nobody.get("/desk/projects/").status_code == 302
    nobody.force_login(Account.objects.create(email="n@example.org", pseudonym="N", pseudonym_shape="n"))
    assert nobody.get("/desk/projects/").status_code == 403
    assert nobody.post("/desk/projects/shade/", {"do": "publish"}).status_code == 404
