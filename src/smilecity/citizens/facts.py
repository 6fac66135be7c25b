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
NEED_OBJECTED = "need-objected"
NEED_KEPT_HIDDEN = "need-kept-hidden"
# `data`: the account that looks after it from now on (`worker`), if any.
NEED_TAKEN = "need-taken"
# `data`: nothing, for who needs what is nobody's business.
NEED_BACKED = "need-backed"
# `data`: which picture (`photo`), never which part of it.
NEED_PHOTO_COVERED = "need-photo-covered"
CONTACTS_FORGOTTEN = "contacts-forgotten"
# The first comment of a day to a thread that everybody reads; `data` as of a need's way.
NEED_DISCUSSED = "need-discussed"
# `data` of all that happens to a comment: its number (`comment`); of what moderators do besides whose it is (`author`)
# and by which rule of the house (`rule`). Who reported abuse is nobody's business.
COMMENT_SAID = "comment-said"
COMMENT_CHANGED = "comment-changed"
COMMENT_WITHDRAWN = "comment-withdrawn"
COMMENT_WAITS = "comment-waits"
COMMENT_SHOWN = "comment-shown"
COMMENT_HIDDEN = "comment-hidden"
COMMENT_APPEALED = "comment-appealed"
COMMENT_KEPT_HIDDEN = "comment-kept-hidden"
ABUSE_REPORTED = "abuse-reported"
ABUSE_SETTLED = "abuse-settled"
# Of answers to the pulse there is nothing here.
PULSE_KEPT = "pulse-kept"
PULSE_OPENED = "pulse-opened"
PULSE_CLOSED = "pulse-closed"
# `data`: which (`category`, its code); of who stands in for whom the accounts (`account`, `deputy`).
CATEGORY_KEPT = "category-kept"
CATEGORY_DROPPED = "category-dropped"
DEPUTY_NAMED = "deputy-named"
DEPUTY_ENDED = "deputy-ended"
# `data`: the table's number (`id`), and how many rows were taken in and refused.
NEED_TABLE_BROUGHT = "need-table-brought"
NEED_TABLE_STARTED = "need-table-started"
NEED_TABLE_TAKEN = "need-table-taken"
NEED_TABLE_FORGOTTEN = "need-table-forgotten"
NEED_ADDED_TO = "need-added-to"

# What is told to a need's author as theirs: they read it, published or not.
FOR_AUTHORS = frozenset(
    {
        NEED_STEPPED,
        NEED_ANSWERED,
        NEED_DECIDED,
        NEED_HANDED_ON,
        NEED_REOPENED,
        NEED_PUBLISHED,
        NEED_HIDDEN,
        NEED_KEPT_HIDDEN,
        NEED_DISCUSSED,
    }
)

KINDS: dict[str, Sentence] = {"need": _("Anliegen"), "pulse": _("Puls der Stadt")}
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
    NEED_OBJECTED: _("Widerspruch dagegen, dass ein Anliegen nicht öffentlich ist"),
    NEED_KEPT_HIDDEN: _("Anliegen bleibt verborgen"),
    NEED_BACKED: _("Mehr oder weniger Menschen brauchen das auch"),
    NEED_TAKEN: _("Jemand kümmert sich um das Anliegen"),
    NEED_PHOTO_COVERED: _("Teile eines Bildes verdeckt"),
    CATEGORY_KEPT: _("Kategorie oder Zuständigkeit geändert"),
    CATEGORY_DROPPED: _("Kategorie gelöscht"),
    DEPUTY_NAMED: _("Vertretung eingerichtet"),
    DEPUTY_ENDED: _("Vertretung beendet"),
    CONTACTS_FORGOTTEN: _("Adressen für Antworten gelöscht"),
    NEED_DISCUSSED: _("Zum Anliegen wird gesprochen"),
    COMMENT_SAID: _("Beitrag geschrieben"),
    COMMENT_CHANGED: _("Beitrag geändert"),
    COMMENT_WITHDRAWN: _("Beitrag zurückgezogen"),
    COMMENT_WAITS: _("Beitrag wartet nach Meldungen"),
    COMMENT_SHOWN: _("Beitrag gezeigt"),
    COMMENT_HIDDEN: _("Beitrag verborgen"),
    COMMENT_APPEALED: _("Widerspruch gegen das Verbergen"),
    COMMENT_KEPT_HIDDEN: _("Beitrag bleibt verborgen"),
    ABUSE_REPORTED: _("Verstoß gemeldet"),
    ABUSE_SETTLED: _("Meldungen erledigt"),
    PULSE_KEPT: _("Frage geändert"),
    PULSE_OPENED: _("Runde geöffnet"),
    PULSE_CLOSED: _("Ergebnis einer Runde"),
    NEED_TABLE_BROUGHT: _("Tabelle mit Anliegen hochgeladen"),
    NEED_TABLE_STARTED: _("Übernahme einer Tabelle begonnen"),
    NEED_TABLE_TAKEN: _("Anliegen aus einer Tabelle übernommen"),
    NEED_TABLE_FORGOTTEN: _("Tabelle mit Anliegen gelöscht"),
    NEED_ADDED_TO: _("Nachtrag zum Anliegen"),
}
