# SPDX-License-Identifier: EUPL-1.2
"""Registering, signing in elsewhere, and one's devices: where allauth's own pages do not do."""

import secrets
from collections.abc import Callable
from typing import Any

import structlog
from allauth.account.forms import SignupForm
from allauth.account.internal.flows.signup import prevent_enumeration
from allauth.account.views import SignupByPasskeyView, SignupView
from allauth.socialaccount.forms import SignupForm as ElsewhereForm
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.views import SignupView as ElsewhereView
from allauth.usersessions.views import ListUserSessionsView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from smilecity.core.problems import Refusal
from smilecity.people.actions.accounts import end_session as end_one_session
from smilecity.people.reads import who_asks
from smilecity.people.rules.devices import words as devices_words
from smilecity.people.signing.adapters import away, unsure
from smilecity.people.signing.provider import NONCE, Provider

log = structlog.get_logger("signing")


class _WholeOrNot:
    """Registering keeps everything or nothing, and says beside the field what was wrong."""

    request: HttpRequest
    render_to_response: Callable[..., HttpResponse]
    get_context_data: Callable[..., dict[str, Any]]

    def form_valid(self, form: SignupForm | ElsewhereForm) -> HttpResponseBase:
        """allauth's, in a transaction of its own; what is refused leaves neither rows nor a half-begun session."""
        before = dict(self.request.session.items())
        try:
            with transaction.atomic():
                answer: HttpResponseBase = super().form_valid(form)  # type: ignore[misc] # allauth's view
                return answer
        except Refusal as refusal:
            self.request.session.clear()
            self.request.session.update(before)
            if refusal.code == "account.email-taken":
                # Somebody was a moment faster: the same answer as for every address that has an account.
                same: HttpResponseBase = prevent_enumeration(self.request, email=form.cleaned_data["email"])
                return same
            form.show(refusal)
            return self.form_invalid(form, status=refusal.status)

    def form_invalid(self, form: SignupForm | ElsewhereForm, status: int = 422) -> HttpResponse:
        """The form again, with what was wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=status)


class SignUp(_WholeOrNot, SignupView):  # type: ignore[misc] # allauth has no types
    """/account/signup/: with e-mail and password."""


class SignUpByPasskey(_WholeOrNot, SignupByPasskeyView):  # type: ignore[misc] # allauth has no types
    """/account/signup/passkey/: the passkey follows when the e-mail's code was entered."""


class SignUpElsewhere(_WholeOrNot, ElsewhereView):  # type: ignore[misc] # allauth has no types
    """/account/3rdparty/signup/: the first time somebody comes with an account held elsewhere."""


@require_POST
@never_cache
def go_elsewhere(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """/account/oidc/<provider>/login/: off to the provider, with what its answer must repeat."""
    from requests import RequestException  # noqa: TID251 - allauth's; the one host is the operator's choice

    adapter = _adapter(request, provider_id)
    provider = adapter.get_provider()
    provider.get_oauth2_adapter = lambda _request: adapter
    request.session[NONCE] = asked = secrets.token_urlsafe(24)
    way = provider.get_redirect_from_request_kwargs(request)
    process = "connect" if way.get("process") == "connect" and request.user.is_authenticated else "login"
    try:
        answer: HttpResponseBase = provider.redirect(
            request, process=process, next_url=way.get("next_url"), auth_params={"nonce": asked}
        )
    except (RequestException, KeyError) as error:
        raise away() from error
    except OAuth2Error as error:
        raise unsure() from error
    return answer


@require_GET
@never_cache
@transaction.atomic
def come_back(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """/account/oidc/<provider>/login/callback/: what the provider answers; see `signing.provider`."""
    from requests import RequestException  # noqa: TID251 - allauth's; the one host is the operator's choice

    adapter = _adapter(request, provider_id)
    try:
        answer: HttpResponseBase = OAuth2CallbackView.adapter_view(adapter)(request)
    except RequestException as error:
        raise away() from error
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
    ) as error:  # an answer of another form than agreed
        log.warning("answer of another form", error=repr(error)[:200])
        raise unsure() from error
    return answer


def _adapter(request: HttpRequest, provider_id: str) -> Provider:
    adapter = Provider(request, provider_id)
    try:
        adapter.get_provider()
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    return adapter


class Devices(ListUserSessionsView):  # type: ignore[misc] # allauth has no types
    """/account/sessions/: where I am signed in, in words; sending the form signs all others out."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """allauth's, with what each device is called."""
        found: dict[str, Any] = super().get_context_data(**kwargs)
        devices = [{"session": one, "words": devices_words(one.user_agent)} for one in found["sessions"]]
        return found | {"devices": devices}


@require_POST
@login_required
def end_session(request: HttpRequest, session: int) -> HttpResponse:
    """POST /account/sessions/<id>/end/: that device has to sign in again."""
    end_one_session(who_asks(request), session)
    messages.success(request, _("Das Gerät ist abgemeldet."))
    return redirect("usersessions_list")


@require_http_methods(["GET", "HEAD"])
def passkeys(request: HttpRequest) -> HttpResponse:
    """allauth's overview of second locks, of which there are none here: the list of passkeys."""
    return redirect("mfa_list_webauthn")


def in_one_transaction(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """allauth's pages, each in one transaction: what it writes and what the log is told come and go together."""
    for one in patterns:
        if isinstance(one, URLResolver):
            in_one_transaction(one.url_patterns)
        else:
            one.callback = transaction.atomic(one.callback)
    return patterns
