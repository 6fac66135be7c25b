# SPDX-License-Identifier: EUPL-1.2
"""$batch: several calls in one, as JSON or multipart; a change set is done whole or not at all.

One after the other, each with the right of whoever sent the batch. What is wrong with one part is told in its own
answer, and the others are done all the same.
"""

import secrets
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import psycopg
import structlog

from smilecity.core.asgi import unexpected
from smilecity.core.problems import Refusal
from smilecity.things.api import multipart, parts, references, writing
from smilecity.things.api.calls import JSON, Call, Reply
from smilecity.things.api.parts import Part

if TYPE_CHECKING:
    from smilecity.things.api.service import SensorThings

MOST_ANSWERED = 32 << 20  # bytes of all answers together
MOST_SECONDS = 60.0

log = structlog.get_logger("sensorthings.batch")


async def reply(service: "SensorThings", call: Call) -> Reply:
    """Answer each part."""
    if call.method != "POST":
        raise Refusal("request.method", "$batch answers POST.", status=405)
    media = call.headers.get("content-type", JSON)
    if media.lower().startswith("multipart/"):
        given = multipart.read(call.body, multipart.boundary_of(media))
        return Reply(200, *multipart.write(await Batch(service, call).answer(given)))
    if media.split(";")[0].strip().lower() != JSON:
        raise Refusal(
            "batch.media",
            "A batch is sent as application/json or multipart/mixed.",
            cure="Say which by the Content-Type.",
            field="content-type",
            status=415,
        )
    return Reply(200, parts.write(await Batch(service, call).answer(parts.read(call.body))))


class Batch:
    """One batch being done: what its parts made, and what has failed."""

    def __init__(self, service: "SensorThings", call: Call) -> None:
        self._service = service
        self._call = call
        self._made = references.Made(call.base)
        self._failed: set[str] = set()
        self._known: set[str] = set()
        self._answered = 0
        self._until = time.monotonic() + MOST_SECONDS

    async def answer(self, given: Sequence[Part]) -> list[tuple[Part, Reply]]:
        """The parts in the order they came, each with its answer."""
        answers: dict[int, Reply] = {}
        self._look_for_twins(given)
        for members in _together(given):
            group = given[members[0]].group
            several = [given[one] for one in members]
            replies = await (self._whole(several) if group else self._each(several))
            self._remember(several, replies)
            answers.update(zip(members, replies, strict=True))
        return [(part, answers[number]) for number, part in enumerate(given)]

    def _look_for_twins(self, given: Sequence[Part]) -> None:
        names: set[str] = set()
        for part in given:
            if part.id and part.id in names and part.fault is None:
                part.fault = parts.malformed("id", f"Another part is named {part.id!r} too.")
            names.add(part.id)

    def _remember(self, several: Sequence[Part], replies: Sequence[Reply]) -> None:
        """What a part made, and what failed; who was not known before cannot be depended on."""
        for part, reply in zip(several, replies, strict=True):
            self._known |= {part.id, part.group}
            self._answered += len(reply.body)
            if reply.status >= 400:
                self._failed |= {part.id, part.group}
            elif part.id:
                self._made.keep(part.id, reply)

    async def _each(self, several: Sequence[Part]) -> list[Reply]:
        return [await self._one(part) for part in several]

    async def _one(self, part: Part) -> Reply:
        try:
            self._may_be_done(part)
            return await self._service.reply(self._made.put_into(self._call_of(part)))
        except Exception as error:  # noqa: BLE001 - whatever it is, the other parts are done
            return Reply.of(_refusal_of(error, part))

    async def _whole(self, several: Sequence[Part]) -> list[Reply]:
        """A change set, in one transaction. If one part fails nothing is kept, and the others say so."""
        calls: list[Call] = []
        try:
            for part in several:
                self._may_be_done(part)
                if part.method in ("GET", "HEAD"):
                    raise parts.malformed(part.id or part.group, "A change set only writes.")
                calls.append(self._call_of(part))
        except Refusal as fault:
            return _undone(several, len(calls), fault)
        resolve = self._resolver(several)
        try:
            return await self._service.in_thread(lambda: writing.write_all(calls, resolve))
        except writing.ChangeSetFailed as failure:
            return _undone(several, failure.index, failure.refusal)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other parts are done
            return _undone(several, 0, _refusal_of(error, several[0]))

    def _resolver(self, several: Sequence[Part]) -> writing.Resolve:
        """What puts in the ids of what was made before a call, in its change set or earlier."""
        made = self._made.copy()

        def resolve(index: int, call: Call, done: Sequence[Reply]) -> Call:
            if index and several[index - 1].id:
                made.keep(several[index - 1].id, done[index - 1])
            return made.put_into(call)

        return resolve

    def _may_be_done(self, part: Part) -> None:
        if part.fault is not None:
            raise part.fault
        for name in part.after:
            if name not in self._known and name != part.group:
                raise parts.malformed("dependsOn", f"No part before this one is named {name!r}.")
            if name in self._failed:
                raise Refusal("batch.depends", f"{name!r}, on which this depends, was not done.", status=424)
        if self._answered > MOST_ANSWERED or time.monotonic() > self._until:
            raise Refusal(
                "batch.too-much",
                "The batch asks for too much.",
                cure="Send this part in another one.",
                status=413,
            )

    def _call_of(self, part: Part) -> Call:
        path, query = references.address(part.url, self._call.base)
        if path.rstrip("/") == "/$batch":
            raise parts.malformed(part.id, "A batch is no part of a batch.")
        return Call(
            part.method, path.rstrip("/"), query, part.body, part.headers, self._call.who, self._call.base
        )


def _together(given: Sequence[Part]) -> list[list[int]]:
    """The numbers of the parts in the order to do them: a change set at the place of its first."""
    groups: dict[str, list[int]] = {}
    order: list[list[int]] = []
    for number, part in enumerate(given):
        if part.group and part.group in groups:
            groups[part.group].append(number)
            continue
        order.append([number])
        if part.group:
            groups[part.group] = order[-1]
    return order


def _undone(several: Sequence[Part], at: int, fault: Refusal) -> list[Reply]:
    other = Refusal(
        "batch.undone",
        "Another part of this change set failed, so this one was not done either.",
        cure="Correct that part and send the change set again.",
        status=424,
    )
    return [Reply.of(fault if number == at else other) for number in range(len(several))]


def _refusal_of(error: Exception, part: Part) -> Refusal:
    """What the sender of a part is told; everything that is no refusal goes into the operator's log."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, psycopg.OperationalError):
        log.error("database away", error=type(error).__name__)
        return Refusal(
            "node.database-away", "This cannot be done now.", cure="Send it again soon.", status=503
        )
    number = secrets.token_hex(4)
    log.error("part failed", number=number, method=part.method, exc_info=error)
    return unexpected(number)
