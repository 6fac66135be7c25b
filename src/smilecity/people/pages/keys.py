# SPDX-License-Identifier: EUPL-1.2
"""Machines' keys at the desk: made, shown once, revoked."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smilecity.core.problems import Refusal
from smilecity.people import actions, reads, rights
from smilecity.people.forms.keys import KeyForm
from smilecity.people.rules.keys import SCOPES


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def desk_keys(request: HttpRequest) -> HttpResponse:
    """/desk/keys/: all keys, and making one; its text is on the answer to the form and never again."""
    who = reads.who_asks(request)
    if not rights.may_keep_keys(who):
        raise Refusal("key.not-yours", _("Nur Betreiber verwalten Schlüssel."), status=403)
    form, text, status = KeyForm(request.POST or None), "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _key, text = actions.make_key(who, form.cleaned_data["name"], form.cleaned_data["scopes"])
            except Refusal as refusal:
                form.show(refusal)
                status = refusal.status if refusal.status != 400 else 422
            else:
                form, status = KeyForm(), 200
    context = {
        "form": form,
        "made": text,
        "keys": [{"key": one, "scopes": [SCOPES[scope] for scope in one.scopes]} for one in reads.keys(who)],
    }
    return render(request, "people/desk_keys.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def revoke_key(request: HttpRequest, key: int) -> HttpResponse:
    """/desk/keys/<number>/revoke/: asks once more, then ends the key."""
    who = reads.who_asks(request)
    one = next((each for each in reads.keys(who) if each.id == key and each.revoked_at is None), None)
    if one is None:
        raise Http404
    if request.method == "POST":
        actions.revoke_key(who, one.name)
        messages.success(request, _("Der Schlüssel öffnet nichts mehr."))
        return redirect("desk-keys")
    context = {
        "key": one,
        "path": [{"title": _("Schlüssel"), "url": reverse("desk-keys")}, {"title": one.name}],
    }
    return render(request, "people/revoke_key.html", context)
