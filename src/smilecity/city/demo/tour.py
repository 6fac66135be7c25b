# SPDX-License-Identifier: EUPL-1.2
"""Five minutes in the demo city, by role: what to try, as whom, and where it begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to try; `address` is a URL name and its arguments, `person` whom to sign in as, if anybody."""

    title: Texts
    text: Texts
    address: tuple[str, ...]
    person: str = ""


TOUR = (
    Step(
        {"de": "Einen Ort finden", "en": "Find a place"},
        {
            "de": "Stufenlos, jetzt offen, mit einer ruhigen Stunde: kreuzen Sie an, was Ihnen wichtig ist.",
            "en": "Step-free, open now, with a quiet hour: tick what matters to you.",
        },
        ("places:list",),
    ),
    Step(
        {"de": "Zusehen, was gerade los ist", "en": "Watch what is going on"},
        {
            "de": "Lassen Sie HafenSport offen: die Seite ändert sich, sobald die gespielten Sensoren sprechen.",
            "en": "Leave HafenSport open: the page changes as soon as the simulated sensors speak.",
        },
        ("places:place", "hafensport"),
    ),
    Step(
        {"de": "Etwas sagen, ohne Konto", "en": "Say something, without an account"},
        {
            "de": "Ein Wunsch, ein Ärger, ein Lob. Die Sachbearbeiterin sieht es an ihrem Schreibtisch.",
            "en": "A wish, a trouble, a praise. The clerk sees it at her desk.",
        },
        ("citizens:say",),
    ),
    Step(
        {"de": "Ein Konto eröffnen", "en": "Open an account"},
        {
            "de": "Mit Passwort oder Passkey. Der Code aus der E-Mail liegt unten im Briefkasten der Demo.",
            "en": "With a password or a passkey. The code of the e-mail is in the demo's post box below.",
        },
        ("account_signup",),
    ),
    Step(
        {"de": "Den Eintrag des eigenen Vereins ändern", "en": "Change your own club's entry"},
        {
            "de": "Karims Änderung wartet schon auf einen Blick der Stadt. Er kann weiter an ihr schreiben.",
            "en": "Karim's change is already waiting for the city's look. He can go on writing it.",
        },
        ("places:place", "hafensport"),
        "Karim",
    ),
    Step(
        {"de": "Am Schreibtisch entscheiden", "en": "Decide at the desk"},
        {
            "de": "Vergleichen Sie alt und neu, veröffentlichen Sie oder geben Sie die Änderung mit Gründen zurück.",
            "en": "Compare old and new, publish it, or give the change back with a reason.",
        },
        ("desk:today",),
        "Petra",
    ),
    Step(
        {"de": "Eine Rolle geben", "en": "Give a role"},
        {
            "de": "Legen Sie eine Organisation an und geben Sie Anna darin eine Rolle.",
            "en": "Add an organisation and give Anna a role in it.",
        },
        ("desk-organisations",),
        "Stefan",
    ),
    Step(
        {"de": "Die Stadt umbenennen", "en": "Rename the city"},
        {
            "de": "Name, Farben, Logo und Rechtstexte: jede Stadt macht daraus ihre eigene.",
            "en": "Name, colours, logo and legal texts: every city makes it its own.",
        },
        ("desk-city",),
        "Olga",
    ),
)
