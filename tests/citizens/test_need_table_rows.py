# SPDX-License-Identifier: EUPL-1.2
"""How a table's columns are guessed, and what its lines are read as."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecity.citizens.rules.tables import Layout, guess, kind_of, read_row
from smilecity.core.lines import encoding_of
from smilecity.core.problems import Refusal


def test_columns_are_guessed_by_their_titles() -> None:
    head = (
        b"Stadtteil,Beitrag,Typ,Kategorie,lon,lat,Datum,Mail\nNord,Mehr Licht,Idee,,12.1,54.1,2026-05-01,\n"
    )
    found = guess(head, encoding_of(head))
    assert (found.layout.delimiter, found.layout.header) == (",", True)
    assert found.layout.columns == {
        "words": 1, "kind": 2, "category": 3, "place": 0, "longitude": 4, "latitude": 5, "date": 6, "contact": 7
    }  # fmt: skip
    row = read_row(head.split(b"\n")[1], found.layout)
    assert row is not None
    assert (row.kind, row.words, row.place, row.day) == ("idea", "Mehr Licht", "Nord", date(2026, 5, 1))
    assert row.spot is not None
    assert (row.spot.longitude, row.spot.latitude) == (12.1, 54.1)


def test_without_titles_the_longest_texts_are_the_words() -> None:
    head = "1;Eine Schaukel für Große\n2;Mehr Licht am Weg\n".encode("windows-1252")
    found = guess(head, encoding_of(head))
    assert (found.layout.header, found.layout.columns) == (False, {"words": 1})


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Wunsch", "wish"),
        ("p", "problem"),
        ("praise", "praise"),
        ("Frage", "question"),
        ("", ""),
        ("xy", "xy"),
    ],
)
def test_kinds_are_read_as_people_write_them(said: str, kind: str) -> None:
    assert kind_of(said) == kind


@given(st.binary(max_size=300), st.sampled_from([";", ",", "\t", "|"]))
def test_whatever_a_line_holds_it_is_read_or_refused(line: bytes, delimiter: str) -> None:
    columns = {"words": 0, "kind": 1, "longitude": 2, "latitude": 3, "date": 4, "contact": 5, "place": 6}
    try:
        row = read_row(line, Layout(delimiter=delimiter, columns=columns))
    except Refusal as refusal:
        assert refusal.code.startswith(("table.", "need."))
    else:
        assert row is None or len(row.words) >= 3


@given(st.binary(max_size=2000))
def test_whatever_a_file_begins_with_its_layout_is_guessed(head: bytes) -> None:
    guess(head, encoding_of(head))
