# SPDX-License-Identifier: EUPL-1.2
"""A table of values as it is brought, and how it is to be read."""

from collections.abc import Sequence
from typing import Any

import msgspec
from django import forms
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from smilecity.core import lines
from smilecity.core.problems import Sentence
from smilecity.things.forms.devices import DeskForm
from smilecity.things.rules import tables
from smilecity.things.rules.tables import Guess, Layout

MOST_SHOWN = 60  # columns, and names of datastreams

ENCODINGS: tuple[tuple[str, Sentence], ...] = (
    (lines.UTF8, "UTF-8"),
    (lines.WINDOWS, _("Windows-1252 (ältere Programme)")),
)
DELIMITERS: tuple[tuple[str, Sentence], ...] = (
    (";", _("Strichpunkt ;")),
    ("tab", _("Tabulator")),
    ("|", _("Senkrechter Strich |")),
    (",", _("Komma ,")),
)
DECIMALS: tuple[tuple[str, Sentence], ...] = ((",", _("Komma: 1,5")), (".", _("Punkt: 1.5")))
FORMATS: tuple[tuple[str, Sentence], ...] = (
    (tables.GERMAN, _("deutsch: 22.11.2026 09:30")),
    (tables.ISO, _("ISO: 2026-11-22 09:30")),
    (tables.SECONDS, _("Sekunden seit 1970")),
    (tables.MILLISECONDS, _("Millisekunden seit 1970")),
)
TWICE: tuple[tuple[str, Sentence], ...] = (
    (tables.REFUSED, _("nicht übernehmen")),
    (tables.FIRST, _("als Sommerzeit lesen (die erste)")),
    (tables.SECOND, _("als Winterzeit lesen (die zweite)")),
)
WINTER = "Etc/GMT-1"  # whose sign is the other way round


class NewTableForm(DeskForm):
    """The file, and the sensor whose values it holds."""

    thing = forms.TypedChoiceField(
        label=_("Zu welchem Sensor gehören die Werte?"),
        coerce=int,
        error_messages={"required": _("Wählen Sie einen Sensor.")},
    )
    file = forms.FileField(
        label=_("Datei mit Messwerten"),
        help_text=_("CSV oder Text, eine Zeile je Zeitpunkt, höchstens 200 MB."),
        error_messages={"required": _("Wählen Sie eine Datei."), "empty": _("Diese Datei ist leer.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv,text/plain"}),
    )

    def __init__(self, *args: Any, things: Sequence[tuple[int, str]], **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["thing"].choices = [("", now("Bitte wählen")), *things]  # type: ignore[attr-defined]


class LayoutForm(DeskForm):
    """How the table is read. `c0`, `c1` ... are the datastreams of columns, `n0`, `n1` ... those of names."""

    header = forms.BooleanField(label=_("Die erste Zeile nennt die Spalten"), required=False)
    delimiter = forms.ChoiceField(label=_("Zwischen den Spalten steht"), choices=DELIMITERS)
    decimal = forms.ChoiceField(label=_("Vor den Nachkommastellen steht"), choices=DECIMALS)
    encoding = forms.ChoiceField(label=_("Zeichen"), choices=ENCODINGS)
    time = forms.TypedChoiceField(
        label=_("Spalte mit der Zeit"), coerce=int, required=False, empty_value=None
    )
    clock = forms.TypedChoiceField(
        label=_("Spalte mit der Uhrzeit, wenn sie für sich steht"),
        coerce=int,
        required=False,
        empty_value=None,
    )
    format = forms.ChoiceField(label=_("So ist die Zeit geschrieben"), choices=FORMATS)
    zone = forms.ChoiceField(label=_("Zeitzone, wenn keine dabei steht"))
    twice = forms.ChoiceField(
        label=_("Die Stunde, die es im Herbst zweimal gibt"),
        choices=TWICE,
        help_text=_("Eine Uhrzeit, die es im Frühjahr nicht gibt, gilt immer als Fehler."),
    )
    name = forms.TypedChoiceField(
        label=_("Spalte mit dem Namen der Messgröße"),
        coerce=int,
        required=False,
        empty_value=None,
        help_text=_("Nur wenn jede Zeile einen einzigen Wert hat und eine Spalte sagt, wovon."),
    )
    value = forms.TypedChoiceField(
        label=_("Spalte mit dem Wert dazu"), coerce=int, required=False, empty_value=None
    )

    def __init__(
        self,
        *args: Any,
        guessed: Guess,
        names: Sequence[str],
        streams: Sequence[tuple[int, str]],
        zone: str,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self._names = list(names)
        columns = [(number, column_title(guessed, number)) for number in range(len(guessed.names))][
            :MOST_SHOWN
        ]
        for one in ("time", "clock", "name", "value"):
            self.fields[one].choices = [("", now("keine")), *columns]  # type: ignore[attr-defined]
        zones = {zone: zone, "UTC": "UTC", WINTER: now("immer Winterzeit (MEZ)")}
        self.fields["zone"].choices = list(zones.items())  # type: ignore[attr-defined]
        for number, title in columns:
            self.fields[f"c{number}"] = _stream(title, streams)
        for number, name in enumerate(self._names[:MOST_SHOWN]):
            self.fields[f"n{number}"] = _stream(name, streams)

    def columns(self) -> list[forms.BoundField]:
        """The fields that say what columns feed."""
        return [self[name] for name in self.fields if name[0] == "c" and name[1:].isdigit()]

    def meanings(self) -> list[forms.BoundField]:
        """The fields that say what names mean."""
        return [self[name] for name in self.fields if name[0] == "n" and name[1:].isdigit()]

    def clean(self) -> dict[str, Any]:
        """A column of names needs one of values."""
        given = super().clean() or {}
        if given.get("name") is not None and given.get("value") is None:
            self.add_error("value", now("Sagen Sie auch, in welcher Spalte der Wert steht."))
        return given

    def layout(self) -> Layout:
        """What was typed, as the action takes it."""
        given = self.cleaned_data
        plain = {name: given[name] for name in self.base_fields if name != "delimiter"}
        is_long = given["name"] is not None
        values = {int(one.name[1:]): given[one.name] for one in self.columns() if given[one.name]}
        means = {
            self._names[int(one.name[1:])]: given[one.name] for one in self.meanings() if given[one.name]
        }
        return Layout(
            **plain,
            delimiter="\t" if given["delimiter"] == "tab" else given["delimiter"],
            values={} if is_long else values,
            named=means if is_long else {},
        )


def typed(layout: Layout, names: Sequence[str]) -> dict[str, Any]:
    """The layout as the form shows it."""
    given = msgspec.to_builtins(layout)
    given["delimiter"] = "tab" if layout.delimiter == "\t" else layout.delimiter
    columns = {f"c{column}": stream for column, stream in layout.values.items()}
    means = {f"n{number}": layout.named.get(name) for number, name in enumerate(names)}
    return {**given, **columns, **means}


def column_title(guessed: Guess, number: int) -> str:
    """What a column is called: by its title, or by its number."""
    title = guessed.names[number] if guessed.layout.header else ""
    return title[:60] or now("Spalte %(number)d") % {"number": number + 1}


def _stream(title: str, streams: Sequence[tuple[int, str]]) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=title,
        coerce=int,
        required=False,
        empty_value=None,
        choices=[("", now("nicht übernehmen")), *streams],
    )
