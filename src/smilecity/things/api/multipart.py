# SPDX-License-Identifier: EUPL-1.2
"""A batch as multipart/mixed (OData 4.0, part 1, clause 11.7): each part an HTTP request, change sets within."""

import re
import secrets
from collections.abc import Sequence
from http import HTTPStatus
from itertools import groupby

from smilecity.core.problems import Refusal
from smilecity.things.api.calls import Reply
from smilecity.things.api.parts import METHODS, MOST_PARTS, Part, malformed, too_many

MEDIA = "multipart/mixed"
_BOUNDARY = re.compile(r"""boundary\s*=\s*(?:"([^"]{1,70})"|([^\s;"]{1,70}))""", re.IGNORECASE)
_REQUEST = re.compile(rb"([A-Za-z]+) (\S(?:.*\S)?) HTTP/[0-9.]+[ \t]*")
_END_OF_HEAD = re.compile(rb"\r?\n[ \t]*\r?\n")


def boundary_of(media: str) -> str:
    """The boundary named by a Content-Type."""
    found = _BOUNDARY.search(media)
    if not found:
        raise Refusal(
            "batch.malformed",
            "The Content-Type names no boundary.",
            cure="Send 'Content-Type: multipart/mixed; boundary=...'.",
            field="content-type",
        )
    return found[1] or found[2]


def read(body: bytes, boundary: str) -> list[Part]:
    """The parts of a multipart batch, each with its `fault` if it cannot be read."""
    parts: list[Part] = []
    for number, section in enumerate(_sections(body, boundary), 1):
        headers, content = _head(section)
        if headers.get("content-type", "").lower().startswith("multipart/"):
            parts += _change_set(headers, content, number)
        else:
            parts.append(_part(headers, content, f"part {number}"))
        if len(parts) > MOST_PARTS:
            raise too_many()
    return parts


def _change_set(headers: dict[str, str], content: bytes, number: int) -> list[Part]:
    group = f"change set {number}"
    try:
        sections = _sections(content, boundary_of(headers["content-type"]))
    except Refusal as fault:
        return [Part(group=group, fault=malformed(f"part {number}", f"{fault.sentence}"))]
    if len(sections) > MOST_PARTS:
        raise too_many()
    parts = []
    for within, section in enumerate(sections, 1):
        part = _part(*_head(section), f"part {number}.{within}")
        part.group = group
        parts.append(part)
    return parts


def _sections(body: bytes, boundary: str) -> list[bytes]:
    """What stands between the boundaries; what stands before the first and after the last does not count."""
    delimiter = re.compile(
        rb"(?:\A|\r?\n)--" + re.escape(boundary.encode("latin-1", "replace")) + rb"(--)?[ \t]*(?=\r?\n|\Z)"
    )
    sections: list[bytes] = []
    start = -1
    for found in delimiter.finditer(body):
        if start >= 0:
            sections.append(body[start : found.start()])
            if len(sections) > MOST_PARTS:
                raise too_many()
        start = found.end()
        if found[1]:
            return sections
    if start < 0:
        raise Refusal(
            "batch.malformed",
            "There is no part: the boundary that the Content-Type names stands nowhere.",
            cure="Begin each part with '--' and the boundary, and end with '--', the boundary and '--'.",
        )
    # Broken off: what came of the last part may be half of it, so it is not done.
    sections.append(b"")
    return sections


def _head(section: bytes) -> tuple[dict[str, str], bytes]:
    """The headers (names in small letters) and what follows them."""
    section = re.sub(rb"\A\r?\n", b"", section, count=1)
    if section.startswith((b"\n", b"\r\n")):
        return {}, section.lstrip(b"\r\n")
    head, _, content = _divided(section)
    headers = {}
    for line in head.decode("latin-1").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return headers, content


def _divided(text: bytes) -> tuple[bytes, bool, bytes]:
    """What stands before the first empty line and after it, and whether there is one."""
    found = _END_OF_HEAD.search(text)
    return (text[: found.start()], True, text[found.end() :]) if found else (text, False, b"")


def _part(headers: dict[str, str], content: bytes, where: str) -> Part:
    part = Part(id=headers.get("content-id", ""))
    if not headers.get("content-type", "").lower().startswith("application/http"):
        part.fault = malformed(where, "The type of a part is application/http.")
        return part
    line, _, rest = content.lstrip(b"\r\n").partition(b"\n")
    found = _REQUEST.fullmatch(line.rstrip(b"\r"))
    if not found or found[1].decode().upper() not in METHODS:
        part.fault = malformed(where, "A part begins with a request line, such as 'GET Things HTTP/1.1'.")
        return part
    part.method = found[1].decode().upper()
    part.url = found[2].decode("utf-8", "replace")
    # Without headers, the empty line follows at once.
    part.headers, part.body = _head(b"\n" + rest)
    part.body = part.body.rstrip(b"\r\n") if part.headers.get("content-length") is None else part.body
    return part


def write(answered: Sequence[tuple[Part, Reply]]) -> tuple[bytes, str]:
    """The answers, and the media type that names their boundary.

    A change set that was not done has one answer: that of the part at fault.
    """
    boundary = f"batch_{secrets.token_hex(12)}"
    sections = []
    for group, members in groupby(answered, lambda one: one[0].group):
        several = list(members)
        if not group:
            sections += [_application(part, reply) for part, reply in several]
            continue
        wrong = [one for one in several if one[1].status >= 400]
        if wrong:
            sections.append(_application(*min(wrong, key=lambda one: one[1].status == 424)))
            continue
        inner = f"changes_{secrets.token_hex(12)}"
        head = f"Content-Type: {MEDIA}; boundary={inner}\r\n\r\n".encode()
        sections.append(head + _joined([_application(*one) for one in several], inner))
    return _joined(sections, boundary), f"{MEDIA}; boundary={boundary}"


def _joined(sections: Sequence[bytes], boundary: str) -> bytes:
    mark = b"--" + boundary.encode()
    return b"".join(mark + b"\r\n" + one + b"\r\n" for one in sections) + mark + b"--\r\n"


def _application(part: Part, reply: Reply) -> bytes:
    lines = ["Content-Type: application/http", "Content-Transfer-Encoding: binary"]
    if part.id:
        lines.append(f"Content-ID: {part.id}")
    lines += ["", f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
    lines += [f"{name.decode('latin-1')}: {value.decode('latin-1')}" for name, value in reply.headers]
    if reply.body:
        lines += [f"Content-Type: {reply.media}", f"Content-Length: {len(reply.body)}"]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + reply.body
