# SPDX-License-Identifier: EUPL-1.2
"""What people need, for everybody: the public list, and one's own."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from smilecity.citizens import reads, rules
from smilecity.citizens.models import Need
from smilecity.citizens.pages.finding import wish_of
from smilecity.citizens.pages.pulse import row as pulse
from smilecity.citizens.pages.say import choices
from smilecity.citizens.pages.shown import Row, backed, row, title
from smilecity.core import remembered
from smilecity.core.nouns import in_text
from smilecity.core.who import Who
from smilecity.people.reads import who_asks

MONTH, MONTH_SECONDS = "citizens.month", 60


@require_safe
def needs(request: HttpRequest) -> HttpResponse:
    """GET /needs/?q=&kind=&state=&category=&area=&order=&after=: published needs as a list and as a map of the same."""
    who, wish = who_asks(request), wish_of(request)
    found = reads.listed(who, wish, request.GET.get("after", ""))
    categories, areas = remembered.for_a_moment(who, "citizens.choices", make=lambda: choices(who))
    context = {
        "rows": [_row(one) for one in found.items],
        "after": found.after,
        "wish": wish,
        "kinds": rules.KINDS.items(),
        "groups": [(code, label) for code, (label, _states) in rules.GROUPS.items()],
        "categories": [
            (name, inside) if isinstance(inside, list) else ("", [(name, inside)])
            for name, inside in categories
        ],
        "areas": areas,
        "area": str(wish.area or ""),
        "month": month(who),
        "pulse": remembered.for_a_moment(who, "citizens.pulse", make=lambda: pulse(who)),
        "map_style": settings.SMILE.map_style,
        "feed": _below("needs:feed", wish),
        **_map(wish, whole=not (found.after or request.GET.get("after"))),
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
    # The same for all, and nobody minds if it is a minute old.
    found: rules.Month | None = cache.get(MONTH)
    if found is None:
        found = reads.month(who)
        cache.set(MONTH, found, MONTH_SECONDS)
    decided = [
        (str(label), found.decided[code])
        for code, label in rules.DECISIONS.items()
        if found.decided.get(code)
    ]
    return {"month": found, "decided": decided, "total": sum(count for _label, count in decided)}


def _row(one: Need) -> Row:
    language = get_language() or "de"
    category = in_text(one.category.title, language) if one.category else ""
    facts = (str(rules.KINDS[one.kind]), category, title(one.noun.area), _door(one.door), backed(one.backing))
    return row(one, words=in_text(one.noun.text, language), facts=facts)


def _door(door: str) -> str:
    """By which door it came, but for the usual one: all weigh the same."""
    return "" if door == "web" else _("gekommen über: %(door)s") % {"door": rules.DOORS[door]}


def _map(wish: rules.Wish, *, whole: bool) -> dict[str, str]:
    """Points if the page shows the whole list; more stand too close on a phone to be hit: then tiles gather them."""
    if whole:
        return {"points": _below("needs:points", wish), "tiles": ""}
    pattern = reverse("needs:tile", args=(0, 0, 0)).replace("0/0/0", "{z}/{x}/{y}")
    query = wish.query()
    return {"points": "", "tiles": f"{pattern}?{query}" if query else pattern}


def _below(name: str, wish: rules.Wish) -> str:
    query = wish.query()
    return f"{reverse(name)}?{query}" if query else reverse(name)
