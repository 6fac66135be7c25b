# SPDX-License-Identifier: EUPL-1.2
"""POST of observations: those that arrive during a commit share the next one."""

import re
from typing import TYPE_CHECKING, Any

import orjson
import psycopg
import structlog

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.things import rights
from smilecity.things.actions import featuring
from smilecity.things.actions.desk import observer
from smilecity.things.api.arrays import Group, read_groups
from smilecity.things.api.calls import Call, Reply
from smilecity.things.intake import observations
from smilecity.things.intake.line import busy
from smilecity.things.intake.streams import Streams
from smilecity.things.reads.streams import Stream
from smilecity.things.rules.observations import (
    LINKS,
    Observation,
    datastream_of,
    gone,
    linked_id,
    observation_of,
)

if TYPE_CHECKING:
    from smilecity.things.api.service import SensorThings

WAY = re.compile(r"/(Multi)?Datastreams\((\d{1,16})\)/Observations")
NOT_JSON = "The body is not JSON in UTF-8."

log = structlog.get_logger("observing")


class ObservationLine(observations.ObservationLine):
    """The flusher of observations that came by the API, and what it knows of their datastreams."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.streams = Streams()

    def heard(self, verbs: set[str]) -> None:
        """Forget what these log entries may have changed."""
        self.streams.heard(verbs)


async def reply(service: "SensorThings", call: Call) -> Reply | None:
    """Answer a POST of an observation or to CreateObservations; None if the call is something else.

    An observation that brings its feature with it is something else: the feature is made first.
    """
    if call.method != "POST":
        return None
    arrays = call.path == "/CreateObservations"
    under = None if arrays or call.path == "/Observations" else WAY.fullmatch(call.path)
    if not arrays and under is None and call.path != "/Observations":
        return None
    observer(call.who)
    try:
        return await (_arrays(service, call) if arrays else _one(service, call, under))
    except psycopg.OperationalError as error:
        log.error("database away", error=type(error).__name__)
        raise busy() from error


async def _one(service: "SensorThings", call: Call, under: "re.Match[str] | None") -> Reply | None:
    body = _json(call.body)
    if not isinstance(body, dict):
        raise Refusal("request.not-an-object", "An observation is a JSON object.", status=400)
    for name in LINKS:
        if name in body and _is_inline(body[name]):
            return None
    number, multi = (int(under[2]), under[1] is not None) if under else datastream_of(body)
    row = await _stored(service, call.who, body, number, multi)
    if row.refusal is not None and row.refusal.field == "FeatureOfInterest":
        # It went meanwhile. One that was named is refused in the second try, another is made where none was.
        row = await _stored(service, call.who, body, number, multi)
    if row.refusal is not None:
        raise row.refusal
    link = f"{call.base}/Observations({row.id})"
    said = b'{"@iot.id":%d,"@iot.selfLink":%b}' % (row.id, orjson.dumps(link))
    return Reply(201, said, headers=[(b"location", link.encode())])


async def _stored(
    service: "SensorThings", who: Who, body: dict[str, Any], number: int, multi: bool
) -> Observation:
    """The observation after the commit that holds it; with a `refusal` if none does."""
    streams = service.line.streams
    stream = _seen(who, streams.known(number) or await streams.stream(service.pool, number), multi)
    named = body.get("FeatureOfInterest")
    known = named is None and stream.settled
    feature = stream.feature if known else await _feature(service, who, stream, named)
    row = observation_of(body, number, stream.expected, feature, clock.now())
    await service.line.put([row])
    if row.refusal is not None:
        streams.forget(number, feature)
    return row


async def _arrays(service: "SensorThings", call: Call) -> Reply:
    """CreateObservations (18-088, 13.2): the links of the new observations, or why one is none, in order."""
    groups = read_groups(_json(call.body))
    ready = [await _prepared(service, call.who, group) for group in groups]
    made = [one for group in ready for one in group]
    rows = [one for one in made if not isinstance(one, str)]
    if rows:
        await service.line.put(rows)
        for row in rows:
            if row.refusal is not None:
                service.line.streams.forget(row.datastream, row.feature)
    before = f"{call.base}/Observations("
    said = [
        one
        if isinstance(one, str)
        else f"{before}{one.id})"
        if one.refusal is None
        else f"error: {one.refusal.sentence}"
        for one in made
    ]
    return Reply(201, orjson.dumps(said))


async def _prepared(service: "SensorThings", who: Who, group: Group) -> list[Observation | str]:
    """The group's rows read; a sentence in place of one that is at fault."""
    try:
        found = await service.line.streams.stream(service.pool, group.datastream)
        stream = _seen(who, found, group.multi)
        features = {one: await _tried_feature(service, who, stream, one) for one in group.features()}
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        return [f"error: {refusal.sentence}"] * len(group.rows)
    return group.observations(stream.expected, features, clock.now())


async def _tried_feature(
    service: "SensorThings", who: Who, stream: Stream, wanted: int | None
) -> int | Refusal | None:
    try:
        return await _feature(service, who, stream, None if wanted is None else {"@iot.id": wanted})
    except Refusal as refusal:
        return refusal


def _seen(who: Who, stream: Stream | None, multi: bool) -> Stream:
    """The datastream, if it is of this kind and there for whoever asks."""
    if stream is None or stream.multi != multi:
        raise gone()
    if not stream.public and not stream.seen_by(rights.sight(who)):
        raise gone()
    return stream


async def _feature(service: "SensorThings", who: Who, stream: Stream, said: Any) -> int | None:
    """The feature's id; a datastream meets each of its features once, on a thread."""
    if said is None:
        if stream.settled:
            return stream.feature
        wanted = None
    else:
        wanted = linked_id(said, "FeatureOfInterest")
        if await service.line.streams.has(service.pool, stream.id, wanted):
            return wanted
    made = await service.in_thread(lambda: featuring.feature_for(who, stream.id, wanted))
    service.line.streams.forget(stream.id)
    return made


def _is_inline(said: Any) -> bool:
    return isinstance(said, dict) and "@iot.id" not in said and "id" not in said


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise Refusal("request.not-json", f"{NOT_JSON} {error}", cure="Send JSON.", status=400) from error
