# SPDX-License-Identifier: EUPL-1.2
"""What a person may type to make a key."""

from django import forms
from django.utils.translation import gettext_lazy as _

from smilecity.people.forms.refusable import RefusableForm
from smilecity.people.rules.keys import SCOPES


class KeyForm(RefusableForm):
    """A key's name and what it opens."""

    name = forms.CharField(
        label=_("Wofür ist der Schlüssel?"),
        max_length=80,
        help_text=_("Ein Name, an dem Sie ihn wiedererkennen, zum Beispiel: LoRaWAN-Server der Stadtwerke."),
        error_messages={"required": _("Geben Sie dem Schlüssel einen Namen.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("Was darf er?"),
        choices=[*SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Wählen Sie mindestens einen Zweck.")},
    )
