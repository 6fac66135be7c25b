# SPDX-License-Identifier: EUPL-1.2
"""The register's form: every filter with what is chosen, and what is chosen as chips that can be taken away."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from smilecity.core.choosing import Chip, Select
from smilecity.core.nouns import in_text
from smilecity.core.who import Who
from smilecity.things.reads import register as reads
from smilecity.things.rules import said
from smilecity.things.rules.register import STATES, Wish


@dataclass(frozen=True, slots=True)
class Finder:
    """The whole form."""

    wish: Wish
    selects: list[Select]
    chips: list[Chip]


def finder(who: Who, wish: Wish) -> Finder:
    """The form as it stands for this wish."""
    language = get_language() or "de"
    measured = {one.definition: said.title(one.name, one.properties, language) for one in reads.measured(who)}
    known = {
        "measures": dict(sorted(measured.items(), key=lambda one: one[1].casefold())),
        "area": {key: in_text(title, language) for key, title in reads.districts(who)},
        "runs": {key: in_text(title, language) for key, title in reads.runners(who)},
        "state": {key: str(text) for key, text in STATES.items()},
    }
    labels = {
        "measures": (_("Was misst er?"), _("Alles")),
        "area": (_("Wo?"), _("In der ganzen Stadt")),
        "runs": (_("Wer betreibt ihn?"), _("Alle")),
        "state": (_("Wie geht es ihm?"), _("egal")),
    }
    selects = [
        Select(name, label, [("", none), *_with(known[name], getattr(wish, name))], getattr(wish, name))
        for name, (label, none) in labels.items()
    ]
    return Finder(wish, selects, _chips(wish, known))


def address(name: str, wish: Wish) -> str:
    """The address of a page of the register with this wish."""
    query = wish.query()
    return f"{reverse(name)}?{query}" if query else reverse(name)


def _with(known: Mapping[str, str], value: str) -> list[tuple[str, str]]:
    """The options, and what is asked for although none of them says it: sending the form again must not lose it."""
    options = list(known.items())
    return options if not value or value in known else [*options, (value, value)]


def _chips(wish: Wish, known: Mapping[str, Mapping[str, str]]) -> list[Chip]:
    labels = {
        "q": f"„{wish.q}“",
        **{name: known[name].get(getattr(wish, name), getattr(wish, name)) for name in known},
    }
    return [
        Chip(label, address("things:list", wish.without(name)))
        for name, label in labels.items()
        if getattr(wish, name)
    ]
