# SPDX-License-Identifier: EUPL-1.2
"""Organisations: who they are and what they keep, for everyone; adding and changing them at the desk."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.core import nouns, words
from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people import actions, rights
from smilecity.people.forms.organisations import OrganisationForm, as_typed, choices_of
from smilecity.people.pages.schema import organisation_data
from smilecity.people.reads import organisations as reads
from smilecity.people.reads.who import who_asks
from smilecity.people.rules.organisations import KINDS, VISIBILITIES, checked_kind


def language() -> str:
    """The language of this page."""
    return get_language() or "de"


def row(noun: Noun) -> dict[str, Any]:
    """An organisation in a list."""
    return {
        "title": in_text(noun.title, language()),
        "kind": KINDS[noun.organisation.kind],
        "url": nouns.page_address(noun),
        "text": in_text(noun.text, language()),
        "slug": slug_in(noun),
        "area": in_text(noun.area.title, language()) if noun.area_id and noun.area else "",
        "visibility": "" if noun.visibility == Noun.PUBLIC else VISIBILITIES[noun.visibility],
    }


def slug_in(noun: Noun) -> str:
    """The end of an organisation's address."""
    return noun.address.removeprefix("organisations/")


def asked(request: HttpRequest) -> dict[str, Any]:
    """What a list of organisations is asked for. Refuses a kind that there is not."""
    kind = request.GET.get("kind", "")
    return {
        "words": request.GET.get("q", ""),
        "kind": checked_kind(kind) if kind else "",
        "after": request.GET.get("after", ""),
    }


@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """GET /organisations/?q=&kind=&after=: all that everyone may see."""
    wanted = asked(request)
    found = reads.listed_organisations(who_asks(request), **wanted)
    context = {
        "organisations": [row(noun) for noun in found.items],
        "after": found.after,
        "asked": wanted,
        "kinds": KINDS.items(),
    }
    return render(request, "people/organisations.html", context)


@require_safe
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /organisations/<slug>/: who they are, and what they keep, kind by kind."""
    who = who_asks(request)
    noun = reads.organisation(who, slug)
    if noun is None:
        raise Http404
    kin, kept = reads.kin(who, noun), reads.kept_by(who, noun, after=request.GET.get("after", ""))
    held = noun.organisation
    context = {
        "organisation": row(noun) | {"website": held.website, "email": held.email, "phone": held.phone},
        "parent": row(kin.parent) if kin.parent else None,
        "children": [row(one) for one in kin.children],
        "kept": [
            {"kind": words.kind(n.kind), "title": in_text(n.title, language()), "url": nouns.page_address(n)}
            for n in kept.items
        ],
        "after": kept.after,
        "schema": organisation_data(noun, request.build_absolute_uri(nouns.page_address(noun))),
        "may_keep": rights.may_keep_organisations(who, noun.area_id),
        "path": [
            {"title": _("Organisationen"), "url": reverse("organisations")},
            {"title": in_text(noun.title, language())},
        ],
    }
    return render(request, "people/organisation.html", context)


@require_safe
@never_cache
@login_required
def desk_organisations(request: HttpRequest) -> HttpResponse:
    """GET /desk/organisations/: those I keep, to be changed."""
    who, wanted = who_asks(request), asked(request)
    refuse_others(who)
    found = reads.kept_organisations(who, **wanted)
    context = {
        "organisations": [row(noun) for noun in found.items],
        "after": found.after,
        "asked": wanted,
        "kinds": KINDS.items(),
    }
    return render(request, "people/desk_organisations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def new_organisation(request: HttpRequest) -> HttpResponse:
    """/desk/organisations/new/: add one."""
    who = who_asks(request)
    refuse_others(who)
    form = _form(who, request.POST if request.method == "POST" else None, new=True)
    return _keep(request, who, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def edit_organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """/desk/organisations/<slug>/: change one."""
    who = who_asks(request)
    noun = reads.kept_organisation(who, slug)
    if noun is None:
        raise Http404
    form = _form(who, request.POST if request.method == "POST" else None, initial=as_typed(noun))
    return _keep(request, who, form, noun)


def refuse_others(who: Who) -> None:
    """The desk's pages about organisations are for those who keep some."""
    if not rights.may_find_organisations_desk(who):
        raise Refusal(
            "organisation.not-yours",
            _("Organisationen pflegen die Verantwortlichen ihres Gebiets und die Betreiber."),
            status=403,
        )


def _form(who: Who, typed: Any, **given: Any) -> OrganisationForm:
    everywhere = _("Keines: die ganze Plattform") if rights.may_keep_organisations(who, None) else ""
    return OrganisationForm(
        typed,
        areas=choices_of(reads.areas_to_choose(who), language(), everywhere),
        parents=choices_of(reads.organisations_to_choose(who), language(), _("Steht für sich")),
        **given,
    )


def _keep(request: HttpRequest, who: Who, form: OrganisationForm, noun: Noun | None) -> HttpResponse:
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _save(who, form, noun)
            except Refusal as refusal:
                form.show(refusal)
                status = refusal.status if refusal.status != 400 else 422
            else:
                messages.success(request, _("Gespeichert."))
                return redirect("desk-organisations")
    title = in_text(noun.title, language()) if noun else _("Neue Organisation")
    context = {
        "form": form,
        "title": title,
        "organisation": row(noun) if noun else None,
        "path": [
            {"title": _("Organisationen pflegen"), "url": reverse("desk-organisations")},
            {"title": title},
        ],
    }
    return render(request, "people/edit_organisation.html", context, status=status)


def _save(who: Who, form: OrganisationForm, noun: Noun | None) -> None:
    slug = slug_in(noun) if noun else form.slug()
    above = form.cleaned_data["parent"]
    parent = reads.by_id(who, int(above)) if above else None
    actions.keep_organisation(who, slug, parent=parent, new=noun is None, **form.said())
