# SPDX-License-Identifier: EUPL-1.2
"""What a category must be: its code, its words in two languages, and what it asks besides."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from smilecity.citizens.rules.words import cleaned
from smilecity.core.problems import Refusal, Sentence

MOST_CODE, MOST_NAME, MOST_TEXT, MOST_WORDS, MOST_DAYS = 60, 120, 1000, 500, 3650
MOST_ASKS, MOST_CHOICES = 10, 30
ASKED: dict[str, Sentence] = {
    "text": _("ein kurzer Text"),
    "number": _("eine Zahl"),
    "date": _("ein Tag"),
    "choice": _("eine Auswahl, eine Antwort"),
    "choices": _("eine Auswahl, mehrere Antworten"),
}
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KeptCategory:
    """A category as it is typed; `parent` and `organisation` are what they are called where it comes from."""

    code: str
    title: Texts
    text: Texts = field(default_factory=dict)
    words: str = ""
    parent: str = ""
    days: int | None = None
    asks: Sequence[Mapping[str, Any]] = ()
    order: int = 0
    active: bool = True


def checked_category(kept: KeptCategory) -> KeptCategory:
    """The same, cleaned, if all of it is right."""
    days = kept.days
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise _wrong(
            "category.days", _("Die Frist ist eine Zahl von 1 bis %(most)d.") % {"most": MOST_DAYS}, "days"
        )
    if not -32_768 <= kept.order <= 32_767:
        raise _wrong("category.order", _("Diese Stelle in der Reihe gibt es nicht."), "order")
    title = _texts(kept.title, "title", MOST_NAME)
    if not title.get("de"):
        raise _wrong("category.title-missing", _("Hier fehlt noch, wie sie auf Deutsch heißt."), "title_de")
    return KeptCategory(
        code=checked_code(kept.code),
        title=title,
        text=_texts(kept.text, "text", MOST_TEXT),
        words=_short(" ".join(cleaned(kept.words).split()), "words", MOST_WORDS),
        parent=kept.parent,
        days=days,
        asks=checked_asks(kept.asks),
        order=kept.order,
        active=kept.active,
    )


def checked_code(code: str) -> str:
    """Small letters, digits and single hyphens: it stands in addresses, and programs know the category by it."""
    if not _CODE.fullmatch(code) or len(code) > MOST_CODE:
        raise _wrong(
            "category.code",
            _(
                "Eine Kennung besteht aus kleinen Buchstaben, Ziffern und Bindestrichen, zum Beispiel lampe-dunkel."
            ),
            "code",
        )
    return code


def code_of(title: str) -> str:
    """A code made of words, empty if nothing of them can stand in one."""
    plain = cleaned(title).casefold().translate(_UMLAUTS)
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:MOST_CODE].strip("-")


def checked_asks(asks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The questions as they are kept: code, label, type, required, and the choices of those that have some."""
    if not isinstance(asks, list | tuple) or len(asks) > MOST_ASKS:
        raise _wrong(
            "category.asks", _("Mehr als %(most)d Fragen sind zu viele.") % {"most": MOST_ASKS}, "asks"
        )
    kept = [_asked(one) for one in asks]
    if len({one["code"] for one in kept}) < len(kept):
        raise _wrong("category.ask-twice", _("Zwei Fragen haben dieselbe Kennung."), "asks")
    return kept


def _asked(ask: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(ask, Mapping) or ask.get("type") not in ASKED:
        raise _wrong("category.ask-type", _("Wählen Sie, was für eine Antwort gemeint ist."), "asks")
    found = {
        "code": checked_code(str(ask.get("code", ""))),
        "label": _label(ask.get("label")),
        "type": ask["type"],
        "required": ask.get("required") is True,
    }
    if found["type"] not in ("choice", "choices"):
        return found
    choices = ask.get("choices") or []
    if not isinstance(choices, list | tuple) or not 1 <= len(choices) <= MOST_CHOICES:
        raise _wrong(
            "category.choices",
            _("Eine Auswahl hat 1 bis %(most)d Antworten.") % {"most": MOST_CHOICES},
            "asks",
        )
    found["choices"] = [
        {"code": checked_code(str(one.get("code", ""))), "label": _label(one.get("label"))}
        for one in choices
        if isinstance(one, Mapping)
    ]
    if len({one["code"] for one in found["choices"]}) < len(choices):
        raise _wrong("category.choice-twice", _("Zwei Antworten einer Auswahl sind gleich."), "asks")
    return found


def _label(label: Any) -> dict[str, str]:
    found = _texts(label if isinstance(label, Mapping) else {}, "asks", MOST_NAME)
    if not found.get("de"):
        raise _wrong("category.label-missing", _("Einer Frage oder Antwort fehlt der deutsche Text."), "asks")
    return found


def _texts(texts: Texts, name: str, most: int) -> dict[str, str]:
    kept = {language: _short(cleaned(str(text)), name, most) for language, text in texts.items()}
    return {language: text for language, text in kept.items() if text}


def _short(text: str, name: str, most: int) -> str:
    if len(text) > most:
        raise _wrong("category.too-long", _("Hier passen %(most)d Zeichen.") % {"most": most}, name)
    return text


def _wrong(code: str, sentence: Sentence, field: str) -> Refusal:
    return Refusal(code, sentence, field=field, status=422)
