# SPDX-License-Identifier: EUPL-1.2
"""How tests of residents' pages make offers with dates, without the way an organiser takes."""

from datetime import datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from smilecity.core import nouns
from smilecity.places.models import Occasion, Offer, Place


def keep(
    key: str,
    starts: datetime,
    *,
    hours: float = 2,
    weeks: int = 0,
    place: Place | None = None,
    visibility: str = "public",
    geo: dict[str, Any] | None = None,
    keeper: int | None = None,
    title: dict[str, str] | None = None,
    text: dict[str, str] | None = None,
    area: int | None = None,
    **said: Any,
) -> Offer:
    """An offer, once or weekly with so many dates."""
    where = place.noun if place else None
    noun = nouns.put(
        "offer", f"offers/{key}", title or {"de": f"Kurs {key}"}, text=text or {"de": "Alle sind willkommen."},
        visibility=visibility, keeper=keeper, geo=geo or (where.geo if where else None),
        area=area or (where.area_id if where else None),
    )  # fmt: skip
    length = timedelta(hours=hours)
    one = Offer.objects.create(
        noun=noun, place=place, starts_at=starts, duration=length, rule="FREQ=WEEKLY" if weeks else "", **said
    )
    days = [starts + timedelta(weeks=week) for week in range(max(1, weeks))]
    Occasion.objects.bulk_create(
        Occasion(offer=one, start=day, during=DateTimeTZRange(day, day + length)) for day in days
    )
    return one


def dates(one: Offer) -> list[Occasion]:
    """Its dates in order."""
    return list(one.occasions.order_by("start"))
