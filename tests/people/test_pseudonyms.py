# SPDX-License-Identifier: EUPL-1.2
"""Pseudonyms: nobody looks like somebody else, nor like the city."""

import secrets
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecity.core.problems import Refusal
from smilecity.people.rules import pseudonyms


@pytest.mark.parametrize(
    "text",
    ["Anna", "Löwenzahn 42", "Müller-Lüdenscheidt", "Иван", "安娜さん", "Ali_Baba", "O Mara", "مريم"],
)
def test_these_may_be_had(text: str) -> None:
    assert pseudonyms.checked(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "length"),
        ("ab", "length"),
        ("x" * 31, "length"),
        ("  a  ", "length"),
        ("<b>Anna</b>", "characters"),
        ("anna@example.org", "characters"),
        ("Anna\u202eanna", "characters"),
        ("An\u200bna", "characters"),
        ("Anna\x00", "characters"),
        ("Anna\nBert", "characters"),
        ("12345", "characters"),
        ("-Anna", "characters"),
        ("Anna-", "characters"),
        ("𝐀𝐧𝐧𝐚", "characters"),
        ("Ａｎｎａ", "characters"),
        ("ﬁnn", "characters"),
        ("Annä" + "\u0315\u0316\u0317\u0318", "characters"),
        ("😀😀😀", "characters"),
        ("Аnna", "scripts"),  # the first letter is Cyrillic
        ("Οlga", "scripts"),  # and here Greek
        ("Stadt", "reserved"),
        ("STADTVERWALTUNG", "reserved"),
        ("Admin Petra", "reserved"),
        ("Adm1n", "reserved"),
        ("R a t h a u s", "reserved"),
        ("Burgermeister", "reserved"),
        ("Smile-City", "reserved"),
        ("SV Hafen", "reserved"),
        ("sv_häfen", "reserved"),
    ],
)
def test_these_are_refused(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        pseudonyms.checked(text, {pseudonyms.shape("SV Hafen")})
    assert (refused.value.code, refused.value.field) == (f"account.pseudonym-{code}", "pseudonym")


@pytest.mark.parametrize(
    ("one", "other"),
    [("Anna", "anna"), ("Anna", "Änna"), ("Olga", "0lga"), ("Ilse", "llse"), ("Max Muster", "MaxMuster"),
     ("саро", "capo"), ("Marta", "rnarta"), ("Weber", "vveber"), ("Anna_1", "Anna-l")],
)  # fmt: skip
def test_these_look_the_same(one: str, other: str) -> None:
    assert pseudonyms.shape(one) == pseudonyms.shape(other)


def test_these_do_not_look_the_same() -> None:
    assert len({pseudonyms.shape(name) for name in ("Anna", "Hanna", "Anja", "Anna 2", "Anna 3")}) == 5


@given(st.text(max_size=40))
def test_what_is_accepted_is_plain_and_stays_accepted(text: str) -> None:
    try:
        kept = pseudonyms.checked(text)
    except Refusal:
        return
    assert pseudonyms.checked(kept) == kept == unicodedata.normalize("NFKC", kept)
    assert pseudonyms.LEAST <= len(kept) <= pseudonyms.MOST
    assert not any(unicodedata.category(c)[0] in "CZ" and c != " " for c in kept)
    assert pseudonyms.shape(kept)


@given(st.text(max_size=40))
def test_a_shape_is_its_own_shape_and_knows_no_capitals(text: str) -> None:
    shape = pseudonyms.shape(text)
    assert pseudonyms.shape(shape) == shape
    assert pseudonyms.shape(text.upper().lower()) == pseudonyms.shape(text.lower())


def test_every_suggestion_may_be_had() -> None:
    for word in pseudonyms.FRIENDLY:
        assert pseudonyms.checked(f"{word} 10")
    assert pseudonyms.checked(pseudonyms.suggested(secrets.choice, secrets.randbelow))


def test_no_two_reserved_words_hide_each_other() -> None:
    assert all(len(pseudonyms.shape(word)) >= 2 for word in pseudonyms.RESERVED)
