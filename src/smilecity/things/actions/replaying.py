# SPDX-License-Identifier: EUPL-1.2
"""Writes: messages kept raw are read again by today's register and stored with their own time, each exactly once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from uuid import UUID

from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Q
from procrastinate.contrib.django import app as queue
from procrastinate.exceptions import AlreadyEnqueued

from smilecity.core import log
from smilecity.core.who import Who
from smilecity.things import facts, rules
from smilecity.things.actions.desk import keeper, lock, normal
from smilecity.things.actions.storing import announcing, keeping
from smilecity.things.codecs import Codec, CodecFailed, Function, SandboxNow, answers
from smilecity.things.models import Device, Uplink
from smilecity.things.rules.feeding import KnownFeed, Result, results_of

REPLAY_LOCK = 0x534D494C70
CHUNK = 400
MOST_REASON = 500

# A message turns only if it is still kept raw, so what is turned twice makes its results once. Of an undecodable one
# some results may have been stored when it came: what the datastream has at that very time is not stored again.
TURN = " ".join(
    f"""
WITH turned AS (
    UPDATE things_uplink AS u SET device_id = g.device, state = g.state, reason = g.reason
    FROM unnest(%s::uuid[], %s::bigint[], %s::smallint[], %s::text[]) AS g (key, device, state, reason)
    WHERE u.key = g.key AND u.state <> {Uplink.STORED}
    RETURNING u.key, u.state
), results AS (
    SELECT nextval('things_observation_id') AS id, r.ds AS datastream_id, r.t AS phenomenon_time, r.result,
        r.value::jsonb AS value
    FROM unnest(%s::uuid[], %s::bigint[], %s::timestamptz[], %s::float8[], %s::text[], %s::bool[])
        AS r (key, ds, t, result, value, again)
    JOIN turned USING (key)
    WHERE NOT (r.again AND EXISTS (
        SELECT FROM things_observation AS o WHERE o.datastream_id = r.ds AND o.phenomenon_time = r.t))
    ORDER BY r.ds, r.t
), stored AS (
    INSERT INTO things_observation (id, datastream_id, phenomenon_time, result, value)
    SELECT id, datastream_id, phenomenon_time, result, value FROM results
), {keeping("results", ("result", "value"))}, {announcing("results")}
SELECT count(*) FILTER (WHERE state = {Uplink.STORED}), count(*) FROM turned
""".split()  # noqa: S608 - of our own parts
)


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many messages were read and stored, and how many still cannot be read."""

    stored: int = 0
    undecodable: int = 0


@dataclass(slots=True)
class _Turn:
    """What becomes of a message."""

    uplink: Uplink
    device: int
    state: int
    reason: str | None
    results: list[Result]


def replay(who: Who, *, eui: str = "", undecodable: bool = False) -> Replayed:
    """Read parked messages (or, if `undecodable`, those no codec could read) of an EUI, or of all registered devices.

    Decoded by the codec and feeds that are registered now, stored with the time they came at; what cannot be read
    stays, with the reason. Each chunk is a transaction of its own, so a replay that was cut off is simply done again.
    Lock: an advisory lock a chunk, so that replays follow one another; then `Latest`'s rows, as the intake takes them.
    """
    keeper(who)
    state = Uplink.UNDECODABLE if undecodable else Uplink.PARKED
    euis = [normal(eui)] if eui else [""] if undecodable else _parked_euis()
    stored = turned = 0
    with SandboxNow() as sandbox:
        for one in euis:
            for uplinks in _chunks(state, one):
                chunk_stored, chunk_turned = _turn(who, _decoded(sandbox, uplinks))
                stored += chunk_stored
                turned += chunk_turned
    return Replayed(stored, turned - stored)


def ask_replay(who: Who, eui: str = "") -> None:
    """Have parked messages (of an EUI, or of all registered devices) read soon, by the queue. Lock: the queue's own."""
    keeper(who)
    _defer(normal(eui) if eui else "")


def parked_soon_read(eui: str) -> None:
    """Queue a replay with the open transaction, if anything of this EUI is parked."""
    if Uplink.objects.filter(state=Uplink.PARKED, eui=eui).exists():
        _defer(eui)


def _defer(eui: str) -> None:
    """Once, however often it is asked for before it begins."""
    task = queue.configure_task("things:replay", queueing_lock=f"things.replay.{eui}", lock="things.replay")
    try:
        with transaction.atomic():
            task.defer(eui=eui)
    except AlreadyEnqueued:
        pass


def _parked_euis() -> list[str]:
    """Of active devices, messages of which are parked."""
    parked = Uplink.objects.filter(state=Uplink.PARKED).values("eui")
    return list(
        Device.objects.filter(active=True, eui__in=parked).order_by("eui").values_list("eui", flat=True)
    )


