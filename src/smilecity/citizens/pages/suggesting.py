# SPDX-License-Identifier: EUPL-1.2
"""What is told while somebody types: who said much the same nearby, what may answer it, and who looks after it."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from smilecity.citizens import reads, rights, rules
from smilecity.citizens.forms import SayForm
from smilecity.citizens.pages.shown import BADGES, backed, state, title
from smilecity.core import nouns
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks


@dataclass(frozen=True, slots=True)
class Found:
    """Needs much like the words, and pages that may answer them, as they are shown."""

    needs: list[dict[str, Any]]
    pages: list[dict[str, str]]


@never_cache
@require_safe
def alike(request: HttpRequest) -> HttpResponse:
    """GET /say/alike/?words=&spot=12.1,54.1&category=&about=: part of a page; data for `Accept: application/json`.

    What is wrong with the spot or the category is left out here: the form says it when it is sent.
    """
    who, asked = who_asks(request), request.GET.get
    area = _area(who, asked("about", ""))
    found = to_words(
        who, asked("words", "")[: rules.MOST], area, _or_nothing(rules.typed_spot, asked("spot", ""))
    )
    chosen = _or_nothing(
        lambda code: reads.chosen(who, code, _or_nothing(rules.typed_spot, asked("spot", "")), area),
        asked("category", ""),
    )
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"needs": found.needs, "pages": found.pages, "category": _data(chosen)})
    form = SayForm(asks=chosen.category.asks) if chosen else None
    context = {
        "found": found,
        "chosen": _told(chosen) if chosen else None,
        "asked": form.asked if form else [],
    }
    return render(request, "citizens/alike_part.html", context)


def to_words(who: Who, words: str, area: int | None, spot: rules.Spot | None) -> Found:
    """What is much like these words."""
    language = get_language() or "de"
    needs = [
        {
            "title": in_text(one.title, language),
            "url": reverse("needs:need", kwargs={"form": one.form}),
            "state": state(one.state, one.decision),
            "badge": BADGES[one.state],
            "backed": backed(one.backing),
        }
        for one in reads.suggest(who, words, area, spot)
    ]
    pages = [{"title": title(one), "url": nouns.page_address(one)} for one in reads.answering(who, words)]
    return Found(needs, [one for one in pages if one["url"]])


def _told(chosen: reads.Chosen) -> dict[str, str]:
    """Who looks after a category here and how long it usually takes, in sentences."""
    language = get_language() or "de"
    return {
        "title": in_text(chosen.category.title, language),
        "text": in_text(chosen.category.text, language),
        "keeper": title(chosen.keeper),
        "usual": rules.usually(chosen.usual) if chosen.usual else "",
    }


def _data(chosen: reads.Chosen | None) -> dict[str, Any] | None:
    if chosen is None:
        return None
    spread = chosen.usual
    days = {"quick": spread.quick, "median": spread.median, "slow": spread.slow} if spread else None
    keeper = (
        {"title": title(chosen.keeper), "url": nouns.page_address(chosen.keeper)} if chosen.keeper else None
    )
    return {
        "code": chosen.category.code,
        "responsible": keeper,
        "usual_days": days,
        "asks": chosen.category.asks,
    }


def _area(who: Who, about: str) -> int | None:
    known = about.isascii() and about.isdigit() and len(about) < 19
    subject = _or_nothing(lambda number: reads.subject(who, int(number)), about) if known else None
    return rights.area_of(subject)


def _or_nothing(read: Any, text: str) -> Any:
    """What was asked for, or nothing while it is not right yet."""
    try:
        return read(text.replace("\0", "")) if text else None
    except Refusal:
        return None
