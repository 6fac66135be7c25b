# SPDX-License-Identifier: EUPL-1.2
"""What this room knows about a person: changes of entries that they wrote, what they booked and borrowed."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from smilecity.core.privacy import ForgetReport, Kept, Processing
from smilecity.places.actions.access import leaving as access
from smilecity.places.actions.booking.leaving import Left, leave
from smilecity.places.actions.lending import leaving as lending
from smilecity.places.actions.offers import leaving as offers
from smilecity.places.models import (
    Access,
    Booking,
    Change,
    Grant,
    Handle,
    Keyholder,
    Loan,
    Offer,
    Pause,
    Registration,
    Series,
)

TITLE = _("Ihre Änderungen an Orten, Ihre Buchungen und Ausleihen")

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
    Processing(
        "bookings",
        _("Buchungen von Plätzen und Räumen"),
        _("Plätze und Räume gerecht vergeben und Bescheid sagen können, wenn etwas dazwischenkommt"),
        _("Art. 6 Abs. 1 Buchst. e DSGVO (öffentliche Aufgabe)"),
        _(
            "Ihr Konto, was Sie wann gebucht haben und wofür, für welche Organisation; Ihr Alter speichern wir nicht"
        ),
        _("Sie, Ihre Organisation und wer den Ort pflegt"),
        _("90 Tage nach dem Termin; danach ohne Konto und ohne Anlass, um zu zählen, wie viel los war"),
    ),
    Processing(
        "loans",
        _("Ausleihen"),
        _("Sachen verleihen, an die Rückgabe erinnern und wissen, wen man bei Schäden fragt"),
        _("Art. 6 Abs. 1 Buchst. b DSGVO (Leihe)"),
        _(
            "Ihr Konto oder die Nummer Ihrer Karte, was Sie wann ausgeliehen haben, was die Tür meldete, eine Pause;"
            " Ihr Alter speichern wir nicht"
        ),
        _("Sie, wer den Ort pflegt und der Verein, der sich kümmert"),
        _("90 Tage nach der Rückgabe; danach ohne Konto, um zu zählen, was gebraucht wird"),
    ),
    Processing(
        "handles",
        _("Karten, PINs und Einmal-Codes"),
        _("Öffnen ohne Smartphone und ohne Netz"),
        _("Art. 6 Abs. 1 Buchst. b DSGVO (Leihe)"),
        _(
            "eine zufällige Nummer, ein Prüfwert, verschlüsselt der Anfang Ihrer Einmal-Codes;"
            " bei Karten und PINs kein Name"
        ),
        _("niemand; die Boxen, die sie prüfen"),
        _("bis 90 Tage nach dem Ende oder dem Verlust, längstens bis Sie Ihr Konto löschen"),
    ),
    Processing(
        "access",
        _("Protokoll der Türen"),
        _("Wissen, wer wann eine Box oder einen Container geöffnet hat, wenn etwas fehlt oder kaputt ist"),
        _("Art. 6 Abs. 1 Buchst. e DSGVO (öffentliche Aufgabe)"),
        _("welche Tür, wann, was sie meldete, mit welcher Freigabe"),
        _("wer den Ort pflegt; ein Verein nur, wer mit seiner Freigabe geöffnet hat; Sie selbst"),
        _("90 Tage"),
    ),
    Processing(
        "keyholders",
        _("Wen Vereine zu Türen einlassen"),
        _("Trainerinnen und Trainer kommen zu den Zeiten ihres Vereins hinein, sonst niemand"),
        _("Art. 6 Abs. 1 Buchst. b DSGVO (Ihre Tätigkeit im Verein)"),
        _("Ihr Konto oder die Nummer Ihrer Karte, wie der Verein Sie nennt, welche Tür zu welchen Zeiten"),
        _("Sie, Ihr Verein und wer den Ort pflegt"),
        _("bis 90 Tage, nachdem der Verein den Zugang beendet hat, längstens bis Sie Ihr Konto löschen"),
    ),
    Processing(
        "texts",
        _("Codes per SMS"),
        _("Öffnen ohne Smartphone: Wer anruft, bekommt einen Code, der einmal öffnet"),
        _("Art. 6 Abs. 1 Buchst. b DSGVO (Leihe, Buchung oder Zugang, um den Sie bitten)"),
        _("Ihre Telefonnummer und der Code, nur für diese eine SMS"),
        _("der SMS-Dienst, den die Stadt beauftragt hat"),
        _("Wir speichern die Nummer nicht; der Code endet nach dem Öffnen, spätestens nach 12 Stunden"),
    ),
    Processing(
        "registrations",
        _("Anmeldungen zu Angeboten und Angebote, die Sie geschrieben haben"),
        _("Plätze gerecht vergeben und Bescheid sagen können, wenn ein Termin verschoben oder abgesagt wird"),
        _("Art. 6 Abs. 1 Buchst. b DSGVO (Teilnahme, um die Sie bitten)"),
        _("Ihr Konto, oder Ihr Name und wie man Sie erreicht; wie viele kommen; Ihre Bemerkung"),
        _("wer das Angebot veranstaltet, sonst niemand"),
        _("30 Tage nach dem Termin; Ihr Konto steht bei Ihren Angeboten, bis Sie es löschen"),
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
        ],
        "bookings": _bookings(account),
        "series": _series(account),
        "registrations": _registrations(account),
        "offers": _offers(account),
        **_lending(account),
    }


def _bookings(account: int) -> list[dict[str, Any]]:
    found = Booking.objects.filter(account=account).select_related("unit__place__noun").order_by("id")
    return [
        {
            "id": one.id,
            "place": one.unit.place.noun.address,
            "unit": one.unit.key,
            "start": one.during.lower.isoformat(),
            "end": one.during.upper.isoformat(),
            "state": one.state,
            "organisation": one.organisation_id,
            "what": one.what,
            "people": one.people,
            "fee_cents": one.fee_cents,
            "reason": one.reason,
            "made_at": one.made_at.isoformat(),
        }
        for one in found
    ]


def _series(account: int) -> list[dict[str, Any]]:
    found = Series.objects.filter(account=account).select_related("unit__place__noun").order_by("id")
    return [
        {
            "id": one.id,
            "place": one.unit.place.noun.address,
            "unit": one.unit.key,
            "start": one.starts_at.isoformat(),
            "rule": one.rule,
            "state": one.state,
            "organisation": one.organisation_id,
            "what": one.what,
            "reason": one.reason,
            "made_at": one.made_at.isoformat(),
        }
        for one in found
    ]


def _lending(account: int) -> dict[str, Any]:
    """What the person borrowed and opens with; what is secret of a handle is never told."""
    loans = Loan.objects.filter(account=account).select_related("kit__place__noun").order_by("id")
    handles = Handle.objects.filter(account=account).order_by("id")
    return {
        "loans": [
            {
                "id": one.id,
                "place": one.kit.place.noun.address,
                "kit": one.kit.key,
                "state": one.state,
                "made_at": one.made_at.isoformat(),
                "due_at": one.due_at.isoformat(),
                "returned_at": one.returned_at.isoformat() if one.returned_at else None,
                "evidence": one.evidence,
            }
            for one in loans
        ],
        "handles": [
            {"id": one.id, "handle": one.handle, "kind": one.kind, "made_at": one.made_at.isoformat()}
            for one in handles
        ],
        "grants": _grants(account),
        "keyholders": _keyholders(account),
        "door_log": _door_log(account),
        "pauses": [
            {"id": one.id, "reason": one.reason, "until": one.until.isoformat()}
            for one in Pause.objects.filter(account=account).order_by("id")
        ],
    }


def _offers(account: int) -> list[dict[str, Any]]:
    """What the person wrote; who comes to it is known about others."""
    return [
        {
            "id": one.noun_id,
            "address": one.noun.address,
            "kind": one.kind,
            "title": one.noun.title,
            "words": one.noun.text,
            "values": one.waits,
            "reason": one.reason,
        }
        for one in Offer.objects.filter(author=account).select_related("noun").order_by("noun")
    ]


def _grants(account: int) -> list[dict[str, Any]]:
    found = Grant.objects.filter(account=account).select_related("compartment__unit__place__noun")
    return [
        {
            "id": one.id,
            "place": one.compartment.unit.place.noun.address,
            "unit": one.compartment.unit.key,
            "start": one.during.lower.isoformat(),
            "end": one.during.upper.isoformat(),
            "why": one.why,
            "state": one.state,
            "organisation": one.organisation_id,
            "uses_left": one.uses_left,
            "made_at": one.made_at.isoformat(),
        }
        for one in found.order_by("id")
    ]


def _keyholders(account: int) -> list[dict[str, Any]]:
    found = Keyholder.objects.filter(account=account).select_related("organisation").order_by("id")
    return [
        {
            "id": one.id,
            "organisation_noun_title": one.organisation.title,
            "name": one.name,
            "made_at": one.made_at.isoformat(),
            "ended_at": one.ended_at.isoformat() if one.ended_at else None,
        }
        for one in found
    ]


def _door_log(account: int) -> list[dict[str, Any]]:
    """What happened at doors by the person's own grants; codes by telephone that stood for them among it."""
    own = Q(grant__account=account) | Q(grant__stands_for__account=account)
    found = Access.objects.filter(own).select_related("compartment__unit__place__noun").order_by("id")
    return [
        {
            "id": one.id,
            "place": one.compartment.unit.place.noun.address if one.compartment else None,
            "unit": one.compartment.unit.key if one.compartment else None,
            "at": one.at.isoformat(),
            "what": one.what,
        }
        for one in found
    ]


