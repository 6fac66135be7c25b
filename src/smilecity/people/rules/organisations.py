# SPDX-License-Identifier: EUPL-1.2
"""What an organisation must be before it is kept."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence

KINDS: dict[str, Sentence] = {
    "municipality": _("Gemeinde"),
    "department": _("Amt oder Fachbereich"),
    "firm": _("Städtisches Unternehmen"),
    "business": _("Betrieb oder Geschäft"),
    "club": _("Verein"),
    "group": _("Nachbarschaftsgruppe"),
    "council": _("Beirat oder Ortsvertretung"),
    "partner": _("Partnerstadt"),
}
VISIBILITIES: dict[str, Sentence] = {
    "public": _("Alle sehen sie"),
    "internal": _("Nur wer im Gebiet eine Aufgabe hat"),
    "draft": _("Entwurf"),
}
LANGUAGES = frozenset({"de", "en"})
# Addresses of the desk's own pages.
RESERVED = frozenset({"new"})
LONGEST = {"title": 120, "text": 3000}

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NO_SLUG = re.compile(r"[^a-z0-9]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_WEBSITE = re.compile(r"https?://[^\s/?#@\\\"'<>]+\.[^\s/?#@\\\"'<>]+([/?#][^\s\"'<>\\]*)?", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s<>\"']{1,64}@[^@\s.<>\"']+(\.[^@\s.<>\"']+)+")
_PHONE = re.compile(r"\+?[0-9][0-9 /()-]{3,38}[0-9]")


def slug_of(title: str) -> str:
    """An address made of a title, as German readers write it; empty if nothing of it can be in one."""
    folded = unicodedata.normalize("NFKD", title.casefold().translate(_UMLAUTS))
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    return _NO_SLUG.sub("-", plain)[:80].strip("-")


def checked_slug(slug: str) -> str:
    """The last part of an organisation's address."""
    if len(slug) > 80 or slug in RESERVED or not _SLUG.fullmatch(slug):
        raise Refusal(
            "organisation.address",
            _("Diese Adresse geht nicht."),
            cure=_("Nehmen Sie kleine Buchstaben, Ziffern und Bindestriche."),
            field="slug",
        )
    return slug


def checked_kind(kind: str) -> str:
    """One of the kinds there are."""
    if kind not in KINDS:
        raise Refusal("organisation.kind", _("Diese Art von Organisation gibt es hier nicht."), field="kind")
    return kind


def checked_visibility(visibility: str) -> str:
    """Public, internal or draft."""
    if visibility not in VISIBILITIES:
        raise Refusal("organisation.visibility", _("Diese Sichtbarkeit gibt es nicht."), field="visibility")
    return visibility


def checked_texts(texts: Mapping[str, str], field: str, *, needed: bool) -> dict[str, str]:
    """A text per language, without invisible characters; at least one if `needed`."""
    if set(texts) - LANGUAGES:
        raise _refused_text(field, _("Diese Sprache gibt es hier nicht."))
    kept = {language: _plain(text, field) for language, text in texts.items()}
    kept = {language: text for language, text in kept.items() if text}
    if needed and not kept:
        raise _refused_text(field, _("Hier fehlt ein Text."))
    return kept


def checked_contacts(website: str, email: str, phone: str) -> dict[str, str]:
    """Website, e-mail address and telephone number as they will be kept, each may be empty."""
    kept = {"website": website.strip(), "email": email.strip(), "phone": phone.strip()}
    for field, (form, longest, sentence, cure) in _CONTACTS.items():
        text = kept[field]
        if text and (len(text) > longest or not form.fullmatch(text)):
            raise Refusal(f"organisation.{field}", sentence, cure=cure, field=field)
    return kept


_CONTACTS: dict[str, tuple[re.Pattern[str], int, Sentence, Sentence]] = {
    "website": (_WEBSITE, 300, _("Diese Webadresse geht nicht."), _("Sie beginnt mit https://")),
    "email": (
        _EMAIL,
        254,
        _("Das ist keine E-Mail-Adresse."),
        _("Schreiben Sie sie wie name@beispiel.de, oder lassen Sie das Feld leer."),
    ),
    "phone": (
        _PHONE,
        40,
        _("Diese Telefonnummer geht nicht."),
        _("Nehmen Sie Ziffern, zum Beispiel +49 381 123456."),
    ),
}


def facts(kind: str, contacts: Mapping[str, str]) -> dict[str, Any]:
    """What machines may read of an organisation beside title and text."""
    return {"type": kind, **{name: text for name, text in contacts.items() if text}}


def _plain(text: str, field: str) -> str:
    # "Cc" are controls, "Cf" invisible ones (they turn directions, too), "Cs" half characters.
    hidden = any(unicodedata.category(c) in ("Cc", "Cf", "Cs") and c not in "\n\t\r" for c in text)
    if hidden:
        raise _refused_text(field, _("In diesem Text stecken unsichtbare Zeichen."))
    kept = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if field == "title":
        kept = " ".join(kept.split())
    if len(kept) > LONGEST[field]:
        raise _refused_text(field, _("Dieser Text ist zu lang."))
    return kept


def _refused_text(field: str, sentence: Sentence) -> Refusal:
    return Refusal(
        "organisation.text",
        sentence,
        cure=_("Schreiben Sie bis zu %(most)d Zeichen.") % {"most": LONGEST[field]},
        field=field,
    )
