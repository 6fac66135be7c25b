# SPDX-License-Identifier: EUPL-1.2
"""Writes: observations one by one, changed, and gone; and the features they are of.

Lock, of everything here: the datastream's row (key share; for update where it goes), then its row of `Latest`. That
orders these writes against the lines' and against the job that rolls up, see `storing`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from smilecity.core import clock, log
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.things import facts, rights
from smilecity.things.actions import featuring, storing
from smilecity.things.actions.desk import observer
from smilecity.things.actions.recounting import Amount, Gone, locked, recount
from smilecity.things.reads.streams import STREAM, Stream
from smilecity.things.rules.observations import (
    FIRST_GIVEN_ID,
    OLDEST,
    Observation,
    change_of,
    datastream_of,
    gone,
    linked_id,
    observation_of,
    told_apart,
)

CHUNK = 10_000  # observations of one statement

FOUND = """
SELECT datastream_id, phenomenon_time, phenomenon_end, result, value::text, feature, id, result_time, parameters::text,
    valid_start, valid_end, quality::text
FROM things_observation WHERE id = %s
"""
CHANGE = """
UPDATE things_observation SET phenomenon_time = %s, phenomenon_end = %s, result = %s, value = %s::jsonb, feature = %s,
    result_time = %s, parameters = %s::jsonb, valid_start = %s, valid_end = %s, quality = %s::jsonb, flags = NULL
