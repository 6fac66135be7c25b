# SPDX-License-Identifier: EUPL-1.2
"""School holidays of this city's federal state, for everyone who asks when something is open."""

from datetime import timedelta

from django.conf import settings
from django.core.cache import cache

from smilecity.core import clock
from smilecity.places.models import SchoolHoliday
from smilecity.places.rules.holidays import Days

KEPT_SECONDS = 60
MOST = 20
_KEY = "places.school"


def school() -> tuple[Days, ...]:
    """Of late and to come, in order; remembered for a minute."""
    kept: tuple[Days, ...] | None = cache.get(_KEY)
    if kept is None:
        since = clock.now().date() - timedelta(days=60)
        rows = SchoolHoliday.objects.filter(state=settings.SMILE.state, ends_on__gte=since)
        kept = tuple(rows.order_by("starts_on").values_list("starts_on", "ends_on")[:MOST])
        cache.set(_KEY, kept, KEPT_SECONDS)
    return kept


def forget_school() -> None:
    """Look them up anew: they have just been changed."""
    cache.delete(_KEY)
