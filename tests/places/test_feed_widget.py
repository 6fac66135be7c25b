# SPDX-License-Identifier: EUPL-1.2
"""What leaves the city: feeds, the list other sites frame, and a place in schema.org's words."""

import json
import re
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from smilecity.core import clock
from smilecity.core.who import NODE
from smilecity.places import actions
from tests.places.ground import keep_court

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "</script><script>alert(1)</script><!-- & \u2028 ' \""


def entries(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"/places/feed.atom{query}")
    assert answer["Content-Type"].startswith("application/atom+xml")
    tree = ET.fromstring(answer.content)  # noqa: S314 - our own
    return [entry.findtext(f"{ATOM}title") or "" for entry in tree.iter(f"{ATOM}entry")]


def test_the_feed_has_the_last_changed_first_and_the_list_s_filters(client: Client, db: None) -> None:
    for day, slug in ((1, "a"), (3, "b"), (2, "c")):
        with clock.frozen(datetime(2026, 11, day, tzinfo=UTC)):
            keep_court(slug)
    keep_court("hidden", visibility="draft")
    assert entries(client) == ["Platz b", "Platz c", "Platz a"]
    assert entries(client, "?category=water") == []
    assert entries(client, "?q=court") == []


def test_the_feed_is_not_sent_twice(client: Client, db: None) -> None:
    keep_court()
    first = client.get("/places/feed.atom")
    assert client.get("/places/feed.atom", headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_no_text_breaks_the_feed(client: Client, db: None) -> None:
    actions.keep_place(
        NODE, "odd", title={"de": "<b>&\uffff" + HOSTILE}, category="other", visibility="public",
        text={"de": "\ufffe]]>"},
    )  # fmt: skip
    (title,) = entries(client)
    assert title.startswith("<b>&</script>")


def test_the_widget_may_be_framed_and_knows_nobody(client: Client, db: None, person) -> None:  # type: ignore[no-untyped-def]
    keep_court()
    keep_court("hidden", visibility="draft")
    client.force_login(person("stefan"))
    answer = client.get("/places/widget/?category=sport")
    body = answer.content.decode()
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    assert "public" in answer["Cache-Control"]
    assert "Platz court" in body and "Platz hidden" not in body
    assert "Stefan" not in body and "<script" not in body
    assert body.count("<h1>") == 1


def test_its_snippet_shows_the_line_to_copy(client: Client, db: None) -> None:
    body = client.get("/places/widget/code/?category=sport&access=toilet").content.decode()
    assert "&lt;iframe src=&quot;http://testserver/places/widget/?category=sport" in body or (
        '&lt;iframe src="http://testserver/places/widget/?category=sport&amp;access=toilet"' in body
    )


def schema(client: Client, slug: str) -> dict:  # type: ignore[type-arg]
    body = client.get(f"/places/{slug}/").content.decode()
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', body, re.DOTALL)
    assert len(blocks) == 1
    found: dict = json.loads(blocks[0])  # type: ignore[type-arg]
    return found


def test_a_place_says_itself_in_schema_org(client: Client, at_five: datetime, db: None) -> None:
    actions.keep_place(
        NODE, "library", title={"de": "Bücherei"}, category="learning", visibility="public", street="Ring 1",
        text={"de": "Ruhig."}, position=(12.1, 54.1), opening_hours="Mo-Fr 10:00-18:00; Sa 22:00-02:00",
        access={"step_free": "yes", "toilet": "wheelchair", "seats": "no", "surface": "paved"}, free=True,
        phone="+49 381 123456", website="https://example.org/",
    )  # fmt: skip
    said = schema(client, "library")
    assert said["@context"] == "https://schema.org"
    assert (said["@type"], said["name"], said["url"]) == (
        "Library",
        "Bücherei",
        "http://testserver/places/library/",
    )
    assert said["geo"] == {"@type": "GeoCoordinates", "longitude": 12.1, "latitude": 54.1}
    assert said["address"]["streetAddress"] == "Ring 1"
    assert said["isAccessibleForFree"] is True and said["publicAccess"] is True
    features = {one["name"]: one["value"] for one in said["amenityFeature"]}
    assert features == {"step-free access": True, "toilet": True, "seats": False}
    opened = said["openingHoursSpecification"]
    assert {one["@type"] for one in opened} == {"OpeningHoursSpecification"}
    assert all(one["validFrom"] == one["validThrough"] for one in opened)
    tonight = [(one["opens"], one["closes"]) for one in opened if one["dayOfWeek"].endswith("Saturday")]
    assert tonight[0] == ("22:00:00", "23:59:59")
    assert ("00:00:00", "02:00:00") in [(one["opens"], one["closes"]) for one in opened]
    monday = [one for one in opened if one["dayOfWeek"].endswith("Monday")]
    assert [(one["opens"], one["closes"], one["validFrom"]) for one in monday] == [
        ("10:00:00", "18:00:00", "2026-11-23")
    ]


def test_what_nobody_said_is_not_claimed(client: Client, db: None) -> None:
    actions.keep_place(NODE, "bare", title={"de": "Nur ein Name"}, category="other", visibility="public")
    assert set(schema(client, "bare")) == {"@context", "@type", "@id", "url", "name", "publicAccess"}


def test_no_text_ends_the_block(client: Client, db: None) -> None:
    actions.keep_place(
        NODE, "odd", title={"de": HOSTILE}, text={"de": HOSTILE}, category="other", visibility="public"
    )
    assert schema(client, "odd")["name"] == HOSTILE.strip()
    assert "<script>alert" not in client.get("/places/odd/").content.decode()


def test_the_page_says_for_whom_what_it_costs_and_when_it_is_calm(
    client: Client, at_five: datetime, db: None
) -> None:
    actions.keep_place(
        NODE, "pool", title={"de": "Halle"}, category="sport", visibility="public", age_from=6, age_to=12, free=False,
        cost={"de": "3 Euro"}, languages=("de", "ar"), indoors="in", quiet_hours="Tu 08:00-09:00",
    )  # fmt: skip
    body = client.get("/places/pool/").content.decode()
    for said in (
        "von 6 bis 12 Jahren",
        "Kostet etwas. 3 Euro",
        "Deutsch, Arabisch",
        "drinnen",
        "Ruhige Stunden",
    ):
        assert said in body
    assert "08:00\N{EN DASH}09:00" in body


@pytest.mark.parametrize("path", ["/places/widget/", "/places/feed.atom", "/places/widget/code/"])
def test_only_to_be_read(client: Client, db: None, path: str) -> None:
    assert client.post(path).status_code == 405
