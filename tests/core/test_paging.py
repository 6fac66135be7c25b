# SPDX-License-Identifier: EUPL-1.2
import pytest

from smilecity.core import nouns, paging
from smilecity.core.problems import Refusal


def _places(titles: list[str]) -> None:
    for number, title in enumerate(titles):
        nouns.put("place", f"places/{number}", {"de": title}, visibility="public")


@pytest.mark.django_db
def test_pages_join_to_the_whole_in_dictionary_order() -> None:
    _places(["Zoo", "Ärztehaus", "Apfelhof", "Ostsee", "Öhrchen", "Straßenfest", "Strassburg"])
    seen: list[str] = []
    after = ""
    while True:
        page = paging.page(nouns.published("place"), ("sort", "id"), after=after, size=2)
        seen += [noun.title["de"] for noun in page.items]
        after = page.after
        if not after:
            break
    assert seen == ["Apfelhof", "Ärztehaus", "Öhrchen", "Ostsee", "Strassburg", "Straßenfest", "Zoo"]


@pytest.mark.django_db
def test_a_row_added_before_the_cursor_repeats_nothing() -> None:
    _places(["B", "C", "D"])
    first = paging.page(nouns.published("place"), ("sort", "id"), size=2)
    nouns.put("place", "places/new", {"de": "A"}, visibility="public")
    second = paging.page(nouns.published("place"), ("sort", "id"), after=first.after, size=2)
    assert [n.title["de"] for n in second.items] == ["D"]


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", ["x", "!!!", "W10", "WzFd", "bnVsbA", "WyJhIixbXV0", "é"])
def test_a_made_up_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Refusal) as refused:
        paging.page(nouns.published("place"), ("sort", "id"), after=cursor)
    assert refused.value.code == "paging.bad-cursor"
