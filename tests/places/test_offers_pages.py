# SPDX-License-Identifier: EUPL-1.2
"""What residents see of offers: the list by day, the page of one, registering without a script, feeds and widget."""

import html
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from icalendar import Calendar

from smilecity.core import clock
from smilecity.places.models import Registration
from tests.places.ground import keep_court
from tests.places.offers_ground import dates, keep

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)  # a Thursday, 10:00 in the city
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOSTILE = "</script><script>alert(1)</script>"


@pytest.fixture(autouse=True)
def _thursday(db: None) -> Iterator[None]:
    with clock.frozen(NOW):
        yield


def text_of(answer: HttpResponse) -> str:
    """The page's words, without markup."""
    words = re.sub(r"<script.*?</script>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(words).split())


def titles(client: Client, query: str = "") -> list[str]:
    cache.clear()
    page = client.get(f"/offers/{query}")
    assert page.status_code == 200
    return re.findall(r'smile-stretched" href="/offers/[^"]*">([^<]+)</a>', page.content.decode())


def a_week() -> None:
    keep("now", NOW - HOUR, kind="join", age_from=6, age_to=12)
    keep("tonight", NOW + 9 * HOUR, free=True, languages=["de", "uk"])
    keep("tomorrow", NOW + DAY, category="sport", access={"sign_language": "yes"})
    keep("saturday", NOW + 2 * DAY + 4 * HOUR, weeks=3, kind="help")
    keep("hidden", NOW + HOUR, visibility="draft")


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("", ["now", "tonight", "tomorrow", "saturday", "saturday", "saturday"]),
        ("?when=now", ["now"]),
        ("?when=today", ["now", "tonight"]),
        ("?when=tomorrow", ["tomorrow"]),
        ("?when=weekend", ["saturday"]),
        ("?when=&day=2026-11-27&from=&to=", ["tomorrow"]),
        ("?day=2026-11-26&from=18:00&to=20:00", ["tonight"]),
        ("?weekday=sa", ["saturday", "saturday", "saturday"]),
        ("?age=7", ["now"]),
        ("?age=70", []),
        ("?age=70&unknown=1", ["tonight", "tomorrow", "saturday", "saturday", "saturday"]),
        ("?free=1", ["tonight"]),
        ("?language=uk", ["tonight"]),
        ("?access=sign_language", ["tomorrow"]),
        ("?kind=help&when=weekend", ["saturday"]),
        ("?category=sport", ["tomorrow"]),
        ("?q=tonight", ["tonight"]),
        ("?q=qqqqqq", []),
    ],
)
def test_the_list_answers_what_is_asked(client: Client, query: str, answer: list[str]) -> None:
    a_week()
    assert titles(client, query) == [f"Kurs {one}" for one in answer]


def test_today_comes_first_and_days_have_names(client: Client) -> None:
    a_week()
    said = text_of(client.get("/offers/"))
    assert re.search(
        r"Heute, Donnerstag, 26\. November.*Morgen, Freitag, 27\. November.*Samstag, 28\. November", said
    )
    assert "09:00 bis 11:00 Uhr" in said
    assert "Wer macht mit?" in said
    assert "6 Termine" in said


