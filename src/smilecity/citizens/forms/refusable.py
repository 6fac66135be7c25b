# SPDX-License-Identifier: EUPL-1.2
"""A form that shows what a rule said no to beside its field."""

from collections.abc import Callable, Mapping
from typing import ClassVar

from django import forms

from smilecity.core.problems import Refusal


class RefusableForm(forms.Form):
    """A form that shows what a rule said no to beside its field."""

    shown_at: ClassVar[Mapping[str, str]] = {}

    def show(self, refusal: Refusal) -> None:
        """The refusal beside its field, or above the form if it has none here."""
        field = self.shown_at.get(refusal.field, refusal.field)
        self.add_error(field if field in self.fields else None, sentence(refusal))


def by_rule(rule: Callable[[str], str], text: str) -> str:
    """The text as the rule keeps it; what it refuses is shown beside the field."""
    try:
        return rule(text)
    except Refusal as refusal:
        raise forms.ValidationError(sentence(refusal), code=refusal.code) from refusal


def sentence(refusal: Refusal) -> str:
    """What was refused and what to do, in one line."""
    return f"{refusal.sentence} {refusal.cure}".strip()
