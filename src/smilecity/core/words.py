# SPDX-License-Identifier: EUPL-1.2
"""What kinds of nouns and verbs of the log are called: each room tells its own when Django is ready.

So a map, a search or a history can speak of every room without knowing any.
"""

from collections.abc import Iterable, Mapping

from smilecity.core.problems import Sentence

_kinds: dict[str, Sentence] = {}
_verbs: dict[str, Sentence] = {}
_goes_to: dict[str, str] = {}
_without_page: set[str] = set()
_for_authors: set[str] = set()


def tell(
    *,
    kinds: Mapping[str, Sentence] | None = None,
    verbs: Mapping[str, Sentence] | None = None,
    goes_to: Mapping[str, str] | None = None,
    without_page: Iterable[str] = (),
    for_authors: Iterable[str] = (),
) -> None:
    """Called by a room's `apps.py`: what its kinds are called (plural), and its verbs in a history.

    `goes_to` names the address of the page where those go who are told of a verb. `without_page` names those of its
    kinds that have no page of their own: no list links to one. `for_authors` names the verbs that are told to the author
    of the noun as their own, who reads it also where it is not published.
    """
    _kinds.update(kinds or {})
    _verbs.update(verbs or {})
    _goes_to.update(goes_to or {})
    _without_page.update(without_page)
    _for_authors.update(for_authors)


def kinds() -> dict[str, Sentence]:
    """All kinds of nouns that have been told of, with what several of them are called."""
    return dict(_kinds)


def kind(code: str) -> str:
    """What several of this kind are called."""
    return str(_kinds.get(code, code))


def has_page(code: str) -> bool:
    """Whether the nouns of this kind have pages of their own."""
    return code not in _without_page


def verb(code: str) -> str:
    """What happened, in a few words."""
    return str(_verbs.get(code, code))


def goes_to(code: str) -> str:
    """The name of the address where those go who were told of this; empty if there is none."""
    return _goes_to.get(code, "")


def is_for_author(code: str) -> bool:
    """Whether those to whom this is told as their own are the authors of the noun, and read it wherever it stands."""
    return code in _for_authors