def _registrations(account: int) -> list[dict[str, Any]]:
    found = (
        Registration.objects.filter(account=account).select_related("occasion__offer__noun").order_by("id")
    )
    return [
        {
            "id": one.id,
            "offer": one.occasion.offer.noun.address,
            "start": one.occasion.during.lower.isoformat(),
            "seats": one.seats,
            "state": one.state,
            "note": one.note,
            "made_at": one.made_at.isoformat(),
        }
        for one in found
    ]


def forget(account: int) -> ForgetReport:
    """What is the person's alone goes, what concerns others stays without them. In the caller's transaction."""
    changes, bookings = _forget_changes(account), _forget_bookings(leave(account))
    let_in = (_("Ihr Zugang zu Türen Ihrer Vereine: Er ist beendet"),) if access.leave(account) else ()
    loans = _forget_loans(lending.leave(account))
    offered = _forget_offers(offers.leave(account))
    return ForgetReport(
        erased=(*changes.erased, *bookings.erased, *let_in, *loans.erased, *offered.erased),
        pseudonymised=(
            *changes.pseudonymised,
            *bookings.pseudonymised,
            *loans.pseudonymised,
            *offered.pseudonymised,
        ),
        kept=(*changes.kept, *bookings.kept, *loans.kept),
    )


def _forget_offers(left: offers.Left) -> ForgetReport:
    """In words, what `offers.leave` did."""
    erased = (
        *((_("Ihre Anmeldungen zu Angeboten: Ihr Platz ist frei"),) if left.registrations else ()),
        *((_("Ihre Aufrufe „Wer macht mit?“ und Entwürfe von Angeboten"),) if left.own else ()),
    )
    offered = (_("Angebote Ihrer Organisation stehen ohne Ihr Konto da"),) if left.rows else ()
    return ForgetReport(erased=erased, pseudonymised=offered)


