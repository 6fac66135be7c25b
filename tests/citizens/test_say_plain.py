# SPDX-License-Identifier: EUPL-1.2
"""The editor's checklist for plain language: what it finds, what it leaves alone, and that nothing breaks it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecity.citizens import rules
from smilecity.citizens.rules.plain import sentences

GOOD = "Am Hafen fehlt Schatten. Die Stadt pflanzt dort 5 Bäume. Das dauert bis zum Sommer."


def checks(text: str) -> list[str]:
    return [one.check for one in rules.plainly(text)]


def test_plain_words_are_left_alone() -> None:
    assert checks(GOOD) == []
    assert checks("") == []


@pytest.mark.parametrize(
    ("text", "check", "part"),
    [
        ("Wir sind da und da und da und da und da und da und da und da.", "long-sentence", ""),
        ("Das Straßenverkehrsordnungsamt hilft.", "long-word", "Straßenverkehrsordnungsamt"),
        ("Die Bank wird im Mai repariert.", "passive", "wird"),
        ("Der Baum wurde gefällt.", "passive", "wurde"),
        ("Das geht nicht.", "negation", "nicht"),
        ("Hier ist kein Licht.", "negation", "kein"),
        ("Das könnte helfen.", "subjunctive", "könnte"),
        ("Wir würden das bauen.", "subjunctive", "würden"),
        ("Die Stadt optimiert den Weg.", "foreign", "optimiert"),
        ("Das kostet ca. 20 Euro.", "abbreviation", "ca."),
        ("Bringen Sie z. B. einen Stuhl mit.", "abbreviation", "z. B."),
        ("Es gibt fünf Bänke.", "number-word", "fünf"),
    ],
)  # fmt: skip
def test_each_rule_finds_its_sentence_and_shows_the_word(text: str, check: str, part: str) -> None:
    found = [one for one in rules.plainly(f"{GOOD}\n{text}") if one.check == check]
    assert [(one.sentence, one.part) for one in found] == [(text, part)]


@pytest.mark.parametrize(
    "text",
    [
        "Das wird schön.",  # to become
        "Die Stadt wird den Weg bauen.",  # the future
        "Das Straßen-Verkehrs-Ordnungs-Amt hilft.",
        "Sie sollten das wissen.",
        "Der Weg ist 20 Meter lang.",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert checks(text) == []


def test_points_of_abbreviations_and_days_end_no_sentence() -> None:
    assert sentences("Am 3. Mai geht es z. B. los. Dann kommt der Bus!") == [
        "Am 3. Mai geht es z. B. los.",
        "Dann kommt der Bus!",
    ]
    assert sentences("Erste Zeile\nzweite Zeile") == ["Erste Zeile", "zweite Zeile"]


@given(st.text(max_size=400))
def test_every_finding_is_of_the_text_and_known(text: str) -> None:
    squeezed = "".join(text.split())
    for one in rules.plainly(text):
        assert one.check in rules.CHECKS
        assert "".join(one.sentence.split()) in squeezed
        assert one.part in one.sentence


@given(st.lists(st.sampled_from("Die Stadt baut Wege am Hafen für alle".split()), min_size=1, max_size=40))  # noqa: SIM905
def test_a_sentence_is_long_exactly_from_sixteen_words_on(words: list[str]) -> None:
    assert ("long-sentence" in checks(" ".join(words) + ".")) == (len(words) > 15)


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_a_position_that_a_form_gives_is_read_as_it_was_meant(longitude: float, latitude: float) -> None:
    spot = rules.typed_spot(f"{longitude!r},{latitude!r}")
    assert spot == rules.Spot(longitude, latitude)


@given(st.text(max_size=30))
def test_whatever_else_stands_there_is_refused_by_its_field(text: str) -> None:
    try:
        spot = rules.typed_spot(text)
    except rules.coming.Refusal as refusal:
        assert (refusal.field, refusal.status) == ("spot", 422)
    else:
        assert spot is None or (-180 <= spot.longitude <= 180 and -90 <= spot.latitude <= 90)
