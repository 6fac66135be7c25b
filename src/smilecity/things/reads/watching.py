# SPDX-License-Identifier: EUPL-1.2
"""What the watch has found: alarms, odd values, and what it knows of each datastream."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from smilecity.core import clock
from smilecity.core.models import Noun
from smilecity.core.who import Who
from smilecity.people.reads.pseudonyms import pseudonyms
from smilecity.things import rights
from smilecity.things.models import Alarm, Datastream, Watch
from smilecity.things.reads import SEEN, fleet
from smilecity.things.rules.physics import Kind, kind_of
from smilecity.things.rules.watch import BITS, codes

MOST_ALARMS = 300
MOST_PAST = 200
MOST_ODD = 500
MOST_STREAMS = 100
A_WEEK = timedelta(days=7)

ODD = f"""
SELECT o.phenomenon_time, o.flags, o.result FROM things_observation AS o
WHERE o.datastream_id = %(id)s AND o.flags IS NOT NULL
    AND o.phenomenon_time >= %(since)s AND o.phenomenon_time < %(until)s
    AND EXISTS (SELECT FROM things_datastream AS d JOIN core_noun AS n ON n.id = d.thing_id
                WHERE d.id = %(id)s AND {SEEN})
ORDER BY o.phenomenon_time DESC LIMIT %(most)s
"""  # noqa: S608 - of our own parts


@dataclass(frozen=True, slots=True)
class Odd:
    """A value and what is odd about it."""

    at: datetime
    flags: int
    number: float | None


@dataclass(frozen=True, slots=True)
class Watched:
    """A datastream as the watch knows it; `watch` is None while it has never been looked at."""

    stream: Datastream
    kind: Kind
    watch: Watch | None
    odd: dict[str, int]

    @property
    def limits(self) -> tuple[float | None, float | None]:
        """From where to where its values are possible: as people say, else as is known of its kind."""
        if self.watch is not None and self.watch.set_by_people:
            return self.watch.low, self.watch.high
        return self.kind.low, self.kind.high


def alarms(who: Who) -> list[Alarm]:
    """What is wrong now with what this person looks after, what began last first."""
    return list(_alarms(who).filter(until=None).order_by("-since", "id")[:MOST_ALARMS])


def past_alarms(who: Who) -> list[Alarm]:
    """What was wrong within the last week and is well again, what ended last first."""
    ended = _alarms(who).filter(until__gt=clock.now() - A_WEEK)
    return list(ended.order_by("-until", "id")[:MOST_PAST])


def seen_by(who: Who, found: Sequence[Alarm]) -> dict[str, str]:
    """What those are called who have taken note of these, by label; of those who left nothing is said."""
    labels = {one.seen_by for one in found if one.seen_by.startswith("account/")}
    accounts = {int(label.partition("/")[2]): label for label in labels}
    return {accounts[one]: name for one, name in pseudonyms(who, accounts).items()}


def odd_values(
    who: Who, datastream: int, since: datetime, until: datetime, most: int = MOST_ODD
) -> list[Odd]:
    """Odd values of a datastream, the newest first; none of one that is not for the asker."""
    sight = rights.sight(who)
    asked: dict[str, Any] = {
        "id": datastream,
        "since": since,
        "until": until,
        "most": most,
        "all": sight.all,
        "areas": sight.areas,
        "partners": sight.partners,
    }
    with connection.cursor() as cursor:
        cursor.execute(ODD, asked)
        return [Odd(*row) for row in cursor.fetchall()]


def watched(who: Who, key: str) -> tuple[Noun, list[Watched]] | None:
    """The thing at `things/<key>` and its datastreams of numbers as the watch knows them; for those who look after it."""
    noun = fleet.to_declare(who, key)
    if noun is None:
        return None
    now = clock.now()
    streams = Datastream.objects.filter(thing=noun.id, multi=False).select_related(
        "observed_property", "watch"
    )
    return noun, [_watched(who, one, now) for one in streams.order_by("name", "id")[:MOST_STREAMS]]


def datastream_ids(who: Who, key: str = "") -> list[int]:
    """The datastreams of the thing at `things/<key>`, or (empty) of all; for those who keep things."""
    if not rights.may_keep_things(who):
        return []
    found = Datastream.objects.filter(multi=False)
    if key:
        found = found.filter(thing__noun__address=f"things/{key}")
    return list(found.order_by("id").values_list("id", flat=True))


def counted(found: Sequence[Odd]) -> dict[str, int]:
    """How many of these are odd in which way."""
    return {code: count for code in BITS if (count := sum(code in codes(one.flags) for one in found))}


def _watched(who: Who, stream: Datastream, now: datetime) -> Watched:
    observed = stream.observed_property
    kind = kind_of(
        observed.definition if observed else "",
        observed.name if observed else "",
        stream.unit,
        stream.observation_type,
        people=stream.people,
    )
    return Watched(stream, kind, _watch(stream), counted(odd_values(who, stream.id, now - A_WEEK, now)))


def _watch(stream: Datastream) -> Watch | None:
    known: Watch | None = getattr(stream, "watch", None)
    return known


def _alarms(who: Who) -> QuerySet[Alarm]:
    if not rights.may_declare_any(who):
        return Alarm.objects.none()
    related = ("datastream__thing__noun", "datastream__observed_property", "gateway", "connector__state")
    found = Alarm.objects.select_related(*related)
    if rights.may_keep_things(who):
        return found
    mine = Q() if who.holds("steward") else Q(datastream__thing__noun__area__in=who.areas(["steward"]))
    return found.filter(mine, datastream__isnull=False)
