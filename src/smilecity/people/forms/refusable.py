# SPDX-License-Identifier: EUPL-1.2
"""A form that shows what an action refused beside the field it is about."""

from django import forms

from smilecity.core.problems import Refusal


class RefusableForm(forms.Form):
    """Django's form; `show` puts a refusal beside its field."""

    def show(self, refusal: Refusal) -> None:
        """The refusal beside its field, or above the form if it has none here."""
        field = refusal.field if refusal.field in self.fields else None
        self.add_error(field, f"{refusal.sentence} {refusal.cure}".strip())
