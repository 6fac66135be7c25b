# SPDX-License-Identifier: EUPL-1.2
"""What a person may type who says something."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from smilecity.citizens import rules
from smilecity.citizens.forms.photos import PhotosField
from smilecity.citizens.forms.refusable import RefusableForm, by_rule, sentence
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal

Choices = Iterable[tuple[str, Any]]
DETAIL = "detail_"


class SayForm(RefusableForm):
    """A need, as it is typed: its kind and its words are all that must be there.

    `form` is drawn anew for each empty form; people leave `website` empty, bots do not. `categories` and `areas` are
    what one can choose from, `asks` is what the chosen category asks besides: each becomes a field `detail_<code>`.
    """

    shown_at: ClassVar[Mapping[str, str]] = {"file": "photos", "spot": "where"}

    kind = forms.ChoiceField(
        label=_("Was ist es?"),
        choices=list(rules.KINDS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": rules.UNCHOSEN},
    )
    words = forms.CharField(
        label=_("Worum geht es?"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "Ein Satz genügt, höchstens 2000 Zeichen. Nennen Sie bitte keine Namen anderer Personen."
        ),
        error_messages={"required": _("Schreiben Sie in einem Satz, worum es geht.")},
    )
    spot = forms.CharField(required=False, widget=forms.HiddenInput, max_length=60)
    where = forms.CharField(
        label=_("Die Stelle in Worten"),
        required=False,
        help_text=_("Zum Beispiel: vor der Bücherei, Ecke Lindenweg"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    area = forms.ChoiceField(
        label=_("Gebiet"),
        required=False,
        error_messages={"invalid_choice": _("Wählen Sie ein Gebiet aus der Liste.")},
    )
    at_home = forms.BooleanField(
        label=_("Es ist bei jemandem zu Hause"),
        required=False,
        help_text=_("Dann sehen andere nur die ungefähre Gegend: ein Feld von 250 Metern, nie das Haus."),
    )
    category = forms.ChoiceField(
        label=_("Was trifft es am besten?"),
        required=False,
        help_text=_(
            "Dann kommt es gleich zu denen, die dafür zuständig sind. Wenn nichts passt, lassen Sie es weg."
        ),
        error_messages={"invalid_choice": _("Diese Kategorie gibt es nicht. Wählen Sie eine aus der Liste.")},
    )
    photos = PhotosField(
        label=_("Bilder"),
        help_text=_("Bis zu drei, je höchstens 10 MB: JPEG, PNG, WebP oder AVIF."),
    )
    contact = forms.CharField(
        label=_("E-Mail für eine Antwort"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=format_lazy(
            _(
                "Nur, wenn Sie eine Antwort möchten. Wir benutzen sie für nichts anderes, zeigen sie"
                " niemandem sonst und löschen sie spätestens nach {days} Tagen."
            ),
            days=settings.SMILE.contact_days,
        ),
    )
    form = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    about = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    website = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"})
    )

    def __init__(
        self,
        *given: Any,
        categories: Choices = (),
        areas: Choices = (),
        asks: Sequence[Mapping[str, Any]] = (),
        **named: Any,
    ) -> None:
        """`categories` come grouped, as Django's choices do."""
        super().__init__(*given, **named)
        for name, empty, choices in (
            ("category", _("Keine Angabe"), categories),
            ("area", _("Keine Angabe"), areas),
        ):
            chooser = self.fields[name]
            assert isinstance(chooser, forms.ChoiceField)
            chooser.choices = [("", empty), *choices]
        for ask in asks:
            self.fields[f"{DETAIL}{ask['code']}"] = _field_of(ask)

    @property
    def asked(self) -> list[forms.BoundField]:
        """What the chosen category asks."""
        return [self[name] for name in self.fields if name.startswith(DETAIL)]

    @property
    def details(self) -> dict[str, str | list[str]]:
        """The answers to it, by code."""
        return {
            name.removeprefix(DETAIL): answer
            for name, answer in self.cleaned_data.items()
            if name.startswith(DETAIL)
        }

    def clean_words(self) -> str:
        """The words by the rule that also guards the action."""
        return by_rule(rules.checked_words, self.cleaned_data["words"])

    def clean_where(self) -> str:
        """The place in words by the rule that also guards the action."""
        return by_rule(rules.checked_where, self.cleaned_data["where"])

    def clean_spot(self) -> rules.Spot | None:
        """The position; what is wrong with it is said beside the place in words, which one sees."""
        try:
            return rules.typed_spot(self.cleaned_data["spot"])
        except Refusal as refusal:
            self.add_error("where", sentence(refusal))
            return None

    def clean_contact(self) -> str:
        """The address by the rule that also guards the action."""
        return by_rule(rules.checked_contact, self.cleaned_data["contact"])

    def clean_website(self) -> str:
        """Said, not swallowed: a browser that fills in everything belongs to a person too."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(
                _(
                    "Ein verborgenes Feld war ausgefüllt. Es ist jetzt leer:"
                    " Schicken Sie das Formular bitte noch einmal ab."
                )
            )
        return ""


class CodeForm(RefusableForm):
    """The short code that stood on the thanks, on paper or was said by telephone."""

    code = forms.CharField(
        label=_("Ihr Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=_(
            "Zwölf Zeichen, zum Beispiel 2K7M-9QXA-3VBT. Groß und klein ist gleich, Striche sind egal."
        ),
        error_messages={"required": _("Hier fehlt noch der Code.")},
    )


def _field_of(ask: Mapping[str, Any]) -> forms.Field:
    """One question of a category; whether an answer must be there and is right is asked by the rule."""
    language = get_language() or "de"
    label, kind = in_text(ask["label"], language), ask["type"]
    choices = [(one["code"], in_text(one["label"], language)) for one in ask.get("choices", ())]
    if kind == "choices":
        return forms.MultipleChoiceField(
            label=label, required=False, choices=choices, widget=forms.CheckboxSelectMultiple
        )
    if kind == "choice":
        return forms.ChoiceField(label=label, required=False, choices=[("", _("Bitte wählen")), *choices])
    attributes = {"number": {"inputmode": "decimal"}, "date": {"type": "date"}}.get(kind, {})
    return forms.CharField(label=label, required=False, widget=forms.TextInput(attrs=attributes))
