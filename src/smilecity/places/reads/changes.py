# SPDX-License-Identifier: EUPL-1.2
"""Entries as their keepers write them, and changes that wait."""

from typing import Any

from django.db.models import Q, QuerySet

from smilecity.core import nouns
from smilecity.core.models import Noun
from smilecity.core.paging import Page, page
from smilecity.core.who import Who
from smilecity.places import rights
from smilecity.places.models import Change, Place
from smilecity.places.rules import difference

MOST_WAITING = 100


def entry(place: Place) -> dict[str, Any]:
    """All that is said of the place now, by name, as JSON keeps it; its noun should come with it."""
    spot = (place.noun.geo or {}).get("coordinates")
    own = {name: getattr(place, name, None) for name in difference.FIELDS}
    return difference.plain({**own, "title": place.noun.title, "text": place.noun.text, "position": spot})


def editable(who: Who, slug: str) -> Place | None:
    """The place at `/places/<slug>/` with its noun, if this person writes its entry; else as if it were not there."""
    place = (
        Place.objects.select_related("noun__keeper", "noun__area")
        .filter(noun__address=f"places/{slug}")
        .first()
    )
    if place is None or not rights.may_write(who, place.noun.area_id, place.noun.keeper_id):
        return None
    return place


def open_change(who: Who, place: Place) -> Change | None:
    """The one change of the place that is not decided, for those who write its entry."""
    if not rights.may_write(who, place.noun.area_id, place.noun.keeper_id):
        return None
    return Change.objects.filter(place=place, state__in=Change.OPEN).first()


def change(who: Who, change_id: int) -> Change | None:
    """One change, with its place, for those who write the place's entry; nothing for others."""
    if not 0 < change_id < 1 << 63:
        return None
    found = Change.objects.select_related("place__noun__keeper", "author").filter(id=change_id).first()
    noun = found.place.noun if found else None
    if noun is None or not rights.may_write(who, noun.area_id, noun.keeper_id):
        return None
    return found


def waiting(who: Who, limit: int = MOST_WAITING) -> list[Change]:
    """Changes sent for a look that this person may publish, the longest waiting first."""
    found = Change.objects.filter(kept_by(who, "place__noun__"), state=Change.REVIEW)
    return list(found.select_related("place__noun", "author").order_by("sent_at", "id")[:limit])


def mine(who: Who, limit: int = MOST_WAITING) -> list[Change]:
    """This person's own changes that are open: begun, sent, or returned with a reason."""
    if who.account is None:
        return []
    found = Change.objects.filter(author_id=who.account, state__in=Change.OPEN)
    return list(found.select_related("place__noun").order_by("-made_at", "-id")[:limit])


def written(who: Who, words: str = "", after: str = "") -> Page[Noun]:
    """The places whose entry this person writes, in German dictionary order; `words` is part of the title."""
    found = Noun.objects.filter(_written_by(who), kind="place", place__isnull=False).select_related("keeper")
    if words.strip():
        found = found.filter(plain__contains=nouns.sort_key(words.strip()[:100]))
    return page(found, ("sort", "id"), after=after, size=30)


def keepers(who: Who) -> QuerySet[Noun]:
    """Organisations that this person may let keep a place: their own, and for stewards and clerks all public."""
    found = Noun.objects.filter(kind="organisation").order_by("sort", "id")
    if rights.may_publish_any(who):
        return found.filter(nouns.sees(who))
    return found.filter(id__in=who.organisations(nouns.KEEP))


def kept_by(who: Who, way: str = "") -> Q:
    """Places that `rights.may_keep` lets this person keep; `way` leads from the rows to the noun."""
    roles = ("steward", "clerk")
    if who.label == "node" or who.holds_any(("operator", *roles)):
        return Q()
    return Q(**{f"{way}area__in": who.areas(roles)})


def _written_by(who: Who) -> Q:
    kept = kept_by(who)
    return kept | Q(keeper__in=who.organisations(nouns.KEEP)) if kept else kept


def own_area(who: Who) -> int | None:
    """The largest area this person keeps places in: where a new place without a position belongs."""
    areas = who.areas(("steward", "clerk"))
    tops = Noun.objects.filter(id__in=areas).exclude(area__in=areas).order_by("id")
    return tops.values_list("id", flat=True).first()
