# SPDX-License-Identifier: EUPL-1.2
"""The dates of offers, written ahead for 400 days: set by set, at every change and once a night."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import facts, rights
from smilecity.places.actions.offers.telling import tell_registered
from smilecity.places.models import Occasion, Offer, Registration
from smilecity.places.rules import offers as rules

AT_ONCE = 500

# One statement, as what is wanted is much to send. Nobody else writes these dates: the offers' rows are held, so no
# conflict needs to be looked for. Dates from now on that are no longer wanted fall, except those by hand; those that
# somebody comes to are given back.
_WRITE = """
WITH wanted AS (
    SELECT offer, to_timestamp(second) AS at, make_interval(mins => minutes) AS long
    FROM unnest(%(offers)s::bigint[], %(seconds)s::bigint[], %(minutes)s::int[]) AS w (offer, second, minutes)
), there AS MATERIALIZED (
    SELECT id, offer_id, start, during, changed FROM places_occasion WHERE offer_id = ANY(%(all)s)
), added AS (
    INSERT INTO places_occasion (offer_id, start, during, cancelled, note, taken, changed)
    SELECT offer, at, tstzrange(at, at + long), false, '{}', 0, false FROM wanted w
    WHERE NOT EXISTS (SELECT FROM there t WHERE t.offer_id = w.offer AND t.start = w.at)
), lasting AS (
    UPDATE places_occasion o SET during = tstzrange(at, at + long) FROM there t, wanted w
    WHERE o.id = t.id AND t.offer_id = w.offer AND t.start = w.at
      AND NOT o.changed AND o.during <> tstzrange(at, at + long)
), fallen AS (
    SELECT id, EXISTS (SELECT FROM places_registration r WHERE r.occasion_id = t.id) AS asked FROM there t
    WHERE lower(during) > %(now)s AND NOT changed
      AND NOT EXISTS (SELECT FROM wanted w WHERE w.offer = t.offer_id AND w.at = t.start)
), gone AS (
    DELETE FROM places_occasion USING fallen WHERE places_occasion.id = fallen.id AND NOT fallen.asked
)
SELECT id FROM fallen WHERE asked
"""


@dataclass(slots=True)
class Written:
    """How many dates are wanted from today on, and which starts no clock shows, by offer."""

    dates: int = 0
    gaps: dict[int, list[datetime]] = field(default_factory=dict)


def write_occasions(who: Who, offers: Sequence[int] | None = None) -> Written:
    """Write the dates of these offers, or of all that are public, for 400 days; a run again changes nothing.

    What was moved, cancelled or noted by hand stays. By the node, and within the actions on an offer.
    Lock: the offers' rows, 500 in one transaction.
    """
    if not rights.may_let_go(who):
        raise Refusal("offer.not-yours", _("Das tut die Stadt selbst, nach der Uhr."), status=403)
    public = Offer.objects.filter(noun__visibility=Noun.PUBLIC, cancelled_at=None)
    ids = list(public.order_by("noun").values_list("noun", flat=True)) if offers is None else sorted(offers)
    written = Written()
    for start in range(0, len(ids), AT_ONCE):
        with transaction.atomic():
            some = (
                Offer.objects.select_for_update()
                .filter(noun__in=ids[start : start + AT_ONCE])
                .only("starts_at", "duration", "rule", "extra", "without")
                .order_by("noun")
            )
            write(who, list(some), written)
    return written


def write(who: Who, offers: Sequence[Offer], written: Written | None = None) -> Written:
    """The same for offers whose rows the caller holds, in its transaction."""
    written = written or Written()
    today = clock.now().astimezone(settings.SMILE.zone).date()
    last = today + timedelta(days=rules.HORIZON_DAYS)
    wanted: dict[str, list[int]] = {"offers": [], "seconds": [], "minutes": []}
    for one in offers:
        starts = _starts(one, written)
        wanted["offers"] += [one.noun_id] * len(starts)
        wanted["seconds"] += starts
        wanted["minutes"] += [int(one.duration.total_seconds()) // 60] * len(starts)
    written.dates += len(wanted["offers"])
    ids = [one.noun_id for one in offers]
    with connection.cursor() as cursor:
        sent = {name: _array(numbers) for name, numbers in wanted.items()}
        cursor.execute(_WRITE, {**sent, "all": ids, "now": clock.now()})
        fallen = [one for (one,) in cursor.fetchall()]
    _give_back(who, fallen)
    Offer.objects.filter(noun__in=ids).update(expanded_until=last)
    return written


def _starts(one: Offer, written: Written) -> list[int]:
    """The seconds of the epoch at which its dates begin, from today on."""
    zone = settings.SMILE.zone
    today = clock.now().astimezone(zone).date()
    first = one.starts_at.astimezone(zone).replace(tzinfo=None)
    walls = rules.dates(
        one.rule, first, today, today + timedelta(days=rules.HORIZON_DAYS), one.extra, one.without
    )
    known = str(zone)
    seconds = [_second(wall, known) for wall in walls]
    if None in seconds:
        written.gaps[one.noun_id] = [
            wall for wall, second in zip(walls, seconds, strict=True) if second is None
        ]
    return [second for second in seconds if second is not None]


@lru_cache(maxsize=20_000)
def _second(wall: datetime, _zone: str) -> int | None:
    """The second of the epoch; many offers begin at the same hour."""
    known = rules.moments([wall], settings.SMILE.zone).starts
    return int(known[0][1].timestamp()) if known else None


def _array(numbers: Iterable[int]) -> str:
    """As PostgreSQL reads it; a list of so many is slow to adapt, number by number."""
    return f"{{{','.join(map(str, numbers))}}}"


def _give_back(who: Who, fallen: Iterable[int]) -> None:
    """Dates that people registered for and that the offer no longer has: cancelled, and they are told.

    Who registered for a whole series keeps the seat, on what is the first date now.
    """
    rows = (
        Occasion.objects.select_related("offer").select_for_update(of=("self",)).filter(id__in=list(fallen))
    )
    for one in rows.order_by("id"):
        first = one.offer.occasions.exclude(id__in=fallen).filter(cancelled=False).order_by("start").first()
        if one.offer.whole_series and first is not None:
            Registration.objects.filter(occasion=one).update(occasion=first)
            Occasion.objects.filter(id=first.id).update(taken=one.taken)
            one.delete()
            continue
        one.cancelled, one.changed = True, True
        one.save(update_fields=["cancelled", "changed"])
        tell_registered(who, facts.YOUR_OCCASION_CANCELLED, one)
