# SPDX-License-Identifier: EUPL-1.2
"""A category as it is typed, with its further questions; who is responsible for it in an area; a file of many."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from smilecity.citizens import rules
from smilecity.citizens.forms.refusable import RefusableForm, sentence
from smilecity.core.problems import Refusal


class CategoryForm(RefusableForm):
    """A category without its questions."""

    shown_at: ClassVar[Mapping[str, str]] = {"title": "title_de", "text": "text_de"}

    title_de = forms.CharField(
        label=_("Wie heißt sie?"),
        max_length=120,
        help_text=_("So kurz, wie Menschen es sagen: Straßenlampe dunkel"),
        error_messages={"required": _("Hier fehlt noch, wie sie auf Deutsch heißt.")},
    )
    title_en = forms.CharField(label=_("Auf Englisch"), max_length=120, required=False)
    code = forms.CharField(
        label=_("Kennung"),
        required=False,
        max_length=60,
        help_text=_(
            "Für Programme und Tabellen. Leer: aus dem Namen gemacht. Sie ändert sich später nicht mehr."
        ),
    )
    parent = forms.ChoiceField(label=_("In welcher Gruppe?"), required=False)
    text_de = forms.CharField(
        label=_("Ein Satz dazu"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    text_en = forms.CharField(
        label=_("Der Satz auf Englisch"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    words = forms.CharField(
        label=_("Wörter, mit denen Menschen danach suchen"),
        required=False,
        max_length=500,
        help_text=_("Durch Leerzeichen getrennt: Laterne Licht finster kaputt"),
    )
    organisation = forms.TypedChoiceField(
        label=_("Wer ist zuständig?"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("Überall, wo unten nichts anderes steht."),
    )
    days = forms.IntegerField(
        label=_("In wie vielen Tagen versprechen Sie eine Entscheidung?"),
        required=False,
        min_value=1,
        max_value=3650,
        help_text=_("Leer: kein Versprechen."),
    )
    order = forms.IntegerField(label=_("Stelle in der Reihe"), required=False, min_value=-999, max_value=9999)

    def __init__(
        self,
        *given: Any,
        groups: Iterable[tuple[str, str]] = (),
        organisations: Iterable[tuple[int, str]] = (),
        new: bool = False,
        **named: Any,
    ) -> None:
        """`groups` by their codes. Once it is there its code stays."""
        super().__init__(*given, **named)
        _choose(self, "parent", [("", _("keine: sie ist selbst eine Gruppe")), *groups])
        _choose(self, "organisation", [("", _("die Stadt als Ganzes")), *organisations])
        if not new:
            del self.fields["code"]

    def kept(self, code: str, asks: Sequence[Mapping[str, Any]], *, active: bool) -> rules.KeptCategory:
        """What was typed, with the questions that were typed beside it."""
        typed = self.cleaned_data
        return rules.KeptCategory(
            code=code or typed.get("code") or rules.code_of(typed["title_de"]),
            title={"de": typed["title_de"], "en": typed["title_en"]},
            text={"de": typed["text_de"], "en": typed["text_en"]},
            words=typed["words"],
            parent=typed["parent"],
            days=typed["days"],
            asks=asks,
            order=typed["order"] or 0,
            active=active,
        )


class AskForm(RefusableForm):
    """One further question. Without a text it is not there."""

    code = forms.CharField(required=False, widget=forms.HiddenInput)
    label_de = forms.CharField(label=_("Frage"), required=False, max_length=120)
    label_en = forms.CharField(label=_("Auf Englisch"), required=False, max_length=120)
    type = forms.ChoiceField(label=_("Was wird geantwortet?"), choices=list(rules.ASKED.items()))
    choices = forms.CharField(
        label=_("Antworten zur Auswahl"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Eine in jeder Zeile, auf Englisch dahinter: ganz dunkel | completely dark"),
    )
    required = forms.BooleanField(label=_("Ohne Antwort geht es nicht"), required=False)

    def asked(self) -> dict[str, Any] | None:
        """The question as it is kept, if one was typed."""
        typed = self.cleaned_data
        if not typed.get("label_de"):
            return None
        return {
            "code": typed["code"] or rules.code_of(typed["label_de"]),
            "label": {"de": typed["label_de"], "en": typed["label_en"]},
            "type": typed["type"],
            "required": typed["required"],
            "choices": [_choice(line) for line in typed["choices"].splitlines() if line.strip()],
        }


class ResponsibleForm(RefusableForm):
    """Who is responsible in an area and what is below it."""

    area = forms.TypedChoiceField(
        label=_("In welchem Gebiet?"), coerce=int, error_messages={"required": _("Wählen Sie ein Gebiet.")}
    )
    organisation = forms.TypedChoiceField(
        label=_("Wer ist dort zuständig?"), required=False, coerce=int, empty_value=None
    )

    def __init__(
        self, *given: Any, areas: Iterable[Any] = (), organisations: Iterable[Any] = (), **named: Any
    ) -> None:
        """The areas and organisations that may be chosen."""
        super().__init__(*given, **named)
        _choose(self, "area", [("", _("Bitte wählen")), *areas])
        _choose(self, "organisation", [("", _("wie im Gebiet darüber")), *organisations])


class CategoriesFileForm(RefusableForm):
    """A table of categories."""

    file = forms.FileField(
        label=_("Tabelle (CSV)"),
        help_text=_("Mit denselben Spalten wie die Tabelle, die Sie hier herunterladen."),
        error_messages={"required": _("Wählen Sie eine Datei."), "empty": _("Diese Datei ist leer.")},
    )

    def show(self, refusal: Refusal) -> None:
        """Whatever is wrong in a row is wrong with the file."""
        self.add_error("file", sentence(refusal))


def typed_asks(asks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Questions as they stand in `AskForm`."""
    return [
        {
            "code": one["code"],
            "label_de": one["label"].get("de", ""),
            "label_en": one["label"].get("en", ""),
            "type": one["type"],
            "required": one.get("required", False),
            "choices": "\n".join(_line(choice) for choice in one.get("choices", ())),
        }
        for one in asks
    ]


def _line(choice: Mapping[str, Any]) -> str:
    """`ganz-dunkel = ganz dunkel | completely dark`: the code stays when the words change."""
    german, english = choice["label"].get("de", ""), choice["label"].get("en", "")
    code = f"{choice['code']} = " if choice["code"] != rules.code_of(german) else ""
    return f"{code}{german} | {english}" if english else f"{code}{german}"


def _choice(line: str) -> dict[str, Any]:
    code, given, said = line.partition("=")
    said = said if given else line
    german, _bar, english = (part.strip() for part in said.partition("|"))
    return {
        "code": code.strip() if given else rules.code_of(german),
        "label": {"de": german, "en": english},
    }


def _choose(form: forms.Form, field: str, choices: list[Any]) -> None:
    chooser = form.fields[field]
    assert isinstance(chooser, forms.ChoiceField)
    chooser.choices = choices
