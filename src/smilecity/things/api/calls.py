# SPDX-License-Identifier: EUPL-1.2
"""A call and its reply as values: the same whether it came alone by HTTP, in a batch, or by MQTT."""

import msgspec
import orjson

from smilecity.core.asgi import Headers
from smilecity.core.problems import MEDIA_TYPE, Refusal
from smilecity.core.who import ANYONE, Who

JSON = "application/json"


class Call(msgspec.Struct, frozen=True, gc=False):
    """What is asked. `path` is decoded and begins after `/sensorthings/v1.1`, without a slash at its end (`/Things(5)`).

    `query` is the query string as it was sent; `base` is the service's address as the client wrote it
    (`https://city.example/sensorthings/v1.1`), before every link in the answer; names of `headers` are in small letters.
    """

    method: str
    path: str
    query: str = ""
    body: bytes = b""
    headers: dict[str, str] = {}
    who: Who = ANYONE
    base: str = ""


class Reply(msgspec.Struct, frozen=True, gc=False):
    """What is answered; `headers` besides type and length."""

    status: int
    body: bytes = b""
    media: str = JSON
    headers: Headers = []

    @classmethod
    def of(cls, refusal: Refusal) -> "Reply":
        """The refusal as problem details, for a part of a batch."""
        return cls(refusal.status, orjson.dumps(refusal.problem()), MEDIA_TYPE)
