# SPDX-License-Identifier: EUPL-1.2
"""What words may be kept."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecity.citizens import rules
from smilecity.core.problems import Refusal

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=400)
OVERRIDE = "\N{RIGHT-TO-LEFT OVERRIDE}"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Mehr Licht, bitte.  ", "Mehr Licht, bitte."),
        ("eins\r\nzwei\rdrei", "eins\nzwei\ndrei"),
        ("eins\n\n\n \n\nzwei", "eins\n\nzwei"),
        ("Hal\0lo \x1b[31mrot", "Hallo [31mrot"),
        ("halb \ud83d und ganz \U0001f600", "halb  und ganz \U0001f600"),
        (f"gut{OVERRIDE}thcelhcs", "gutthcelhcs"),
        ("a\u0308rgerlich", "ärgerlich"),
        ("שלום, ciao, \u200eمرحبا", "שלום, ciao, \u200eمرحبا"),
        ("\U0001f469\u200d\U0001f467 spielt", "\U0001f469\u200d\U0001f467 spielt"),
    ],
)
def test_words_are_kept_without_what_nobody_sees(typed: str, kept: str) -> None:
    assert rules.checked_words(typed) == kept


@given(text=ANY_TEXT)
def test_cleaned_words_can_be_kept_and_do_not_change_again(text: str) -> None:
    kept = rules.cleaned(text)
    kept.encode("utf-8")  # PostgreSQL and the page can hold it
    assert "\0" not in kept
    assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in kept)
    assert OVERRIDE not in kept
    assert rules.cleaned(kept) == kept


@given(text=st.one_of(ANY_TEXT, st.integers(0, 5000).map(lambda n: "x" * n)))
def test_words_are_kept_or_refused_by_their_length(text: str) -> None:
    if rules.LEAST <= len(rules.cleaned(text)) <= rules.MOST:
        assert rules.checked_words(text) == rules.cleaned(text)
        return
    with pytest.raises(Refusal) as refused:
        rules.checked_words(text)
    assert refused.value.field == "words"


@pytest.mark.parametrize("address", ["", "  ", "name@beispiel.de", "jörg@müller.example", "a+b@c.d.example"])
def test_addresses_are_kept(address: str) -> None:
    assert rules.checked_contact(address) == address.strip()


NO_ADDRESSES = (
    "name",
    "name@",
    "@x.de",
    "a b@x.de",
    "a@b",
    "a@x..de",
    "a@x.de\nBcc: b@y.de",
    "a@x.de,b@y.de,c",
    "\0@x.de",
    "a" * 250 + "@x.de",
    f"a{OVERRIDE}@x.de",
)


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.checked_contact(address)
    assert (refused.value.code, refused.value.field) == ("need.contact", "contact")
