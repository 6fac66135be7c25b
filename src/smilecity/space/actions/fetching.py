# SPDX-License-Identifier: EUPL-1.2
"""Fetching a file from an address that an operator named: by https, from the open internet, within limits."""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence
from smilecity.space.rules.reading import MOST_BYTES

SECONDS = 60.0
MOST_REDIRECTS = 3
CHUNK = 1 << 16

Resolve = Callable[[str, int], list[str]]
Reach = Callable[[str, str, int], socket.socket]


def _resolve(host: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _reach(address: str, host: str, port: int) -> socket.socket:
    plain = socket.create_connection((address, port), timeout=10)
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def fetch(
    address: str, *, resolve: Resolve = _resolve, reach: Reach = _reach, seconds: float = SECONDS
) -> bytes:
    """The file at this address, at most 100 MB within a minute.

    Each hop is https to a public address: the name is looked up once and that very address is spoken to, so
    that a name cannot turn private in between.
    """
    until = time.monotonic() + seconds
    for _hop in range(MOST_REDIRECTS + 1):
        parts = urlsplit(address)
        if parts.scheme != "https" or not parts.hostname or parts.username:
            raise _refused("import.not-https", _("Die Adresse muss mit https:// beginnen."))
        try:
            answer = _ask(
                parts.hostname, parts.port or 443, parts.path or "/", parts.query, resolve, reach, until
            )
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _refused("import.not-reached", _("Diese Adresse ist nicht zu erreichen."), 502) from error
        if isinstance(answer, bytes):
            return answer
        address = urljoin(address, answer)
    raise _refused("import.too-many-redirects", _("Diese Adresse verweist immer weiter."), 502)


def _ask(
    host: str, port: int, path: str, query: str, resolve: Resolve, reach: Reach, until: float
) -> bytes | str:
    """The body, or where it is instead."""
    connection = http.client.HTTPConnection(host, port)
    connection.sock = reach(_public(resolve(host, port)), host, port)
    try:
        connection.request(
            "GET",
            f"{path}?{query}" if query else path,
            headers={"Accept": "application/geo+json, application/json"},
        )
        response = connection.getresponse()
        if response.status in (301, 302, 303, 307, 308):
            return response.getheader("Location") or ""
        if response.status != 200:
            raise _refused("import.not-there", _("An dieser Adresse ist keine Datei."), 502)
        return _body(response, until)
    finally:
        connection.close()


def _body(response: http.client.HTTPResponse, until: float) -> bytes:
    parts, size = [], 0
    while part := response.read1(CHUNK):  # what is there by now, so that the clock is looked at
        size += len(part)
        if size > MOST_BYTES:
            raise _refused("geo.too-large", _("Diese Datei ist größer als 100 MB."))
        if time.monotonic() > until:
            raise _refused("import.too-slow", _("Diese Adresse antwortet zu langsam."), 504)
        parts.append(part)
    return b"".join(parts)


def _public(found: list[str]) -> str:
    """The address to speak to: refuses a name behind which is this machine or a private network."""
    known = [ipaddress.ip_address(one.split("%")[0]) for one in found]
    if not known or not all((getattr(one, "ipv4_mapped", None) or one).is_global for one in known):
        raise _refused("import.private-address", _("Diese Adresse liegt nicht im offenen Internet."))
    return found[0]


def _refused(code: str, sentence: Sentence, status: int = 400) -> Refusal:
    cure = _("Laden Sie die Datei selbst herunter und nennen Sie die Datei.")
    return Refusal(code, sentence, cure=cure, field="file", status=status)
