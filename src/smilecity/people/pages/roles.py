# SPDX-License-Identifier: EUPL-1.2
"""Roles at the desk: who holds what since when, giving one, ending one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people import actions, reads, rights
from smilecity.people.forms.organisations import choices_of
from smilecity.people.forms.roles import RoleForm, role_choices
from smilecity.people.models import RoleHeld
from smilecity.people.pages.organisations import language, refuse_others, row
from smilecity.people.reads.organisations import areas_to_choose
from smilecity.people.rules.roles import ROLES


def held_row(one: RoleHeld) -> dict[str, Any]:
    """A role that somebody holds, in a list."""
    return {
        "id": one.id,
        "person": one.account.pseudonym,
        "role": ROLES[one.role].title,
        "area": in_text(one.area.title, language()) if one.area else "",
        "since": one.given_at,
        "until": one.ended_at,
    }


@require_safe
@never_cache
@login_required
def desk_roles(request: HttpRequest) -> HttpResponse:
    """GET /desk/roles/: what each role may, and who holds one where I give them."""
    who = who_refused(request)
    found = reads.roles_given(who, after=request.GET.get("after", ""))
    context = {
        "roles": [(one.title, one.may) for one in ROLES.values()],
        "held": [held_row(one) | {"organisation": row(one.organisation.noun)} for one in found.items],
        "after": found.after,
    }
    return render(request, "people/desk_roles.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def organisation_roles(request: HttpRequest, slug: str) -> HttpResponse:
    """/desk/organisations/<slug>/roles/: who holds what for this organisation, and giving one."""
    who = who_refused(request)
    noun = reads.kept_organisation(who, slug)
    if noun is None:
        raise Http404
    form, status = _form(who, noun, request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                person = _give(who, noun, form)
            except Refusal as refusal:
                form.show(refusal)
                status = refusal.status if refusal.status != 400 else 422
            else:
                messages.success(request, _("%(name)s hat die Rolle jetzt.") % {"name": person})
                return redirect("desk-organisation-roles", slug=slug)
    found = reads.roles_of(who, noun, after=request.GET.get("after", ""))
    context = {
        "organisation": row(noun),
        "held": [held_row(one) for one in found.items if one.ended_at is None],
        "ended": [held_row(one) for one in found.items if one.ended_at is not None],
        "after": found.after,
        "form": form,
        "path": [
            {"title": _("Organisationen pflegen"), "url": reverse("desk-organisations")},
            {"title": row(noun)["title"], "url": reverse("desk-organisation", args=[slug])},
            {"title": _("Rollen")},
        ],
    }
    return render(request, "people/organisation_roles.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def end_role(request: HttpRequest, held: int) -> HttpResponse:
    """/desk/roles/<number>/end/: asks once more, then ends the role."""
    who = reads.who_asks(request)
    one = reads.role(who, held)
    if one is None or one.ended_at is not None:
        raise Http404
    noun, refused = one.organisation.noun, None
    back = _back(who, noun)
    if request.method == "POST":
        try:
            actions.end_role(who, held)
        except Refusal as refusal:
            refused = refusal
        else:
            messages.success(request, _("Die Rolle ist beendet."))
            return redirect(back)
    context = {
        "held": held_row(one),
        "may": ROLES[one.role].may,
        "organisation": row(noun),
        "mine": one.account_id == who.account,
        "back": back,
        "refusal": refused,
    }
    return render(request, "people/end_role.html", context, status=refused.status if refused else 200)


def who_refused(request: HttpRequest) -> Who:
    """Who asks; refuses those who give no roles."""
    who = reads.who_asks(request)
    refuse_others(who)
    return who


def _back(who: Who, noun: Noun) -> str:
    """Where one came from: the roles of the organisation, or what is mine."""
    if rights.may_see_holders(who, noun.area_id):
        return reverse("desk-organisation-roles", args=[row(noun)["slug"]])
    return reverse("me")


def _form(who: Who, noun: Noun, typed: Any) -> RoleForm:
    everywhere = _("Überall auf dieser Plattform") if rights.may_give(who, "clerk", None, None) else ""
    area = noun.area_id
    codes = [code for code in ROLES if rights.may_give(who, code, area, area)]
    return RoleForm(
        typed,
        roles=role_choices(codes),
        areas=choices_of(areas_to_choose(who), language(), everywhere),
        initial={"area": str(area or "")},
    )


def _give(who: Who, noun: Noun, form: RoleForm) -> str:
    person = reads.person_by_name(who, noun, form.cleaned_data["person"])
    if person is None:
        raise Refusal(
            "role.unknown-person",
            _("Dazu kennen wir kein Konto."),
            cure=_("Prüfen Sie die Schreibweise. Ohne Konto muss die Person sich erst registrieren."),
            field="person",
            status=422,
        )
    actions.give_role(who, person, form.cleaned_data["role"], noun.organisation, form.where())
    return person.pseudonym
