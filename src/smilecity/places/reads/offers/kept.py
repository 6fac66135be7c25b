# SPDX-License-Identifier: EUPL-1.2
"""Offers as their organisers keep them, and what waits for the city's look."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import DateTimeField, F, Func, Q, QuerySet

from smilecity.core import clock, nouns
from smilecity.core.models import Link, Noun
from smilecity.core.paging import Page, page
from smilecity.core.who import Who
from smilecity.places import rights
from smilecity.places.models import Occasion, Offer
from smilecity.places.reads.changes import keepers, kept_by
from smilecity.places.rules import offers as rules

MOST_WAITING = 100
MOST_DATES = 60


def described(one: Offer) -> dict[str, Any]:
    """All that is said of the offer now, by name, as JSON keeps it; its noun should come with it."""
    own = {name: getattr(one, name, None) for name in rules.FIELDS}
    starts = one.starts_at.astimezone(settings.SMILE.zone)
    return rules.plain(
        {
            **own,
            "title": one.noun.title,
            "text": one.noun.text,
            "place": one.place_id,
            "unit": one.unit_id,
            "starts": f"{starts:%Y-%m-%dT%H:%M}",
            "minutes": int(one.duration.total_seconds()) // 60,
        }
    )


def becoming(one: Offer) -> dict[str, Any]:
    """The same with what waits to be looked at."""
    return rules.merged(described(one), one.waits or {})


def editable(who: Who, key: str) -> Offer | None:
    """The offer at `/offers/<key>/` with its noun, if this person keeps it; else as if it were not there."""
    found = _with_all().filter(noun__address=f"offers/{key}").first()
    return found if found is not None and rights.may_keep_offer(who, found) else None


def editable_id(who: Who, offer_id: int) -> Offer | None:
    """The same by its noun's id."""
    if not 0 < offer_id < 1 << 63:
        return None
    found = _with_all().filter(noun=offer_id).first()
    return found if found is not None and rights.may_keep_offer(who, found) else None


def written(who: Who, words: str = "", after: str = "") -> Page[Offer]:
    """The offers that this person keeps, in German dictionary order; `words` is part of the title."""
    found = _with_all().filter(_mine(who))
    if words.strip():
        found = found.filter(noun__plain__contains=nouns.sort_key(words.strip()[:100]))
    return page(found, ("noun__sort", "noun_id"), after=after, size=30)


def waiting(who: Who, limit: int = MOST_WAITING) -> list[Offer]:
    """Offers sent for a look that this person may publish, the longest waiting first."""
    found = _with_all().filter(kept_by(who, "noun__"), waiting="review")
    return list(found.order_by("waiting_since", "noun_id")[:limit])


def dates(who: Who, one: Offer, limit: int = MOST_DATES) -> list[Occasion]:
    """The offer's dates of the last week and those to come, for those who keep it; nothing for others."""
    if not rights.may_keep_offer(who, one):
        return []
    begins = Func(F("during"), function="lower", output_field=DateTimeField())
    rows = one.occasions.annotate(begins=begins).filter(during__overlap=(clock.now() - rules.LOOK_BACK, None))
    return list(rows.order_by("begins", "id")[:limit])


def imported(who: Who, sources: Sequence[str]) -> dict[str, Offer]:
    """The offers that came from these (feed and UID), by that; those this person does not keep are left out."""
    found = _with_all().filter(came_from__in=sources)
    return {one.came_from: one for one in found if rights.may_keep_offer(who, one)}


def organisers(who: Who) -> QuerySet[Noun]:
    """The organisations in whose name this person may offer something."""
    return keepers(who)


def is_trusted(who: Who, keeper: int | None, area: int | None) -> bool:
    """Whether this organisation may publish offers in this area without a look before: there, and in all areas below."""
    if keeper is None or area is None:
        return False
    trusted = Link.objects.filter(source=keeper, kind=rules.TRUSTED).values_list("target", flat=True)
    return any(area in below for below in nouns.areas_below(trusted).values())


def _mine(who: Who) -> Q:
    kept = kept_by(who, "noun__")
    if not kept:
        return Q()
    mine = kept | Q(noun__keeper__in=who.organisations(nouns.KEEP))
    return mine | Q(author=who.account, noun__keeper=None) if who.account is not None else mine


def _with_all() -> QuerySet[Offer]:
    return Offer.objects.select_related("noun__keeper", "noun__area", "place__noun", "unit", "author")
