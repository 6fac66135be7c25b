# SPDX-License-Identifier: EUPL-1.2
"""Bookings in words, for all pages of booking."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

from smilecity.core import clock, moments, nouns
from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.core.problems import Sentence
from smilecity.core.who import Who
from smilecity.places.models import Booking, Season, Series, Unit
from smilecity.places.reads import booking as reads
from smilecity.places.rules import booking as rules
from smilecity.places.rules.booking.explained import euros, lasting
from smilecity.places.rules.booking.times import Span, minutes

# What a state is called, and how good that is (KERN's kinds).
STATES: dict[str, tuple[str, Sentence]] = {
    Booking.HELD: ("warning", _later("vorgemerkt, noch nicht gebucht")),
    Booking.ASKED: ("warning", _later("angefragt, jemand sieht es sich an")),
    Booking.BOOKED: ("success", _later("gebucht")),
    Booking.USED: ("success", _later("genutzt")),
    Booking.CANCELLED: ("info", _later("abgesagt")),
    Booking.REFUSED: ("danger", _later("abgelehnt")),
    Booking.EXPIRED: ("info", _later("nicht bestätigt, wieder frei")),
    Booking.MISSED: ("warning", _later("niemand war da, wieder frei")),
}
SERIES: dict[str, tuple[str, Sentence]] = {
    Series.ASKED: ("warning", _later("angefragt")),
    Series.GRANTED: ("success", _later("zugesagt")),
    Series.REFUSED: ("danger", _later("abgelehnt")),
    Series.ENDED: ("info", _later("beendet")),
}
SEASONS: dict[str, tuple[str, Sentence]] = {
    Season.ASKING: ("info", _later("Vereine fragen an")),
    Season.DECIDING: ("warning", _later("wird entschieden")),
    Season.DECIDED: ("success", _later("verteilt")),
}
# Why a date of a series is left out: the code of the rules in a few words.
LEFT_OUT: dict[str, Sentence] = {
    rules.TAKEN: _later("schon vergeben"),
    "booking.closed": _later("geschlossen"),
    "booking.past": _later("schon vorbei"),
    "booking.dst-gap": _later("diese Uhrzeit gibt es an dem Tag nicht"),
}
KINDS: dict[str, Sentence] = {
    "": _later("ohne Art"),
    "court": _later("Feld"),
    "pitch": _later("Platz"),
    "room": _later("Raum"),
    "hall": _later("Halle"),
    "compartment": _later("Fach"),
    "container": _later("Container"),
    "table": _later("Tisch"),
    "other": _later("etwas anderes"),
}


def name(unit: Unit) -> str:
    """What a unit is called in the language of the page."""
    return in_text(unit.name, get_language() or "de")


def title(noun: Noun) -> str:
    """What a noun is called in the language of the page."""
    return in_text(noun.title, get_language() or "de")


def local(moment: datetime) -> datetime:
    """The moment as the city's clock shows it."""
    return moment.astimezone(settings.SMILE.zone)


def today() -> date:
    """Today, in the city."""
    return local(clock.now()).date()


def day(one: date) -> str:
    """`Montag, 23. November`."""
    return f"{moments.weekday(one)}, {moments.day_of(one, today())}"


def hours(span: Span) -> str:
    """`10:00 bis 11:30 Uhr`, with the day of the end if it is another one."""
    start, end = local(span[0]), local(span[1])
    if start.date() == end.date() or (minutes(*span) < 24 * 60 and f"{end:%H:%M}" == "00:00"):
        return _("%(start)s bis %(end)s Uhr") % {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}
    return _("%(start)s Uhr bis %(day)s, %(end)s Uhr") % {
        "start": f"{start:%H:%M}", "day": day(end.date()), "end": f"{end:%H:%M}",
    }  # fmt: skip


def span(one: Booking) -> Span:
    """From when to when a booking is."""
    return one.during.lower, one.during.upper


def when(one: Span) -> str:
    """`Montag, 23. November, 10:00 bis 11:30 Uhr`."""
    return f"{day(local(one[0]).date())}, {hours(one)}"


def when_now() -> str:
    """This moment, as a notice board says it."""
    return f"{day(today())}, {moments.clock_time(clock.now(), settings.SMILE.zone)}"


def row(one: Booking) -> dict[str, Any]:
    """A booking as lists show it."""
    kind, state = STATES[one.state]
    noun = one.unit.place.noun
    return {
        "id": one.id, "when": when(span(one)), "unit": name(one.unit), "place": title(noun), "kind": kind, "state": state,
        "what": one.what, "people": one.people, "organisation": title(one.organisation) if one.organisation else "",
        "fee": euros(one.fee_cents) if one.fee_cents else "", "reason": one.reason,
        "url": reverse("bookings:one", args=[one.id]), "place_url": nouns.page_address(noun),
        "lasts": lasting(minutes(*span(one))),
    }  # fmt: skip


def series_row(one: Series) -> dict[str, Any]:
    """A series as lists show it."""
    kind, state = SERIES[one.state]
    return {
        "id": one.id, "when": series_when(one), "unit": name(one.unit), "place": title(one.unit.place.noun),
        "kind": kind, "state": state, "what": one.what, "reason": one.reason, "rank": one.rank,
        "organisation": title(one.organisation) if one.organisation else "",
        "season": one.season.name if one.season else "", "left_out": left_out(one),
    }  # fmt: skip


def series_when(one: Series) -> str:
    """`dienstags, 18:00 bis 20:00 Uhr, 1. Dezember bis 23. März`; what is not weekly is said by its dates."""
    dates = reads.dates_of(one)
    start = local(one.starts_at)
    said = hours((one.starts_at, one.starts_at + one.duration))
    if not dates:
        return f"{day(start.date())}, {said}"
    first, last = (moments.day_of(each.date(), today()) for each in (dates[0], dates[-1]))
    days = ", ".join(moments.weekday(each) for each in _weekdays(dates))
    return _("%(days)s, %(hours)s, vom %(first)s bis %(last)s") % {
        "days": days, "hours": said, "first": first, "last": last,
    }  # fmt: skip


def left_out(one: Series) -> list[str]:
    """The dates that could not be had, each with the reason."""
    found = []
    for each in one.left_out:
        date_of = datetime.fromisoformat(each["date"]).date()
        found.append(f"{day(date_of)}: {LEFT_OUT.get(each['code'], _('ging nicht'))}")
    return found


def explained(policy: rules.Policy) -> list[str]:
    """The rules in sentences of this page's language."""
    return rules.explained(policy, get_language() or "de")


def organisations(who: Who) -> list[tuple[int, str]]:
    """The organisations in whose name this person books."""
    own = who.organisations(nouns.KEEP)
    return [(one.id, title(one)) for one in Noun.objects.filter(id__in=own).order_by("sort", "id")]


def _weekdays(dates: Iterable[datetime]) -> list[date]:
    found: dict[int, date] = {}
    for one in dates:
        found.setdefault(one.weekday(), one.date())
    return [found[one] for one in sorted(found)]
