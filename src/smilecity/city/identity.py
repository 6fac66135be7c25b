# SPDX-License-Identifier: EUPL-1.2
"""Whose node this is: name, contact, colours, logo and legal texts, from the one row that every backup carries.

Pages ask `identity()`, which asks the database at most every few seconds whether anything has changed.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import django.db
from django.db import transaction
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from smilecity.city import colours as colouring
from smilecity.city import facts
from smilecity.city import logo as picturing
from smilecity.city.models import Identity
from smilecity.core import clock, log, nouns
from smilecity.core.problems import Refusal, Sentence
from smilecity.core.who import Who

LOOK_SECONDS = 2.0
NAMELESS = "Smile City"
TEXTS = ("imprint", "privacy", "accessibility", "enforcement", "rules")
MOST_NAME = 80
MOST_CONTACT = 1_000
MOST_TEXT = 50_000

Texts = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class City:
    """What pages say of the city. `version` changes with every change; it stands in addresses kept for ever."""

    name: str = NAMELESS
    contact: str = ""
    colours: Mapping[str, str] = field(default_factory=dict)
    logo: bytes = b""
    logo_type: str = ""
    texts: Texts = field(default_factory=dict)
    demo: bool = False
    changed_at: datetime | None = None
    version: str = ""

    @property
    def logo_url(self) -> str:
        """The address of the city's own logo; empty if it has none."""
        return f"{reverse('city-logo')}?v={self.version}" if self.logo else ""

    @property
    def theme_url(self) -> str:
        """The address of the city's own colours; empty if it has none."""
        return f"{reverse('city-theme')}?v={self.version}" if self.colours else ""

    def text(self, page: str, language: str) -> SafeString:
        """The city's own words for this page as HTML; empty if it has none."""
        from smilecity.city import prose

        written = nouns.in_text(self.texts.get(page, {}), language)
        return prose.html(written) if written else SafeString("")


@dataclass(slots=True)
class _Memory:
    city: City | None = None
    looked: float = 0.0


_memory = _Memory()


def identity() -> City:
    """The city as it is known; at most `LOOK_SECONDS` old, older only while the database is away."""
    known = _memory.city
    if known is not None and time.monotonic() < _memory.looked + LOOK_SECONDS:
        return known
    try:
        changed_at = Identity.objects.values_list("changed_at", flat=True).first()
        if known is None or known.changed_at != changed_at:
            known = _read()
    except django.db.Error:  # pages that say so need a name too
        return known or City()
    _memory.city, _memory.looked = known, time.monotonic()
    return known


def remember(city: City, seconds: float) -> None:
    """Take this city for granted for so long: for tests, and where no database is."""
    _memory.city, _memory.looked = city, time.monotonic() + seconds - LOOK_SECONDS


def forget() -> None:
    """The next question asks the database."""
    _memory.city = None


def exists() -> bool:
    """Whether this node has been given an identity, by `smile init` or by the demo."""
    return Identity.objects.exists()


def may_keep(who: Who) -> bool:
    """Operators decide what the node is called and how it looks; so does the node itself at the command line."""
    return who.label == "node" or who.holds("operator")


def keep_identity(
    who: Who,
    *,
    name: str | None = None,
    contact: str | None = None,
    colours: Mapping[str, str] | None = None,
    logo: bytes | None = None,
    texts: Texts | None = None,
    demo: bool | None = None,
    base: str | None = None,
) -> City:
    """Write what is given, leave the rest (`None`) as it is. Lock: the one row, taken by the upsert.

    `texts` are Markdown by page (`TEXTS`) and language; a page that is given replaces that page. The first
    time a name is needed. Refuses colours that are hard to read, logos that are more than drawings, and with
    `base` (a version) to overwrite what somebody else has written since.
    """
    if not may_keep(who):
        raise Refusal("identity.not-yours", _("Nur Betreiber ändern den Auftritt der Stadt."), status=403)
    given = _checked(name, contact, colours, logo, texts)
    if demo is not None:
        given["demo"] = demo
    with transaction.atomic():
        row = _row(given)
        if base is not None and row.name and base != _city(row).version:
            raise _changed()
        if "texts" in given:
            given["texts"] = {**row.texts, **given["texts"]}  # type: ignore[dict-item]
        for field_name, value in given.items():
            setattr(row, field_name, value)
        row.changed_at = clock.now()
        row.save()
        log.append(who, facts.IDENTITY_KEPT, data={"fields": sorted(given)})
        transaction.on_commit(forget)
        forget()
    return _city(row)


