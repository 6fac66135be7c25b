# SPDX-License-Identifier: EUPL-1.2
"""Published needs a line each, nine hundred on a page: to look through, to print, to search with the browser."""

from datetime import date
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from smilecity.citizens import reads, rules
from smilecity.citizens.pages.finding import wish_of
from smilecity.citizens.pages.shown import backed, state
from smilecity.core.nouns import foreign_language, in_text
from smilecity.people.reads import who_asks

_LINE = '<li><a href="{}"{}>{}</a> <span class="smile-muted">{}</span></li>'


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


def _lines(needs: list[Any]) -> SafeString:
    """Written here and not in the template: nine hundred times through it would take a tenth of a second.

    What many lines say alike is put into words once.
    """
    start, language, zone = reverse("needs:list"), get_language() or "de", get_current_timezone()
    kinds = {code: str(label) for code, label in rules.KINDS.items()}
    stands, backing, day, tongue = cache(state), cache(backed), cache(_day), cache(_tongue)
    lines = []
    for one in needs:
        facts = (
            kinds[one.kind],
            stands(one.state, one.decision),
            backing(one.backing),
            day(one.said_at.astimezone(zone).date()),
        )
        name = in_text(one.noun__title, language)
        other = tongue(foreign_language(one.noun__title, language))
        lines.append((f"{start}{one.form}/", other, name, " · ".join(fact for fact in facts if fact)))
    return format_html_join("\n", _LINE, lines)


def _tongue(code: str) -> SafeString:
    return format_html(' lang="{}"', code) if code else SafeString("")


def _day(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")
