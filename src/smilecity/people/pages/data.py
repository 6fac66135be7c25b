# SPDX-License-Identifier: EUPL-1.2
"""What is known about me: read, taken along, forgotten."""

from datetime import datetime
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.core import clock, privacy, words
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.people import actions, reads
from smilecity.people.forms.leaving import LeaveForm
from smilecity.people.models import Account
from smilecity.people.rules.told import LABELS, VALUES

MOST_SHOWN = 20


@require_safe
@never_cache
@login_required
def my_data(request: HttpRequest) -> HttpResponse:
    """GET /me/data/: everything that any room knows of me, in words."""
    account = reads.who_asks(request).account or 0
    known = privacy.export(account)
    context = {
        "rooms": [
            {"title": room.title, "sections": _sections(known[room.name])}
            for room in privacy.rooms()
            if any(known[room.name].values())
        ],
        "register": privacy.register(),
        "path": [{"title": _("Mein Konto"), "url": reverse("me")}, {"title": _("Meine Daten")}],
    }
    return render(request, "people/data.html", context)


@require_safe
@never_cache
@login_required
def my_data_download(request: HttpRequest) -> HttpResponse:
    """GET /me/data/download/: the same, whole, as JSON for another programme."""
    told = {"told_at": clock.now().isoformat(), "rooms": privacy.export(reads.who_asks(request).account or 0)}
    answer = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="meine-daten-{clock.now():%Y-%m-%d}.json"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
def forget_me(request: HttpRequest) -> HttpResponse:
    """/me/data/forget/: says what will go and what stays, asks for the name, then forgets and says what it did."""
    form, status = LeaveForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                report = actions.leave(reads.who_asks(request), form.cleaned_data["pseudonym"])
            except Refusal as refusal:
                form.show(refusal)
                status = refusal.status
            else:
                logout(request)
                return render(request, "people/forgotten.html", {"report": report})
    person = request.user
    assert isinstance(person, Account)
    context = {
        "form": form,
        "pseudonym": person.pseudonym,
        "roles": reads.my_roles(reads.who_asks(request)),
        "path": [
            {"title": _("Mein Konto"), "url": reverse("me")},
            {"title": _("Meine Daten"), "url": reverse("my-data")},
            {"title": _("Konto löschen")},
        ],
    }
    return render(request, "people/forget_me.html", context, status=status)


def _sections(known: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of what a room knows, each with its rows in words; empty parts are left out."""
    sections = []
    for name, rows in known.items():
        several = rows if isinstance(rows, list) else [rows]
        if rows:
            sections.append(
                {
                    "title": LABELS.get(name, name),
                    "count": len(several) if isinstance(rows, list) else None,
                    "rows": [_pairs(one) for one in several[-MOST_SHOWN:][::-1]],
                    "more": max(0, len(several) - MOST_SHOWN),
                }
            )
    return sections


def _pairs(row: dict[str, Any]) -> list[tuple[Any, Any]]:
    return [
        (LABELS.get(name, name), _said(name, value)) for name, value in row.items() if value not in _EMPTY
    ]


_EMPTY: tuple[Any, ...] = (None, "", [], {})
_TIMES = ("_at", "since", "start", "end", "until", "date_joined", "last_login")


def _said(name: str, value: Any) -> Any:
    """A value as people read it."""
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    if name == "verb":
        return words.verb(value)
    if (name, value if isinstance(value, str) else "") in VALUES:
        return VALUES[name, value]
    if isinstance(value, dict):
        titles = set(value) <= {"de", "en"}
        return (
            in_text(value, get_language() or "de")
            if titles
            else ", ".join(f"{k}: {v}" for k, v in value.items())
        )
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, str) and name.endswith(_TIMES):
        return date_format(localtime(datetime.fromisoformat(value)), "DATETIME_FORMAT")
    return value