@pytest.mark.parametrize(
    "query",
    [
        "when=yesterday", "day=2026-11-25", "day=x", "day=2030-01-01", "from=25:00", "from=18:00&to=17:00",
        "weekday=8", "age=-1", "age=999", "kind=x", "category=x", "access=x", "near=91,0", "near=x",
        "place=../x", "organiser=%00", "after=1-x", "language=1",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "path", ["/offers/", "/offers/calendar.ics", "/offers/points.json", "/offers/widget/"]
)
def test_what_cannot_be_asked_is_refused_and_never_an_error(client: Client, path: str, query: str) -> None:
    answer = client.get(f"{path}?{query}")
    if "after" not in query or path == "/offers/":
        assert answer.status_code in (400, 422)


def test_its_cost_does_not_grow(client: Client) -> None:
    court, costs = keep_court(), []
    client.get("/imprint/")
    for count in (3, 60):
        for number in range(count):
            keep(f"n{count}-{number}", NOW + HOUR * number, place=court)
        for path in ("/offers/", "/offers/points.json", "/offers/calendar.ics", "/places/court/"):
            cache.clear()
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert client.get(path).status_code == 200
            costs.append(len(asked))
    assert costs[:4] == costs[4:] or all(b - a <= 1 for a, b in zip(costs[:4], costs[4:], strict=True))


def test_pages_follow_without_a_date_twice(client: Client) -> None:
    for number in range(45):
        keep(f"n{number:02}", NOW + HOUR * (number // 3))
    first = client.get("/offers/").content.decode()
    after = re.search(r'hx-get="(\?[^"]+)"', first)
    assert after is not None
    seen = titles(client) + titles(client, after[1].replace("&amp;", "&"))
    assert len(seen) == len(set(seen)) == 45
    assert "45 Termine" in first


def test_the_page_of_an_offer_says_what_one_must_know(client: Client) -> None:
    court = keep_court()
    one = keep(
        "tanz", NOW + HOUR, weeks=4, place=court, age_from=60, free=False, cost={"de": "3 Euro"},
        bring={"de": "Feste Schuhe"}, plain={"de": "Wir tanzen."}, access={"hearing_loop": "yes"}, languages=["de"],
        text={"de": HOSTILE},
    )  # fmt: skip
    second = dates(one)[1]
    second.cancelled, second.note = True, {"de": "Sturm angesagt"}
    second.save()
    page = client.get("/offers/tanz/")
    said = text_of(page)
    for part in (
        "jeden Donnerstag", "ab 60 Jahren", "3 Euro", "Feste Schuhe", "mit Höranlage", "Deutsch", "Sturm angesagt",
        "Fällt aus", "Barrierefreiheit des Ortes", "Eine Frage dazu stellen", "In einfacher Sprache lesen",
    ):  # fmt: skip
        assert part in said
    assert "Wir tanzen." not in said
    assert "Wir tanzen." in text_of(client.get("/offers/tanz/?plain=1"))
    (block,) = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', page.content.decode(), re.DOTALL
    )
    schema = json.loads(block)
    assert schema["@type"] == "EventSeries"
    assert schema["description"] == HOSTILE
    assert [event["eventStatus"] for event in schema["subEvent"][:2]] == [
        "https://schema.org/EventScheduled", "https://schema.org/EventCancelled",
    ]  # fmt: skip
    assert schema["location"]["@type"] == "Place"


def test_one_that_is_not_public_is_not_there(client: Client) -> None:
    keep("hidden", NOW + HOUR, visibility="draft", registration="here")
    for path in ("/offers/hidden/", "/offers/hidden/calendar.ics", "/offers/nothing/"):
        assert client.get(path).status_code == 404
    assert client.post("/offers/hidden/register/", {"date": "1"}).status_code == 404


def test_registering_without_an_account(client: Client) -> None:
    one = keep("tanz", NOW + HOUR, registration="here", capacity=1)
    (date,) = dates(one)
    assert "Noch ein Platz frei." in text_of(client.get("/offers/tanz/"))
    wrong = client.post("/offers/tanz/register/", {"date": date.id, "name": "", "reach": "x", "seats": "0"})
    assert wrong.status_code == 422
    assert "Unter welchem Namen sollen wir Sie erwarten?" in text_of(wrong)
    assert not Registration.objects.exists()
    answer = {"date": date.id, "name": "Ada", "reach": "0381 1234", "seats": "1"}
    mine = client.post("/offers/tanz/register/", answer)
    assert mine.status_code == 302
    assert "Sie sind dabei." in text_of(client.get(mine.url))
    other = client.post("/offers/tanz/register/", answer | {"name": "Ben"})
    waits = text_of(client.get(other.url))
    assert "Warteliste" in waits
    assert "Platz 1" in waits
    page = client.get("/offers/tanz/").content.decode()
    assert "Eine Person wartet schon." in page
    assert "Ada" not in page
    assert client.post(mine.url).status_code == 302
    assert "Sie sind abgemeldet." in text_of(client.get(mine.url))
    assert "Sie sind dabei." in text_of(client.get(other.url))


def test_registering_with_an_account_takes_a_click(client: Client, person) -> None:  # type: ignore[no-untyped-def]
    one = keep("tanz", NOW + HOUR, weeks=2, registration="here")
    second = dates(one)[1]
    client.force_login(person("rita"))
    answer = client.post("/offers/tanz/register/", {"date": second.id, "seats": "2"})
    assert answer.status_code == 302
    page = client.get(answer.url.partition("#")[0])
    assert "Sie sind dabei." in text_of(page)
    again = client.post("/offers/tanz/register/", {"date": second.id, "seats": "2"})
    assert again.status_code == 409
    assert "Sie sind schon angemeldet." in text_of(again)
    number = Registration.objects.get().id
    assert client.post("/offers/tanz/unregister/", {"registration": number}).status_code == 302
    assert "Sie sind dabei." not in text_of(client.get(f"/offers/tanz/?date={second.id}"))


@pytest.mark.parametrize("date", ["", "0", "x", "-1", "9" * 30])
def test_a_date_that_is_none_is_refused(client: Client, date: str) -> None:
    keep("tanz", NOW + HOUR, registration="here")
    answer = {"date": date, "name": "Ada", "reach": "0381 1234", "seats": "1"}
    assert client.post("/offers/tanz/register/", answer).status_code == 404
    assert client.post("/offers/tanz/unregister/", {"registration": date}).status_code in (403, 404)
    assert client.get("/offers/registration/nonsense/").status_code == 404


def test_a_calendar_for_every_filter_that_is_not_sent_twice(client: Client) -> None:
    a_week()
    answer = client.get("/offers/calendar.ics?kind=help")
    assert answer["Content-Type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert [str(one["summary"]) for one in events] == ["Kurs saturday"] * 3
    assert events[0].decoded("dtstart") == NOW + 2 * DAY + 4 * HOUR
    assert (
        client.get("/offers/calendar.ics?kind=help", headers={"If-None-Match": answer["ETag"]}).status_code
        == 304
    )
    whole = Calendar.from_ical(client.get("/offers/saturday/calendar.ics").content).walk("VEVENT")
    assert len(whole) == 1
    assert whole[0]["rrule"]["FREQ"] == ["WEEKLY"]


def test_the_place_shows_what_is_on_there(client: Client) -> None:
    court = keep_court()
    assert "Hier ist los" not in text_of(client.get("/places/court/"))
    keep("tanz", NOW + HOUR, place=court)
    keep("anderswo", NOW + HOUR)
    cache.clear()
    said = text_of(client.get("/places/court/"))
    assert "Hier ist los" in said
    assert "Kurs tanz" in said
    assert "Kurs anderswo" not in said
    assert len(Calendar.from_ical(client.get("/places/court/calendar.ics").content).walk("VEVENT")) == 1
    assert client.get("/places/nowhere/calendar.ics").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("on=now", ["a"]), ("on=today", ["a", "b"]), ("on=weekend", ["c"]), ("on=sa", ["c"]), ("on=su", []),
        ("on=at&at=2026-11-28T15:00", ["c"]), ("on=at&at=2026-11-28T19:00", []), ("on=today&age=7", ["b"]),
        ("on=today&age=40", []), ("on=today&age=40&unknown=1", ["a"]),
    ],
)  # fmt: skip
def test_the_place_finder_knows_time(client: Client, query: str, found: list[str]) -> None:
    a, b, c = (keep_court(one) for one in "abc")
    keep("now", NOW - HOUR, place=a)
    keep("kids", NOW + HOUR, place=b, age_from=6, age_to=12)
    keep("saturday", NOW + 2 * DAY + 4 * HOUR, weeks=3, place=c)
    page = client.get(f"/places/?{query}").content.decode()
    assert re.findall(r'smile-stretched" href="/places/([^/"]+)/"', page) == found


def test_the_feed_and_the_widget_say_the_same(client: Client) -> None:
    a_week()
    feed = client.get("/offers/feed.atom?kind=help").content.decode()
    assert feed.count("<entry>") == 1
    framed = client.get("/offers/widget/?kind=help")
    assert "Kurs saturday" in framed.content.decode()
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert not framed.cookies
    assert "/offers/widget/?kind=help" in client.get("/offers/widget/code/?kind=help").content.decode()


def test_the_start_page_and_the_search_know_offers(client: Client) -> None:
    a_week()
    said = text_of(client.get("/"))
    assert "Heute in der Stadt" in said
    assert "Kurs tonight" in said
    assert "Kurs saturday" not in said
    assert "/offers/tomorrow/" in client.get("/search/?q=tomorrow").content.decode()


def test_in_english_too(client: Client) -> None:
    a_week()
    with translation.override("en"):
        assert client.get("/en/offers/").status_code == 200
        assert client.get("/en/offers/saturday/").status_code == 200
