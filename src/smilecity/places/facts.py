# SPDX-License-Identifier: EUPL-1.2
"""What this room announces in the log, and what it is called in a history."""

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Sentence

PLACE_KEPT = "place-kept"
PLACE_SHOWN = "place-shown"
PLACE_GIVEN = "place-given"
PLACE_LICENSED = "place-licensed"
UNIT_KEPT = "unit-kept"
SENSE_KEPT = "sense-kept"
# `data` of a change: its id (`change`) and the account of its author (`author`).
CHANGE_BEGUN = "change-begun"
CHANGE_SENT = "change-sent"
CHANGE_PUBLISHED = "change-published"
CHANGE_RETURNED = "change-returned"
CHANGE_DROPPED = "change-dropped"
# `data` of a photo: its id (`photo`).
PHOTO_ADDED = "photo-added"
PHOTO_CHANGED = "photo-changed"
PHOTO_SHOWN = "photo-shown"
PHOTO_HIDDEN = "photo-hidden"
PHOTO_DELETED = "photo-deleted"

KINDS: dict[str, Sentence] = {"place": _("Orte")}
VERBS: dict[str, Sentence] = {
    PLACE_KEPT: _("Eintrag gespeichert"),
    PLACE_SHOWN: _("Sichtbarkeit geändert"),
    PLACE_GIVEN: _("In andere Hände gegeben"),
    PLACE_LICENSED: _("Lizenz geändert"),
    UNIT_KEPT: _("Teil des Ortes gespeichert"),
    SENSE_KEPT: _("Sensor zugeordnet"),
    CHANGE_BEGUN: _("Änderung begonnen"),
    CHANGE_SENT: _("Änderung zur Prüfung geschickt"),
    CHANGE_PUBLISHED: _("Änderung veröffentlicht"),
    CHANGE_RETURNED: _("Änderung mit einer Bitte zurückgegeben"),
    CHANGE_DROPPED: _("Änderung verworfen"),
    PHOTO_ADDED: _("Foto hochgeladen"),
    PHOTO_CHANGED: _("Angaben zum Foto geändert"),
    PHOTO_SHOWN: _("Foto gezeigt"),
    PHOTO_HIDDEN: _("Foto verborgen"),
    PHOTO_DELETED: _("Foto gelöscht"),
}
