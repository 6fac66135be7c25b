# SPDX-License-Identifier: EUPL-1.2
"""What differs between two entries: nothing is lost on the way, and everything is said in words."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecity.places.rules import difference, words
from smilecity.places.rules.difference import GONE, NEW, SAME, pieces

TEXT = st.text(st.sampled_from("ab äß\n\t<&"), max_size=60)
TEXTS = st.dictionaries(st.sampled_from(["de", "en"]), TEXT, max_size=2)
ENTRY = st.fixed_dictionaries(
    {},
    optional={
        "title": TEXTS,
        "text": TEXTS,
        "street": TEXT,
        "category": st.sampled_from(list(words.CATEGORIES)),
        "position": st.none() | st.tuples(st.floats(-180, 180), st.floats(-90, 90)),
        "free": st.sampled_from([None, True, False]),
        "age_from": st.none() | st.integers(0, 120),
        "languages": st.lists(st.sampled_from(["de", "dgs", "xx"]), unique=True),
        "access": st.dictionaries(st.just("step_free"), st.sampled_from(["yes", "no"])),
    },
)


@given(old=TEXT, new=TEXT)
def test_the_pieces_join_to_both_texts(old: str, new: str) -> None:
    found = pieces(old, new)
    assert "".join(one.text for one in found if one.kind in (SAME, GONE)) == old
    assert "".join(one.text for one in found if one.kind in (SAME, NEW)) == new


def test_pieces_are_words() -> None:
    found = [(one.kind, one.text) for one in pieces("Mo bis Fr offen", "Mo bis Sa offen")]
    assert found == [(SAME, "Mo bis "), (GONE, "Fr "), (NEW, "Sa "), (SAME, "offen")]


def test_very_long_texts_are_not_compared_word_by_word() -> None:
    old, new = "a " * 2000, "b " * 2000
    assert [(one.kind, one.text) for one in pieces(old, new)] == [(GONE, old), (NEW, new)]


@given(old=ENTRY, new=ENTRY)
def test_a_change_on_the_old_entry_is_the_new_one(old: dict[str, Any], new: dict[str, Any]) -> None:
    change = difference.changed(old, new)
    assert difference.merged(old, change) == difference.plain(new)
    assert difference.changed(old, old) == {}
    assert set(difference.changed_since(difference.marks(old), new)) == set(change)


@given(old=ENTRY, new=ENTRY)
def test_every_changed_field_is_named(old: dict[str, Any], new: dict[str, Any]) -> None:
    said = {one.field for one in difference.differences(old, new)}
    named = {
        name
        for name in difference.changed(old, new)
        if difference.said(name, difference.plain(old)[name])
        != difference.said(name, difference.plain(new)[name])
    }
    assert named <= said


@pytest.mark.parametrize("marks", ["", "x" * 180, "zu kurz", "\0"])
def test_marks_that_are_none_of_ours_mean_that_all_changed(marks: str) -> None:
    assert difference.changed_since(marks, {}) == list(difference.FIELDS)


def test_it_is_said_in_words() -> None:
    found = {
        one.label: (one.old, one.new)
        for one in difference.differences(
            {"free": False, "position": (12.1, 54.5), "title": {"de": "Platz"}},
            {
                "free": True,
                "title": {"de": "Feld", "en": "Field"},
                "access": {"step_free": "yes"},
                "languages": ["dgs"],
            },
        )
    }
    assert found == {
        "Name: Deutsch": ("Platz", "Feld"),
        "Name: Englisch": ("", "Field"),
        "Lage auf der Karte": ("54.5 Nord, 12.1 Ost", ""),
        "Barrierefreiheit: Stufenlos erreichbar": ("", "ja"),
        "Kostenlos": ("nein", "ja"),
        "Sprachen vor Ort": ("", "Deutsche Gebärdensprache"),
    }
