# SPDX-License-Identifier: EUPL-1.2
"""What a person may type who talks about a need, reports something, objects, or moderates."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from smilecity.citizens.forms.refusable import RefusableForm, by_rule, sentence
from smilecity.citizens.rules import talk
from smilecity.core import clock
from smilecity.core.problems import Refusal

_SALT = "citizens.talk"
_MISSING = _("Hier stehen noch keine Worte.")


def stamp() -> str:
    """When a form was drawn, signed, so that nobody makes it up."""
    return signing.dumps(clock.now().isoformat(), salt=_SALT)


class GuardedForm(RefusableForm):
    """A form that programmes give away: they fill in what nobody sees (`website`), or are quicker than a person.

    It keeps nothing about who sends it. `drawn` is renewed when it was wrong, so that sending again is enough.
    """

    drawn = forms.CharField(widget=forms.HiddenInput, required=False, initial=stamp)
    website = forms.CharField(required=False)

    def clean(self) -> dict[str, Any]:
        """Said, not swallowed: it may be a person after all."""
        if self.cleaned_data.get("website"):
            self.add_error(
                None,
                _(
                    "Ein verborgenes Feld war ausgefüllt. Es ist jetzt leer:"
                    " Schicken Sie das Formular bitte noch einmal ab."
                ),
            )
        try:
            talk.checked_seconds(self._seconds())
        except Refusal as refusal:
            if refusal.code == "talk.form-old":
                self._renew(drawn=stamp())
            self.add_error(None, forms.ValidationError(sentence(refusal), code=refusal.code))
        return self.cleaned_data

    def _seconds(self) -> float | None:
        try:
            drawn = datetime.fromisoformat(signing.loads(self.cleaned_data.get("drawn", ""), salt=_SALT))
        except (signing.BadSignature, ValueError, TypeError):
            return None
        return (clock.now() - drawn).total_seconds()

    def _renew(self, **fields: str) -> None:
        self.data = {**{name: self.data.get(name) for name in self.data}, **fields}


class CommentForm(GuardedForm):
    """A comment, as it is typed. `form` is drawn anew for each empty form."""

    words = forms.CharField(
        label=_("Ihr Beitrag"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Höchstens 1500 Zeichen, ohne Namen und Adressen anderer Menschen."),
        error_messages={"required": _MISSING},
    )
    form = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def clean_words(self) -> str:
        """The words by the rule that also guards the action."""
        return by_rule(talk.checked_comment, self.cleaned_data["words"])

    def show(self, refusal: Refusal) -> None:
        """What was refused; a number that is used up is drawn anew."""
        super().show(refusal)
        if refusal.code == "comment.form-used":
            self._renew(form=str(uuid4()))


class ChangeForm(RefusableForm):
    """Other words for one's own comment."""

    words = forms.CharField(
        label=_("Ihr Beitrag"),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _MISSING},
    )


class ObjectForm(RefusableForm):
    """Why a hidden comment should be seen again."""

    words = forms.CharField(
        label=_("Warum kann Ihr Beitrag bleiben?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Das liest jemand aus der Moderation, der ihn nicht verborgen hat."),
        error_messages={"required": _("Schreiben Sie, warum Ihr Beitrag bleiben kann.")},
    )


class AbuseForm(GuardedForm):
    """Which rule of the house something breaks."""

    rule = forms.ChoiceField(
        label=_("Gegen welche Regel verstößt es?"),
        choices=[(code, title) for code, (title, _text) in talk.HOUSE.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("Wählen Sie die Regel, um die es geht.")},
    )
    words = forms.CharField(
        label=_("Was sollten wir dazu wissen?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Wenn Sie möchten. Das liest nur die Moderation."),
    )

    def clean_words(self) -> str:
        """The words by the rule that also guards the action."""
        return by_rule(talk.checked_hint, self.cleaned_data["words"])


class ModerateForm(RefusableForm):
    """What a moderator decides (`acts`, as they are called), by which rule, and what the people concerned read."""

    act = forms.ChoiceField(
        label=_("Was geschieht damit?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Wählen Sie, was damit geschieht.")},
    )
    rule = forms.ChoiceField(
        label=_("Welche Regel?"),
        required=False,
        choices=[("", _("Bitte wählen")), *((code, title) for code, (title, _text) in talk.HOUSE.items())],
        help_text=_("Nur beim Verbergen."),
    )
    sentence = forms.CharField(
        label=_("Der Satz dazu"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Beim Verbergen. Wer es geschrieben hat, liest genau das."),
        error_messages={"required": _("Schreiben Sie in einem Satz, warum.")},
    )

    def __init__(self, *given: Any, acts: Any = (), **named: Any) -> None:
        """`acts` are pairs of a code and what it is called. What none of them needs is not asked."""
        super().__init__(*given, **named)
        chooser = self.fields["act"]
        assert isinstance(chooser, forms.ChoiceField)
        chooser.choices = list(acts)
        codes = {code for code, _name in acts}
        if "hide" not in codes:
            del self.fields["rule"]
            self.fields["sentence"].required = True
            self.fields["sentence"].help_text = _("Wer es geschrieben hat, liest genau das.")
