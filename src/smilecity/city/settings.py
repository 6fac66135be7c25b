# SPDX-License-Identifier: EUPL-1.2
"""Every setting of a node: one typed place, each with a sentence. Read from the environment, explained when wrong."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from smilecity.city.mail_server import MailServer
from smilecity.core import reaching
from smilecity.core.problems import Refusal
from smilecity.things.intake.mqtt.address import BrokerAddress

STATES = ("BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH")
LANGUAGES = {"de": "Deutsch", "en": "English"}

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


# A wrong value of these is never shown: it may hold a password.
SECRET = ("database", "mail", "mqtt", "oidc_secret", "sms_url", "sms_token")


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]+", text) or not least <= int(text) <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return int(text)

    return parse


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(
            ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip()
        )
    except ValueError as error:
        raise ValueError(
            "addresses or networks, separated by commas, such as 10.0.0.2 or 10.0.0.0/24"
        ) from error


def _reach(text: str) -> tuple[str, ...]:
    try:
        return tuple(reaching.entry(part) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise ValueError(
            "names or networks, separated by commas, such as broker.example or 10.0.0.0/24"
        ) from error


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("a name of the IANA time zone database, such as Europe/Berlin") from error


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("an address without a path, such as https://smile.example.org")
    return text.rstrip("/")


def _issuer(text: str) -> str:
    parts = urlsplit(text)
    here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if (
        not parts.hostname
        or parts.query
        or (parts.scheme != "https" and not (here and parts.scheme == "http"))
    ):
        raise ValueError("an https address without a query, such as https://login.example.org/realms/city")
    return text


def _database(text: str) -> str:
    if not text.startswith(("postgresql://", "postgres://")):
        raise ValueError("an address such as postgresql://user:secret@host/database (PostgreSQL 15 or newer)")
    return text


def _mail(text: str) -> str:
    MailServer.read(text)
    return text


def _sms(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or not text.isascii():
        raise ValueError(
            "an address such as https://sms.example.org/messages (http only to a machine in SMILE_REACH)"
        )
    return text


def _token(text: str) -> str:
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise ValueError("printable characters without spaces")
    return text


def _broker(text: str) -> str:
    if text != "embedded":
        BrokerAddress.read(text)
    return text


def _topics(text: str) -> tuple[str, ...]:
    topics = tuple(part.strip() for part in text.split(";") if part.strip())
    if not all(topic.startswith("v1.1/") for topic in topics):
        raise ValueError("topics such as v1.1/Datastreams(5)/Observations, separated by semicolons")
    return topics


def _sender(text: str) -> str:
    name, address = parseaddr(text)
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", address) or not name.isprintable() or not text.isprintable():
        raise ValueError("an address such as stadt@example.org or Smile City <stadt@example.org>")
    return text


def _style(text: str) -> str:
    if not text.startswith("/") or text.startswith("//"):
        raise ValueError(
            "a path on this node, such as /static/style.json: nothing is loaded from other hosts"
        )
    return text


def _choice(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError("one of " + ", ".join(choices))
        return text

    return parse


def _languages(text: str) -> tuple[str, ...]:
    """German is the language the texts are written in: whatever is not translated is shown in it."""
    chosen = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if chosen[:1] != ("de",) or set(chosen) - set(LANGUAGES):
        raise ValueError("de, alone or followed by others of: " + ", ".join(LANGUAGES))
    return chosen


def _setting(name: str, says: str, parse: Callable[[str], Any], default: Any) -> Any:
    return field(default=default, metadata={"name": name, "says": says, "parse": parse})


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator may set. The metadata of each field are its variable, its sentence and its parser."""

    data: Path | None = _setting(
        "SMILE_DATA",
        "Folder of the node's data; by default .smile in a checkout, else the user's data folder.",
        Path,
        None,
    )
    database: str = _setting(
        "DATABASE_URL", "A PostgreSQL (15 or newer) to use instead of the node's own.", _database, ""
    )
    postgres: Path | None = _setting(
        "SMILE_POSTGRES",
        "Folder of the PostgreSQL programs for the node's own database instead of the bundled ones.",
        Path,
        None,
    )
    host: str = _setting("SMILE_HOST", "Address the door listens on.", str, "127.0.0.1")
    port: int = _setting("SMILE_PORT", "Port the door listens on.", _whole(1, 65535), 8000)
    address: str = _setting(
        "SMILE_ADDRESS",
        "Public address of the node, as residents type it; https makes cookies secure.",
        _address,
        "",
    )
    proxies: tuple[Network, ...] = _setting(
        "SMILE_PROXIES",
        "Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed; no others are.",
        _networks,
        (),
    )
    metrics_from: tuple[Network, ...] = _setting(
        "SMILE_METRICS_FROM", "Who may read /metrics.", _networks, _networks("127.0.0.0/8,::1")
    )
    zone: ZoneInfo = _setting("SMILE_TIME_ZONE", "Time zone of the city.", _zone, ZoneInfo("Europe/Berlin"))
    state: str = _setting(
        "SMILE_STATE", "Federal state whose public holidays count, such as MV; empty: only the nation's.",
        _choice(*STATES), "",
    )  # fmt: skip
    languages: tuple[str, ...] = _setting(
        "SMILE_LANGUAGES", "Languages of the pages, the first without a prefix.", _languages, ("de", "en")
    )
    map_style: str = _setting(
        "SMILE_MAP_STYLE",
        "Path of a MapLibre style for the base map instead of the plain local drawing.",
        _style,
        "",
    )
    few_below: int = _setting(
        "SMILE_FEW_BELOW", "Counts of people below this number read 'a few'.", _whole(1, 100), 4
    )
    body_limit: int = _setting(
        "SMILE_BODY_LIMIT",
        "Largest request body in bytes; more is refused with 413.",
        _whole(1024, 1 << 30),
        1 << 20,
    )
    upload_limit: int = _setting(
        "SMILE_UPLOAD_LIMIT",
        "Largest photo or file in bytes, only where one is uploaded and only from people who have signed in.",
        _whole(1024, 1 << 30),
        15 << 20,
    )
    writes_a_minute: int = _setting(
        "SMILE_WRITES_A_MINUTE", "Forms a client address may send a minute.", _whole(1, 100_000), 30
    )
    uplink_days: int = _setting(
        "SMILE_UPLINK_DAYS", "Days after which raw uplinks are deleted.", _whole(1, 3650), 30
    )
    contact_days: int = _setting(
        "SMILE_CONTACT_DAYS",
        "Days after which e-mail addresses left with a need are deleted.",
        _whole(1, 3650),
        180,
    )
    minimum_age: int = _setting(
        "SMILE_MINIMUM_AGE", "Age from which a person may have an account.", _whole(0, 120), 16
    )
    oidc_name: str = _setting(
        "SMILE_OIDC_NAME", "What the button for signing in elsewhere says, such as BundID.", str, ""
    )
    oidc_url: str = _setting(
        "SMILE_OIDC_URL", "Issuer of the OpenID Connect provider people may sign in with.", _issuer, ""
    )
    oidc_client: str = _setting("SMILE_OIDC_CLIENT", "Our client id at that provider.", str, "")
    oidc_secret: str = _setting("SMILE_OIDC_SECRET", "Our secret at that provider.", str, "")
    mail: str = _setting(
        "SMILE_MAIL",
        "Mail server, such as smtp://user:secret@host:587?tls=starttls or smtps://user:secret@host;"
        " without it mail is kept as files in the data folder.",
        _mail,
        "",
    )
    mail_from: str = _setting(
        "SMILE_MAIL_FROM", "Sender of all mail; by default noreply@ the node's host.", _sender, ""
    )
    sms_url: str = _setting(
        "SMILE_SMS_URL",
        "Where short messages go by POST as JSON (to, text); without it no page offers them.",
        _sms,
        "",
    )
    sms_token: str = _setting("SMILE_SMS_TOKEN", "Our bearer token there.", _token, "")
    mqtt: str = _setting(
        "SMILE_MQTT",
        "Broker for SensorThings by MQTT, such as mqtt://user:secret@host:1883 or mqtts://host; embedded: one within"
        " the node, which acknowledges before it stores.",
        _broker,
        "",
    )
    mqtt_port: int = _setting(
        "SMILE_MQTT_PORT", "Port of the embedded broker, on this machine only.", _whole(1, 65535), 1883
    )
    mqtt_topics: tuple[str, ...] = _setting(
        "SMILE_MQTT_TOPICS",
        "Topics with options that are told at a broker beside the node, separated by semicolons, such as"
        " v1.1/Datastreams(5)/Observations?$select=result.",
        _topics,
        (),
    )
    reach: tuple[str, ...] = _setting(
        "SMILE_REACH",
        "Names or networks inside that connectors may reach, also without encryption; none others that are private.",
        _reach,
        (),
    )
    log: str = _setting(
        "SMILE_LOG", "Form of the operator's log on standard error.", _choice("plain", "json"), "plain"
    )

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """Settings from the environment. Refuses the first wrong one, with the id `settings.<field>`."""
        values: dict[str, Any] = {}
        for one in fields(cls):
            text = environment.get(one.metadata["name"], "")
            if not text:
                continue
            try:
                values[one.name] = one.metadata["parse"](text)
            except ValueError as error:
                raise Refusal(
                    f"settings.{one.name}",
                    f"{one.metadata['name']} is set to {_shown(one.name, text)}, but must be {error}.",
                    cure=f"Change or unset {one.metadata['name']}. {one.metadata['says']}",
                    field=one.metadata["name"],
                ) from error
        return cls(**values)

    @classmethod
    def names(cls) -> set[str]:
        """The variables of all settings."""
        return {one.metadata["name"] for one in fields(cls)}

    @property
    def secure(self) -> bool:
        """Whether residents reach the node by https."""
        return self.address.startswith("https://")


def _shown(name: str, text: str) -> str:
    return "a value" if name in SECRET else repr(text[:80])
