# SPDX-License-Identifier: EUPL-1.2
"""What a key looks like."""

import hashlib
import re
import secrets

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Sentence

# What a key can open, and how that is said.
SCOPES: dict[str, Sentence] = {
    "intake": _("Messwerte einliefern"),
    "observe": _("Messwerte über die SensorThings-API schreiben"),
    "things": _("Sensoren und Messreihen über die SensorThings-API pflegen"),
    "command": _("Geräten Befehle geben"),
    "read-partners": _("Lesen, was mit Partnern geteilt ist"),
    "read-internal": _("Lesen, was nur die Stadt sieht"),
    "report": _("Meldungen über Open311 einreichen"),
    "report-work": _("Meldungen über Open311 bearbeiten"),
}

PREFIX = "smile_"
_FORM = re.compile(r"smile_[A-Za-z0-9_-]{43}")


def new_key() -> str:
    """A new key: 256 random bits behind a prefix that secret scanners can find."""
    return PREFIX + secrets.token_urlsafe(32)


def looks_like_key(text: str) -> bool:
    """Whether this could be a key at all, before anything is looked up."""
    return _FORM.fullmatch(text) is not None


def digest(key: str) -> bytes:
    """What is stored of a key. Plain SHA-256 serves: 256 random bits need no slow hash."""
    return hashlib.sha256(key.encode()).digest()
