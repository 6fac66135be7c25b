# SPDX-License-Identifier: EUPL-1.2
"""What is typed at the desk about reports: where they belong, who looks after them, by when, and who stands in."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smilecity.citizens.forms.refusable import RefusableForm
from smilecity.core.problems import Sentence

Choices = Sequence[tuple[Any, Any]]


class _Choosing(RefusableForm):
    """A form whose choices are given when it is made: `offers={"category": [...]}`."""

    def __init__(self, *given: Any, offers: Mapping[str, Choices] | None = None, **named: Any) -> None:
        """What nobody offers cannot be chosen."""
        super().__init__(*given, **named)
        for name, choices in (offers or {}).items():
            chooser = self.fields[name]
            assert isinstance(chooser, forms.ChoiceField)
            chooser.choices = list(choices)


def _sentence(rows: int = 2, initial: Sentence = "") -> forms.CharField:
    return forms.CharField(
        label=_("Der Satz dazu"),
        widget=forms.Textarea(attrs={"rows": rows}),
        initial=initial,
        error_messages={"required": _("Hier fehlt noch der Satz dazu.")},
    )


class SortForm(_Choosing):
    """Where a need belongs."""

    category = forms.ChoiceField(label=_("Kategorie"), required=False)
    longitude = forms.FloatField(label=_("Länge"), required=False, widget=forms.HiddenInput)
    latitude = forms.FloatField(label=_("Breite"), required=False, widget=forms.HiddenInput)
    sentence = _sentence(initial=_("Wir haben es einsortiert, damit es bei den Richtigen ankommt."))


class WorkerForm(_Choosing):
    """Who looks after a need."""

    worker = forms.TypedChoiceField(
        label=_("Wer kümmert sich?"), required=False, coerce=int, empty_value=None
    )


class DueForm(RefusableForm):
    """By when it should be decided."""

    due = forms.DateField(
        label=_("Bis wann?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Wählen Sie einen Tag."),
            "invalid": _("Das ist kein Tag. Schreiben Sie ihn wie 2026-05-31."),
        },
    )
    sentence = _sentence()


class ReopenForm(RefusableForm):
    """Why a decided need is opened again."""

    sentence = forms.CharField(
        label=_("Warum ist es wieder offen?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Das lesen alle, die das Anliegen sehen."),
        error_messages={"required": _("Hier fehlt noch der Satz dazu.")},
    )


class DeputyForm(_Choosing):
    """Who stands in for whom, from when to when."""

    account = forms.TypedChoiceField(label=_("Für wen?"), coerce=int)
    deputy = forms.TypedChoiceField(
        label=_("Wer vertritt?"), coerce=int, error_messages={"required": _("Wählen Sie, wer vertritt.")}
    )
    since = forms.DateField(
        label=_("Vom"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Wählen Sie einen Tag.")},
    )
    until = forms.DateField(
        label=_("Bis einschließlich"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Wählen Sie einen Tag.")},
    )


class TogetherForm(_Choosing):
    """What is done to many needs at once, with one sentence for all."""

    worker = forms.TypedChoiceField(
        label=_("Wer kümmert sich?"), required=False, coerce=int, empty_value=None
    )
    organisation = forms.TypedChoiceField(
        label=_("Weitergeben an"), required=False, coerce=int, empty_value=None
    )
    category = forms.ChoiceField(label=_("Kategorie"), required=False)
    sentence = forms.CharField(
        label=_("Der Satz dazu"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Beim Weitergeben, Einsortieren und „In Arbeit“ lesen ihn alle, die es gesagt haben."),
    )


def with_nothing(nothing: Any, choices: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """The choices with an empty one before them, in these words."""
    return [("", nothing), *choices]
