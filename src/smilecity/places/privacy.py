# SPDX-License-Identifier: EUPL-1.2
"""What this room knows about a person: the changes of entries that they wrote."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from smilecity.core.privacy import ForgetReport, Kept, Processing
from smilecity.places.models import Change

TITLE = _("Ihre Änderungen an Orten")

REGISTER = (
    Processing(
        "changes",
        _("Änderungen an Einträgen von Orten"),
        _("Einträge richtig halten und nachfragen können, wenn etwas unklar ist"),
        _("Art. 6 Abs. 1 Buchst. e DSGVO (öffentliche Aufgabe)"),
        _("Ihr Konto, der geänderte Eintrag, wann"),
        _("wer den Ort pflegt und wer Änderungen ansieht"),
        _("dauerhaft; Ihr Konto steht dabei, bis Sie es löschen"),
    ),
)


def export(account: int) -> dict[str, Any]:
    """The changes that this person wrote."""
    found = Change.objects.filter(author=account).select_related("place__noun").order_by("id")
    return {
        "changes": [
            {
                "id": change.id,
                "place": change.place.noun.address,
                "values": change.values,
                "state": change.state,
                "made_at": change.made_at.isoformat(),
                "sent_at": change.sent_at.isoformat() if change.sent_at else None,
                "reason": change.reason,
            }
            for change in found
        ]
    }


def forget(account: int) -> ForgetReport:
    """Drafts that nobody was sent go; what was sent stays without its author. In the caller's transaction."""
    mine = Change.objects.filter(author=account)
    drafts, _by_table = mine.filter(state=Change.DRAFT).delete()
    sent = mine.update(author=None)
    return ForgetReport(
        erased=(_("Ihre Entwürfe von Einträgen, die Sie noch nicht abgeschickt hatten"),) if drafts else (),
        pseudonymised=(_("Ihre abgeschickten Änderungen an Orten stehen ohne Konto da"),) if sent else (),
        kept=(
            Kept(
                _("Abgeschickte Änderungen an Orten"),
                _("Sie sind Teil des Eintrags, den die Organisation pflegt."),
            ),
        )
        if sent
        else (),
    )
