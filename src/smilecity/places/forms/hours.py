# SPDX-License-Identifier: EUPL-1.2
"""Opening hours as fields: each day of the week, public holidays, school holidays. Nobody has to know their syntax."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence
from smilecity.people.forms.refusable import RefusableForm
from smilecity.places.rules import hoursform
from smilecity.places.rules.hoursform import (
    ALL_DAY,
    CLOSED,
    DAYS,
    DUSK,
    PUBLIC,
    SCHOOL,
    SUN,
    SUNSET,
    Day,
    Span,
    Week,
)

BY_DAY, UNKNOWN, TEXT = "days", "unknown", "text"
SAME, TIMES, ALL, SHUT = "same", "times", "all", "closed"
TITLES: dict[str, Sentence] = {
    "mo": _("Montag"), "tu": _("Dienstag"), "we": _("Mittwoch"), "th": _("Donnerstag"), "fr": _("Freitag"),
    "sa": _("Samstag"), "su": _("Sonntag"), PUBLIC: _("Feiertage"), SCHOOL: _("Schulferien"),
}  # fmt: skip
_KINDS = [
    (TIMES, _("zu diesen Zeiten")),
    (SUNSET, _("zu diesen Zeiten, zuletzt bis Sonnenuntergang")),
    (DUSK, _("zu diesen Zeiten, zuletzt bis zur Dämmerung")),
    (ALL, _("durchgehend")),
    (SHUT, _("geschlossen")),
]
_FROM = (_("{day}: von"), _("{day}, zweite Zeit: von"), _("{day}, dritte Zeit: von"))
_TO = (_("{day}: bis"), _("{day}, zweite Zeit: bis"), _("{day}, dritte Zeit: bis"))
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2})(?::00)?)?")


class ClockField(forms.CharField):
    """A time of day, as minutes since midnight; `24:00` is midnight too."""

    widget = forms.TextInput(attrs={"type": "time"})

    def clean(self, value: Any) -> int | None:
        """The minutes, or None if nothing was typed."""
        typed = super().clean(value)
        found = _CLOCK.fullmatch(typed) if typed else None
        minutes = int(found[1]) * 60 + int(found[2] or 0) if found else None
        if typed and (minutes is None or minutes > hoursform.MIDNIGHT or int(found[2] or 0) > 59):  # type: ignore[index]
            raise forms.ValidationError(_("Schreiben Sie eine Uhrzeit, zum Beispiel 08:30."))
        return minutes

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether something else was typed than was shown."""
        return (initial or "") != (data or "").strip()


@dataclass(frozen=True, slots=True)
class Row:
    """A day as the page shows it: in words when it is folded, as fields when it is opened."""

    title: Sentence
    words: Sentence
    open: bool
    kind: forms.BoundField
    times: list[tuple[forms.BoundField, forms.BoundField]]
    which: forms.BoundField | None


