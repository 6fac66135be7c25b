# SPDX-License-Identifier: EUPL-1.2
"""The mail server of `SMILE_MAIL`: one address says host, port, account and how the line is kept secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

WANTED = "an address such as smtp://user:secret@mail.example.org:587?tls=starttls or smtps://user:secret@host"
PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over. `tls` is `starttls`, `always` (smtps) or `no` (only for a server at hand)."""

    host: str
    port: int
    tls: str
    user: str = ""
    secret: str = field(default="", repr=False)

    @classmethod
    def read(cls, text: str) -> MailServer:
        """The server of an address. Raises `ValueError` with what is wanted; never with the address itself."""
        parts = urlsplit(text)
        asked = parse_qs(parts.query, keep_blank_values=True)
        tls = asked.pop("tls", ["starttls"])[-1]
        if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.fragment:
            raise ValueError(WANTED)
        if asked or tls not in ("starttls", "no"):
            raise ValueError(f"{WANTED}; tls is starttls or no")
        return cls(
            host=parts.hostname,
            port=_port(parts.netloc, PORTS[parts.scheme]),
            tls="always" if parts.scheme == "smtps" else tls,
            user=unquote(parts.username or ""),
            secret=unquote(parts.password or ""),
        )


def _port(netloc: str, usual: int) -> int:
    try:
        port = urlsplit(f"//{netloc}").port
    except ValueError as error:
        raise ValueError(f"{WANTED}; the port is a number up to 65535") from error
    if port == 0:
        raise ValueError(f"{WANTED}; the port is a number from 1")
    return port or usual
