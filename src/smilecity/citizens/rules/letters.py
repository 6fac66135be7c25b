# SPDX-License-Identifier: EUPL-1.2
"""A letter that came by e-mail: what is taken from it, and what is left alone. Whatever comes is read or refused."""

import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from email.utils import getaddresses

from django.utils.translation import gettext_lazy as _

from smilecity.citizens.rules.coming import MOST_PHOTOS
from smilecity.citizens.rules.words import MOST, checked_contact, cleaned
from smilecity.core.problems import Refusal, Sentence

MOST_BYTES, MOST_PARTS = 10 << 20, 20
MOST_HEADER, MOST_HEADERS = 4000, 64 << 10
MOST_REST = 20_000
# How many letters are taken in from one sender and in all within an hour, and answered a day.
A_SENDER, IN_ALL, ANSWERS = 20, 600, 5
_MACHINES = re.compile(
    r"(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([+-].*)?", re.IGNORECASE
)
_ANSWERED = re.compile(
    r"^\s*(-{2,}\s*(Urspr.ngliche Nachricht|Original Message|Weitergeleitete Nachricht).*"
    r"|(Am|On)\s.{4,200}\s(schrieb|wrote)\b.{0,200}:|_{10,})\s*$",
    re.IGNORECASE,
)
_AGAIN = re.compile(r"^\s*((re|aw|antw|fw|fwd|wg)\s*:\s*)+", re.IGNORECASE)
_BREAKS = re.compile(r"<\s*(br|/p|/div|/li|/tr|/h[1-6])\b[^<>]{0,200}>", re.IGNORECASE)
_QUOTED = re.compile(r"<\s*blockquote\b|<\s*div\s[^<>]{0,200}gmail_quote", re.IGNORECASE)
_IDS = re.compile(r"<([^<>\s]{1,250})>")


@dataclass(frozen=True, slots=True)
class Written:
    """What a letter says. `automatic`: a machine wrote it; `quiet`: it is not to be answered by one."""

    digest: str
    sender: str
    words: str
    rest: str
    language: str
    pictures: tuple[bytes, ...]
    answers: tuple[str, ...]
    automatic: bool
    quiet: bool
    shown: bool


def read_letter(raw: bytes, own: frozenset[str] = frozenset(), server: str = "") -> Written:
    """What a letter says, without what it quotes and its signature.

    `own` are our addresses: what comes from them is a machine's. `server` is the name by which our own mail server says
    whether the sender is who they say (Authentication-Results). Refuses `letter.too-large`, `letter.too-many-parts`,
    `letter.no-sender` and `letter.unreadable`.
    """
    if len(raw) > MOST_BYTES:
        raise _refused(
            "letter.too-large", _("Diese Nachricht ist größer als %(most)d MB.") % {"most": MOST_BYTES >> 20}
        )
    try:
        return _read(raw, own, server)
    except Refusal:
        raise
    except Exception as error:  # the parser of letters meets whatever people and machines invent
        raise _refused("letter.unreadable", _("Diese Nachricht ist nicht zu lesen.")) from error


def _read(raw: bytes, own: frozenset[str], server: str) -> Written:
    head = re.split(rb"\r?\n\r?\n", raw[: MOST_HEADERS + 4], maxsplit=1)[0]
    if len(head) > MOST_HEADERS:
        raise _refused("letter.unreadable", _("Diese Nachricht ist nicht zu lesen."))
    letter = message_from_bytes(raw, policy=policy.default)
    parts = _leaves(letter)
    sender = _sender(letter)
    text = body_of(parts)
    subject = _AGAIN.sub("", " ".join(cleaned(_header(letter, "subject")).split()))[:200]
    words, rest = _fitted(text if subject.casefold() in text.casefold() else f"{subject}\n\n{text}")
    machine = _by_a_machine(letter, sender) or sender.casefold() in own
    return Written(
        digest=hashlib.sha256(_header(letter, "message-id").strip().encode() or raw).hexdigest(),
        sender=sender,
        words=words,
        rest=rest,
        language="en" if _header(letter, "content-language").casefold().startswith("en") else "de",
        pictures=tuple(_pictures(parts)),
        answers=tuple(_IDS.findall(f"{_header(letter, 'in-reply-to')} {_header(letter, 'references')}")),
        automatic=machine,
        quiet=machine or bool(_header(letter, "x-auto-response-suppress")),
        shown=_shown(letter, sender, server),
    )


def _leaves(letter: Message) -> list[Message]:
    """Its parts, not those that only hold others."""
    found = []
    for number, part in enumerate(letter.walk()):
        if number >= MOST_PARTS:
            raise _refused(
                "letter.too-many-parts",
                _("Diese Nachricht hat mehr als %(most)d Teile.") % {"most": MOST_PARTS},
            )
        if not part.is_multipart():
            found.append(part)
    return found


