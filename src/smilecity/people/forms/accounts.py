# SPDX-License-Identifier: EUPL-1.2
"""What registering asks beside e-mail and password, and what a person says of themselves.

allauth builds its own forms on `SignUpQuestions` while it is being imported, so nothing of allauth is imported here.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal
from smilecity.people.actions.accounts import MOST_REAL_NAME
from smilecity.people.reads.accounts import free_pseudonym, shapes_of_organisations
from smilecity.people.rules import pseudonyms, purposes


class PseudonymField(forms.CharField):
    """A pseudonym by the rule that also guards the action."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Pseudonym"),
            widget=forms.TextInput(attrs={"autocomplete": "nickname", "autocapitalize": "words"}),
            help_text=_(
                "So heißen Sie hier für andere. Nehmen Sie den Vorschlag oder einen Spitznamen,"
                " nicht Ihren vollen Namen."
            ),
            error_messages={"required": _("Geben Sie sich ein Pseudonym.")},
        )

    def clean(self, value: Any) -> Any:
        """Composed and checked; whether somebody has it already is known when it is saved."""
        text = super().clean(value)
        try:
            return pseudonyms.checked(text, shapes_of_organisations())
        except Refusal as refusal:
            raise forms.ValidationError(sentence(refusal), code=refusal.code) from refusal


class SignUpQuestions(forms.Form):
    """What everybody who registers is asked, by whichever way. The birth date is not among it: nobody needs it."""

    pseudonym = PseudonymField()
    old_enough = forms.BooleanField(
        label=format_lazy(_("Ich bin mindestens {age} Jahre alt"), age=settings.SMILE.minimum_age),
        error_messages={
            "required": format_lazy(
                _(
                    "Ein Konto ist ab {age} Jahren möglich. Ohne Konto können Sie alles lesen und uns etwas sagen."
                ),
                age=settings.SMILE.minimum_age,
            )
        },
    )
    terms = forms.BooleanField(
        label=_("Ich bin einverstanden"),
        help_text=purposes.PURPOSES[purposes.TERMS].text,
        error_messages={"required": _("Ohne Ihr Einverständnis dürfen wir kein Konto für Sie führen.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial.setdefault("pseudonym", free_pseudonym())

    def signup(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Nothing more: the account was saved whole by `actions.accounts.enter`."""

    def show(self, refusal: Refusal) -> None:
        """The refusal beside its field, or above the form if it has none here."""
        show(self, refusal)


class ProfileForm(forms.Form):
    """What a person says of themselves."""

    pseudonym = PseudonymField()
    real_name = forms.CharField(
        label=_("Ihr richtiger Name"),
        required=False,
        max_length=MOST_REAL_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_(
            "Niemand sieht ihn. Erst wenn ein Verfahren ihn braucht, fragen wir Sie, ob es ihn sehen darf."
        ),
    )
    language = forms.ChoiceField(
        label=_("Sprache"),
        choices=list(settings.LANGUAGES),
        help_text=_("In dieser Sprache schreiben wir Ihnen."),
    )
    home = forms.TypedChoiceField(
        label=_("Mein Stadtteil"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("Was dort los ist, zeigen wir Ihnen zuerst. Die genaue Adresse braucht niemand."),
    )

    def __init__(self, *args: Any, homes: list[tuple[int, str]], own: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["home"]
        assert isinstance(choice, forms.TypedChoiceField)
        choice.choices = [("", _("Keiner")), *homes]
        self._own = own

    def clean(self) -> dict[str, Any]:
        """Whoever keeps their pseudonym keeps it, even if the rule has become stricter since."""
        said = super().clean() or {}
        if pseudonyms.composed(str(self.data.get(self.add_prefix("pseudonym"), ""))) == self._own:
            self.errors.pop("pseudonym", None)
            said["pseudonym"] = self._own
        return said

    def show(self, refusal: Refusal) -> None:
        """The refusal beside its field, or above the form if it has none here."""
        show(self, refusal)


def show(form: forms.Form, refusal: Refusal) -> None:
    """Put a refusal beside the field it names."""
    form.add_error(refusal.field if refusal.field in form.fields else None, sentence(refusal))


def sentence(refusal: Refusal) -> str:
    """What is wrong and what to do, in one line."""
    return f"{refusal.sentence} {refusal.cure}".strip()
