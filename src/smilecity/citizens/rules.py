# SPDX-License-Identifier: EUPL-1.2
"""What a need must be before it is kept."""

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence

LEAST, MOST = 3, 2000
MOST_CONTACT = 254

MOST_ANSWER = 4000

KINDS: dict[str, Sentence] = {
    "wish": _("Wunsch"),
    "problem": _("Problem"),
    "praise": _("Lob"),
    "correction": _("Korrektur"),
    "question": _("Frage"),
}
UNCHOSEN = _("Wählen Sie, ob es ein Wunsch, ein Problem, ein Lob, eine Korrektur oder eine Frage ist.")
STATES: dict[str, Sentence] = {
    "new": _("wird gelesen"),
    "answered": _("beantwortet"),
    "closed": _("abgeschlossen"),
}

# Half characters, invisible controls, and what turns the direction of all text after it.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
_BLANK_LINES = re.compile(r"\n[ \t]*\n[ \t\n]*\n")
_CONTACT = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


def cleaned(text: str) -> str:
    """The words as they will be kept: composed characters, plain line ends, nothing invisible."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = unicodedata.normalize("NFC", _INVISIBLE.sub("", plain))
    return _BLANK_LINES.sub("\n\n", plain).strip()


def checked_words(text: str) -> str:
    """The words, cleaned, if there are neither too few nor too many."""
    words = cleaned(text)
    if len(words) < LEAST:
        raise Refusal(
            "need.words-missing",
            _("Hier stehen noch keine Worte."),
            cure=_("Schreiben Sie in einem Satz, worum es geht."),
            field="words",
            status=422,
        )
    return _short_enough(words, MOST, "need.words-too-long", "words")


def checked_answer(answer: str) -> str:
    """The answer, cleaned: nobody's need is answered or closed without a sentence."""
    words = cleaned(answer)
    if len(words) < LEAST:
        raise Refusal(
            "need.answer-missing",
            _("Hier fehlt noch die Antwort."),
            cure=_("Schreiben Sie in ein, zwei Sätzen, was daraus wird, und warum."),
            field="answer",
            status=422,
        )
    return _short_enough(words, MOST_ANSWER, "need.answer-too-long", "answer")


def _short_enough(words: str, most: int, code: str, field: str) -> str:
    if len(words) > most:
        raise Refusal(
            code,
            _("Das sind %(count)d Zeichen. Es passen %(most)d.") % {"count": len(words), "most": most},
            cure=_("Kürzen Sie Ihren Text."),
            field=field,
            status=422,
        )
    return words


def checked_kind(kind: str) -> str:
    """Wish, problem, praise, correction or question."""
    if kind not in KINDS:
        raise Refusal(
            "need.unknown-kind",
            UNCHOSEN,
            field="kind",
            status=422,
        )
    return kind


def checked_contact(contact: str) -> str:
    """An address for an answer, or nothing. Only sending to it can tell whether it is there."""
    address = contact.strip()
    if address and (
        len(address) > MOST_CONTACT or address != cleaned(address) or not _CONTACT.fullmatch(address)
    ):
        raise Refusal(
            "need.contact",
            _("Das ist keine E-Mail-Adresse."),
            cure=_("Schreiben Sie sie wie name@beispiel.de, oder lassen Sie das Feld leer."),
            field="contact",
            status=422,
        )
    return address
