# SPDX-License-Identifier: EUPL-1.2
"""What a person may type about an organisation."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.people.forms.refusable import RefusableForm
from smilecity.people.rules.organisations import KINDS, VISIBILITIES, slug_of

Choices = list[tuple[str, str]]


def choices_of(found: Iterable[Noun], language: str, none: Any) -> list[tuple[str, Any]]:
    """Nouns to choose from by title; `none` is what choosing none of them is called, if one may."""
    empty = [("", none)] if none else []
    return [*empty, *((str(noun.id), in_text(noun.title, language)) for noun in found)]


class OrganisationForm(RefusableForm):
    """An organisation; areas and what it may belong to are those this person may choose."""

    title = forms.CharField(
        label=_("Name"), max_length=120, error_messages={"required": _("Wie heißt die Organisation?")}
    )
    title_en = forms.CharField(label=_("Name auf Englisch"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("Was ist es?"), choices=[*KINDS.items()])
    area = forms.ChoiceField(
        label=_("Gebiet"),
        required=False,
        help_text=_("Wer für dieses Gebiet verantwortlich ist, pflegt auch die Organisation."),
    )
    parent = forms.ChoiceField(label=_("Gehört zu"), required=False)
    text = forms.CharField(
        label=_("Wer ist das?"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Zwei oder drei einfache Sätze für alle, die sie nicht kennen."),
    )
    text_en = forms.CharField(
        label=_("Dasselbe auf Englisch"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    website = forms.CharField(
        label=_("Webadresse"), required=False, widget=forms.URLInput(attrs={"placeholder": "https://"})
    )
    email = forms.CharField(label=_("E-Mail für alle"), required=False, widget=forms.EmailInput)
    phone = forms.CharField(label=_("Telefon"), required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    visibility = forms.ChoiceField(label=_("Wer sieht sie?"), choices=[*VISIBILITIES.items()])

    def __init__(
        self, *given: Any, areas: Choices, parents: Choices, new: bool = False, **named: Any
    ) -> None:
        super().__init__(*given, **named)
        self._choose("area", areas)
        self._choose("parent", parents)
        if new:
            self.fields["slug"] = forms.CharField(
                label=_("Adresse"),
                required=False,
                max_length=80,
                help_text=_("Das Ende der Webadresse. Leer gelassen, machen wir sie aus dem Namen."),
            )

    def _choose(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        # The first choice says whether one must choose.
        field.required = not choices or choices[0][0] != ""

    def slug(self) -> str:
        """The address as typed, or made of the name."""
        return self.cleaned_data.get("slug") or slug_of(self.cleaned_data["title"])

    def said(self) -> dict[str, Any]:
        """What was typed, as `actions.keep_organisation` takes it, but for the parent."""
        typed = self.cleaned_data
        return {
            "kind": typed["kind"],
            "title": {"de": typed["title"], "en": typed["title_en"]},
            "text": {"de": typed["text"], "en": typed["text_en"]},
            "area": int(typed["area"]) if typed["area"] else None,
            "website": typed["website"],
            "email": typed["email"],
            "phone": typed["phone"],
            "visibility": typed["visibility"],
        }


def as_typed(noun: Noun) -> dict[str, Any]:
    """An organisation as it stands, as the form shows it."""
    kept = noun.organisation
    return {
        "title": noun.title.get("de", ""),
        "title_en": noun.title.get("en", ""),
        "kind": kept.kind,
        "area": str(noun.area_id or ""),
        "parent": str(kept.parent_id or ""),
        "text": noun.text.get("de", ""),
        "text_en": noun.text.get("en", ""),
        "website": kept.website,
        "email": kept.email,
        "phone": kept.phone,
        "visibility": noun.visibility,
    }
