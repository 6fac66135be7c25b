# SPDX-License-Identifier: EUPL-1.2
"""A mailbox that is read by IMAP over TLS: each message is handed on, and marked only after it was taken.

So none is lost: what is not marked is seen again. None that is marked as read is looked at: the mailbox is ours alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    import imaplib
    import ssl

SECONDS = 30.0
MOST = 200  # messages of one visit


class Done(Enum):
    """What became of a message: taken; left in the mailbox for a person to look at; or to be brought again later."""

    TAKEN = "taken"
    LEFT = "left"
    LATER = "later"


Take = Callable[[bytes], Done]


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where it is, and who we are there."""

    host: str
    port: int
    user: str
    secret: str
    folder: str

    @classmethod
    def read(cls, text: str) -> "Mailbox":
        """`imaps://user:secret@host/INBOX`; ValueError if it is none."""
        parts = urlsplit(text)
        user, secret, folder = (
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            unquote(parts.path)[1:],
        )
        plain = f"{user}{secret}{folder}".isprintable() and '"' not in folder and "\\" not in folder
        if parts.scheme != "imaps" or not (parts.hostname and user and secret and plain) or parts.query:
            raise ValueError("an address such as imaps://user:secret@host/INBOX")
        return cls(parts.hostname, parts.port or 993, user, secret, folder or "INBOX")


def visit(box: Mailbox, take: Take, *, most_bytes: int, context: "ssl.SSLContext | None" = None) -> int:
    """Hand on what nobody has read yet, the oldest first; how many were taken. OSError if it cannot be reached.

    A message larger than `most_bytes` is not fetched: it is marked for a person. The first that is to come again later
    ends the visit.
    """
    import imaplib
    import ssl

    try:
        with imaplib.IMAP4_SSL(
            box.host, box.port, ssl_context=context or ssl.create_default_context(), timeout=SECONDS
        ) as server:
            server.login(box.user, box.secret)
            if server.select(f'"{box.folder}"')[0] != "OK":
                raise OSError(f"no folder {box.folder}")
            return _take_all(server, take, most_bytes)
    except imaplib.IMAP4.error as error:
        raise OSError(f"the mailbox refuses: {type(error).__name__}") from error


def _take_all(server: "imaplib.IMAP4_SSL", take: Take, most_bytes: int) -> int:
    count = 0
    _said, found = server.uid("SEARCH", "UNSEEN")
    numbers = (found[0] or b"").decode().split()
    for number in numbers[:MOST]:
        raw = _message(server, number, most_bytes)
        done = take(raw) if raw is not None else Done.LEFT
        if done is Done.LATER:
            break
        marks = r"(\Seen)" if done is Done.TAKEN else r"(\Seen \Flagged)"
        server.uid("STORE", number, "+FLAGS.SILENT", marks)
        count += done is Done.TAKEN
    return count


def _message(server: "imaplib.IMAP4_SSL", number: str, most_bytes: int) -> bytes | None:
    """The message as it is, which does not mark it as read; None if it is too large."""
    _said, sizes = server.uid("FETCH", number, "(RFC822.SIZE)")
    digits = "".join(chr(b) for b in _line(sizes).rpartition(b"SIZE")[2] if chr(b).isdigit())
    if not digits or int(digits) > most_bytes:
        return None
    _said, parts = server.uid("FETCH", number, "(BODY.PEEK[])")
    return next((part[1] for part in parts if isinstance(part, tuple)), None)


def _line(answer: list[bytes | tuple[bytes, bytes] | None]) -> bytes:
    first = answer[0] if answer else b""
    return first[0] if isinstance(first, tuple) else first or b""
