# SPDX-License-Identifier: EUPL-1.2
"""The desk's own pages: today, what waits, search with work on many, taking back, and what happened."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from smilecity.citizens import rights as citizens
from smilecity.city.desk import bulk, finding, history, inbox
from smilecity.core import nouns, undo, words
from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal, Sentence
from smilecity.core.who import Who
from smilecity.governance import rights as governance
from smilecity.people import rights as people
from smilecity.people.reads import who_asks
from smilecity.places import rights as places
from smilecity.places.models import Change
from smilecity.places.reads import changes
from smilecity.places.rules.words import LICENCES

VISIBILITY: dict[str, Sentence] = {
    Noun.PUBLIC: _later("für alle sichtbar"),
    Noun.INTERNAL: _later("nur intern sichtbar"),
    Noun.DRAFT: _later("Entwurf"),
}
CHANGE_STATES: dict[str, Sentence] = {
    Change.DRAFT: _later("Entwurf, noch nicht abgeschickt"),
    Change.REVIEW: _later("wird geprüft"),
    Change.RETURNED: _later("zurückgegeben: bitte ergänzen"),
}
Page = Callable[..., HttpResponse]


def at_the_desk(page: Page) -> Page:
    """A page for signed-in people with a role, never kept by a browser; `who` is its second argument."""

    @login_required
    @never_cache
    @wraps(page)
    def guarded(request: HttpRequest, *given: Any, **named: Any) -> HttpResponse:
        who = who_asks(request)
        if not people.has_a_desk(who):
            raise Refusal(
                "desk.not-yours",
                _("Der Schreibtisch ist für Menschen mit einer Aufgabe in der Stadt."),
                cure=_("Ihre eigenen Seiten finden Sie unter Mein Konto."),
                status=403,
            )
        return page(request, who, *given, **named)

    return guarded


@require_safe
@at_the_desk
def today(request: HttpRequest, who: Who) -> HttpResponse:
    """GET /desk/: what waits for me, and what I have begun."""
    waiting = inbox.waiting(who)
    counted = [
        (code, label, sum(item.what == code for item in waiting))
        for code, (label, _read) in inbox.PROVIDERS.items()
    ]
    context = {
        "counted": [(code, label, count) for code, label, count in counted if count],
        "first": _said(waiting[:5]),
        "mine": [
            {
                "title": in_text(one.place.noun.title, _language()),
                "url": reverse("places-desk:edit", kwargs={"slug": _slug(one.place.noun)}),
                "state": CHANGE_STATES[one.state],
                "returned": one.state == Change.RETURNED,
                "reason": one.reason if one.state == Change.RETURNED else "",
            }
            for one in changes.mine(who)
        ],
        "writes": places.may_write_any(who),
        "hears": citizens.may_write_down(who),
        "plans": governance.may_publish_any(who),
        "undos": [
            {"id": one.id, "what": bulk.WORKS[one.what].done, "count": len(one.before), "at": one.at}
            for one in undo.recent(who)
            if one.what in bulk.WORKS
        ],
        "path": [{"title": _("Schreibtisch")}],
    }
    return render(request, "desk/today.html", context)


@require_safe
@at_the_desk
def inbox_page(request: HttpRequest, who: Who) -> HttpResponse:
    """GET /desk/inbox/?what=: everything that waits for a look, from all rooms."""
    what = request.GET.get("what", "")
    context = {
        "rows": _said(inbox.waiting(who, what)),
        "what": what,
        "kinds": [(code, label) for code, (label, _read) in inbox.PROVIDERS.items()],
        "path": _path(_("Eingang")),
    }
    return render(request, "desk/inbox.html", context)


@require_safe
@at_the_desk
def search_page(request: HttpRequest, who: Who) -> HttpResponse:
    """GET /desk/search/?q=&kind=&visibility=&area=&keeper=&after=: everything I may see, and work on many."""
    return _search(request, who)


@require_POST
@at_the_desk
def bulk_page(request: HttpRequest, who: Who) -> HttpResponse:
    """POST /desk/bulk/: the same for all that is ticked; leads to a page where it can be taken back."""
    chosen = [
        int(one) for one in request.POST.getlist("noun") if one.isascii() and one.isdigit() and len(one) < 19
    ]
    what = request.POST.get("do", "")
    try:
        done = bulk.do(who, what, chosen, _value(what, request.POST.get(f"value_{what}", "")))
    except Refusal as refusal:
        return _search(request, who, refusal, chosen)
    return redirect("desk:undo", undo_id=done.id)


@require_http_methods(["GET", "HEAD", "POST"])
@at_the_desk
def undo_page(request: HttpRequest, who: Who, undo_id: int) -> HttpResponse:
    """/desk/undo/<id>/: what was done to many at once, and the button that takes it back."""
    known = undo.one(who, undo_id)
    if request.method == "POST":
        taken = bulk.take_back(who, undo_id)
        said = ngettext(
            "%(count)d Ort ist wieder wie vorher.", "%(count)d Orte sind wieder wie vorher.", len(taken.done)
        )
        messages.success(request, said % {"count": len(taken.done)})
        if taken.left:
            titles = ", ".join(title for title, _url in _titles(taken.left))
            messages.warning(
                request, _("Inzwischen anders, darum nicht angerührt: %(titles)s") % {"titles": titles}
            )
        return redirect("desk:today")
    context = {
        "undo": known,
        "what": bulk.WORKS[known.what].done if known.what in bulk.WORKS else known.what,
        "nouns": _titles([int(one) for one in known.before]),
        "path": _path(_("Rückgängig")),
    }
    return render(request, "desk/undo.html", context)


@require_safe
@at_the_desk
def history_page(request: HttpRequest, who: Who, noun_id: int) -> HttpResponse:
    """GET /desk/history/<noun id>/: what happened to it, newest first."""
    noun = Noun.objects.filter(id=noun_id).first() if 0 < noun_id < 1 << 63 else None
    if noun is None or not nouns.may_see(who, noun):
        raise Refusal("desk.unknown-noun", _("Das gibt es hier nicht."), status=404)
    title = in_text(noun.title, _language())
    context = {
        "noun": noun,
        "title": title,
        "url": nouns.page_address(noun),
        "steps": history.steps(who, noun),
        "path": _path(_("Was bisher geschah")),
    }
    return render(request, "desk/history.html", context)


def _search(
    request: HttpRequest, who: Who, refusal: Refusal | None = None, chosen: list[int] | None = None
) -> HttpResponse:
    asked = request.GET if request.method in ("GET", "HEAD") else _asked_before(request)
    want = finding.wanted(asked)
    try:
        found = finding.found(who, want)
    except Refusal as wrong:  # a cursor of another list
        refusal, found = wrong, finding.found(who, finding.wanted(_empty()))
    context = {
        "refusal": refusal,
        "rows": [_row(who, noun) for noun in found.items],
        "after": found.after,
        "want": want,
        "query": asked.urlencode(),
        "chosen": chosen or [],
        "kinds": words.kinds().items(),
        "visibilities": VISIBILITY.items(),
        "areas": _choices(who, "area"),
        "keepers": _choices(who, "organisation"),
        "licences": LICENCES,
        "works": places.may_publish_any(who),
        "path": _path(_("Suche")),
    }
    return render(request, "desk/search.html", context, status=refusal.status if refusal else 200)


def _row(who: Who, noun: Noun) -> dict[str, Any]:
    return {
        "id": noun.id,
        "title": in_text(noun.title, _language()),
        "kind": words.kind(noun.kind),
        "url": nouns.page_address(noun),
        "visibility": VISIBILITY[noun.visibility],
        "public": noun.visibility == Noun.PUBLIC,
        "area": in_text(noun.area.title, _language()) if noun.area else "",
        "keeper": in_text(noun.keeper.title, _language()) if noun.keeper else "",
        "edit": reverse("places-desk:edit", kwargs={"slug": _slug(noun)})
        if noun.kind == "place" and places.may_write(who, noun.area_id, noun.keeper_id)
        else "",
        "ticks": noun.kind == "place" and places.may_keep(who, noun.area_id),
    }


def _asked_before(request: HttpRequest) -> QueryDict:
    return QueryDict(request.POST.get("query", "")[:2000])


def _empty() -> QueryDict:
    return QueryDict("")


def _value(what: str, text: str) -> Any:
    """What the form's text means to the action: an organisation is a number, or nobody."""
    if what != "give":
        return text
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _said(items: list[inbox.Waiting]) -> list[dict[str, Any]]:
    return [
        {
            "what": inbox.PROVIDERS[item.what][0],
            "title": item.title,
            "url": item.url,
            "by": item.by,
            "since": item.since,
        }
        for item in items
    ]


def _titles(ids: list[int]) -> list[tuple[str, str]]:
    found = Noun.objects.filter(id__in=ids).order_by("sort", "id")
    return [(in_text(noun.title, _language()), nouns.page_address(noun)) for noun in found]


def _choices(who: Who, kind: str) -> list[tuple[int, str]]:
    return [(noun.id, in_text(noun.title, _language())) for noun in finding.choices(who, kind)]


def _path(title: str) -> list[dict[str, str]]:
    return [{"title": _("Schreibtisch"), "url": reverse("desk:today")}, {"title": title}]


def _slug(noun: Noun) -> str:
    return noun.address.removeprefix("places/")


def _language() -> str:
    return get_language() or "de"
