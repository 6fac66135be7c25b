# SPDX-License-Identifier: EUPL-1.2
"""The form for a device that many people use: nobody is signed in there, and nothing stays behind.

What the server does: nothing is kept on the way, the code is shown once, and after that the browser is told to forget
all it has of this city. What the page does: `web/src/kiosk.js`, which ends every visit after a minute.
"""

from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.citizens.forms import SayForm
from smilecity.citizens.pages import sent
from smilecity.citizens.pages.say import choices, coming, keep
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE

SECONDS, WARNED_SECONDS = 60, 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def kiosk(request: HttpRequest) -> HttpResponse:
    """/kiosk/: the form in big; whoever is signed in on this device is nobody here."""
    _open()
    _categories, areas = choices(ANYONE)
    if request.method != "POST":
        return _page(request, SayForm(initial={"form": uuid4()}, areas=areas), 200)
    form = SayForm(request.POST, areas=areas)
    if not form.is_valid():
        return _page(request, form, 422)
    try:
        need = keep(ANYONE, form, None, coming(form, (), door="kiosk"))
    except Refusal as refusal:
        form.show(refusal)
        return _page(request, form, refusal.status)
    answer = redirect(reverse("needs:kiosk-thanks"))
    sent.remember(answer, need)
    return answer


@never_cache
@require_safe
def kiosk_thanks(request: HttpRequest) -> HttpResponse:
    """/kiosk/thanks/: the code, once; with this answer the browser forgets cookies, caches and what pages kept."""
    _open()
    need = sent.just_said(request)
    if need is None:
        return redirect("needs:kiosk")
    context = {**sent.of_code(request, need), "seconds": SECONDS, "warned": WARNED_SECONDS}
    answer = render(request, "citizens/kiosk_thanks.html", context)
    answer.delete_cookie(sent.COOKIE, samesite="Lax")
    answer["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return answer


def _page(request: HttpRequest, form: SayForm, status: int) -> HttpResponse:
    for field in form.fields.values():  # what others typed here is offered to nobody
        field.widget.attrs["autocomplete"] = "off"
    context = {"form": form, "seconds": SECONDS, "warned": WARNED_SECONDS}
    answer = render(request, "citizens/kiosk.html", context, status=status)
    answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _open() -> None:
    if not settings.SMILE.kiosk:
        raise Refusal("kiosk.closed", _("Diese Seite gibt es hier nicht."), status=404)
