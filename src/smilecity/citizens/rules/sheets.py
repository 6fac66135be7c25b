# SPDX-License-Identifier: EUPL-1.2
"""The numbers of printed sheets, and the one letter by which a kind is typed."""

import hmac
from collections.abc import Callable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal

DRAWN, CHECK = 12, 2
MOST_SHEETS = 100
# By what a clerk types who has a stack before them; as it stands on the sheet.
LETTERS = {"w": "wish", "p": "problem", "i": "idea", "l": "praise", "k": "correction", "f": "question"}
Keyed = Callable[[str], bytes]
"""A digest of a text with the node's secret."""


def sheet_number(drawn: int, keyed: Keyed) -> str:
    """The number on a sheet, of a number that was drawn at random: in groups, with two digits that tell a slip."""
    digits = f"{drawn % 10**DRAWN:0{DRAWN}d}"
    whole = digits + _check(digits, keyed)
    return " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))


def sheet_form(number: str, keyed: Keyed) -> UUID:
    """The form that a sheet is, by its number as it was typed or scanned. Refuses a number that was never printed."""
    digits = "".join(letter for letter in number if letter.isascii() and letter.isdigit())
    plain, check = digits[:DRAWN], digits[DRAWN:]
    if len(digits) != DRAWN + CHECK or not hmac.compare_digest(check, _check(plain, keyed)):
        raise Refusal(
            "need.unknown-sheet",
            _("Diese Nummer steht auf keinem unserer Bögen."),
            cure=_(
                "Vergleichen Sie die 14 Ziffern, oder lassen Sie das Feld leer, wenn der Bogen keine hat."
            ),
            field="number",
            status=422,
        )
    return UUID(bytes=keyed(f"form {plain}")[:16], version=5)


def kind_of_letter(letter: str) -> str:
    """The kind that is meant by a letter or a word; what is unknown is left to be refused as a kind."""
    said = letter.strip().casefold()
    return LETTERS.get(said[:1], said)


def _check(digits: str, keyed: Keyed) -> str:
    return f"{int.from_bytes(keyed(f'check {digits}')[:8]) % 10**CHECK:0{CHECK}d}"
