# SPDX-License-Identifier: EUPL-1.2
"""Published needs a line each, nine hundred on a page: to look through, to print, to search with the browser."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from smilecity.citizens import reads, rules
from smilecity.citizens.models import Need
from smilecity.citizens.pages.finding import wish_of
from smilecity.citizens.pages.shown import backed, state, title
from smilecity.people.reads import who_asks

_LINE = '<li><a href="{}">{}</a> <span class="smile-muted">{}</span></li>'


@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """GET /needs/all/?<as the list>&after=."""
    who, wish = who_asks(request), wish_of(request)
    found = reads.listed_long(who, wish, request.GET.get("after", ""))
    back = reverse("needs:list")
    context = {
        "lines": _lines(found.items),
        "after": found.after,
        "back": f"{back}?{wish.query()}" if wish.query() else back,
        "path": [{"title": _("Anliegen"), "url": back}, {"title": _("Alle auf einer Seite")}],
    }
    return render(request, "citizens/all.html", context)


def _lines(needs: list[Need]) -> SafeString:
    """Written here and not in the template: nine hundred times through it would take a tenth of a second."""
    start = reverse("needs:list")
    labels = {code: str(label) for code, label in rules.KINDS.items()}
    states: dict[tuple[str, str], str] = {}
    lines = []
    for one in needs:
        stands = (one.state, one.decision)
        if stands not in states:
            states[stands] = state(*stands)
        day = date_format(localtime(one.said_at), "SHORT_DATE_FORMAT")
        facts = (labels[one.kind], states[stands], backed(one.backing), day)
        lines.append((f"{start}{one.form}/", title(one.noun), " · ".join(fact for fact in facts if fact)))
    return format_html_join("\n", _LINE, lines)
