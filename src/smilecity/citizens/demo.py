# SPDX-License-Identifier: EUPL-1.2
"""Citizens' part of the demo city: what some people have said, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from smilecity.citizens import actions
from smilecity.core.who import Who


@dataclass(frozen=True, slots=True)
class Said:
    """What `person` said of a place; with an answer it is answered, and `closed` if nothing more will come."""

    person: str
    kind: str
    place: str
    words: str
    answer: str = ""
    closed: bool = False


SAID = (
    Said("Anna", "wish", "hafensport", "Können die Körbe auch Netze haben? Ohne klingt jeder Treffer wie daneben."),
    Said("Anna", "problem", "nachbarschaftstreff", "Die Klingel am Hof ist so hoch, dass man sie vom Rollstuhl aus "
         "nicht erreicht."),
    Said("Karim", "wish", "bolzplatz-gross-klein", "Licht bis neun im Winter. Ab vier ist es dunkel, und alle gehen."),
    Said("Tina", "praise", "stadtbibliothek", "Danke für die ruhige Stunde am Dienstag. Mein Sohn liest dort allein.",
         "Das freut uns sehr, und wir sagen es den Kolleginnen weiter. Die ruhige Stunde bleibt.", closed=True),
    Said("Rolf", "problem", "warnowufer-gross-klein", "Eine Bank am Ufer ist gebrochen.",
         "Danke. Die Bank ist gesperrt, eine neue ist bestellt. Wir melden uns, wenn sie steht."),
    Said("Anna", "wish", "kringelgraben", "Eine Schaukel, in der auch Große sitzen können.",
         "Eine Nestschaukel passt an diese Stelle nicht. In Biestow gibt es seit dem Sommer eine.", closed=True),
)  # fmt: skip


def move_in(places: Mapping[str, int], person: Callable[[str], Who], clerk: Who) -> None:
    """Let people say it, and a clerk answer; `places` are noun ids by slug, `person` knows them by name."""
    for number, one in enumerate(SAID):
        need = actions.say_need(
            person(one.person),
            uuid5(NAMESPACE_URL, f"urn:smilecity:demo:need:{number}"),
            kind=one.kind,
            words=one.words,
            language="de",
            about=places[one.place],
        )
        if one.answer:
            actions.answer_need(clerk, need.noun_id, one.answer, close=one.closed)
