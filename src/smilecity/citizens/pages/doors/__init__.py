# SPDX-License-Identifier: EUPL-1.2
"""The doors by hand: a call, a stack of sheets, a table from a workshop."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from smilecity.citizens import rights
from smilecity.citizens.reads.doors import categories_to_choose, names_of_places
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks


def writer(request: HttpRequest) -> Who:
    """Who asks, if they may write down what others said."""
    who = who_asks(request)
    if not rights.may_write_down(who):
        raise Refusal("need.not-yours", _("Das dürfen Sie hier nicht."), status=403)
    return who


def around(who: Who, request: HttpRequest, title: str) -> dict[str, Any]:
    """What stands around each of these pages: the other doors, the way back, names of places to type."""
    doors = (
        ("needs:phone", _("Telefon")), ("needs:paper", _("Papier")), ("needs:tables", _("Tabelle")),
    )  # fmt: skip
    desk = {"title": _("Anliegen"), "url": reverse("needs:desk")}
    return {
        "sections": [
            {"title": name, "url": reverse(address), "current": request.path.startswith(reverse(address))}
            for address, name in doors
        ],
        "path": [{"title": _("Schreibtisch"), "url": reverse("desk:today")}, desk, {"title": title}],
        "places": names_of_places(who),
    }


def categories(who: Who) -> list[tuple[str, Any]]:
    """Categories to choose, below their groups."""
    language = get_language() or "de"
    found: dict[str, list[tuple[str, str]]] = {}
    for one in categories_to_choose(who):
        group = in_text(one.parent.title, language) if one.parent else ""
        found.setdefault(group, []).append((one.code, in_text(one.title, language)))
    return [pair for group, inside in found.items() for pair in ([(group, inside)] if group else inside)]
