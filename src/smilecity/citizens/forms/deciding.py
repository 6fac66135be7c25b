# SPDX-License-Identifier: EUPL-1.2
"""What becomes of a need, as it is typed at the desk and by its author."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from smilecity.citizens import rules
from smilecity.citizens.forms.refusable import RefusableForm, sentence
from smilecity.core.problems import Refusal


class DecideForm(RefusableForm):
    """What becomes of a need, and why; `page`, `organisation` and `outside` say by what, into what or to whom."""

    shown_at: ClassVar[Mapping[str, str]] = {"target": "page"}

    decision = forms.ChoiceField(
        label=_("Was wird daraus?"),
        choices=[
            ("answered", _("Beantwortet: Frage, Lob, Hinweis")),
            ("accepted", _("Angenommen: es geschieht")),
            ("done", _("Erledigt: es ist behoben")),
            ("refused", _("Abgelehnt")),
            ("merged", _("Zusammengeführt mit einem anderen Anliegen")),
            ("referred", _("Weitergegeben: andere sind zuständig")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Wählen Sie, was daraus wird."),
            "invalid_choice": _("Wählen Sie eines davon."),
        },
    )
    reason = forms.CharField(
        label=_("Warum?"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("In einfachen Worten: Wer es gesagt hat und wer es unterstützt, liest genau das."),
        error_messages={"required": _("Hier fehlt noch die Begründung.")},
    )
    page = forms.CharField(
        label=_("Adresse der Seite dazu"),
        required=False,
        widget=forms.TextInput(attrs={"list": "aehnliche", "autocomplete": "off"}),
        help_text=_(
            "Angenommen: das Projekt, der Ort oder das Angebot, wenn es eines gibt. Zusammengeführt: das andere Anliegen."
        ),
    )
    organisation = forms.TypedChoiceField(
        label=_("Weitergegeben an"), required=False, coerce=int, empty_value=None
    )
    outside = forms.CharField(
        label=_("Oder an eine Stelle, die hier nicht vertreten ist"),
        required=False,
        help_text=_("Zum Beispiel: Autobahn GmbH, Niederlassung Nord"),
    )

    def __init__(self, *given: Any, organisations: Iterable[tuple[int, str]] = (), **named: Any) -> None:
        """`organisations` are those of this node."""
        super().__init__(*given, **named)
        _offer(self, "organisation", organisations)

    def show(self, refusal: Refusal) -> None:
        """To whom it goes is asked elsewhere than by what it is answered."""
        if refusal.field == "target" and self.cleaned_data.get("decision") == "referred":
            self.add_error("organisation", sentence(refusal))
            return
        super().show(refusal)


class ManyForm(RefusableForm):
    """One decision with one reason for several needs."""

    decision = forms.ChoiceField(
        label=_("Was wird daraus?"),
        choices=[(code, rules.DECISIONS[code]) for code in rules.FOR_MANY],
        error_messages={"required": _("Wählen Sie, was daraus wird.")},
    )
    reason = forms.CharField(
        label=_("Warum?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("In einfachen Worten: Alle Angekreuzten lesen genau das."),
        error_messages={"required": _("Hier fehlt noch die Begründung.")},
    )


class StepForm(RefusableForm):
    """How far a need is, an answer that leaves it open, or a note for colleagues."""

    shown_at: ClassVar[Mapping[str, str]] = {"answer": "sentence"}

    state = forms.ChoiceField(
        label=_("Wie steht es?"),
        choices=[
            ("in_progress", _("In Arbeit")),
            ("open", _("Gelesen, es geht bald weiter")),
            ("answered", _("Eine Antwort; das Anliegen bleibt offen")),
            ("note", _("Nur ein Vermerk für die Verwaltung")),
        ],
    )
    sentence = forms.CharField(
        label=_("Der Satz dazu"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Außer einem Vermerk lesen ihn alle, die das Anliegen sehen."),
        error_messages={"required": _("Hier fehlt noch der Satz dazu.")},
    )


class HandForm(RefusableForm):
    """To whom an open need is handed on."""

    shown_at: ClassVar[Mapping[str, str]] = {"target": "organisation"}

    organisation = forms.TypedChoiceField(
        label=_("An wen?"), coerce=int, error_messages={"required": _("Wählen Sie, an wen es geht.")}
    )
    sentence = forms.CharField(
        label=_("Der Satz dazu"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Hier fehlt noch der Satz dazu.")},
    )

    def __init__(self, *given: Any, organisations: Iterable[tuple[int, str]] = (), **named: Any) -> None:
        """`organisations` are those of this node."""
        super().__init__(*given, **named)
        _offer(self, "organisation", organisations)


class PublishForm(RefusableForm):
    """What everybody reads of a need."""

    title = forms.CharField(
        label=_("Titel"),
        max_length=rules.MOST_TITLE,
        help_text=_("Kurz, was gebraucht wird: Schatten am Hafen"),
        error_messages={"required": _("Hier fehlt noch ein Titel.")},
    )
    words = forms.CharField(
        label=_("Worte für alle"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Ohne Namen, Adressen, Kennzeichen und alles andere, woran man Menschen erkennt."),
        error_messages={"required": _("Schreiben Sie in einem Satz, worum es geht.")},
    )
    plain = forms.CharField(
        label=_("In einfacher Sprache"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Kurze Sätze, bekannte Wörter. „Einfache Sprache prüfen“ sagt, was noch schwer ist."),
    )
    photos = forms.TypedMultipleChoiceField(
        label=_("Bilder für alle"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Sehen Sie jedes Bild groß an: Ist ein Gesicht oder ein Kennzeichen darauf, kreuzen Sie es nicht an."
        ),
    )

    def __init__(self, *given: Any, pictures: Iterable[tuple[int, str]] = (), **named: Any) -> None:
        """`pictures` are those of the need, by their numbers; without any nothing is asked."""
        super().__init__(*given, **named)
        chooser = self.fields["photos"]
        assert isinstance(chooser, forms.TypedMultipleChoiceField)
        chooser.choices = list(pictures)
        if not chooser.choices:
            del self.fields["photos"]


class HideForm(RefusableForm):
    """Why a need is not public any more."""

    sentence = forms.CharField(
        label=_("Warum soll es nicht mehr öffentlich sein?"),
        help_text=_("Das lesen Menschen, die das Anliegen bearbeiten, und wer es gesagt hat."),
        error_messages={"required": _("Hier fehlt noch der Satz dazu.")},
    )


class ObjectionForm(RefusableForm):
    """Why one's own need should be public again."""

    reason = forms.CharField(
        label=_("Warum kann Ihr Anliegen öffentlich bleiben?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Das liest jemand aus der Moderation, der es nicht verborgen hat."),
        error_messages={"required": _("Hier fehlt noch die Begründung.")},
    )


class AppealForm(RefusableForm):
    """Why a decision should be looked at again."""

    reason = forms.CharField(
        label=_("Was hat die Entscheidung übersehen?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Ihre Worte lesen nur Menschen, die das Anliegen bearbeiten."),
        error_messages={"required": _("Hier fehlt noch die Begründung.")},
    )


def _offer(form: forms.Form, field: str, organisations: Iterable[tuple[int, str]]) -> None:
    chooser = form.fields[field]
    assert isinstance(chooser, forms.TypedChoiceField)
    chooser.choices = [("", _("Bitte wählen")), *organisations]
