# SPDX-License-Identifier: EUPL-1.2
"""Saying that something public breaks a rule of the house, with or without an account."""

import hashlib
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.citizens.actions import abuse
from smilecity.citizens.forms.talk import AbuseForm
from smilecity.citizens.models import Comment
from smilecity.citizens.pages.shown import title
from smilecity.citizens.pages.talk import row
from smilecity.citizens.reads import talk as reads
from smilecity.citizens.rules import deciding
from smilecity.citizens.rules.talk import unknown
from smilecity.core.limits import Limiter
from smilecity.core.problems import Refusal
from smilecity.people.reads import who_asks

REPORTS_A_MINUTE = 5
# In memory alone, for two minutes at most, and not the address itself.
spent = Limiter(REPORTS_A_MINUTE)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_need(request: HttpRequest, form: UUID) -> HttpResponse:
    """/needs/<uuid>/report/: which rule this need breaks."""
    who = who_asks(request)
    need = reads.public_need(who, form)
    if need is None:
        raise deciding.unknown()
    url = reverse("needs:need", kwargs={"form": form})
    context = {"what": title(need.noun), "back": url, "path": _path(title(need.noun), url)}
    return _answer(request, context, lambda rule, words: abuse.report_need(who, need.noun_id, rule, words))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_comment(request: HttpRequest, number: int) -> HttpResponse:
    """/comments/<id>/report/: which rule this comment breaks."""
    who = who_asks(request)
    one = reads.comment(who, number)
    if one is None or one.state != Comment.SHOWN:
        raise unknown()
    url = reverse("needs:need", kwargs={"form": one.need.form})
    context = {
        "one": row(who, one),
        "back": f"{url}#beitrag-{number}",
        "path": _path(title(one.need.noun), url),
    }
    return _answer(request, context, lambda rule, words: abuse.report_comment(who, number, rule, words))


def _answer(request: HttpRequest, context: dict[str, Any], report: Any) -> HttpResponse:
    form, status = AbuseForm(), 200
    if request.method == "POST":
        form, status = AbuseForm(request.POST), 422
        if form.is_valid():
            try:
                _not_too_often(request)
                report(form.cleaned_data["rule"], form.cleaned_data["words"])
            except Refusal as refusal:
                if refusal.status == 404:
                    raise
                form.show(refusal)
                status = refusal.status
            else:
                messages.success(request, _("Danke. Ein Mensch aus der Moderation sieht es sich an."))
                return redirect(context["back"])
    return render(request, "citizens/talk_report.html", {**context, "form": form}, status=status)


def _not_too_often(request: HttpRequest) -> None:
    digest = hashlib.sha256(request.META.get("REMOTE_ADDR", "").encode()).hexdigest()
    if not spent.spend(digest):
        raise Refusal(
            "abuse.too-many",
            _("Von hier kamen gerade viele Meldungen."),
            cure=_("Warten Sie bitte eine Minute, und schicken Sie es noch einmal ab."),
            status=429,
        )


def _path(name: str, url: str) -> list[dict[str, str]]:
    return [
        {"title": _("Anliegen"), "url": reverse("needs:list")},
        {"title": name, "url": url},
        {"title": _("Verstoß melden")},
    ]
