# SPDX-License-Identifier: EUPL-1.2
"""A change, field by field in words: read it, send it, publish it, or give it back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.core import nouns
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal, Sentence
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.places import actions, rights
from smilecity.places.actions.changes import unknown
from smilecity.places.forms import ReturnForm
from smilecity.places.models import Change
from smilecity.places.pages.edit import path
from smilecity.places.reads import changes as reads
from smilecity.places.rules import difference

STATES: dict[str, tuple[str, Sentence]] = {
    Change.DRAFT: ("info", _later("Entwurf, noch nicht abgeschickt")),
    Change.REVIEW: ("warning", _later("wartet auf einen Blick der Stadt")),
    Change.RETURNED: ("warning", _later("zurückgegeben: bitte ergänzen")),
    Change.PUBLISHED: ("success", _later("veröffentlicht")),
    Change.DROPPED: ("info", _later("verworfen")),
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def review(request: HttpRequest, change: int) -> HttpResponse:
    """/desk/places/review/<id>/: what would be different, and the buttons of those who may press them."""
    who = who_asks(request)
    found = reads.change(who, change)
    if found is None:
        raise unknown()
    form = ReturnForm(request.POST) if request.method == "POST" else ReturnForm()
    if request.method != "POST":
        return _page(request, who, found, form, 200)
    if not form.is_valid():
        return _page(request, who, found, form, 422)
    then = request.POST.get("then", "")
    try:
        said = _do(who, found, then, form)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        form.add_error(
            "reason" if refusal.field == "reason" else None, f"{refusal.sentence} {refusal.cure}".strip()
        )
        fresh = reads.change(who, change)
        return _page(request, who, fresh or found, form, refusal.status)
    messages.success(request, said)
    return redirect("places-desk:review", change=change)


def _do(who: Who, found: Change, then: str, form: ReturnForm) -> str:
    if then == "publish":
        actions.publish_change(who, found.id, seen=form.cleaned_data["seen"] or "none")
        return _("Die Änderung ist veröffentlicht. Wer sie geschrieben hat, erfährt davon.")
    if then == "return":
        actions.return_change(who, found.id, form.cleaned_data["reason"])
        return _("Die Änderung ist zurückgegeben. Wer sie geschrieben hat, liest Ihren Satz.")
    if then == "send":
        actions.send_change(who, found.id)
        return _("Danke. Ihre Änderung liegt jetzt bei der Stadt. Wenn sie gelesen ist, erfahren Sie es.")
    if then == "drop":
        actions.drop_change(who, found.id)
        return _("Die Änderung ist verworfen. Der Eintrag ist, wie er war.")
    raise Refusal("change.then", _("Das geht mit einer Änderung nicht."), status=422)


def _page(request: HttpRequest, who: Who, found: Change, form: ReturnForm, status: int) -> HttpResponse:
    noun, language = found.place.noun, get_language() or "de"
    present = reads.entry(found.place)
    becomes = difference.merged(present, found.values)
    is_open = found.state in Change.OPEN
    is_new = is_open and noun.visibility == noun.DRAFT
    title = in_text(becomes["title"] if is_open else noun.title, language)
    badge, state = STATES[found.state]
    keeps = rights.may_keep(who, noun.area_id)
    context = {
        "change": found,
        "title": title,
        "slug": noun.address.removeprefix("places/"),
        "url": nouns.page_address(noun),
        "badge": badge,
        "state": state,
        "open": is_open,
        "new": is_new,
        "differences": difference.differences(_nothing() if is_new else present, becomes) if is_open else [],
        "seen": difference.marks(becomes),
        "author": found.author.pseudonym if found.author else "",
        "publishes": keeps and is_open,
        "returns": keeps and found.state == Change.REVIEW,
        "sends": is_open and found.state != Change.REVIEW,
        "form": form,
        "history": reverse("desk:history", kwargs={"noun_id": noun.id}),
        "path": path(title),
    }
    return render(request, "places/review.html", context, status=status)


def _nothing() -> dict[str, object]:
    """An entry in which nothing is said: what a new place is compared with."""
    return difference.plain({})
