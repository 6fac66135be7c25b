# SPDX-License-Identifier: EUPL-1.2
"""Giving a standing slot to others: whoever does not need it any more lets all its dates go at once."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import facts, rights
from smilecity.places.actions.booking import claims
from smilecity.places.models import Booking, Series


def offer_series(who: Who, series_id: int) -> Series:
    """Let go all dates of a series that have not begun, by whom it is for; a wish that waits is taken back.

    Lock: the series, then its bookings.
    """
    with transaction.atomic():
        found = Series.objects.select_for_update(of=("self",)).select_related("unit")
        series = found.filter(id=series_id).first() if 0 < series_id < 1 << 63 else None
        if series is None or not rights.may_have_booked(who, series.account_id, series.organisation_id):
            raise Refusal("series.unknown", _("Diese Serie gibt es nicht."), status=404)
        if series.state == Series.ENDED:
            return series
        if series.state == Series.REFUSED:
            raise Refusal("series.state", _("Über diese Serie ist schon entschieden."), status=409)
        _let_go(who, series)
        series.state = Series.ENDED
        series.save(update_fields=["state"])
        return series


def _let_go(who: Who, series: Series) -> None:
    coming = (
        Booking.objects.select_for_update(of=("self",))
        .select_related("unit")
        .filter(series=series, state__in=(Booking.ASKED, Booking.BOOKED), during__startswith__gt=clock.now())
    )
    rows = list(coming.order_by("id"))
    ids = [one.id for one in rows]
    claims.let_go(ids)
    Booking.objects.filter(id__in=ids).update(
        state=Booking.CANCELLED, decided_by=who.label, changed_at=clock.now()
    )
    for one in rows:
        claims.tell(who, facts.BOOKING_CANCELLED, one, series.unit.place_id)
