# SPDX-License-Identifier: EUPL-1.2
"""The desk: one's projects, and for each what can be done today: say how it stands, reach, answer, publish."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.core import nouns
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.governance import actions, reads, rights
from smilecity.governance.actions.standing import unknown
from smilecity.governance.forms import StepForm, by_language
from smilecity.governance.models import Project
from smilecity.governance.pages import said
from smilecity.governance.rules import course
from smilecity.people.reads import who_asks


@require_safe
@login_required
@never_cache
def projects(request: HttpRequest) -> HttpResponse:
    """GET /desk/projects/?q=&after=: the projects I write."""
    who = writer(request)
    words = request.GET.get("q", "").replace("\0", "")
    found = reads.written(who, words, request.GET.get("after", ""))
    context = {
        "rows": said.cards(found.items),
        "after": found.after,
        "words": words,
        "path": path(_("Projekte")),
    }
    return render(request, "governance/desk_projects.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def one(request: HttpRequest, slug: str) -> HttpResponse:
    """/desk/projects/<slug>/: how it stands; `do` says which of its forms was sent."""
    who = who_asks(request)
    found = must_write(who, slug)
    if request.method != "POST":
        return _page(request, who, found, StepForm(now=found.state), 200)
    do = DOING.get(request.POST.get("do", ""))
    form = StepForm(request.POST, now=found.state) if do is _say else StepForm(now=found.state)
    if do is None:
        raise Refusal("project.do", _("Das geht mit einem Projekt nicht."), status=422)
    if form.is_bound and not form.is_valid():
        return _page(request, who, found, form, 422)
    try:
        told = do(request, who, found.noun, form)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        if form.is_bound:
            form.show(refusal)
        fresh = must_write(who, slug)
        return _page(request, who, fresh, form, refusal.status, None if form.is_bound else refusal)
    messages.success(request, told)
    return redirect("projects-desk:one", slug=slug)


def writer(request: HttpRequest) -> Who:
    """Who asks, if there may be projects they write."""
    who = who_asks(request)
    if not rights.may_write_any(who):
        raise Refusal("project.not-yours", _("Projekte schreiben die, die in der Stadt planen."), status=403)
    return who


def must_write(who: Who, slug: str) -> Project:
    """The project, if this person writes it; else as if it were not there."""
    found = reads.editable(who, slug)
    if found is None:
        raise unknown()
    return found


def path(title: str, above: tuple[str, str] | None = None) -> list[dict[str, str]]:
    """Where a page of the desk is; `above` is the title and the slug of its project."""
    start = [{"title": _("Schreibtisch"), "url": reverse("desk:today")}]
    if title != _("Projekte"):
        start.append({"title": _("Projekte"), "url": reverse("projects-desk:list")})
    if above:
        start.append({"title": above[0], "url": reverse("projects-desk:one", kwargs={"slug": above[1]})})
    return [*start, {"title": title}]


def _say(request: HttpRequest, who: Who, noun: Noun, form: StepForm) -> str:
    typed = form.cleaned_data
    actions.say_step(who, noun.id, state=typed["state"], why=by_language(typed, "why"), delay=typed["delay"])
    return _("Das steht jetzt auf der Seite des Projekts. Wer ihm folgt, erfährt davon.")


def _reach(request: HttpRequest, who: Who, noun: Noun, form: StepForm) -> str:
    actions.reach_milestone(who, noun.id, _number(request, "milestone"), on=_day(request))
    return _("Der Meilenstein ist erreicht. Wer dem Projekt folgt, erfährt davon.")


def _unreach(request: HttpRequest, who: Who, noun: Noun, form: StepForm) -> str:
    actions.reach_milestone(who, noun.id, _number(request, "milestone"), on=None)
    return _("Der Meilenstein ist wieder offen.")


def _answer(request: HttpRequest, who: Who, noun: Noun, form: StepForm) -> str:
    chosen = [int(one) for one in request.POST.getlist("need") if _is_number(one)]
    if not chosen:
        raise Refusal(
            "project.no-need", _("Kreuzen Sie an, worauf das Projekt antwortet."), field="need", status=422
        )
    actions.answer_with(who, noun.id, chosen)
    if noun.visibility == Noun.PUBLIC:
        return _("Verbunden. Wer es gesagt hat, erfährt davon.")
    return _("Verbunden. Wer es gesagt hat, erfährt davon, sobald das Projekt veröffentlicht ist.")


def _let_go(request: HttpRequest, who: Who, noun: Noun, form: StepForm) -> str:
    actions.let_go(who, noun.id, _number(request, "need"))
    return _("Die Verbindung ist gelöst.")


def _publish(request: HttpRequest, who: Who, noun: Noun, form: StepForm) -> str:
    actions.publish(who, noun.id)
    return _("Das Projekt ist veröffentlicht.")


def _hide(request: HttpRequest, who: Who, noun: Noun, form: StepForm) -> str:
    actions.publish(who, noun.id, public=False)
    return _("Das Projekt sehen jetzt nur noch Verantwortliche.")


DOING: dict[str, Callable[[HttpRequest, Who, Noun, StepForm], str]] = {
    "say": _say,
    "reach": _reach,
    "unreach": _unreach,
    "answer": _answer,
    "let-go": _let_go,
    "publish": _publish,
    "hide": _hide,
}


def _number(request: HttpRequest, name: str) -> int:
    """A number that a button sent; what is none is nobody's."""
    given = request.POST.get(name, "")
    return int(given) if _is_number(given) else 0


def _is_number(given: str) -> bool:
    return given.isascii() and given.isdigit() and len(given) < 19


def _day(request: HttpRequest) -> date:
    try:
        day = parse_date(request.POST.get("on", ""))
    except ValueError:
        day = None
    if day is None:
        raise Refusal(
            "milestone.day",
            _("Hier fehlt der Tag."),
            cure=_("Schreiben Sie, wann der Meilenstein erreicht wurde."),
            field="on",
            status=422,
        )
    return day


def _page(
    request: HttpRequest,
    who: Who,
    found: Project,
    form: StepForm,
    status: int,
    refusal: Refusal | None = None,
) -> HttpResponse:
    noun, today = found.noun, reads.today()
    late = course.late(reads.course_of(found), today)
    answered, waiting = reads.answered(who, noun), reads.to_answer(who, noun)
    title = said.said(noun.title)
    context: dict[str, Any] = {
        "noun": noun,
        "slug": said.slug_of(noun),
        "title": title,
        "card": said.card(noun, today),
        "unexplained": late is not None and not late.explained,
        "parts": said.parts(list(found.milestones.all()), today),
        "form": form,
        "refusal": refusal,
        "at_milestone": _number(request, "milestone") if refusal else 0,
        "today": today,
        "answered": _needs(who, answered.seen),
        "unread": answered.count - len(answered.seen),
        "waiting": _needs(who, waiting),
        "publishes": rights.may_publish(who, noun.area_id),
        "public": noun.visibility == Noun.PUBLIC,
        "path": path(title),
    }
    return render(request, "governance/desk_project.html", context, status=status)


def _needs(who: Who, needs: list[Noun]) -> list[dict[str, Any]]:
    words = reads.words(who, needs)
    return [
        {
            "id": one.id,
            "title": said.said(one.title),
            "url": nouns.page_address(one),
            "words": words.get(one.id, ""),
        }
        for one in needs
    ]
