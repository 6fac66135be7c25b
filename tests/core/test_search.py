# SPDX-License-Identifier: EUPL-1.2
"""Finding nouns by words: stems, parts, typing slips, several words, hostile ones; and that indexes answer it."""

import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from smilecity.core import clock, nouns, search
from smilecity.core.models import Noun
from smilecity.core.paging import page
from tests.examples import examples

pytestmark = pytest.mark.django_db

CITY = {
    "schwimmhalle": ({"de": "Schwimmhalle am Ring", "en": "Indoor pool"}, "Bahnen und ein Becken für Kinder."),
    "bibliothek": ({"de": "Stadtbibliothek", "en": "City library"}, "Bücher, Spiele und ein ruhiger Lesesaal."),
    "spielplatz": ({"de": "Spielplatz Nord", "en": "Playground north"}, "Rutsche und Schaukeln."),
    "tor": ({"de": "Kröpeliner Tor", "en": "Old gate"}, "Ein Turm mit Ausstellung."),
    "garten": ({"de": "Nachbarschaftsgarten", "en": "Community garden"}, "Beete unter Bäumen. Ein Spielplatz ist nah."),
    "bolzplatz": ({"de": "Bolzplatz Süd", "en": "South pitch"}, "Zwei Tore auf Rasen."),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_other_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_also", {})


@pytest.fixture
def city() -> None:
    for slug, (title, text) in CITY.items():
        nouns.put("place", f"places/{slug}", title, text={"de": text}, visibility="public")


def found(text: str) -> list[str]:
    rows = search.matching(Noun.objects.filter(kind="place"), text).order_by("rank", "sort", "id")
    return [noun.address.removeprefix("places/") for noun in rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Halle", ["schwimmhalle"]),
        ("schwimmhallen", ["schwimmhalle"]),
        ("Buch", ["bibliothek"]),
        ("baum", ["garten"]),
        ("libraries", ["bibliothek"]),
        ("Biblothek", ["bibliothek"]),
        ("Spielplaz", ["spielplatz", "garten"]),
        ("Schwimhale", ["schwimmhalle"]),
        ("Nachbarschaftsgrten", ["garten"]),
        ("Kröpelin", ["tor"]),
        ("Kroepelin", ["tor"]),
        ("kropelin", ["tor"]),
        ("spielplatz", ["spielplatz", "garten"]),
        ("Spielplatz Rutsche", ["spielplatz"]),
        ("Rutsche Lesesaal", []),
        ("die Bücher in der Stadtbibliothek", ["bibliothek"]),
        ("pool", ["schwimmhalle"]),
        ("tor", ["tor", "bolzplatz"]),
        ("xyzzyq", []),
    ],
)
def test_people_find_by_their_words(city: None, text: str, expected: list[str]) -> None:
    assert found(text) == expected


def test_other_words_for_the_same_are_found_in_both_directions(
    city: None,
) -> None:
    assert "bolzplatz" not in found("Fußball")
    search.tell([("Bolzplatz", "Fußball")])
    assert found("fussball") == found("Fußball") == ["bolzplatz"]
    nouns.put("place", "places/stadion", {"de": "Fußballstadion"}, visibility="public")
    assert found("Bolzplatz") == ["bolzplatz", "stadion"]


def test_the_title_counts_more_than_the_text(city: None) -> None:
    nouns.put(
        "place", "places/a", {"de": "Anfang"}, text={"de": "Hier geht es zur Werkstatt."}, visibility="public"
    )
    nouns.put("place", "places/b", {"de": "Offene Werkstatt"}, visibility="public")
    nouns.put("place", "places/c", {"de": "Werkstatt am Hafen"}, visibility="public")
    nouns.put("place", "places/d", {"de": "Werkstatt"}, visibility="public")
    assert found("werkstatt") == ["d", "c", "b", "a"]


def test_of_guesses_those_in_the_title_come_first(city: None) -> None:
    text = {"de": "Werkzeug wie in einer Bibliothek für Dinge."}
    nouns.put("place", "places/labor", {"de": "Labor"}, text=text, visibility="public")
    assert found("biblothek") == ["bibliothek", "labor"]


