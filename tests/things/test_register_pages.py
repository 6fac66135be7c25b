# SPDX-License-Identifier: EUPL-1.2
"""The register of sensors: what residents read, what stays hidden, and what those who keep sensors write."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import segno
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from smilecity.core import clock, links
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE
from smilecity.things import actions
from smilecity.things.models import Datastream, Observation
from smilecity.things.reads import register as reads
from smilecity.things.rules import register
from smilecity.things.rules.declaration import Declaration
from smilecity.things.rules.register import Wish
from tests.things import stage
from tests.things.register_stage import hangs, main, tells

Make = Callable[..., Any]


@pytest.fixture
def olga(client: Client, person: Make, organisation: Make) -> Client:
    account = person("olga", ("operator", organisation("municipality", "Stadt"), None))
    signed_in = Client()
    signed_in.force_login(account)
    return signed_in


@pytest.mark.django_db
def test_the_list_says_what_is_measured_and_how_it_is(client: Client) -> None:
    tells(hangs("wiese"), "soil", 23.46)
    tells(hangs("teich"), "soil", 3, ago=timedelta(days=2))
    hangs("neu")
    page = main(client, "/things/")
    assert "3 Sensoren" in page
    assert "soil: 23,5 %" in page and "misst gerade" in page
    assert "schweigt seit" in page and "hat noch nie etwas gemeldet" in page
    assert "soil: 3 %" not in page  # what is old is no value of now


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=wiese", {"wiese"}),
        ("measures=urn:noise", {"laut"}),
        ("measures=urn:nothing", set()),
        ("state=working", {"wiese"}),
        ("state=silent", {"laut"}),
        ("state=never", {"neu"}),
        ("state=made-up", {"wiese", "laut", "neu"}),
        ("runs=Grünamt", {"wiese"}),
        ("runs=organisations/stadt", {"laut"}),
        ("runs=Nobody", set()),
        ("area=nord", {"neu"}),
        ("area=nowhere", set()),
        ("measures=urn:soil&state=working&q=wiese", {"wiese"}),
    ],
)
def test_filters_find_what_they_say(client: Client, organisation: Make, query: str, found: set[str]) -> None:
    from smilecity.space import actions as space

    square = {"type": "Polygon", "coordinates": [[[12, 54], [12.2, 54], [12.2, 54.2], [12, 54.2], [12, 54]]]}
    nord = space.keep_area(NODE, "district", "nord", {"de": "Nord"}, square)
    town = organisation("municipality", "Stadt")
    tells(hangs("wiese"), "soil", 20)
    tells(hangs("laut", keeper_id=town.noun_id), "noise", 50, ago=timedelta(days=1), what="noise")
    hangs(
        "neu",
        area=nord.noun_id,
        declared=Declaration({"de": "x"}, operator="Andere", retention=timedelta(days=1)),
    )
    page = main(client, f"/things/?{query}")
    assert set(re.findall(r'class="smile-stretched" href="/things/([a-z]+)/"', page)) == found
    points = client.get(f"/things/points.json?{query}").json()["features"]
    assert {one["properties"]["url"] for one in points} == {f"/things/{key}/" for key in found}
    assert client.get(f"/things/tiles/0/0/0.mvt?{query}").status_code == 200


@pytest.mark.django_db
def test_a_hidden_thing_is_nowhere(client: Client, olga: Client) -> None:
    tells(hangs("geheim", visibility=Noun.INTERNAL), "soil", 20)
    assert "geheim" not in main(client, "/things/")
    assert client.get("/things/points.json").json()["features"] == []
    for page in ("", "now/", "point.json", "sign/", "qr.svg"):
        assert client.get(f"/things/geheim/{page}").status_code == 404, page
        assert olga.get(f"/things/geheim/{page}").status_code == 200, page
    assert "geheim" in main(olga, "/things/")


@pytest.mark.django_db
def test_a_hidden_datastream_is_nowhere_and_finds_nothing(client: Client, olga: Client) -> None:
    thing = hangs("mast")
    tells(thing, "offen", 20, ago=timedelta(days=3))
    tells(thing, "verborgen", 77, what="secret", visibility=Noun.INTERNAL)
    tells(thing, "geteilt", 66, what="shared", visibility=Datastream.PARTNERS)
    for page in ("/things/", "/things/mast/", "/things/mast/now/", "/things/mast/sign/"):
        text = client.get(page).content.decode()
        assert not re.search("verborgen|geteilt|secret|shared|77 |66 ", text, re.IGNORECASE), page
    assert "verborgen" in main(olga, "/things/mast/")
    # What is hidden makes the thing neither work nor be found by what it observes.
    assert "mast" in main(client, "/things/?state=silent") and "mast" in main(olga, "/things/?state=working")
    assert not reads.found(ANYONE, Wish(measures="urn:secret")).exists()
    assert not reads.found(ANYONE, Wish(state=register.WORKING)).exists()
    assert [one.definition for one in reads.measured(ANYONE)] == ["urn:soil"]


@pytest.mark.django_db
def test_the_page_says_what_it_is_for_and_who_runs_it(client: Client) -> None:
    tells(hangs("wiese"), "soil", 20)
    page = main(client, "/things/wiese/")
    for sentence in ("Damit die Wiese nicht vertrocknet.", "Keine nötig.", "Nein.", "Der Fühler steckt in der Erde.",
                     "Grünamt", "2 Jahre. Danach bleiben nur Mittelwerte je Stunde."):  # fmt: skip
        assert sentence in page, sentence
    english = main(client, "/en/things/wiese/")
    assert "So that the lawn does not dry out." in english and "Can I be recognised?" in english


@pytest.mark.django_db
def test_nobody_is_told_no_before_somebody_has_said_why(client: Client) -> None:
    hangs("stumm", declared=Declaration({"de": "Messen."}, operator="Amt", retention=timedelta(days=30)))
    page = main(client, "/things/stumm/")
    assert "Nein." not in page and "Dazu hat der Betreiber noch nichts gesagt." in page
    assert "Er erkennt niemanden." not in main(client, "/things/stumm/sign/")


@pytest.mark.django_db
def test_what_it_records_about_me_is_two_steps_from_the_list(client: Client) -> None:
    hangs("wiese")
    first = re.search(r'class="smile-stretched" href="([^"]+)"', main(client, "/things/"))
    assert first is not None
    page = main(client, first[1])
    assert '<a href="#ueber-mich">Was zeichnet dieser Sensor über mich auf?</a>' in page
    assert re.search(r'<h2 id="ueber-mich"[^>]*>Was zeichnet dieser Sensor über mich auf\?</h2>', page)
    assert page.index('href="#ueber-mich"') < page.index("<section")


@pytest.mark.django_db
@pytest.mark.parametrize("few", [1, 2, 3])
def test_a_few_people_are_never_counted_aloud(client: Client, few: int) -> None:
    assert few < settings.SMILE.few_below
    tells(hangs("tor"), "people", few, people=True, unit={"name": "1", "symbol": ""})
    for page in ("/things/", "/things/tor/", "/things/tor/now/"):
        text = client.get(page).content.decode()
        assert re.search("[Ee]inige wenige Personen", text), page
        assert not re.search(rf"\b{few} Person|etwa {few}\b", text), page


@pytest.mark.django_db
def test_it_tells_the_places_it_measures_for_unless_they_are_hidden(client: Client) -> None:
    from smilecity.places import actions as places

    thing = hangs("wiese")
    for slug, visibility in (("park", "public"), ("plan", "draft")):
        place = places.keep_place(
            NODE,
            slug,
            title={"de": slug.capitalize()},
            category="sport",
            visibility=visibility,
            position=(12.1, 54.1),
        )
        places.keep_sense(NODE, place, "soil", tells(thing, f"soil {slug}").id)
    page = main(client, "/things/wiese/")
    assert '<a href="/places/park/">Park</a>' in page and "Plan" not in page
    assert len(links.linked_from(thing.pk, "measures")) == 2


@pytest.mark.django_db
def test_a_question_reaches_the_desk_of_who_runs_it(client: Client, person: Make, organisation: Make) -> None:
    club = organisation("club", "Wetterfreunde")
    karim, tina = (
        person("karim", ("trainer", club, None)),
        person("tina", ("trainer", organisation("club", "TSV"), None)),
    )
    thing = hangs("wiese", keeper_id=club.noun_id)
    link = re.search(r'href="(/say/[^"]+)"><span[^>]*>Den Betreiber fragen', main(client, "/things/wiese/"))
    assert link is not None
    form = client.get(link[1]).content.decode()
    assert re.search(r'value="question"[^>]*checked', form)
    number = re.search(r'name="form" value="([^"]+)"', form)
    assert number is not None and f'name="about" value="{thing.pk}"' in form
    words = "Wer sieht die Werte?"
    answer = client.post("/say/", {"about": thing.pk, "kind": "question", "words": words, "form": number[1]})
    assert answer.status_code == 302
    for account, reads_it in ((karim, True), (tina, False)):
        desk = Client()
        desk.force_login(account)
        assert (words in desk.get("/desk/needs/").content.decode()) == reads_it


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    ["day=9999-99-99", "day=0001-01-01", "day=9999-12-31", "day=2026-11-31&span=month", "span=century", "stream=1x",
     "stream=99999999999999999999", "span=year&day=1969-01-01"],
)  # fmt: skip
def test_whatever_stands_in_an_address_gives_a_page(client: Client, query: str) -> None:
    tells(hangs("wiese"), "soil", 20)
    main(client, f"/things/wiese/?{query}")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("span", "title", "step"),
    [("day", "Heute", "11:45"), ("week", "16. November – 22. November", "Fr 12:00"),
     ("month", "November 2026", "20. November"), ("year", "2026", "20. November")],
)  # fmt: skip
def test_the_course_is_drawn_told_and_a_table(
    client: Client, monkeypatch: pytest.MonkeyPatch, span: str, title: str, step: str
) -> None:
    at = stage.NOON - timedelta(hours=1)  # noon in the city
    monkeypatch.setattr(clock, "now", lambda: stage.NOON + timedelta(hours=2))
    actions.keep_months(NODE, 1)
    thing = hangs("wiese")
    soil = tells(thing, "soil", 20, ago=timedelta(hours=1))
    people = tells(thing, "people", 2, ago=timedelta(hours=1), people=True)
    for number, (made, minutes, value) in enumerate(
        [(soil, -10, 18.0), (soil, -5, 22.0), (soil, 5, 30.0), (people, -5, 2.0), (people, 5, 3.0)]
    ):
        Observation.objects.create(
            id=1000 + number, datastream=made, phenomenon_time=at + timedelta(minutes=minutes), result=value
        )
    page = main(client, f"/things/wiese/?span={span}&day=2026-11-20")
    assert f"<strong>{title}</strong>" in page and step in page
    assert "Am höchsten war der Wert" in page and "mit 30 %" in page and "mit 18 %" in page
    assert "Am meisten los war" in page and "einige wenige Personen" in page
    rows = re.findall(r"<tr[^>]*><th[^>]*><time[^>]*>([^<]*)</time></th>(.*?)</tr>", page)
    cells = {
        time: re.findall(r'data-value="([^"]*)">([^<]*)<', rest) for time, rest in rows[len(rows) // 2 :]
    }
    assert cells[step][0] in {("20", "20 %"), ("23.33333333", "23,3 %"), ("30", "30 %")}
    counted = {value for time, rest in rows[: len(rows) // 2] for value in re.findall(r">([^<]+)</td>", rest)}
    assert counted == {"einige wenige", "–"} - ({"–"} if span == "year" else set())  # never 2 or 3
    assert "&stream=" not in page


FIVE_PAST = datetime(2026, 11, 20, 23, 5, tzinfo=UTC)  # five past midnight of the 21st in the city


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ago", "day"),
    [(timedelta(minutes=10), "2026-11-20"), (timedelta(days=30), "2026-10-22"), (timedelta(0), "2026-11-21")],
)
def test_the_course_is_that_of_the_newest_day_measured(client: Client, ago: timedelta, day: str) -> None:
    with clock.frozen(FIVE_PAST):
        soil = tells(hangs("wiese"), "soil", 20, ago=ago)
        at = FIVE_PAST - ago
        with connection.cursor() as cursor:
            cursor.execute("SELECT things_keep_partition(%s)", [at])
        Observation.objects.create(id=1, datastream=soil, phenomenon_time=at, result=20)
        page = main(client, "/things/wiese/")
        assert 'data-value="20"' in page
        same, empty = main(client, f"/things/wiese/?day={day}"), main(client, "/things/wiese/?day=2026-11-01")
    assert 'data-value="20"' in same
    assert 'data-value="20"' not in empty


@pytest.mark.django_db
def test_what_never_measured_has_no_course(client: Client) -> None:
    with clock.frozen(FIVE_PAST):
        tells(hangs("wiese"), "soil")
        page = main(client, "/things/wiese/")
    assert "noch nie etwas gemeldet" in page and "series-chart" not in page


@pytest.mark.django_db
def test_values_are_taken_away_but_not_single_people(client: Client, olga: Client) -> None:
    thing = hangs("wiese")
    soil, people = tells(thing, "soil", 20), tells(thing, "people", 2, people=True)
    page = main(client, "/things/wiese/")
    assert f'href="/things/wiese/{soil.id}.csv"' in page and f"/things/wiese/{people.id}." not in page
    assert f'href="/things/wiese/{people.id}.parquet"' in main(olga, "/things/wiese/")
    assert client.get(f"/things/wiese/{soil.id}.csv").status_code == 200


@pytest.mark.django_db
def test_bad_input_is_refused_or_left_out(client: Client) -> None:
    hangs("wiese")
    assert client.get("/things/?after=xx").status_code == 400
    main(client, "/things/?q=%00" + "x" * 5000 + "&area=%00'&measures=%27%3B--&runs=organisations/")
    for missing in (
        "/things/nothing/",
        "/things/uplinks-x/",
        "/things/nothing/qr.svg",
        "/things/tiles/1/9/9.mvt",
    ):
        assert client.get(missing).status_code == 404, missing
    assert client.post("/things/").status_code == 405
    with pytest.raises(Refusal):
        hangs("uplinks")  # that address takes messages in


@pytest.mark.django_db
def test_pages_cost_the_same_however_many_things(client: Client) -> None:
    def asked(address: str) -> int:
        from django.core.cache import cache

        cache.clear()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    tells(hangs("eins"), "soil", 20)
    addresses = ("/things/", "/things/?state=working", "/things/points.json", "/things/eins/now/")
    before = [asked(one) for one in addresses]
    for number in range(25):
        tells(hangs(f"mast-{number}"), "soil", 20)
    assert [asked(one) for one in addresses] == [
        before[0] + 1,
        before[1] + 1,
        *before[2:],
    ]  # more than a page: counted
    page = main(client, "/things/")
    more = re.search(r'href="(\?after=[^"]+)"', page)
    assert more is not None
    rest = main(client, f"/things/{more[1]}")
    seen = re.findall(r'href="/things/([a-z0-9-]+)/"', page) + re.findall(
        r'href="/things/([a-z0-9-]+)/"', rest
    )
    assert len(seen) == len(set(seen)) == 26


@pytest.mark.django_db
def test_the_sign_leads_to_the_page(client: Client) -> None:
    tells(hangs("wiese"), "soil", 20)
    sign = main(client, "/things/wiese/sign/?size=a6")
    assert "Er erkennt niemanden." in sign and "Betrieben von Grünamt" in sign and "thing-sign--a6" in sign
    assert 'src="/things/wiese/qr.svg"' in sign and "testserver/things/wiese" in sign
    drawn = client.get("/things/wiese/qr.svg")
    assert drawn["Content-Type"] == "image/svg+xml"
    expected = segno.make("http://testserver/things/wiese/", error="m", micro=False)
    assert drawn.content.decode().endswith(
        expected.svg_inline(scale=8, border=4, dark="#000", light="#fff").split(">", 1)[1]
    )
    assert "<script" not in drawn.content.decode()


@pytest.mark.django_db
def test_the_page_changes_by_itself_for_what_may_be_followed(client: Client) -> None:
    made = tells(hangs("wiese"), "soil", 20)
    page = main(client, "/things/wiese/")
    assert f"about={made.thing_id}&about={made.id}&since=" in page
    assert 'data-live-fetch="/things/wiese/now/"' in page
    assert client.get("/things/wiese/now/")["Cache-Control"] == "no-cache"
