# SPDX-License-Identifier: EUPL-1.2
"""What those who write projects may type: German first, English beside it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal
from smilecity.governance.rules import course, description
from smilecity.governance.rules.description import LANGUAGES, Row, Said

TEXTS = ("title", "text", "simple", "contact", "money_from")
PLACE_FIELDS = 3
EMPTY_ROWS = 3
Choices = Sequence[tuple[int, str]]
_NUMBER = re.compile(r"-?\d{1,3}(?:[.,]\d+)?")


def _text(
    label: Any, *, rows: int = 0, needed: bool = False, hint: Any = "", lang: str = "de"
) -> forms.CharField:
    attributes = {"lang": lang}
    widget = forms.Textarea(attrs={"rows": rows, **attributes}) if rows else forms.TextInput(attrs=attributes)
    return forms.CharField(
        label=label, required=needed, widget=widget, help_text=hint, max_length=10_000,
        error_messages={"required": _("Hier fehlt ein Text.")},
    )  # fmt: skip


def _day(label: Any, hint: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        help_text=hint,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Schreiben Sie einen Tag wie 2027-05-31.")},
    )


def _euros(label: Any, hint: Any = "") -> forms.CharField:
    attributes = {"inputmode": "decimal"}
    return forms.CharField(
        label=label, required=False, max_length=40, help_text=hint, widget=forms.TextInput(attrs=attributes)
    )


class RefusableForm(forms.Form):
    """A form that shows what an action refused, where it belongs."""

    def show(self, refusal: Refusal) -> None:
        """The refusal beside its field, or above the form if it has none here."""
        names = (refusal.field, f"{refusal.field}_de", f"{refusal.field}_1")
        at = next((name for name in names if name in self.fields), None)
        self.add_error(at, f"{refusal.sentence} {refusal.cure}".strip())


class DelayForm(RefusableForm):
    """Why a promised day moves to later, and the mark of what was shown when the form was opened."""

    delay_de = _text(
        _("Warum dauert es länger?"), rows=2,
        hint=_("Nur nötig, wenn ein Tag nach hinten rückt. Alle lesen genau das."),
    )  # fmt: skip
    delay_en = _text(_("Warum es länger dauert, auf Englisch"), rows=2, lang="en")
    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=60)

    def seen_again(self, mark: str) -> None:
        """What is there now has been spoken of: sent once more, the form may write over it."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["seen"] = mark
        self.data = data


class ProjectForm(DelayForm):
    """All of a project's `Description`, where it belongs, and who is responsible."""

    title_de = _text(_("Name"), needed=True)
    title_en = _text(_("Name auf Englisch"), lang="en")
    text_de = _text(_("Worum es geht"), rows=5, hint=_("Was wird getan, für wen, und was ist danach anders?"))
    text_en = _text(_("Worum es geht, auf Englisch"), rows=5, lang="en")
    simple_de = _text(_("In Leichter Sprache"), rows=4, hint=_("Kurze Sätze. Jeder Satz sagt eine Sache."))
    simple_en = _text(_("In Leichter Sprache, auf Englisch"), rows=4, lang="en")
    keeper = forms.TypedChoiceField(
        label=_("Wer ist verantwortlich?"), required=False, coerce=int, empty_value=None,
        error_messages={"required": _("Wählen Sie, wer verantwortlich ist.")},
    )  # fmt: skip
    contact_de = _text(
        _("Wer antwortet?"), hint=_("Eine Stelle, kein Name: zum Beispiel Team Freiraumplanung.")
    )
    contact_en = _text(_("Wer antwortet, auf Englisch"), lang="en")
    email = forms.CharField(
        label=_("E-Mail der Stelle"), required=False, max_length=1000, widget=forms.EmailInput
    )
    area = forms.TypedChoiceField(label=_("Gebiet"), required=False, coerce=int, empty_value=None)
    position = forms.CharField(
        label=_("Lage auf der Karte"), required=False, max_length=60,
        help_text=_("Breite und Länge in Grad, zum Beispiel 54.5, 11.25. Ohne Angabe gilt die Lage des ersten Ortes."),
    )  # fmt: skip
    starts_on = _day(_("Es beginnt am"))
    ends_on = _day(_("Es ist fertig bis"), _("Was hier steht, ist ein Versprechen."))
    budget = _euros(_("Geplante Kosten in Euro"), _("Zum Beispiel 12.500,50. Leer heißt: noch nicht gesagt."))
    spent = _euros(_("Davon ausgegeben"))
    money_from_de = _text(_("Woher das Geld kommt"))
    money_from_en = _text(_("Woher das Geld kommt, auf Englisch"), lang="en")

    def __init__(
        self,
        *given: Any,
        areas: Choices,
        keepers: Choices,
        places: Choices,
        alone: bool,
        count: int = 0,
        **named: Any,
    ) -> None:
        """`alone` is whether nobody besides the city may be responsible, `count` how many places are chosen."""
        super().__init__(*given, **named)
        self._choose("area", _("ergibt sich aus der Lage"), areas)
        self._choose("keeper", _("nur die Stadt"), keepers)
        self.fields["keeper"].required = not alone
        for number in range(1, max(PLACE_FIELDS, count + 1) + 1):
            name = f"places_{number}"
            self.fields[name] = forms.TypedChoiceField(
                label=_("Ort") if number == 1 else _("Noch ein Ort"),
                required=False,
                coerce=int,
                empty_value=None,
            )
            self._choose(name, _("kein Ort"), places)

    def places(self) -> Iterable[forms.BoundField]:
        """The fields of places, for the template."""
        return [self[name] for name in self.fields if name.startswith("places_")]

    def said(self) -> Said:
        """What was typed, as the actions take it."""
        typed = self.cleaned_data
        chosen = [typed[name] for name in self.fields if name.startswith("places_") and typed[name]]
        return Said(
            title=by_language(typed, "title"),
            text=by_language(typed, "text"),
            simple=by_language(typed, "simple"),
            contact=by_language(typed, "contact"),
            email=typed["email"],
            position=typed["position"],
            places=list(dict.fromkeys(chosen)),
            budget=typed["budget"],
            spent=typed["spent"],
            money_from=by_language(typed, "money_from"),
            starts_on=typed["starts_on"],
            ends_on=typed["ends_on"],
        )

    def clean_budget(self) -> int | None:
        """In cents."""
        return _by_rule(description.cents, self.cleaned_data["budget"])

    def clean_spent(self) -> int | None:
        """In cents."""
        return _by_rule(description.cents, self.cleaned_data["spent"])

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
        return east, north

    def _choose(self, name: str, nothing: Any, choices: Choices) -> None:
        chosen = self.fields[name]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [("", nothing), *choices]


