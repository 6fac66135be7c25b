# SPDX-License-Identifier: EUPL-1.2
"""My loans: what I have, opening again, bringing back, what is missing or broken; codes for places without a net."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.core import moments
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.places.actions import handles, lending
from smilecity.places.forms.lending import TroubleForm
from smilecity.places.models import Loan
from smilecity.places.pages.lending import said
from smilecity.places.reads.lending import borrowing as reads
from smilecity.places.reads.lending import looking


@require_safe
@login_required
@never_cache
def loans(request: HttpRequest) -> HttpResponse:
    """GET /me/loans/: what I have now, and what I had."""
    who = who_asks(request)
    paused = reads.pause(who)
    context = {
        "open": [said.loan(one) for one in reads.mine(who)],
        "past": [said.loan(one) for one in reads.mine(who, past=True)],
        "paused": said.when(paused.until) if paused else "",
    }
    return render(request, "places/loans.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def loan(request: HttpRequest, loan: int) -> HttpResponse:
    """/me/loans/<id>/: where it stands, and what can be done now."""
    who = who_asks(request)
    known = reads.loan(who, loan)
    if known is None:
        raise Refusal("loan.unknown", _("Diese Ausleihe gibt es nicht."), status=404)
    then = request.POST.get("then", "")
    form = TroubleForm(request.POST if then in ("missing", "damage") else None)
    refusal, status = None, 200
    if request.method == "POST":
        status = 422
        if then not in ("missing", "damage") or form.is_valid():
            try:
                messages.success(request, _do(who, known.loan, then, form))
                return redirect("loans:one", loan=loan)
            except Refusal as why:
                refusal, status = why, why.status
        known = reads.loan(who, loan) or known
    context = {
        "loan": said.loan(known),
        "form": form,
        "refusal": refusal,
        "returning": known.loan.state in (Loan.RETURNING, Loan.CHECKING),
        "needs_word": known.loan.state in (Loan.RETURNING, Loan.CHECKING) and known.known.said == "",
        "given_up": known.known.given_up is not None,
        "out": known.loan.state in (Loan.OUT, Loan.OPENING),
    }
    return render(request, "places/loan.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def codes(request: HttpRequest) -> HttpResponse:
    """/me/loans/codes/: today's one-time codes, to look at or write down before there is no signal any more."""
    who = who_asks(request)
    if request.method == "POST":
        handles.have_codes(who)
        return redirect("loans:codes")
    zone = settings.SMILE.zone
    rows = [(moments.clock_time(start, zone), code) for start, code in looking.codes(who)]
    return render(request, "places/loan_codes.html", {"codes": rows, "has": reads.codes_of(who) is not None})


def _do(who: Who, known: Loan, then: str, form: TroubleForm) -> str:
    if then == "open":
        lending.open_again(who, known.id)
        return _("Öffnen angefordert.")
    if then == "have":
        lending.report_out(who, known.id)
        return _("Gut. Viel Spaß!")
    if then == "not":
        found = lending.give_up(who, known.id)
        return (
            _("Gut, es ist wieder frei.") if found.state == Loan.FAILED else _("Gut, wir haben es notiert.")
        )
    if then == "back":
        lending.give_back(who, known.id)
        return _("Legen Sie alles hinein, und machen Sie die Tür zu.")
    if then == "complete":
        lending.say_complete(who, known.id)
        return _("Danke!")
    if then == "missing":
        lending.say_missing(who, known.id, form.cleaned_data["text"])
        return _("Danke, dass Sie es sagen. Jemand sieht nach.")
    if then == "damage":
        lending.report_damage(who, known.kit_id, form.cleaned_data["text"])
        return _("Danke, dass Sie es sagen. Es wird nicht mehr verliehen, bis es heil ist.")
    raise Refusal("loan.then", _("Das geht mit einer Ausleihe nicht."), status=422)