def _forget_loans(left: lending.Left) -> ForgetReport:
    """In words, what `lending.leave` did."""
    erased = (
        *((_("Was für Sie bereitlag: Es ist wieder frei"),) if left.dropped else ()),
        *((_("Ihre Einmal-Codes, Karten und PINs: Sie öffnen nichts mehr"),) if left.handles else ()),
    )
    out = Kept(
        _("Was Sie noch ausgeliehen haben"),
        _("Bringen Sie es bitte zurück. Wir wissen nicht mehr, wer es hat."),
    )
    return ForgetReport(
        erased=erased,
        pseudonymised=(_("Was Sie ausgeliehen haben, steht ohne Konto da"),) if left.rows else (),
        kept=(out,) if left.still_out else (),
    )


def _forget_bookings(left: Left) -> ForgetReport:
    """In words, what `leave` did."""
    return ForgetReport(
        erased=(_("Ihre Buchungen, die noch kommen: Sie sind abgesagt"),) if left.cancelled else (),
        pseudonymised=(_("Ihre früheren Buchungen und Anfragen stehen ohne Konto da"),) if left.rows else (),
        kept=(
            Kept(
                _("Dass ein Platz gebucht war"),
                _("Die Stadt zählt, wie viel los war, ohne zu wissen, wer da war."),
            ),
        )
        if left.rows
        else (),
    )


def _forget_changes(account: int) -> ForgetReport:
    """Drafts that nobody was sent go; what was sent stays without its author."""
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
