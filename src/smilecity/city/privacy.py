# SPDX-License-Identifier: EUPL-1.2
"""Which rooms know something about people, told to `core.privacy` when Django is ready; and what the door knows."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from smilecity.core import privacy
from smilecity.core.privacy import ForgetReport, Kept, Processing, Room

TITLE = _("Der Betrieb dieser Seite")

REGISTER = (
    Processing(
        "door",
        _("Schutz vor Überlastung"),
        _("Erkennen, wenn von einer Adresse zu viele Anfragen kommen"),
        _("Art. 6 Abs. 1 Buchst. f DSGVO (Sicherheit)"),
        _("Netzadresse, nur im Arbeitsspeicher"),
        _("niemand"),
        _("höchstens einige Minuten"),
    ),
    Processing(
        "backups",
        _("Sicherungen"),
        _("Die Stadt nach einem Schaden wiederherstellen"),
        _("Art. 32 Abs. 1 Buchst. c DSGVO (Verfügbarkeit)"),
        _("alles, was hier gespeichert ist"),
        _("der Betrieb"),
        _("bis die Sicherung von neueren ersetzt wird"),
    ),
)


def export(account: int) -> dict[str, Any]:
    """Neither the door nor a backup is asked about one person."""
    return {}


def forget(account: int) -> ForgetReport:
    """Nothing is changed in backups; that is said."""
    backups = Kept(
        _("Sicherungskopien, bis neuere sie ersetzen"),
        _("Aus ihnen wird nur nach einem Schaden etwas zurückgeholt."),
    )
    return ForgetReport(kept=(backups,))


def tell_rooms() -> None:
    """Pillars first, for their rows point to accounts; the account itself goes last."""
    from smilecity.citizens import privacy as citizens  # tables must be known by now
    from smilecity.governance import privacy as governance
    from smilecity.people import privacy as people
    from smilecity.places import privacy as places
    from smilecity.space import privacy as space
    from smilecity.things import privacy as things

    privacy.tell(
        [
            Room("city", TITLE, REGISTER, export, forget),
            Room("citizens", citizens.TITLE, citizens.REGISTER, citizens.export, citizens.forget),
            Room("places", places.TITLE, places.REGISTER, places.export, places.forget),
            Room("governance", governance.TITLE, governance.REGISTER, governance.export, governance.forget),
            Room("things", things.TITLE, things.REGISTER, things.export, things.forget),
            Room("space", space.TITLE, space.REGISTER, space.export, space.forget),
            Room("people", people.TITLE, people.REGISTER, people.export, people.forget),
        ]
    )
