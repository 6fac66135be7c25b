# SPDX-License-Identifier: EUPL-1.2
"""Writes of the watch over the fleet: what is odd about new values, what is wrong with whom, and who is told.

New values are known from the log, which misses none and holds late ones too; so a run costs what is new, not what is
stored. The reader's cursor moves in the transaction that judges: two runs at once never judge the same entry, and a
run that dies is done again. A value's flags are a function of the value, those right before it and the limits, so that
judging again changes nothing.
"""

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log
from smilecity.core.models import LogEntry
from smilecity.core.who import Who
from smilecity.things import facts, rights
from smilecity.things.actions.declaring import unknown
from smilecity.things.actions.desk import keeper, refused
from smilecity.things.actions.watching import alarming, learning, looking, telling
from smilecity.things.models import Alarm, Datastream, Watch

READER = "things-watch"
ENTRIES_AT_ONCE = 100
NEAR = 1000  # ids between two ranges that are asked for as one
STREAMS_AT_ONCE = 50
VALUES_AT_ONCE = 5000
ALWAYS = datetime.min.replace(tzinfo=UTC)
SECONDS = 120.0  # then the next run goes on, so that other jobs get their turn
NIGHT = timedelta(hours=20)  # after which there is something to learn again

FRESH = """
SELECT o.datastream_id, o.phenomenon_time
FROM unnest(%(low)s::bigint[], %(high)s::bigint[]) AS r (low, high)
CROSS JOIN LATERAL (
    SELECT o.datastream_id, o.phenomenon_time FROM things_observation AS o
    WHERE o.id >= r.low AND o.id <= r.high AND o.result IS NOT NULL OFFSET 0
) AS o
WHERE o.datastream_id = ANY(%(about)s)
"""
WAITING = """
SELECT o.phenomenon_time FROM things_observation AS o
WHERE o.datastream_id = %(ds)s AND o.result IS NOT NULL
    AND o.phenomenon_time > %(since)s AND o.phenomenon_time <= %(until)s
ORDER BY o.phenomenon_time, o.id LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Given:
    """The limits a person sets; None: not watched for that."""

    low: float | None = None
    high: float | None = None
    most_step: float | None = None
    stuck_after: timedelta | None = None


def watch(who: Who, seconds: float = SECONDS, listening_since: datetime = ALWAYS) -> bool:
    """Judge what is new, then open and close alarms, and say at once if many fell silent; whether all was looked at.

    Silence counts from `listening_since` on, when the node itself began to hear; an alarm that is open stays.
    New sensors are learned from as soon as they have said enough, and judged once more.
    Lock: the reader's row in the log; in `Latest` the rows of datastreams with new values, in order of id, for a
    hundred entries at a time; for the alarms the reader's row again.
    """
    keeper(who)
    end = time.monotonic() + seconds
    while log.read(READER, _look, ENTRIES_AT_ONCE):
        if time.monotonic() > end:
            return False
    now = clock.now()
    _learn_new(now, end)
    done = _judge_waiting(end)
    with transaction.atomic():
        log.read(READER, _nothing, 0)  # for its lock
        with connection.cursor() as cursor:
            alarming.settle(cursor, now, listening_since)
    with transaction.atomic():
        together = [] if telling.told_lately(now) else telling.fell_silent_together(telling.untold())
        if together:
            telling.tell(together, facts.SENSORS_SILENT, now)
    return done


def tell_alarms(who: Who) -> int:
    """Tell operators, and stewards of their areas, of alarms that nobody was told of; how many people that were.

    By the clock once a day. Lock: the alarms' rows.
    """
    keeper(who)
    with transaction.atomic():
        alarms = telling.untold()
        return telling.tell(alarms, facts.SENSORS_TROUBLED, clock.now()) if alarms else 0


def learn(who: Who) -> int:
    """Learn what is usual of each datastream that has said something since; how many. Limits that people set stay.

    Nothing is logged. Lock: the rows of `Watch` of fifty datastreams at a time.
    """
    keeper(who)
    now = clock.now()
    with connection.cursor() as cursor:
        ids = learning.due(cursor, now, now - NIGHT)
        for start in range(0, len(ids), STREAMS_AT_ONCE):
            with transaction.atomic():
                learning.learn_some(cursor, ids[start : start + STREAMS_AT_ONCE], now)
    return len(ids)


def forget_alarms(who: Who, before: datetime) -> int:
    """Delete alarms that were over before this moment; returns how many. Lock: the rows."""
    keeper(who)
    return Alarm.objects.filter(until__lt=before).delete()[0]


def rewatch(
    who: Who, datastreams: Iterable[int], since: datetime, until: datetime | None = None, *, wait: bool = True
) -> int:
    """Judge these datastreams' values again, from one moment to another; how many datastreams there are of these.

    With `wait` it is done when this returns, in chunks, each a transaction of its own; else the next run of the watch
    does it. Where it stands is kept, so what was broken off goes on. Lock: as `watch`, the rows of `Watch` first.
    """
    keeper(who)
    with transaction.atomic():
        known = list(
            Datastream.objects.filter(pk__in=list(datastreams), multi=False).values_list("pk", flat=True)
        )
        for one in sorted(known):
            _wait(one, since, until)
    while wait and known and not _judge_waiting(math.inf):
        pass
    return len(known)


def set_limits(who: Who, datastream: int, given: Given | None, *, again: timedelta | None = None) -> None:
    """Set what a datastream's values are held against; None: what is learned, from now on.

    With `again` the values of so long are judged again, by the next run of the watch. Lock: the row of `Watch`.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        stream = Datastream.objects.select_related("thing__noun").filter(pk=datastream, multi=False).first()
        if stream is None or not rights.may_declare(who, stream.thing.noun.area_id):
            raise unknown()
        now = clock.now()
        if given is None:
            Watch.objects.filter(pk=datastream).update(set_by_people=False, low=None, high=None)
            learning.learn_some(cursor, [datastream], now)
        else:
            _check(given)
            Watch.objects.update_or_create(
                pk=datastream,
                defaults={
                    "low": given.low,
                    "high": given.high,
                    "most_step": given.most_step,
                    "stuck_after": given.stuck_after,
                    "set_by_people": True,
                },
            )
        if again is not None:
            _wait(datastream, now - again, now)
        data = {"by": "people" if given else "learned"}
        log.append(who, facts.WATCH_SET, noun=stream.thing_id, about=[datastream], data=data)


