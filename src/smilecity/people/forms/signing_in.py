# SPDX-License-Identifier: EUPL-1.2
# mypy: disallow-subclassing-any=False
"""allauth's forms in our words: the checks are its own, labels and hints are ours. It has no types."""

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.webauthn import forms as webauthn
from allauth.socialaccount import forms as social
from django import forms
from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Sentence

EMAIL = _("E-Mail-Adresse")
NEW_PASSWORD_HINT = _("Mindestens 10 Zeichen. Gut ist ein Satz, den nur Sie kennen.")


class _OurWords(forms.Form):
    """Labels, hints and order of the fields; a placeholder that repeats the label is left out."""

    LABELS: ClassVar[dict[str, Sentence]] = {}
    HINTS: ClassVar[dict[str, Sentence]] = {}
    ORDER: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.LABELS.get(name, field.label)
            if isinstance(field.widget, forms.PasswordInput | forms.EmailInput) or name in self.HINTS:
                field.help_text = self.HINTS.get(name, "")
            if isinstance(field, forms.EmailField):
                field.error_messages["invalid"] = str(
                    _("Das ist keine E-Mail-Adresse, wie name@beispiel.de.")
                )
            if name in _MISSING:
                field.error_messages["required"] = str(_MISSING[name])
        if self.ORDER:
            self.order_fields(list(self.ORDER))


_MISSING: dict[str, Sentence] = {
    "login": _("Schreiben Sie Ihre E-Mail-Adresse."),
    "email": _("Schreiben Sie Ihre E-Mail-Adresse."),
    "password": _("Schreiben Sie Ihr Passwort."),
    "password1": _("Denken Sie sich ein Passwort aus."),
    "oldpassword": _("Schreiben Sie Ihr jetziges Passwort."),
    "code": _("Schreiben Sie den Code aus der E-Mail."),
}


class LoginForm(_OurWords, account.LoginForm):
    """Signing in by e-mail and password."""

    LABELS: ClassVar[dict[str, Sentence]] = {
        "login": EMAIL,
        "password": _("Passwort"),
        "remember": _("Auf diesem Gerät angemeldet bleiben"),
    }
    HINTS: ClassVar[dict[str, Sentence]] = {"remember": _("Nur auf einem Gerät, das Ihnen gehört.")}


class SignupForm(_OurWords, account.SignupForm):
    """Registering with a password, or by `by_passkey` without one."""

    LABELS: ClassVar[dict[str, Sentence]] = {"email": EMAIL, "password1": _("Passwort")}
    HINTS: ClassVar[dict[str, Sentence]] = {
        "email": _("Wir schicken Ihnen einen Code. Andere sehen die Adresse nie."),
        "password1": NEW_PASSWORD_HINT,
    }
    ORDER: ClassVar[tuple[str, ...]] = ("email", "pseudonym", "password1", "old_enough", "terms")


class ElsewhereSignupForm(_OurWords, social.SignupForm):
    """Registering with an account held elsewhere."""

    LABELS: ClassVar[dict[str, Sentence]] = {"email": EMAIL}
    HINTS: ClassVar[dict[str, Sentence]] = {"email": _("Andere sehen die Adresse nie.")}
    ORDER: ClassVar[tuple[str, ...]] = ("email", "pseudonym", "old_enough", "terms")


class NewEmailForm(_OurWords, account.AddEmailForm):
    """Another e-mail address; it holds once its code was entered."""

    LABELS: ClassVar[dict[str, Sentence]] = {"email": _("Neue E-Mail-Adresse")}
    HINTS: ClassVar[dict[str, Sentence]] = {
        "email": _("Wir schicken einen Code dorthin. Erst wenn Sie ihn eingeben, gilt die neue Adresse.")
    }


class OtherEmailForm(_OurWords, account.ChangeEmailForm):
    """Another e-mail address while registering, because of a typing error."""

    LABELS: ClassVar[dict[str, Sentence]] = {"email": EMAIL}


class ChangePasswordForm(_OurWords, account.ChangePasswordForm):
    """A new password in place of the old one."""

    LABELS: ClassVar[dict[str, Sentence]] = {
        "oldpassword": _("Jetziges Passwort"),
        "password1": _("Neues Passwort"),
        "password2": _("Neues Passwort noch einmal"),
    }
    HINTS: ClassVar[dict[str, Sentence]] = {"password1": NEW_PASSWORD_HINT}


class SetPasswordForm(_OurWords, account.SetPasswordForm):
    """A first password for an account that has none."""

    LABELS: ClassVar[dict[str, Sentence]] = {
        "password1": _("Neues Passwort"),
        "password2": _("Neues Passwort noch einmal"),
    }
    HINTS: ClassVar[dict[str, Sentence]] = {"password1": NEW_PASSWORD_HINT}


class ResetPasswordForm(_OurWords, account.ResetPasswordForm):
    """Where to send the link that sets a new password."""

    LABELS: ClassVar[dict[str, Sentence]] = {"email": EMAIL}


class ResetPasswordKeyForm(_OurWords, account.ResetPasswordKeyForm):
    """The new password behind the link."""

    LABELS: ClassVar[dict[str, Sentence]] = SetPasswordForm.LABELS
    HINTS: ClassVar[dict[str, Sentence]] = {"password1": NEW_PASSWORD_HINT}


class ReauthenticateForm(_OurWords, account.ReauthenticateForm):
    """The password once more, before something that matters."""

    LABELS: ClassVar[dict[str, Sentence]] = {"password": _("Passwort")}


class CodeForm(_OurWords, account.ConfirmEmailVerificationCodeForm):
    """The code from the e-mail."""

    LABELS: ClassVar[dict[str, Sentence]] = {"code": _("Code aus der E-Mail")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code"}


class _KeyName(_OurWords):
    LABELS: ClassVar[dict[str, Sentence]] = {"name": _("Name des Passkeys")}
    HINTS: ClassVar[dict[str, Sentence]] = {
        "name": _("Damit Sie ihn wiedererkennen, zum Beispiel „Mein Telefon“.")
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["name"]
        name.widget.attrs["maxlength"] = "60"
        assert isinstance(name, forms.CharField)
        name.max_length = 60
        name.required = name.widget.is_required = True


class NewPasskeyForm(_KeyName, webauthn.AddWebAuthnForm):
    """Another passkey. It always is one that opens the account by itself: second locks are not asked for."""

    passwordless = forms.BooleanField(widget=forms.HiddenInput, initial=True, required=False)


class FirstPasskeyForm(_KeyName, webauthn.SignupWebAuthnForm):
    """The passkey one registers with."""


class PasskeyNameForm(_KeyName, webauthn.EditWebAuthnForm):
    """Another name for a passkey."""
