# SPDX-License-Identifier: EUPL-1.2
"""My bookings: the list, one of them with all that can be done with it, and its file for a calendar."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.core import clock, moments
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.places import rights
from smilecity.places.actions import booking as actions
from smilecity.places.actions.booking.changing import EARLY, OPEN
from smilecity.places.actions.booking.taking import keeps_place, not_bookable, unknown
from smilecity.places.forms.booking import ReasonForm, WordsForm
from smilecity.places.models import Booking
from smilecity.places.pages.booking import said, week
from smilecity.places.pages.booking.calendar import day_of, moment_of, possible
from smilecity.places.reads import booking as reads
from smilecity.places.rules import booking as rules
from smilecity.places.rules.booking.explained import euros
from smilecity.places.rules.booking.times import minutes


@require_safe
@login_required
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """GET /me/bookings/?past=: what comes, my series, and what was."""
    who = who_asks(request)
    past = request.GET.get("past") == "1"
    context = {
        "rows": [said.row(one) for one in reads.mine(who, past=past) if past or one.state in Booking.TAKES],
        "series": [] if past else [said.series_row(one) for one in reads.my_series(who)],
        "past": past,
        "path": [_me(), {"title": _("Meine Buchungen")}],
    }
    return render(request, "places/bookings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def one(request: HttpRequest, booking: int) -> HttpResponse:
    """/me/bookings/<id>/: confirm it, say what it is for, cancel it, check in."""
    who = who_asks(request)
    known = _known(who, booking)
    then = request.POST.get("then", "") if request.method == "POST" else ""
    words = WordsForm(request.POST) if then in ("confirm", "say") else WordsForm(
        initial={"what": known.what, "people": known.people}
    )  # fmt: skip
    reason = ReasonForm(request.POST if then == "cancel" else None)
    if request.method != "POST":
        return _page(request, who, known, words, reason)
    asked = reason if then == "cancel" else words
    if then in ("confirm", "say", "cancel") and not asked.is_valid():
        return _page(request, who, known, words, reason, status=422)
    try:
        messages.success(request, _do(who, known, then, asked.cleaned_data if asked.is_bound else {}))
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        if refusal.field in asked.fields:
            asked.show(refusal)
            refusal_above = None
        else:
            refusal_above = refusal
        return _page(
            request, who, _known(who, booking), words, reason, refusal=refusal_above, status=refusal.status
        )
    if then == "cancel" and known.state == Booking.HELD:
        return redirect(_again(known))
    return redirect("bookings:one", booking=booking)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def move(request: HttpRequest, booking: int) -> HttpResponse:
    """/me/bookings/<id>/move/?day=: the calendar of its unit; the new time is had before the old one is let go."""
    who = who_asks(request)
    known = _known(who, booking)
    if known.state not in OPEN:
        return redirect("bookings:one", booking=booking)
    refusal = None
    if request.method == "POST":
        try:
            begins = moment_of(request.POST.get("start", ""))
            actions.change(who, booking, (begins, begins + (known.during.upper - known.during.lower)))
        except Refusal as why:
            if why.status in (403, 404):
                raise
            refusal = why
        else:
            messages.success(request, _("Die Buchung ist verschoben."))
            return redirect("bookings:one", booking=booking)
    return _move_page(request, who, known, refusal)


@require_safe
@login_required
@never_cache
def as_calendar(request: HttpRequest, booking: int) -> HttpResponse:
    """GET /me/bookings/<id>/booking.ics: the booking for one's own calendar, as RFC 5545 has it."""
    known = _known(who_asks(request), booking)
    response = HttpResponse(_calendar(request, known), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="booking-{known.id}.ics"'
    return response


def _do(who: Who, known: Booking, then: str, typed: dict[str, Any]) -> str:
    if then in ("confirm", "say"):
        actions.say(who, known.id, what=typed["what"], people=typed["people"])
    if then == "say":
        return _("Gespeichert.")
    if then == "confirm":
        state = actions.confirm(who, known.id).state
        return _("Gebucht. Viel Freude!") if state == Booking.BOOKED else _(
            "Angefragt. Sie bekommen eine Mitteilung, sobald entschieden ist."
        )  # fmt: skip
    if then == "cancel":
        actions.cancel(who, known.id, typed["reason"])
        return _("Abgesagt. Die Zeit ist wieder frei für andere.")
    if then == "here":
        actions.check_in(who, known.id)
        return _("Schön, dass Sie da sind.")
    raise Refusal("booking.then", _("Das geht mit einer Buchung nicht."), status=422)


def _page(
    request: HttpRequest,
    who: Who,
    known: Booking,
    words: WordsForm,
    reason: ReasonForm,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    now = clock.now()
    policy = reads.policy_of_unit(known.unit)
    held = known.state == Booking.HELD and known.hold_until is not None and known.hold_until > now
    over = known.state == Booking.HELD and not held
    begins = known.during.lower
    context = {
        "row": {**said.row(known), **({"kind": "info", "state": said.STATES[Booking.EXPIRED][1]} if over else {})},
        "facts": _facts(known),
        "fee": euros(known.fee_cents) if known.fee_cents else "",
        "held": held,
        "left": _left(known.hold_until, now) if held and known.hold_until else "",
        "asks": policy is not None and _asks(who, known),
        "open": known.state in (Booking.ASKED, Booking.BOOKED) and known.during.upper > now,
        "over": over or known.state == Booking.EXPIRED,
        "may_come": known.state == Booking.BOOKED and begins - EARLY <= now < known.during.upper,
        "grace": policy.grace if policy and policy.grace and known.state == Booking.BOOKED else None,
        "cancel_by": _cancel_by(begins, policy.cancel_until, now) if policy and policy.cancel_until else "",
        "others": keeps_place(who, known)
        and not rights.may_have_booked(who, known.account_id, known.organisation_id),
        "words": words,
        "reason": reason,
        "refusal": refusal,
        "rules": said.explained(policy) if policy else [],
        "again": _again(known),
        "series": reverse("bookings:series", args=[known.series_id]) if known.series_id else "",
        "path": [
            _me(), {"title": _("Meine Buchungen"), "url": reverse("bookings:list")}, {"title": said.name(known.unit)},
        ],
    }  # fmt: skip
    return render(request, "places/booking.html", context, status=status)


def _move_page(request: HttpRequest, who: Who, known: Booking, refusal: Refusal | None) -> HttpResponse:
    day = max(day_of(request.GET.get("day", said.local(known.during.lower).date().isoformat())), said.today())
    first = week.first_of(day)
    calendar = reads.calendar(
        who, known.unit_id, first, days=week.DAYS, minutes=minutes(*said.span(known)),
        organisation=known.organisation_id,
    )  # fmt: skip
    if calendar is None:
        raise not_bookable()
    days = week.week(calendar, day, {})
    context = {
        "row": said.row(known),
        "days": days,
        "free": sum(each.free for each in days),
        "ways": week.ways(first, {}),
        "week": _("%(first)s bis %(last)s") % {"first": days[0].name, "last": days[-1].name},
        "refusal": refusal,
        "possible": possible(refusal),
        "may_book": True,
        "path": [
            _me(),
            {"title": _("Meine Buchungen"), "url": reverse("bookings:list")},
            {"title": said.name(known.unit), "url": reverse("bookings:one", args=[known.id])},
            {"title": _("Verschieben")},
        ],
    }
    return render(request, "places/book_move.html", context, status=refusal.status if refusal else 200)


def _facts(known: Booking) -> list[tuple[str, Any]]:
    row = said.row(known)
    return [
        (_("Wann"), f"{row['when']} ({row['lasts']})"),
        (_("Was"), row["unit"]),
        (_("Wo"), row["place"]),
        (_("Für wen"), row["organisation"] or _("für mich")),
        (_("Wofür"), row["what"]),
        (_("Wie viele Menschen"), row["people"]),
        (_("Kosten"), row["fee"] or _("keine")),
        (_("Begründung"), row["reason"]),
    ]


def _left(until: datetime, now: datetime) -> str:
    """`noch 9 Minuten, bis 14:32 Uhr`."""
    count = max(1, int((until - now).total_seconds()) // 60)
    said_of = {"count": count, "time": moments.clock_time(until, said.local(until).tzinfo)}  # type: ignore[arg-type]
    return (
        ngettext("Noch %(count)d Minute, bis %(time)s", "Noch %(count)d Minuten, bis %(time)s", count)
        % said_of
    )


def _asks(who: Who, known: Booking) -> str:
    """Why a person will look at a held slot before it is booked, empty if nobody will."""
    span = said.span(known)
    seen = reads.look(who, known.unit_id, span, organisation=known.organisation_id, besides=known.id)
    if seen is None or known.state != Booking.HELD:
        return ""
    return str(rules.approval(seen.policy, rules.Asked(*span), seen.facts).sentence)


def _cancel_by(begins: datetime, before: int, now: datetime) -> str:
    by = begins - timedelta(minutes=before)
    if by < now:
        return ""
    return f"{said.day(said.local(by).date())}, {said.local(by):%H:%M}"


def _calendar(request: HttpRequest, known: Booking) -> bytes:
    from icalendar import Calendar, Event

    row = said.row(known)
    calendar, event = Calendar(), Event()
    calendar.add("prodid", "-//Smile City//Booking//DE")
    calendar.add("version", "2.0")
    event.add("uid", f"booking-{known.key}@{request.get_host()}")
    event.add("dtstamp", known.changed_at)
    event.add("dtstart", known.during.lower)
    event.add("dtend", known.during.upper)
    event.add("summary", f"{row['unit']}, {row['place']}")
    event.add("location", ", ".join(one for one in (row["place"], known.unit.place.street) if one))
    event.add("url", request.build_absolute_uri(row["url"]))
    event.add("status", _ICAL.get(known.state, "CANCELLED"))
    if known.what:
        event.add("description", known.what)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


_ICAL = {
    Booking.HELD: "TENTATIVE", Booking.ASKED: "TENTATIVE", Booking.BOOKED: "CONFIRMED", Booking.USED: "CONFIRMED",
}  # fmt: skip


def _again(known: Booking) -> str:
    slug = known.unit.place.noun.address.removeprefix("places/")
    day = max(said.local(known.during.lower).date(), said.today())
    return f"{reverse('places:book', args=[slug])}?unit={known.unit_id}&day={day}"


def _known(who: Who, booking: int) -> Booking:
    known = reads.booking(who, booking)
    if known is None:
        raise unknown()
    return known


def _me() -> dict[str, str]:
    return {"title": _("Mein Konto"), "url": reverse("me")}
