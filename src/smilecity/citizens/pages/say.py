# SPDX-License-Identifier: EUPL-1.2
"""Saying what one needs: the form, and the step between where others said much the same or a category asks more."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.citizens import actions, reads, rights, rules
from smilecity.citizens.forms import SayForm, pictures, taken_along
from smilecity.citizens.models import Category, Need
from smilecity.citizens.pages import sent, suggesting
from smilecity.citizens.pages.shown import title
from smilecity.core import nouns
from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.core.pictures import Picture
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, Who
from smilecity.people.reads import who_asks


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def say(request: HttpRequest) -> HttpResponse:
    """/say/?about=12&kind=question&category=lampe: the form, and where it is sent to. What is kept leads to the thanks.

    Where others said much the same, they are shown first; `anyway` sends it all the same, `edit` leads back.
    """
    who = who_asks(request)
    if not rights.may_say(who):
        return redirect_to_login(request.get_full_path())
    if request.method != "POST":
        subject = reads.subject(who, _number(request.GET.get("about", "")))
        return _page(request, _empty(request, who, subject), subject, status=200)
    subject = reads.subject(who, _number(request.POST.get("about", "")))
    form, category = typed(who, request)
    right, seen = form.is_valid(), _looked_at(form, request.POST)
    if "edit" in request.POST:
        form.errors.clear()
        return _page(request, form, subject, status=200, seen=seen)
    if not right or form.errors:
        return _page(request, form, subject, status=422, seen=seen)
    if "anyway" not in request.POST:
        found = suggesting.to_words(
            who, form.cleaned_data["words"], rights.area_of(subject), form.cleaned_data["spot"]
        )
        if found.needs or (category is not None and category.asks):
            return _ask(request, form, subject, found, seen)
    try:
        need = keep(who, form, subject, coming(form, seen))
    except Refusal as refusal:
        form.show(refusal)
        if refusal.status == 409:
            form.data = _with_new_number(request.POST)
        return _page(request, form, subject, status=refusal.status, seen=seen)
    return _thanked(need, subject)


@never_cache
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """GET /say/offline/: the form as the app keeps it for when there is no network; nothing personal is in it."""
    categories, areas = choices(ANYONE)
    form = SayForm(categories=categories, areas=areas, initial={"form": None})
    context = {
        "form": form,
        "offline": True,
        "account_links": [],
        "messages": [],
        "path": [{"title": _("Sagen Sie es uns")}],
    }
    return render(request, "citizens/say.html", context)


def typed(who: Who, request: HttpRequest) -> tuple[SayForm, Category | None]:
    """The form as it was sent, with what its category asks."""
    try:
        category = reads.category(who, request.POST.get("category", "").replace("\0", ""))
    except Refusal:  # the form's own choices say so beside the field
        category = None
    categories, areas = choices(who)
    asks = category.asks if category else ()
    return SayForm(request.POST, request.FILES, categories=categories, areas=areas, asks=asks), category


def choices(who: Who) -> tuple[list[tuple[str, Any]], list[tuple[str, str]]]:
    """Categories in their groups, and areas, by what one reads."""
    language, categories = get_language() or "de", list[tuple[str, Any]]()
    for group in reads.offered(who):
        name = in_text(group.category.title, language)
        inside = [(one.code, in_text(one.title, language)) for one in group.inside]
        categories.append((name, inside) if inside else (group.category.code, name))
    return categories, [(str(one.id), title(one)) for one in reads.areas(who)]


def coming(form: SayForm, seen: Sequence[Picture], door: str = "web") -> rules.Coming:
    """What came with the words."""
    said = form.cleaned_data
    return rules.Coming(
        door=door,
        category=said["category"],
        spot=said["spot"],
        at_home=said["at_home"],
        where=said["where"],
        details=form.details,
        pictures=tuple(seen),
    )


def keep(who: Who, form: SayForm, subject: Noun | None, coming: rules.Coming) -> Need:
    """Keep it; a chosen area is what it is about where nothing nearer is known."""
    said = form.cleaned_data
    about = subject.id if subject else None
    if about is None and coming.spot is None and said["area"]:
        about = int(said["area"])
    return actions.say_need(
        who,
        said["form"],
        kind=said["kind"],
        words=said["words"],
        contact=said["contact"],
        language=get_language() or settings.LANGUAGE_CODE,
        about=about,
        coming=coming,
    )


def _empty(request: HttpRequest, who: Who, subject: Noun | None) -> SayForm:
    categories, areas = choices(who)
    kind, category = request.GET.get("kind", ""), request.GET.get("category", "")
    initial = {"about": subject.id if subject else None, "form": uuid4(), "category": category}
    if kind in rules.KINDS:
        initial["kind"] = kind
    return SayForm(initial=initial, categories=categories, areas=areas)


def _looked_at(form: SayForm, posted: QueryDict) -> tuple[Picture, ...]:
    """The pictures made anew; what is wrong with one is said beside their field."""
    if "photos" in form.errors:
        return ()
    try:
        return pictures(form.cleaned_data.get("photos", ()), posted.getlist("kept"))
    except Refusal as refusal:
        form.show(refusal)
        return ()


def _ask(
    request: HttpRequest,
    form: SayForm,
    subject: Noun | None,
    found: suggesting.Found,
    seen: Sequence[Picture],
) -> HttpResponse:
    """Do you mean one of these, and what else is to be known? What was typed comes along, and nothing is kept yet."""
    asked = {one.name for one in form.asked}
    context = {
        "typed": [
            (name, one) for name in form.fields if name not in asked for one in request.POST.getlist(name)
        ],
        "kept": taken_along(seen),
        "lost": bool(seen and not taken_along(seen)),
        "form": form,
        "found": found,
        "path": [
            {"title": _("Sagen Sie es uns"), "url": reverse("citizens:say")},
            {"title": _("Noch ein Schritt")},
        ],
    }
    return render(request, "citizens/alike.html", context)


def _page(
    request: HttpRequest, form: SayForm, subject: Noun | None, *, status: int, seen: Sequence[Picture] = ()
) -> HttpResponse:
    way = [{"title": title(subject), "url": nouns.page_address(subject)}] if subject else []
    context = {
        "form": form,
        "subject": title(subject),
        "keeper": title(reads.keeper(subject)),
        "kept": taken_along(seen),
        "lost": bool(seen and not taken_along(seen)),
        "map_style": settings.SMILE.map_style,
        "path": [*way, {"title": _("Sagen Sie es uns")}],
    }
    return render(request, "citizens/say.html", context, status=status)


def _thanked(need: Need, subject: Noun | None) -> HttpResponse:
    thanks = reverse("citizens:thanks")
    answer = redirect(f"{thanks}?about={subject.id}" if subject else thanks)
    sent.remember(answer, need)
    return answer


def _number(text: str) -> int | None:
    """The id in an address; for what is none 0, which is nobody's: it is refused like an unknown one."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _with_new_number(posted: QueryDict) -> QueryDict:
    changed = posted.copy()
    changed["form"] = str(uuid4())
    return changed
