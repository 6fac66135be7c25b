# SPDX-License-Identifier: EUPL-1.2
"""The desk's deputies: who stands in for whom."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.citizens import actions, reads, rights
from smilecity.citizens.forms import DeputyForm
from smilecity.citizens.forms.reporting import with_nothing
from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def deputies(request: HttpRequest) -> HttpResponse:
    """/desk/deputies/: now and to come; POST names one, or with `end` ends one."""
    who = who_asks(request)
    if not rights.has_colleagues(who):
        raise Refusal(
            "deputy.not-yours", _("Vertretungen gibt es für alle, die Anliegen bearbeiten."), status=403
        )
    form, status = _form(who), 200
    if request.method == "POST" and (end := request.POST.get("end", "")):
        actions.end_deputy(who, int(end) if end.isascii() and end.isdigit() and len(end) < 19 else 0)
        messages.success(request, _("Die Vertretung ist beendet."))
        return redirect("needs:deputies")
    if request.method == "POST":
        form, status = _form(who, request), 422
        if form.is_valid():
            try:
                actions.name_deputy(who, **form.cleaned_data)
            except Refusal as refusal:
                form.show(refusal)
            else:
                messages.success(request, _("Gespeichert. Was anliegt, sehen in dieser Zeit beide."))
                return redirect("needs:deputies")
    today = clock.now().astimezone(settings.SMILE.zone).date()
    context = {
        "form": form,
        "rows": [{"one": one, "now": one.since <= today} for one in reads.deputies(who)],
        "path": [{"title": _("Schreibtisch"), "url": reverse("desk:today")}, {"title": _("Vertretungen")}],
    }
    return render(request, "citizens/desk_deputies.html", context, status=status)


def _form(who: Who, request: HttpRequest | None = None) -> DeputyForm:
    colleagues = reads.colleagues(who)
    me = [(who.account, _("mich"))] if rights.reads_any(who) else []
    others = colleagues if rights.may_keep_deputies(who) else []
    itself = [(who.account, _("ich"))] if others and rights.reads_any(who) else []
    return DeputyForm(
        request.POST if request else None,
        offers={"account": [*me, *others], "deputy": with_nothing(_("Bitte wählen"), [*itself, *colleagues])},
    )
