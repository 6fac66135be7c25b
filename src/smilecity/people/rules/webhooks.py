# SPDX-License-Identifier: EUPL-1.2
"""What a webhook hears, how its messages are signed (Standard Webhooks), and when they are tried again."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from smilecity.core.events import Event
from smilecity.core.problems import Refusal, Sentence

PREFIX = "whsec_"
SECRET_BYTES = 32
BOTH_SIGN = timedelta(hours=24)
MOST_NAME = 80
MOST_ADDRESS = 500
GONE = 410

# After the first failure, the second ...; after the last one there is no further try.
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
)

# Why a webhook rests, and what to do.
RESTS: dict[str, tuple[Sentence, Sentence]] = {
    "asked": (_("Angehalten."), _("Setzen Sie ihn fort, wenn das Programm wieder hören soll.")),
    "failing": (
        _("Einen Tag lang kam nichts an. Darum haben wir aufgehört."),
        _("Sehen Sie nach dem Programm und seiner Adresse, und setzen Sie den Webhook dann fort."),
    ),
    "gone": (
        _("Das Programm sagt, dass es diese Adresse nicht mehr gibt (410)."),
        _("Tragen Sie die neue Adresse ein und setzen Sie ihn fort, oder löschen Sie ihn."),
    ),
    "nobody": (
        _("Wer für diesen Webhook verantwortlich war, ist es nicht mehr."),
        _("Setzen Sie ihn fort, dann sind Sie es."),
    ),
    "unreadable": (
        _("Das Geheimnis ist mit dem Schlüssel eines anderen Knotens versiegelt."),
        _("Machen Sie ein neues Geheimnis, und setzen Sie den Webhook dann fort."),
    ),
}

# What went wrong with a try, by the code of the refusal.
TROUBLES: dict[str, Sentence] = {
    "reach.not-https": _("die Adresse beginnt nicht mit https://"),
    "reach.not-allowed": _("die Adresse liegt nicht im offenen Internet"),
    "reach.unknown-host": _("diesen Rechner gibt es nicht"),
    "reach.not-reached": _("nicht zu erreichen"),
    "reach.too-slow": _("keine Antwort in zehn Sekunden"),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a webhook wants to hear; `within` are the nouns it is narrowed to, None for all."""

    kinds: frozenset[str]
    owner: int | None = None
    organisation: int | None = None
    within: frozenset[int] | None = None


def hears(wish: Wish, event: Event) -> bool:
    """Whether the webhook is told: it asked for it, it may know it, and it lies where it listens.

    What concerns one person alone lies nowhere, so it is not narrowed.
    """
    if event.kind not in wish.kinds:
        return False
    if event.account is not None:
        return event.account == wish.owner
    may = event.public or (event.keeper is not None and event.keeper == wish.organisation)
    return may and (wish.within is None or bool(wish.within & event.about))


def next_pause(failures: int) -> timedelta | None:
    """How long to wait after this many failures of one message (one or more); None to give up."""
    return PAUSES[failures - 1] if failures <= len(PAUSES) else None


def new_secret() -> str:
    """A new secret: 256 random bits behind the prefix that receivers' libraries know."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, message: str, moment: int, body: bytes) -> str:
    """The signature of a message under one secret: HMAC-SHA-256 over `id.timestamp.body`."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = b".".join((message.encode(), str(moment).encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(valid: Sequence[str], message: str, at: datetime, body: bytes) -> dict[str, str]:
    """What is sent beside the body; with each secret that is valid there is a signature."""
    moment = int(at.timestamp())
    return {
        "Content-Type": "application/json",
        "User-Agent": "SmileCity-Webhooks/1",
        "webhook-id": message,
        "webhook-timestamp": str(moment),
        "webhook-signature": " ".join(signature(one, message, moment, body) for one in valid),
    }


def checked_name(text: str) -> str:
    """The name without space around it. Refuses none, and what no name is."""
    text = text.strip()
    if not text:
        raise wrong("webhook.no-name", _("Geben Sie dem Webhook einen Namen."), "name")
    if len(text) > MOST_NAME or not text.isprintable():
        raise wrong("webhook.bad-name", _("Der Name ist zu lang, oder ein Zeichen darin geht nicht."), "name")
    return text


def checked_kinds(wanted: Iterable[str], known: Iterable[str]) -> list[str]:
    """The kinds in their order. Refuses none at all, and what is no kind."""
    chosen = set(wanted)
    found = [one for one in known if one in chosen]
    if not found or len(found) < len(chosen):
        raise wrong(
            "webhook.unknown-kind",
            _("Wählen Sie mindestens ein Ereignis aus der Liste."),
            "kinds",
        )
    return found


def wrong(code: str, sentence: Sentence, field: str, cure: Sentence = "") -> Refusal:
    """The refusal of one field."""
    return Refusal(code, sentence, cure=cure, field=field, status=422)
