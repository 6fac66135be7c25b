# SPDX-License-Identifier: EUPL-1.2
"""The parts of a batch as values, and their form as JSON (OData JSON Format 4.01, clause 19)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from smilecity.core.problems import MEDIA_TYPE, Refusal
from smilecity.things.api.calls import JSON, Reply

MOST_PARTS = 1000
METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"})


@dataclass(slots=True)
class Part:
    """One request of a batch. `fault` says why it cannot be done as it stands.

    `id` is what its sender calls it (empty if it has no name), `group` names the change set it belongs to, `after`
    the parts or groups that must have gone well before it.
    """

    id: str = ""
    method: str = ""
    url: str = ""
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    group: str = ""
    after: tuple[str, ...] = ()
    fault: Refusal | None = None


def malformed(where: str, sentence: str) -> Refusal:
    """The refusal of a part that cannot be read; `where` names it."""
    return Refusal("batch.malformed", sentence, cure="Correct this part; the others were done.", field=where)


def too_many() -> Refusal:
    """The refusal of a batch with too many parts."""
    return Refusal(
        "batch.too-many",
        f"A batch has at most {MOST_PARTS} parts.",
        cure="Send several batches.",
        status=413,
    )


def read(body: bytes) -> list[Part]:
    """The parts of a JSON batch. What is wrong with one of them is its `fault`; a body that is no batch is refused."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refusal(
            "batch.malformed", f"The body is not JSON: {error}.", cure='Send {"requests": [...]}.'
        ) from error
    requests = said.get("requests") if isinstance(said, dict) else None
    if not isinstance(requests, list):
        raise Refusal(
            "batch.malformed",
            "A batch is an object with the list 'requests'.",
            cure='Send {"requests": [{"id": "1", "method": "GET", "url": "Things"}]}.',
            field="requests",
        )
    if len(requests) > MOST_PARTS:
        raise too_many()
    return [_part(given, f"requests[{number}]") for number, given in enumerate(requests)]


def _part(given: Any, where: str) -> Part:
    if not isinstance(given, dict):
        return Part(fault=malformed(where, "A request is an object with id, method and url."))
    part = Part(id=_name(given.get("id")), group=_name(given.get("atomicityGroup")))
    try:
        _fill(part, given, where)
    except Refusal as fault:
        part.fault = fault
    return part


def _fill(part: Part, given: dict[str, Any], where: str) -> None:
    if not part.id:
        raise malformed(f"{where}.id", "A request needs an id: a text that no other request has.")
    method, url = given.get("method"), given.get("url")
    if not isinstance(method, str) or method.upper() not in METHODS:
        raise malformed(f"{where}.method", f"The method is one of {', '.join(sorted(METHODS))}.")
    if not isinstance(url, str) or not url:
        raise malformed(f"{where}.url", "The url is a text, relative to the service or below it.")
    headers = given.get("headers") or {}
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        raise malformed(f"{where}.headers", "Headers are an object of texts.")
    after = given.get("dependsOn") or []
    after = [after] if isinstance(after, str) else after
    if not isinstance(after, list) or not all(_name(one) for one in after):
        raise malformed(f"{where}.dependsOn", "What a request depends on is a list of ids and groups.")
    part.method, part.url, part.after = method.upper(), url, tuple(_name(one) for one in after)
    part.headers = {name.lower(): value for name, value in headers.items()}
    part.body = orjson.dumps(given["body"]) if given.get("body") is not None else b""


def _name(given: Any) -> str:
    """Ids are texts; others send numbers too."""
    if isinstance(given, str):
        return given
    return str(given) if isinstance(given, int) and not isinstance(given, bool) else ""


def write(answered: Iterable[tuple[Part, Reply]]) -> bytes:
    """The answers in the form of a JSON batch; what is JSON already is passed on as it is."""
    return orjson.dumps({"responses": [_answer(part, reply) for part, reply in answered]})


def _answer(part: Part, reply: Reply) -> dict[str, Any]:
    said: dict[str, Any] = {"id": part.id}
    if part.group:
        said["atomicityGroup"] = part.group
    said["status"] = reply.status
    said["headers"] = {name.decode("latin-1"): value.decode("latin-1") for name, value in reply.headers}
    if reply.body:
        said["headers"]["content-type"] = reply.media
        plain = reply.media.split(";")[0] in (JSON, MEDIA_TYPE, "application/geo+json")
        said["body"] = orjson.Fragment(reply.body) if plain else reply.body.decode("utf-8", "replace")
    return said
