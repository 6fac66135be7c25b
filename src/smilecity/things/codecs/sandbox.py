# SPDX-License-Identifier: EUPL-1.2
"""Vendors' scripts, run where they can do no harm.

Why a child process, and not a thread: quickjs-ng lets go of the GIL while a script runs and stops an endless
loop or a catastrophic regular expression by its time limit. But it looks at the clock only between steps, not
inside its native ones: `Array(1e9).join("x")`, `[].reverse.call({length: 2**53 - 1})`, `indexOf` of a long
text or the binding's own reading of a thrown object's endless `toString` run on past the limit, for ever if
they like. Nothing inside the process can stop these; killing a process can.

The child (9 MiB PSS with five codecs, 19 with all slots warm; 20 ms to start) imports the engine and nothing
else, and is started at the first decode.
A request costs its caller some 25 us, of which writes are shared by all that arrive in one turn of the
loop; it costs the child about 60 us with a usual script. Codecs that took too long go, for a
while, to a second child that takes one message at a time, so that they delay each other only.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import orjson

from smilecity.things.codecs import answers
from smilecity.things.codecs.answers import (
    INPUT_BYTES,
    SCRIPT_BYTES,
    Codec,
    CodecFailed,
    Decoded,
    Downlink,
    Function,
    Normalized,
    failed,
)
from smilecity.things.codecs.lane import Lane, Request

WINDOW = 256  # requests in the swift child's hands
WAITING = 20_000
SUSPECT_SECONDS = 60.0
SUSPECTS = 1000
SUSPECT_PATIENCE = 0.1  # with the deadline of the one before it, an answer comes within 0.4 s


class Sandbox:
    """Runs codecs off the event loop. Use it from one event loop; `close` it (or use `with`) at the end.

    Every call answers or raises `CodecFailed` within 0.4 s, whatever the script does. A call sees nothing of
    the calls before it: not variables, declared or not, and not changes to built-in objects.
    """

    def __init__(self) -> None:
        self._suspects: OrderedDict[str, float] = OrderedDict()  # codec id -> until when
        self._swift = Lane(WINDOW, float("inf"), self._route_all, self._suspect)
        self._slow = Lane(1, SUSPECT_PATIENCE, self._route_all, self._suspect)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the children. Calls under way are refused; a later call starts a child again."""
        self._swift.close()
        self._slow.close()

    @property
    def pids(self) -> tuple[int, ...]:
        """The children that run now."""
        return tuple(pid for lane in (self._swift, self._slow) if (pid := lane.pid) is not None)

    async def decode_uplink(
        self, codec: Codec, f_port: int, payload: bytes, recv_time: datetime | None = None
    ) -> Decoded:
        """Decode what a device sent. `recv_time` reaches the script as a Date; a naive one is UTC."""
        body = answers.decode_input(f_port, payload, recv_time)
        return answers.decoded(await self.output(codec, Function.DECODE_UPLINK, body))

    async def normalize_uplink(self, codec: Codec, data: Mapping[str, Any]) -> Normalized:
        """Put decoded data into the network's common vocabulary, if the script can."""
        body = answers.data_input(data)
        return answers.normalized(await self.output(codec, Function.NORMALIZE_UPLINK, body))

    async def encode_downlink(self, codec: Codec, data: Mapping[str, Any]) -> Downlink:
        """The bytes that tell the device `data`."""
        body = answers.data_input(data)
        return answers.downlink(await self.output(codec, Function.ENCODE_DOWNLINK, body))

    async def decode_downlink(self, codec: Codec, f_port: int, payload: bytes) -> Decoded:
        """What a downlink says; the inverse of `encode_downlink`."""
        body = answers.decode_input(f_port, payload, None)
        return answers.decoded(await self.output(codec, Function.DECODE_DOWNLINK, body))

    async def output(self, codec: Codec, function: Function, body: bytes) -> Any:
        """The script's answer as it gave it, parsed from JSON; `body` is its input as JSON."""
        if len(body) > INPUT_BYTES or len(codec.script) > SCRIPT_BYTES:
            raise failed("codec.too-big")
        if len(self._swift) + len(self._slow) >= WAITING:
            raise failed("codec.busy")
        loop = asyncio.get_running_loop()
        request = Request(codec, function, body, loop.create_future(), loop.time())
        self._route(request)
        text = await request.future
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:  # nested too deep, or half a surrogate pair
            raise failed("codec.not-json") from None

    def _route(self, request: Request) -> None:
        lane = self._swift
        if self._suspects:
            until = self._suspects.get(request.codec.id)
            if until is not None and until > request.future.get_loop().time():
                lane = self._slow
        lane.add(request)

    def _route_all(self, requests: list[Request]) -> None:
        for request in requests:
            self._route(request)

    def _suspect(self, codec: Codec) -> None:
        self._suspects[codec.id] = asyncio.get_running_loop().time() + SUSPECT_SECONDS
        self._suspects.move_to_end(codec.id)
        if len(self._suspects) > SUSPECTS:
            self._suspects.popitem(last=False)


Call = tuple[Codec, Function, bytes]


class SandboxNow:
    """The same sandbox for a thread without an event loop (the importer), with the same limits."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._sandboxes = (Sandbox(), Sandbox())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for sandbox in self._sandboxes:
            sandbox.close()
        self._runner.close()

    def outputs(self, calls: Sequence[Call]) -> list[Any]:
        """For each call, in order, the script's answer, or the `CodecFailed` that took its place."""
        return self._runner.run(self._outputs(calls))

    def decode_now(
        self, codec: Codec, f_port: int, payload: bytes, recv_time: datetime | None = None
    ) -> Decoded:
        """`Sandbox.decode_uplink`, waited for."""
        return self._runner.run(self._sandboxes[0].decode_uplink(codec, f_port, payload, recv_time))

    async def _outputs(self, calls: Sequence[Call]) -> list[Any]:
        """Calls of one codec go to one child, and one after the other: the next learns of an offence."""
        queues: dict[str, list[int]] = {}
        for at, (codec, _, _) in enumerate(calls):
            queues.setdefault(codec.id, []).append(at)
        results: list[Any] = [None] * len(calls)

        async def work(sandbox: Sandbox, places: list[int]) -> None:
            for at in places:
                try:
                    results[at] = await sandbox.output(*calls[at])
                except CodecFailed as problem:
                    results[at] = problem

        await asyncio.gather(
            *(work(self._sandboxes[i % 2], places) for i, places in enumerate(queues.values()))
        )
        return results
