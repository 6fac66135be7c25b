# SPDX-License-Identifier: EUPL-1.2
"""How claims are taken and let go, within the actions of booking, which have asked whether one may.

Order of locks, for all of booking: the roots of the units' trees by id, then whose quota it is, then bookings. Whoever
lets go locks bookings only and waits for nothing after that; so nobody ever waits in a circle.
"""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from psycopg import errors

from smilecity.core import clock, log
from smilecity.core.who import Who
from smilecity.places import facts
from smilecity.places.models import Booking, Claim
from smilecity.places.reads.booking.looking import Look
from smilecity.places.reads.booking.prepared import prepared
from smilecity.places.rules import booking as rules
from smilecity.places.rules.booking.times import Span

_ROOTS = (
    "SELECT pg_advisory_xact_lock(hashtextextended('places.booking', one)) FROM unnest(%s::bigint[]) AS one"
)
_WHOSE = "SELECT pg_advisory_xact_lock(hashtextextended('places.booking.whose', %s))"
_COLUMN = {"organisation": "organisation_id", "series": "series_id"}
_SAID = {
    "key": "uuid", "unit_id": "bigint", "state": "text", "account_id": "bigint", "organisation_id": "bigint",
    "series_id": "bigint", "hold_until": "timestamptz", "what": "text",
    "people": "smallint", "fee_cents": "integer", "policy_version": "integer", "reason": "text", "decided_by": "text",
}  # fmt: skip
# The tree's lock, the booking, its claims and its entry in the log (none without a verb) in one round trip: half the time
# of a rush goes by between statements. The snapshot is older than the lock, but constraints see what is there.
_TAKE = f"""
WITH locked AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(hashtextextended('places.booking', %(root)s))
), made AS (
    INSERT INTO places_booking (during, {", ".join(_SAID)})
    SELECT tstzrange(%(start)s, %(end)s), {", ".join(f"%({one})s::{kind}" for one, kind in _SAID.items())} FROM locked
    RETURNING id, made_at
), claimed AS (
    INSERT INTO places_claim (booking_id, unit_id, during)
    SELECT made.id, leaf, tstzrange(%(start)s, %(claimed)s) FROM made, unnest(%(leaves)s::bigint[]) AS leaf
), told AS (
    {log.INSERT}
    SELECT %(actor)s, %(verb)s, %(place)s, ARRAY[%(place)s, %(unit_id)s]::bigint[],
        jsonb_build_object('booking', made.id, 'unit', %(unit_id)s::bigint, 'account', %(account_id)s::bigint)
    FROM made WHERE %(verb)s::text IS NOT NULL
)
SELECT id, made_at FROM made
"""  # noqa: S608 - names of columns alone
_CLAIM = """
INSERT INTO places_claim (booking_id, unit_id, during)
SELECT %s, leaf, tstzrange(%s, %s) FROM unnest(%s::bigint[]) AS leaf
"""


def lock_roots(roots: Collection[int]) -> None:
    """Take these trees until the transaction ends, one after the other by id."""
    with connection.cursor() as cursor:
        for root in sorted(set(roots)):
            cursor.execute(_ROOTS, [[root]])


def lock_quota(looks: Iterable[Look], account: int | None, organisation: int | None) -> bool:
    """Take whose quota it is until the transaction ends, and say whether there is one: two at once count each other."""
    whose = organisation if organisation is not None else account
    quotas = [one.policy.organisation if organisation else one.policy.person for one in looks]
    if whose is None or not any(quota.limits() for quota in quotas):
        return False
    with connection.cursor() as cursor:
        cursor.execute(_WHOSE, [whose])
    return True


def take(
    seen: Look,
    span: Span,
    state: str,
    *,
    key: UUID,
    account: int | None,
    teller: Who | None = None,
    **more: Any,
) -> Booking:
    """Keep a booking with its claims and, by `teller`, its entry in the log, in one statement that locks the tree.

    Raises `IntegrityError` if the time is taken.
    """
    held = state == Booking.HELD
    booking = Booking(
        key=key, unit_id=seen.unit, during=DateTimeTZRange(*span), state=state, account_id=account,
        hold_until=clock.now() + timedelta(minutes=seen.policy.hold) if held else None,
        policy_version=seen.version, **{_COLUMN.get(name, name): value for name, value in more.items()},
    )  # fmt: skip
    said = {name: getattr(booking, name) for name in _SAID}
    with prepared() as cursor:
        cursor.execute(
            _TAKE,
            {
                **said,
                "start": span[0],
                "end": span[1],
                "claimed": rules.claimed(seen.policy, *span)[1],
                "leaves": f"{{{','.join(map(str, seen.leaves))}}}",  # a list is slow to adapt
                "root": seen.root,
                "place": seen.place,
                "actor": teller.label if teller else "",
                "verb": VERB_OF[state] if teller else None,
            },
            prepare=True,
        )
        row = cursor.fetchone()
    assert row is not None
    booking.id, booking.made_at = row
    return booking


def move(booking: Booking, seen: Look, span: Span) -> None:
    """Let the booking take this time instead of its own, in the caller's transaction: it never has neither."""
    let_go([booking.id])
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [booking.id, span[0], rules.claimed(seen.policy, *span)[1], seen.leaves])
    booking.unit_id, booking.during, booking.policy_version = seen.unit, DateTimeTZRange(*span), seen.version


def let_go(bookings: Collection[int]) -> None:
    """Take away what these bookings claim; the caller holds their rows."""
    Claim.objects.filter(booking__in=bookings).delete()


def expire(bookings: Collection[int]) -> int:
    """End those of these holds that are over; a hold that somebody is just confirming is left alone."""
    over = Booking.objects.select_for_update(skip_locked=True).filter(
        id__in=bookings, state=Booking.HELD, hold_until__lte=clock.now()
    )
    ids = sorted(over.values_list("id", flat=True))
    let_go(ids)
    return Booking.objects.filter(id__in=ids).update(state=Booking.EXPIRED, changed_at=clock.now())


def is_taken(error: IntegrityError) -> bool:
    """Whether the database refused it because claims overlap."""
    return isinstance(error.__cause__, errors.ExclusionViolation)


def is_known(error: IntegrityError) -> bool:
    """Whether the database refused it because a booking of this key came in the meantime."""
    return isinstance(error.__cause__, errors.UniqueViolation)


def tell(who: Who, verb: str, booking: Booking, place: int, **more: Any) -> None:
    """Announce what happened to a booking: ids only."""
    log.append(
        who,
        verb,
        noun=place,
        about=[booking.unit_id],
        data={"booking": booking.id, "unit": booking.unit_id, "account": booking.account_id, **more},
    )


VERB_OF = {
    Booking.HELD: facts.BOOKING_HELD,
    Booking.ASKED: facts.BOOKING_ASKED,
    Booking.BOOKED: facts.BOOKING_BOOKED,
}