WHERE datastream_id = %s AND phenomenon_time = %s AND id = %s
"""


def create(who: Who, bodies: Iterable[Mapping[str, Any]]) -> list[int]:
    """Store the observations that these bodies of the API describe, all or none; their ids, in order.

    Each links to its datastream, and to its feature by id if to one. One with the id of an observation that is there in
    the same datastream is that one, sent again. Lock: shares of clients' ids, then as above, in order of datastreams.
    """
    observer(who)
    with transaction.atomic(), connection.cursor() as cursor:
        rows = _rows(who, cursor, list(bodies))
        given = [row.id for row in rows if row.id >= FIRST_GIVEN_ID]
        fresh = rows
        if given:
            cursor.execute(storing.LOCK_GIVEN, [given])
            cursor.execute(storing.HELD, [given])
            fresh = told_apart(rows, dict(cursor.fetchall()))
        for row in rows:
            if row.refusal is not None:
                raise row.refusal
        _store(cursor, fresh)
        return [row.id for row in rows]


def take(who: Who, datastream: int, bodies: Sequence[Mapping[str, Any]]) -> tuple[int, dict[int, Refusal]]:
    """Store of these what can be, each by itself: how many are new, and the refusals by their place in the list.

    Each body has an id of a client's, so that what was taken before is not taken again. Lock: as `create`.
    """
    observer(who)
    refused: dict[int, Refusal] = {}
    rows: dict[int, Observation] = {}
    now = clock.now()
    with transaction.atomic(), connection.cursor() as cursor:
        stream = _stream(who, cursor, datastream)
        feature = featuring.feature_of(cursor, stream, rights.sight(who), None)
        for place, body in enumerate(bodies):
            try:
                rows[place] = observation_of(body, datastream, stream.expected, feature, now)
            except Refusal as refusal:
                refused[place] = refusal
        given = [row.id for row in rows.values()]
        cursor.execute(storing.LOCK_GIVEN, [given])
        cursor.execute(storing.HELD, [given])
        fresh = told_apart(list(rows.values()), dict(cursor.fetchall()))
        _store(cursor, fresh)
    refused |= {place: row.refusal for place, row in rows.items() if row.refusal is not None}
    return len(fresh), refused


def change(who: Who, number: int, body: Mapping[str, Any], *, whole: bool = False) -> None:
    """Change an observation: what the body does not name stays, or with `whole` (PUT) is as in a new one.

    It stays in its datastream. Its time may move it to another month.
    """
    observer(who)
    with transaction.atomic(), connection.cursor() as cursor:
        stream, amount, before = _held(who, cursor, number)
        _same_stream(body, stream.id)
        now = clock.now()
        if whole:
            bare = {name: said for name, said in body.items() if name != "@iot.id"}
            after = observation_of(bare, stream.id, stream.expected, before.feature, now)
            after.id = before.id
        else:
            after = change_of(before, body, stream.expected, now)
        if "FeatureOfInterest" in body:
            wanted = linked_id(body["FeatureOfInterest"], "FeatureOfInterest")
            after.feature = featuring.feature_of(cursor, stream, rights.sight(who), wanted)
        _update(cursor, before, after)
        recount(cursor, stream.id, amount, Gone.of([before]), [after])
        log.append(who, facts.OBSERVATION_CHANGED, about=[stream.id], data={"id": number})


def delete(who: Who, number: int) -> None:
    """Delete an observation."""
    observer(who)
    with transaction.atomic(), connection.cursor() as cursor:
        stream, amount, before = _held(who, cursor, number)
        cursor.execute(
            "DELETE FROM things_observation WHERE datastream_id = %s AND phenomenon_time = %s AND id = %s",
            [stream.id, before.start, number],
        )
        recount(cursor, stream.id, amount, Gone.of([before]), [])
        _tell_gone(who, stream.id, 1)


def delete_matching(
    who: Who, datastream: int, condition: str = "true", parameters: Mapping[str, Any] | None = None
) -> int:
    """Delete the datastream's observations of which a condition in SQL holds, all in one transaction; how many.

    `condition` is compiled from a filter, over the alias `o` of an observation, with named `parameters`.
    """
    observer(who)
    statement = f"""
        WITH old AS (
            DELETE FROM things_observation WHERE (datastream_id, phenomenon_time, id) IN (
                SELECT o.datastream_id, o.phenomenon_time, o.id FROM things_observation AS o
                WHERE o.datastream_id = %(datastream)s AND o.phenomenon_time >= %(since)s AND ({condition})
                ORDER BY o.phenomenon_time LIMIT {CHUNK})
            AND datastream_id = %(datastream)s
            RETURNING phenomenon_time, coalesce(phenomenon_end, phenomenon_time) AS last, result_time
        ), stale AS (
            INSERT INTO things_stalehour (datastream_id, start)
            SELECT DISTINCT %(datastream)s::bigint, date_trunc('hour', phenomenon_time, 'UTC') FROM old
            WHERE phenomenon_time < %(rolled_until)s ON CONFLICT DO NOTHING
        ) SELECT count(*), max(phenomenon_time), max(last), min(result_time), max(result_time) FROM old
    """  # noqa: S608 - the condition is compiled, its values are parameters
    with transaction.atomic(), connection.cursor() as cursor:
        stream = _stream(who, cursor, datastream)
        amount = locked(cursor, stream.id)
        total = Gone()
        since = (
            OLDEST  # each chunk goes on where the last ended: what it has deleted is not walked over again
        )
        while True:
            values = {"datastream": stream.id, "rolled_until": amount.rolled_until, "since": since}
            cursor.execute(statement, {**(parameters or {}), **values})
            count, reached, *extremes = cursor.fetchone() or (0, OLDEST, None, None, None)
            total = total.and_also(Gone(count, *extremes))
            if count < CHUNK:
                break
            since = reached
        if total.count:
            recount(cursor, stream.id, amount, total, [])
            _tell_gone(who, stream.id, total.count)
        return total.count


def forget_datastream(cursor: CursorWrapper, datastream: int) -> None:
    """Delete all that was observed in a datastream which is about to go, in the caller's transaction.

    A line that writes to it meanwhile comes first and is deleted here, or comes second and finds no datastream.
    """
    cursor.execute("SELECT FROM things_datastream WHERE id = %s FOR UPDATE", [datastream])
    cursor.execute("SELECT FROM things_latest WHERE datastream_id = %s FOR UPDATE", [datastream])
    for table in ("observation", "hour", "stalehour", "featured", "latest"):
        cursor.execute(f"DELETE FROM things_{table} WHERE datastream_id = %s", [datastream])  # noqa: S608 - ours


def forget_feature(cursor: CursorWrapper, feature: int) -> None:
    """Delete all observations of a feature which is about to go, in the caller's transaction.

    The datastreams' areas are then those of the features that are left. Lock: each datastream's row of `Latest` (made if
    there is none yet) before its link to the feature goes. Whoever stores an observation of the feature meanwhile has
    that row first and is waited for, or has it after us and finds the link gone (`storing.FEATURED`).
    """
    cursor.execute(
        "SELECT datastream_id FROM things_featured WHERE feature_id = %s ORDER BY datastream_id", [feature]
    )
    datastreams = [number for (number,) in cursor.fetchall()]
    for datastream in datastreams:
        # Its area will be written: the row is locked before that of `Latest`, as everywhere.
        cursor.execute("SELECT FROM things_datastream WHERE id = %s FOR NO KEY UPDATE", [datastream])
        cursor.execute(
            "INSERT INTO things_latest (datastream_id) VALUES (%s) ON CONFLICT DO NOTHING", [datastream]
        )
        amount = locked(cursor, datastream)
        cursor.execute(
            "DELETE FROM things_observation WHERE datastream_id = %s AND feature = %s"
            " RETURNING phenomenon_time, phenomenon_end, result_time",
            [datastream, feature],
        )
        rows = [
            Observation(datastream, start, end, result_time=result_time)
            for start, end, result_time in cursor.fetchall()
        ]
        if rows:
            recount(cursor, datastream, amount, Gone.of(rows), [])
    cursor.execute("DELETE FROM things_featured WHERE feature_id = %s", [feature])
    for datastream in datastreams:
        cursor.execute(featuring.AREA, {"datastream": datastream})


def _rows(who: Who, cursor: CursorWrapper, bodies: list[Mapping[str, Any]]) -> list[Observation]:
    now, sight = clock.now(), rights.sight(who)
    linked = [datastream_of(body) for body in bodies]
    streams = {number: _stream(who, cursor, number) for number in sorted({number for number, _ in linked})}
    rows = []
    for body, (number, multi) in zip(bodies, linked, strict=True):
        stream = streams[number]
        if stream.multi != multi:
            raise gone()
        said = body.get("FeatureOfInterest")
        wanted = None if said is None else linked_id(said, "FeatureOfInterest")
        feature = featuring.feature_of(cursor, stream, sight, wanted)
        rows.append(observation_of(body, number, stream.expected, feature, now))
    return rows


def _stream(who: Who, cursor: CursorWrapper, datastream: int) -> Stream:
    cursor.execute(f"{STREAM} FOR KEY SHARE OF d", [datastream])
    row = cursor.fetchone()
    stream = Stream.of(row) if row else None
    if stream is None or not stream.seen_by(rights.sight(who)):
        raise gone()
    return stream


def _held(who: Who, cursor: CursorWrapper, number: int) -> tuple[Stream, Amount, Observation]:
    """The observation as it is under the lock; it may have gone, but not to another datastream, before that."""
    cursor.execute(FOUND, [number])
    row = cursor.fetchone()
    if row is None:
        raise _no_such()
    try:
        stream = _stream(who, cursor, row[0])
    except Refusal as refusal:
        raise _no_such() from refusal
    amount = locked(cursor, stream.id)
    cursor.execute(FOUND, [number])
    row = cursor.fetchone()
    if row is None:
        raise _no_such()
    return stream, amount, Observation(*row)


def _no_such() -> Refusal:
    return Refusal("entity.not-found", "There is no such observation.", cure="Check its id.", status=404)


def _same_stream(body: Mapping[str, Any], datastream: int) -> None:
    for name in ("Datastream", "MultiDatastream"):
        if name in body and linked_id(body[name], name) != datastream:
            raise Refusal(
                "entity.bad-property",
                "An observation stays in its datastream.",
                cure="Delete it, and make another there.",
                field=name,
                status=422,
            )


def _store(cursor: CursorWrapper, rows: list[Observation]) -> None:
    waiting = [row for row in rows if not row.id]
    if waiting:
        cursor.execute(storing.DRAW_IDS, [len(waiting)])
        for row, (number,) in zip(waiting, cursor.fetchall(), strict=True):
            row.id = number
    for month in {(row.start.year, row.start.month): row.start for row in rows}.values():
        cursor.execute("SELECT things_keep_partition(%s)", [month])
    if rows:
        cursor.execute(storing.STORE, storing.parameters(rows))


def _update(cursor: CursorWrapper, before: Observation, after: Observation) -> None:
    cursor.execute("SELECT things_keep_partition(%s)", [after.start])
    cursor.execute(
        CHANGE,
        [
            after.start,
            after.end,
            after.number,
            after.value,
            after.feature,
            after.result_time,
            after.parameters,
            after.valid_start,
            after.valid_end,
            after.quality,
            before.datastream,
            before.start,
            before.id,
        ],
    )


def _tell_gone(who: Who, datastream: int, count: int) -> None:
    log.append(who, facts.OBSERVATIONS_GONE, about=[datastream], data={"count": count})