def draft(
    *,
    name: str | None = None,
    contact: str | None = None,
    colours: Mapping[str, str] | None = None,
    logo: bytes | None = None,
    texts: Texts | None = None,
) -> City:
    """The city as it would be, for a preview: by the same rules, and nothing is written."""
    given = _checked(name, contact, colours, logo, texts)
    return replace(identity(), **given)  # type: ignore[arg-type]


def _row(given: Mapping[str, object]) -> Identity:
    """The one row, locked; made if this is the first time."""
    row = Identity.objects.select_for_update().first()
    if row is None:
        if "name" not in given:
            raise _wrong("no-name", _("Die Stadt braucht einen Namen."), "name")
        Identity.objects.get_or_create(id=1, defaults={"name": "", "changed_at": clock.now()})
        row = Identity.objects.select_for_update().get()
    return row


def _changed() -> Refusal:
    return Refusal(
        "identity.changed",
        _("Inzwischen hat jemand anderes den Auftritt der Stadt geändert."),
        cure=_("Öffnen Sie die Seite neu und tragen Sie Ihre Änderung noch einmal ein."),
        status=409,
    )


def _checked(
    name: str | None,
    contact: str | None,
    colours: Mapping[str, str] | None,
    picture: bytes | None,
    texts: Texts | None,
) -> dict[str, object]:
    """What is given, as it is kept."""
    given: dict[str, object] = {}
    if name is not None:
        given["name"] = _line(name)
    if contact is not None:
        if len(contact) > MOST_CONTACT or "\0" in contact:
            raise _wrong(
                "contact-too-long", _("Die Anschrift ist zu lang: höchstens 1000 Zeichen."), "contact"
            )
        given["contact"] = contact.strip()
    if colours is not None:
        given["colours"] = colouring.checked(colours)
    if picture is not None:
        given["logo"], given["logo_type"] = picturing.checked(picture)
    if texts is not None:
        given["texts"] = {page: _text(page, languages) for page, languages in texts.items()}
    return given


def _line(name: str) -> str:
    tidy = " ".join(name.split())
    if not tidy:
        raise _wrong("no-name", _("Die Stadt braucht einen Namen."), "name")
    if len(tidy) > MOST_NAME or not tidy.isprintable():
        raise _wrong("name-too-long", _("Der Name ist zu lang: höchstens 80 Zeichen."), "name")
    return tidy


def _text(page: str, languages: Mapping[str, str]) -> dict[str, str]:
    if page not in TEXTS:
        raise _wrong("unknown-text", _("Einen Text „%(page)s“ gibt es nicht.") % {"page": page[:40]}, "texts")
    if any(len(text) > MOST_TEXT or "\0" in text for text in languages.values()):
        raise _wrong("text-too-long", _("Der Text ist zu lang: höchstens 50.000 Zeichen."), f"texts.{page}")
    return {language: text.strip() for language, text in languages.items() if text.strip()}


def _wrong(code: str, sentence: Sentence, name: str) -> Refusal:
    return Refusal(f"identity.{code}", sentence, field=name)


def _read() -> City:
    row = Identity.objects.first()
    return _city(row) if row else City()


def _city(row: Identity) -> City:
    content = bytes(row.logo)
    stamp = f"{row.changed_at.isoformat()} {sorted(row.colours.items())}".encode()
    return City(
        name=row.name,
        contact=row.contact,
        colours=row.colours,
        logo=content,
        logo_type=row.logo_type,
        texts=row.texts,
        demo=row.demo,
        changed_at=row.changed_at,
        version=hashlib.sha256(stamp + content).hexdigest()[:12],
    )
