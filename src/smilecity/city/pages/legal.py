# SPDX-License-Identifier: EUPL-1.2
"""What the law asks for: imprint, privacy, accessibility with a way to tell of barriers."""

from uuid import uuid4

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.citizens import actions
from smilecity.citizens.rules.talk import HOUSE
from smilecity.city.identity import identity
from smilecity.core.problems import Refusal
from smilecity.people.reads import who_asks

MOST_WORDS = 1_800  # with the page's address it stays within what a need may hold


@require_safe
def imprint(request: HttpRequest) -> HttpResponse:
    """Who answers for the node."""
    return _legal(request, "imprint")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept of people, what for and how long."""
    return _legal(
        request,
        "privacy",
        uplink_days=settings.SMILE.uplink_days,
        contact_days=settings.SMILE.contact_days,
    )


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """How accessible the pages are, whom to tell when they are not, and who decides in a dispute."""
    enforcement = identity().text("enforcement", get_language() or settings.LANGUAGE_CODE)
    thanks = request.GET.get("thanks") == "1"
    return _legal(request, "accessibility", enforcement=enforcement, thanks=thanks)


@require_safe
def house_rules(request: HttpRequest) -> HttpResponse:
    """What people ask of each other here; the codes stand in every decision of the moderation."""
    return _legal(request, "rules", rules=HOUSE.items())


def _legal(request: HttpRequest, page: str, **more: object) -> HttpResponse:
    own = identity().text(page, get_language() or settings.LANGUAGE_CODE)
    return render(request, f"city/{page}.html", {"own": own, "contact": identity().contact, **more})


class BarrierForm(forms.Form):
    """A barrier that someone met. `form` is drawn anew for each empty form."""

    page = forms.CharField(
        label=_later("Auf welcher Seite?"),
        required=False,
        max_length=150,
        help_text=_later("Die Adresse oder der Name der Seite, wenn Sie ihn wissen."),
        error_messages={"max_length": _later("Bitte kürzer: höchstens 150 Zeichen.")},
    )
    words = forms.CharField(
        label=_later("Was geht nicht?"),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_later(
            "Womit Sie die Seite benutzen, hilft uns: zum Beispiel Vorleseprogramm oder Tastatur."
        ),
        error_messages={
            "required": _later("Schreiben Sie in einem Satz, was nicht geht."),
            "max_length": _later("Bitte kürzer: höchstens 1800 Zeichen."),
        },
    )
    contact = forms.CharField(
        label=_later("E-Mail für eine Antwort"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_later("Nur, wenn Sie eine Antwort möchten."),
    )
    form = forms.UUIDField(widget=forms.HiddenInput)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def barrier(request: HttpRequest) -> HttpResponse:
    """/accessibility/feedback/: a barrier becomes a need that the city must answer."""
    path = [
        {"title": _("Barrierefreiheit"), "url": reverse("accessibility")},
        {"title": _("Barriere melden")},
    ]
    if request.method != "POST":
        form = BarrierForm(initial={"form": uuid4()})
        return render(request, "city/barrier.html", {"form": form, "path": path})
    form = BarrierForm(request.POST)
    if form.is_valid():
        try:
            _tell(request, form)
        except Refusal as refusal:
            field = refusal.field if refusal.field in ("words", "contact") else None
            form.add_error(field, f"{refusal.sentence} {refusal.cure}".strip())
        else:
            return redirect(reverse("accessibility") + "?thanks=1")
    return render(request, "city/barrier.html", {"form": form, "path": path}, status=422)


def _tell(request: HttpRequest, form: BarrierForm) -> None:
    said = form.cleaned_data
    where = " ".join(said["page"].split())
    opening = _("Barriere auf der Seite %(page)s:") % {"page": where} if where else _("Barriere:")
    actions.say_need(
        who_asks(request),
        said["form"],
        kind="problem",
        words=f"{opening} {said['words']}",
        contact=said["contact"],
        language=get_language() or settings.LANGUAGE_CODE,
    )
