# SPDX-License-Identifier: EUPL-1.2
"""What a person may type to book: a slot, what it is for, a series, and why not."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal
from smilecity.places.rules.booking import Policy
from smilecity.places.rules.booking.explained import lasting
from smilecity.places.rules.booking.policy import DAY
from smilecity.places.rules.booking.series import LONGEST_DAYS, weekly

MOST_LENGTHS = 48
_NEEDED = {"required": _("Hier fehlt etwas."), "invalid": _("Das ist nicht zu verstehen.")}


class RefusableForm(forms.Form):
    """A form that shows what a rule said no to beside its field."""

    shown_at: ClassVar[Mapping[str, str]] = {}

    def show(self, refusal: Refusal) -> None:
        """The refusal beside its field, or above the form if it has none here."""
        field = self.shown_at.get(refusal.field, refusal.field)
        self.add_error(field if field in self.fields else None, f"{refusal.sentence} {refusal.cure}".strip())


class SlotForm(RefusableForm):
    """For whom and how long: what changes which slots can be had."""

    minutes = forms.TypedChoiceField(label=_("Wie lange?"), coerce=int, error_messages=_NEEDED)
    organisation = forms.TypedChoiceField(
        label=_("Für wen?"), required=False, coerce=int, empty_value=None, error_messages=_NEEDED
    )
    age = forms.IntegerField(
        label=_("Wie alt sind Sie?"), required=False, min_value=0, max_value=120,
        help_text=_("Nur für diese Entscheidung; wir heben es nicht auf."),
    )  # fmt: skip
    guardian = forms.BooleanField(
        label=_("Meine Eltern (oder wer für mich sorgt) sind einverstanden"), required=False
    )

    def __init__(
        self, *given: Any, policy: Policy, organisations: Iterable[tuple[int, str]], **named: Any
    ) -> None:
        """Asks for an age only where it matters, and for whom only whoever has a choice."""
        super().__init__(*given, **named)
        self._shortest = policy.shortest
        known = list(organisations)
        _choices(self, "minutes", [(one, lasting(one)) for one in lengths(policy)])
        _choices(self, "organisation", [("", _("für mich")), *known])
        if not known:
            del self.fields["organisation"]
        if not (policy.age_from or policy.alone_from):
            del self.fields["age"]
        if not policy.alone_from:
            del self.fields["guardian"]

    def asked(self) -> dict[str, Any]:
        """What was typed, or what holds if nothing or nonsense was."""
        typed = self.cleaned_data if self.is_valid() else {}
        return {
            "minutes": typed.get("minutes") or self._shortest,
            "organisation": typed.get("organisation"),
            "age": typed.get("age"),
            "guardian": bool(typed.get("guardian")),
        }


class WordsForm(RefusableForm):
    """What a booking is for, and how many come."""

    what = forms.CharField(
        label=_("Wofür?"), required=False, max_length=200,
        help_text=_("Zum Beispiel: Basketball mit Freunden. Nur wer den Ort pflegt, liest es."),
    )  # fmt: skip
    people = forms.IntegerField(
        label=_("Wie viele Menschen kommen?"), required=False, min_value=1, max_value=32_000
    )


class ReasonForm(RefusableForm):
    """Why a booking is cancelled, or not granted."""

    reason = forms.CharField(
        label=_("Warum?"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Ein Satz. Wer gebucht hat, liest genau das."),
    )  # fmt: skip


class SeriesForm(RefusableForm):
    """The same time every week: the first date says the weekday."""

    shown_at: ClassVar[Mapping[str, str]] = {
        "start": "first",
        "starts": "first",
        "end": "until_time",
        "minutes": "until_time",
        "rule": "last",
    }

    unit = forms.TypedChoiceField(label=_("Was?"), coerce=int, error_messages=_NEEDED)
    organisation = forms.TypedChoiceField(
        label=_("Für wen?"), required=False, coerce=int, empty_value=None, error_messages=_NEEDED
    )
    first = forms.DateField(
        label=_("Erster Tag"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), error_messages=_NEEDED,
        help_text=_("An diesem Wochentag jede Woche."),
    )  # fmt: skip
    last = forms.DateField(
        label=_("Letzter Tag"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), error_messages=_NEEDED,
    )  # fmt: skip
    from_time = forms.TimeField(
        label=_("Von"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), error_messages=_NEEDED
    )
    until_time = forms.TimeField(
        label=_("Bis"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), error_messages=_NEEDED
    )
    what = forms.CharField(label=_("Wofür?"), required=False, max_length=200)

    def __init__(
        self,
        *given: Any,
        units: Iterable[tuple[int, str]],
        organisations: Iterable[tuple[int, str]],
        alone: bool,
        **named: Any,
    ) -> None:
        """`alone` says whether one may ask for oneself; in a season only organisations do."""
        super().__init__(*given, **named)
        _choices(self, "unit", units)
        known = list(organisations)
        _choices(self, "organisation", [*([("", _("für mich"))] if alone else []), *known])
        if not known:
            del self.fields["organisation"]

    def clean(self) -> dict[str, Any]:
        """An end after the beginning, and a last day after the first."""
        typed = super().clean() or {}
        begins, ends = typed.get("from_time"), typed.get("until_time")
        if begins and ends and ends <= begins:
            self.add_error("until_time", _("Das Ende liegt nicht nach dem Anfang."))
        if typed.get("first") and typed.get("last") and typed["last"] < typed["first"]:
            self.add_error("last", _("Der letzte Tag liegt vor dem ersten."))
        elif (
            typed.get("first") and typed.get("last") and (typed["last"] - typed["first"]).days > LONGEST_DAYS
        ):
            self.add_error("last", _("Eine Serie reicht höchstens zwei Jahre."))
        return typed

    def asked(self) -> dict[str, Any]:
        """What was typed, as the action takes it."""
        typed = self.cleaned_data
        starts = datetime.combine(typed["first"], typed["from_time"])
        lasts = datetime.combine(typed["first"], typed["until_time"]) - starts
        return {
            "unit": typed["unit"], "starts": starts, "minutes": int(lasts.total_seconds()) // 60,
            "rule": weekly(typed["last"]), "organisation": typed.get("organisation"), "what": typed["what"],
        }  # fmt: skip


def lengths(policy: Policy) -> list[int]:
    """The lengths one can choose, in minutes; long ones only by whole days, so that the list stays short."""
    step = policy.step
    if (policy.longest - policy.shortest) // step >= MOST_LENGTHS:
        step = DAY if not policy.shortest % DAY else max(step, 60 - 60 % step or step)
    return list(range(policy.shortest, policy.longest + 1, step))[:MOST_LENGTHS]


def _choices(form: forms.Form, name: str, choices: Iterable[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)
