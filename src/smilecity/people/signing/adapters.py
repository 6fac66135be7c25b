# SPDX-License-Identifier: EUPL-1.2
"""allauth's hooks: accounts are saved by our actions, errors are our sentences, and mail is sent whole or not at all."""

from typing import Any, ClassVar
from urllib.parse import urlsplit

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock
from smilecity.core.problems import Refusal, Sentence
from smilecity.people.actions.accounts import enter
from smilecity.people.models import Account

log = structlog.get_logger("signing")


class NotBelieved(OAuth2Error):  # type: ignore[misc] # allauth has no types
    """The answer of another provider does not hold; the reason is ours, so it may stand in the operator's log."""


def shown_name(account: Account) -> str:
    """What allauth calls a person: never the e-mail address."""
    return account.pseudonym


def city_name(request: HttpRequest | None) -> str:
    """The city's name as its pages show it."""
    return render_to_string("people/city_name.txt", {}, request).strip()


class Accounts(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    """Registering, signing in, and the mail about it."""

    error_messages: ClassVar[dict[str, Sentence]] = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("Dieses Konto ist geschlossen."),
        "cannot_remove_primary_email": _(
            "Diese Adresse brauchen Sie zum Anmelden. Ändern Sie sie stattdessen."
        ),
        "duplicate_email": _("Diese E-Mail-Adresse haben Sie schon."),
        "email_password_mismatch": _(
            "E-Mail-Adresse und Passwort passen nicht zusammen. Prüfen Sie beides, oder setzen Sie das Passwort neu."
        ),
        "email_taken": _("Diese E-Mail-Adresse ist schon vergeben."),
        "enter_current_password": _("Das ist nicht Ihr jetziges Passwort."),
        "incorrect_code": _(
            "Dieser Code stimmt nicht. Vergleichen Sie ihn bitte noch einmal mit der E-Mail."
        ),
        "incorrect_password": _("Das Passwort stimmt nicht."),
        "invalid_or_expired_key": _("Dieser Link gilt nicht mehr."),
        "invalid_login": _("Diese Anmeldung ist nicht gültig."),
        "invalid_password_reset": _("Dieser Link gilt nicht mehr."),
        "too_many_login_attempts": _(
            "Das waren zu viele Versuche. Warten Sie fünf Minuten und beginnen Sie neu."
        ),
        "unverified_primary_email": _("Bestätigen Sie bitte zuerst Ihre E-Mail-Adresse."),
        "same_as_current": _("Das ist die Adresse, die Sie schon haben."),
        "rate_limited": _("Das ging sehr schnell hintereinander. Bitte warten Sie eine Minute."),
    }

    def new_user(self, request: HttpRequest) -> Account:
        """An account in the language of the page it was asked for on."""
        # allauth takes whoever has a number for somebody it knows, and the database's default looks like one.
        account = Account(created_at=clock.now(), language=get_language() or "de")
        account.pk = None
        return account

    def save_user(self, request: HttpRequest, user: Account, form: BaseForm, commit: bool = True) -> Account:
        """Save what the form said as a new account; see `actions.accounts.enter` for what is refused."""
        said = form.cleaned_data
        user.email = said["email"].lower()
        user.language = user.language or get_language() or "de"
        user.set_password(said.get("password1") or None)
        enter(user, said["pseudonym"])
        return user

    def is_safe_url(self, url: str) -> bool:
        """After signing in one goes on to a path of this node, never to an address somebody put into the link."""
        return (
            bool(url)
            and url.startswith("/")
            and not urlsplit(url).netloc
            and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
        )

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """What is mine: in the language the page was chosen in, else in the person's own."""
        chosen = get_language()
        if chosen == settings.LANGUAGE_CODE:
            chosen = getattr(request.user, "language", chosen)
        with translation.override(chosen):
            return reverse("me")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """What is mine."""
        return reverse("me")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send, or refuse with what to do: the caller's transaction is undone, so nothing stays half-done."""
        context = {"city": city_name(self.request), **context}
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:  # every way a mail server or a full disk says no
            log.error("mail not sent", template=template_prefix, error=type(error).__name__)
            raise Refusal(
                "mail.away",
                _("Wir können Ihnen gerade keine E-Mail schicken. Deshalb ist nichts gespeichert."),
                cure=_("Bitte versuchen Sie es in ein paar Minuten noch einmal."),
                status=503,
            ) from error


class Passkeys(DefaultMFAAdapter):  # type: ignore[misc] # allauth has no types
    """A passkey is another door to the account, no second lock on the first: who loses it still has the mailbox."""

    error_messages: ClassVar[dict[str, Sentence]] = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _(
            "Dieser Passkey passt hier nicht. Versuchen Sie es noch einmal, oder nehmen Sie das Passwort."
        ),
    }

    def is_mfa_enabled(self, user: Account, types: list[str] | None = None) -> bool:
        """Never asked for after a password; only for the question whether it can confirm who one is."""
        if types is None or len(types) != 1:
            return False
        return bool(super().is_mfa_enabled(user, types))

    def generate_authenticator_name(self, user: Account, type: str) -> str:  # noqa: A002 - allauth's name
        """What a new passkey is called until its owner knows better."""
        from allauth.mfa.models import Authenticator

        held = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return (
            str(_("Mein Passkey")) if not held else str(_("Mein Passkey %(number)d") % {"number": held + 1})
        )

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to the host people type; the name is what their device shows."""
        from allauth.core import context

        request = context.request
        return {"id": urlsplit(f"//{request.get_host()}").hostname or "localhost", "name": city_name(request)}


class Elsewhere(DefaultSocialAccountAdapter):  # type: ignore[misc] # allauth has no types
    """Accounts held elsewhere. Their address opens nothing here: one signs in and connects them oneself."""

    def on_authentication_error(self, request: HttpRequest, provider: Any, **details: Any) -> None:
        """Say it as a refusal. What the provider said is not shown: it may be anything."""
        from requests import RequestException  # noqa: TID251 - allauth's; the one host is the operator's choice

        error = details.get("exception")
        if details.get("error") == AuthError.CANCELLED:
            return
        log.warning(
            "signing in elsewhere failed",
            cause=str(error) if isinstance(error, NotBelieved) else type(error).__name__,
        )
        raise away() if isinstance(error, RequestException) else unsure()


def unsure() -> Refusal:
    """The answer of the other side did not hold."""
    return Refusal(
        "provider.not-believed",
        _("Die Anmeldung beim anderen Anbieter ließ sich nicht prüfen. Deshalb sind Sie nicht angemeldet."),
        cure=_("Beginnen Sie die Anmeldung bitte neu, oder melden Sie sich mit E-Mail und Passwort an."),
        status=401,
    )


def away() -> Refusal:
    """The other side does not answer."""
    return Refusal(
        "provider.away",
        _("Der andere Anbieter antwortet gerade nicht."),
        cure=_("Versuchen Sie es später, oder melden Sie sich mit E-Mail und Passwort an."),
        status=502,
    )