def _header(letter: Message, name: str) -> str:
    """A header as text; of several the first, and none that is far too long to be meant."""
    raw = next((text for known, text in letter.raw_items() if known.lower() == name), "")
    text = str(raw)
    if not text or len(text) > MOST_HEADER:
        return ""
    try:
        return str(letter.policy.header_fetch_parse(name, text))
    except Exception:  # noqa: BLE001 - the header alone is lost
        return ""


def _sender(letter: Message) -> str:
    found = [address for _name, address in getaddresses([_header(letter, "from")]) if address]
    try:
        sender = checked_contact(found[0]) if len(found) == 1 else ""
    except Refusal:
        sender = ""
    if not sender or not sender.isascii():
        raise _refused("letter.no-sender", _("Diese Nachricht sagt nicht, von wem sie kommt."))
    return sender


def _by_a_machine(letter: Message, sender: str) -> bool:
    """Automatic answers, reports of other mail servers, lists: what nobody wrote to us."""
    submitted = _header(letter, "auto-submitted").strip().casefold()
    return (
        (bool(submitted) and not submitted.startswith("no"))
        or _header(letter, "precedence").strip().casefold() in ("bulk", "list", "junk", "auto_reply")
        or any(_header(letter, name) for name in ("list-id", "list-unsubscribe", "x-autoreply", "x-loop"))
        or _header(letter, "return-path").strip() == "<>"
        or letter.get_content_type() in ("multipart/report", "message/delivery-status")
        or _MACHINES.fullmatch(sender.partition("@")[0]) is not None
    )


def _shown(letter: Message, sender: str, server: str) -> bool:
    """Whether our own mail server, whose word stands uppermost, found the sender to be who they say."""
    said = _header(letter, "authentication-results").casefold()
    name, _mark, results = said.partition(";")
    if not server or name.split()[:1] != [server.casefold()]:
        return False
    domain = re.escape(sender.rpartition("@")[2].casefold())
    from_there = rf"dmarc=pass\b[^;]*header\.from=@?{domain}(?![\w.-])"
    signed = rf"dkim=pass\b[^;]*header\.d=@?{domain}(?![\w.-])"
    return re.search(f"{from_there}|{signed}", results) is not None


def body_of(parts: list[Message]) -> str:
    """What was written: the plain text if there is one, else that of the HTML, up to what is quoted."""
    for kind in ("text/plain", "text/html"):
        texts = [
            _text(part)
            for part in parts
            if part.get_content_type() == kind and part.get_content_disposition() != "attachment"
        ]
        if any(text.strip() for text in texts):
            return own_words("\n".join(plain_of(text) if kind == "text/html" else text for text in texts))
    return ""


def plain_of(text: str) -> str:
    """HTML as plain text."""
    import nh3

    quoted = _QUOTED.search(text)
    kept = _BREAKS.sub("\n", text[: quoted.start()] if quoted and quoted.start() else text)
    return html.unescape(nh3.clean(kept, tags=set(), clean_content_tags={"script", "style", "title", "head"}))


def own_words(text: str) -> str:
    """Without quoted lines, and nothing from the signature or an answered letter on."""
    kept = []
    for line in cleaned(text).split("\n"):
        if line.rstrip() == "--" or (len(line) < MOST_HEADER and _ANSWERED.match(line)):
            break
        if not line.startswith(">"):
            kept.append(line.rstrip())
    return cleaned("\n".join(kept))


def _text(part: Message) -> str:
    """The text of a part, whatever it says of its letters."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    for charset in ("utf-8", part.get_content_charset("")):
        try:
            return payload.decode(charset) if charset else payload.decode("windows-1252", "replace")
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return payload.decode("windows-1252", "replace")


def _pictures(parts: list[Message]) -> Iterator[bytes]:
    found = (part for part in parts if part.get_content_maintype() == "image")
    for part in [*found][:MOST_PHOTOS]:
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and payload:
            yield payload


def _fitted(text: str) -> tuple[str, str]:
    """As much as is kept as words, up to a blank, and the rest."""
    said = cleaned(text)
    if len(said) <= MOST:
        return said, ""
    at = max(said.rfind(" ", 0, MOST - 2), said.rfind("\n", 0, MOST - 2))
    at = at if at > MOST // 2 else MOST - 2
    return f"{said[:at].rstrip()} …", said[at:].strip()[:MOST_REST]


def _refused(code: str, sentence: Sentence) -> Refusal:
    return Refusal(code, sentence, status=422)
