# SPDX-License-Identifier: EUPL-1.2
"""How a person wants notices brought, as they choose it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal
from smilecity.people.rules import delivery as rules


class DeliveryForm(forms.Form):
    """Mail, quiet hours, and whether browsers that were switched on are used."""

    mail = forms.ChoiceField(
        label=_("Wie oft dürfen wir Ihnen schreiben?"),
        choices=list(rules.MAIL.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Wählen Sie, wie oft wir Ihnen schreiben dürfen.")},
    )
    quiet_from = forms.TimeField(
        label=_("Ruhe ab"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("In den Ruhezeiten schicken wir Ihnen nichts. Gleiche Zeiten heißen: keine Ruhezeit."),
        error_messages={"required": _("Nennen Sie eine Uhrzeit, zum Beispiel 20:00.")},
    )
    quiet_to = forms.TimeField(
        label=_("Ruhe bis"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Nennen Sie eine Uhrzeit, zum Beispiel 08:00.")},
    )

    def show(self, refusal: Refusal) -> None:
        """The refusal beside its field, or above the form if it has none here."""
        field = refusal.field if refusal.field in self.fields else None
        self.add_error(field, f"{refusal.sentence} {refusal.cure}".strip())
