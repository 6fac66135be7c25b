# SPDX-License-Identifier: EUPL-1.2
"""What hinders a connector, as it is told at the desk: machines are told in English, people in their language."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Sentence


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong and what to do; `more` is what was told besides, for those who know."""

    sentence: Sentence
    cure: Sentence = ""
    more: str = ""


WORDS: dict[str, tuple[Sentence, Sentence]] = {
    "broker.away": (
        _("Der Broker ist nicht zu erreichen."),
        _("Prüfen Sie Adresse und Anschluss. Wir versuchen es weiter; was dort wartet, kommt dann nach."),
    ),
    "broker.refuses": (_("Der Broker lässt uns nicht herein."), _("Prüfen Sie Benutzername und Kennwort.")),
    "broker.refuses-topic": (
        _("Der Broker lässt uns dieses Thema nicht hören."),
        _("Prüfen Sie das Thema, und was dieser Benutzer dort darf."),
    ),
    "broker.not-trusted": (
        _("Der Broker kann nicht beweisen, dass er es ist: sein Zertifikat passt nicht."),
        _("Bitten Sie den Betreiber des Brokers um ein gültiges Zertifikat."),
    ),
    "reach.not-allowed": (
        _("Diese Adresse liegt nicht im offenen Internet."),
        _("Soll sie erreichbar sein, nennt der Betreiber des Knotens sie in SMILE_REACH."),
    ),
    "reach.unknown-host": (_("Diesen Rechner gibt es nicht."), _("Prüfen Sie die Adresse.")),
    "reach.not-encrypted": (
        _("Ohne Verschlüsselung sprechen wir nur mit Brokern im eigenen Netz."),
        _("Nehmen Sie mqtts://, oder der Betreiber des Knotens nennt den Broker in SMILE_REACH."),
    ),
    "connector.bad-address": (_("Die Adresse ist keine."), _("Berichtigen Sie sie.")),
    "connector.sealed": (
        _("Das Kennwort lässt sich nicht mehr lesen: der Knoten hat inzwischen ein anderes Geheimnis."),
        _("Geben Sie das Kennwort noch einmal ein."),
    ),
    "connector.no-mapping": (
        _("Es kommen Nachrichten, aber niemand hat gesagt, welcher Wert zu welcher Messreihe gehört."),
        _("Legen Sie die Zuordnung fest."),
    ),
    "message.not-json": (_("Es kam etwas, das kein JSON ist."), _("Stellen Sie den Absender auf JSON.")),
    "message.too-large": (_("Eine Nachricht war zu groß."), _("Schicken Sie weniger auf einmal.")),
    "message.failed": (
        _("An einer Nachricht sind wir gescheitert."),
        _("Im Protokoll des Knotens steht, warum."),
    ),
    "uplink.not-json": (
        _("Es kam etwas, das kein JSON ist."),
        _("Stellen Sie die Integration des Netzes auf JSON (nicht Protobuf)."),
    ),
    "uplink.wrong-form": (
        _("Es kam eine Nachricht, die nicht so aussieht wie die dieses Netzes."),
        _("Prüfen Sie, ob die Art der Verbindung stimmt."),
    ),
    "uplink.bad-time": (
        _("Eine Nachricht war zu alt oder aus der Zukunft."),
        _("Prüfen Sie die Uhr des Netzes."),
    ),
    "mapping.no-readings": (
        _("Wo die Messungen stehen sollten, sind keine."),
        _("Sehen Sie nach, ob der Pfad zu den Messungen noch stimmt."),
    ),
    "mapping.found-nothing": (
        _("In der Nachricht steht keiner der Werte, die Sie zugeordnet haben."),
        _("Sehen Sie nach, ob die Pfade noch stimmen."),
    ),
    "mapping.no-identity": (
        _("Was die Messung unverwechselbar machen soll, fehlt."),
        _("Prüfen Sie den Pfad dorthin."),
    ),
    "mapping.several": (_("Unter dem Pfad stehen mehrere Werte."), _("Sagen Sie, welcher gemeint ist.")),
    "mapping.too-much": (_("Die Nachricht enthält zu viel."), _("Schicken Sie weniger auf einmal.")),
    "mapping.too-costly": (
        _("Alle Werte zu suchen, dauert zu lange."),
        _("Nennen Sie den Weg zum Wert, ohne zwei Punkte, Stern und Filter."),
    ),
    "observation.bad-result": (
        _("Der Wert passt nicht zur Messreihe."),
        _("Eine Messreihe aus Zahlen nimmt nur Zahlen."),
    ),
    "observation.bad-time": (
        _("Die Zeit lässt sich nicht lesen, oder ihr fehlt die Zeitzone."),
        _("Prüfen Sie, wie sie in der Nachricht steht."),
    ),
    "observation.impossible-time": (
        _("Die Zeit liegt in der Zukunft oder vor 1900."),
        _("Prüfen Sie die Uhr des Absenders, und ob Sekunden oder Millisekunden gemeint sind."),
    ),
    "entity.not-found": (_("Diese Messreihe gibt es nicht mehr."), _("Wählen Sie eine andere.")),
}


def in_words(code: str, otherwise: str) -> Trouble:
    """What is told of a refusal with this code; `otherwise` is its own sentence."""
    if code not in WORDS:
        return Trouble(otherwise)
    sentence, cure = WORDS[code]
    return Trouble(sentence, cure, otherwise)
