# SPDX-License-Identifier: EUPL-1.2
"""Pictures to needs: with the words for those who read these, without them once somebody has looked at them."""

from smilecity.citizens.models import Need, NeedPhoto
from smilecity.citizens.reads.needs import knows_its_words
from smilecity.core.who import Who


def photos(who: Who, need: Need, key: str = "") -> list[NeedPhoto]:
    """The pictures of a need that this reader sees, the oldest first, without their bytes."""
    found = NeedPhoto.objects.filter(need=need).defer("full", "small").order_by("id")
    if not knows_its_words(who, need, key):
        found = found.filter(shown=True) if need.published_at else found.none()
    return list(found)


def photo(who: Who, need: Need, number: int, key: str = "") -> NeedPhoto | None:
    """One of them, with its bytes."""
    found = NeedPhoto.objects.filter(need=need, id=number).first() if 0 < number < 1 << 63 else None
    if found is None or (found.shown and need.published_at):
        return found
    return found if knows_its_words(who, need, key) else None
