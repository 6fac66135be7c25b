# SPDX-License-Identifier: EUPL-1.2
"""Within a batch a part may speak of what another one made: `$sensor1` in its address or its body."""

import re
from typing import Any, Self
from urllib.parse import quote, unquote, urlsplit

import msgspec
import orjson

from smilecity.core.problems import Refusal
from smilecity.things.api.calls import Call, Reply

_FIRST = re.compile(r"/\$([A-Za-z0-9_.~-]+)(?=/|$)")
_WITHIN = re.compile(r"\(\s*'?\$([A-Za-z0-9_.~-]+)'?\s*\)")
_LOCATION = re.compile(r"/([A-Za-z]+)\(([0-9]+)\)/?$")
_OURS = {"ref", "value", "count", "batch"}
IN_A_QUERY = "/?:@!$&'()*+,;=%-._~[]"
DEEPEST = 64


def address(url: str, base: str) -> tuple[str, str]:
    """Path below the service and query of a part's url, which is relative to the service or below it."""
    try:
        given, ours = urlsplit(url.strip()), urlsplit(base)
    except ValueError as error:
        raise Refusal("request.bad-address", f"This is no address: {error}.") from error
    below = given.path
    elsewhere = (given.scheme, given.netloc) not in ((ours.scheme, ours.netloc), ("", ""))
    if elsewhere or (given.netloc and not _is_below(below, ours.path)):
        raise Refusal(
            "batch.foreign-url",
            f"This address is not below {base}.",
            cure="Send one that is, or a relative one.",
        )
    if _is_below(below, ours.path):
        below = below[len(ours.path) :]
    path = "/" + unquote(below).lstrip("/")
    query = quote(given.query, safe=IN_A_QUERY)
    if "\0" in path or "%00" in query:
        raise Refusal("request.bad-address", "There is a character in this address that none has.")
    return path, query


def _is_below(path: str, base: str) -> bool:
    return path == base or path.startswith(base + "/")


class Made:
    """What the parts of a batch made so far, by their names."""

    def __init__(self, base: str, known: dict[str, tuple[str, str]] | None = None) -> None:
        self._base = base
        self._known = dict(known or {})

    def copy(self) -> Self:
        """The same, to be added to."""
        return type(self)(self._base, self._known)

    def keep(self, name: str, reply: Reply) -> None:
        """Remember what this part made, if it made something."""
        for header, value in reply.headers:
            found = _LOCATION.search(value.decode("latin-1")) if header.lower() == b"location" else None
            if found:
                self._known[name] = (found[1], found[2])

    def put_into(self, call: Call) -> Call:
        """The call with ids where it speaks of what was made. Refuses a name that made nothing."""
        path = _FIRST.sub(self._entity, call.path, count=1) if call.path.startswith("/$") else call.path
        path = _WITHIN.sub(lambda found: f"({self._id(found[1])})", path)
        body = call.body
        if b"$" in body and call.method != "GET":
            body = self._body(body)
        return msgspec.structs.replace(call, path=path, body=body)

    def _entity(self, found: "re.Match[str]") -> str:
        if found[1] in _OURS and found[1] not in self._known:
            return found[0]
        return f"/{self._of(found[1])[0]}({self._of(found[1])[1]})"

    def _id(self, name: str) -> str:
        return self._of(name)[1]

    def _of(self, name: str) -> tuple[str, str]:
        if name not in self._known:
            raise Refusal(
                "batch.unknown-reference",
                f"No part before this one made anything by the name of {name!r}.",
                cure="Send the part that makes it before, and without a fault.",
                field=f"${name}",
            )
        return self._known[name]

    def _body(self, body: bytes) -> bytes:
        try:
            said = orjson.loads(body)
        except orjson.JSONDecodeError:
            return body  # whoever reads it will say so
        return orjson.dumps(self._replaced(said, 0))

    def _replaced(self, said: Any, depth: int) -> Any:
        """Where an id is expected, `$name` is one; elsewhere it is a text like any other."""
        if depth > DEEPEST:
            return said
        if isinstance(said, list):
            return [self._replaced(one, depth + 1) for one in said]
        if not isinstance(said, dict):
            return said
        return {
            name: int(self._id(value[1:]))
            if name == "@iot.id" and isinstance(value, str) and value.startswith("$")
            else self._replaced(value, depth + 1)
            for name, value in said.items()
        }
