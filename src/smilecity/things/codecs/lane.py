# SPDX-License-Identifier: EUPL-1.2
"""One child process and the line of requests before it.

Requests are answered in order, so the first unanswered one is the one being worked on: when the child dies
or misses the deadline, it is known whose fault it is. Everything else goes back to the sandbox.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import subprocess
import sys
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from smilecity.things.codecs import child
from smilecity.things.codecs.answers import Codec, Function, failed

DEADLINE = 0.25  # seconds for one request; the child's own limit (0.1 s of CPU) nearly always comes first
START_DEADLINE = 10.0
SLOTS = 48
SCRIPTS_BYTES = 8 << 20  # of all scripts that are warm in one child
READ_BYTES = 1 << 16

CODES = {
    child.TIMEOUT: "codec.timeout",
    child.MEMORY: "codec.memory",
    child.THREW: "codec.threw",
    child.NO_FUNCTION: "codec.no-function",
    child.NOT_JSON: "codec.not-json",
    child.TOO_BIG: "codec.too-big",
}


@dataclass(slots=True, eq=False)
class Request:
    """One call under way. `crashes`: how often the child died over it."""

    codec: Codec
    function: Function
    body: bytes
    future: asyncio.Future[bytes]
    born: float
    crashes: int = 0

    def refuse(self, code: str, told: str = "") -> None:
        """End the call with the refusal of this code."""
        if not self.future.done():
            self.future.set_exception(failed(code, told))


class Slots:
    """Which scripts the child holds, the least recently used going first."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, tuple[int, int]] = OrderedDict()  # codec id -> slot, bytes
        self._free = list(range(SLOTS))
        self._bytes = 0

    def take(self, codec: Codec) -> tuple[int, bytes]:
        """The slot of this codec, and its script if the child does not have it yet."""
        if codec.id in self._held:
            self._held.move_to_end(codec.id)
            return self._held[codec.id][0], b""
        script = codec.script.encode("utf-8", "replace") or b" "
        while not self._free or (self._held and self._bytes + len(script) > SCRIPTS_BYTES):
            slot, size = self._held.popitem(last=False)[1]
            self._free.append(slot)
            self._bytes -= size
        slot = self._free.pop()
        self._held[codec.id] = (slot, len(script))
        self._bytes += len(script)
        return slot, script


