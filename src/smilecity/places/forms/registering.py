# SPDX-License-Identifier: EUPL-1.2
"""What people type to register for a date: with an account nothing but how many they are."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal

MOST_SEATS = 10


class RegisterForm(forms.Form):
    """A registration, as it is typed; without an account with a name and a way to reach the person."""

    name = forms.CharField(
        label=_("Ihr Name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Unter welchem Namen sollen wir Sie erwarten?")},
    )
    reach = forms.CharField(
        label=_("E-Mail oder Telefon"),
        max_length=200,
        help_text=_("Nur wer das anbietet, sieht es. 30 Tage nach dem Termin wird es gelöscht."),
        error_messages={"required": _("Wie erreichen wir Sie, falls etwas ausfällt?")},
    )
    seats = forms.IntegerField(
        label=_("Wie viele Personen?"),
        initial=1,
        min_value=1,
        max_value=MOST_SEATS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": _("Sagen Sie, wie viele kommen."),
            "invalid": _("Schreiben Sie eine Zahl."),
            "min_value": _("Mindestens eine Person kommt."),
            "max_value": _("Höchstens zehn Personen auf einmal. Fragen Sie für mehr bitte vorher."),
        },
    )

    def __init__(self, *given: Any, signed_in: bool, **named: Any) -> None:
        super().__init__(*given, **named)
        if signed_in:
            del self.fields["name"], self.fields["reach"]

    def show(self, refusal: Refusal) -> None:
        """The refusal beside its field, or above the form if it has none here."""
        sentence = f"{refusal.sentence} {refusal.cure}".strip()
        self.add_error(refusal.field if refusal.field in self.fields else None, sentence)
