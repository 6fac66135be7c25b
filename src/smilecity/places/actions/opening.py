# SPDX-License-Identifier: EUPL-1.2
"""Closing a place for a time, opening it beside its hours, ending either; and the school holidays that hours speak of."""

from collections import Counter
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import facts, rights
from smilecity.places.actions import entries, spans
from smilecity.places.actions.booking.closing import close_units, reopen_units
from smilecity.places.actions.booking.keeping import kept_place
from smilecity.places.models import Booking, Exceptional, Place, SchoolHoliday, Unit
from smilecity.places.reads.access import let_in_for
from smilecity.places.reads.opening import hit_bookings
from smilecity.places.reads.school import forget_school
from smilecity.places.rules import schoolfile, words
from smilecity.places.rules.booking import times
from smilecity.places.rules.booking.times import Span
from smilecity.places.rules.schoolfile import SchoolDays


def close(
    who: Who, place: int, during: Span, cause: str, reason: Mapping[str, str], *, unit: int | None = None
) -> Exceptional:
    """Close the place, or one unit with its parts, for a time, with the reason that residents read.

    It cancels nothing: those with bookings then are told, and find other times on the place's page. Lock: the place's
    noun, then the trees of its units by id.
    """
    with transaction.atomic():
        units = None if unit is None else [unit]
        (made,) = close_units(who, place, during, units=units, cause=cause, reason=reason)
        shown_anew(place)
        tell_struck(who, made, hit_bookings(place, times.checked(*during), unit))
        return made


def open_extra(
    who: Who, place: int, during: Span, reason: Mapping[str, str], *, unit: int | None = None
) -> Exceptional:
    """Open the place, or one unit, beside its hours; a closing at the same time still closes it.

    Lock: the place's noun.
    """
    start, end = times.checked(*during)
    said = words.checked_texts(reason, "entry", needed=True)
    with transaction.atomic():
        kept_place(who, place)
        if unit is not None and not Unit.objects.filter(id=unit, place=place).exists():
            raise Refusal("closing.units", _("Das ist kein Teil dieses Ortes."), field="unit", status=422)
        made = Exceptional.objects.create(
            place_id=place, unit_id=unit, during=DateTimeTZRange(start, end), open=True, cause="event",
            reason=said, by=who.label,
        )  # fmt: skip
        log.append(who, facts.OPENED_EXTRA, noun=place, data={"closings": [made.id]})
        shown_anew(place)
        return made


def end_closing(who: Who, closing: int) -> None:
    """End a closing, or an extra opening, before its time; one that has ended stays as it is.

    A person who ends what the weather closed keeps it open until it was calm. Lock: the place's noun, then the trees.
    """
    with transaction.atomic():
        found = Exceptional.objects.filter(id=closing).first() if 0 < closing < 1 << 63 else None
        if found is None:
            raise entries.unknown()
        if found.open:
            kept_place(who, found.place_id)
            Exceptional.objects.filter(id=closing, ended_at=None).update(ended_at=clock.now())
            log.append(who, facts.EXTRA_ENDED, noun=found.place_id, data={"closings": [closing]})
        else:
            reopen_units(who, closing)
        shown_anew(found.place_id)


def import_school_holidays(who: Who, state: str, rows: Iterable[SchoolDays]) -> int:
    """Keep the school holidays of a federal state; the same first day again is the same holidays. How many there are.

    Nothing is kept if one row is wrong. Lock: the state's rows by the constraint on their first day.
    """
    if not rights.may_refresh(who):
        raise Refusal("school.not-yours", _("Das tun die Betreiber."), status=403)
    checked = schoolfile.checked(state, rows)
    with transaction.atomic():
        SchoolHoliday.objects.bulk_create(
            [
                SchoolHoliday(state=state, name=one.name, starts_on=one.first, ends_on=one.last)
                for one in checked
            ],
            update_conflicts=True,
            unique_fields=["state", "starts_on"],
            update_fields=["name", "ends_on"],
        )
        log.append(who, facts.SCHOOL_HOLIDAYS_KEPT, data={"state": state, "rows": len(checked)})
    forget_school()
    touched = Place.objects.filter(opening_hours__contains="SH") | Place.objects.filter(
        quiet_hours__contains="SH"
    )
    spans.refresh_spans(who, touched.values_list("noun", flat=True))
    return len(checked)


def shown_anew(place: int) -> None:
    """Mark the place as changed, so that its pages and its open spans are made anew; the caller holds its noun."""
    Noun.objects.filter(id=place).update(changed_at=clock.now())
    spans.write(Place.objects.select_related("noun").get(noun=place))


def tell_struck(who: Who, closing: Exceptional, bookings: Iterable[Booking]) -> None:
    """Tell each person once whose bookings a closing hits, or whom a club lets in for one of them."""
    struck: Counter[int] = Counter()
    rows = list(bookings)
    let_in = let_in_for(rows)
    for one in rows:
        struck.update({*let_in[one.id], *([one.account_id] if one.account_id is not None else ())})
    for account, count in sorted(struck.items()):
        log.append(
            who, facts.BOOKING_STRUCK, noun=closing.place_id,
            data={"account": account, "closing": closing.id, "bookings": count},
        )  # fmt: skip
