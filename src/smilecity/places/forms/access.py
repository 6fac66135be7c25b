# SPDX-License-Identifier: EUPL-1.2
"""What a person may type about doors of clubs: who has which, who is let in when, and who rings for a code."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from smilecity.people.forms.refusable import RefusableForm
from smilecity.places.rules.access import BOOKINGS, NAME_LENGTH, WEEKLY, When
from smilecity.places.rules.booking.times import day_span

_DAY = {"required": _("Wählen Sie einen Tag."), "invalid": _("Diesen Tag gibt es nicht.")}
_CHOICE = {"required": _("Wählen Sie etwas."), "invalid_choice": _("Das steht nicht zur Wahl.")}


def _day(label: Any, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, error_messages=_DAY, **more)


def _clock(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(
        label=label,
        widget=widget,
        required=False,
        error_messages={"invalid": _("Diese Uhrzeit gibt es nicht.")},
    )


class EntrustForm(RefusableForm):
    """Which club has which door, from when until when."""

    compartment = forms.TypedChoiceField(label=_("Welche Tür?"), coerce=int, error_messages=_CHOICE)
    organisation = forms.TypedChoiceField(label=_("Welcher Verein?"), coerce=int, error_messages=_CHOICE)
    first = _day(_("Erster Tag"))
    last = _day(_("Letzter Tag"), help_text=_("Bis zum Ende dieses Tages, höchstens ein Jahr."))

    def __init__(
        self, *given: Any, doors: list[tuple[int, str]], clubs: list[tuple[int, str]], **more: Any
    ) -> None:
        super().__init__(*given, **more)
        self.fields["compartment"].choices = doors  # type: ignore[attr-defined]
        self.fields["organisation"].choices = clubs  # type: ignore[attr-defined]

    def during(self, zone: Any) -> tuple[datetime, datetime]:
        """From the first day's midnight to the last one's end, in the city."""
        return day_span(self.cleaned_data["first"], zone)[0], day_span(self.cleaned_data["last"], zone)[1]


class LetInForm(RefusableForm):
    """Whom the club lets in, and when."""

    whom = forms.CharField(
        label=_("Wer?"), max_length=254,
        help_text=_("Die E-Mail-Adresse einer Trainerin oder eines Trainers, oder die Nummer einer Karte oder PIN."),
        error_messages={"required": _("Sagen Sie, wer hinein darf.")},
    )  # fmt: skip
    name = forms.CharField(
        label=_("Wie nennen Sie die Person?"), max_length=NAME_LENGTH, required=False,
        help_text=_("Zum Beispiel: Jugend, Montag. Damit Sie wissen, wessen Karte Sie sperren."),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("Wann?"), widget=forms.RadioSelect, error_messages=_CHOICE,
        choices=[(WEEKLY, _("Jede Woche zur selben Zeit")), (BOOKINGS, _("Immer, wenn der Verein hier gebucht hat"))],
    )  # fmt: skip
    weekdays = forms.TypedMultipleChoiceField(
        label=_("An welchen Wochentagen?"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        choices=list(WEEKDAYS.items()), help_text=_("Nur für „Jede Woche“."), error_messages=_CHOICE,
    )  # fmt: skip
    starts, ends = _clock(_("Von")), _clock(_("Bis"))
    lead = forms.IntegerField(
        label=_("Wie viele Minuten vorher und nachher?"), required=False, min_value=0, max_value=60, initial=15,
        help_text=_("Nur für Buchungen: zum Aufbauen und Aufräumen."),
    )  # fmt: skip
    first = _day(_("Erster Tag"))
    last = _day(_("Letzter Tag"))

    def when(self) -> When:
        """The times as the rules know them."""
        said = self.cleaned_data
        return When(
            said["kind"], said["first"], said["last"], tuple(said["weekdays"]), said["starts"], said["ends"],
            said["lead"] or 0,
        )  # fmt: skip


def days_of(first: datetime, last: datetime, zone: Any) -> dict[str, date]:
    """The days of what a club has, to begin with."""

    return {
        "first": first.astimezone(zone).date(),
        "last": (last - timedelta(seconds=1)).astimezone(zone).date(),
    }


class CallerForm(RefusableForm):
    """Who rings."""

    caller = forms.CharField(
        label=_("Wer ruft an?"), max_length=254,
        help_text=_("Die Nummer der Karte, die E-Mail-Adresse des Kontos oder der Name auf dieser Seite."),
        error_messages={"required": _("Fragen Sie nach der Nummer, der Adresse oder dem Namen.")},
    )  # fmt: skip


class CodeForm(RefusableForm):
    """A code for one of the doors of who rings; that they were asked is a box to tick."""

    caller = forms.CharField(widget=forms.HiddenInput, max_length=254)
    grant = forms.TypedChoiceField(
        label=_("Welche Tür?"), coerce=int, widget=forms.RadioSelect, error_messages=_CHOICE
    )
    asked = forms.BooleanField(
        label=_("Ich habe nachgefragt, was nur diese Person weiß: was sie geliehen hat, oder welcher Verein."),
        error_messages={"required": _("Fragen Sie zuerst nach.")},
    )  # fmt: skip
    number = forms.CharField(
        label=_("Telefonnummer für eine SMS"), required=False, max_length=40,
        help_text=_("Nur für diese eine SMS. Wir speichern die Nummer nicht."),
    )  # fmt: skip

    def __init__(self, *given: Any, doors: list[tuple[int, str]], texts: bool, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["grant"].choices = doors  # type: ignore[attr-defined]
        if not texts:
            del self.fields["number"]
