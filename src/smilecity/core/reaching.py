# SPDX-License-Identifier: EUPL-1.2
"""Speaking to machines that somebody named: in the open internet, and inside only where the operator says so.

`inside` is the operator's list (SMILE_REACH) of names and networks that may be reached though they are private; plain
http serves there as well. A name is looked up once and that very address is spoken to, so that it cannot turn private
in between.
"""

import base64
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence

SECONDS_TO_CONNECT = 10
MOVED = (301, 302, 303, 307, 308)
PORTS = {"http": 80, "https": 443}

Resolve = Callable[[str, int], list[str]]
Reach = Callable[[str, str, int], socket.socket]
"""Connects to an address, for a host (whose certificate it must be) and a port."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may take, over all its redirects."""

    most_bytes: int = 16 << 20
    seconds: float = 30.0
    redirects: int = 3


LIMITS = Limits()


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def address_of(host: str, port: int, *, inside: Sequence[str] = (), resolve: Resolve = resolve) -> str:
    """The address to speak to, which may be inside; refuses `reach.not-allowed`, `reach.unknown-host` (502)."""
    try:
        found = resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise _refused("reach.unknown-host", _("Diesen Rechner gibt es nicht."), 502) from error
    if not found or not (_named(host, inside) or all(_open(one) or _within(one, inside) for one in found)):
        raise _refused("reach.not-allowed", _("Diese Adresse liegt nicht im offenen Internet."))
    return found[0]


def is_inside(host: str, address: str, inside: Sequence[str]) -> bool:
    """Whether the operator says that this machine is one of ours."""
    return _named(host, inside) or _within(address, inside)


def entry(text: str) -> str:
    """An entry of the operator's list: a name, or a network in CIDR; ValueError if it is neither."""
    said = text.strip().lower().rstrip(".")
    try:
        return str(ipaddress.ip_network(said, strict=False))
    except ValueError:
        if not said or not all(part.replace("-", "").isalnum() for part in said.split(".")):
            raise
        return said


def get(
    address: str,
    limits: Limits = LIMITS,
    *,
    inside: Sequence[str] = (),
    accept: str = "application/json",
    secret: Mapping[str, str] | None = None,
    resolve: Resolve = resolve,
    reach: Reach | None = None,
) -> bytes:
    """What is at this address (https; inside also http). `secret` are headers for its host alone, as `credentials`.

    Refuses `reach.not-https`, `reach.not-allowed`, `reach.unknown-host`, `reach.not-reached`, `reach.not-there`,
    `reach.failing` (its own fault), `reach.too-large`, `reach.too-slow` and `reach.too-many-redirects`.
    """
    until = time.monotonic() + limits.seconds
    origin = urlsplit(address)[:2]
    for _hop in range(limits.redirects + 1):
        parts = _parts(address)
        headers = {"Accept": accept, **(secret or {})} if parts[:2] == origin else {"Accept": accept}
        with _saying_why(until):
            connection = _connected(parts, inside, resolve, reach)
            with _ending(connection, until):
                answer = _asked(connection, parts, headers, limits)
        if isinstance(answer, bytes):
            return answer
        address = urljoin(address, answer)
    raise _refused("reach.too-many-redirects", _("Diese Adresse verweist immer weiter."), 502)


def post(
    address: str,
    body: bytes,
    headers: Mapping[str, str],
    limits: Limits = LIMITS,
    *,
    inside: Sequence[str] = (),
    resolve: Resolve = resolve,
    reach: Reach | None = None,
) -> int:
    """Send the body there and return the status of the answer; nobody is sent on elsewhere.

    Of the answer no more than `limits.most_bytes` is read, and nothing kept. Refuses `reach.not-https`,
    `reach.not-allowed`, `reach.unknown-host`, `reach.not-reached` and `reach.too-slow`.
    """
    until = time.monotonic() + limits.seconds
    parts = _parts(address)
    with _saying_why(until):
        connection = _connected(parts, inside, resolve, reach)
        with _ending(connection, until):
            connection.request("POST", _path(parts), body, dict(headers))
            response = connection.getresponse()
            with suppress(OSError, http.client.HTTPException):  # it has answered, whatever more it says
                response.read(limits.most_bytes)
            return response.status


def allowed(address: str, *, inside: Sequence[str] = (), resolve: Resolve = resolve) -> None:
    """Refuse at once what `get` and `post` would refuse before they speak."""
    _where(_parts(address), inside, resolve)


def credentials(user: str, secret: str) -> dict[str, str]:
    """The header that says who asks: a name and password, or, without a name, a key."""
    if not secret:
        return {}
    if not user:
        return {"Authorization": f"Bearer {secret}"}
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()}


