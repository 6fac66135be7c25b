# SPDX-License-Identifier: EUPL-1.2
"""An ASGI client without a network: one request to an application, its answer as it comes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import orjson

from smilecity.core.asgi import App, Scope


@dataclass
class Exchange:
    """One request: what comes back, and the means to go away or to read slowly."""

    scope: Scope
    parts: list[bytes] = field(default_factory=list)
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    ended: bool = False
    reading: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.reading.set()

    async def receive(self) -> dict[str, Any]:
        if self.parts:
            body = self.parts.pop(0)
            return {"type": "http.request", "body": body, "more_body": bool(self.parts)}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        await self.reading.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.body += message.get("body", b"")
            self.ended = not message.get("more_body", False)
        self.arrived.set()

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    def events(self) -> list[tuple[str, int, list[int]]]:
        """(event, id, about) of each server-sent event so far."""
        found = []
        for block in self.body.decode().split("\n\n"):
            lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
            if "data" in lines:
                about = orjson.loads(lines["data"]).get("about", [])
                found.append((lines["event"], int(lines.get("id", -1)), about))
        return found

    def last_id(self) -> int:
        """What a browser would send as Last-Event-ID."""
        ids = [line[4:] for line in self.body.decode().splitlines() if line.startswith("id: ")]
        return int(ids[-1]) if ids else -1


def request(
    method: str,
    address: str,
    *,
    headers: Sequence[tuple[str, str]] = (),
    parts: Sequence[bytes] = (b"",),
    client: str = "198.51.100.7",
) -> Exchange:
    """A request that has not been sent yet; `parts` are the body as it arrives."""
    path, _, query = address.partition("?")
    scope: Scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "scheme": "http",
        "server": ("127.0.0.1", "8000"),
        "client": (client, "5000"),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
    }
    return Exchange(scope, list(parts))


async def ask(app: App, exchange: Exchange) -> Exchange:
    """Send it and wait for the application to end."""
    await app(exchange.scope, exchange.receive, exchange.send)
    return exchange