def test_it_says_whether_the_words_are_really_there(city: None) -> None:
    rows = Noun.objects.filter(kind="place")
    assert [search.is_guess(noun) for noun in search.matching(rows, "Stadtbibliothek")] == [False]
    assert [search.is_guess(noun) for noun in search.matching(rows, "Biblothek")] == [True]


def test_nothing_typed_is_everything_and_signs_alone_are_nothing(city: None) -> None:
    assert len(found("")) == len(CITY)
    assert len(found("   ")) == len(CITY)
    assert found("%") == found("_") == found("'\"") == found("&|!():*") == []


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000,
        "Halle " * 10_000,
        "100%",
        "_____",
        "'; DROP TABLE core_noun; --",
        '"Halle" OR -Ring',
        "Halle & | ! <-> :*",
        "\0Halle",
        "\ud800Halle",
        "Ha\u0000lle",
        "\\",
        "💧 Wasser",
        "ﷺ" * 50,
        "Ring\n\tHalle",
    ],
)
def test_hostile_words_do_no_harm(city: None, text: str) -> None:
    assert isinstance(found(text), list)
    assert Noun.objects.filter(kind="place").count() == len(CITY)


@pytest.mark.hypothesis
def test_signs_that_mean_something_to_the_database_are_just_signs(city: None) -> None:
    assert found("%q") == found("_zq") == found("\\") == []
    assert found('"Schwimmhalle"') == found("-Schwimmhalle") == ["schwimmhalle"]


class Anything(TestCase):
    """Whatever is typed gets an answer."""

    @settings(max_examples=examples(60), deadline=None)
    @given(st.text(max_size=60))
    def test_any_text_is_answered(self, text: str) -> None:
        assert list(search.matching(Noun.objects.all(), text)[:1]) == []


def many(count: int) -> None:
    chance = random.Random(7)
    syllables = ["ba", "lo", "mi", "ter", "wen", "gru", "sal", "kon", "dra", "fi", "hus", "nek", "pol", "ry"]
    words = ["".join(chance.choices(syllables, k=4)) for _ in range(4000)]
    rows = []
    for number in range(count):
        title, text = " ".join(chance.choices(words, k=2)), " ".join(chance.choices(words, k=20))
        rows.append(
            Noun(
                kind="place", address=f"places/m{number}", title={"de": title}, text={"de": text}, sort=title,
                plain=f"{title}\n{text}", visibility="public", changed_at=clock.now(),
            )
        )  # fmt: skip
    Noun.objects.bulk_create(rows, batch_size=2000)
    nouns.put("place", "places/needle", {"de": "Klosterhofwerkstatt"}, visibility="public")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE core_noun")


@pytest.mark.trial
def test_indexes_answer_among_thousands() -> None:
    many(20_000)
    rows = Noun.objects.filter(kind="place", visibility="public")
    for text in ("hofwerk", "klosterhofwerkstatt", "hofwerk Kloster"):
        with CaptureQueriesContext(connection) as captured:
            search.matching(rows, text)
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {captured[0]['sql']}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
        assert "Seq Scan" not in plan, plan
        assert "noun_plain" in plan or "noun_search" in plan
        assert [noun.address for noun in search.matching(rows, text)] == ["places/needle"]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL pg_trgm.word_similarity_threshold = 0.45")
        cursor.execute("EXPLAIN SELECT id FROM core_noun WHERE 'klosterhoffwerkstat' <% plain")
        assert "noun_plain" in "\n".join(row[0] for row in cursor.fetchall())
    assert [noun.address for noun in search.matching(rows, "Klosterhoffwerkstat")] == ["places/needle"]


def test_it_pages_by_what_fits_best(city: None) -> None:
    for number in range(7):
        nouns.put("place", f"places/w{number}", {"de": f"Werkstatt {number}"}, visibility="public")
        nouns.put(
            "place",
            f"places/t{number}",
            {"de": f"Ort {number}"},
            text={"de": "Werkstatt"},
            visibility="public",
        )
    seen: list[str] = []
    after = ""
    while True:
        some = page(
            search.matching(Noun.objects.all(), "werkstatt"), ("rank", "sort", "id"), after=after, size=4
        )
        seen += [noun.address for noun in some.items]
        after = some.after
        if not after:
            break
    assert seen == [f"places/w{n}" for n in range(7)] + [f"places/t{n}" for n in range(7)]
