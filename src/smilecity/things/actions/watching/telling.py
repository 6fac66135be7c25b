# SPDX-License-Identifier: EUPL-1.2
"""Who is told of alarms, and when: once a day what is new, at once only that many fell silent together."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from smilecity.core import log
from smilecity.core.who import NODE, Who
from smilecity.people import reads as people
from smilecity.things import rights
from smilecity.things.models import Alarm

TOGETHER = timedelta(minutes=15)  # between the last values of sensors that fell silent together
MANY = 5  # things
APART = timedelta(hours=1)  # between two messages at once
ROLES = ("operator", "steward")


def untold() -> list[Alarm]:
    """Open alarms that nobody was told of. Lock: their rows, skipping those another tells of."""
    found = Alarm.objects.filter(until=None, told_at=None).select_related("datastream__thing__noun")
    return list(found.select_for_update(of=("self",), skip_locked=True).order_by("id"))


def fell_silent_together(alarms: Sequence[Alarm]) -> list[Alarm]:
    """Those of many things that were last heard at about the same time: a gateway or a network, not the sensors."""
    silent = sorted((one for one in alarms if one.kind == Alarm.SILENT), key=lambda one: one.since)
    for last in reversed(silent):
        same = [one for one in silent if timedelta(0) <= last.since - one.since <= TOGETHER]
        if len({one.datastream.thing_id for one in same if one.datastream is not None}) >= MANY:
            return same
    return []


def told_lately(now: datetime) -> bool:
    """Whether anybody was told anything within the last hour."""
    return Alarm.objects.filter(told_at__gt=now - APART).exists()


def tell(alarms: Sequence[Alarm], verb: str, now: datetime) -> int:
    """One entry of the log for each person who looks after any of these; how many people that were."""
    told = 0
    for account, person in sorted(people.holding(NODE, ROLES).items()):
        mine = [one for one in alarms if concerns(person, one)]
        if mine:
            told += 1
            _tell(account, mine, verb)
    Alarm.objects.filter(pk__in=[one.pk for one in alarms]).update(told_at=now)
    return told


def concerns(who: Who, alarm: Alarm) -> bool:
    """Whether this person looks after what the alarm is about."""
    if alarm.datastream is None:
        return rights.may_keep_things(who)
    return rights.may_declare(who, alarm.datastream.thing.noun.area_id)


def _tell(account: int, mine: Sequence[Alarm], verb: str) -> None:
    counts = Counter(one.kind for one in mine)
    log.append(
        NODE, verb, data={"account": account, "count": len(mine), "kinds": dict(sorted(counts.items()))}
    )
