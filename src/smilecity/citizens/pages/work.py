# SPDX-License-Identifier: EUPL-1.2
"""One need at the desk: all that is known of it, all that can be done, and the way to the next one."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.citizens import actions, reads, rights, rules
from smilecity.citizens.forms import (
    DueForm,
    RefusableForm,
    ReopenForm,
    SortForm,
    WorkerForm,
)
from smilecity.citizens.forms.reporting import with_nothing
from smilecity.citizens.models import Need
from smilecity.citizens.pages import choosing, doing, photos
from smilecity.citizens.pages.desk import above, sought, work_address
from smilecity.citizens.pages.shown import BADGES, age, backed, pressing, state, title, turn
from smilecity.citizens.pages.whereabouts import alike, told, whereabouts
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks

Typed = dict[str, Any]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def work(request: HttpRequest, form: UUID) -> HttpResponse:
    """/desk/needs/<uuid>/?<as the list>: one need; POST `do` says what is done, `then=next` leads on to the next."""
    who = who_asks(request)
    found = reads.need_at(who, form)
    if found is None or not rights.may_answer(who, found.noun.area_id, found.noun.keeper_id):
        raise rules.unknown()
    forms = _forms(who, found)
    if request.method != "POST":
        return _page(request, who, found, forms, 200)
    do, wanted = request.POST.get("do", ""), sought(request.GET, who)
    following = reads.following(who, wanted, found) if request.POST.get("then") == "next" else None
    try:
        said = _done(who, found, do, forms, request.POST)
    except Refusal as refusal:
        if do not in forms or refusal.status in (403, 404):
            raise
        forms[do].show(refusal)
        return _page(request, who, found, forms, refusal.status)
    if not said:
        return _page(request, who, found, forms, 422)
    messages.success(request, said)
    if request.POST.get("then") == "next":
        return redirect(work_address(following, wanted, go=True) if following else reverse("needs:desk"))
    still = reads.need(who, found.noun_id)  # who gave it away reads it no more
    return redirect(request.get_full_path() if still else reverse("needs:desk"))


def _forms(who: Who, need: Need) -> dict[str, RefusableForm]:
    """What can be done, by what it is called."""
    found = {name: one for name, one in doing.forms(who, need, "").items() if name != "appeal"}
    if need.state == Need.CLOSED:
        found["reopen"] = ReopenForm(prefix="reopen")
        return found
    place = need.spot or {}
    longitude, latitude = place.get("coordinates", (None, None))
    found["sort"] = SortForm(
        prefix="sort",
        offers={"category": with_nothing(_("keine"), choosing.to_sort_by(who))},
        initial={
            "category": need.category.code if need.category else "",
            "longitude": longitude,
            "latitude": latitude,
        },
    )
    found["worker"] = WorkerForm(
        prefix="worker",
        offers={"worker": with_nothing(_("niemand"), choosing.workers(who))},
        initial={"worker": need.worker_id or who.account},
    )
    due = need.due_at.astimezone(settings.SMILE.zone).date() if need.due_at else None
    found["due"] = DueForm(prefix="due", initial={"due": due})
    if (suggested := _suggested(who, need)) and "hand" in found:
        found["hand"].initial["organisation"] = suggested
    return found


def _suggested(who: Who, need: Need) -> int | None:
    """Who would be responsible, if that is somebody else than who has it now."""
    found = reads.responsible(who, need.category, need.noun.area_id) if need.category else None
    return found if found != need.noun.keeper_id else None


def _done(who: Who, need: Need, do: str, forms: dict[str, RefusableForm], posted: QueryDict) -> str:
    """Do it, and what to say then; nothing if what was typed is not right, which its form says."""
    if do not in DO:
        if do not in doing.DO:
            raise rules.unknown()
        return doing.done(who, need, do, forms, posted, "")
    if do not in forms:
        raise Refusal(
            "need.changed",
            _("Das geht gerade nicht: Jemand anders hat dieses Anliegen inzwischen bearbeitet."),
            cure=_("Laden Sie die Seite neu."),
            status=409,
        )
    form = forms[do]
    form.data, form.is_bound = posted, True
    return DO[do](who, need, form.cleaned_data) if form.is_valid() else ""


def _sort(who: Who, need: Need, typed: Typed) -> str:
    spot = None
    if typed["longitude"] is not None and typed["latitude"] is not None:
        spot = rules.checked_spot(typed["longitude"], typed["latitude"])
    moved = spot if spot and spot.geo() != need.spot else None
    actions.sort_need(who, need.noun_id, typed["category"], typed["sentence"], spot=moved)
    return _("Einsortiert. Wer es gesagt hat, erfährt davon.")


def _worker(who: Who, need: Need, typed: Typed) -> str:
    actions.look_after(who, need.noun_id, typed["worker"])
    return _("Sie kümmern sich darum.") if typed["worker"] == who.account else _("Gespeichert.")


def _due(who: Who, need: Need, typed: Typed) -> str:
    day = datetime.combine(typed["due"], time(23, 59), tzinfo=settings.SMILE.zone)
    actions.set_due(who, need.noun_id, day, typed["sentence"])
    return _("Gespeichert. Wer es gesagt hat und wer es unterstützt, erfährt davon.")


def _reopen(who: Who, need: Need, typed: Typed) -> str:
    actions.reopen_need(who, need.noun_id, typed["sentence"])
    return _("Das Anliegen ist wieder offen. Wer es gesagt hat und wer es unterstützt, erfährt davon.")


DO: dict[str, Callable[[Who, Need, Typed], str]] = {
    "sort": _sort,
    "worker": _worker,
    "due": _due,
    "reopen": _reopen,
}


def _page(
    request: HttpRequest, who: Who, found: Need, forms: dict[str, RefusableForm], status: int
) -> HttpResponse:
    wanted = sought(request.GET, who)
    following, steps = reads.following(who, wanted, found), reads.steps(who, found)
    if "decide" in forms and "go" in request.GET and status == 200:
        forms["decide"].fields["decision"].widget.attrs["autofocus"] = True
    context = {
        "need": found,
        "title": title(found.noun),
        "words": found.words,
        "facts": _facts(found),
        "due": pressing(found),
        "state": state(found.state, found.decision),
        "badge": BADGES[found.state],
        "photos": photos.figures(who, found, ""),
        "public": found.published_at is not None,
        "steps": [told(one) for one in steps],
        "whereabouts": whereabouts(who, found, steps),
        "forms": forms,
        "alike": alike(who, found) if "decide" in forms else [],
        "suggested": _suggested(who, found),
        "next": work_address(following, wanted, go=True) if following else "",
        "wrong": any(form.is_bound and form.errors for form in forms.values()),
        "path": [*above(), {"title": title(found.noun)}],
    }
    return render(request, "citizens/desk_need.html", context, status=status)


def _facts(need: Need) -> list[tuple[str, str]]:
    language = get_language() or "de"
    asked = {one["code"]: one for one in (need.category.asks if need.category else [])}
    return [
        (_("Was ist es?"), str(rules.KINDS[need.kind])),
        (_("Kategorie"), choosing.called(need.category)),
        (_("Gebiet"), title(need.noun.area)),
        (_("Wo genau"), need.where),
        (_("Auf welchem Weg"), str(rules.DOORS[need.door])),
        (_("Wartet"), f"{age(need)}, {turn(need)}" if need.state != Need.CLOSED else ""),
        (_("Wer sich kümmert"), need.worker.pseudonym if need.worker else ""),
        (_("Wer es auch braucht"), backed(need.backing)),
        *(
            (
                in_text(asked[code]["label"], language) if code in asked else code,
                _said(asked.get(code), answer),
            )
            for code, answer in need.details.items()
        ),
    ]


def _said(ask: dict[str, Any] | None, answer: str | list[str]) -> str:
    """An answer to a further question, chosen ones by their words."""
    words = {
        one["code"]: in_text(one["label"], get_language() or "de") for one in (ask or {}).get("choices", ())
    }
    several = answer if isinstance(answer, list) else [answer]
    return ", ".join(words.get(one, one) for one in several)