def json_of(body: bytes) -> Any:
    """The body read as JSON; refuses `reach.not-json`. NaN, which is none, is read as such for the reader to refuse."""
    import json

    import orjson

    try:
        return orjson.loads(body)
    except ValueError:
        try:
            return json.loads(body)
        except (ValueError, RecursionError) as error:
            raise _refused("reach.not-json", _("Die Antwort ist kein JSON."), 502) from error


def _parts(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        known = parts.scheme in PORTS and parts.hostname and not parts.username and parts.port != 0
    except ValueError:
        known = False
    if not known or not address.isascii() or not address.isprintable() or " " in address:
        raise _not_https()
    return parts


def _where(parts: SplitResult, inside: Sequence[str], resolve: Resolve) -> tuple[str, str, int]:
    """The address to speak to, its host and its port."""
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    plain = parts.scheme == "http"
    if plain and not inside:
        raise _not_https()
    address = address_of(host, port, inside=inside, resolve=resolve)
    if plain and not is_inside(host, address, inside):
        raise _not_https()
    return address, host, port


def _connected(
    parts: SplitResult, inside: Sequence[str], resolve: Resolve, reach: Reach | None
) -> http.client.HTTPConnection:
    address, host, port = _where(parts, inside, resolve)
    connection = http.client.HTTPConnection(host, port)
    connection.sock = (reach or (_reach_plainly if parts.scheme == "http" else _reach))(address, host, port)
    return connection


@contextmanager
def _saying_why(until: float) -> Iterator[None]:
    """What goes wrong with a line, as a refusal."""
    try:
        yield
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, TimeoutError) or time.monotonic() > until:
            raise _too_slow() from error
        raise _refused("reach.not-reached", _("Diese Adresse ist nicht zu erreichen."), 502) from error


@contextmanager
def _ending(connection: http.client.HTTPConnection, until: float) -> Iterator[None]:
    """A connection that ends by then, however slowly the other side drips, and with the block."""

    def end() -> None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)

    left = until - time.monotonic()
    if left <= 0:  # a timer that is late would let a quick answer through
        connection.close()
        raise TimeoutError
    timer = threading.Timer(left, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        connection.close()


def _asked(
    connection: http.client.HTTPConnection, parts: SplitResult, headers: Mapping[str, str], limits: Limits
) -> bytes | str:
    """The body, or where it is instead."""
    connection.request("GET", _path(parts), headers=dict(headers))
    response = connection.getresponse()
    if response.status in MOVED:
        return response.getheader("Location") or ""
    if response.status != 200:
        code = "reach.not-there" if response.status < 500 or response.status == 501 else "reach.failing"
        sentence = _("An dieser Adresse ist nichts zu holen (Antwort %(status)d).")
        raise _refused(code, sentence % {"status": response.status}, 502)
    body = response.read(limits.most_bytes + 1)
    if len(body) > limits.most_bytes:
        raise _refused("reach.too-large", _("Diese Antwort ist zu groß."), 502)
    if len(body) < int(response.getheader("Content-Length") or 0):
        raise http.client.IncompleteRead(body)  # reading up to a size does not say so
    return body


def _path(parts: SplitResult) -> str:
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


def _reach(address: str, host: str, port: int) -> socket.socket:
    plain = _reach_plainly(address, host, port)
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def _reach_plainly(address: str, host: str, port: int) -> socket.socket:
    return socket.create_connection((address, port), timeout=SECONDS_TO_CONNECT)


def _open(address: str) -> bool:
    one = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    return (getattr(one, "ipv4_mapped", None) or one).is_global


def _named(host: str, inside: Sequence[str]) -> bool:
    return host.lower().rstrip(".") in inside


def _within(address: str, inside: Sequence[str]) -> bool:
    one = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    one = getattr(one, "ipv4_mapped", None) or one
    return any(one in network for network in _networks(inside))


def _networks(inside: Sequence[str]) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return [ipaddress.ip_network(one) for one in inside if "/" in one]


def _not_https() -> Refusal:
    return _refused("reach.not-https", _("Die Adresse muss mit https:// beginnen."))


def _too_slow() -> Refusal:
    return _refused("reach.too-slow", _("Diese Adresse antwortet zu langsam."), 504)


def _refused(code: str, sentence: Sentence, status: int = 400) -> Refusal:
    cure = _("Prüfen Sie die Adresse. Rechner im eigenen Netz gibt der Betrieb mit SMILE_REACH frei.")
    return Refusal(code, sentence, cure=cure, field="address", status=status)
