# SPDX-License-Identifier: EUPL-1.2
"""Photos of places. Their bytes are only read to be sent."""

from django.db.models import QuerySet

from smilecity.core import nouns
from smilecity.core.models import Noun
from smilecity.core.who import Who
from smilecity.places import rights
from smilecity.places.models import Photo, Place
from smilecity.places.reads.changes import kept_by

MOST_WAITING = 100


def shown(who: Who, noun: Noun) -> list[Photo]:
    """The photos that everyone sees who sees the place's page, without their bytes."""
    return list(_light().filter(place=noun.id, shown=True).order_by("order", "id"))


def all_of(who: Who, place: Place) -> list[Photo]:
    """All photos of the place, also those that wait for a look, for those who write its entry."""
    if not rights.may_write(who, place.noun.area_id, place.noun.keeper_id):
        return []
    return list(_light().filter(place=place).order_by("order", "id"))


def photo(who: Who, photo_id: int) -> Photo | None:
    """One photo without its bytes, for those who write the place's entry."""
    found = _one(_light(), photo_id)
    if found is None or not rights.may_write(who, found.place.noun.area_id, found.place.noun.keeper_id):
        return None
    return found


def picture(who: Who, photo_id: int, *, small: bool) -> tuple[bytes, bool] | None:
    """The bytes of a photo in one of its sizes, and whether anyone may see it; nothing if this person may not."""
    column = "small" if small else "full"
    found = _one(_light().only(*_COLUMNS, column), photo_id)
    if found is None:
        return None
    noun = found.place.noun
    for_all = found.shown and noun.visibility == Noun.PUBLIC
    seen = found.shown and nouns.may_see(who, noun)
    if not seen and not rights.may_write(who, noun.area_id, noun.keeper_id):
        return None
    return bytes(getattr(found, column)), for_all


def waiting(who: Who, limit: int = MOST_WAITING) -> list[Photo]:
    """Photos that nobody of the city has looked at yet and that this person may show, the longest waiting first."""
    if not rights.may_publish_any(who):
        return []
    found = _light().filter(kept_by(who, "place__noun__"), looked_at__isnull=True)
    return list(found.order_by("id")[:limit])


_COLUMNS = (
    "alt", "credit", "licence", "width", "height", "shown", "looked_at", "order", "made_at", "place__noun__address",
    "place__noun__title", "place__noun__visibility", "place__noun__area_id", "place__noun__keeper_id",
)  # fmt: skip


def _light() -> QuerySet[Photo]:
    return Photo.objects.select_related("place__noun").only(*_COLUMNS)


def _one(rows: QuerySet[Photo], photo_id: int) -> Photo | None:
    return rows.filter(id=photo_id).first() if 0 < photo_id < 1 << 63 else None
