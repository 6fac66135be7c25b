# SPDX-License-Identifier: EUPL-1.2
"""Webhooks at the desk: which programmes are told of what, and whether it reaches them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from smilecity.core import events
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people import actions, reads, rights
from smilecity.people.forms.webhooks import WebhookForm, as_typed
from smilecity.people.models import Webhook, WebhookDelivery
from smilecity.people.rules.webhooks import RESTS, TROUBLES


@require_safe
@never_cache
@login_required
def desk_webhooks(request: HttpRequest) -> HttpResponse:
    """GET /desk/webhooks/: all of them, each with how it is."""
    rows = [{"one": one, **_state(one)} for one in reads.webhooks(_keeper(request))]
    return render(request, "people/desk_webhooks.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def new_webhook(request: HttpRequest) -> HttpResponse:
    """/desk/webhooks/new/: its secret is on the answer to the form and never again."""
    who = _keeper(request)
    form, status = _form(request, who), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made, secret = actions.make_webhook(who, form.said())
            except Refusal as refusal:
                form.show(refusal)
            else:
                return _shown(request, who, made.pk, secret)
    path = [_start(), {"title": _("Neuer Webhook")}]
    return render(request, "people/desk_webhook_form.html", {"form": form, "path": path}, status=status)


@require_safe
@never_cache
@login_required
def one_webhook(request: HttpRequest, number: int) -> HttpResponse:
    """GET /desk/webhooks/<number>/: how it is, and what it was told."""
    return _shown(request, _keeper(request), number)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def edit_webhook(request: HttpRequest, number: int) -> HttpResponse:
    """/desk/webhooks/<number>/edit/: another address, other events."""
    who = _keeper(request)
    one = _found(who, number)
    form, status = _form(request, who, as_typed(one)), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.change_webhook(who, number, form.said())
            except Refusal as refusal:
                form.show(refusal)
            else:
                messages.success(request, _("Gespeichert."))
                return redirect("desk-webhook", number)
    context = {"form": form, "one": one, "path": [_start(), _step(one), {"title": _("Ändern")}]}
    return render(request, "people/desk_webhook_form.html", context, status=status)


@require_POST
@never_cache
@login_required
def do_webhook(request: HttpRequest, number: int) -> HttpResponse:
    """POST /desk/webhooks/<number>/do/: a test event, pause, or resume."""
    who = _keeper(request)
    done = {
        "test": (actions.send_test, _("Das Testereignis ist unterwegs.")),
        "pause": (
            actions.pause_webhook,
            _("Der Webhook ruht. Was jetzt geschieht, hört das Programm nicht."),
        ),
        "resume": (actions.resume_webhook, _("Der Webhook ist fortgesetzt. Was wartete, ist unterwegs.")),
    }
    action, said = done.get(request.POST.get("do", ""), (None, ""))
    if action is None:
        raise Http404
    try:
        action(who, number)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, f"{refusal.sentence} {refusal.cure}")
    else:
        messages.success(request, said)
    return redirect("desk-webhook", number)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def renew_webhook(request: HttpRequest, number: int) -> HttpResponse:
    """/desk/webhooks/<number>/secret/: asks once more, then shows the new secret this one time."""
    who = _keeper(request)
    one = _found(who, number)
    if request.method == "POST":
        return _shown(request, who, number, actions.renew_secret(who, number))
    return _sure(request, one, "renew", _("Neues Geheimnis"))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def remove_webhook(request: HttpRequest, number: int) -> HttpResponse:
    """/desk/webhooks/<number>/remove/: asks once more, then takes it away."""
    who = _keeper(request)
    one = _found(who, number)
    if request.method == "POST":
        actions.remove_webhook(who, number)
        messages.success(request, _("Der Webhook ist gelöscht."))
        return redirect("desk-webhooks")
    return _sure(request, one, "remove", _("Löschen"))


def _shown(request: HttpRequest, who: Who, number: int, secret: str = "") -> HttpResponse:
    one = _found(who, number)
    told = reads.deliveries(who, number, request.GET.get("after", ""))
    context = {
        "one": one,
        **_state(one),
        "secret": secret,
        "facts": _facts(one),
        "deliveries": [_delivery(each) for each in told.items],
        "after": told.after,
        "path": [_start(), {"title": one.name}],
    }
    return render(request, "people/desk_webhook.html", context)


def _sure(request: HttpRequest, one: Webhook, what: str, title: str) -> HttpResponse:
    context = {"one": one, "what": what, "path": [_start(), _step(one), {"title": title}]}
    return render(request, "people/desk_webhook_sure.html", context)


def _form(request: HttpRequest, who: Who, typed: dict[str, Any] | None = None) -> WebhookForm:
    return WebhookForm(
        request.POST if request.method == "POST" else None,
        initial=typed,
        organisations=reads.hearing_organisations(who),
        language=get_language() or "de",
    )


def _state(one: Webhook) -> dict[str, Any]:
    """How a webhook is: as a badge, and in words with what to do."""
    if one.paused:
        why, cure = RESTS[one.paused]
        return {
            "mark": "info" if one.paused == Webhook.ASKED else "danger",
            "state": _("ruht"),
            "why": why,
            "cure": cure,
        }
    if one.failures:  # type: ignore[attr-defined] # the read counts them
        return {"mark": "warning", "state": _("noch nicht angekommen"), "why": "", "cure": ""}
    return {"mark": "success", "state": _("läuft"), "why": "", "cure": ""}


def _facts(one: Webhook) -> list[tuple[str, Any]]:
    language = get_language() or "de"
    kept = one.organisation
    return [
        (_("Adresse"), one.address),
        (_("Ereignisse"), ", ".join(events.title(kind) for kind in one.kinds)),
        (_("Organisation"), in_text(kept.noun.title, language) if kept else _("keine: nur was alle sehen")),
        (_("Nur hier"), in_text(one.within.title, language) if one.within else ""),
        (_("Verantwortlich"), one.owner.pseudonym if one.owner else _("niemand")),
    ]


def _delivery(one: WebhookDelivery) -> dict[str, Any]:
    """A message and how it went: arrived, waiting, or what is in its way."""
    title = _("Testereignis") if one.kind == events.TEST else events.title(one.kind)
    if one.delivered_at:
        mark, state = "success", _("angekommen")
    elif one.attempts:
        mark, state = "warning", _("noch nicht angekommen")
    else:
        mark, state = "info", _("wartet")
    answered = _("Antwort %(status)d") % {"status": one.status} if one.status else ""
    return {
        "title": title,
        "message": one.message,
        "mark": mark,
        "state": state,
        "said": answered or TROUBLES.get(one.trouble, one.trouble),
        "one": one,
    }


def _start() -> dict[str, str]:
    return {"title": _("Webhooks"), "url": reverse("desk-webhooks")}


def _step(one: Webhook) -> dict[str, str]:
    return {"title": one.name, "url": reverse("desk-webhook", args=[one.pk])}


def _found(who: Who, number: int) -> Webhook:
    one = reads.webhook(who, number)
    if one is None:
        raise Http404
    return one


def _keeper(request: HttpRequest) -> Who:
    who = reads.who_asks(request)
    if not rights.may_keep_webhooks(who):
        raise Refusal("webhook.not-yours", _("Nur Betreiber verwalten Webhooks."), status=403)
    return who
