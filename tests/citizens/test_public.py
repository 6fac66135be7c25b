# SPDX-License-Identifier: EUPL-1.2
"""What everybody reads: the list and its cost, near-duplicates by an index, the way on one line, the month."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from smilecity.citizens import actions, reads, rules
from smilecity.citizens.models import Need
from smilecity.citizens.reads.public import _alike_sql
from smilecity.core import clock, promises
from smilecity.core.models import Noun
from smilecity.core.nouns import sort_key
from smilecity.core.promises import Promise
from smilecity.core.who import ANYONE
from tests.citizens.test_pages import GOOD, body_of
from tests.citizens.town import Town, noun

WORDS = (
    "Lampe",
    "Bank",
    "Radweg",
    "Spielplatz",
    "Bushalt",
    "Müll",
    "Baum",
    "Zebrastreifen",
    "Brunnen",
    "Geländer",
)


def many(count: int, area: int | None = None) -> None:
    """So many published needs, made quickly."""
    now = clock.now()
    titles = [f"{WORDS[n % 10]} {WORDS[n // 10 % 10]} Strasse{n // 100}" for n in range(count)]
    nouns = Noun.objects.bulk_create(
        Noun(
            id=2_000_000 + n, kind="need", address=f"needs/{uuid4()}", title={"de": title}, sort=sort_key(title),
            visibility="public", changed_at=now, area_id=area,
        )
        for n, title in enumerate(titles)
    )  # fmt: skip
    Need.objects.bulk_create(
        Need(
            noun=one, kind="wish", words=one.title["de"], language="de", form=uuid4(), published_at=now,
            alike=sort_key(one.title["de"]), backing=n % 7,
        )
        for n, one in enumerate(nouns)
    )  # fmt: skip


@pytest.mark.parametrize("path", ["/needs/", "/needs/?order=backed&state=open&kind=wish"])
def test_the_list_costs_the_same_among_forty_and_four_hundred(client: Client, db: None, path: str) -> None:
    costs = []
    for count in (40, 400):
        Noun.objects.filter(kind="need").delete()
        many(count)
        client.get("/imprint/")  # who the city is, is remembered
        cache.clear()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(path).status_code == 200
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_filters_order_and_pages(town: Town, client: Client) -> None:
    first = town.published(title="Tor am Hafen", words="Das Hafentor klemmt.")
    second = town.published(title="Lampe", kind="wish", words="Es ist dunkel.")
    town.say(words="Nicht öffentlich.")
    actions.support_need(town.people["neighbour"], first.noun_id)
    actions.decide_need(town.people["clerk"], second.noun_id, "refused", "Dort nicht.")

    def found(**wish: object) -> list[int]:
        return [one.noun_id for one in reads.listed(ANYONE, rules.Wish(**wish)).items]  # type: ignore[arg-type]

    assert found() == [second.noun_id, first.noun_id]
    assert found(backed=True) == [first.noun_id, second.noun_id]
    assert found(kind="wish") == found(group="closed") == [second.noun_id]
    assert found(group="open") == found(words="hafentor") == [first.noun_id]
    assert found(area=town.quarter) == found() and found(area=town.far) == []
    body = client.get("/needs/?q=x%00&kind=y&state=z&area=1e9&order=q").content.decode()
    assert "Nicht öffentlich." not in body
    assert client.get("/needs/?after=Unsinn").status_code == 400


def test_pages_follow_each_other(db: None) -> None:
    many(70)
    for wish in (rules.Wish(), rules.Wish(backed=True)):
        seen, after = [], ""
        while True:
            found = reads.listed(ANYONE, wish, after)
            seen += [one.noun_id for one in found.items]
            after = found.after
            if not after:
                break
        assert len(seen) == len(set(seen)) == 70


def test_everybody_reads_the_public_words_and_nobody_the_others(town: Town, client: Client) -> None:
    need = town.say(words="Frau Muster schließt das Tor nicht auf.", contact="rita@beispiel.de")
    actions.publish_need(town.people["clerk"], need.noun_id, "Das Tor am Platz", "Das Tor ist oft zu.")
    body = client.get(f"/needs/{need.form}/").content.decode()
    assert "Das Tor ist oft zu." in body
    assert not any(one in body for one in ("Muster", "rita", "Rita", "Bearbeiten"))
    assert "Muster" not in client.get("/needs/").content.decode()
    client.force_login(town.accounts["resident"])
    assert "Muster" in client.get(f"/needs/{need.form}/").content.decode()


def test_words_in_another_language_than_the_page_say_so(town: Town, client: Client) -> None:
    """A screen reader must not read German as if it were English."""
    need = town.published("resident", "Eine Bank fehlt", words="Am Ufer fehlt eine Bank.")
    for address in ("/needs/", "/needs/all/", f"/needs/{need.form}/"):
        german, english = (client.get(f"{before}{address}").content.decode() for before in ("", "/en"))
        assert "Eine Bank fehlt" in german and "Eine Bank fehlt" in english
        assert ' lang="de">' in english and ' lang="de">' not in german, address


def test_much_the_same_is_found_despite_endings_and_slips_the_same_area_first(town: Town) -> None:
    far = town.published(
        title="Basketballkörbe am Hafen brauchen Netze", words="Ohne klingt es nicht.", about=town.far
    )
    near = town.published(title="Netze für die Körbe", words="Am Basketballplatz beim Hafen.")
    town.published(title="Die Lampe ist aus", words="Seit Wochen dunkel.")

    def alike(words: str, area: int | None = None) -> list[int]:
        return [one.noun for one in reads.suggest(ANYONE, words, area)]

    assert set(alike("Können die Korb-Netze am Hafen kommen?")) == {near.noun_id, far.noun_id}
    assert alike("Netz am Hafen fehlt", town.quarter)[0] == near.noun_id
    assert alike("Netz am Hafen fehlt", town.far)[0] == far.noun_id
    assert near.noun_id in alike("Basketbalplatz Hafn")
    assert alike("zu") == alike("") == alike("'; DROP %s & | !") == []


@pytest.mark.trial
def test_an_index_answers_among_twenty_thousand(db: None) -> None:
    many(20_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE citizens_need")
        cursor.execute("ANALYZE core_noun")
        given = {
            "word0": "spielplatz",
            "word1": "gelander",
            "all": "spielplatz OR gelander",
            "area": None,
            "most": 5,
            "some": 100,
        }
        cursor.execute(f"EXPLAIN (FORMAT JSON) {_alike_sql(2)}", {**given, "typed": "spielplatz gelander"})
        (plan,) = cursor.fetchone()
    text = json.dumps(plan)
    assert "need_stems" in text and "need_alike" in text
    assert '"Node Type": "Seq Scan"' not in text
    with CaptureQueriesContext(connection) as asked:
        assert len(reads.suggest(ANYONE, "Das Geländer am Spielplatz")) == 5
    assert len(asked) == 1
    for wish in (
        rules.Wish(),
        rules.Wish(backed=True),
        rules.Wish(words="strasse57", kind="wish", group="open"),
    ):
        with CaptureQueriesContext(connection) as asked:
            assert len(reads.listed(ANYONE, wish).items) == 30
        _by_index(asked)
    found = reads.listed(ANYONE, rules.Wish()).items[0]
    with CaptureQueriesContext(connection) as asked:
        assert reads.thread(ANYONE, found) == []
    _by_index(asked)


def _by_index(asked: CaptureQueriesContext) -> None:
    """That no question reads all needs or all nouns: so it costs as much among very many as among few."""
    for one in asked.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {one['sql']}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "Seq Scan on citizens_need" not in plan, plan
        assert "Seq Scan on core_noun" not in plan, plan


def test_before_it_is_sent_others_are_shown_and_nothing_is_lost(town: Town, client: Client) -> None:
    other = town.published(title="Netze für die Körbe", words="Am Platz fehlen Netze.")
    sent = {
        **GOOD,
        "words": "Netze an die Körbe, bitte!",
        "contact": "a@b.de",
        "form": str(uuid4()),
        "about": town.court.id,
    }
    shown = client.post("/say/", sent)
    body = body_of(shown)
    assert shown.status_code == 200 and "Meinen Sie eines davon?" in body
    assert f'href="/needs/{other.form}/#auch"' in body and "Netze an die Körbe, bitte!" in body
    assert Need.objects.count() == 1
    assert "Netze an die Körbe, bitte!" in body_of(client.post("/say/", {**sent, "edit": "1"}))
    assert client.post("/say/", {**sent, "anyway": "1"}).status_code == 302
    assert Need.objects.get(form=sent["form"]).contact == "a@b.de"


def test_the_whole_way_is_shown_with_what_is_promised(town: Town, client: Client) -> None:
    need, project = town.published(), noun("project", "projects/gate", "Neues Tor")
    actions.support_need(town.people["neighbour"], need.noun_id)
    actions.decide_need(town.people["clerk"], need.noun_id, "accepted", "Es kommt.", project.id)
    today = timezone.localdate()
    before = list(promises._known)
    promises.tell(lambda who, ids: {one: Promise(until=today + timedelta(days=40)) for one in ids})
    try:
        found = Need.objects.select_related("noun", "target").get(noun=need.noun_id)
        way = {one.code: (one.on, one.promised) for one in reads.way(ANYONE, found)}
        body = client.get(f"/needs/{need.form}/").content.decode()
    finally:
        promises._known[:] = before
    assert way["supported"][0] and way["decided"][0] and way["discussed"] == (None, None)
    assert way["built"] == (None, today + timedelta(days=40))
    assert "versprochen bis" in body and "noch nicht" in body


def test_the_month_counts_what_is_owed_by_its_age(town: Town, client: Client) -> None:
    for days in (1, 6, 8, 27, 29, 400):
        need = town.say()
        Need.objects.filter(noun=need.noun_id).update(said_at=clock.now() - timedelta(days=days))
    done = town.say()
    actions.decide_need(town.people["clerk"], done.noun_id, "refused", "Dort nicht.")
    found = reads.month(ANYONE)
    assert (found.fresh, found.due, found.late) == (2, 2, 2)
    assert (found.said, found.decided) == (6, {"refused": 1})
    cache.clear()
    assert "2 unter 7 Tagen · 2 bis 28 Tage · 2 länger" in client.get("/").content.decode()
