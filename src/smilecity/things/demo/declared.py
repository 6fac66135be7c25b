# SPDX-License-Identifier: EUPL-1.2
"""What residents of the demo city are told of its sensors, by their kind; written by us, as an example."""

from __future__ import annotations

from datetime import timedelta

from smilecity.things.rules.declaration import Declaration

TWO_YEARS = timedelta(days=730)
HALF_A_YEAR = timedelta(days=180)

_NO_PERSONS = {
    "de": "Keine nötig: Es entstehen keine personenbezogenen Daten.",
    "en": "None needed: no personal data arise.",
}
_COUNTS = {
    "de": "Verschickt wird nur eine Zahl, es entstehen keine personenbezogenen Daten. Für den Augenblick des Zählens im"
    " Gerät: Art. 6 Abs. 1 Buchst. e DSGVO in Verbindung mit § 4 DSG M-V (Aufgabe im öffentlichen Interesse).",
    "en": "Only a number is sent, no personal data arise. For the moment of counting inside the device: Art. 6 (1) (e)"
    " GDPR together with section 4 of the state's data protection act (task in the public interest).",
}


def _declared(
    purpose: tuple[str, str], safeguard: tuple[str, str], legal_basis: dict[str, str], retention: timedelta
) -> Declaration:
    return Declaration(
        purpose={"de": purpose[0], "en": purpose[1]},
        legal_basis=legal_basis,
        safeguard={"de": safeguard[0], "en": safeguard[1]},
        retention=retention,
    )


_COUNTER = _declared(
    (
        "Damit Sie vorher wissen, ob Platz ist, und die Stadt weiß, wo mehr gebraucht wird.",
        "So that you know beforehand whether there is room, and the city knows where more is needed.",
    ),
    (
        (
            "Der Zähler hat keine Kamera: Er misst, wie weit etwas entfernt ist, zählt im Gerät und verschickt alle paar"
            " Minuten nur eine Zahl. Kein Bild, kein Ton und keine Kennung Ihres Telefons verlässt ihn."
        ),
        (
            "The counter has no camera: it measures how far away things are, counts inside the device and sends only a"
            " number every few minutes. No picture, no sound and no mark of your phone leaves it."
        ),
    ),
    _COUNTS,
    HALF_A_YEAR,
)

DECLARED: dict[str, Declaration] = {
    "people": _COUNTER,
    "visitors": _COUNTER,
    "weather": _declared(
        (
            "Damit Sie sehen, wie Wind und Wetter hier gerade sind, und die Stadt vor Sturm warnen kann.",
            "So that you see what wind and weather are like here, and the city can warn of storms.",
        ),
        (
            "Die Station misst die Luft. Menschen kommen in ihren Daten nicht vor.",
            "The station measures the air. People do not occur in its data.",
        ),
        _NO_PERSONS,
        TWO_YEARS,
    ),
    "sound": _declared(
        (
            "Damit man weiß, wann es hier ruhig ist, und ob es auf Dauer zu laut wird.",
            "So that one knows when it is quiet here, and whether it gets too loud in the long run.",
        ),
        (
            (
                "Das Gerät rechnet den Schall sofort in einen Pegel um und behält nur den. Es nimmt nichts auf: Kein Wort"
                " lässt sich später hören."
            ),
            (
                "The device turns sound into a level at once and keeps nothing else. It records nothing: no word can be"
                " heard later."
            ),
        ),
        _COUNTS,
        TWO_YEARS,
    ),
    "soil": _declared(
        (
            "Damit Bäume und Wiesen dann gegossen werden, wenn sie es brauchen.",
            "So that trees and lawns are watered when they need it.",
        ),
        (
            "Der Fühler steckt in der Erde und misst, wie feucht sie ist. Menschen kommen in seinen Daten nicht vor.",
            "The probe is in the ground and measures how moist it is. People do not occur in its data.",
        ),
        _NO_PERSONS,
        TWO_YEARS,
    ),
    "bin": _declared(
        (
            "Damit der Abfalleimer geleert wird, bevor er voll ist, und niemand umsonst hinfährt.",
            "So that the bin is emptied before it is full, and nobody drives there for nothing.",
        ),
        (
            "Der Fühler misst, wie voll der Eimer ist. Wer etwas hineinwirft, sieht er nicht.",
            "The probe measures how full the bin is. Who throws something in, it does not see.",
        ),
        _NO_PERSONS,
        TWO_YEARS,
    ),
}