def see_alarm(who: Who, alarm: int) -> None:
    """This person has taken note of the alarm. Taking note again changes nothing. Lock: the alarm's row."""
    with transaction.atomic():
        found = (
            Alarm.objects.select_for_update(of=("self",))
            .select_related("datastream__thing__noun")
            .filter(pk=alarm)
            .first()
        )
        if found is None or not telling.concerns(who, found):
            raise refused(
                "alarm.unknown",
                _("Diese Störung gibt es nicht mehr."),
                "",
                cure=_("Sehen Sie nach, was jetzt auf der Seite steht."),
                status=404,
            )
        if not found.seen_by:
            found.seen_by, found.seen_at = who.label, clock.now()
            found.save(update_fields=["seen_by", "seen_at"])


def _nothing(_entries: Sequence[LogEntry]) -> None:
    pass


def _look(entries: Sequence[LogEntry]) -> None:
    """Judge what these entries tell of."""
    told = [one for one in entries if one.verb in (facts.OBSERVED, facts.OBSERVATION_CHANGED)]
    if not told:
        return
    low, high = zip(*_ranges(told), strict=True)
    about = sorted({ds for one in told for ds in one.about})
    fresh = looking.moments_of(looking.rows(FRESH, {"low": list(low), "high": list(high), "about": about}))
    if fresh:
        with connection.cursor() as cursor:
            alarming.open_odd(cursor, looking.judged(cursor, fresh), clock.now())


def _ranges(entries: Iterable[LogEntry]) -> list[tuple[int, int]]:
    """The ids these entries tell of, from one to another; those that are near each other together.

    What lies between is judged too, if it is of the same datastreams: a little early, or once more.
    """
    found: list[tuple[int, int]] = []
    for low, high in sorted(one for entry in entries for one in _told(entry)):
        if found and low <= found[-1][1] + NEAR:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return found


def _told(entry: LogEntry) -> list[tuple[int, int]]:
    data = entry.data
    single = [*data.get("ids", []), *([data["id"]] if "id" in data else [])]
    return [*([(data["from"], data["to"])] if "from" in data else []), *((one, one) for one in single)]


def _wait(datastream: int, since: datetime, until: datetime | None) -> None:
    """Have these values judged again; what waits already, waits on with them."""
    row, _made = Watch.objects.select_for_update().get_or_create(pk=datastream)
    row.again_from = min(since, row.again_from or since)
    row.again_until = max(until or clock.now(), row.again_until or since)
    row.save(update_fields=["again_from", "again_until"])


def _learn_new(now: datetime, end: float) -> None:
    """Learn what is usual of those that have just said enough for it."""
    while time.monotonic() <= end:
        with transaction.atomic(), connection.cursor() as cursor:
            ids = learning.new(cursor, now, STREAMS_AT_ONCE)
            if not ids:
                return
            learning.learn_some(cursor, ids, now)


def _judge_waiting(end: float) -> bool:
    """Judge again what waits for it, a chunk at a time; whether all is done."""
    while time.monotonic() <= end:
        with transaction.atomic(), connection.cursor() as cursor:
            row = (
                Watch.objects.select_for_update(skip_locked=True)
                .filter(again_from__isnull=False)
                .order_by("pk")
                .first()
            )
            if row is None:
                return True
            asked = {"ds": row.pk, "since": row.again_from, "until": row.again_until, "most": VALUES_AT_ONCE}
            cursor.execute(WAITING, asked)
            times = [at for (at,) in cursor.fetchall()]
            if times:
                alarming.open_odd(cursor, looking.judged(cursor, {row.pk: times}), clock.now())
            whole = len(times) < VALUES_AT_ONCE
            Watch.objects.filter(pk=row.pk).update(
                again_from=None if whole else times[-1], again_until=None if whole else row.again_until
            )
    return False


def _check(given: Given) -> None:
    numbers = (given.low, given.high, given.most_step)
    if any(one is not None and not math.isfinite(one) for one in numbers):
        raise refused("watch.no-number", _("Das ist keine Zahl."), "low", status=422)
    if given.low is not None and given.high is not None and given.low >= given.high:
        raise refused(
            "watch.upside-down",
            _("Der höchste Wert muss über dem niedrigsten liegen."),
            "high",
            status=422,
        )
    if given.most_step is not None and given.most_step <= 0:
        raise refused("watch.bad-step", _("Ein Sprung ist größer als null."), "most_step", status=422)
    if given.stuck_after is not None and given.stuck_after <= timedelta(0):
        raise refused("watch.bad-stillness", _("Diese Dauer ist größer als null."), "stuck_after", status=422)
