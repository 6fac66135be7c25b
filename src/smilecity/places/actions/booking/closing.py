# SPDX-License-Identifier: EUPL-1.2
"""Closing units for a time: nobody books from then on, and those who have booked already are found, not forgotten."""

from collections.abc import Collection, Mapping

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import facts
from smilecity.places.actions import entries
from smilecity.places.actions.booking import claims
from smilecity.places.actions.booking.keeping import kept_place
from smilecity.places.models import Claim, Exceptional, Unit
from smilecity.places.reads.booking.tree import leaves_of, roots_of
from smilecity.places.rules import words
from smilecity.places.rules.booking import times
from smilecity.places.rules.booking.times import Span

# What is not claimed yet of the times in which these units are closed is claimed by nobody: so the constraint knows too.
_CLOSE = """
INSERT INTO places_claim (booking_id, unit_id, during)
SELECT NULL, leaf, unnest(
    tstzmultirange(tstzrange(%(start)s, %(end)s)) - coalesce(
        (SELECT range_agg(c.during) FROM places_claim c
         WHERE c.unit_id = leaf AND c.during && tstzrange(%(start)s, %(end)s)), '{}'))
FROM unnest(%(leaves)s::bigint[]) AS leaf
"""


def close_units(
    who: Who,
    place: int,
    during: Span,
    *,
    units: Collection[int] | None = None,
    cause: str = "event",
    reason: Mapping[str, str] | None = None,
) -> list[Exceptional]:
    """Close a place, or some of its units, to bookings for a time, with the reason that residents read.

    Bookings that are there stay until somebody moves or cancels them: `reads.booking.hit` finds them. Lock: the place's
    noun, then the trees by id.
    """
    start, end = times.checked(*during)
    if cause not in Exceptional.CAUSES:
        raise Refusal("closing.cause", _("Diesen Grund kennen wir nicht."), field="cause", status=422)
    said = words.checked_texts(reason or {}, "entry", needed=True)
    with transaction.atomic():
        kept_place(who, place)
        chosen = _chosen(place, units)
        claims.lock_roots(roots_of(chosen))
        whole = units is None
        made = [
            Exceptional.objects.create(
                place_id=place,
                unit_id=unit,
                during=DateTimeTZRange(start, end),
                cause=cause,
                reason=said,
                by=who.label,
            )
            for unit in ([None] if whole else chosen)
        ]
        _claim(sorted({leaf for unit in chosen for leaf in leaves_of(unit)}), (start, end))
        log.append(
            who, facts.UNITS_CLOSED, noun=place, about=chosen, data={"closings": [one.id for one in made]}
        )
        return made


def reopen_units(who: Who, closing: int) -> None:
    """End a closing before its time. Lock: the place's noun, then the trees by id."""
    with transaction.atomic():
        found = Exceptional.objects.filter(id=closing).first() if 0 < closing < 1 << 63 else None
        if found is None:
            raise entries.unknown()
        kept_place(who, found.place_id)
        chosen = _chosen(found.place_id, None)
        claims.lock_roots(roots_of(chosen))
        Exceptional.objects.filter(id=closing, ended_at=None).update(ended_at=clock.now())
        _claim_anew(found.place_id, chosen)
        log.append(who, facts.UNITS_REOPENED, noun=found.place_id, about=chosen, data={"closings": [closing]})


def _claim_anew(place: int, units: list[int]) -> None:
    """What closings still to come claim, written anew: two of them may have shared a claim."""
    leaves = {leaf for unit in units for leaf in leaves_of(unit)}
    Claim.objects.filter(booking=None, unit__in=leaves, during__endswith__gt=clock.now()).delete()
    left = Exceptional.objects.filter(
        place=place, open=False, ended_at=None, during__endswith__gt=clock.now()
    )
    for one in left:
        if one.during.lower is not None and one.during.upper is not None:
            below = leaves if one.unit_id is None else leaves_of(one.unit_id)
            _claim(sorted(below), (one.during.lower, one.during.upper))


def _claim(leaves: list[int], span: Span) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, {"leaves": leaves, "start": span[0], "end": span[1]})


def _chosen(place: int, units: Collection[int] | None) -> list[int]:
    """These units of the place, or all of them, by id."""
    known = set(Unit.objects.filter(place=place).values_list("id", flat=True))
    if units is not None and not set(units) <= known:
        raise Refusal("closing.units", _("Das ist kein Teil dieses Ortes."), field="units", status=422)
    return sorted(known if units is None else set(units))
