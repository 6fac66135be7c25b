# SPDX-License-Identifier: EUPL-1.2
"""What a person types to leave."""

from django import forms
from django.utils.translation import gettext_lazy as _

from smilecity.people.forms.refusable import RefusableForm


class LeaveForm(RefusableForm):
    """Typing one's own name: nobody does that by accident."""

    pseudonym = forms.CharField(
        label=_("Schreiben Sie Ihren Namen auf dieser Seite, um zu bestätigen"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Schreiben Sie Ihren Namen, damit es kein Versehen ist.")},
    )
