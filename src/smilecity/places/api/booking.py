# SPDX-License-Identifier: EUPL-1.2
"""Booking for apps: units, calendars, and one's own bookings, by the same actions as the pages.

Whoever books is signed in with the session of the pages, and sends its CSRF token with every write.
"""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import Field, Header, Router, Schema
from ninja.errors import HttpError
from ninja.security import SessionAuth

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.places.actions import booking as actions
from smilecity.places.api.places import router as places
from smilecity.places.models import Booking
from smilecity.places.pages.place import found
from smilecity.places.reads import booking as reads
from smilecity.places.rules import booking as rules
from smilecity.places.rules.booking import times

router = Router(tags=["booking"])
units = Router(tags=["booking"])


class SignedIn(SessionAuth):
    """The session of the pages; whoever has none is told so as a problem, and so is a form sent by another site."""

    def __call__(self, request: HttpRequest) -> Any:
        """Who is signed in."""
        try:
            known = super().__call__(request)
        except HttpError as error:
            raise Refusal(
                "request.csrf", "This request does not come from a page of this city.", status=403,
                cure="Send the value of the cookie csrftoken as the header X-CSRFToken.",
            ) from error  # fmt: skip
        if known is None:
            raise Refusal("request.sign-in", "Sign in first.", status=401)
        return known


signed_in = SignedIn()


class UnitOut(Schema):
    """What can be booked at a place. `rules` explains its policy in sentences of the language asked for."""

    id: int
    key: str
    name: dict[str, str]
    kind: str
    parent: int | None
    room_for: int | None
    rules: list[str]


class SlotOut(Schema):
    """A slot: `allowed`, `ask` (a person decides), or `refused` with a code and a sentence."""

    start: datetime
    end: datetime
    verdict: str
    code: str
    why: str
    booking: int | None = Field(None, description="One's own booking there, if there is one.")


class DayOut(Schema):
    """One day of a calendar."""

    date: date
    slots: list[SlotOut]


class CalendarOut(Schema):
    """When a unit can be had."""

    unit: int
    days: list[DayOut]


class BookingIn(Schema):
    """What to book. Times without an offset are the city's wall clock. `age` and `guardian` are not kept."""

    unit: int
    start: datetime
    end: datetime
    organisation: int | None = None
    what: str = ""
    people: int | None = None
    age: int | None = None
    guardian: bool = False
    hold: bool = Field(False, description="Only keep it for some minutes, until it is confirmed.")


class ChangeIn(Schema):
    """Where a booking should move to."""

    start: datetime
    end: datetime
    unit: int | None = None


class CancelIn(Schema):
    """Why; needed from those who keep the place."""

    reason: str = ""


class BookingOut(Schema):
    """A booking of one's own. `state` is held, asked, booked, used, cancelled, refused, expired or missed."""

    id: int
    unit: int
    start: datetime
    end: datetime
    state: str
    organisation: int | None
    what: str
    people: int | None
    fee_cents: int
    hold_until: datetime | None
    reason: str


@router.get("/mine", response=list[BookingOut], auth=signed_in, summary="My bookings")
def my_bookings(request: HttpRequest, past: bool = False) -> Any:
    """What comes, the next first; or with `past` what was, the latest first. At most 100."""
    return [_out(one) for one in reads.mine(who_asks(request), past=past)]


@router.get("/{int:booking_id}", response=BookingOut, auth=signed_in, summary="One booking")
def get_booking(request: HttpRequest, booking_id: int) -> Any:
    """For whom it is for, and for those who keep the place."""
    return _out(_known(who_asks(request), booking_id))


@router.post("", response={201: BookingOut}, auth=signed_in, summary="Book a unit")
def book(
    request: HttpRequest,
    wish: BookingIn,
    idempotency_key: Annotated[
        UUID, Header(description="A UUID of your own; the same key is the same booking.")
    ],
) -> Any:
    """Answers 409 with `possible`, the next free slots, if the time is taken; never by whom."""
    act = actions.hold if wish.hold else actions.book
    made = act(
        who_asks(request), wish.unit, _span(wish.start, wish.end), key=idempotency_key,
        organisation=wish.organisation, what=wish.what, people=_small(wish.people), age=wish.age,
        guardian=wish.guardian,
    )  # fmt: skip
    return 201, _out(made)