class NewProjectForm(ProjectForm):
    """A project that is not there yet: besides, its address."""

    slug = forms.CharField(
        label=_("Adresse der Seite"), max_length=100,
        help_text=_("Kleine Buchstaben, Ziffern und Bindestriche, zum Beispiel radweg-am-deich. Sie bleibt für immer."),
        error_messages={"required": _("Hier fehlt ein Text.")},
    )  # fmt: skip


class MilestoneForm(RefusableForm):
    """One milestone of a project; a row without any words is none."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1)
    milestone_de = _text(_("Was ist dann geschafft?"))
    milestone_en = _text(_("Auf Englisch"), lang="en")
    due = _day(_("Geplant bis"))
    weight = forms.IntegerField(
        label=_("Gewicht"), required=False, min_value=1, max_value=description.MOST_WEIGHT,
        help_text=_("Wie groß dieser Schritt im Vergleich zu den anderen ist."),
    )  # fmt: skip
    dropped_de = _text(_("Fällt weg, weil"), hint=_("Alle lesen genau das."))
    dropped_en = _text(_("Fällt weg, weil (Englisch)"), lang="en")

    def row(self) -> Row | None:
        """The milestone as the actions take it; None if nothing stands in it."""
        typed = self.cleaned_data
        title = by_language(typed, "milestone")
        dropped = by_language(typed, "dropped")
        if not title and not dropped and (typed["id"] or not typed["due"]):
            return None
        return Row(title, typed["due"], typed["weight"] or 1, dropped, typed["id"])


class StepForm(RefusableForm):
    """How the project stands from now on, and the sentence for all."""

    state = forms.ChoiceField(label=_("Wie steht es jetzt?"))
    why_de = _text(
        _("Ihr Satz für alle"),
        rows=3,
        needed=True,
        hint=_("Was ist geschehen, wie geht es weiter, und warum?"),
    )
    why_en = _text(_("Ihr Satz auf Englisch"), rows=3, lang="en")
    delay = forms.BooleanField(
        label=_("Das ist der Grund dafür, dass es länger dauert als versprochen"), required=False
    )

    def __init__(self, *given: Any, now: str, **named: Any) -> None:
        """`now` is the state the project is in."""
        super().__init__(*given, **named)
        chosen = self.fields["state"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [(state, course.STATES[state]) for state in course.MOVES[now]]


def typed(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a project says, as the fields show it: `said` is like `Description` by name."""
    found: dict[str, Any] = {name: said[name] for name in ("email", "starts_on", "ends_on")}
    for name in TEXTS:
        for language in LANGUAGES:
            found[f"{name}_{language}"] = said[name].get(language, "")
    for name in ("budget", "spent"):
        found[name] = "" if said[name] is None else description.euros(said[name])
    spot = said["position"]
    found["position"] = f"{spot[1]}, {spot[0]}" if spot else ""
    return found | {f"places_{number}": one for number, one in enumerate(said["places"], start=1)}


def by_language(typed: Mapping[str, Any], name: str) -> dict[str, str]:
    """The texts of this name that are there, by language."""
    texts = {one: typed[f"{name}_{one}"] for one in LANGUAGES}
    return {language: text for language, text in texts.items() if text}


def _by_rule(rule: Callable[[str], int | None], text: str) -> int | None:
    try:
        return rule(text)
    except Refusal as refusal:
        raise forms.ValidationError(str(refusal.sentence), code=refusal.code) from refusal
