# SPDX-License-Identifier: EUPL-1.2
"""What the desk's forms about reports offer: categories in their groups, organisations, colleagues."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from smilecity.citizens import reads
from smilecity.citizens.models import Category
from smilecity.citizens.pages.shown import title
from smilecity.core.nouns import in_text
from smilecity.core.who import Who


def called(category: Category | None) -> str:
    """What a category is called in the reader's language."""
    return in_text(category.title, get_language() or "de") if category else ""


def to_sort_by(who: Who) -> list[tuple[str, Any]]:
    """The categories that can be chosen, by code, in their groups."""
    return [
        (called(one.category), [(leaf.code, called(leaf)) for leaf in one.inside])
        if one.inside
        else (one.category.code, called(one.category))
        for one in reads.offered(who)
    ]


def to_look_in(who: Who) -> list[tuple[str, str]]:
    """All categories and groups for a filter, those put away too; what is in a group stands behind its name."""
    found: list[tuple[str, str]] = []
    for one in reads.categories(who):
        name = called(one.category)
        found.append((one.category.code, name))
        found += [(leaf.code, f"{name}: {called(leaf)}") for leaf in one.inside]
    return found


def organisations(who: Who) -> list[tuple[int, str]]:
    """Those to whom something can be given."""
    return [(one.id, title(one)) for one in reads.organisations(who)]


def workers(who: Who) -> list[tuple[int, str]]:
    """Oneself first, then the colleagues."""
    me = [(who.account, _("ich"))] if who.account is not None else []
    return [*me, *reads.colleagues(who)]
