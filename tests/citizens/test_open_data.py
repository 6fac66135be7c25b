# SPDX-License-Identifier: EUPL-1.2
"""Everything public about needs as data: nobody in it, the same bytes for the same state, as many as there are."""

import csv
import io
import json
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from smilecity.citizens import actions
from smilecity.citizens.actions import moderating, talking
from smilecity.citizens.models import Comment
from smilecity.citizens.pages.opendata import COMMENTS, NEEDS
from smilecity.citizens.reads import opendata
from smilecity.citizens.rules import Coming, Spot, Wish
from smilecity.core import clock
from smilecity.core.who import ANYONE
from tests.citizens.town import Town

FILES = ("/needs.csv", "/needs.json", "/needs/comments.csv", "/needs/comments.json")


def body(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return b"".join(answer.streaming_content).decode()


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_each_column_is_explained_and_each_format_says_the_same(town: Town, client: Client) -> None:
    town.published(title="=SUMME(A1)")
    found = json.loads(body(client, "/needs.json"))
    rows = table(body(client, "/needs.csv"))
    assert list(found["needs"][0]) == list(rows[0]) == list(NEEDS)
    assert (found["needs"][0]["title"], rows[0]["title"]) == ("=SUMME(A1)", "'=SUMME(A1)")
    assert (found["licence"], rows[0]["licence"]) == ("CC-BY-4.0", "CC-BY-4.0")
    page = client.get("/needs/data/").content.decode()
    assert all(f">{name}<" in page for name in (*NEEDS, *COMMENTS))


def test_nobody_is_in_it(town: Town, client: Client) -> None:
    home = Spot(12.123456, 54.123456)
    need = town.published(
        words="Ich, Rita Muster, wohne dort.",
        contact="rita@beispiel.de",
        coming=Coming(spot=home, at_home=True),
    )
    actions.publish_need(town.people["clerk"], need.noun_id, "Das Tor", "Das Tor ist zu.")
    town.say("neighbour", words="Nur für die Stadt.")
    one = talking.comment(town.people["clerk"], uuid4(), need.noun_id, "Wir sehen nach.", "de")
    hidden = talking.comment(town.people["clerk"], uuid4(), need.noun_id, "Sie Esel!", "de")
    moderating.hide_comment(town.people["moderator"], hidden.id, "insult", "Ohne Schimpfwort.")
    text = "".join(body(client, path) for path in FILES)
    for secret in (
        "Muster",
        "rita",
        "Rita",
        "beispiel.de",
        "Petra",
        "petra",
        "12.123456",
        "Nur für die Stadt",
        "Esel",
    ):
        assert secret not in text, secret
    assert [row["id"] for row in table(body(client, "/needs/comments.csv"))] == [str(one.id)]
    (row,) = table(body(client, "/needs.csv"))
    assert row["comments"] == "1"
    assert "T" not in row["said_on"] + row["published_on"]


def test_the_same_state_gives_the_same_bytes(town: Town, client: Client) -> None:
    for name in ("resident", "neighbour", "friend"):
        town.published(name)
    assert [body(client, path) for path in FILES] == [body(client, path) for path in FILES]
    ids = [int(row["id"]) for row in table(body(client, "/needs.csv"))]
    assert ids == sorted(ids)


def test_the_filters_of_the_list_apply(town: Town, client: Client) -> None:
    wish = town.published(kind="wish")
    other = town.published("neighbour", kind="problem")
    actions.decide_need(town.people["clerk"], other.noun_id, "merged", "Das ist dasselbe.", wish.noun_id)
    assert len(table(body(client, "/needs.csv"))) == 2
    assert [row["id"] for row in table(body(client, "/needs.csv?kind=wish&state=open"))] == [
        str(wish.noun_id)
    ]
    assert table(body(client, "/needs.csv?kind=problem")) == []
    assert len(table(body(client, "/needs.csv?kind=nonsense&area=0&state=%00"))) == 2


def test_nothing_public_is_an_empty_table(town: Town, client: Client) -> None:
    town.say()
    assert json.loads(body(client, "/needs.json"))["needs"] == []
    assert body(client, "/needs.csv").count("\n") == 1
    assert client.head("/needs.csv").status_code == 200
    assert client.post("/needs.csv").status_code == 405


def test_many_are_read_some_at_a_time(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    need = town.published()
    account = town.accounts["neighbour"].pk
    Comment.objects.bulk_create(
        Comment(
            need=need,
            account_id=account,
            form=uuid4(),
            words="Ja.",
            language="de",
            state="shown",
            at=clock.now(),
        )
        for _ in range(25)
    )
    monkeypatch.setattr(opendata, "ROWS_AT_ONCE", 10)
    with CaptureQueriesContext(connection) as queries:
        some = list(opendata.comments_data(ANYONE))
    assert [len(rows) for rows in some] == [10, 10, 5]
    assert len(queries) == 4
    with CaptureQueriesContext(connection) as queries:
        assert [len(rows) for rows in opendata.needs_data(ANYONE, Wish())] == [1]
    assert len(queries) == 3
