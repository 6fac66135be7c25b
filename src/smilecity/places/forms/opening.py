# SPDX-License-Identifier: EUPL-1.2
"""What a person may type about when a place is otherwise open, and what closes it by itself."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal
from smilecity.places.forms.booking import RefusableForm
from smilecity.places.models import Exceptional, Limit
from smilecity.places.rules import limits
from smilecity.places.rules.booking import times
from smilecity.places.rules.booking.times import Span

_NEEDED = {"required": _("Hier fehlt etwas."), "invalid": _("Das ist nicht zu verstehen.")}
CAUSES = {
    "event": _("Veranstaltung"),
    "weather": _("Wetter"),
    "repair": _("Reparatur"),
    "staff": _("Personal"),
    "other": _("etwas anderes"),
}


def _moment(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, error_messages=_NEEDED,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip


class ClosingForm(RefusableForm):
    """A time in which other than the hours hold, with the reason that residents read."""

    shown_at: ClassVar[dict[str, str]] = {"entry": "reason_de", "units": "unit"}

    what = forms.ChoiceField(
        label=_("Was soll gelten?"), choices=[("close", _("geschlossen")), ("open", _("zusätzlich geöffnet"))]
    )
    unit = forms.TypedChoiceField(label=_("Wofür?"), required=False, coerce=int, empty_value=None)
    start = _moment(_("Von"))
    end = _moment(_("Bis"))
    cause = forms.ChoiceField(label=_("Art des Grundes"), choices=lambda: list(CAUSES.items()))
    reason_de = forms.CharField(
        label=_("Grund"), max_length=200, error_messages=_NEEDED,
        help_text=_("Alle lesen ihn auf der Seite des Ortes, zum Beispiel: Hafenfest."),
    )  # fmt: skip
    reason_en = forms.CharField(
        label=_("Grund auf Englisch"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"lang": "en"}),
    )

    def __init__(self, *given: Any, units: Iterable[tuple[int, str]], **named: Any) -> None:
        """`units` are the parts of the place, by id."""
        super().__init__(*given, **named)
        known = list(units)
        chosen = self.fields["unit"]
        assert isinstance(chosen, forms.TypedChoiceField)
        chosen.choices = [("", _("der ganze Ort")), *known]
        if not known:
            del self.fields["unit"]

    def clean_start(self) -> datetime | None:
        """The moment, if the city's clock ever shows it."""
        return self._moment("start")

    def clean_end(self) -> datetime | None:
        """The moment, if the city's clock ever shows it."""
        return self._moment("end")

    def clean(self) -> dict[str, Any]:
        """Refuses an end before the start."""
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start is not None and end is not None:
            try:
                times.checked(start, end)
            except Refusal as refusal:
                self.show(refusal)
        return self.cleaned_data

    @property
    def during(self) -> Span:
        """The time, in UTC; of a form that is valid."""
        return self.cleaned_data["start"], self.cleaned_data["end"]

    @property
    def reason(self) -> dict[str, str]:
        """The reason by language."""
        typed = {one: self.cleaned_data[f"reason_{one}"].strip() for one in ("de", "en")}
        return {language: text for language, text in typed.items() if text}

    def _moment(self, name: str) -> datetime | None:
        typed: datetime = self.cleaned_data[name]
        try:
            return times.moment(typed.replace(tzinfo=None), settings.SMILE.zone, name)
        except Refusal as refusal:
            raise forms.ValidationError(f"{refusal.sentence} {refusal.cure}".strip()) from refusal


class LimitForm(RefusableForm):
    """What closes the place by itself, and when it opens again."""

    role = forms.ChoiceField(label=_("Was gemessen wird"), error_messages=_NEEDED)
    closes_above = forms.FloatField(
        label=_("Schließt über"), localize=True, error_messages=_NEEDED,
        help_text=_("Böen und Wind in km/h, Regen in mm je Stunde, Temperatur in Grad."),
    )  # fmt: skip
    opens_below = forms.FloatField(
        label=_("Öffnet wieder unter"), localize=True, error_messages=_NEEDED,
        help_text=_("Kleiner als der Wert, der schließt: sonst geht es bei jeder Böe hin und her."),
    )  # fmt: skip
    calm_minutes = forms.IntegerField(
        label=_("Wenn es so viele Minuten ruhig war"),
        min_value=1,
        max_value=2880,
        initial=30,
        error_messages=_NEEDED,
    )

    def __init__(self, *given: Any, roles: Iterable[str], **named: Any) -> None:
        """`roles` are what sensors of the place measure."""
        super().__init__(*given, **named)
        chosen = self.fields["role"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [(role, limits.ROLES[role]) for role in roles]

    def said(self) -> Mapping[str, Any]:
        """What was typed, as the action takes it."""
        names = ("role", "closes_above", "opens_below", "calm_minutes")
        return {name: self.cleaned_data[name] for name in names}


def cause_of(row: Exceptional) -> Any:
    """The kind of its reason, in words."""
    return CAUSES[row.cause]


def unit_of(limit: Limit) -> str:
    """The unit in which the limit is written."""
    return {"rain": "mm/h", "temperature": "°C"}.get(limit.role, "km/h")
