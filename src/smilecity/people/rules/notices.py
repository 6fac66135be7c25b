# SPDX-License-Identifier: EUPL-1.2
"""What a notice says. Only codes are kept of it; its words are made when it is read, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Sentence

# Of what an entry holds only these are kept with a notice: codes that its words may need, never text.
CODES = ("kind", "role", "state")


@dataclass(frozen=True, slots=True)
class Telling:
    """One entry of the log that concerns one person; `mine` if it is about them, not about what they follow."""

    account: int
    entry: int
    verb: str
    at: datetime
    noun: int | None = None
    mine: bool = False
    codes: Mapping[str, Any] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """What is kept beside the verb."""
        kept = {name: self.codes[name] for name in CODES if isinstance(self.codes.get(name), str)}
        return {**kept, "mine": True} if self.mine else kept


# To whom it happened, then to those who follow or look after it.
ABOUT_ME: dict[str, Sentence] = {
    "offer-published": _("Ihr Angebot ist veröffentlicht."),
    "offer-returned": _("Ihr Angebot ist zurückgekommen, mit einem Hinweis dazu."),
    "your-occasion-moved": _("Ein Termin, zu dem Sie angemeldet sind, ist verschoben."),
    "your-occasion-cancelled": _("Ein Termin, zu dem Sie angemeldet sind, ist abgesagt."),
    "moved-up": _("Sie sind von der Warteliste nachgerückt: Es gibt einen Platz für Sie."),
    "change-published": _("Ihre Änderung ist veröffentlicht."),
    "change-returned": _("Ihre Änderung ist zurückgekommen, mit einem Hinweis dazu."),
    "need-answered": _("Ihr Anliegen hat eine Antwort."),
    "need-stepped": _("Bei Ihrem Anliegen geht es weiter."),
    "need-handed-on": _("Ihr Anliegen ist jetzt bei einer anderen Organisation."),
    "need-decided": _("Ihr Anliegen ist entschieden. Warum so, steht dabei."),
    "need-reopened": _("Ihr Anliegen ist wieder offen. Warum, steht dabei."),
    "need-taken": _("Um dieses Anliegen kümmern jetzt Sie sich."),
    "need-published": _("Ihr Anliegen können jetzt alle lesen, ohne Ihren Namen."),
    "need-hidden": _(
        "Ihr Anliegen ist nicht mehr öffentlich. Warum, und wie Sie widersprechen können, steht dabei."
    ),
    "need-kept-hidden": _("Über Ihren Widerspruch ist entschieden: Ihr Anliegen bleibt verborgen."),
    "need-discussed": _("Zu Ihrem Anliegen wird gesprochen."),
    "comment-hidden": _(
        "Die Moderation hat Ihren Beitrag verborgen. Warum, und was Sie tun können, steht dabei."
    ),
    "comment-shown": _("Ihren Beitrag können jetzt alle lesen."),
    "comment-kept-hidden": _("Über Ihren Widerspruch ist entschieden: Ihr Beitrag bleibt verborgen."),
    "booking-approved": _("Ihre Buchung ist zugesagt."),
    "booking-refused": _("Ihre Buchung ist abgelehnt. Warum, steht bei der Buchung."),
    "booking-waits": _("Die Zusage Ihrer Buchung ist zurückgenommen. Sie wird noch einmal angesehen."),
    "booking-cancelled": _("Ihre Buchung ist abgesagt. Warum, steht bei der Buchung."),
    "booking-changed": _("Ihre Buchung ist verschoben."),
    "booking-struck": _(
        "Eine Ihrer Buchungen fällt in eine Zeit, in der geschlossen ist. Andere Zeiten stehen auf der Seite des Ortes."
    ),
    "booking-missed": _("Ihre Buchung ist freigegeben, weil niemand gekommen ist."),
    "loan-failed": _("Was für Sie bereitlag, ist wieder frei."),
    "loan-late": _("Bringen Sie bitte zurück, was Sie ausgeliehen haben. Andere freuen sich schon darauf."),
    "loan-paused": _("Sie leihen eine Weile nichts Neues aus. Geben Sie zurück, was fehlt, endet die Pause."),
    "loan-lost": _(
        "Wir warten nicht mehr auf das, was Sie ausgeliehen haben. Sagen Sie Bescheid, wenn es auftaucht."
    ),
    "series-granted": _("Ihre Serie ist zugesagt."),
    "series-refused": _("Ihre Serie ist abgelehnt. Warum, steht bei der Serie."),
    "need-answered-by": _("Ein Projekt der Stadt antwortet auf etwas, das Sie brauchen."),
    "project-step": _("Es gibt Neues bei einem Projekt, das auf etwas antwortet, das Sie brauchen."),
    "role-given": _("Sie haben eine neue Rolle."),
    "role-ended": _("Eine Ihrer Rollen ist beendet."),
    "webhook-stopped": _("Einer Ihrer Webhooks ruht, weil nichts mehr ankommt."),
    "sensors-troubled": _(
        "Bei Ihren Sensoren ist etwas nicht in Ordnung. Was zu tun ist, steht am Schreibtisch."
    ),
    "sensors-silent": _(
        "Viele Sensoren sind gleichzeitig verstummt. Sehen Sie zuerst nach dem Gateway und dem Netz."
    ),
}
FOR_OTHERS: dict[str, Sentence] = {
    "offer-sent": _("Ein Angebot wartet auf Ihren Blick."),
    "offer-published": _("Es gibt Neues bei diesem Angebot."),
    "offer-changed": _("Bei diesem Angebot hat sich ein Termin geändert."),
    "offer-cancelled": _("Dieses Angebot ist abgesagt."),
    "registered": _("Zu Ihrem Angebot hat sich jemand angemeldet."),
    "unregistered": _("Von Ihrem Angebot hat sich jemand abgemeldet."),
    "need-said": _("Ein neues Anliegen ist eingegangen."),
    "need-answered": _("Ein Anliegen hat eine Antwort."),
    "need-stepped": _("Bei einem Anliegen geht es weiter, das auch Sie haben."),
    "need-handed-on": _("Ein Anliegen ist an Sie weitergegeben."),
    "need-decided": _("Ein Anliegen, das auch Sie haben, ist entschieden. Warum so, steht dabei."),
    "need-discussed": _("Zu einem Anliegen, das auch Sie haben, wird gesprochen."),
    "need-reopened": _("Ein Anliegen, das entschieden war, ist wieder offen."),
    "need-taken": _("Sie vertreten jemanden, der sich um dieses Anliegen kümmert."),
    "booking-asked": _("Eine Buchung wartet auf Ihre Antwort."),
    "series-asked": _("Eine Serie wartet auf Ihre Antwort."),
    "change-sent": _("Eine Änderung wartet auf Ihren Blick."),
    "place-kept": _("Es gibt Neues an diesem Ort."),
    "units-closed": _(
        "Hier wird für eine Zeit geschlossen. Warum und bis wann, steht auf der Seite des Ortes."
    ),
    "units-reopened": _("Hier ist wieder geöffnet wie gewohnt."),
    "opened-extra": _("Hier ist zusätzlich geöffnet."),
    "need-answered-by": _("Ein Projekt antwortet auf ein Anliegen, dem Sie folgen."),
    "pulse-opened": _("Eine neue Runde läuft: eine Frage, ein Klick."),
    "pulse-closed": _("Die Runde ist vorbei. Ihr Ergebnis ist da."),
    "project-kept": _("Dieses Projekt hat sich geändert."),
    "project-step": _("Es gibt Neues bei diesem Projekt."),
    "organisation-kept": _("Es gibt Neues bei dieser Organisation."),
    "area-kept": _("Es gibt Neues zu diesem Gebiet."),
}


def sentence(verb: str, data: Mapping[str, Any], otherwise: str) -> str:
    """What the notice says; `otherwise` where nothing of its own is written for this verb."""
    said = ABOUT_ME.get(verb) if data.get("mine") else FOR_OTHERS.get(verb)
    return str(said or otherwise)
