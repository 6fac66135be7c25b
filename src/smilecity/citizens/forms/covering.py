# SPDX-License-Identifier: EUPL-1.2
"""The parts of a picture that are to be covered, as they are typed: one row for each."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smilecity.citizens.forms.refusable import RefusableForm
from smilecity.citizens.rules.covering import MOST_COVERS, Cover

_SIDES = {"left": _("Von links"), "top": _("Von oben"), "width": _("Breite"), "height": _("Höhe")}


class CoverForm(RefusableForm):
    """One rectangle in percent; a row without any number is none."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """Four numbers, alike."""
        super().__init__(*given, **{**named, "empty_permitted": True, "use_required_attribute": False})
        for name, label in _SIDES.items():
            self.fields[name] = forms.FloatField(
                label=label,
                min_value=0,
                max_value=100,
                widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
                error_messages={
                    "invalid": _("Schreiben Sie eine Zahl von 0 bis 100."),
                    "required": _("Hier fehlt noch eine Zahl."),
                },
            )

    def cover(self) -> Cover | None:
        """What was typed; nothing for an empty row."""
        if self.cleaned_data.get("left") is None:
            return None
        return Cover(*(self.cleaned_data[name] for name in _SIDES))


def rows(posted: Any = None) -> list[CoverForm]:
    """As many rows as were sent, and one more to type into."""
    sent = [n for n in range(MOST_COVERS) if posted is not None and f"c{n}-left" in posted]
    found = [CoverForm(posted, prefix=f"c{n}") for n in sent]
    return found or [CoverForm(prefix="c0")]
