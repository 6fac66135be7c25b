# SPDX-License-Identifier: EUPL-1.2
"""Every setting of a node: one typed place, each with a sentence. Read from the environment, explained when wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from smilecity.city import parse
from smilecity.city.parse import STATES, Network
from smilecity.core.problems import Refusal

# A wrong value of these is never shown: it may hold a password.
SECRET = ("database", "mail", "mqtt", "oidc_secret", "sms_url", "sms_token", "letters")


def _setting(name: str, says: str, reader: Callable[[str], Any], default: Any) -> Any:
    return field(default=default, metadata={"name": name, "says": says, "parse": reader})


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
        "DATABASE_URL", "A PostgreSQL (15 or newer) to use instead of the node's own.", parse.database, ""
    )
    postgres: Path | None = _setting(
        "SMILE_POSTGRES",
        "Folder of the PostgreSQL programs for the node's own database instead of the bundled ones.",
        Path,
        None,
    )
    host: str = _setting("SMILE_HOST", "Address the door listens on.", str, "127.0.0.1")
    port: int = _setting("SMILE_PORT", "Port the door listens on.", parse.whole(1, 65535), 8000)
    address: str = _setting(
        "SMILE_ADDRESS",
        "Public address of the node, as residents type it; https makes cookies secure.",
        parse.address,
        "",
    )
    proxies: tuple[Network, ...] = _setting(
        "SMILE_PROXIES",
        "Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed; no others are.",
        parse.networks,
        (),
    )
    metrics_from: tuple[Network, ...] = _setting(
        "SMILE_METRICS_FROM", "Who may read /metrics.", parse.networks, parse.networks("127.0.0.0/8,::1")
    )
    zone: ZoneInfo = _setting(
        "SMILE_TIME_ZONE", "Time zone of the city.", parse.zone, ZoneInfo("Europe/Berlin")
    )
    state: str = _setting(
        "SMILE_STATE", "Federal state whose public holidays count, such as MV; empty: only the nation's.",
        parse.choice(*STATES), "",
    )  # fmt: skip
    languages: tuple[str, ...] = _setting(
        "SMILE_LANGUAGES",
        "Languages of the pages, the first without a prefix.",
        parse.languages,
        ("de", "en"),
    )
    map_style: str = _setting(
        "SMILE_MAP_STYLE",
        "Path of a MapLibre style for the base map instead of the plain local drawing.",
        parse.style,
        "",
    )
    few_below: int = _setting(
        "SMILE_FEW_BELOW", "Counts of people below this number read 'a few'.", parse.whole(1, 100), 4
    )
    body_limit: int = _setting(
        "SMILE_BODY_LIMIT",
        "Largest request body in bytes; more is refused with 413.",
        parse.whole(1024, 1 << 30),
        1 << 20,
    )
    upload_limit: int = _setting(
        "SMILE_UPLOAD_LIMIT",
        "Largest photo or file in bytes, only where one is uploaded and only from people who have signed in.",
        parse.whole(1024, 1 << 30),
        15 << 20,
    )
    writes_a_minute: int = _setting(
        "SMILE_WRITES_A_MINUTE", "Forms a client address may send a minute.", parse.whole(1, 100_000), 30
    )
    uplink_days: int = _setting(
        "SMILE_UPLINK_DAYS", "Days after which raw uplinks are deleted.", parse.whole(1, 3650), 30
    )
    contact_days: int = _setting(
        "SMILE_CONTACT_DAYS",
        "Days after which e-mail addresses left with a need are deleted.",
        parse.whole(1, 3650),
        180,
    )
    say_without_account: bool = _setting(
        "SMILE_SAY_WITHOUT_ACCOUNT",
        "Whether people may say what they need without an account: yes or no.",
        parse.yes_or_no,
        True,
    )
    pulse_without_account: bool = _setting(
        "SMILE_PULSE_WITHOUT_ACCOUNT",
        "Whether people may answer the pulse without an account, once a round in each browser: yes or no.",
        parse.yes_or_no,
        True,
    )
    kiosk: bool = _setting(
        "SMILE_KIOSK",
        "Whether /kiosk/ offers the form for a device that many people use: yes or no.",
        parse.yes_or_no,
        True,
    )
    open311_write: str = _setting(
        "SMILE_OPEN311_WRITE",
        "Who may send reports by Open311: open (everybody), key (who has a key with the scope report) or closed.",
        parse.choice("open", "key", "closed"),
        "key",
    )
    moderation: str = _setting(
        "SMILE_MODERATION",
        "Which comments wait for a moderator: before (all), new (of accounts younger than a day), after (none).",
        parse.choice("before", "new", "after"), "new",
    )  # fmt: skip
    hide_after_reports: int = _setting(
        "SMILE_HIDE_AFTER_REPORTS",
        "Reports by as many people with an account hide a comment until a moderator has looked; 0 for never.",
        parse.whole(0, 1000),
        0,
    )
    minimum_age: int = _setting(
        "SMILE_MINIMUM_AGE", "Age from which a person may have an account.", parse.whole(0, 120), 16
    )
    oidc_name: str = _setting(
        "SMILE_OIDC_NAME", "What the button for signing in elsewhere says, such as BundID.", str, ""
    )
    oidc_url: str = _setting(
        "SMILE_OIDC_URL", "Issuer of the OpenID Connect provider people may sign in with.", parse.issuer, ""
    )
    oidc_client: str = _setting("SMILE_OIDC_CLIENT", "Our client id at that provider.", str, "")
    oidc_secret: str = _setting("SMILE_OIDC_SECRET", "Our secret at that provider.", str, "")
    mail: str = _setting(
        "SMILE_MAIL",
        "Mail server, such as smtp://user:secret@host:587?tls=starttls or smtps://user:secret@host;"
        " without it mail is kept as files in the data folder.",
        parse.mail,
        "",
    )
    mail_from: str = _setting(
        "SMILE_MAIL_FROM", "Sender of all mail; by default noreply@ the node's host.", parse.sender, ""
    )
    letters: str = _setting(
        "SMILE_LETTERS",
        "Mailbox whose letters become needs, such as imaps://user:secret@host/INBOX; it is for the node alone.",
        parse.letters,
        "",
    )
    letters_address: str = _setting(
        "SMILE_LETTERS_ADDRESS",
        "Address residents write to, such as anliegen@stadt.example; answers to what came by mail come from there.",
        parse.plain_address,
        "",
    )
    letters_server: str = _setting(
        "SMILE_LETTERS_SERVER",
        "Name by which your own mail server says in Authentication-Results whether a sender is who they say.",
        parse.server,
        "",
    )
    sms_url: str = _setting(
        "SMILE_SMS_URL",
        "Where short messages go by POST as JSON (to, text); without it no page offers them.",
        parse.sms,
        "",
    )
    sms_token: str = _setting("SMILE_SMS_TOKEN", "Our bearer token there.", parse.token, "")
    mqtt: str = _setting(
        "SMILE_MQTT",
        "Broker for SensorThings by MQTT, such as mqtt://user:secret@host:1883 or mqtts://host; embedded: one within"
        " the node, which acknowledges before it stores.",
        parse.broker,
        "",
    )
    mqtt_port: int = _setting(
        "SMILE_MQTT_PORT", "Port of the embedded broker, on this machine only.", parse.whole(1, 65535), 1883
    )
    mqtt_topics: tuple[str, ...] = _setting(
        "SMILE_MQTT_TOPICS",
        "Topics with options that are told at a broker beside the node, separated by semicolons, such as"
        " v1.1/Datastreams(5)/Observations?$select=result.",
        parse.topics,
        (),
    )
    reach: tuple[str, ...] = _setting(
        "SMILE_REACH",
        "Names or networks inside that connectors may reach, also without encryption; none others that are private.",
        parse.reach,
        (),
    )
    log: str = _setting(
        "SMILE_LOG", "Form of the operator's log on standard error.", parse.choice("plain", "json"), "plain"
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
