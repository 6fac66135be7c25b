# SPDX-License-Identifier: EUPL-1.2
"""The whole entry of a place, as its keeper types it: German first, English below it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal
from smilecity.places.forms.hours import HoursForm
from smilecity.places.rules import difference, words
from smilecity.places.rules.description import Described

_UNKNOWN = ("", _("nicht bekannt"))
_NUMBER = re.compile(r"-?\d{1,3}(?:[.,]\d+)?")
TEXTS = ("title", "text", "entry", "cost")
# Where a refusal of the rules is shown, if not at the field of the same name.
_SHOWN_AT = {name: f"{name}_de" for name in TEXTS}


def _text(
    label: Any, *, rows: int = 0, needed: bool = False, hint: Any = "", lang: str = "de"
) -> forms.CharField:
    attributes = {"lang": lang}
    widget = forms.Textarea(attrs={"rows": rows, **attributes}) if rows else forms.TextInput(attrs=attributes)
    return forms.CharField(
        label=label, required=needed, widget=widget, help_text=hint, max_length=10_000,
        error_messages={"required": _("Hier fehlt ein Text.")},
    )  # fmt: skip


class EntryForm(forms.Form):
    """All of `Description`; `seen` are the marks of what was shown when the form was opened."""

    title_de = _text(_("Name"), needed=True)
    title_en = _text(_("Name auf Englisch"), lang="en")
    category = forms.ChoiceField(label=_("Art des Ortes"), choices=lambda: list(words.CATEGORIES.items()))
    text_de = _text(_("Beschreibung"), rows=5, hint=_("Was ist hier, und für wen ist es schön?"))
    text_en = _text(_("Beschreibung auf Englisch"), rows=5, lang="en")
    street = _text(_("Straße und Hausnummer"))
    position = forms.CharField(
        label=_("Lage auf der Karte"),
        required=False,
        max_length=60,
        help_text=_(
            "Breite und Länge in Grad, zum Beispiel 54.5, 11.25. Ohne Angabe steht der Ort nicht auf der Karte."
        ),
    )
    entry_de = _text(_("So kommt man hinein"), rows=3, hint=_("Welche Tür, welcher Weg, wo klingeln?"))
    entry_en = _text(_("So kommt man hinein, auf Englisch"), rows=3, lang="en")
    opening_hours = forms.CharField(
        label=_("Öffnungszeiten als Text"),
        required=False,
        max_length=1000,
        help_text=_(
            "Zum Beispiel: Mo-Fr 08:00-20:00; Sa 10:00-14:00; PH off. Tage: Mo Tu We Th Fr Sa Su,"
            " PH sind Feiertage, SH Schulferien, 24/7 ist immer. Gilt nur, wenn oben „als Text“ gewählt ist."
        ),
    )
    quiet_hours = forms.CharField(
        label=_("Ruhige Zeiten"),
        required=False,
        max_length=1000,
        help_text=_(
            "Wann es absichtlich leise ist: wenig Licht, keine Musik. Geschrieben wie die Öffnungszeiten."
        ),
    )
    free = forms.ChoiceField(
        label=_("Kostenlos"), required=False, choices=[_UNKNOWN, ("yes", _("ja")), ("no", _("nein"))]
    )
    cost_de = _text(_("Was es kostet"))
    cost_en = _text(_("Was es kostet, auf Englisch"), lang="en")
    indoors = forms.ChoiceField(
        label=_("Drinnen oder draußen"),
        required=False,
        choices=lambda: [_UNKNOWN, *difference.INDOORS.items()],
    )
    age_from = forms.IntegerField(label=_("Alter von"), required=False, min_value=0, max_value=120)
    age_to = forms.IntegerField(label=_("Alter bis"), required=False, min_value=0, max_value=120)
    languages = forms.MultipleChoiceField(
        label=_("Sprachen vor Ort"), required=False, widget=forms.CheckboxSelectMultiple
    )
    website = forms.CharField(label=_("Webseite"), required=False, max_length=1000)
    email = forms.CharField(
        label=_("E-Mail des Ortes"), required=False, max_length=1000, widget=forms.EmailInput
    )
    phone = forms.CharField(
        label=_("Telefon"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "tel"})
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=1000)

    def __init__(self, *given: Any, entry: Mapping[str, Any] | None = None, **named: Any) -> None:
        """`entry` is what is shown when the form is opened, and what marks it."""
        if entry is not None:
            named["initial"] = {**_typed(entry), **named.get("initial", {})}
        super().__init__(*given, **named)
        self.hours = HoursForm(
            self.data if self.is_bound else None, text=str(self.initial.get("opening_hours", ""))
        )
        for key, (label, answers) in words.ACCESS.items():
            self.fields[f"access_{key}"] = forms.ChoiceField(
                label=label, required=False, choices=[_UNKNOWN, *answers.items()]
            )
        kept = set(entry["languages"] if entry else ()) - set(difference.SPOKEN)
        spoken = self.fields["languages"]
        assert isinstance(spoken, forms.MultipleChoiceField)
        spoken.choices = [*difference.SPOKEN.items(), *((code, code) for code in sorted(kept))]

    def clean_position(self) -> tuple[float, float] | None:
        """(longitude, latitude); people write latitude first, as their maps do."""
        text = self.cleaned_data["position"].strip()
        if not text:
            return None
        numbers = _NUMBER.findall(text.replace(", ", " ; "))
        if len(numbers) != 2:
            raise forms.ValidationError(
                _("Schreiben Sie zwei Zahlen: Breite und Länge, zum Beispiel 54.5, 11.25.")
            )
        north, east = (float(number.replace(",", ".")) for number in numbers)
        try:
            return words.checked_position((east, north))
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal.sentence)) from refusal

    def clean(self) -> dict[str, Any]:
        """The hours by day become their text; what is wrong with a day stands beside it."""
        if not self.hours.is_valid():
            raise forms.ValidationError(_("Sehen Sie bei den einzelnen Tagen nach."))
        self.cleaned_data["opening_hours"] = self.hours.text(self.cleaned_data.get("opening_hours", ""))
        return self.cleaned_data

    def hours_now(self) -> str | None:
        """The hours as they stand in the form, to be shown; None if they cannot be understood."""
        if not self.is_bound:
            return str(self.initial.get("opening_hours", ""))
        return self.hours.text(str(self["opening_hours"].value() or "")) if self.hours.is_valid() else None

    def said(self) -> Described:
        """What was typed, as the actions take it."""
        typed = self.cleaned_data
        return Described(
            title=_by_language(typed, "title"),
            category=typed["category"],
            text=_by_language(typed, "text"),
            position=typed["position"],
            street=typed["street"],
            entry=_by_language(typed, "entry"),
            opening_hours=typed["opening_hours"],
            quiet_hours=typed["quiet_hours"],
            access={key: typed[f"access_{key}"] for key in words.ACCESS if typed[f"access_{key}"]},
            free={"yes": True, "no": False}.get(typed["free"]),
            cost=_by_language(typed, "cost"),
            indoors=typed["indoors"],
            age_from=typed["age_from"],
            age_to=typed["age_to"],
            languages=tuple(typed["languages"]),
            website=typed["website"],
            email=typed["email"],
            phone=typed["phone"],
        )

    def show(self, refusal: Refusal) -> None:
        """The refusal beside its field, or above the form if it has none here."""
        name = refusal.field.replace("access.", "access_")
        name = _SHOWN_AT.get(name, name)
        self.add_error(name if name in self.fields else None, f"{refusal.sentence} {refusal.cure}".strip())

    def seen_again(self, entry: Mapping[str, Any]) -> None:
        """What is there now has been shown: sent once more, the form may write over it."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["seen"] = difference.marks(entry)
        self.data = data

    def access(self) -> Iterable[forms.BoundField]:
        """The questions of accessibility, for the template."""
        return [self[f"access_{key}"] for key in words.ACCESS]


