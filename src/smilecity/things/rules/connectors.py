# SPDX-License-Identifier: EUPL-1.2
"""What may be said of a connector: its name, where it is, what it hears."""

from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence

CHIRPSTACK, TTS, JSON, MIRROR = "chirpstack", "tts", "json", "mirror"
KINDS = (CHIRPSTACK, TTS, JSON, MIRROR)
BROKER, WEB = ("mqtt", "mqtts"), ("http", "https")
MOST_NAME = 100
MOST_TEXT = 300


def checked_text(text: str, field: str, most: int = MOST_TEXT) -> str:
    """The text without space around it. Refuses what is too long, or holds what no name does."""
    text = text.strip()
    if len(text) > most or not text.isprintable():
        raise wrong(
            "connector.bad-text",
            _("Das ist zu lang, oder es steht ein Zeichen darin, das nicht geht."),
            field,
        )
    return text


def checked_address(kind: str, text: str) -> str:
    """The address as it is kept. Refuses `connector.bad-address` (422) what is none for this kind."""
    text = checked_text(text, "address")
    if kind == JSON and not text:
        return ""
    wanted = WEB if kind == MIRROR else BROKER
    parts = _parts(text)
    if parts is None or parts.scheme not in wanted or not parts.hostname:
        raise wrong(
            "connector.bad-address",
            _("Das ist keine Adresse, wie sie hier gebraucht wird."),
            "address",
            _("Zum Beispiel https://example.org/v1.1.")
            if kind == MIRROR
            else _("Zum Beispiel mqtts://example.org:8883."),
        )
    if parts.username is not None or parts.password is not None:
        raise wrong(
            "connector.secret-in-address",
            _("Name und Kennwort gehören nicht in die Adresse: dort könnte sie jeder lesen."),
            "address",
            _("Schreiben Sie sie in die Felder darunter."),
        )
    if parts.query or parts.fragment or (kind != MIRROR and parts.path.strip("/")):
        raise wrong("connector.bad-address", _("Die Adresse endet nach Rechner und Anschluss."), "address")
    return text.rstrip("/")


def checked_topic(kind: str, text: str, address: str) -> str:
    """The topic as it is kept: an MQTT filter (3.1.1, 4.7); of JSON at a broker there must be one."""
    text = checked_text(text, "topic")
    if kind == MIRROR or (kind == JSON and not address):
        return ""
    if not text and kind == JSON:
        raise wrong("connector.no-topic", _("Sagen Sie, was wir bei diesem Broker hören sollen."), "topic")
    levels = text.split("/")
    misplaced = any(("+" in one or "#" in one) and len(one) > 1 for one in levels) or "#" in levels[:-1]
    if misplaced or text.startswith("$"):
        raise wrong(
            "connector.bad-topic",
            _("So schreibt man kein Thema."),
            "topic",
            _("Ein + steht für eine ganze Stufe, ein # nur als letzte, zum Beispiel sensoren/+/messwert."),
        )
    return text


def host_of(address: str) -> tuple[str, str, int | None]:
    """How, with whom and where one speaks at this address; a password is for these alone."""
    parts = _parts(address)
    return (parts.scheme, parts.hostname or "", parts.port) if parts else ("", "", None)


def wrong(code: str, sentence: Sentence, field: str, cure: Sentence = "") -> Refusal:
    """The refusal of one field."""
    return Refusal(code, sentence, cure=cure, field=field, status=422)


def _parts(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        return parts if parts.port != 0 else None  # asking for the port tells whether it is one
    except ValueError:
        return None
