# SPDX-License-Identifier: EUPL-1.2
"""Doors of clubs in words for pages."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from smilecity.core import clock, moments, nouns
from smilecity.core.nouns import in_text
from smilecity.places.models import Access, Compartment, Controller, Entrusted, Grant, Keyholder, Permit
from smilecity.places.reads import access as reads
from smilecity.places.rules.access import WEEKLY


def language() -> str:
    """The reader's language."""
    return get_language() or "de"


def where(there: Compartment) -> str:
    """`Container, Sportplatz`."""
    return f"{in_text(there.unit.name, language())}, {in_text(there.unit.place.noun.title, language())}"


def span(start: datetime, end: datetime) -> str:
    """`Montag, 23. November: 16:00 bis 20:00 Uhr`."""
    zone, now = settings.SMILE.zone, clock.now()
    first, last, today = start.astimezone(zone), end.astimezone(zone), now.astimezone(zone).date()
    day = f"{moments.weekday(first.date())}, {moments.day_of(first.date(), today)}"
    return _("%(day)s: %(start)s bis %(end)s") % {
        "day": day, "start": f"{first:%H:%M}", "end": moments.clock_time(last, zone),
    }  # fmt: skip


def days(first: Any, last: Any) -> str:
    """`1. Mai bis 3. Juni`."""
    today = clock.now().astimezone(settings.SMILE.zone).date()
    return _("%(first)s bis %(last)s") % {
        "first": moments.day_of(first, today), "last": moments.day_of(last, today),
    }  # fmt: skip


def own(one: Entrusted, first: Any, last: Any) -> dict[str, Any]:
    """What is entrusted, for a list or its own page."""
    return {
        "id": one.id,
        "where": where(one.compartment),
        "club": in_text(one.organisation.title, language()),
        "days": days(first, last),
        "box": box(one.compartment.controller),
    }


def permit(one: Permit) -> dict[str, Any]:
    """When somebody is let in."""
    if one.kind == WEEKLY:
        weekdays = ", ".join(str(WEEKDAYS[day]) for day in one.weekdays)
        told = _("%(weekdays)s, %(start)s bis %(end)s Uhr") % {
            "weekdays": weekdays, "start": f"{one.starts:%H:%M}", "end": f"{one.ends:%H:%M}",
        }  # fmt: skip
    elif one.lead:
        told = _("zu den Buchungen des Vereins, %(lead)d Minuten vorher und nachher") % {"lead": one.lead}
    else:
        told = _("zu den Buchungen des Vereins")
    return {"id": one.id, "told": told, "days": days(one.first, one.last)}


def who(one: Keyholder) -> str:
    """What the club calls them, and what they are here."""
    known = one.account.pseudonym if one.account else one.handle.handle if one.handle else ""
    return f"{one.name} ({known})" if one.name and known else one.name or str(known)


def box(one: Controller) -> str:
    """How soon a box learns what is new; never more than is known."""
    if reads.is_online(one):
        return _("%(box)s hat sich eben gemeldet und lernt es in wenigen Sekunden.") % {"box": one.name}
    return _("%(box)s hat gerade kein Netz und lernt es erst bei ihrer nächsten Meldung.") % {"box": one.name}


def door(one: reads.Door) -> dict[str, Any]:
    """A time of a keyholder's own."""
    grant = one.grant
    return {
        "id": grant.id,
        "where": where(grant.compartment),
        "place_url": nouns.page_address(grant.compartment.unit.place.noun),
        "club": in_text(grant.organisation.title, language()) if grant.organisation else "",
        "when": span(grant.during.lower, grant.during.upper),
        "now": one.is_now,
        "told": _told(one),
        "codes": reverse("loans:codes"),
    }


def _told(one: reads.Door) -> str:
    """What the door said to the last wish to open, no more than it said."""
    if one.asked in ("refused", "expired"):
        said = (
            _("Die Box hat nicht geöffnet.")
            if one.asked == "refused"
            else _("Die Box hat nicht geantwortet.")
        )
        return f"{said} {one.reason}".strip()
    if one.asked == "done":
        return _("Die Box sagt, das Schloss ist auf. Ziehen Sie an der Tür.")
    if one.asked:
        return _("Öffnen angefordert, die Box hat noch nicht geantwortet.")
    if not one.is_known:
        return _("Die Box weiß noch nichts davon. Sie lernt es bei ihrer nächsten Meldung.")
    return (
        _("Die Box weiß Bescheid. Öffnen Sie, wenn Sie davorstehen.")
        if one.is_now
        else _("Die Box weiß Bescheid.")
    )


def grant(one: Grant) -> str:
    """What somebody who rings may open, for a choice."""
    why = {"loan": _("Ausleihe"), "booking": _("Buchung"), "trainer": _("Training")}[one.why]
    club = f" ({in_text(one.organisation.title, language())})" if one.organisation else ""
    return f"{where(one.compartment)}: {why}{club}, {span(one.during.lower, one.during.upper)}"


def by(line: Access) -> tuple[str, str]:
    """For which club, and who, as far as it is known."""
    held = line.grant
    if held is None:
        return "", ""
    club = in_text(held.organisation.title, language()) if held.organisation else ""
    if held.stands_for_id is not None:
        return club, _("mit einem Code am Telefon")
    if held.keyholder is not None:
        return club, who(held.keyholder)
    return club, str(held.account.pseudonym) if held.account else held.handle.handle if held.handle else ""
