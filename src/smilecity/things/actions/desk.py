# SPDX-License-Identifier: EUPL-1.2
"""What every action of this room begins with: who may, and how it says no."""

from django.db import connection
from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence
from smilecity.core.who import Who
from smilecity.things import rights, rules


def keeper(who: Who) -> None:
    """Refuses everyone who may not keep things."""
    if not rights.may_keep_things(who):
        raise Refusal("things.not-yours", _("Nur Betreiber verwalten Geräte und Messreihen."), status=403)


def observer(who: Who) -> None:
    """Refuses everyone who may not write observations, in English: machines do."""
    if rights.may_observe(who):
        return
    if who.label == "anyone":
        raise Refusal(
            "key.needed",
            "Observations are written with a key.",
            cure="Send 'Authorization: Bearer smile_...'.",
            status=401,
        )
    raise Refusal(
        "key.wrong-scope",
        "This key does not write observations.",
        cure="The operator makes one that does with 'smile key make NAME --scope observe'.",
        status=403,
    )


def refused(code: str, sentence: Sentence, field: str, *, cure: Sentence = "", status: int = 400) -> Refusal:
    """The refusal of one field."""
    return Refusal(code, sentence, cure=cure, field=field, status=status)


def lock(number: int) -> None:
    """Take an advisory lock until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def normal(eui: str, field: str = "eui") -> str:
    """The EUI as the register keeps it; refuses what is none."""
    found = rules.normal_eui(eui)
    if found is None:
        raise Refusal(
            "device.bad-eui",
            _("Eine EUI hat 16 Stellen aus den Ziffern 0 bis 9 und den Buchstaben A bis F."),
            cure=_("Sie steht auf dem Gerät, oft als DevEUI."),
            field=field,
        )
    return found
