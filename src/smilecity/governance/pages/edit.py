# SPDX-License-Identifier: EUPL-1.2
"""Writing a project: what it is, and its milestones."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.governance import actions, reads, rights
from smilecity.governance.forms import (
    EMPTY_ROWS,
    DelayForm,
    MilestoneForm,
    NewProjectForm,
    ProjectForm,
    by_language,
    typed,
)
from smilecity.governance.models import Milestone, Project
from smilecity.governance.pages import said
from smilecity.governance.pages.desk import must_write, path, writer
from smilecity.governance.rules.description import MOST_MILESTONES
from smilecity.people.reads import who_asks


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """/desk/projects/new/: a project that is not there yet; only those who look after its area see it at first."""
    who = writer(request)
    given = _choices(who, [])
    form = NewProjectForm(request.POST, **given) if request.method == "POST" else NewProjectForm(**given)
    if not form.is_valid():
        return _form_page(request, form, None, 422 if form.is_bound else 200)
    try:
        actions.keep_project(who, form.cleaned_data["slug"], new=True, **_belongs(form), **form.said())
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        form.show(refusal)
        return _form_page(request, form, None, refusal.status)
    messages.success(request, _("Gespeichert. Noch sehen es nur Verantwortliche."))
    return redirect("projects-desk:milestones", slug=form.cleaned_data["slug"])


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """/desk/projects/<slug>/edit/: what it is, where, who, how much, until when."""
    who = who_asks(request)
    found = must_write(who, slug)
    places = [one.id for one in reads.places_of(who, found.noun)]
    given = _choices(who, places)
    if request.method != "POST":
        return _form_page(request, ProjectForm(initial=_initial(found, places), **given), found, 200)
    form = ProjectForm(request.POST, **given)
    if not form.is_valid():
        return _form_page(request, form, found, 422)
    try:
        actions.keep_project(
            who, slug, delay=by_language(form.cleaned_data, "delay"), seen=form.cleaned_data["seen"],
            **_belongs(form), **form.said(),
        )  # fmt: skip
    except Refusal as refusal:
        _show(form, refusal, must_write(who, slug))
        return _form_page(request, form, found, refusal.status)
    messages.success(request, _("Das Projekt ist gespeichert."))
    return redirect("projects-desk:one", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def milestones(request: HttpRequest, slug: str) -> HttpResponse:
    """/desk/projects/<slug>/milestones/: all milestones as rows, with some empty ones for more."""
    who = who_asks(request)
    found = must_write(who, slug)
    kept = list(found.milestones.all())
    if request.method != "POST":
        return _rows_page(
            request, found, DelayForm(initial={"seen": reads.mark(found.noun)}), _rows(kept), 200
        )
    form, rows = DelayForm(request.POST), _posted(request)
    if not all([form.is_valid(), *(row.is_valid() for row in rows)]):
        return _rows_page(request, found, form, rows, 422)
    said_of = [(row, typed_row) for row in rows if (typed_row := row.row()) is not None]
    try:
        actions.keep_milestones(
            who, found.noun_id, [one for _row, one in said_of],
            delay=by_language(form.cleaned_data, "delay"), seen=form.cleaned_data["seen"],
        )  # fmt: skip
    except Refusal as refusal:
        _show_in_rows(form, [row for row, _one in said_of], refusal, must_write(who, slug))
        return _rows_page(request, found, form, rows, refusal.status)
    messages.success(request, _("Die Meilensteine sind gespeichert."))
    return redirect("projects-desk:milestones" if "more" in request.POST else "projects-desk:one", slug=slug)


def _choices(who: Who, places: list[int]) -> dict[str, Any]:
    def named(found: list[Noun]) -> list[tuple[int, str]]:
        return [(one.id, said.said(one.title)) for one in found]

    return {
        "areas": named(reads.areas_to_choose(who)),
        "keepers": named(reads.keepers(who)),
        "places": named(reads.places_to_choose(who, places)),
        "alone": rights.may_publish_any(who),
        "count": len(places),
    }


def _belongs(form: ProjectForm) -> dict[str, Any]:
    return {"area": form.cleaned_data["area"], "keeper": form.cleaned_data["keeper"]}


def _initial(found: Project, places: list[int]) -> dict[str, Any]:
    noun = found.noun
    kept = {
        "title": noun.title,
        "text": noun.text,
        "simple": found.simple,
        "contact": found.contact,
        "email": found.email,
        "position": noun.geo["coordinates"] if noun.geo else None,
        "places": places,
        "budget": found.budget,
        "spent": found.spent,
        "money_from": found.money_from,
        "starts_on": found.starts_on,
        "ends_on": found.ends_on,
    }
    return typed(kept) | {"area": noun.area_id, "keeper": noun.keeper_id, "seen": reads.mark(noun)}


def _rows(kept: list[Milestone]) -> list[MilestoneForm]:
    rows = [
        MilestoneForm(
            prefix=f"m{number}",
            initial={
                "id": one.id, "due": one.due, "weight": one.weight,
                "milestone_de": one.title.get("de", ""), "milestone_en": one.title.get("en", ""),
                "dropped_de": one.dropped.get("de", ""), "dropped_en": one.dropped.get("en", ""),
            },
        )
        for number, one in enumerate(kept)
    ]  # fmt: skip
    empty = range(len(kept), min(len(kept) + EMPTY_ROWS, MOST_MILESTONES))
    return [*rows, *(MilestoneForm(prefix=f"m{number}") for number in empty)]


def _posted(request: HttpRequest) -> list[MilestoneForm]:
    """The rows that were sent: as many as the page had, and no more than there can be."""
    given = request.POST.get("rows", "")
    count = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 0
    return [
        MilestoneForm(request.POST, prefix=f"m{number}")
        for number in range(min(count, MOST_MILESTONES + EMPTY_ROWS))
    ]


def _show(form: DelayForm, refusal: Refusal, fresh: Project) -> None:
    """The refusal in the form; what has no form to stand in is a page of its own."""
    if refusal.status in (403, 404):
        raise refusal
    form.show(refusal)
    if refusal.code == "project.meanwhile":
        form.seen_again(reads.mark(fresh.noun))


def _show_in_rows(form: DelayForm, rows: list[MilestoneForm], refusal: Refusal, fresh: Project) -> None:
    """The refusal in the row it is about (`milestones.2.due`), else above all."""
    parts = refusal.field.split(".")
    if len(parts) == 3 and parts[0] == "milestones" and int(parts[1]) < len(rows):
        name = {"title": "milestone", "dropped": "dropped"}.get(parts[2], parts[2])
        rows[int(parts[1])].show(
            Refusal(refusal.code, refusal.sentence, cure=refusal.cure, field=name, status=refusal.status)
        )
    else:
        _show(form, refusal, fresh)


def _form_page(request: HttpRequest, form: ProjectForm, found: Project | None, status: int) -> HttpResponse:
    title = said.said(found.noun.title) if found else _("Neues Projekt")
    slug = said.slug_of(found.noun) if found else ""
    context = {
        "form": form,
        "title": title,
        "slug": slug,
        "public": found is not None and found.noun.visibility == Noun.PUBLIC,
        "path": path(_("Ändern"), (title, slug)) if found else path(title),
    }
    return render(request, "governance/edit.html", context, status=status)


def _rows_page(
    request: HttpRequest, found: Project, form: DelayForm, rows: list[MilestoneForm], status: int
) -> HttpResponse:
    title, slug = said.said(found.noun.title), said.slug_of(found.noun)
    context = {
        "form": form,
        "rows": rows,
        "wrong": form.errors or any(row.errors for row in rows),
        "title": title,
        "slug": slug,
        "public": found.noun.visibility == Noun.PUBLIC,
        "path": path(_("Meilensteine"), (title, slug)),
    }
    return render(request, "governance/milestones.html", context, status=status)
