# SPDX-License-Identifier: EUPL-1.2
"""What a clerk types who writes down what others said, or brings it as a table."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from smilecity.citizens import rules
from smilecity.citizens.forms.refusable import RefusableForm, by_rule
from smilecity.citizens.rules import tables
from smilecity.citizens.rules.sheets import MOST_SHEETS, kind_of_letter
from smilecity.citizens.rules.tables import Guess, Layout
from smilecity.core import lines

Choices = Sequence[tuple[Any, Any]]
_DELIMITERS = (
    (";", _("Strichpunkt ;")),
    ("tab", _("Tabulator")),
    ("|", _("Senkrechter Strich |")),
    (",", _("Komma ,")),
)
_ENCODINGS = ((lines.UTF8, "UTF-8"), (lines.WINDOWS, _("Windows-1252 (ältere Programme)")))
_OPTIONAL = {"autocomplete": "off"}


class WrittenForm(RefusableForm):
    """What calls and sheets have in common. `form` is drawn anew for each empty form."""

    form = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    place = forms.CharField(
        label=_("Wo?"),
        required=False,
        help_text=_(
            "Stadtteil oder Ort. Ein Name aus der Liste wird zugeordnet, alles andere steht als Wort dabei."
        ),
        widget=forms.TextInput(attrs={**_OPTIONAL, "list": "orte"}),
    )
    contact = forms.CharField(
        label=_("E-Mail für eine Antwort"), required=False, widget=forms.EmailInput(attrs=_OPTIONAL)
    )

    def clean_contact(self) -> str:
        """The address by the rule that also guards the action."""
        return by_rule(rules.checked_contact, self.cleaned_data["contact"])


class PhoneForm(WrittenForm):
    """A call. `same` is offered when others said much the same."""

    kind = forms.ChoiceField(
        label=_("Was ist es?"),
        choices=list(rules.KINDS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": rules.UNCHOSEN},
    )
    words = forms.CharField(
        label=_("Was wird gesagt?"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("In den Worten des Menschen am Telefon. Keine Namen, keine Telefonnummern."),
        error_messages={"required": _("Schreiben Sie in einem Satz auf, worum es geht.")},
    )
    category = forms.ChoiceField(label=_("Kategorie"), required=False)
    same = forms.TypedChoiceField(
        label=_("Ist es dasselbe?"), coerce=int, required=False, empty_value=None, widget=forms.RadioSelect
    )
    field_order = ("form", "kind", "words", "place", "category", "contact", "same")

    def __init__(self, *args: Any, categories: Choices, alike: Choices = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["contact"].help_text = _(
            "Telefonnummern heben wir nicht auf. Ohne E-Mail hilft der Code."
        )
        self.fields["category"].choices = [("", now("keine")), *categories]  # type: ignore[attr-defined]
        self.fields["same"].choices = [*alike, ("", now("Nein, es ist neu"))] if alike else []  # type: ignore[attr-defined]
        if not alike:
            del self.fields["same"]

    def clean_words(self) -> str:
        """The words by the rule that also guards the action."""
        return by_rule(rules.checked_words, self.cleaned_data["words"])


class SheetForm(WrittenForm):
    """A sheet of a stack: one line of fields, Enter keeps it."""

    number = forms.CharField(
        label=_("Nummer des Bogens"),
        required=False,
        help_text=_("14 Ziffern, tippen oder scannen. Leer, wenn keine da ist."),
        widget=forms.TextInput(attrs={**_OPTIONAL, "inputmode": "numeric", "autofocus": True}),
    )
    kind = forms.CharField(
        label=_("Art"),
        help_text=_("W, P, I, L, K oder F"),
        max_length=20,
        widget=forms.TextInput(attrs={**_OPTIONAL, "size": 3}),
        error_messages={"required": _("Tippen Sie den Buchstaben, der angekreuzt ist.")},
    )
    words = forms.CharField(
        label=_("Worte"),
        widget=forms.TextInput(attrs=_OPTIONAL),
        error_messages={"required": _("Hier stehen noch keine Worte.")},
    )
    field_order = ("form", "number", "kind", "words", "place", "contact")

    def clean_kind(self) -> str:
        """The kind of which this is the letter; in this narrow column only a short sentence fits."""
        kind = kind_of_letter(self.cleaned_data["kind"])
        if kind not in rules.KINDS:
            raise forms.ValidationError(now("Tippen Sie den Buchstaben, der angekreuzt ist."))
        return kind

    def clean_words(self) -> str:
        """The words by the rule that also guards the action."""
        return by_rule(rules.checked_words, self.cleaned_data["words"])


class PrintForm(forms.Form):
    """How many sheets are printed."""

    sheets = forms.IntegerField(label=_("Wie viele Bögen?"), min_value=1, max_value=MOST_SHEETS, initial=20)


class BringTableForm(RefusableForm):
    """The file of a workshop."""

    file = forms.FileField(
        label=_("Datei aus der Veranstaltung"),
        help_text=_("CSV oder Text, eine Zeile je Anliegen, höchstens 500 MB und eine Million Zeilen."),
        error_messages={"required": _("Wählen Sie eine Datei."), "empty": _("Diese Datei ist leer.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv,text/plain"}),
    )


class TableForm(RefusableForm):
    """How a table is read: which column is what (`tables.ROLES`), and how it is written."""

    kind = forms.ChoiceField(
        label=_("Art, wo keine dabei steht"), choices=list(rules.KINDS.items()), initial="wish"
    )
    header = forms.BooleanField(label=_("Die erste Zeile nennt die Spalten"), required=False)
    delimiter = forms.ChoiceField(label=_("Zwischen den Spalten steht"), choices=_DELIMITERS)
    encoding = forms.ChoiceField(label=_("Zeichen"), choices=_ENCODINGS)

    def __init__(self, *args: Any, guessed: Guess, **more: Any) -> None:
        super().__init__(*args, **more)
        columns = [(at, column_title(guessed, at)) for at in range(len(guessed.names))]
        for role, label in tables.ROLES.items():
            self.fields[f"at_{role}"] = forms.TypedChoiceField(
                label=label,
                coerce=int,
                required=False,
                empty_value=None,
                choices=[("", now("keine")), *columns],
            )
        self.shown_at = {"words": "at_words"}  # type: ignore[misc]

    def columns(self) -> list[forms.BoundField]:
        """The fields that say which column is what."""
        return [self[f"at_{role}"] for role in tables.ROLES]

    def layout(self) -> Layout:
        """What was typed, as the action takes it."""
        given = self.cleaned_data
        return Layout(
            encoding=given["encoding"],
            delimiter="\t" if given["delimiter"] == "tab" else given["delimiter"],
            header=given["header"],
            kind=given["kind"],
            columns={role: given[f"at_{role}"] for role in tables.ROLES if given[f"at_{role}"] is not None},
        )


def typed(layout: Layout) -> dict[str, Any]:
    """The layout as the form shows it."""
    return {
        "kind": layout.kind,
        "header": layout.header,
        "delimiter": "tab" if layout.delimiter == "\t" else layout.delimiter,
        "encoding": layout.encoding,
        **{f"at_{role}": at for role, at in layout.columns.items()},
    }


def column_title(guessed: Guess, at: int) -> str:
    """What a column is called: by its title, or by its number."""
    title = guessed.names[at] if guessed.layout.header else ""
    return title[:60] or now("Spalte %(number)d") % {"number": at + 1}
