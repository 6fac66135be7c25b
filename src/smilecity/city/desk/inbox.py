# SPDX-License-Identifier: EUPL-1.2
"""What waits for somebody's look, from every room in one list: each room gives a read, this page their order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from smilecity.citizens import reads as citizens
from smilecity.citizens.models import Comment, Need
from smilecity.citizens.reads import moderation
from smilecity.citizens.rules import Sought
from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.core.problems import Sentence
from smilecity.core.who import Who
from smilecity.places.reads import changes, offers, photos


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits: `what` is the code of its provider, `since` when it came."""

    what: str
    title: str
    url: str
    by: str
    since: datetime


def _changes(who: Who) -> list[Waiting]:
    return [
        Waiting(
            "changes",
            _title(one.place.noun),
            reverse("places-desk:review", kwargs={"change": one.id}),
            one.author.pseudonym if one.author else "",
            one.sent_at or one.made_at,
        )
        for one in changes.waiting(who)
    ]


def _photos(who: Who) -> list[Waiting]:
    return [
        Waiting(
            "photos",
            _title(one.place.noun),
            reverse("places-desk:photos", kwargs={"slug": one.place.noun.address.removeprefix("places/")}),
            "",
            one.made_at,
        )
        for one in photos.waiting(who)
    ]


def _offers(who: Who) -> list[Waiting]:
    return [
        Waiting(
            "offers",
            _title(one.noun),
            reverse("offers-desk:review", kwargs={"offer": one.noun_id}),
            one.author.pseudonym if one.author else "",
            one.waiting_since or one.noun.changed_at,
        )
        for one in offers.waiting(who)
    ]


def _needs(who: Who) -> list[Waiting]:
    return [
        Waiting("needs", _title(one.noun), reverse("needs:need", kwargs={"form": one.form}), "", one.said_at)
        for state in ("reopened", "new")
        for one in citizens.waiting(who, Sought(state=state)).items
    ]


def _moderation(who: Who) -> list[Waiting]:
    """Comments that wait for a first look, and objections."""
    comments = [
        *moderation.queue(who, "waiting").items,
        *moderation.queue(who, "appeals").items,
    ]
    return [
        *(_comment("moderation", one) for one in comments),
        *(_of_need("moderation", one.need, one.appealed_at or one.at) for one in moderation.objections(who)),
    ]


def _abuse(who: Who) -> list[Waiting]:
    """What is said to break a rule of the house."""
    comments = [
        one
        for one in moderation.queue(who, "reported").items
        if one.state != one.WAITING and one.outcome != one.OPEN  # those wait already
    ]
    return [
        *(_comment("abuse", one) for one in comments),
        *(
            _of_need("abuse", one, one.first_reported)  # type: ignore[attr-defined]
            for one in moderation.reported_needs(who)
        ),
    ]


# What waits: its name, and the read of its room. A room that lets something wait adds a line.
PROVIDERS: dict[str, tuple[Sentence, Callable[[Who], list[Waiting]]]] = {
    "changes": (_("Änderungen zu prüfen"), _changes),
    "photos": (_("Fotos anzusehen"), _photos),
    "offers": (_("Angebote zu prüfen"), _offers),
    "needs": (_("Neue Anliegen"), _needs),
    "moderation": (_("Zu moderieren"), _moderation),
    "abuse": (_("Gemeldete Verstöße"), _abuse),
}


def waiting(who: Who, what: str = "") -> list[Waiting]:
    """Everything that waits for this person, the longest waiting first; `what` is one provider's code."""
    wanted = [what] if what in PROVIDERS else list(PROVIDERS)
    found = [item for code in wanted for item in PROVIDERS[code][1](who)]
    return sorted(found, key=lambda item: item.since)


def _comment(what: str, one: Comment) -> Waiting:
    return Waiting(
        what,
        _title(one.need.noun),
        reverse("needs:moderate-comment", kwargs={"number": one.id}),
        one.account.pseudonym if one.account else "",
        one.appealed_at or one.at,
    )


def _of_need(what: str, need: Need, since: datetime) -> Waiting:
    page = reverse("needs:moderate-need", kwargs={"number": need.noun_id})
    return Waiting(what, _title(need.noun), page, "", since)


def _title(noun: Noun) -> str:
    return in_text(noun.title, get_language() or "de")
