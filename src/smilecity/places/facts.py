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
# `data` of a booking: its id (`booking`), its `unit`, and the `account` that booked; of a series: its id (`series`) and
# the `account` that asked.
BOOKING_HELD = "booking-held"
BOOKING_ASKED = "booking-asked"
BOOKING_BOOKED = "booking-booked"
BOOKING_CHANGED = "booking-changed"
BOOKING_CANCELLED = "booking-cancelled"
BOOKING_APPROVED = "booking-approved"
BOOKING_REFUSED = "booking-refused"
BOOKING_WAITS = "booking-waits"
BOOKING_EXPIRED = "booking-expired"
BOOKING_MISSED = "booking-missed"
BOOKING_USED = "booking-used"
SERIES_ASKED = "series-asked"
SERIES_GRANTED = "series-granted"
SERIES_REFUSED = "series-refused"
SEASON_OPENED = "season-opened"
SEASON_DECIDED = "season-decided"
UNITS_CLOSED = "units-closed"
UNITS_REOPENED = "units-reopened"
POLICY_KEPT = "policy-kept"
# `data` of an exceptional time: its ids (`closings`); of who is struck by one: the `account`, the `closing`, how many.
OPENED_EXTRA = "opened-extra"
EXTRA_ENDED = "extra-ended"
BOOKING_STRUCK = "booking-struck"
LIMIT_KEPT = "limit-kept"
LIMIT_DROPPED = "limit-dropped"
SCHOOL_HOLIDAYS_KEPT = "school-holidays-kept"
# What happens at doors is nobody's history: `about` has the place, the controller and the compartment, no `noun`.
# `data` of a grant: its id (`grant`), its `state` or `why`; of a command: its id (`command`) and `state`.
CONTROLLER_KEPT = "controller-kept"
GRANT_WISHED = "grant-wished"
GRANT_CHANGED = "grant-changed"
HANDLE_LOST = "handle-lost"
LOCK_ASKED = "lock-asked"
LOCK_ANSWERED = "lock-answered"
DOORS_REPORTED = "doors-reported"
DOOR_REPORTED = "door-reported"
# `data` of an offer: its author (`author`); of a date: its id (`occasion`) and, once for each who registered, whom it
# hits (`account`); of a registration: its id (`registration`) and whose it is (`account`).
OFFER_BEGUN = "offer-begun"
OFFER_SENT = "offer-sent"
OFFER_PUBLISHED = "offer-published"
OFFER_RETURNED = "offer-returned"
OFFER_DROPPED = "offer-dropped"
OFFER_CANCELLED = "offer-cancelled"
OFFERS_TRUSTED = "offers-trusted"
OCCASION_MOVED = "occasion-moved"
OCCASION_CANCELLED = "occasion-cancelled"
OCCASION_NOTED = "occasion-noted"
YOUR_OCCASION_MOVED = "your-occasion-moved"
YOUR_OCCASION_CANCELLED = "your-occasion-cancelled"
REGISTERED = "registered"
UNREGISTERED = "unregistered"
MOVED_UP = "moved-up"
# What somebody borrows is nobody's history: `about` has the place, the kit and the loan, no `noun`. `data` of a loan: its
# id (`loan`), its `kit`, its `state` and the `account`; of a chore: its id (`chore`) and its `kind`.
KIT_KEPT = "kit-kept"
LIABILITY_KEPT = "liability-kept"
LOAN_BEGUN = "loan-begun"
LOAN_MOVED = "loan-moved"
LOAN_RETURNED = "loan-returned"
LOAN_FAILED = "loan-failed"
LOAN_LATE = "loan-late"
LOAN_PAUSED = "loan-paused"
LOAN_LOST = "loan-lost"
CHORE_MADE = "chore-made"
CHORE_DONE = "chore-done"
HANDLE_GIVEN = "handle-given"
# Whom a club lets in is nobody's history either: `about` has the club, `data` the ids.
DOOR_ENTRUSTED = "door-entrusted"
DOOR_TAKEN_BACK = "door-taken-back"
KEYHOLDER_KEPT = "keyholder-kept"
KEYHOLDER_ENDED = "keyholder-ended"
PERMIT_KEPT = "permit-kept"
PERMIT_ENDED = "permit-ended"
# By the clock: what time alone changes in the feeds for other programmes is looked at anew.
FEEDS_RENEWED = "feeds-renewed"

