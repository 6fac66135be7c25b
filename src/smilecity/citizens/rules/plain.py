# SPDX-License-Identifier: EUPL-1.2
"""An editor's checklist for plain language: what in a text is probably hard to read, sentence by sentence.

The rules are those on which the guides for plain and easy German agree: short sentences and words, the active voice,
no negation, no subjunctive, no foreign words and abbreviations, numbers in digits. They find what is likely, by its
form; whether it is right is for a person to say.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Sentence

MOST_WORDS, MOST_LETTERS = 15, 20

CHECKS: dict[str, Sentence] = {
    "long-sentence": _("Der Satz hat mehr als 15 Wörter. Machen Sie zwei daraus."),
    "long-word": _("Ein Wort ist sehr lang. Teilen Sie es mit Bindestrich, oder nehmen Sie ein kürzeres."),
    "passive": _("Wer tut es? Schreiben Sie: Die Stadt baut. Nicht: Es wird gebaut."),
    "negation": _("Sagen Sie, was ist oder was gilt, statt was nicht ist."),
    "subjunctive": _("Möchte, könnte, würde: Schreiben Sie, was geschieht oder was jemand will."),
    "foreign": _("Ein Fremdwort. Nehmen Sie ein Wort, das alle kennen, oder erklären Sie es."),
    "abbreviation": _("Eine Abkürzung. Schreiben Sie das Wort aus."),
    "number-word": _("Schreiben Sie Zahlen als Ziffern: 5 statt fünf."),
}

_ABBREVIATION = re.compile(
    r"\b(?:z\. ?B\.|d\. ?h\.|u\. ?a\.|i\. ?d\. ?R\.|o\. ?ä\."
    r"|(?:usw|bzw|ggf|evtl|ca|inkl|max|mind|vgl|Nr|Str|Abs)\.)",
    re.IGNORECASE,
)
# The end of a sentence: a mark and a blank, but not after an abbreviation or the number of a day.
_END = re.compile(r"(?<=[.!?…])[\"“”»)]*\s+|\n+")
_WORD = re.compile(r"[^\W_]+(?:[-'’·][^\W_]+)*")
_PASSIVE = re.compile(r"\b(?:wird|werden|wurde|wurden|wirst|werdet|worden)\b", re.IGNORECASE)
_PARTICIPLE = re.compile(
    r"\b(?:(?:\w{0,6}ge\w{2,}|(?:be|ent|er|ver|zer|miss|über|unter|um)\w{3,})(?:t|en)|\w{3,}iert|worden)\b",
    re.IGNORECASE,
)
_NOT_PARTICIPLES = frozenset(
    {"gegen", "gestern", "gerät", "gebiet", "genommen", "besten", "ersten", "erst", "unten"}
)
_NEGATION = re.compile(
    r"\b(?:nicht|nichts|nie|niemals|niemand\w*|kein\w*|nirgends|ohne|weder)\b", re.IGNORECASE
)
_SUBJUNCTIVE = re.compile(
    r"\b(?:würd|könnt|möcht|müsst|dürft|hätt|wär|gäb|käm|ließ|bräucht|ging)(?:e|est|en|et)\b"
    r"(?<!ließen)(?<!gingen)(?<!ginget)",
    re.IGNORECASE,
)
_NUMBER_WORD = re.compile(
    r"\b(?:zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|zwanzig|dreißig|vierzig|fünfzig|hundert|tausend)\b",
    re.IGNORECASE,
)
_FOREIGN = re.compile(
    r"\b(?:partizip\w*|evaluier\w*|evaluation\w*|implementier\w*|initiier\w*|konzept\w*|optimier\w*|priorisier\w*"
    r"|relevan\w*|ressourc\w*|infrastruktur\w*|mobilität\w*|kompensier\w*|sanier\w*|defekt\w*|temporär\w*|aktuell\w*"
    r"|kontinuierlich\w*|kommunizier\w*|koordinier\w*|realisier\w*|reduzier\w*|integrier\w*|inklusi\w*|digitalisier\w*"
    r"|monitoring|workshop\w*|feedback|event\w*|tool\w*|quartiersmanagement|stakeholder|prozess\w*|maßgeblich\w*)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule of the checklist that a sentence breaks; `part` is the word that shows it, if one does."""

    check: str
    sentence: str
    part: str = ""


def sentences(text: str) -> list[str]:
    """The sentences and lines of a text; the points of abbreviations and of days (3. Mai) end none."""
    found: list[str] = []
    for part in _END.split(text):
        if found and _goes_on(found[-1]) and part:
            found[-1] = f"{found[-1]} {part}"
        elif part.strip():
            found.append(part.strip())
    return found


def plainly(text: str) -> list[Finding]:
    """What to look at again, in the order of the sentences and of `CHECKS`."""
    return [found for sentence in sentences(text) for found in _of(sentence)]


def _goes_on(sentence: str) -> bool:
    return bool(re.search(r"(?:^|\s)(?:\d{1,2}|[^\W\d_])\.$", sentence)) or any(
        found.end() == len(sentence) for found in _ABBREVIATION.finditer(sentence)
    )


def _of(sentence: str) -> list[Finding]:
    findings = []
    for check, look in _LOOKS.items():
        part = look(sentence)
        if part is not None:
            findings.append(Finding(check, sentence, part))
    return findings


def _too_long(sentence: str) -> str | None:
    return "" if len(_WORD.findall(sentence)) > MOST_WORDS else None


def _long_word(sentence: str) -> str | None:
    """A hyphen or a middle dot divides a word for the eye."""
    parts = (part for word in _WORD.findall(sentence) for part in re.split(r"[-·]", word))
    return next((part for part in parts if len(part) > MOST_LETTERS), None)


def _passive(sentence: str) -> str | None:
    """A form of `werden` with a participle: without one it is the future, or to become."""
    said = _PASSIVE.search(sentence)
    done = [
        one.group()
        for one in _PARTICIPLE.finditer(sentence)
        if one.group().casefold() not in _NOT_PARTICIPLES
    ]
    done = [one for one in done if not one[0].isupper()]  # nouns are written big
    return said.group() if said and done else None


def _by(pattern: re.Pattern[str]) -> Callable[[str], str | None]:
    def look(sentence: str) -> str | None:
        found = pattern.search(sentence)
        return found.group() if found else None

    return look


_LOOKS: dict[str, Callable[[str], str | None]] = {
    "long-sentence": _too_long,
    "long-word": _long_word,
    "passive": _passive,
    "negation": _by(_NEGATION),
    "subjunctive": _by(_SUBJUNCTIVE),
    "foreign": _by(_FOREIGN),
    "abbreviation": _by(_ABBREVIATION),
    "number-word": _by(_NUMBER_WORD),
}
