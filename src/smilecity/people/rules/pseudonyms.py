# SPDX-License-Identifier: EUPL-1.2
"""What a pseudonym must be, and how it looks: nobody can look like somebody else, nor like the city."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence

LEAST, MOST = 3, 30

_MARKS_IN_A_ROW = 2
_RUNS = re.compile(r"[ \t]+")
# Scripts that one language writes together; everything else stays alone.
_TOGETHER = {"HIRAGANA": "HAN", "KATAKANA": "HAN", "HANGUL": "HAN"}
# What looks alike on a screen once capitals are gone.
_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "ı": "l", "ß": "s", "ẞ": "s"})
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))

RESERVED = (
    "admin", "administrator", "amt", "anonym", "anonymous", "behörde", "bürgeramt", "bürgerbüro",
    "bürgermeister", "bürgermeisterin", "gelöscht", "gemeinde", "hilfe", "info", "kommune", "landkreis",
    "moderation", "moderator", "moderatorin", "niemand", "oberbürgermeister", "oberbürgermeisterin",
    "offiziell", "official", "operator", "ordnungsamt", "polizei", "police", "presse", "rathaus",
    "redaktion", "root", "service", "smile city", "smilecity", "stadt", "stadtrat", "stadtverwaltung",
    "support", "system", "team", "verwaltung", "webmaster",
)  # fmt: skip

# For those who would rather not think of one: friendly things, none of a place.
FRIENDLY = (
    "Ahornblatt", "Apfelbaum", "Birke", "Brombeere", "Distelfink", "Drossel", "Eichhorn", "Fliederbusch",
    "Gänseblume", "Glockenblume", "Goldammer", "Haselnuss", "Heckenrose", "Holunder", "Hummel", "Igel",
    "Kastanie", "Kornblume", "Lerche", "Lindenblatt", "Löwenzahn", "Margerite", "Marienkäfer", "Mauersegler",
    "Mohnblume", "Pusteblume", "Regenbogen", "Ringelblume", "Rotkehlchen", "Schlehe", "Schwalbe",
    "Sonnenblume", "Spatz", "Sternschnuppe", "Vogelbeere", "Wacholder", "Wolke", "Zaunkönig",
)  # fmt: skip


def composed(text: str) -> str:
    """The pseudonym as it is kept: composed characters, single spaces, none around it."""
    return _RUNS.sub(" ", unicodedata.normalize("NFC", text)).strip(" ")


def checked(text: str, taken_by_others: Iterable[str] = ()) -> str:
    """The pseudonym, composed, if it may be had.

    `taken_by_others` are shapes that belong to somebody who is no account, such as the titles of organisations.
    """
    pseudonym = composed(text)
    if not LEAST <= len(pseudonym) <= MOST:
        raise _refusal(
            "account.pseudonym-length",
            _("Ein Pseudonym hat %(least)d bis %(most)d Zeichen.") % {"least": LEAST, "most": MOST},
        )
    if not _well_formed(pseudonym):
        raise _refusal(
            "account.pseudonym-characters",
            _("Ein Pseudonym besteht aus Buchstaben und Ziffern, dazwischen Leerzeichen, - oder _."),
        )
    if not _one_script(pseudonym):
        raise _refusal(
            "account.pseudonym-scripts",
            _("Ein Pseudonym mischt keine Schriften, sonst sähe es aus wie ein anderes."),
        )
    if _reserved(pseudonym) or shape(pseudonym) in set(taken_by_others):
        raise _refusal(
            "account.pseudonym-reserved",
            _("Dieses Pseudonym klingt nach der Stadt oder einer Einrichtung."),
        )
    return pseudonym


def shape(text: str) -> str:
    """How a pseudonym looks: capitals, accents, look-alikes and gaps folded away. Equal shapes look the same."""
    folded = text
    while (once := _fold(folded)) != folded:
        folded = once
    return folded


def suggested(draw: Callable[[Sequence[str]], str], number: Callable[[int], int]) -> str:
    """A friendly pseudonym; `draw` picks one of several, `number` one below a number."""
    return f"{draw(FRIENDLY)} {number(990) + 10}"


def _fold(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    plain = "".join(_latin(c) for c in plain).casefold().translate(_ALIKE)
    plain = "".join(c for c in plain if c not in " -_")
    for pair, single in _PAIRS:
        plain = plain.replace(pair, single)
    return plain


@cache
def _latin(character: str) -> str:
    """The ASCII letter or digit that this character is mistaken for, else itself."""
    if character.isascii():
        return character
    from confusable_homoglyphs import confusables  # a megabyte of tables: only when somebody registers

    found = confusables.confusables_data.get(character, ())
    like = sorted(one["c"] for one in found if one["c"].isascii() and one["c"].isalnum())
    return str(like[0]) if like else character


def _well_formed(pseudonym: str) -> bool:
    if unicodedata.normalize("NFKC", pseudonym) != pseudonym:
        return False  # ligatures, full width, letters in circles
    marks = 0
    for character in pseudonym:
        category = unicodedata.category(character)
        marks = marks + 1 if category[0] == "M" else 0
        if marks > _MARKS_IN_A_ROW or not (category[0] in "LM" or character in " -_0123456789"):
            return False
    letters = sum(unicodedata.category(c)[0] == "L" for c in pseudonym)
    return letters >= 2 and pseudonym[0].isalnum() and not pseudonym.endswith(("-", "_"))


def _one_script(pseudonym: str) -> bool:
    from confusable_homoglyphs import categories

    scripts = {categories.alias(c) for c in pseudonym if unicodedata.category(c)[0] == "L"}
    return len({_TOGETHER.get(one, one) for one in scripts} - {"COMMON", "INHERITED"}) <= 1


def _reserved(pseudonym: str) -> bool:
    words = [pseudonym, *re.split(r"[ _-]+", pseudonym)]
    return not {shape(word) for word in words}.isdisjoint(_reserved_shapes())


@cache
def _reserved_shapes() -> frozenset[str]:
    return frozenset(shape(word) for word in RESERVED)


def _refusal(code: str, sentence: Sentence) -> Refusal:
    cure = _("Wählen Sie ein anderes, zum Beispiel einen Spitznamen.")
    return Refusal(code, sentence, cure=cure, field="pseudonym", status=422)