def _chunks(state: int, eui: str) -> Iterator[list[Uplink]]:
    found = Uplink.objects.filter(state=state, **({"eui": eui} if eui else {})).order_by("received_at", "key")
    rows = list(found[:CHUNK])
    while rows:
        yield rows
        last = rows[-1]
        behind = Q(received_at__gt=last.received_at) | Q(received_at=last.received_at, key__gt=last.key)
        rows = list(found.filter(behind)[:CHUNK])


def _decoded(sandbox: SandboxNow, uplinks: Sequence[Uplink]) -> list[_Turn]:
    """What becomes of those whose device is registered now."""
    devices = {
        one.eui: one
        for one in Device.objects.filter(active=True, eui__in={uplink.eui for uplink in uplinks})
        .select_related("codec")
        .prefetch_related("feeds")
    }
    known = [uplink for uplink in uplinks if uplink.eui in devices]
    codecs = {eui: Codec(device.codec.digest, device.codec.script) for eui, device in devices.items()}
    outputs = sandbox.outputs(
        [
            (
                codecs[one.eui],
                Function.DECODE_UPLINK,
                answers.decode_input(one.f_port, bytes(one.payload), one.received_at),
            )
            for one in known
            if one.payload
        ]
    )
    answered = iter(outputs)
    return [_turned(one, devices[one.eui], next(answered) if one.payload else None) for one in known]


def _turned(uplink: Uplink, device: Device, output: object) -> _Turn:
    """`output` is the codec's answer, or its failure; None if there was nothing to read."""
    if output is None:
        return _Turn(uplink, device.pk, Uplink.STORED, None, [])
    try:
        if isinstance(output, CodecFailed):
            raise output
        data = answers.decoded(output).data
    except CodecFailed as failure:
        return _Turn(uplink, device.pk, Uplink.UNDECODABLE, f"{failure.code}: {failure.sentence}", [])
    feeds = [
        KnownFeed(tuple(feed.field.split(".")), feed.datastream_id, feed.scale, feed.offset)
        for feed in device.feeds.all()
    ]
    results, unusable = results_of(data, feeds)
    if unusable:
        return _Turn(uplink, device.pk, Uplink.UNDECODABLE, f"value.unusable: {', '.join(unusable)}", results)
    return _Turn(uplink, device.pk, Uplink.STORED, None, results)


def _turn(who: Who, turns: list[_Turn]) -> tuple[int, int]:
    """Store them; what the database refuses is found by halves and kept raw."""
    if not turns:
        return 0, 0
    try:
        return _stored(who, turns)
    except (DataError, IntegrityError) as error:
        if len(turns) > 1:
            half = len(turns) // 2
            left, right = _turn(who, turns[:half]), _turn(who, turns[half:])
            return left[0] + right[0], left[1] + right[1]
        if not turns[0].results:
            raise
        reason = f"store.refused: The database refuses the results ({type(error).__name__})."
        return _stored(who, [_Turn(turns[0].uplink, turns[0].device, Uplink.UNDECODABLE, reason, [])])


def _stored(who: Who, turns: list[_Turn]) -> tuple[int, int]:
    results = [(one.uplink, result) for one in turns for result in one.results]
    months = {(at.year, at.month): at for at in (one.received_at.astimezone(UTC) for one, _ in results)}
    with transaction.atomic(), connection.cursor() as cursor:
        lock(REPLAY_LOCK)
        cursor.execute(
            "SELECT things_keep_partition(month) FROM unnest(%s::timestamptz[]) AS month",
            [[*months.values()]],
        )
        cursor.execute(TURN, [*_uplinks(turns), *_results(results)])
        stored, turned = cursor.fetchone() or (0, 0)
        if stored:
            log.append(who, facts.UPLINKS_REPLAYED, data={"count": stored})
        return int(stored), int(turned)


def _uplinks(turns: list[_Turn]) -> list[list[object]]:
    return [
        [one.uplink.key for one in turns],
        [one.device for one in turns],
        [one.state for one in turns],
        [None if one.reason is None else rules.plain(one.reason, MOST_REASON) for one in turns],
    ]


def _results(results: list[tuple[Uplink, Result]]) -> list[list[object]]:
    keys: list[UUID] = [uplink.key for uplink, _ in results]
    return [
        [*keys],
        [result.datastream for _, result in results],
        [uplink.received_at for uplink, _ in results],
        [result.number for _, result in results],
        [result.other for _, result in results],
        [uplink.state == Uplink.UNDECODABLE for uplink, _ in results],
    ]
