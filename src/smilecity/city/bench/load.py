# SPDX-License-Identifier: EUPL-1.2
"""A load generator that leaves the processor to the node: bare sockets, requests made beforehand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

HOST = "127.0.0.1"
LENGTH = b"content-length: "


@dataclass(slots=True)
class Tally:
    """What came back: when each answer came, how long it took, and how many were not 2xx."""

    moments: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    refused: int = 0


class Client(asyncio.Protocol):
    """One keep-alive connection that sends its next request when the answer to the last is there."""

    def __init__(self, requests: Iterator[bytes], tally: Tally, until: float) -> None:
        self._requests = requests
        self._tally = tally
        self._until = until
        self._parts: list[bytes] = []
        self._missing = 0
        self._sent = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        """Count an answer that is complete."""
        self._parts.append(data)
        self._missing -= len(data)
        if self._missing > 0:
            return
        # Looked at when it begins and when it may be whole: putting each part of a long answer together would be
        # counted as the node's time.
        answer = b"".join(self._parts)
        head, end, body = answer.partition(b"\r\n\r\n")
        self._missing = _length(head) - len(body) if end else 1
        if self._missing > 0:
            self._parts = [answer]
            return
        self._parts, self._missing = [], 0
        now = time.perf_counter()
        self._tally.moments.append(now)
        self._tally.took.append(now - self._sent)
        self._tally.refused += head[9:10] != b"2"
        self._send()

    def connection_lost(self, _error: Exception | None) -> None:
        """The end, wanted or not."""
        if not self.done.done():
            self.done.set_result(None)

    def _send(self) -> None:
        request = next(self._requests, None)
        self._sent = time.perf_counter()
        if request is None or self._sent > self._until:
            self._transport.close()
        else:
            self._transport.write(request)


def _length(head: bytes) -> int:
    start = head.find(LENGTH) + len(LENGTH)
    return int(head[start:].split(b"\r\n", 1)[0])


async def press(port: int, clients: int, requests: Iterator[bytes], seconds: float) -> Tally:
    """`clients` connections send `requests` one after another for `seconds` or until there are no more."""
    tally = Tally()
    loop = asyncio.get_running_loop()
    until = time.perf_counter() + seconds
    opened = [
        (await loop.create_connection(lambda: Client(requests, tally, until), HOST, port))[1]
        for _ in range(clients)
    ]
    await asyncio.gather(*(client.done for client in opened))
    return tally


def rate(tally: Tally, warm: float) -> float:
    """Answers a second, leaving out the first `warm` seconds; 0 if there was none after them."""
    start = tally.moments[0] + warm
    counted = sum(moment > start for moment in tally.moments)
    return counted / (tally.moments[-1] - start) if counted else 0.0


def http_request(method: str, address: str, body: bytes = b"", **headers: str) -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {address} HTTP/1.1", "host: localhost", f"content-length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {text}" for name, text in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of them lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