@router.post("/{int:booking_id}/confirm", response=BookingOut, auth=signed_in, summary="Confirm a held slot")
def confirm(request: HttpRequest, booking_id: int) -> Any:
    """It is booked, or asked of a person if the rules want that."""
    return _out(actions.confirm(who_asks(request), booking_id))


@router.patch("/{int:booking_id}", response=BookingOut, auth=signed_in, summary="Move a booking")
def change(request: HttpRequest, booking_id: int, to: ChangeIn) -> Any:
    """If the new time cannot be had, the booking stays as it is."""
    return _out(actions.change(who_asks(request), booking_id, _span(to.start, to.end), unit=to.unit))


@router.post("/{int:booking_id}/cancel", response=BookingOut, auth=signed_in, summary="Cancel a booking")
def cancel(request: HttpRequest, booking_id: int, said: CancelIn) -> Any:
    """The slot is free for others from then on."""
    return _out(actions.cancel(who_asks(request), booking_id, said.reason))


@units.get("/{int:unit_id}/calendar", response=CalendarOut, summary="When a unit can be had")
def calendar(
    request: HttpRequest,
    unit_id: int,
    day: date | None = None,
    days: int = 1,
    minutes: int | None = None,
) -> Any:
    """At most 14 days from `day` (or today), in slots of `minutes`. Others' bookings are times that are taken."""
    first = day or clock.now().astimezone(settings.SMILE.zone).date()
    seen = reads.calendar(who_asks(request), unit_id, first, days=days, minutes=minutes)
    if seen is None:
        raise Refusal("booking.no-unit", "There is nothing to book here.", status=404)
    return {
        "unit": seen.unit,
        "days": [{"date": one, "slots": [_slot(cell) for cell in cells]} for one, cells in seen.days],
    }


@places.get(
    "/{slug}/units", response=list[UnitOut], tags=["booking"], summary="What can be booked at a place"
)
def units_of_place(request: HttpRequest, slug: str) -> Any:
    """In the order of its keeper; a part has its whole as `parent`."""
    who = who_asks(request)
    noun = found(who, slug)
    return [
        {
            "id": one.id, "key": one.key, "name": one.name, "kind": one.kind, "parent": one.parent_id,
            "room_for": one.room_for, "rules": _explained(one),
        }
        for one in reads.bookable(who, noun.id)
    ]  # fmt: skip


def _explained(unit: Any) -> list[str]:
    policy = reads.policy_of_unit(unit)
    return rules.explained(policy, get_language() or "de") if policy else []


def _slot(cell: reads.Cell) -> dict[str, Any]:
    decision = cell.slot.decision
    return {
        "start": cell.slot.start, "end": cell.slot.end, "verdict": decision.verdict, "code": decision.code,
        "why": str(decision.sentence), "booking": cell.booking.id if cell.booking and cell.mine else None,
    }  # fmt: skip


def _span(start: datetime, end: datetime) -> times.Span:
    zone = settings.SMILE.zone
    return times.moment(start, zone, "start"), times.moment(end, zone, "end")


def _small(people: int | None) -> int | None:
    if people is not None and not 0 < people <= 32_000:
        raise Refusal("booking.people", "Say how many people come.", field="people", status=422)
    return people


def _known(who: Who, booking_id: int) -> Booking:
    known = reads.booking(who, booking_id)
    if known is None:
        raise Refusal("booking.unknown", "There is no such booking.", status=404)
    return known


def _out(one: Booking) -> dict[str, Any]:
    return {
        "id": one.id, "unit": one.unit_id, "start": one.during.lower, "end": one.during.upper, "state": one.state,
        "organisation": one.organisation_id, "what": one.what, "people": one.people, "fee_cents": one.fee_cents,
        "hold_until": one.hold_until, "reason": one.reason,
    }  # fmt: skip
