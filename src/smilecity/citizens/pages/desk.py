# SPDX-License-Identifier: EUPL-1.2
"""The desk's list: what was said to us, how old it is, whose turn it is; many decided at once."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.citizens import actions, reads, rights, rules
from smilecity.citizens.forms import ManyForm
from smilecity.citizens.models import Need
from smilecity.citizens.pages.shown import age, backed, row, title, turn
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks

STATES = (Need.NEW, Need.REOPENED, Need.OPEN, Need.IN_PROGRESS, Need.ANSWERED, Need.CLOSED)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    """/desk/needs/?state=&kind=&area=&public=&after=: what was said to us; several can be decided alike."""
    who = who_asks(request)
    if not rights.reads_any(who):
        raise Refusal("need.not-yours", _("Diese Anliegen lesen andere."), status=403)
    if request.method != "POST":
        return _page(request, who, ManyForm(), [], 200)
    typed, chosen = ManyForm(request.POST), _chosen(request)
    if not chosen:
        typed.add_error(None, _("Kreuzen Sie an, welche Anliegen Sie entscheiden."))
    if not typed.is_valid():
        return _page(request, who, typed, chosen, 422)
    try:
        count = actions.answer_needs(who, chosen, **typed.cleaned_data)
    except Refusal as refusal:
        typed.show(refusal)
        return _page(request, who, typed, chosen, refusal.status)
    said = ngettext("%(count)d Anliegen ist entschieden.", "%(count)d Anliegen sind entschieden.", count)
    messages.success(request, said % {"count": count})
    return redirect("needs:desk")


def _chosen(request: HttpRequest) -> list[int]:
    ticked = request.POST.getlist("need")
    return [int(one) for one in ticked if one.isascii() and one.isdigit() and len(one) < 19]


def _page(request: HttpRequest, who: Who, typed: ManyForm, chosen: list[int], status: int) -> HttpResponse:
    state, kind, area = (request.GET.get(name, "") for name in ("state", "kind", "area"))
    state = state if state in rules.STATES else Need.NEW
    kind = kind if kind in rules.KINDS else ""
    areas = [(one.id, title(one)) for one in reads.areas_read(who)]
    known = next((number for number, _title in areas if str(number) == area), None)
    unpublished = request.GET.get("public") == "no"
    found = reads.waiting(
        who, state=state, kind=kind, area=known, unpublished=unpublished, after=request.GET.get("after", "")
    )
    context = {
        "rows": [_row(one) for one in found.items],
        "after": found.after,
        "form": typed,
        "chosen": chosen,
        "state": state,
        "states": [(code, _("Neue") if code == Need.NEW else rules.STATES[code]) for code in STATES],
        "kind": kind,
        "kinds": rules.KINDS.items(),
        "area": known,
        "areas": areas,
        "unpublished": unpublished,
        "path": [{"title": _("Schreibtisch"), "url": reverse("desk:today")}, {"title": _("Anliegen")}],
    }
    return render(request, "citizens/desk_needs.html", context, status=status)


def _row(need: Need) -> object:
    public = _("öffentlich") if need.published_at else _("nicht öffentlich")
    facts = (age(need) if need.state != Need.CLOSED else "", turn(need), public, backed(need.backing))
    return row(need, words=need.words, facts=facts)
