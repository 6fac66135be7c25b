# SPDX-License-Identifier: EUPL-1.2
"""The pulse, as everybody meets it: the question, answered with one choice, and a row of it for any page."""

from datetime import datetime
from ipaddress import IPv6Address, ip_address
from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.citizens import rights
from smilecity.citizens.actions import pulse as actions
from smilecity.citizens.forms.pulse import AnswerForm
from smilecity.citizens.models import Pulse, PulseRound
from smilecity.citizens.pages.pulse_shown import labels_of, language, latest
from smilecity.citizens.reads import pulse as reads
from smilecity.citizens.rules.pulse import following
from smilecity.core import clock, moments
from smilecity.core.limits import Limiter
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import follows, who_asks
from smilecity.space import reads as space

SALT = "citizens.pulse"
# A class in a school answers through one address; a programme that answers a thousand times gets nowhere.
ANSWERS_A_MINUTE = 30
_answers = Limiter(ANSWERS_A_MINUTE)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pulse(request: HttpRequest, slug: str = "") -> HttpResponse:
    """/pulse/ and /pulse/<slug>/: the question; POST answers it, by itself and without a script."""
    who = who_asks(request)
    found = reads.pulse(who, slug) if slug else reads.asked(who)
    if found is None and slug:
        raise Refusal("pulse.unknown", _("Diese Frage gibt es nicht."), status=404)
    one = reads.open_round(who, found) if found else None
    if found is None or one is None:
        return _page(request, who, found, None, None, 409 if request.method == "POST" else 200)
    if request.method != "POST":
        form = None if _answered(request, who, one) else _form(who, found)
        return _page(request, who, found, one, form, 200)
    return _posted(request, who, found, one)


def row(who: Who) -> dict[str, Any] | None:
    """The question of the day, until when it is open, and the last result, for a row on any page."""
    found = reads.asked(who)
    if found is None:
        return None
    one = reads.open_round(who, found)
    return {
        "title": in_text(found.noun.title, language()),
        "url": _address(found),
        "until": _last_day(one.closes_at) if one else "",
        "result": latest(who, found),
    }


def _posted(request: HttpRequest, who: Who, found: Pulse, one: PulseRound) -> HttpResponse:
    form = _form(who, found, request.POST)
    if not form.is_valid():
        return _page(request, who, found, one, form, 422)
    try:
        if not _answered(request, who, one):
            _flood(request)
            actions.answer_pulse(who, one.pk, **form.cleaned_data)
    except Refusal as refusal:
        if refusal.code != "pulse.answered":
            form.show(refusal)
            return _page(request, who, found, one, form, refusal.status)
        return _remembered(_page(request, who, found, one, None, refusal.status), who, one)
    return _remembered(redirect(_address(found)), who, one)


def _form(who: Who, found: Pulse, posted: Any = None) -> AnswerForm:
    areas = [
        (in_text(part.above_title or {}, language()), (part.id, in_text(part.title, language())))
        for part in reads.parts(who, found)
    ]
    grouped: list[tuple[Any, Any]] = []
    for above, members in groupby(areas, key=lambda pair: pair[0]):
        choices = [choice for _above, choice in members]
        grouped += [(above, choices)] if above else choices
    return AnswerForm(
        posted, question=in_text(found.noun.title, language()), labels=labels_of(found), areas=grouped
    )


def _page(
    request: HttpRequest,
    who: Who,
    found: Pulse | None,
    one: PulseRound | None,
    form: AnswerForm | None,
    status: int,
) -> HttpResponse:
    today = space.today()
    coming = following(reads.asking(found), today) if found else None
    title = in_text(found.noun.title, language()) if found else _("Puls der Stadt")
    allowed = rights.may_answer_pulse(who, without_account=settings.SMILE.pulse_without_account)
    context = {
        "pulse": found,
        "noun": found.noun if found else None,
        "title": title,
        "text": in_text(found.noun.text, language()) if found else "",
        "address": _address(found) if found else "",
        "until": _last_day(one.closes_at) if one else "",
        "next": moments.day_of(coming, today) if coming else "",
        "threshold": one.threshold if one else 0,
        "form": form,
        "allowed": allowed,
        "result": latest(who, found) if found else None,
        "following": found is not None and follows(who, found.pk),
        "path": [{"title": _("Anliegen"), "url": reverse("needs:list")}, {"title": _("Puls der Stadt")}],
    }
    return render(request, "citizens/pulse.html", context, status=status)


def _answered(request: HttpRequest, who: Who, one: PulseRound) -> bool:
    """Whether this browser or this account has answered in the round."""
    try:
        request.get_signed_cookie(_cookie(one), salt=SALT)
    except (KeyError, BadSignature):
        return reads.has_answered(who, one)
    return True


def _remembered(response: HttpResponse, who: Who, one: PulseRound) -> HttpResponse:
    """Without an account the browser itself keeps that it has answered, until the round is over."""
    if who.account is None:
        seconds = max(0, int((one.closes_at - clock.now()).total_seconds()))
        response.set_signed_cookie(
            _cookie(one), "answered", salt=SALT, max_age=seconds, httponly=True, samesite="Lax",
            secure=settings.SMILE.secure,
        )  # fmt: skip
    return response


def _cookie(one: PulseRound) -> str:
    return f"pulse-{one.pk}"


def _flood(request: HttpRequest) -> None:
    """Refuse too many answers from one address. It is in memory for two minutes at most, and nowhere else."""
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return
    # Whoever has IPv6 has a whole network of addresses.
    said = str(int(address) >> 64) if isinstance(address, IPv6Address) else str(address)
    if not _answers.spend(said):
        raise Refusal(
            "pulse.too-many", _("Von hier kamen gerade sehr viele Antworten."), status=429,
            cure=_("Versuchen Sie es in einer Minute noch einmal."),
        )  # fmt: skip


def _address(found: Pulse) -> str:
    return reverse("needs:pulse-one", kwargs={"slug": found.noun.address.removeprefix("pulse/")})


def _last_day(closes_at: datetime) -> str:
    """The last whole day of a round, which closes at midnight."""
    zone = settings.SMILE.zone
    last = closes_at.astimezone(zone).date().toordinal() - 1
    return moments.day_of(closes_at.astimezone(zone).date().fromordinal(last), space.today())
