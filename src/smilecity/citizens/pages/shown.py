# SPDX-License-Identifier: EUPL-1.2
"""How needs are shown, on whichever page: a row of a list, a state, whose turn it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from smilecity.citizens import rules
from smilecity.citizens.models import Need
from smilecity.core import clock
from smilecity.core.models import Noun
from smilecity.core.nouns import foreign_language, in_text

LONGEST_WORDS = 160
BADGES = {
    Need.NEW: "info",
    Need.OPEN: "info",
    Need.IN_PROGRESS: "info",
    Need.ANSWERED: "success",
    Need.CLOSED: "success",
    Need.REOPENED: "warning",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A need in a list."""

    id: int
    title: str
    language: str  # of title and words, where it is not the reader's
    url: str
    words: str
    state: str
    badge: str
    at: datetime
    open: bool
    facts: list[str]


def row(need: Need, *, words: str = "", facts: Iterable[str] = ()) -> Row:
    """A need in a list, with these words of it."""
    return Row(
        id=need.noun_id,
        title=title(need.noun),
        language=foreign(need.noun),
        url=reverse("needs:need", kwargs={"form": need.form}),
        words=shortened(words),
        state=state(need.state, need.decision),
        badge=BADGES[need.state],
        at=need.said_at,
        open=need.state != Need.CLOSED,
        facts=[one for one in facts if one],
    )


def title(noun: Noun | None) -> str:
    """What a noun is called in the reader's language."""
    return in_text(noun.title, get_language() or "de") if noun else ""


def foreign(noun: Noun | None) -> str:
    """The language of a title that is not there in the reader's."""
    return foreign_language(noun.title, get_language() or "de") if noun else ""


def shortened(words: str) -> str:
    """The beginning, up to a whole word."""
    return words if len(words) <= LONGEST_WORDS else f"{words[:LONGEST_WORDS].rsplit(' ', 1)[0]} …"


def state(code: str, decision: str) -> str:
    """How it stands: of a decided one, the decision."""
    return str(rules.DECISIONS[decision] if decision else rules.STATES[code])


def backed(count: int) -> str:
    """How many others need it; nothing for none."""
    if not count:
        return ""
    return ngettext("%(count)d Mensch braucht das auch", "%(count)d Menschen brauchen das auch", count) % {
        "count": count
    }


def age(need: Need) -> str:
    """Since when it waits."""
    days = (clock.now() - need.said_at).days
    return (
        ngettext("seit %(count)d Tag", "seit %(count)d Tagen", days) % {"count": days}
        if days
        else _("von heute")
    )


def pressing(need: Need) -> rules.Pressing | None:
    """How pressing it is, as long as it is not decided."""
    if need.state == Need.CLOSED or need.due_at is None:
        return None
    zone = settings.SMILE.zone
    return rules.pressing(need.due_at.astimezone(zone).date(), clock.now().astimezone(zone).date())


def turn(need: Need) -> str:
    """Who has to do something now."""
    if need.state == Need.CLOSED:
        return ""
    if need.state == Need.ANSWERED:
        return _("beantwortet, noch nicht entschieden")
    keeper = title(need.noun.keeper)
    return _("am Zug: %(who)s") % {"who": keeper} if keeper else _("am Zug: die Verwaltung")
