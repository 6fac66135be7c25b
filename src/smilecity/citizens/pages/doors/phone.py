# SPDX-License-Identifier: EUPL-1.2
"""The desk's page for calls: a clerk writes down what is said, and reads a code out."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.citizens import reads
from smilecity.citizens.actions.doors.by_hand import write_down
from smilecity.citizens.forms.doors import PhoneForm
from smilecity.citizens.models import Need
from smilecity.citizens.pages.doors import around, categories, writer
from smilecity.citizens.pages.shown import backed, title
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import Who


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def phone(request: HttpRequest) -> HttpResponse:
    """/desk/needs/phone/: a call is written down; where others said much the same, `same` or `anyway` is asked first.

    What is kept is answered with its code and an empty form for the next call; sent again it is the same one.
    """
    who = writer(request)
    if request.method != "POST":
        return _page(request, who, PhoneForm(categories=categories(who)), 200)
    alike = _alike(who, request.POST)
    form = PhoneForm(request.POST, categories=categories(who), alike=alike)
    if not form.is_valid():
        return _page(request, who, form, 422)
    if alike and "asked" not in request.POST:
        return _page(request, who, form, 200)
    said: dict[str, Any] = {
        name: form.cleaned_data.get(name)
        for name in ("kind", "words", "place", "category", "contact", "same")
    }
    try:
        need = write_down(who, form.cleaned_data["form"], "phone", **said)
    except Refusal as refusal:
        form.show(refusal)
        return _page(request, who, form, refusal.status)
    return _page(request, who, PhoneForm(categories=categories(who)), 200, need)


def _alike(who: Who, posted: QueryDict) -> list[tuple[int, str]]:
    """Published needs that the caller may mean, by id."""
    language = get_language() or "de"
    return [
        (one.noun, " · ".join(filter(None, (in_text(one.title, language), backed(one.backing)))))
        for one in reads.suggest(who, posted.get("words", ""))
    ]


def _page(
    request: HttpRequest, who: Who, form: PhoneForm, status: int, need: Need | None = None
) -> HttpResponse:
    mine = need is not None and need.door == "phone"  # the code of another door is not for us
    context = {
        **around(who, request, _("Telefon")),
        "form": form,
        "asking": "same" in form.fields,
        "need": need,
        "title": title(need.noun) if need else "",
        "code": reads.code_of(need.form) if need and mine else "",
    }
    return render(request, "citizens/door_phone.html", context, status=status)
