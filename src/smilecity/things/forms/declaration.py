# SPDX-License-Identifier: EUPL-1.2
"""What residents are told of a sensor, as it is typed."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smilecity.core.models import Noun
from smilecity.core.problems import Refusal, Sentence
from smilecity.things.rules.declaration import MOST_RETENTION, MOST_TEXT, Declaration

VISIBILITIES: tuple[tuple[str, Sentence], ...] = (
    (Noun.PUBLIC, _("Alle")),
    (Noun.INTERNAL, _("Nur Verantwortliche")),
    (Noun.DRAFT, _("Noch ein Entwurf")),
)
LANGUAGES = ("de", "en")
TEXTS = ("purpose", "legal_basis", "safeguard")


def _text(label: Sentence, hint: Sentence = "", rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=MOST_TEXT,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class DeclarationForm(forms.Form):
    """The declaration of a thing. `seen` is the moment of the version that the writer saw."""

    purpose_de = _text(_("Wozu misst er? (Deutsch)"), _("In einem Satz, den jede und jeder versteht."))
    purpose_en = _text(_("Wozu misst er? (Englisch)"))
    legal_basis_de = _text(
        _("Rechtsgrundlage (Deutsch)"),
        _("Wenn keine personenbezogenen Daten entstehen, schreiben Sie genau das."),
    )
    legal_basis_en = _text(_("Rechtsgrundlage (Englisch)"))
    safeguard_de = _text(
        _("Wie ist gesichert, dass man niemanden erkennt? (Deutsch)"),
        _("Auf der Seite steht davor: „Nein.“ Lassen Sie das Feld leer, wenn das nicht stimmt."),
    )
    safeguard_en = _text(_("Wie ist gesichert, dass man niemanden erkennt? (Englisch)"))
    keeper = forms.TypedChoiceField(
        label=_("Welche Organisation betreibt ihn?"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("Fragen zum Sensor kommen dann auch bei ihr an."),
    )
    operator = forms.CharField(
        label=_("Betreiber, wenn keine Organisation gewählt ist"), required=False, max_length=200
    )
    days = forms.IntegerField(
        label=_("Nach wie vielen Tagen werden Messwerte gelöscht?"),
        required=False,
        min_value=1,
        max_value=MOST_RETENTION.days,
        help_text=_(
            "Zwei Jahre sind 730 Tage. Gelöscht wird jede Nacht, und es lässt sich nicht zurückholen."
        ),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    keeps_hours = forms.BooleanField(label=_("Mittelwerte je Stunde bleiben danach erhalten"), required=False)
    visibility = forms.ChoiceField(label=_("Wer sieht ihn?"), choices=VISIBILITIES, widget=forms.RadioSelect)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(self, *args: Any, keepers: Sequence[tuple[int, str]], **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["keeper"].choices = [("", _("Keine")), *keepers]  # type: ignore[attr-defined]

    def said(self) -> Declaration:
        """What was typed, as the action takes it."""
        typed = self.cleaned_data
        texts = {name: {language: typed[f"{name}_{language}"] for language in LANGUAGES} for name in TEXTS}
        return Declaration(
            **texts,
            operator=typed["operator"],
            retention=timedelta(days=typed["days"]) if typed["days"] else None,
            keeps_hours=typed["keeps_hours"],
        )

    def show(self, refusal: Refusal) -> None:
        """The refusal beside its field, or above the form if it has none here."""
        sentence = f"{refusal.sentence} {refusal.cure}".strip()
        self.add_error(refusal.field if refusal.field in self.fields else None, sentence)


def typed(noun: Noun) -> dict[str, Any]:
    """What is declared now, as the form shows it."""
    thing = noun.thing
    texts = {
        f"{name}_{language}": getattr(thing, name).get(language, "")
        for name in TEXTS
        for language in LANGUAGES
    }
    return {
        **texts,
        "keeper": noun.keeper_id,
        "operator": thing.operator,
        "days": max(1, thing.retention.days) if thing.retention else None,
        "keeps_hours": thing.keeps_hours,
        "visibility": noun.visibility,
        "seen": noun.changed_at.isoformat(),
    }