class Lane:
    """`window`: how many requests the child may hold at once. `patience`: after how many seconds of waiting
    a request is refused. `lost`: takes back what a dead child left unanswered, except the one at fault.
    `offends`: is told which codec took too long, too much, or brought the child down.
    """

    def __init__(
        self,
        window: int,
        patience: float,
        lost: Callable[[list[Request]], None],
        offends: Callable[[Codec], None],
    ) -> None:
        self._window, self._patience, self._lost, self._offends = window, patience, lost, offends
        self._waiting: deque[Request] = deque()
        self._sent: deque[Request] = deque()
        self._process: subprocess.Popen[bytes] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._pumping = False

    def __len__(self) -> int:
        return len(self._waiting) + len(self._sent)

    @property
    def pid(self) -> int | None:
        """The child, if it runs."""
        return None if self._process is None else self._process.pid

    def add(self, request: Request) -> None:
        """Put a request at the end of the line."""
        self._waiting.append(request)
        if not self._pumping:  # all that arrives in this turn of the loop shares one write
            self._pumping = True
            request.future.get_loop().call_soon(self._pump)

    def close(self) -> None:
        """End the child and refuse what waits."""
        for request in self._stop():
            request.refuse("codec.crashed")

    # -- the child ---------------------------------------------------------------------------------

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        engine = importlib.util.find_spec("_quickjs")
        if engine is None or engine.origin is None:
            raise FileNotFoundError("quickjs-ng is not installed")
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-B", child.__file__, str(Path(engine.origin).parent)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={"TZ": "UTC", "LC_ALL": "C.UTF-8"},
            cwd="/",
            process_group=0,  # a Ctrl-C is for the parent, who then ends the child
        )
        assert process.stdin is not None and process.stdout is not None
        self._process, self._loop = process, loop
        self._in, self._out = process.stdin.fileno(), process.stdout.fileno()
        os.set_blocking(self._in, False)
        os.set_blocking(self._out, False)
        self._slots, self._inbox, self._outbox = Slots(), bytearray(), bytearray()
        self._ready = self._stuffed = False
        self._since = loop.time()
        loop.add_reader(self._out, self._readable)
        self._timer = loop.call_later(START_DEADLINE, self._due)

    def _stop(self) -> list[Request]:
        """End the child; what was not answered, oldest first."""
        left = [*self._sent, *self._waiting]
        self._sent.clear()
        self._waiting.clear()
        process, self._process = self._process, None
        if process is None or self._loop is None:
            return left
        if self._timer is not None:
            self._timer.cancel()
        if not self._loop.is_closed():
            self._loop.remove_reader(self._out)
            self._loop.remove_writer(self._in)
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        return left

    def _fail(self, code: str) -> None:
        """The first unanswered request is at fault. A crash may come from elsewhere: one more try."""
        ready, working = self._ready, len(self._sent)
        left = self._stop()
        if not ready:
            for request in left:
                request.refuse("codec.crashed")
            return
        if working:
            first = left[0]
            self._offends(first.codec)
            first.crashes += 1
            if code != "codec.crashed" or first.crashes > 1:
                first.refuse(code)
                left = left[1:]
        self._lost(left)

    def _due(self) -> None:
        if self._loop is None or self._process is None:
            return
        process = self._process
        self._readable()  # the answer may be there, and only we were late
        if self._process is not process:
            return
        limit = DEADLINE if self._ready else START_DEADLINE
        left = self._since + limit - self._loop.time()
        if left > 0 or (self._ready and not self._sent):
            again = self._sent or not self._ready
            self._timer = self._loop.call_later(max(left, 0.005), self._due) if again else None
            return
        self._fail("codec.timeout")

    # -- there -------------------------------------------------------------------------------------

    def _pump(self) -> None:
        self._pumping = False
        if not self._waiting:
            return
        loop = self._waiting[0].future.get_loop()
        if self._process is None:
            try:
                self._start(loop)
            except OSError:  # no engine, no processes left, no memory: told to those who wait
                self.close()
                return
        if not self._ready:
            return
        now = loop.time()
        if not self._sent:
            self._since = now
        while self._waiting and len(self._sent) < self._window:
            request = self._waiting.popleft()
            if now - request.born > self._patience:
                request.refuse("codec.timeout")
            elif not request.future.done():
                slot, script = self._slots.take(request.codec)
                self._outbox += child.HEADER.pack(len(script), len(request.body), slot, request.function)
                self._outbox += script + request.body
                self._sent.append(request)
        if self._sent and self._timer is None:
            self._timer = loop.call_later(DEADLINE, self._due)
        if not self._stuffed:
            self._write()

    def _write(self) -> None:
        assert self._loop is not None
        try:
            if self._outbox:
                del self._outbox[: os.write(self._in, self._outbox)]
        except BlockingIOError:
            pass
        except OSError:
            self._outbox.clear()  # the child is gone; its end is read from the other pipe
        if bool(self._outbox) != self._stuffed:
            self._stuffed = bool(self._outbox)
            if self._stuffed:
                self._loop.add_writer(self._in, self._write)
            else:
                self._loop.remove_writer(self._in)

    # -- and back ----------------------------------------------------------------------------------

    def _readable(self) -> None:
        try:
            got = os.read(self._out, READ_BYTES)
        except BlockingIOError:
            return
        if not got:
            self._fail("codec.crashed")
            return
        self._inbox += got
        inbox, at, header = self._inbox, 0, child.ANSWER.size
        while len(inbox) - at >= header:
            size, outcome = child.ANSWER.unpack_from(inbox, at)
            if len(inbox) - at < header + size:
                break
            body = bytes(inbox[at + header : at + header + size])
            at += header + size
            if not self._take(outcome, body):
                return
        del inbox[:at]
        if self._waiting:
            self._pump()

    def _take(self, outcome: int, body: bytes) -> bool:
        """One answer; False if the child was ended over it."""
        assert self._loop is not None
        self._since = self._loop.time()
        if outcome == child.READY:
            self._ready = True
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            return True
        request = self._sent.popleft()
        if outcome == child.JSON:
            if not request.future.done():
                request.future.set_result(body)
            return True
        request.refuse(CODES[outcome], body.decode("utf-8", "replace"))
        if outcome in (child.TIMEOUT, child.MEMORY):
            # A new child gives the memory back, and what else is under way for this codec is sent elsewhere.
            self._offends(request.codec)
            self._lost(self._stop())
            return False
        return True
