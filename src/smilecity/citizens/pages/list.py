# SPDX-License-Identifier: EUPL-1.2
"""What people need, for everybody: the public list, and one's own."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from smilecity.citizens import reads, rules
from smilecity.citizens.pages.shown import backed, row, title
from smilecity.core import search
from smilecity.core.nouns import in_text
from smilecity.core.who import Who
from smilecity.people.reads import who_asks


@require_safe
def needs(request: HttpRequest) -> HttpResponse:
    """GET /needs/?q=&kind=&state=&area=&order=&after=: published needs, the newest or the most supported first."""
    who = who_asks(request)
    areas = [(one.id, title(one)) for one in reads.areas(who)]
    wish = _wish(request, {str(number) for number, _title in areas})
    found = reads.listed(who, wish, request.GET.get("after", ""))
    language = get_language() or "de"
    context = {
        "rows": [
            row(
                one,
                words=in_text(one.noun.text, language),
                facts=(str(rules.KINDS[one.kind]), title(one.noun.area), backed(one.backing)),
            )
            for one in found.items
        ],
        "after": found.after,
        "wish": wish,
        "kinds": rules.KINDS.items(),
        "groups": [(code, label) for code, (label, _states) in rules.GROUPS.items()],
        "areas": areas,
        "month": month(who),
        "path": [{"title": _("Anliegen")}],
    }
    return render(request, "citizens/needs.html", context)


@require_safe
@login_required
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """GET /me/needs/: what I said while signed in, and how it stands."""
    found = reads.mine(who_asks(request), request.GET.get("after", ""))
    path = [{"title": _("Mein Konto"), "url": reverse("me")}, {"title": _("Meine Anliegen")}]
    rows = [row(one, words=one.words, facts=(backed(one.backing),)) for one in found.items]
    return render(request, "citizens/mine.html", {"rows": rows, "after": found.after, "path": path})


def month(who: Who) -> dict[str, Any]:
    """What people said in the last thirty days, what became of it, and what is owed: for a row on any page."""
    found = reads.month(who)
    decided = [
        (str(label), found.decided[code])
        for code, label in rules.DECISIONS.items()
        if found.decided.get(code)
    ]
    return {"month": found, "decided": decided, "total": sum(count for _label, count in decided)}


def _wish(request: HttpRequest, areas: set[str]) -> rules.Wish:
    """What is asked for; what nobody can ask for is left out."""
    asked = request.GET.get
    kind, group, area = asked("kind", ""), asked("state", ""), asked("area", "")
    return rules.Wish(
        kind=kind if kind in rules.KINDS else "",
        group=group if group in rules.GROUPS else "",
        area=int(area) if area in areas else None,
        words=asked("q", "").replace("\0", "")[: search.MOST_LETTERS],
        backed=asked("order", "") == "backed",
    )
