# SPDX-License-Identifier: EUPL-1.2
"""A table of text as somebody uploads it: streamed to disk, as UTF-8 if it is UTF-16, refused while it comes."""

import codecs
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from smilecity.core.lines import HEAD, UTF16, encoding_of, utf16_of
from smilecity.core.problems import Refusal


def store(path: Path, parts: Iterable[bytes], most: int) -> int:
    """Write the file as it comes; its size as it is kept. The caller removes what a refusal leaves behind.

    Refuses `table.empty`, `table.not-text` and, beyond so many bytes, `table.too-large`.
    """
    coming = iter(parts)
    head = b""
    for part in coming:
        head += part
        if len(head) >= HEAD:
            break
    is_utf16 = _checked(head) == UTF16
    size = received = 0
    decode = codecs.getincrementaldecoder(utf16_of(head) if is_utf16 else "utf-8")("replace")
    with path.open("xb") as file:
        for part in _all(head, coming):
            received += len(part)
            if received > most:
                raise Refusal(
                    "table.too-large",
                    _("Diese Datei ist größer als %(most)d MB.") % {"most": most >> 20},
                    field="file",
                    status=413,
                )
            size += file.write(decode.decode(part).encode() if is_utf16 else part)
        if is_utf16:
            size += file.write(decode.decode(b"", final=True).encode())
    return size


def _checked(head: bytes) -> str:
    """How it is written, if it is text."""
    if not head.strip():
        raise Refusal("table.empty", _("Diese Datei ist leer."), field="file", status=422)
    encoding = encoding_of(head)
    archive = head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"))
    if archive or (encoding != UTF16 and b"\0" in head):
        raise Refusal(
            "table.not-text",
            _("Das ist keine Textdatei."),
            cure=_("Speichern Sie die Tabelle als CSV und laden Sie diese Datei hoch."),
            field="file",
            status=422,
        )
    return encoding


def _all(head: bytes, coming: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from coming
