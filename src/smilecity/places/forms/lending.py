# SPDX-License-Identifier: EUPL-1.2
"""What a person may type to borrow, to bring back, and at the desk to lend for somebody with a card."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from smilecity.people.forms.refusable import RefusableForm
from smilecity.places.models import Handle
from smilecity.places.rules.lending.terms import Terms


class BorrowForm(RefusableForm):
    """Borrowing one kit: what its terms ask, and that the conditions were read; those accepted are asked once."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    age = forms.IntegerField(
        label=_("Wie alt sind Sie?"), min_value=0, max_value=120,
        help_text=_("Nur für diese eine Frage. Wir speichern es nicht."),
        error_messages={"required": _("Sagen Sie, wie alt Sie sind.")},
    )  # fmt: skip
    guardian = forms.BooleanField(label=_("Meine Eltern sind einverstanden."), required=False)
    accepts = forms.BooleanField(
        label=_("Ich habe die Bedingungen gelesen und stimme zu."),
        error_messages={"required": _("Bitte lesen Sie die Bedingungen, und stimmen Sie zu.")},
    )

    def __init__(self, *given: Any, terms: Terms, ask_terms: bool, **more: Any) -> None:
        super().__init__(*given, **more)
        if terms.age_from is None and terms.alone_from is None:
            del self.fields["age"]
        if terms.alone_from is None:
            del self.fields["guardian"]
        if not ask_terms:
            del self.fields["accepts"]


class TroubleForm(RefusableForm):
    """What is missing or broken, in a few words."""

    text = forms.CharField(
        label=_("Was fehlt oder ist kaputt?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Sagen Sie kurz, was fehlt oder kaputt ist.")},
    )  # fmt: skip


class GiveForm(RefusableForm):
    """A PIN or a card for somebody at the desk."""

    kind = forms.ChoiceField(
        label=_("Was geben Sie aus?"),
        choices=[(Handle.PIN, _("PIN, zum Eintippen an der Box")), (Handle.CARD, _("Karte, zum Vorhalten"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Wählen Sie PIN oder Karte.")},
    )
    number = forms.CharField(
        label=_("Nummer auf der Karte"), required=False, max_length=40,
        help_text=_("Nur für Karten, die schon bedruckt sind. Sonst machen wir eine neue."),
    )  # fmt: skip


class LendForm(RefusableForm):
    """Lending for somebody who rings or stands at the desk."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    handle = forms.CharField(
        label=_("Nummer der Karte oder PIN"), max_length=40,
        help_text=_("Die acht Zeichen, die auf dem Zettel stehen. Nach der PIN selbst fragen Sie nie."),
        error_messages={"required": _("Tragen Sie die Nummer ein.")},
    )  # fmt: skip
    kit = forms.TypedChoiceField(
        label=_("Was wird ausgeliehen?"), coerce=int, error_messages={"required": _("Wählen Sie etwas.")}
    )

    def __init__(self, *given: Any, kits: list[tuple[int, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["kit"].choices = kits  # type: ignore[attr-defined]


class LostForm(RefusableForm):
    """A card or PIN is lost."""

    handle = forms.CharField(
        label=_("Nummer der verlorenen Karte oder PIN"), max_length=40,
        error_messages={"required": _("Tragen Sie die Nummer ein.")},
    )  # fmt: skip
