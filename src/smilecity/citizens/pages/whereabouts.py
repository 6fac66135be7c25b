# SPDX-License-Identifier: EUPL-1.2
"""Where a need is on its way: who has it since when, by when, what happened so far, and what is much like it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from smilecity.citizens import reads, rules
from smilecity.citizens.models import Need, NeedStep
from smilecity.citizens.pages.shown import state, title
from smilecity.core import clock
from smilecity.core.nouns import in_text
from smilecity.core.who import Who

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Who has it now and since when; by when it is promised; how long it will probably take, and that is said of."""

    keeper: str
    since: datetime
    due: datetime | None
    late: bool
    still: str
    usually: str
    category: str


def whereabouts(who: Who, need: Need, steps: list[NeedStep] | None = None) -> Whereabouts | None:
    """Of a need that is not decided; whoever sees it may know."""
    if need.state == Need.CLOSED:
        return None
    now = clock.now()
    handed = [
        one.at for one in steps or () if one.to_organisation_id == need.noun.keeper_id and not one.internal
    ]
    spread = reads.usual(who, need.category, need.noun.area_id) if need.category else None
    return Whereabouts(
        keeper=title(need.noun.keeper),
        since=handed[-1] if handed and need.noun.keeper_id else need.said_at,
        due=need.due_at,
        late=need.due_at is not None and need.due_at < now,
        still=rules.still(spread, (now - need.said_at).total_seconds() / _DAY) if spread else "",
        usually=rules.usually(spread) if spread else "",
        category=in_text(need.category.title, get_language() or "de") if need.category else "",
    )


def told(one: NeedStep) -> dict[str, Any]:
    """A step on its way, in words."""
    label = state(one.state, one.decision)
    if one.internal:
        label = _("Vermerk, nur für die Verwaltung")
    elif one.to_organisation:
        label = _("weitergegeben an %(organisation)s") % {"organisation": title(one.to_organisation)}
    elif one.from_organisation and not one.decision:
        label = _("zurückgegeben an die Stadt")
    return {"at": one.at, "label": label, "sentence": one.sentence, "internal": one.internal}


def alike(who: Who, found: Need) -> list[tuple[str, str]]:
    """Published needs much like it, by their addresses: into one of them it may be merged."""
    return [
        (reverse("needs:need", kwargs={"form": one.form}), in_text(one.title, get_language() or "de"))
        for one in reads.suggest(who, found.words, found.noun.area_id)
        if one.noun != found.noun_id
    ]
