# SPDX-License-Identifier: EUPL-1.2
"""Somebody rings: a code that opens once, told on the telephone or by a short message."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.core import moments, texting
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.places import rights
from smilecity.places.actions import access, handles
from smilecity.places.forms.access import CallerForm, CodeForm
from smilecity.places.pages.access import said
from smilecity.places.pages.lending.said import when
from smilecity.places.reads import access as reads


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def code(request: HttpRequest) -> HttpResponse:
    """/desk/access/code/: find who rings, ask them, give a code. It is on this answer and never again."""
    who = who_asks(request)
    if not rights.may_give_handles(who):
        raise Refusal("access.not-yours", _("Codes sagen Mitarbeitende der Stadt."), status=403)
    context: dict[str, Any] = {"caller": CallerForm(), "form": None, "given": None, "sent": None}
    if request.method != "POST":
        return render(request, "places/desk_access_code.html", context)
    caller = CallerForm(request.POST)
    context["caller"] = caller
    found = reads.callers_doors(who, caller.cleaned_data["caller"]) if caller.is_valid() else []
    if not found:
        if caller.is_valid():
            caller.add_error(
                "caller", _("Diese Person darf in den nächsten zwölf Stunden hier nichts öffnen.")
            )
        return render(request, "places/desk_access_code.html", context, status=422)
    doors = [(one.id, said.grant(one)) for one in found]
    gives = request.POST.get("then") == "give"
    form = CodeForm(
        request.POST if gives else None, doors=doors, texts=texting.is_there(),
        initial={"caller": caller.cleaned_data["caller"], "grant": doors[0][0]},
    )  # fmt: skip
    status = _answer(who, form, context) if gives else 200
    return render(request, "places/desk_access_code.html", {**context, "form": form}, status=status)


def _answer(who: Who, form: CodeForm, context: dict[str, Any]) -> int:
    """Give the code and send it; the status of the page. The code is there also if the message does not go out."""
    if not form.is_valid():
        return 422
    typed = form.cleaned_data
    try:
        number = texting.number(typed["number"]) if typed.get("number") else ""
        given = access.give_code(who, typed["grant"])
    except Refusal as refusal:
        form.show(refusal)
        return refusal.status
    context["given"] = given
    context["until"] = when(given.handle.ends_at)
    if number:
        context["sent"] = _sent(number, given)
        context["not_sent"] = not context["sent"]
    return 200


def _sent(number: str, given: handles.Given) -> bool:
    from django.conf import settings

    end = moments.clock_time(given.handle.ends_at, settings.SMILE.zone) if given.handle.ends_at else ""
    try:
        texting.send(number, _("Ihr Code für die Box: %(code)s. Er öffnet einmal, bis %(end)s.") % {
            "code": given.secret, "end": end,
        })  # fmt: skip
    except Refusal:
        return False
    return True
