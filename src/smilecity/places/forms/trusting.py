# SPDX-License-Identifier: EUPL-1.2
"""Which organisation may publish without a look, or no longer and why."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smilecity.people.forms.refusable import RefusableForm
from smilecity.places.rules import offers as rules


class TrustForm(RefusableForm):
    """An organisation that publishes by itself from now on."""

    organisation = forms.TypedChoiceField(
        label=_("Organisation"), coerce=int,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Wählen Sie eine Organisation.")),
    )  # fmt: skip

    def __init__(self, sent: Any, *, organisations: Sequence[tuple[int, str]]) -> None:
        """`organisations` are those to choose from, by id."""
        super().__init__(sent, auto_id=f"{type(self).__name__.lower()}_%s")
        self.known = organisations
        self.fields["organisation"].choices = [("", _("bitte wählen")), *organisations]  # type: ignore[attr-defined]


class WithdrawForm(TrustForm):
    """An organisation whose offers the city looks at again, and why."""

    reason = forms.ChoiceField(
        label=_("Warum?"), choices=lambda: [("", _("bitte wählen")), *rules.WITHDRAWN.items()],
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Wählen Sie einen Grund.")),
    )  # fmt: skip
