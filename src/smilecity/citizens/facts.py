# SPDX-License-Identifier: EUPL-1.2
"""What this room announces in the log, and what it is called in a history."""

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Sentence

NEED_SAID = "need-said"
# `data` of all that happens on a need's way: the account of its author (`author`) and how it stands then (`state`);
# of a decision besides which (`decision`). Whatever happens to a thread's head is told of each need merged into it.
NEED_STEPPED = "need-stepped"
NEED_ANSWERED = "need-answered"
NEED_DECIDED = "need-decided"
NEED_HANDED_ON = "need-handed-on"
NEED_REOPENED = "need-reopened"
NEED_NOTED = "need-noted"
NEED_PUBLISHED = "need-published"
NEED_HIDDEN = "need-hidden"
# `data`: nothing, for who needs what is nobody's business.
NEED_BACKED = "need-backed"
CONTACTS_FORGOTTEN = "contacts-forgotten"

KINDS: dict[str, Sentence] = {"need": _("Anliegen")}
VERBS: dict[str, Sentence] = {
    NEED_SAID: _("Anliegen eingegangen"),
    NEED_STEPPED: _("Anliegen in Arbeit"),
    NEED_ANSWERED: _("Anliegen beantwortet"),
    NEED_DECIDED: _("Anliegen entschieden"),
    NEED_HANDED_ON: _("Anliegen weitergegeben"),
    NEED_REOPENED: _("Anliegen wieder geöffnet"),
    NEED_NOTED: _("Vermerk zum Anliegen"),
    NEED_PUBLISHED: _("Anliegen veröffentlicht"),
    NEED_HIDDEN: _("Anliegen nicht mehr öffentlich"),
    NEED_BACKED: _("Mehr oder weniger Menschen brauchen das auch"),
    CONTACTS_FORGOTTEN: _("Adressen für Antworten gelöscht"),
}
