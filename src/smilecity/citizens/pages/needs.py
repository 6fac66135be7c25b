# SPDX-License-Identifier: EUPL-1.2
"""Reading what was said, and answering it: the page of a need, one's own needs, and the desk's list."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.citizens import actions, reads, rights, rules
from smilecity.citizens.forms import AnswerForm
from smilecity.citizens.models import Need
from smilecity.core import nouns
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks

BADGES = {Need.NEW: "info", Need.ANSWERED: "success", Need.CLOSED: "success"}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def need(request: HttpRequest, form: UUID) -> HttpResponse:
    """/needs/<uuid>/: what was said and what became of it; who may answer does it here."""
    who = who_asks(request)
    found = reads.need_at(who, form)
    if found is None:
        raise actions.unknown()
    typed = (
        AnswerForm(request.POST) if request.method == "POST" else AnswerForm(initial={"answer": found.answer})
    )
    if request.method != "POST":
        return _need_page(request, who, found, typed, 200)
    if typed.is_valid():
        try:
            actions.answer_need(
                who, found.noun_id, typed.cleaned_data["answer"], close="close" in request.POST
            )
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            typed.show(refusal)
            return _need_page(request, who, found, typed, refusal.status)
        messages.success(request, _("Ihre Antwort ist gespeichert. Wer es gesagt hat, erfährt davon."))
        return redirect("needs:need", form=form)
    return _need_page(request, who, found, typed, 422)


@require_safe
@login_required
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """GET /me/needs/: what I said while signed in, and how it stands."""
    found = reads.mine(who_asks(request), request.GET.get("after", ""))
    path = [{"title": _("Mein Konto"), "url": reverse("me")}, {"title": _("Meine Anliegen")}]
    return render(
        request, "citizens/mine.html", {"rows": _rows(found.items), "after": found.after, "path": path}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    """/desk/needs/?state=&kind=&area=&after=: what was said to us; several can be closed with one answer."""
    who = who_asks(request)
    if not rights.reads_any(who):
        raise Refusal("need.not-yours", _("Diese Anliegen lesen andere."), status=403)
    typed = AnswerForm(request.POST) if request.method == "POST" else AnswerForm()
    chosen = [
        int(one) for one in request.POST.getlist("need") if one.isascii() and one.isdigit() and len(one) < 19
    ]
    if request.method != "POST":
        return _desk_page(request, who, typed, chosen, 200)
    if not chosen:
        typed.add_error(None, _("Kreuzen Sie an, welche Anliegen Sie beantworten."))
    if typed.is_valid():
        try:
            count = actions.answer_needs(who, chosen, typed.cleaned_data["answer"])
        except Refusal as refusal:
            typed.show(refusal)
            return _desk_page(request, who, typed, chosen, refusal.status)
        said = ngettext(
            "%(count)d Anliegen ist abgeschlossen.", "%(count)d Anliegen sind abgeschlossen.", count
        )
        messages.success(request, said % {"count": count})
        return redirect("needs:desk")
    return _desk_page(request, who, typed, chosen, 422)


def _need_page(request: HttpRequest, who: Who, found: Need, typed: AnswerForm, status: int) -> HttpResponse:
    noun, language = found.noun, get_language() or "de"
    answers = rights.may_answer(who, noun.area_id, noun.keeper_id)
    above = (
        {"title": _("Anliegen"), "url": reverse("needs:desk")}
        if answers
        else {"title": _("Meine Anliegen"), "url": reverse("needs:mine")}
    )
    title = in_text(noun.title, language)
    context = {
        "need": found,
        "title": title,
        "state": _state(found),
        "badge": BADGES[found.state],
        "thread": [
            (in_text(one.title, language), nouns.page_address(one)) for one in reads.thread(who, found)
        ],
        "area": in_text(noun.area.title, language) if noun.area else "",
        "keeper": in_text(noun.keeper.title, language) if noun.keeper else "",
        "form": typed if answers and found.state != Need.CLOSED else None,
        "answers": answers,
        "author": reads.is_author(who, found),
        "path": [above, {"title": title}],
    }
    return render(request, "citizens/need.html", context, status=status)


def _desk_page(
    request: HttpRequest, who: Who, typed: AnswerForm, chosen: list[int], status: int
) -> HttpResponse:
    state, kind, area = (request.GET.get(name, "") for name in ("state", "kind", "area"))
    state = state if state in rules.STATES else Need.NEW
    kind = kind if kind in rules.KINDS else ""
    areas = reads.areas_read(who)
    known = next((one for one in areas if str(one.id) == area), None)
    found = reads.waiting(
        who, state=state, kind=kind, area=known.id if known else None, after=request.GET.get("after", "")
    )
    language = get_language() or "de"
    context = {
        "rows": _rows(found.items),
        "after": found.after,
        "form": typed,
        "chosen": chosen,
        "state": state,
        "states": [
            (Need.NEW, _("Neue")), (Need.ANSWERED, _("Beantwortete")), (Need.CLOSED, _("Abgeschlossene"))
        ],
        "kind": kind,
        "kinds": rules.KINDS.items(),
        "area": known.id if known else None,
        "areas": [(one.id, in_text(one.title, language)) for one in areas],
        "path": [{"title": _("Schreibtisch"), "url": reverse("desk:today")}, {"title": _("Anliegen")}],
    }  # fmt: skip
    return render(request, "citizens/desk_needs.html", context, status=status)


def _rows(found: list[Need]) -> list[dict[str, object]]:
    language = get_language() or "de"
    return [
        {
            "id": one.noun_id,
            "title": in_text(one.noun.title, language),
            "url": reverse("needs:need", kwargs={"form": one.form}),
            "words": one.words if len(one.words) <= 160 else f"{one.words[:160].rsplit(' ', 1)[0]} …",
            "state": _state(one),
            "badge": BADGES[one.state],
            "at": one.said_at,
            "open": one.state != Need.CLOSED,
        }
        for one in found
    ]


def _state(found: Need) -> str:
    return str(rules.STATES[found.state])
