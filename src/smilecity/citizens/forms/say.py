# SPDX-License-Identifier: EUPL-1.2
"""What a person may type who says something."""

from uuid import uuid4

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from smilecity.citizens import rules
from smilecity.citizens.forms.refusable import RefusableForm, by_rule


class SayForm(RefusableForm):
    """A need, as it is typed.

    `form` is drawn anew for each empty form; people leave `website` empty, bots do not.
    """

    kind = forms.ChoiceField(
        label=_("Was ist es?"),
        choices=list(rules.KINDS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": rules.UNCHOSEN},
    )
    words = forms.CharField(
        label=_("Worum geht es?"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "Ein Satz genügt, höchstens 2000 Zeichen. Nennen Sie bitte keine Namen anderer Personen."
        ),
        error_messages={"required": _("Schreiben Sie in einem Satz, worum es geht.")},
    )
    contact = forms.CharField(
        label=_("E-Mail für eine Antwort"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=format_lazy(
            _(
                "Nur, wenn Sie eine Antwort möchten. Wir benutzen sie für nichts anderes, zeigen sie"
                " niemandem sonst und löschen sie spätestens nach {days} Tagen."
            ),
            days=settings.SMILE.contact_days,
        ),
    )
    form = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    about = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    website = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"})
    )

    def clean_words(self) -> str:
        """The words by the rule that also guards the action."""
        return by_rule(rules.checked_words, self.cleaned_data["words"])

    def clean_contact(self) -> str:
        """The address by the rule that also guards the action."""
        return by_rule(rules.checked_contact, self.cleaned_data["contact"])

    def clean_website(self) -> str:
        """Said, not swallowed: a browser that fills in everything belongs to a person too."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(
                _(
                    "Ein verborgenes Feld war ausgefüllt. Es ist jetzt leer:"
                    " Schicken Sie das Formular bitte noch einmal ab."
                )
            )
        return ""
