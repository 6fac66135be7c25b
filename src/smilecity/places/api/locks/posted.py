# SPDX-License-Identifier: EUPL-1.2
"""POST /locks/<key>/messages: a controller says what is new and hears what is wanted; plain ASGI, signed both ways.

The answer waits for a command at most as long as `?wait=` says. A request without a single new message gets nothing:
whoever replays one learns nothing from it.
"""

import asyncio
import re
from typing import Any
from urllib.parse import parse_qs

import orjson

from smilecity.core.asgi import Receive, Scope, Send, answer, answer_refusal, only, read_body
from smilecity.core.problems import Refusal
from smilecity.places.actions import locks as acts
from smilecity.places.api.locks.outbox import Outbox
from smilecity.places.api.locks.transports import Addressee, Http
from smilecity.places.models import Controller
from smilecity.places.rules.locks import signing

PATH = "/locks/"
ADDRESS = re.compile(r"/locks/([a-z0-9-]{2,48})/messages/?")
LONGEST_WAIT = 25.0
MOST_BYTES = 512 << 10


class Posted:
    """The ASGI application."""

    def __init__(self, outbox: Outbox, http: Http) -> None:
        self._outbox = outbox
        self._http = http

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; refusals are raised to the front door."""
        found = ADDRESS.fullmatch(scope["path"])
        if found is None:
            raise Refusal("request.unknown", "There is nothing at this address.", status=404)
        if scope["method"] != "POST":
            await answer_refusal(send, *only("POST"))
            return
        key = found.group(1)
        told = _messages(await read_body(scope, receive, MOST_BYTES))
        box = await self._outbox.ask(_heard, key, told)
        said = await self._answer(box, _wait(scope), receive)
        await answer(send, 200, orjson.dumps({"messages": said}), headers=[(b"cache-control", b"no-store")])

    async def _answer(self, box: Addressee, wait: float, receive: Receive) -> list[dict[str, Any]]:
        """What waits for it now, or what comes to wait in this time; nothing once it hung up."""
        waiting = self._http.expect(box.id)
        gone = asyncio.create_task(_hung_up(receive))
        either: list[asyncio.Future[Any]] = [waiting, gone]
        try:
            await self._outbox.hand(box, Controller.HTTP)
            await asyncio.wait(either, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
            return waiting.result() if waiting.done() else []
        finally:
            gone.cancel()
            self._http.forget(box.id, waiting)


def _heard(key: str, told: list[dict[str, Any]]) -> Addressee:
    """Take what it says, all or nothing; refused if nothing of it is new."""
    if not acts.take_reports(key, told):
        raise Refusal(
            "lock.nothing-new", "All of this was said before.", status=409,
            cure="Send your state under a new number.",
        )  # fmt: skip
    box = Controller.objects.get(key=key)
    return Addressee(box.id, box.key, box.connector_id)


def _messages(body: bytes) -> list[dict[str, Any]]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        found = None
    told = found.get("messages") if isinstance(found, dict) else None
    if not isinstance(told, list) or not told or not all(isinstance(one, dict) for one in told):
        raise Refusal(
            "lock.not-readable", "The body is no JSON with a list of messages.", status=422,
            cure='Send {"messages": [...]}, at least your state.',
        )  # fmt: skip
    if any(len(orjson.dumps(one)) > signing.MOST_BYTES for one in told):
        raise Refusal("lock.not-readable", "A message has at most 64 KiB.", status=413)
    return told


def _wait(scope: Scope) -> float:
    given = parse_qs(scope["query_string"].decode("ascii", "replace")).get("wait", ["0"])[0]
    return min(float(given), LONGEST_WAIT) if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3})?", given) else 0.0


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
