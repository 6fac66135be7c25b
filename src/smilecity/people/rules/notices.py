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
    "change-published": _("Ihre Änderung ist veröffentlicht."),
    "change-returned": _("Ihre Änderung ist zurückgekommen, mit einem Hinweis dazu."),
    "need-answered": _("Ihr Anliegen hat eine Antwort."),
    "role-given": _("Sie haben eine neue Rolle."),
    "role-ended": _("Eine Ihrer Rollen ist beendet."),
}
FOR_OTHERS: dict[str, Sentence] = {
    "need-said": _("Ein neues Anliegen ist eingegangen."),
    "need-answered": _("Ein Anliegen hat eine Antwort."),
    "change-sent": _("Eine Änderung wartet auf Ihren Blick."),
    "place-kept": _("Es gibt Neues an diesem Ort."),
    "organisation-kept": _("Es gibt Neues bei dieser Organisation."),
    "area-kept": _("Es gibt Neues zu diesem Gebiet."),
}


def sentence(verb: str, data: Mapping[str, Any], otherwise: str) -> str:
    """What the notice says; `otherwise` where nothing of its own is written for this verb."""
    said = ABOUT_ME.get(verb) if data.get("mine") else FOR_OTHERS.get(verb)
    return str(said or otherwise)
