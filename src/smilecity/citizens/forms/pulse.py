# SPDX-License-Identifier: EUPL-1.2
"""Answering the pulse, and what those may type who ask it."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from smilecity.citizens.forms.refusable import RefusableForm
from smilecity.citizens.rules import pulse
from smilecity.core.problems import Refusal

LANGUAGES = ("de", "en")
Choices = Sequence[tuple[int, str]]
Grouped = Sequence[tuple[int | str, Any]]


class AnswerForm(RefusableForm):
    """One of five answers; where from and how old, if somebody likes to say. `form` is drawn anew for each empty form."""

    value = forms.TypedChoiceField(
        coerce=int, widget=forms.RadioSelect(attrs={"class": "kern-form-check__radio"}),
        error_messages={"required": _("Wählen Sie eine der fünf Antworten.")},
    )  # fmt: skip
    area = forms.TypedChoiceField(
        label=_("Wo wohnen Sie?"), required=False, coerce=int, empty_value=None,
        error_messages={"invalid_choice": _("Wählen Sie ein Gebiet aus der Liste, oder keins.")},
    )  # fmt: skip
    age = forms.ChoiceField(
        label=_("Wie alt sind Sie?"), required=False, choices=[("", _("Keine Angabe")), *pulse.AGES.items()],
        error_messages={"invalid_choice": _("Wählen Sie eine Gruppe aus der Liste, oder keine.")},
    )  # fmt: skip
    form = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(
        self, *given: Any, question: str, labels: Sequence[str], areas: Grouped, **named: Any
    ) -> None:
        """`labels` are the five answers, worst first; they are shown best first."""
        super().__init__(*given, **named)
        value, area = self.fields["value"], self.fields["area"]
        assert isinstance(value, forms.ChoiceField)
        assert isinstance(area, forms.ChoiceField)
        value.label = question
        value.choices = [(str(step), label) for step, label in reversed(list(enumerate(labels, start=1)))]
        area.choices = [("", _("Keine Angabe")), *areas]


def _text(label: Any, most: int, *, rows: int = 0, hint: Any = "", lang: str = "de") -> forms.CharField:
    attributes = {"lang": lang}
    widget = forms.Textarea(attrs={"rows": rows, **attributes}) if rows else forms.TextInput(attrs=attributes)
    return forms.CharField(
        label=label, max_length=most, widget=widget, help_text=hint, required=False,
        error_messages={"max_length": _("Das ist zu lang.")},
    )  # fmt: skip


class PulseForm(RefusableForm):
    """All of a question (`rules.pulse.Asking`), whom it is asked, and whether it is public."""

    shown_at = {"title": "title_de", "text": "text_de", "labels": "labels_de"}  # noqa: RUF012 - as in the class above

    title_de = _text(_("Frage"), 200, hint=_("Kurz, für alle verständlich, immer dieselbe."))
    title_en = _text(_("Frage auf Englisch"), 200, lang="en")
    text_de = _text(
        _("Erklärung"), 2000, rows=3, hint=_("Wozu fragen Sie, und was geschieht mit dem Ergebnis?")
    )
    text_en = _text(_("Erklärung auf Englisch"), 2000, rows=3, lang="en")
    labels_de = _text(
        _("Fünf Antworten"), 400, rows=5, hint=_("Eine in jeder Zeile, die schlechteste zuerst.")
    )
    labels_en = _text(_("Fünf Antworten auf Englisch"), 400, rows=5, lang="en")
    area = forms.TypedChoiceField(label=_("Wer wird gefragt?"), required=False, coerce=int, empty_value=None)
    level = forms.ChoiceField(label=_("Wofür das Ergebnis gezeigt wird"), choices=list(pulse.LEVELS.items()))
    rhythm = forms.ChoiceField(label=_("Wie oft?"), choices=list(pulse.RHYTHMS.items()))
    days = forms.IntegerField(
        label=_("Wie viele Tage eine Runde dauert"), min_value=1, max_value=pulse.MOST_DAYS,
        error_messages={"required": _("Schreiben Sie eine Zahl von 1 bis 28.")},
    )  # fmt: skip
    threshold = forms.IntegerField(
        label=_("Ab wie vielen Antworten etwas gezeigt wird"),
        min_value=pulse.LEAST_THRESHOLD,
        max_value=pulse.MOST_THRESHOLD,
        help_text=_("Mindestens 5. Je größer die Zahl, desto besser ist der Einzelne geschützt."),
        error_messages={"required": _("Schreiben Sie eine Zahl, mindestens 5.")},
    )
    since = forms.DateField(
        label=_("Erste Runde ab"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": _("Schreiben Sie, wann die erste Runde beginnt."),
            "invalid": _("Schreiben Sie einen Tag wie 2027-05-31."),
        },
    )  # fmt: skip
    until = forms.DateField(
        label=_("Nach diesem Tag keine neue Runde"), required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Schreiben Sie einen Tag wie 2027-05-31.")},
    )  # fmt: skip
    public = forms.BooleanField(
        label=_("Öffentlich: Die Frage wird gestellt, sobald der Tag da ist"), required=False
    )

    def __init__(self, *given: Any, areas: Choices, everywhere: bool, **named: Any) -> None:
        """`areas` are those whose people may be asked; `everywhere` is whether all may."""
        super().__init__(*given, **named)
        area = self.fields["area"]
        assert isinstance(area, forms.ChoiceField)
        area.required = not everywhere
        area.choices = [("", _("Alle") if everywhere else _("Bitte wählen")), *areas]
        area.error_messages["required"] = _("Wählen Sie, wer gefragt wird.")

    def asking(self) -> pulse.Asking:
        """What was typed, as the rules take it."""
        typed = self.cleaned_data
        labels = {one: tuple(typed[f"labels_{one}"].splitlines()) for one in LANGUAGES}
        return pulse.Asking(
            title={one: typed[f"title_{one}"] for one in LANGUAGES},
            text={one: typed[f"text_{one}"] for one in LANGUAGES},
            labels={one: words for one, words in labels.items() if words},
            rhythm=typed["rhythm"],
            days=typed["days"],
            level=typed["level"],
            threshold=typed["threshold"],
            since=typed["since"],
            until=typed["until"],
        )

    def clean(self) -> dict[str, Any]:
        """By the rules that also guard the action."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                pulse.checked(self.asking())
            except Refusal as refusal:
                self.show(refusal)
        return cleaned


def typed(asking: pulse.Asking) -> dict[str, Any]:
    """A question as the fields of `PulseForm` show it."""
    found: dict[str, Any] = {
        name: getattr(asking, name) for name in ("rhythm", "days", "level", "threshold", "since", "until")
    }
    for one in LANGUAGES:
        found[f"title_{one}"] = asking.title.get(one, "")
        found[f"text_{one}"] = asking.text.get(one, "")
        found[f"labels_{one}"] = "\n".join(asking.labels.get(one, ()))
    return found
