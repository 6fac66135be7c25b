# SPDX-License-Identifier: EUPL-1.2
"""A need's page: what was said, its whole way, what became of it; and what may be done there."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.citizens import reads, rights, rules
from smilecity.citizens.actions.doors.letters import confirm_letters
from smilecity.citizens.models import Need
from smilecity.citizens.pages import doing, hidden, photos, talk
from smilecity.citizens.pages.shown import BADGES, age, backed, foreign, state, title, turn
from smilecity.citizens.pages.whereabouts import alike, told, whereabouts
from smilecity.core import nouns
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def need(request: HttpRequest, form: UUID) -> HttpResponse:
    """/needs/<uuid>/?key=: what was said and what became of it; POST `do` says what is done (`doing.DO`)."""
    who, key = who_asks(request), request.GET.get("key", "")
    found = reads.need_at(who, form, key)
    if found is None:
        raise rules.unknown()
    if key and reads.is_author(who, found, key):
        confirm_letters(who, found, key)
    forms = doing.forms(who, found, key)
    if request.method != "POST":
        return _page(request, who, found, forms, 200)
    do = request.POST.get("do", "")
    if do == "check" and "publish" in forms:
        forms["publish"].data, forms["publish"].is_bound = request.POST, True
        return _page(request, who, found, forms, 200)
    try:
        said = doing.done(who, found, do, forms, request.POST, key)
    except Refusal as refusal:
        if do not in forms or refusal.status in (403, 404):
            raise
        forms[do].show(refusal)
        return _page(request, who, found, forms, refusal.status)
    if not said:
        return _page(request, who, found, forms, 422)
    messages.success(request, said)
    own = reads.is_author(who, found, key) and key
    return redirect(request.path + (f"?key={key}" if own else ""))


def _page(request: HttpRequest, who: Who, found: Need, forms: dict[str, Any], status: int) -> HttpResponse:
    key, noun = request.GET.get("key", ""), found.noun
    answers = rights.may_answer(who, noun.area_id, noun.keeper_id)
    words, author = reads.knows_its_words(who, found, key), reads.is_author(who, found, key)
    language = get_language() or "de"
    steps = reads.steps(who, found, key)
    context = {
        "need": found,
        "whereabouts": whereabouts(who, found, steps),
        "title": title(noun),
        "foreign": foreign(noun),
        "kind": rules.KINDS[found.kind],
        "state": state(found.state, found.decision),
        "badge": BADGES[found.state],
        "hidden": hidden.shown(who, found, key),
        "published": in_text(noun.text, language) if found.published_at else "",
        **_plainly(request, found, forms),
        "photos": photos.figures(who, found, key),
        "words": found.words if words else "",
        "way": _way(who, found),
        "thread": [(title(one), nouns.page_address(one)) for one in reads.thread(who, found)],
        "target": _target(who, found),
        "steps": [told(one) for one in steps],
        "area": title(noun.area),
        "keeper": title(noun.keeper),
        "answers": answers,
        "author": author,
        "owner": request.user if author and found.account_id else None,
        "backed": backed(found.backing),
        "supported": reads.supports(who, found),
        "talk": talk.shown(request, who, found),
        "forms": forms,
        "alike": alike(who, found) if "decide" in forms else [],
        "age": age(found),
        "turn": turn(found),
        "wrong": any(form.is_bound and form.errors for form in forms.values()),
        "path": [_above(answers, author and not key), {"title": title(noun)}],
    }
    return render(request, "citizens/need.html", context, status=status)


def _plainly(request: HttpRequest, found: Need, forms: dict[str, Any]) -> dict[str, Any]:
    """The words in plain language, if a reader asks for them, and what its editor should look at again."""
    known = in_text(found.plain, get_language() or "de") if found.plain and found.published_at else ""
    typed = forms["publish"]["plain"].value() if "publish" in forms else ""
    return {
        "plain": known,
        "plainly": bool(known) and request.GET.get("plain") == "1",
        "findings": [(rules.CHECKS[one.check], one) for one in rules.plainly(typed or "")],
        "checked": request.POST.get("do") == "check",
    }


def _above(answers: bool, mine: bool) -> dict[str, str]:
    if answers:
        return {"title": _("Anliegen"), "url": reverse("needs:desk")}
    if mine:
        return {"title": _("Meine Anliegen"), "url": reverse("needs:mine")}
    return {"title": _("Anliegen"), "url": reverse("needs:list")}


def _way(who: Who, found: Need) -> list[dict[str, Any]]:
    return [
        {"label": rules.STAGES[one.code], "on": one.on, "promised": one.promised}
        for one in reads.way(who, found)
    ]


def _target(who: Who, found: Need) -> tuple[str, str] | None:
    """What the decision points to, if the reader may see it: its title and its page."""
    if found.outside:
        return found.outside, ""
    if found.target is None or not nouns.may_see(who, found.target):
        return None
    return title(found.target), nouns.page_address(found.target)