class NewPlaceForm(EntryForm):
    """The entry of a place that is not there yet: besides, its address and who keeps it."""

    slug = forms.CharField(
        label=_("Adresse der Seite"),
        max_length=100,
        help_text=_(
            "Kleine Buchstaben, Ziffern und Bindestriche, zum Beispiel stadtgarten-nord. Sie bleibt für immer."
        ),
        error_messages={"required": _("Hier fehlt ein Text.")},
    )
    keeper = forms.ChoiceField(label=_("Wer pflegt den Ort?"), required=False)

    def __init__(self, *given: Any, keepers: Iterable[tuple[int, str]], alone: bool, **named: Any) -> None:
        """`keepers` are organisations to choose from; `alone` says whether none may be chosen."""
        super().__init__(*given, **named)
        chosen = self.fields["keeper"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [
            *([("", _("nur die Stadt"))] if alone else []),
            *((str(i), name) for i, name in keepers),
        ]
        chosen.required = not alone

    def clean_keeper(self) -> int | None:
        """The organisation's noun id, if one is chosen."""
        return int(self.cleaned_data["keeper"]) if self.cleaned_data["keeper"] else None


class ReturnForm(forms.Form):
    """What is missing, when a change is given back."""

    reason = forms.CharField(
        label=_("Was fehlt noch?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Nur nötig, wenn Sie die Änderung zurückgeben. Die Person liest genau das."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=1000)


def _typed(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The entry as the fields show it."""
    found: dict[str, Any] = {
        name: entry[name] for name in difference.FIELDS if name not in (*TEXTS, "access")
    }
    for name in TEXTS:
        for language in words.LANGUAGES:
            found[f"{name}_{language}"] = entry[name].get(language, "")
    for key in words.ACCESS:
        found[f"access_{key}"] = entry["access"].get(key, "")
    spot = entry["position"]
    found["position"] = f"{spot[1]}, {spot[0]}" if spot else ""
    found["free"] = {True: "yes", False: "no"}.get(entry["free"], "")
    found["seen"] = difference.marks(entry)
    return found


def _by_language(typed: Mapping[str, Any], name: str) -> dict[str, str]:
    # A browser sends line ends as two characters; kept is one, so that nothing looks changed that is not.
    texts = {one: typed[f"{name}_{one}"].replace("\r\n", "\n") for one in sorted(words.LANGUAGES)}
    return {language: text for language, text in texts.items() if text}
