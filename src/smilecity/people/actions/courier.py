# SPDX-License-Identifier: EUPL-1.2
"""Brings a short message to a browser by its push service: encrypted for it alone (RFC 8291), signed by us (RFC 8292).

Push services are hosts that browsers name to us, so each is looked up, and one within the house is never asked.
"""

import http.client
import os
import secrets
import socket
import ssl
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.people.models import PushAddress
from smilecity.people.rules import delivery as rules

SECONDS = 5.0
KEPT_SECONDS = 24 * 3600  # how long a push service keeps it for a browser that is off
SIGNED_SECONDS = 12 * 3600
GONE = (404, 410)

log = structlog.get_logger("push")


class Outcome(Enum):
    """How it went: brought, the browser is gone for good, try again, or never with this message."""

    BROUGHT = "brought"
    GONE = "gone"
    LATER = "later"
    REFUSED = "refused"


class Courier:
    """Holds the node's key. `at_home` lets it go to this very machine, where tests have their push service."""

    def __init__(self, key: Path, sender: str, *, at_home: bool = False) -> None:
        self._key = key
        self._sender = sender
        self._at_home = at_home

    def bring(self, address: PushAddress, message: bytes) -> Outcome:
        """Hand one message over. Never raises for what a foreign server does or does not do."""
        endpoint = urlsplit(address.endpoint)
        try:
            where = public_host(endpoint.hostname or "", endpoint.port or 443, at_home=self._at_home)
            status = self._post(where, address.endpoint, self._sealed(address, message))
        except Refusal:
            return Outcome.GONE
        except (OSError, http.client.HTTPException, ValueError) as error:
            log.warning("push service away", host=endpoint.hostname, error=type(error).__name__)
            return Outcome.LATER
        if status in GONE:
            return Outcome.GONE
        if 200 <= status < 300:
            return Outcome.BROUGHT
        log.warning("push refused", host=endpoint.hostname, status=status)
        return Outcome.LATER if status == 429 or status >= 500 else Outcome.REFUSED

    def _sealed(self, address: PushAddress, message: bytes) -> bytes:
        from pywebpush import WebPusher  # heavy, and most nodes never push

        keys = {"p256dh": address.p256dh, "auth": address.auth}
        pusher = WebPusher({"endpoint": address.endpoint, "keys": keys})
        return bytes(pusher.encode(message, content_encoding="aes128gcm")["body"])

    def _post(self, where: str, endpoint: str, body: bytes) -> int:
        parts = urlsplit(endpoint)
        headers = {
            "TTL": str(KEPT_SECONDS),
            "Urgency": "normal",
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            **self._signed(f"{parts.scheme}://{parts.netloc}"),
        }
        line: http.client.HTTPConnection
        if parts.scheme == "https":
            line = _SecureLine(parts.hostname or "", parts.port or 443, where)
        else:  # only a test's own service: `checked_endpoint` takes no other
            line = http.client.HTTPConnection(where, parts.port or 80, timeout=SECONDS)
        try:
            line.request("POST", parts.path + (f"?{parts.query}" if parts.query else ""), body, headers)
            return line.getresponse().status
        finally:
            line.close()

    def _signed(self, audience: str) -> dict[str, str]:
        claims = {
            "aud": audience,
            "exp": str(int(clock.now().timestamp()) + SIGNED_SECONDS),
            "sub": self._sender,
        }
        signed: dict[str, str] = _vapid(self._key).sign(claims)
        return signed


class _SecureLine(http.client.HTTPSConnection):
    """To the number that was looked at, with the certificate of the name: a name that moves meanwhile gains nothing."""

    def __init__(self, host: str, port: int, where: str) -> None:
        self._where = where
        self._tls = ssl.create_default_context()
        super().__init__(host, port, timeout=SECONDS, context=self._tls)

    def connect(self) -> None:
        """As the parent does, but to the number."""
        plain = socket.create_connection((self._where, self.port), SECONDS)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)


def public_host(host: str, port: int, *, at_home: bool = False) -> str:
    """A number of this host. Refuses one that is unknown or within the house; `at_home` allows the latter."""
    try:
        found = {str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except OSError as error:
        raise rules.bad_endpoint() from error
    if not found or (not at_home and not all(rules.is_public(one) for one in found)):
        raise rules.bad_endpoint()
    return min(found, key=lambda one: (":" in one, one))


def public_key(key: Path) -> str:
    """What browsers ask for when they are to take our messages: the key's point, in base64url."""
    from cryptography.hazmat.primitives import serialization
    from py_vapid.utils import b64urlencode

    point = _vapid(key).public_key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return str(b64urlencode(point))


def _vapid(key: Path) -> Any:
    """The node's key: made at first use, for its owner alone. Of two processes that make one, the first counts."""
    from py_vapid import Vapid02

    if not key.exists():
        made = Vapid02()
        made.generate_keys()
        draft = key.with_name(f".{key.name}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(made.private_pem())
        try:
            os.link(draft, key)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return Vapid02.from_pem(key.read_bytes())