class HoursForm(RefusableForm):
    """Hours by day. What the fields cannot say stays a text, which stands in a field of the entry's form."""

    hours_how = forms.ChoiceField(
        label=_("Wie möchten Sie die Zeiten angeben?"),
        choices=[
            (BY_DAY, _("für jeden Tag")),
            (UNKNOWN, _("gar nicht: Sie sind nicht bekannt")),
            (TEXT, _("als Text, wie in OpenStreetMap")),
        ],
    )
    sh_days = forms.ChoiceField(
        label=_("An welchen Tagen der Schulferien?"), required=False,
        choices=[("Mo-Fr", _("montags bis freitags")), ("", _("an allen Tagen"))],
    )  # fmt: skip

    def __init__(self, sent: Any, *, text: str) -> None:
        """`text` are the hours as they are kept now; who sends no word of days sends a text."""
        self.before = text
        self.week = hoursform.read(text)
        shown = _typed(text, self.week)
        super().__init__(
            {**shown, "hours_how": TEXT} if sent is not None and "hours_how" not in sent else sent,
            initial=shown,
        )
        for key, title in TITLES.items():
            same = (
                []
                if key == "mo"
                else [(SAME, _("wie sonst") if key in (PUBLIC, SCHOOL) else _("wie am Tag davor"))]
            )
            self.fields[f"{key}_kind"] = forms.ChoiceField(label=title, choices=[*same, *_KINDS])
            for number in range(hoursform.MOST_SPANS):
                for name, labels in (("from", _FROM), ("to", _TO)):
                    label = format_lazy(labels[number], day=title)
                    self.fields[f"{key}_{name}{number}"] = ClockField(
                        label=label, required=False, max_length=10
                    )

    def clean(self) -> dict[str, Any]:
        """Refuses what makes no sense beside the day, and times that nobody would see."""
        typed = self.cleaned_data
        if self.errors:
            return typed
        if typed["hours_how"] != BY_DAY:
            if set(self.changed_data) - {"hours_how"} and "hours_how" not in self.changed_data:
                self.add_error("hours_how", _("Sie haben Tage geändert. Wählen Sie dazu „für jeden Tag“."))
            return typed
        try:
            week = self._said()
            if not self.errors:
                self.week = hoursform.checked(week)
        except Refusal as refusal:
            self.add_error(f"{refusal.field}_kind", f"{refusal.sentence} {refusal.cure}".strip())
        return typed

    def text(self, typed: str) -> str:
        """The hours as they will be kept; `typed` is what stands in the text field. Of a form that is valid."""
        how = self.cleaned_data["hours_how"]
        if how == TEXT:
            return typed
        return hoursform.kept(self.week, self.before) if how == BY_DAY and self.week is not None else ""

    def rows(self) -> Iterator[Row]:
        """The days and the holidays, for the template."""
        week = self.week or Week()
        same = hoursform.same_as_before(week)
        days = hoursform.rows(week)
        for key, title in TITLES.items():
            times = [(self[f"{key}_from{n}"], self[f"{key}_to{n}"]) for n in range(hoursform.MOST_SPANS)]
            kind, which = self[f"{key}_kind"], self["sh_days"] if key == SCHOOL else None
            wrong = any(one.errors for one in (kind, *(field for pair in times for field in pair)))
            words = _("wie am Tag davor") if same.get(key) else hoursform.said(days.get(key))
            yield Row(title, words, wrong, kind, times, which)

    def _said(self) -> Week:
        days: list[Day] = []
        for key in DAYS:
            day = self._day(key)
            days.append(day if day is not None else days[-1] if days else CLOSED)
        school = self._day(SCHOOL)
        on = self.cleaned_data["sh_days"] if school is not None else ""
        return Week(tuple(days), self._day(PUBLIC), school, on)

    def _day(self, key: str) -> Day | None:
        """What was said of a day; None is as the day before, or as on other days."""
        kind = self.cleaned_data[f"{key}_kind"]
        if kind in (SAME, ALL, SHUT):
            touched = [one for one in self.changed_data if one.startswith((f"{key}_from", f"{key}_to"))]
            if touched and f"{key}_kind" not in self.changed_data:
                self.add_error(
                    f"{key}_kind", _("Sie haben Zeiten geschrieben. Wählen Sie dazu „zu diesen Zeiten“.")
                )
            return {SAME: None, ALL: ALL_DAY, SHUT: CLOSED}[kind]
        pairs = [(n, self.cleaned_data[f"{key}_from{n}"], self.cleaned_data[f"{key}_to{n}"])
                 for n in range(hoursform.MOST_SPANS)]  # fmt: skip
        typed = [one for one in pairs if one[1:] != (None, None)]
        spans = [self._span(key, *one, sun=kind if kind in SUN and one is typed[-1] else "") for one in typed]
        if not typed:
            self.add_error(f"{key}_from0", _("Schreiben Sie, ab wann geöffnet ist."))
        return tuple(one for one in spans if one is not None)

    def _span(self, key: str, number: int, start: int | None, end: int | None, *, sun: str) -> Span | None:
        if start is None or start == hoursform.MIDNIGHT:
            self.add_error(f"{key}_from{number}", _("Schreiben Sie, ab wann geöffnet ist."))
            return None
        if sun:
            if end is not None:
                self.add_error(
                    f"{key}_to{number}", _("Das Ende sagt die Sonne: Lassen Sie dieses Feld leer.")
                )
            return Span(start, sun)
        if end is None:
            self.add_error(f"{key}_to{number}", _("Schreiben Sie, bis wann geöffnet ist."))
            return None
        return Span(start, end or hoursform.MIDNIGHT)


def _typed(text: str, week: Week | None) -> dict[str, Any]:
    """The week as the fields show it."""
    how = BY_DAY if week is not None else TEXT if text.strip() else UNKNOWN
    found: dict[str, Any] = {"hours_how": how, "sh_days": "Mo-Fr"}
    week = week or Week()
    if week.school is not None:
        found["sh_days"] = week.school_days
    same, days = hoursform.same_as_before(week), hoursform.rows(week)
    for key in TITLES:
        day = None if same.get(key) else days.get(key)
        found[f"{key}_kind"] = _kind(day)
        for number, span in enumerate(day if day and day != ALL_DAY else ()):
            found[f"{key}_from{number}"] = hoursform.clock(span.start)
            if isinstance(span.end, int):
                found[f"{key}_to{number}"] = hoursform.clock(span.end % hoursform.MIDNIGHT)
    return found


def _kind(day: Day | None) -> str:
    if day is None:
        return SAME
    if day in (CLOSED, ALL_DAY):
        return SHUT if day == CLOSED else ALL
    return day[-1].end if isinstance(day[-1].end, str) else TIMES