KINDS: dict[str, Sentence] = {"place": _("Orte"), "offer": _("Angebote")}
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
    BOOKING_HELD: _("Zeit vorgemerkt"),
    BOOKING_ASKED: _("Buchung angefragt"),
    BOOKING_BOOKED: _("Gebucht"),
    BOOKING_CHANGED: _("Buchung verschoben"),
    BOOKING_CANCELLED: _("Buchung abgesagt"),
    BOOKING_APPROVED: _("Buchung zugesagt"),
    BOOKING_REFUSED: _("Buchung abgelehnt"),
    BOOKING_WAITS: _("Zusage zurückgenommen, die Buchung wartet wieder"),
    BOOKING_EXPIRED: _("Vormerkung abgelaufen"),
    BOOKING_MISSED: _("Buchung freigegeben, niemand war da"),
    BOOKING_USED: _("Zur Buchung gekommen"),
    SERIES_ASKED: _("Serie angefragt"),
    SERIES_GRANTED: _("Serie zugesagt"),
    SERIES_REFUSED: _("Serie abgelehnt"),
    SEASON_OPENED: _("Saison ausgeschrieben"),
    SEASON_DECIDED: _("Saison verteilt"),
    UNITS_CLOSED: _("Für Buchungen geschlossen"),
    UNITS_REOPENED: _("Wieder zu buchen"),
    POLICY_KEPT: _("Regeln fürs Buchen gespeichert"),
    OPENED_EXTRA: _("Zusätzlich geöffnet"),
    EXTRA_ENDED: _("Zusätzliche Öffnung beendet"),
    BOOKING_STRUCK: _("Buchung fällt in eine Schließung"),
    LIMIT_KEPT: _("Wettergrenze gespeichert"),
    LIMIT_DROPPED: _("Wettergrenze gelöscht"),
    SCHOOL_HOLIDAYS_KEPT: _("Schulferien übernommen"),
    CONTROLLER_KEPT: _("Box eingerichtet"),
    GRANT_WISHED: _("Öffnen freigegeben"),
    GRANT_CHANGED: _("Freigabe geändert"),
    HANDLE_LOST: _("Schlüssel verloren gemeldet"),
    LOCK_ASKED: _("Box beauftragt"),
    LOCK_ANSWERED: _("Antwort der Box"),
    DOORS_REPORTED: _("Stand der Türen gemeldet"),
    DOOR_REPORTED: _("Ereignis an einer Tür gemeldet"),
    OFFER_BEGUN: _("Angebot begonnen"),
    OFFER_SENT: _("Angebot zur Prüfung geschickt"),
    OFFER_PUBLISHED: _("Angebot veröffentlicht"),
    OFFER_RETURNED: _("Angebot mit einer Bitte zurückgegeben"),
    OFFER_DROPPED: _("Entwurf eines Angebots verworfen"),
    OFFER_CANCELLED: _("Angebot abgesagt"),
    OFFERS_TRUSTED: _("Darf Angebote selbst veröffentlichen, oder nicht mehr"),
    OCCASION_MOVED: _("Termin verschoben"),
    OCCASION_CANCELLED: _("Termin abgesagt"),
    OCCASION_NOTED: _("Hinweis zu einem Termin"),
    YOUR_OCCASION_MOVED: _("Angemeldeten gesagt: Termin verschoben"),
    YOUR_OCCASION_CANCELLED: _("Angemeldeten gesagt: Termin abgesagt"),
    REGISTERED: _("Jemand hat sich angemeldet"),
    UNREGISTERED: _("Jemand hat sich abgemeldet"),
    MOVED_UP: _("Jemand ist von der Warteliste nachgerückt"),
    KIT_KEPT: _("Leihsache gespeichert"),
    LIABILITY_KEPT: _("Leihbedingungen gespeichert"),
    LOAN_BEGUN: _("Ausgeliehen"),
    LOAN_MOVED: _("Ausleihe geht weiter"),
    LOAN_RETURNED: _("Zurückgegeben"),
    LOAN_FAILED: _("Nicht abgeholt"),
    LOAN_LATE: _("An die Rückgabe erinnert"),
    LOAN_PAUSED: _("Ausleihen pausiert"),
    LOAN_LOST: _("Leihsache verloren"),
    CHORE_MADE: _("Aufgabe angelegt"),
    CHORE_DONE: _("Aufgabe erledigt"),
    HANDLE_GIVEN: _("Karte oder PIN ausgegeben"),
    DOOR_ENTRUSTED: _("Tür einem Verein anvertraut"),
    DOOR_TAKEN_BACK: _("Tür von einem Verein zurückgenommen"),
    KEYHOLDER_KEPT: _("Verein lässt jemanden ein"),
    KEYHOLDER_ENDED: _("Verein lässt jemanden nicht mehr ein"),
    PERMIT_KEPT: _("Zeit zum Öffnen gegeben"),
    PERMIT_ENDED: _("Zeit zum Öffnen beendet"),
    FEEDS_RENEWED: _("Feeds für andere Programme erneuert"),
}
