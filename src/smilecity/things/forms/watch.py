# SPDX-License-Identifier: EUPL-1.2
"""What a datastream's values are held against, as it is typed."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal
from smilecity.things.actions.watching import Given
from smilecity.things.models import Watch
from smilecity.things.reads.watching import Watched

LEARNED, SET = "learned", "set"
AGAIN = (
    ("", _("Nein, erst von jetzt an")),
    ("7", _("Ja, die letzten 7 Tage")),
    ("30", _("Ja, die letzten 30 Tage")),
)
MOST_HOURS = 24 * 366


class LimitsForm(forms.Form):
    """Limits that are learned, or set by a person; an empty field is not watched."""

    by = forms.ChoiceField(
        label=_("Woher kommen die Grenzen?"),
        choices=(
            (LEARNED, _("Die Wache lernt sie aus den Werten")),
            (SET, _("Ich setze sie selbst")),
        ),
        widget=forms.RadioSelect,
    )
    low = forms.FloatField(label=_("Kleinster möglicher Wert"), required=False, localize=True)
    high = forms.FloatField(label=_("Größter möglicher Wert"), required=False, localize=True)
    most_step = forms.FloatField(
        label=_("Größter Sprung von einem Wert zum nächsten"), required=False, localize=True
    )
    stuck_hours = forms.FloatField(
        label=_("Nach wie vielen Stunden ist derselbe Wert auffällig?"),
        required=False,
        localize=True,
        min_value=0.1,
        max_value=MOST_HOURS,
        help_text=_("Ein leeres Feld heißt: Darauf wird nicht geachtet."),
    )
    again = forms.ChoiceField(
        label=_("Auch frühere Werte neu prüfen?"), choices=AGAIN, required=False, widget=forms.RadioSelect
    )

    def given(self) -> Given | None:
        """What was typed, as the action takes it; None: what is learned."""
        typed = self.cleaned_data
        if typed["by"] == LEARNED:
            return None
        hours = typed["stuck_hours"]
        stuck_after = timedelta(hours=hours) if hours is not None else None
        return Given(typed["low"], typed["high"], typed["most_step"], stuck_after)

    def how_long_again(self) -> timedelta | None:
        """How far back values are to be judged again."""
        return timedelta(days=int(self.cleaned_data["again"])) if self.cleaned_data["again"] else None

    def show(self, refusal: Refusal) -> None:
        """The refusal beside its field, or above the form if it has none here."""
        field = {"stuck_after": "stuck_hours"}.get(refusal.field or "", refusal.field)
        self.add_error(field if field in self.fields else None, f"{refusal.sentence} {refusal.cure}".strip())


def typed(known: Watched) -> dict[str, Any]:
    """The limits that hold now, as the form shows them."""
    watch = known.watch or Watch()
    low, high = known.limits
    return {
        "by": SET if watch.set_by_people else LEARNED,
        "low": low,
        "high": high,
        "most_step": None if watch.most_step is None else float(f"{watch.most_step:.4g}"),
        "stuck_hours": watch.stuck_after / timedelta(hours=1) if watch.stuck_after is not None else None,
        "again": "",
    }
