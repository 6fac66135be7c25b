# SPDX-License-Identifier: EUPL-1.2
"""Categories of reports, and who is responsible for what where."""

from collections.abc import Collection

from django.db import connection
from django.utils.translation import gettext as _

from smilecity.citizens.models import Category
from smilecity.citizens.rules import Spot
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import organisations
from smilecity.space import reads as space

MANY = 20  # positions for which a library is worth loading

# The nearest area wins over the more exact category: whoever looks after a quarter knows who does what in it.
_RESPONSIBLE = """
WITH RECURSIVE above (area, far) AS (
    SELECT %(area)s::bigint, 0
    UNION
    SELECT core_noun.area_id, above.far + 1 FROM above JOIN core_noun ON core_noun.id = above.area
    WHERE core_noun.area_id IS NOT NULL AND above.far < 20
)
SELECT organisation_id FROM (
    SELECT r.organisation_id, above.far, r.category_id <> %(category)s AS of_group
    FROM citizens_responsibility AS r JOIN above ON above.area = r.area_id
    WHERE r.category_id IN (%(category)s, %(group)s)
) AS found ORDER BY far, of_group LIMIT 1
"""


def category(who: Who, code: str) -> Category | None:
    """The category of this code that people can choose; nothing for an empty code. `who` is asked for nothing."""
    if not code:
        return None
    found = Category.objects.select_related("parent").filter(code=code, active=True).first()
    if found is None or Category.objects.filter(parent=found).exists():
        raise Refusal(
            "need.unknown-category",
            _("Diese Kategorie gibt es nicht."),
            cure=_("Wählen Sie eine aus der Liste, oder lassen Sie sie weg."),
            field="category",
            status=422,
        )
    return found


def responsible(who: Who, chosen: Category, area: int | None) -> int | None:
    """The organisation (its noun's id) that looks after this category here; nothing if only the city itself does."""
    if area is not None:
        with connection.cursor() as cursor:
            cursor.execute(
                _RESPONSIBLE,
                {"area": area, "category": chosen.pk, "group": chosen.parent_id or chosen.pk},
            )
            if row := cursor.fetchone():
                return int(row[0])
    return chosen.organisation_id or (chosen.parent.organisation_id if chosen.parent else None)


def area_of(who: Who, spot: Spot) -> int | None:
    """The smallest area at this position. Refuses what is outside, unless the node knows no areas."""
    found = space.area_at(who, spot.longitude, spot.latitude)
    if found is not None:
        return int(found.noun_id)
    if space.extent(who) is None:
        return None
    raise _outside()


def areas_of(who: Who, spots: Collection[Spot]) -> dict[Spot, int | Refusal | None]:
    """What `area_of` says of each of these positions, or why it is refused; asked once, however many they are."""
    several = list(set(spots))
    if len(several) < MANY:
        return {one: _area_or_why(who, one) for one in several}
    found = space.areas_of_points(
        who, None, [one.longitude for one in several], [one.latitude for one in several]
    )
    nowhere = None if space.extent(who) is None else _outside()
    return {one: area or nowhere for one, area in zip(several, found.tolist(), strict=True)}


def _area_or_why(who: Who, spot: Spot) -> int | Refusal | None:
    try:
        return area_of(who, spot)
    except Refusal as refusal:
        return refusal


def _outside() -> Refusal:
    return Refusal(
        "need.outside",
        _("Diese Stelle liegt außerhalb der Stadt."),
        cure=_("Wählen Sie eine Stelle in der Stadt, oder beschreiben Sie sie in Worten."),
        field="spot",
        status=422,
    )


def home(who: Who) -> int | None:
    """Where belongs what says no place: to the municipality whose node this is, else to the area that all others lie in.

    Nothing while the node knows neither: then those who look after the whole node read it.
    """
    own = organisations.home_area()
    if own is not None:
        return own
    whole = space.whole(who)
    return whole.noun_id if whole is not None else None
