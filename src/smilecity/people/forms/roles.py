# SPDX-License-Identifier: EUPL-1.2
"""What a person may type to give a role."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smilecity.people.forms.organisations import Choices
from smilecity.people.forms.refusable import RefusableForm
from smilecity.people.rules.roles import ROLES


class RoleForm(RefusableForm):
    """Who gets which role, and where; roles and areas are those this person may give."""

    person = forms.CharField(
        label=_("Wer?"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "E-Mail-Adresse oder genau der Name auf dieser Seite. Die Person braucht schon ein Konto."
        ),
        error_messages={"required": _("Wem möchten Sie die Rolle geben?")},
    )
    role = forms.ChoiceField(
        label=_("Welche Rolle?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Wählen Sie eine Rolle aus.")},
    )
    area = forms.ChoiceField(
        label=_("In welchem Gebiet?"),
        required=False,
        help_text=_("Die Rolle gilt dort und in allen Teilen davon."),
    )

    def __init__(self, *given: Any, roles: Choices, areas: Choices, **named: Any) -> None:
        super().__init__(*given, **named)
        for name, choices in (("role", roles), ("area", areas)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        self.fields["area"].required = not areas or areas[0][0] != ""

    def where(self) -> int | None:
        """The area's noun id, or nothing for the whole node."""
        return int(self.cleaned_data["area"]) if self.cleaned_data["area"] else None


def role_choices(codes: list[str]) -> list[tuple[str, Any]]:
    """Roles with what each may, so that nobody gives one without knowing."""
    return [(code, f"{ROLES[code].title}: {ROLES[code].may}") for code in codes]
