# SPDX-License-Identifier: EUPL-1.2
"""What words must be before they are kept, and by which of them a need is found again."""

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence

LEAST, MOST = 3, 2000
MOST_CONTACT = 254
MOST_ANSWER = 4000
MOST_TITLE = 120
MOST_NAME = 200
MOST_TELLING = 5
SHORTEST_TELLING = 4

KINDS: dict[str, Sentence] = {
    "wish": _("Wunsch"),
    "problem": _("Problem"),
    "idea": _("Idee"),
    "praise": _("Lob"),
    "correction": _("Korrektur"),
    "question": _("Frage"),
}
UNCHOSEN = _(
    "Wählen Sie, ob es ein Wunsch, ein Problem, eine Idee, ein Lob, eine Korrektur oder eine Frage ist."
)
# Half characters, invisible controls, and what turns the direction of all text after it.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
_BLANK_LINES = re.compile(r"\n[ \t]*\n[ \t\n]*\n")
_LETTERS = re.compile(r"[^\W\d_]+")
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


def checked_plain(text: str) -> str:
    """The words in plain language, cleaned; nobody has to write any."""
    return _short_enough(cleaned(text), MOST_ANSWER, "need.plain-too-long", "plain")


def checked_answer(answer: str) -> str:
    """The answer, cleaned: nobody's need is answered without a sentence."""
    return _said(answer, "answer", _("Hier fehlt noch die Antwort."), MOST_ANSWER)


def checked_reason(reason: str) -> str:
    """The reason of a decision, cleaned: nobody's need is closed without one."""
    return _said(reason, "reason", _("Hier fehlt noch die Begründung."), MOST_ANSWER)


def checked_sentence(sentence: str) -> str:
    """What is said to a step on the way, or noted for colleagues, cleaned."""
    return _said(sentence, "sentence", _("Hier fehlt noch der Satz dazu."), MOST_ANSWER)


def checked_title(title: str) -> str:
    """What a published need is called: one line, cleaned."""
    return _said(" ".join(cleaned(title).split()), "title", _("Hier fehlt noch ein Titel."), MOST_TITLE)


def telling_words(folded: str) -> list[str]:
    """By which words a need is found again: the longest few, for they say most; of folded text, the longest first."""
    found = dict.fromkeys(word for word in _LETTERS.findall(folded) if len(word) >= SHORTEST_TELLING)
    return sorted(found, key=lambda word: (-len(word), word))[:MOST_TELLING]


def _said(text: str, field: str, missing: Sentence, most: int) -> str:
    words = cleaned(text)
    if len(words) < LEAST:
        raise Refusal(
            f"need.{field}-missing",
            missing,
            cure=_("Schreiben Sie in ein, zwei Sätzen, was daraus wird, und warum.")
            if field in ("answer", "reason")
            else "",
            field=field,
            status=422,
        )
    return _short_enough(words, most, f"need.{field}-too-long", field)


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
