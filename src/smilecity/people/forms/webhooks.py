# SPDX-License-Identifier: EUPL-1.2
"""What a person may type of a webhook."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smilecity.core import events
from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.people.actions.webhooks import Said
from smilecity.people.forms.refusable import RefusableForm
from smilecity.people.models import Webhook
from smilecity.people.rules.webhooks import MOST_ADDRESS, MOST_NAME


class WebhookForm(RefusableForm):
    """Which programme is told of which events, and where."""

    name = forms.CharField(
        label=_("Wofür ist der Webhook?"),
        max_length=MOST_NAME,
        help_text=_("Ein Name, an dem Sie ihn wiedererkennen, zum Beispiel: Anzeigetafel der Sporthalle."),
        error_messages={"required": _("Geben Sie dem Webhook einen Namen.")},
    )
    address = forms.CharField(
        label=_("Adresse des Programms"),
        max_length=MOST_ADDRESS,
        help_text=_("Beginnt mit https://. Dorthin schicken wir jedes Ereignis."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Geben Sie die Adresse ein, an der das Programm zuhört.")},
    )
    kinds = forms.MultipleChoiceField(
        label=_("Wovon soll es hören?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Wählen Sie mindestens ein Ereignis.")},
    )
    organisation = forms.ChoiceField(
        label=_("Für welche Organisation hört es?"),
        required=False,
        help_text=_(
            "Von Buchungen und Ausleihen hört es nur an Orten, die diese Organisation pflegt."
            " Ohne Organisation hört es nur, was alle sehen."
        ),
    )
    within = forms.CharField(
        label=_("Nur an einem Ort oder in einem Gebiet?"),
        required=False,
        max_length=MOST_ADDRESS,
        help_text=_("Kopieren Sie die Adresse seiner Seite hierher. Leer heißt: überall."),
    )

    def __init__(self, *given: Any, organisations: list[Noun], language: str, **named: Any) -> None:
        super().__init__(*given, **named)
        kinds, organisation = self.fields["kinds"], self.fields["organisation"]
        assert isinstance(kinds, forms.MultipleChoiceField)
        assert isinstance(organisation, forms.ChoiceField)
        kinds.choices = [(one.name, one.title) for one in events.kinds().values()]
        organisation.choices = [
            ("", _("für keine")),
            *((str(one.pk), in_text(one.title, language)) for one in organisations),
        ]

    def said(self) -> Said:
        """What was typed, as the actions take it."""
        typed = self.cleaned_data
        return Said(
            name=typed["name"],
            address=typed["address"],
            kinds=typed["kinds"],
            organisation=int(typed["organisation"]) if typed["organisation"] else None,
            within=typed["within"],
        )


def as_typed(one: Webhook) -> dict[str, Any]:
    """A webhook as it stands, as the form shows it."""
    return {
        "name": one.name,
        "address": one.address,
        "kinds": one.kinds,
        "organisation": str(one.organisation_id or ""),
        "within": f"/{one.within.address}/" if one.within else "",
    }
