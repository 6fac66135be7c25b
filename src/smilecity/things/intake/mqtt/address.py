# SPDX-License-Identifier: EUPL-1.2
"""Where a broker is, as an operator writes it: mqtt://user:secret@host:1883 or mqtts://host."""

from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote, urlsplit

PORTS = {"mqtt": 1883, "mqtts": 8883}
EXPLAINED = "embedded, or an address such as mqtt://user:secret@host:1883 or mqtts://user:secret@host"


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """A broker; `prefix` stands before the topics on which observations are sent to us, and ends with a slash."""

    host: str
    port: int
    tls: bool = False
    user: str = ""
    password: str = field(default="", repr=False)
    prefix: str = ""

    @classmethod
    def read(cls, text: str) -> Self:
        """The address in the text. Raises `ValueError` that says what is expected."""
        parts = urlsplit(text)
        try:
            port = parts.port
        except ValueError as error:
            raise ValueError(EXPLAINED) from error
        if parts.scheme not in PORTS or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(EXPLAINED)
        prefix = unquote(parts.path).strip("/")
        if any(sign in prefix for sign in "+#\0"):
            raise ValueError(EXPLAINED)
        return cls(
            parts.hostname,
            port or PORTS[parts.scheme],
            parts.scheme == "mqtts",
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            f"{prefix}/" if prefix else "",
        )
