# SPDX-License-Identifier: EUPL-1.2
"""A photo with what is on it and whose it is."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal
from smilecity.places.rules import pictures

_MISSING = {"required": _("Sagen Sie in einem Satz, was auf dem Bild zu sehen ist.")}


class PhotoWordsForm(forms.Form):
    """What is on a photo, whose it is, and what others may do with it."""

    alt_de = forms.CharField(
        label=_("Was ist auf dem Bild zu sehen?"),
        max_length=1000,
        help_text=_("Ein Satz für alle, die das Bild nicht sehen. Keine Namen von Personen."),
        error_messages=_MISSING,
    )
    alt_en = forms.CharField(
        label=_("Dasselbe auf Englisch"), max_length=1000, widget=forms.TextInput(attrs={"lang": "en"}),
        error_messages=_MISSING,
    )  # fmt: skip
    credit = forms.CharField(
        label=_("Wer hat es fotografiert?"),
        required=False,
        max_length=1000,
        help_text=_("Der Name steht unter dem Bild."),
    )
    licence = forms.ChoiceField(
        label=_("Was dürfen andere damit tun?"), choices=lambda: list(pictures.LICENCES.items())
    )

    def words(self) -> dict[str, Any]:
        """What was typed, as the actions take it."""
        typed = self.cleaned_data
        alt = {"de": typed["alt_de"], "en": typed["alt_en"]}
        return {"alt": alt, "credit": typed["credit"], "licence": typed["licence"]}

    def show(self, refusal: Refusal) -> None:
        """The refusal beside its field, or above the form if it has none here."""
        field = refusal.field if refusal.field in self.fields else None
        self.add_error(field, f"{refusal.sentence} {refusal.cure}".strip())


class PhotoForm(PhotoWordsForm):
    """A new photo."""

    file = forms.FileField(
        label=_("Foto"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif"}),
        help_text=_(
            "JPEG, PNG, WebP oder AVIF, höchstens 15 MB. Ort und Zeit der Aufnahme löschen wir aus dem Bild."
        ),
        error_messages={"required": _("Wählen Sie ein Foto aus.")},
    )
    agreed = forms.BooleanField(
        label=_("Ich darf dieses Foto zeigen, und die Personen darauf sind einverstanden."),
        error_messages={"required": _("Ohne diese Zusage können wir das Foto nicht zeigen.")},
    )
    field_order = ("file", "alt_de", "alt_en", "credit", "licence", "agreed")
