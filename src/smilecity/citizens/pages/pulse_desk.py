# SPDX-License-Identifier: EUPL-1.2
"""The desk's part of the pulse: which questions are asked, whom, how often, and from how many answers on it shows."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.citizens import rights
from smilecity.citizens.actions import pulse as actions
from smilecity.citizens.forms.pulse import PulseForm, typed
from smilecity.citizens.models import Pulse
from smilecity.citizens.reads import pulse as reads
from smilecity.citizens.rules.pulse import RHYTHMS, Asking
from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.space import reads as space

LEVELS = ("municipality", "district")  # whose people can be asked


@require_safe
@login_required
@never_cache
def pulses(request: HttpRequest) -> HttpResponse:
    """GET /desk/pulse/: the questions I keep."""
    who = _asker(request)
    rows = [
        {
            "title": _title(one.noun),
            "slug": _slug(one),
            "where": _title(one.noun.area) if one.noun.area else _("Alle"),
            "rhythm": RHYTHMS[one.rhythm],
            "public": one.noun.visibility == Noun.PUBLIC,
            "open": reads.open_round(who, one),
            "closed": len(reads.rounds(who, one)),
        }
        for one in reads.kept(who)
    ]
    return render(request, "citizens/desk_pulses.html", {"rows": rows, "path": _path(_("Puls der Stadt"))})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def keep(request: HttpRequest, slug: str = "") -> HttpResponse:
    """/desk/pulse/new/ and /desk/pulse/<slug>/: what is asked."""
    who = _asker(request)
    found = _must_keep(who, slug) if slug else None
    if request.method != "POST":
        return _page(request, who, found, _form(who, initial=_initial(found)), 200)
    form = _form(who, request.POST)
    if not form.is_valid():
        return _page(request, who, found, form, 422)
    given = form.cleaned_data
    try:
        kept = actions.keep_pulse(who, slug, form.asking(), area=given["area"], public=given["public"])
    except Refusal as refusal:
        form.show(refusal)
        return _page(request, who, found, form, refusal.status)
    messages.success(request, _("Gespeichert."))
    return redirect("needs:desk-pulse-one", slug=_slug(kept))


def _asker(request: HttpRequest) -> Who:
    who = who_asks(request)
    if not rights.may_ask_any(who):
        raise Refusal("pulse.not-yours", _("Den Puls der Stadt fragen andere."), status=403)
    return who


def _must_keep(who: Who, slug: str) -> Pulse:
    found = reads.pulse(who, slug)
    if found is None or not rights.may_ask(who, found.noun.area_id):
        raise Refusal("pulse.unknown", _("Diese Frage gibt es nicht."), status=404)
    return found


def _form(who: Who, *given: Any, **named: Any) -> PulseForm:
    areas = [
        (one.noun_id, _title(one.noun))
        for level in LEVELS
        for one in space.areas_of_level(who, level)
        if rights.may_ask(who, one.noun_id)
    ]
    return PulseForm(*given, areas=areas, everywhere=rights.may_ask(who, None), **named)


def _initial(found: Pulse | None) -> dict[str, Any]:
    if found is None:
        return typed(Asking(title={}, since=space.today()))
    public = found.noun.visibility == Noun.PUBLIC
    return {**typed(reads.asking(found)), "area": found.noun.area_id, "public": public}


def _page(request: HttpRequest, who: Who, found: Pulse | None, form: PulseForm, status: int) -> HttpResponse:
    title = _title(found.noun) if found else _("Neue Frage")
    above = {"title": _("Puls der Stadt"), "url": reverse("needs:desk-pulse")}
    context = {
        "form": form,
        "title": title,
        "slug": _slug(found) if found else "",
        "was_asked": found is not None and reads.was_asked(who, found),
        "path": _path(title, above),
    }
    return render(request, "citizens/desk_pulse.html", context, status=status)


def _path(title: str, *above: dict[str, str]) -> list[dict[str, str]]:
    return [{"title": _("Schreibtisch"), "url": reverse("desk:today")}, *above, {"title": title}]


def _title(noun: Noun) -> str:
    return in_text(noun.title, get_language() or "de")


def _slug(one: Pulse) -> str:
    return one.noun.address.removeprefix("pulse/")
