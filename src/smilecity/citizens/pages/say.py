# SPDX-License-Identifier: EUPL-1.2
"""Saying what one needs, and what happens next."""

from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.citizens import actions, reads, rights, rules
from smilecity.citizens.forms import SayForm
from smilecity.citizens.pages.shown import BADGES, backed, state
from smilecity.core import nouns
from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def say(request: HttpRequest) -> HttpResponse:
    """/say/?about=12&kind=question: the form, and where it is sent to. What is kept leads on to the thanks.

    Where others said much the same, they are shown first; `anyway` sends it all the same, `edit` leads back.
    """
    who = who_asks(request)
    if request.method != "POST":
        subject = reads.subject(who, _number(request.GET.get("about", "")))
        kind = request.GET.get("kind", "")
        chosen = {"kind": kind} if kind in rules.KINDS else {}
        form = SayForm(initial={"about": subject.id if subject else None, "form": uuid4(), **chosen})
        return _page(request, form, subject, status=200)
    subject = reads.subject(who, _number(request.POST.get("about", "")))
    form = SayForm(request.POST)
    if "edit" in request.POST:
        return _page(request, form, subject, status=200)
    if form.is_valid():
        alike = _alike(who, form, subject) if "anyway" not in request.POST else []
        if alike:
            return _ask(request, form, subject, alike)
        try:
            _keep(who, form, subject)
        except Refusal as refusal:
            form.show(refusal)
            if refusal.status == 409:
                form.data = _with_new_number(request.POST)
            return _page(request, form, subject, status=refusal.status)
        thanks = reverse("citizens:thanks")
        return redirect(f"{thanks}?about={subject.id}" if subject else thanks)
    return _page(request, form, subject, status=422)


@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """/say/thanks/: what happens next with what was said."""
    try:
        subject = reads.subject(who_asks(request), _number(request.GET.get("about", "")))
    except Refusal:  # it was kept all the same; the way back is all that is missing
        subject = None
    context = {"subject": _title(subject), "back": _address(subject)}
    return render(request, "citizens/thanks.html", context)


def _keep(who: Who, form: SayForm, subject: Noun | None) -> None:
    said = form.cleaned_data
    actions.say_need(
        who,
        said["form"],
        kind=said["kind"],
        words=said["words"],
        contact=said["contact"],
        language=get_language() or settings.LANGUAGE_CODE,
        about=subject.id if subject else None,
    )


def _alike(who: Who, form: SayForm, subject: Noun | None) -> list[reads.Alike]:
    area = rights.area_of(subject)
    return reads.suggest(who, form.cleaned_data["words"], area)


def _ask(request: HttpRequest, form: SayForm, subject: Noun | None, alike: list[reads.Alike]) -> HttpResponse:
    """Do you mean one of these? What was typed comes along, and nothing is kept yet."""
    language = get_language() or "de"
    context = {
        "typed": [(name, request.POST.get(name, "")) for name in form.fields],
        "rows": [
            {
                "title": in_text(one.title, language),
                "url": reverse("needs:need", kwargs={"form": one.form}),
                "state": state(one.state, one.decision),
                "badge": BADGES[one.state],
                "backed": backed(one.backing),
            }
            for one in alike
        ],
        "path": [{"title": _("Sagen Sie es uns"), "url": reverse("citizens:say")}, {"title": _("Ähnliches")}],
    }
    return render(request, "citizens/alike.html", context)


def _page(request: HttpRequest, form: SayForm, subject: Noun | None, *, status: int) -> HttpResponse:
    way = [{"title": _title(subject), "url": _address(subject)}] if subject else []
    keeper = reads.keeper(subject)
    context = {
        "form": form,
        "subject": _title(subject),
        "keeper": _title(keeper),
        "path": [*way, {"title": _("Sagen Sie es uns")}],
    }
    return render(request, "citizens/say.html", context, status=status)


def _number(text: str) -> int | None:
    """The id in an address; for what is none 0, which is nobody's: it is refused like an unknown one."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _with_new_number(posted: QueryDict) -> QueryDict:
    changed = posted.copy()
    changed["form"] = str(uuid4())
    return changed


def _title(subject: Noun | None) -> str:
    return in_text(subject.title, get_language() or "de") if subject else ""


def _address(subject: Noun | None) -> str:
    return nouns.page_address(subject) if subject else ""
