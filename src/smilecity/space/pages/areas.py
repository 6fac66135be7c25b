# SPDX-License-Identifier: EUPL-1.2
"""All areas as a tree, and an area with its parts."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from smilecity.core import words
from smilecity.core.asking import who_asks
from smilecity.core.nouns import in_text, page_address
from smilecity.space import reads, rules
from smilecity.space.models import Area


@dataclass(frozen=True, slots=True)
class Row:
    """An area in a list, with those below it."""

    id: int
    title: str
    level: str
    url: str
    parts: list["Row"]
    time: str = ""


@require_safe
def tree(request: HttpRequest) -> HttpResponse:
    """GET /areas/: what the city consists of, as a list in a list, and as a map."""
    who = who_asks(request)
    branches = [_branch(one) for one in reads.tree(who)]
    bounds = ",".join(map(str, reads.extent(who) or ()))
    return render(request, "space/areas.html", {"branches": branches, "bounds": bounds})


@require_safe
def area(request: HttpRequest, key: str) -> HttpResponse:
    """GET /areas/<key>/: what an area is, what it consists of, what is in it."""
    who = who_asks(request)
    found = reads.area(who, key)
    if found is None:
        raise Http404
    above = found.parent
    context: dict[str, Any] = {
        "area": _row(found),
        "schematic": found.schematic,
        "facts": _facts(found),
        "parts": [_row(one) for one in reads.parts(who, found)],
        "counts": [_counted(kind, many) for kind, many in reads.counts(who, found).items()],
        "earlier": [_row(one) for one in reads.earlier(who, found)],
        "outline": reverse("space:outline", kwargs={"key": key}),
        "path": [
            {"title": _("Gebiete"), "url": reverse("space:areas")},
            *([{"title": _title(above), "url": page_address(above.noun)}] if above else []),
            {"title": _title(found)},
        ],
    }
    return render(request, "space/area.html", context)


def _branch(branch: reads.Branch) -> Row:
    return _row(branch.area, [_branch(part) for part in branch.parts])


def _row(area: Area, parts: list[Row] | None = None) -> Row:
    level = str(rules.LEVELS[area.level])
    return Row(area.noun_id, _title(area), level, page_address(area.noun), parts or [], _time(area))


def _title(area: Area) -> str:
    return in_text(area.noun.title, get_language() or "de")


def _facts(area: Area) -> list[tuple[str, str]]:
    names = {"de": _("Auf Deutsch"), "en": _("Auf Englisch")}
    here = get_language() or "de"
    others = [
        (names.get(language, language), name)
        for language, name in area.noun.title.items()
        if language != here and name != _title(area)
    ]
    return [
        (_("Ebene"), str(rules.LEVELS[area.level])),
        (_("Schlüssel"), area.key),
        (_("Gilt"), _time(area)),
        *others,
    ]


def _time(area: Area) -> str:
    """When it holds, in words; nothing where it always has."""
    start, end = ((day.strftime("%d.%m.%Y") if day else "") for day in (area.valid_from, area.valid_to))
    if start and end:
        return _("vom {start} bis vor dem {end}").format(start=start, end=end)
    if start:
        return _("seit dem {start}").format(start=start)
    return _("bis vor dem {end}").format(end=end) if end else ""


def _counted(kind: str, many: int) -> str:
    return ngettext("{kind}: {many} Eintrag", "{kind}: {many} Einträge", many).format(
        kind=words.kind(kind), many=many
    )
