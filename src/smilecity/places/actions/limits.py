# SPDX-License-Identifier: EUPL-1.2
"""What closes a place by itself: its limits, and the look at the sensors each minute."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import facts, rights
from smilecity.places.actions.booking.keeping import kept_place
from smilecity.places.actions.opening import end_closing, shown_anew, tell_struck
from smilecity.places.models import Exceptional, Limit, Sense
from smilecity.places.reads.opening import hit_bookings
from smilecity.places.rules import limits as rules
from smilecity.places.rules import words
from smilecity.places.rules.limits import Watched
from smilecity.things import reads as things

BY_WEATHER = "weather"
# While a storm lasts, those are told whose booking begins so soon: nobody knows the weather of the evening.
TOLD_AHEAD = timedelta(hours=3)


def keep_limit(
    who: Who, place: int, role: str, closes_above: float, opens_below: float, calm_minutes: int
) -> Limit:
    """Let the sensors of this role close the place by themselves. Lock: the place's noun."""
    bounds = rules.checked(role, closes_above, opens_below, calm_minutes)
    with transaction.atomic():
        kept_place(who, place)
        if not Sense.objects.filter(place=place, role=role).exists():
            raise Refusal(
                "limit.no-sensor", _("Hier misst das kein Sensor."), field="role", status=422,
                cure=_("Ordnen Sie dem Ort zuerst einen Sensor zu."),
            )  # fmt: skip
        kept, _created = Limit.objects.update_or_create(
            place_id=place,
            role=role,
            defaults={
                "closes_above": bounds.closes_above, "opens_below": bounds.opens_below, "calm_for": bounds.calm_for,
            },
        )  # fmt: skip
        log.append(who, facts.LIMIT_KEPT, noun=place, data={"role": role})
        return kept


def drop_limit(who: Who, place: int, role: str) -> None:
    """Let nothing of this role close the place any more; what it has closed is opened. Lock: the place's noun."""
    with transaction.atomic():
        kept_place(who, place)
        found = Limit.objects.select_related("closing").filter(place=place, role=role).first()
        if found is None:
            return
        if found.closing is not None and found.closing.ended_at is None:
            end_closing(who, found.closing.id)
        found.delete()
        log.append(who, facts.LIMIT_DROPPED, noun=place, data={"role": role})


def watch_weather(who: Who) -> int:
    """Look at the sensors of every limit; close and open places as they say. How many were closed or opened.

    By the node alone, each minute. Lock: the place's noun, then the limit, a transaction for each.
    """
    if not rights.may_let_go(who):
        raise Refusal("limit.not-yours", _("Das tut die Stadt selbst, nach der Uhr."), status=403)
    now = clock.now()
    watched = list(Limit.objects.select_related("closing").order_by("place", "id"))
    values = _values(who, watched, now)
    return sum(_look(who, one, values.get(one.id), now) for one in watched)


def _values(who: Who, watched: Sequence[Limit], now: datetime) -> dict[int, float]:
    """The highest fresh value by limit; of one whose sensors are silent there is none."""
    senses = list(Sense.objects.filter(place__in={one.place_id for one in watched}, role__in=rules.ROLES))
    readings = things.latest(who, {one.datastream_id for one in senses})
    found = {}
    for limit in watched:
        heard = [
            readings[one.datastream_id]
            for one in senses
            if (one.place_id, one.role) == (limit.place_id, limit.role) and one.datastream_id in readings
        ]
        fresh = [
            (one.number, one.unit.get("symbol", ""))
            for one in heard
            if one.number is not None and not one.silent(now)
        ]
        value = rules.measured(limit.role, fresh)
        if value is not None:
            found[limit.id] = value
    return found


def _look(who: Who, limit: Limit, value: float | None, now: datetime) -> bool:
    """Take one step, if it is one; whether the place was closed or opened."""
    before = _watched(limit)
    if before == Watched() and rules.stepped(_bounds(limit), before, now, value) == before:
        return False
    with transaction.atomic():
        Noun.objects.select_for_update().get(id=limit.place_id)
        kept = (
            Limit.objects.select_for_update(of=("self",))
            .select_related("closing")
            .filter(id=limit.id)
            .first()
        )
        if kept is None:
            return False
        before = _watched(kept)
        after = rules.stepped(_bounds(kept), before, now, value)
        _done(who, kept, before, after, now)
        kept.calm_since = after.calm_since
        kept.save(update_fields=["calm_since", "told_until", "closing"])
        return before.state != after.state


def _done(who: Who, kept: Limit, before: Watched, after: Watched, now: datetime) -> None:
    if after.state == rules.CLOSED:
        if before.state != rules.CLOSED:
            kept.closing = _close(who, kept, now)
            kept.told_until = now
        _tell_of_storm(who, kept, now)
    elif before.state == rules.CLOSED and kept.closing is not None:
        end_closing(who, kept.closing.id)
    if after.state == rules.ARMED:
        kept.closing = None


def _close(who: Who, kept: Limit, now: datetime) -> Exceptional:
    made = Exceptional.objects.create(
        place_id=kept.place_id, during=DateTimeTZRange(now, None), cause="weather", by=BY_WEATHER,
        reason=_reason(kept.role),
    )  # fmt: skip
    log.append(who, facts.UNITS_CLOSED, noun=kept.place_id, data={"closings": [made.id]})
    shown_anew(kept.place_id)
    return made


def _tell_of_storm(who: Who, kept: Limit, now: datetime) -> None:
    """Tell those whose bookings come into reach while it is closed, each booking once."""
    assert kept.told_until is not None
    assert kept.closing is not None
    first = kept.told_until == now
    since, until = kept.told_until, now + TOLD_AHEAD
    if until <= since:
        return
    rows = hit_bookings(kept.place_id, (since, until))
    tell_struck(who, kept.closing, rows if first else rows.filter(during__startswith__gte=since))
    kept.told_until = until


def _reason(role: str) -> Mapping[str, str]:
    said = {}
    for language in sorted(words.LANGUAGES):
        with translation.override(language):
            said[language] = str(rules.REASONS[role])
    return said


def _watched(limit: Limit) -> Watched:
    if limit.closing is None:
        return Watched(rules.ARMED)
    state = rules.CLOSED if limit.closing.ended_at is None else rules.WAIVED
    return Watched(state, limit.calm_since)


def _bounds(limit: Limit) -> rules.Bounds:
    return rules.Bounds(limit.closes_above, limit.opens_below, limit.calm_for)
