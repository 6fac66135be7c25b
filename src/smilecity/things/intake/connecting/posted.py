# SPDX-License-Identifier: EUPL-1.2
"""POST /things/json/<connector>: JSON of any form, read by the connector's mapping; plain ASGI.

200 says that all that was found is stored, 202 that some of it could not be, 422 that nothing was; the body says what and
why. What is sent again is stored once if the mapping knows its identity or its time, or with an `Idempotency-Key`.
"""

import re
from typing import Any

import orjson
import psycopg
import structlog

from smilecity.core.asgi import Receive, Scope, Send, answer, answer_refusal, header, only, read_body
from smilecity.core.problems import Refusal
from smilecity.things.intake.connecting.connectors import Connectors
from smilecity.things.intake.connecting.known import Json
from smilecity.things.intake.connecting.mapped import Outcome
from smilecity.things.intake.keys import let_in
from smilecity.things.intake.line import busy
from smilecity.things.intake.register import Register

PATH = "/things/json/"
NUMBER = re.compile(r"[0-9]{1,16}")
MOST_KEY = 200
MOST_TOLD = 100  # refusals in one answer

log = structlog.get_logger("intake.json")


class Posted:
    """The ASGI application; `limit` is the largest body in bytes."""

    def __init__(self, register: Register, connectors: Connectors, limit: int) -> None:
        self._register = register
        self._connectors = connectors
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; refusals that end in a problem document are raised to the front door."""
        if scope["method"] != "POST":
            await answer_refusal(send, *only("POST"))
            return
        try:
            await let_in(self._register, scope)
            found = await self._connector(scope)
            body = await read_body(scope, receive, self._limit)
            outcome = await self._take(found, body, header(scope, b"idempotency-key"))
        except psycopg.OperationalError as error:
            log.error("database away", error=type(error).__name__)
            raise busy() from error
        await answer(send, _status(outcome), orjson.dumps(_told(found, outcome)))

    async def _connector(self, scope: Scope) -> Json:
        number = scope["path"].removeprefix(PATH).removesuffix("/")
        found = await self._connectors.directory.json(int(number)) if NUMBER.fullmatch(number) else None
        if found is None:
            raise Refusal(
                "connector.unknown",
                "There is no such connector, or it is paused.",
                cure="Its page at the desk shows its address.",
                status=404,
            )
        return found

    async def _take(self, found: Json, body: bytes, key: str) -> Outcome:
        states = self._connectors.states
        try:
            outcome = await self._connectors.mapped.take(found, body, key[:MOST_KEY])
        except Refusal as refusal:
            if refusal.status != 503:
                states.refused(found.known.id, refusal)
                log.warning("refused", connector=found.known.id, code=refusal.code)
            raise
        states.told(found.known.id, outcome)
        return outcome


def _status(outcome: Outcome) -> int:
    if not outcome.refused:
        return 200
    return 202 if outcome.stored else 422


def _told(found: Json, outcome: Outcome) -> dict[str, Any]:
    assert found.mapping is not None
    rules = found.mapping.rules
    refused = [
        {
            "reading": one.reading,
            "path": rules[one.rule].path.text,
            "datastream": rules[one.rule].datastream,
            "code": refusal.code,
            "title": str(refusal.sentence),
        }
        for one, refusal in outcome.refused[:MOST_TOLD]
    ]
    return {"stored": outcome.stored, "refused_count": len(outcome.refused), "refused": refused}
