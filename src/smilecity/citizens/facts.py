# SPDX-License-Identifier: EUPL-1.2
"""What this room announces in the log, and what it is called in a history."""

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Sentence

NEED_SAID = "need-said"
# `data`: the account of its author (`author`) and whether it is closed with it (`closed`).
NEED_ANSWERED = "need-answered"
CONTACTS_FORGOTTEN = "contacts-forgotten"

KINDS: dict[str, Sentence] = {"need": _("Anliegen")}
VERBS: dict[str, Sentence] = {
    NEED_SAID: _("Anliegen eingegangen"),
    NEED_ANSWERED: _("Anliegen beantwortet"),
    CONTACTS_FORGOTTEN: _("Adressen für Antworten gelöscht"),
}
