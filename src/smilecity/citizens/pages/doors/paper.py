# SPDX-License-Identifier: EUPL-1.2
"""Paper: sheets to print, for everybody and in stacks, and the desk's page on which a stack is typed in."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.citizens import reads, rules
from smilecity.citizens.actions.doors.by_hand import write_sheet_down
from smilecity.citizens.forms.doors import PrintForm, SheetForm
from smilecity.citizens.pages.doors import around, writer
from smilecity.citizens.reads.doors import form_of_sheet, fresh_sheet
from smilecity.citizens.rules.sheets import LETTERS
from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import Who


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def paper(request: HttpRequest) -> HttpResponse:
    """/desk/needs/paper/?place=: a sheet after the other; the place of the last one stands there for the next."""
    who = writer(request)
    if request.method != "POST":
        return _page(request, who, SheetForm(initial={"place": request.GET.get("place", "")[:200]}), 200)
    form = SheetForm(request.POST)
    if not form.is_valid():
        return _page(request, who, form, 422)
    said = {name: form.cleaned_data[name] for name in ("number", "kind", "words", "place", "contact")}
    try:
        write_sheet_down(who, form.cleaned_data["form"], **said)
    except Refusal as refusal:
        form.show(refusal)
        return _page(request, who, form, refusal.status)
    messages.success(request, _("Aufgenommen: %(words)s") % {"words": said["words"][:80]})
    return redirect(f"{reverse('needs:paper')}?{urlencode({'place': said['place']})}")


@require_safe
@login_required
@never_cache
def sheets(request: HttpRequest) -> HttpResponse:
    """GET /desk/needs/paper/print/?sheets=20: so many sheets, each with its own number and code."""
    who = writer(request)
    form = PrintForm(request.GET)
    if not form.is_valid():
        return _page(request, who, SheetForm(), 422, form)
    return _printed(request, form.cleaned_data["sheets"])


@require_safe
@never_cache
def sheet(request: HttpRequest) -> HttpResponse:
    """GET /say/paper/: one sheet, for whoever likes to write by hand."""
    return _printed(request, 1)


def _printed(request: HttpRequest, count: int) -> HttpResponse:
    where = settings.SMILE.address or request.build_absolute_uri("/").rstrip("/")
    numbers = [fresh_sheet() for _sheet in range(count)]
    context = {
        "sheets": [
            {"number": one, "code": reads.code_of(form_of_sheet(one)), "scan": _qr(one.replace(" ", ""))}
            for one in numbers
        ],
        "day": clock.now(),
        "kinds": [(letter.upper(), rules.KINDS[kind]) for letter, kind in LETTERS.items()],
        "say": _short(where + reverse("citizens:say")),
        "say_code": _qr(where + reverse("citizens:say")),
        "follow": _short(where + reverse("needs:code")),
        "path": [
            {"title": _("Sagen Sie es uns"), "url": reverse("citizens:say")},
            {"title": _("Auf Papier")},
        ],
    }
    return render(request, "citizens/door_sheets.html", context)


def _page(
    request: HttpRequest, who: Who, form: SheetForm, status: int, printing: PrintForm | None = None
) -> HttpResponse:
    context = {
        **around(who, request, _("Papier")),
        "form": form,
        "printing": printing or PrintForm(),
        "kinds": [(letter.upper(), rules.KINDS[kind]) for letter, kind in LETTERS.items()],
    }
    return render(request, "citizens/door_paper.html", context, status=status)


def _short(address: str) -> str:
    return address.split("://", 1)[-1].rstrip("/")


def _qr(text: str) -> SafeString:
    """A QR code as SVG within the page: nothing else is fetched to print it. Of our own texts only."""
    import segno

    made = segno.make(text, error="m", micro=False)
    return mark_safe(made.svg_inline(scale=3, border=2, dark="#000", light="#fff"))  # noqa: S308
