# SPDX-License-Identifier: EUPL-1.2
"""What is said of a picture of a place; the picture itself is made anew by `core.pictures`."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

from smilecity.core.pictures import FULL, SIZES, SMALL, Picture, remade
from smilecity.core.problems import Refusal, Sentence
from smilecity.places.rules import words

__all__ = [
    "FULL", "LICENCES", "SIZES", "SMALL", "Picture", "checked_alt", "checked_credit", "checked_licence", "languages",
    "remade",
]  # fmt: skip

MOST_ALT, MOST_CREDIT = 300, 120
LICENCES: dict[str, Sentence] = {
    "CC-BY-4.0": _later("Weiter benutzbar mit Namensnennung (CC BY 4.0)"),
    "CC-BY-SA-4.0": _later("Weiter benutzbar mit Namensnennung, gleiche Lizenz (CC BY-SA 4.0)"),
    "CC0-1.0": _later("Frei für alles (CC0)"),
    "none": _later("Nur hier gezeigt, nicht weiter benutzbar"),
}


_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]")


def checked_alt(alt: Mapping[str, str], languages: tuple[str, ...]) -> dict[str, str]:
    """What is on the picture, in each of the languages: for everyone who does not see it."""
    kept = {}
    for language in languages:
        text = _INVISIBLE.sub(" ", alt.get(language, "")).strip()
        if not text:
            raise Refusal(
                "photo.alt-missing",
                _("Sagen Sie in einem Satz, was auf dem Bild zu sehen ist."),
                cure=_("Wer das Bild nicht sieht, liest oder hört diesen Satz."),
                field=f"alt_{language}",
                status=422,
            )
        if len(text) > MOST_ALT:
            raise Refusal(
                "photo.alt-too-long",
                _("Dieser Satz ist zu lang."),
                cure=_("Schreiben Sie bis zu %(most)d Zeichen.") % {"most": MOST_ALT},
                field=f"alt_{language}",
                status=422,
            )
        kept[language] = text
    return kept


def checked_credit(credit: str) -> str:
    """Whose picture it is: a name, or nothing."""
    text = _INVISIBLE.sub(" ", credit).strip()
    if len(text) > MOST_CREDIT:
        raise Refusal(
            "photo.credit-too-long",
            _("Dieser Name ist zu lang."),
            cure=_("Schreiben Sie bis zu %(most)d Zeichen.") % {"most": MOST_CREDIT},
            field="credit",
            status=422,
        )
    return text


def checked_licence(licence: str) -> str:
    """What others may do with it, if we know the licence."""
    if licence not in LICENCES:
        raise Refusal(
            "photo.licence",
            _("Diese Lizenz kennen wir nicht."),
            cure=_("Möglich sind: %(known)s.") % {"known": ", ".join(LICENCES)},
            field="licence",
            status=422,
        )
    return licence


def languages() -> tuple[str, ...]:
    """In which languages a picture is described."""
    return tuple(sorted(words.LANGUAGES))
