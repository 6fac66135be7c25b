# SPDX-License-Identifier: EUPL-1.2
"""How the text of a setting is read. Each raises `ValueError` with what it must be; never with the text itself."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from email.utils import parseaddr
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from smilecity.city.mail_server import MailServer
from smilecity.core import mailbox, reaching
from smilecity.things.intake.mqtt.address import BrokerAddress

STATES = ("BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH")
LANGUAGES = {"de": "Deutsch", "en": "English"}

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number from `least` to `most`."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]+", text) or not least <= int(text) <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return int(text)

    return parse


def networks(text: str) -> tuple[Network, ...]:
    """Networks, separated by commas."""
    try:
        return tuple(
            ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip()
        )
    except ValueError as error:
        raise ValueError(
            "addresses or networks, separated by commas, such as 10.0.0.2 or 10.0.0.0/24"
        ) from error


def reach(text: str) -> tuple[str, ...]:
    """Hosts and networks that may be reached although they are at hand."""
    try:
        return tuple(reaching.entry(part) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise ValueError(
            "names or networks, separated by commas, such as broker.example or 10.0.0.0/24"
        ) from error


def zone(text: str) -> ZoneInfo:
    """A time zone by its name."""
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("a name of the IANA time zone database, such as Europe/Berlin") from error


def address(text: str) -> str:
    """The address of this node: scheme and host alone."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("an address without a path, such as https://smile.example.org")
    return text.rstrip("/")


def issuer(text: str) -> str:
    """The address of an OpenID provider."""
    parts = urlsplit(text)
    here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if (
        not parts.hostname
        or parts.query
        or (parts.scheme != "https" and not (here and parts.scheme == "http"))
    ):
        raise ValueError("an https address without a query, such as https://login.example.org/realms/city")
    return text


def database(text: str) -> str:
    """The address of a PostgreSQL database."""
    if not text.startswith(("postgresql://", "postgres://")):
        raise ValueError("an address such as postgresql://user:secret@host/database (PostgreSQL 15 or newer)")
    return text


def mail(text: str) -> str:
    """The address of a mail server that sends."""
    MailServer.read(text)
    return text


def letters(text: str) -> str:
    """The address of a mailbox that is read."""
    mailbox.Mailbox.read(text)
    return text


def plain_address(text: str) -> str:
    """An e-mail address alone."""
    if not re.fullmatch(r"[^@\s<>\",;]+@[^@\s<>\",;]+", text):
        raise ValueError("an address such as anliegen@stadt.example")
    return text


def server(text: str) -> str:
    """The name of a mail server."""
    if not re.fullmatch(r"[A-Za-z0-9._-]+", text):
        raise ValueError(
            "the name your mail server writes into Authentication-Results, such as mail.stadt.example"
        )
    return text


def sms(text: str) -> str:
    """Where short messages are handed over."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or not text.isascii():
        raise ValueError(
            "an address such as https://sms.example.org/messages (http only to a machine in SMILE_REACH)"
        )
    return text


def token(text: str) -> str:
    """A bearer token."""
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise ValueError("printable characters without spaces")
    return text


def broker(text: str) -> str:
    """The address of an MQTT broker."""
    if text != "embedded":
        BrokerAddress.read(text)
    return text


def topics(text: str) -> tuple[str, ...]:
    """Topics, separated by commas."""
    topics = tuple(part.strip() for part in text.split(";") if part.strip())
    if not all(topic.startswith("v1.1/") for topic in topics):
        raise ValueError("topics such as v1.1/Datastreams(5)/Observations, separated by semicolons")
    return topics


def sender(text: str) -> str:
    """An e-mail address, with a name or without."""
    name, address = parseaddr(text)
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", address) or not name.isprintable() or not text.isprintable():
        raise ValueError("an address such as stadt@example.org or Smile City <stadt@example.org>")
    return text


def style(text: str) -> str:
    """The address of a map style on this node."""
    if not text.startswith("/") or text.startswith("//"):
        raise ValueError(
            "a path on this node, such as /static/style.json: nothing is loaded from other hosts"
        )
    return text


def choice(*choices: str) -> Callable[[str], str]:
    """One of these words."""

    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError("one of " + ", ".join(choices))
        return text

    return parse


def yes_or_no(text: str) -> bool:
    """yes or no."""
    if text not in ("yes", "no"):
        raise ValueError("yes or no")
    return text == "yes"


def languages(text: str) -> tuple[str, ...]:
    """German is the language the texts are written in: whatever is not translated is shown in it."""
    chosen = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if chosen[:1] != ("de",) or set(chosen) - set(LANGUAGES):
        raise ValueError("de, alone or followed by others of: " + ", ".join(LANGUAGES))
    return chosen
