# SPDX-License-Identifier: EUPL-1.2
"""GETs of SensorThings, asked within the test's own transaction; and things, seen and hidden, to ask for."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import psycopg
from django.db import connection

from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE, Role, Who
from smilecity.space.actions import keep_area
from smilecity.things.api import reading
from smilecity.things.api.calls import Call, Reply
from smilecity.things.models import Datastream, Featured, FeatureOfInterest, Thing
from smilecity.things.reads.sensorthings import running
from tests.things.stage import NOON, stream, thing

BASE = "https://city.example/sensorthings/v1.1"
PARTNER = Who("key/1", scopes=frozenset({"read-partners"}))
INSIDER = Who("key/2", scopes=frozenset({"read-internal"}))
OPERATOR = Who("account/9", account=9, roles=frozenset({Role("operator")}))


class _Cursor:
    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self.pgresult = cursor.pgresult

    async def fetchall(self) -> list[Any]:
        return list(self._cursor.fetchall())


class _Connection:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def execute(self, query: str, values: Any = None, **_options: Any) -> _Cursor:
        with self._connection.transaction():
            return _Cursor(self._connection.cursor().execute(query, values))

    async def execute_numbered(self, query: str, values: Any) -> _Cursor:
        with self._connection.transaction():
            return _Cursor(psycopg.RawCursor(self._connection).execute(query, values))


class BorrowedPool:
    """Django's connection in the shape of the pool that the door has, so that a test's rows need not be committed."""

    def __init__(self) -> None:
        connection.ensure_connection()
        self._connection = connection.connection

    @asynccontextmanager
    async def connection(self, **_options: Any) -> AsyncIterator[_Connection]:
        """The one connection."""
        with patch.object(running, "execute", _Connection.execute_numbered):
            yield _Connection(self._connection)


def reply(path: str, query: str = "", who: Who = ANYONE, **headers: str) -> Reply:
    """The reply as the service gives it. Raises `Refusal`."""
    call = Call("GET", path, quote(query, safe="%$=&()/;:,'!*+"), headers=headers, who=who, base=BASE)
    return asyncio.run(reading.reply(SimpleNamespace(pool=BorrowedPool(), mqtt_endpoints=()), call))  # type: ignore[arg-type]


def get(path: str, query: str = "", who: Who = ANYONE) -> Any:
    """What is answered, read as JSON."""
    return json.loads(reply(path, query, who).body)


def follow(link: str, who: Who = ANYONE) -> Any:
    """What is answered at an address out of an answer."""
    path, _, query = link.removeprefix(BASE).partition("?")
    return get(path, query, who)


def pages(path: str, query: str, who: Who = ANYONE) -> list[list[Any]]:
    """All pages of a list, by their links."""
    answer = get(path, query, who)
    found = [answer["value"]]
    while "@iot.nextLink" in answer:
        answer = follow(answer["@iot.nextLink"], who)
        found.append(answer["value"])
        assert len(found) < 200
    return found


def refused(path: str, query: str = "", who: Who = ANYONE) -> Refusal:
    """What is refused."""
    try:
        answered = reply(path, query, who)
    except Refusal as refusal:
        return refusal
    raise AssertionError(answered.body)


def ids(answer: Any) -> list[int]:
    """The ids of a list."""
    return [one["@iot.id"] for one in answer["value"]]


def observe(
    ds: Datastream,
    *values: tuple[datetime, Any],
    feature: FeatureOfInterest | None = None,
    result_time: datetime | None = None,
) -> None:
    """Observations, and what all of the datastream's amount to, counted anew."""
    with connection.cursor() as cursor:
        for at, value in values:
            number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
            other = None if number is not None else json.dumps(value)
            cursor.execute("SELECT things_keep_partition(%s)", [at])
            cursor.execute(
                "INSERT INTO things_observation (datastream_id, phenomenon_time, result, value, feature, result_time)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                [ds.id, at, number, other, feature.id if feature else None, result_time],
            )
        cursor.execute(_AMOUNTS, [ds.id])
    if feature:
        Featured.objects.get_or_create(datastream=ds, feature=feature)


_AMOUNTS = """
INSERT INTO things_latest (datastream_id, observation, phenomenon_time, result, value, feature, result_time,
    count, first_time, last_time, first_result_time, last_result_time)
SELECT datastream_id, id, phenomenon_time, result, value, feature, result_time, count(*) OVER all_of,
    min(phenomenon_time) OVER all_of, max(phenomenon_time) OVER all_of,
    min(result_time) OVER all_of, max(result_time) OVER all_of
FROM things_observation WHERE datastream_id = %s
WINDOW all_of AS (PARTITION BY datastream_id)
ORDER BY phenomenon_time DESC, id DESC LIMIT 1
ON CONFLICT (datastream_id) DO UPDATE SET observation = excluded.observation,
    phenomenon_time = excluded.phenomenon_time, result = excluded.result, value = excluded.value,
    feature = excluded.feature, result_time = excluded.result_time, count = excluded.count,
    first_time = excluded.first_time, last_time = excluded.last_time,
    first_result_time = excluded.first_result_time, last_result_time = excluded.last_result_time
"""


@dataclass
class Town:
    """Things by who sees them: `open` has a datastream for everyone, one for partners and one for insiders."""

    open: Thing
    closed: Thing
    public: Datastream
    partners: Datastream
    internal: Datastream
    hidden: Datastream
    area: int

    @property
    def steward(self) -> Who:
        """A steward of the closed thing's area."""
        return Who("account/7", account=7, roles=frozenset({Role("steward", self.area)}))


def town() -> Town:
    """The open thing and one that only insiders and its area's steward see, hidden names and places on it."""
    box = {"type": "Polygon", "coordinates": [[[12, 54], [13, 54], [13, 55], [12, 55], [12, 54]]]}
    area = keep_area(NODE, "district", "d1", {"de": "Hafen"}, box).noun_id
    seen = thing("open", geo={"type": "Point", "coordinates": [12.1, 54.1]}, area=area)
    unseen = thing(
        "closed", geo={"type": "Point", "coordinates": [12.2, 54.2]}, area=area, visibility="internal"
    )
    made = Town(
        seen,
        unseen,
        stream("public", seen),
        stream("partners", seen),
        stream("secret", seen, visibility="internal"),
        stream("secret too", unseen),
        area,
    )
    Datastream.objects.filter(id=made.partners.id).update(visibility="partners")
    return made


def hourly(count: int, first: float = 0.0) -> list[tuple[datetime, float]]:
    """Numbers, one an hour."""
    return [(NOON + timedelta(hours=number), first + number) for number in range(count)]


def measured_town() -> Town:
    """The town, with three observations in each datastream, of a feature each."""
    made = town()
    for number, ds in enumerate((made.public, made.partners, made.internal, made.hidden)):
        place = {"type": "Point", "coordinates": [12.1, 54.1]}
        feature = FeatureOfInterest.objects.create(name=f"feature {ds.name}", feature=place)
        observe(ds, *hourly(3, 10.0 * number), feature=feature)
    return made
