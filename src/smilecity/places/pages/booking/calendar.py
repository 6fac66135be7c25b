# SPDX-License-Identifier: EUPL-1.2
"""Choosing a time: the calendar of a place's units, and keeping a slot for the minutes it takes to confirm."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import who_asks
from smilecity.places import rights
from smilecity.places.actions import booking as actions
from smilecity.places.actions.booking.taking import not_bookable
from smilecity.places.forms.booking import SlotForm
from smilecity.places.models import Unit
from smilecity.places.pages.booking import said, week
from smilecity.places.pages.place import found
from smilecity.places.reads import booking as reads
from smilecity.places.rules import booking as rules
from smilecity.places.rules.booking import times
from smilecity.places.rules.booking.times import Span


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def book(request: HttpRequest, slug: str) -> HttpResponse:
    """/places/<slug>/book/?unit=&day=&minutes=: what is free; sent, the slot is kept until it is confirmed."""
    who = who_asks(request)
    noun = found(who, slug)
    sent = request.POST if request.method == "POST" else request.GET
    unit = _chosen(who, noun, sent.get("unit", ""))
    if unit is None:
        return render(request, "places/book_nothing.html", {"slug": slug, "noun": noun, **frame(noun)})
    policy = reads.policy_of_unit(unit)
    assert policy is not None
    form = SlotForm(sent if "minutes" in sent else None, policy=policy, organisations=said.organisations(who))
    if request.method != "POST":
        return _page(request, who, noun, unit, form)
    if not rights.may_book(who):
        return redirect_to_login(request.get_full_path())
    try:
        held = _hold(who, unit, form, request.POST.get("start", ""), request.POST.get("key", ""))
    except Refusal as refusal:
        if refusal.status in (401, 403, 404):
            raise
        return _page(request, who, noun, unit, form, refusal)
    return redirect("bookings:one", booking=held.id)


@require_safe
def board(request: HttpRequest, slug: str, unit: int) -> HttpResponse:
    """GET /places/<slug>/book/<unit>/week/?day=: the unit's week for the notice board: times, and no persons."""
    who = who_asks(request)
    noun = found(who, slug)
    chosen = next((one for one in reads.bookable(who, noun.id) if one.id == unit), None)
    day = day_of(request.GET.get("day", ""))
    first = day - timedelta(days=day.weekday())
    board = reads.board(who, chosen.id, first) if chosen else None
    policy = reads.policy_of_unit(chosen) if chosen else None
    if chosen is None or board is None or policy is None:
        raise not_bookable()
    days = [(said.day(one), [said.hours(span) for span in spans], closed) for one, spans, closed in board]
    context = {
        **frame(noun, said.name(chosen)),
        "unit": said.name(chosen),
        "now": said.when_now(),
        "place": said.title(noun),
        "days": days,
        "rules": said.explained(policy),
        "address": request.build_absolute_uri(f"{reverse('places:book', args=[slug])}?unit={unit}"),
    }
    return render(request, "places/book_board.html", context)


def day_of(text: str) -> date:
    """The day an address names, or today."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return said.today()


def asking(who: Who, noun: Noun) -> list[tuple[str, str, datetime]]:
    """The seasons of a place that clubs can ask for now: name, address, until when."""
    slug = noun.address.removeprefix("places/")
    found = reads.seasons(who, noun.id, asking=True)
    return [(one.name, reverse("places:book-season", args=[slug, one.id]), one.ask_until) for one in found]


def moment_of(text: str) -> datetime:
    """The moment that a pressed button stands for."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise _no_start() from error
    if found.tzinfo is None:
        raise _no_start()
    return times.moment(found, settings.SMILE.zone)


def possible(refusal: Refusal | None) -> list[dict[str, str]]:
    """What could be had instead, as buttons."""
    spans: tuple[Span, ...] = refusal.possible if isinstance(refusal, rules.BookingRefusal) else ()
    return [{"value": one[0].isoformat(), "said": said.when(one)} for one in spans]


def _no_start() -> Refusal:
    return Refusal("booking.start", _("Wählen Sie eine Zeit."), field="start", status=422)


def _hold(who: Who, unit: Unit, form: SlotForm, start: str, key: str) -> Any:
    if not form.is_valid():
        raise Refusal(
            "booking.slot", _("Sagen Sie zuerst, wie lange und für wen."), status=422,
            cure=_("Oben steht, was fehlt."),
        )  # fmt: skip
    asked = form.asked()
    if form.data.get("organisation", "") != str(asked["organisation"] or ""):
        raise Refusal(
            "booking.not-your-organisation", _("Für diese Organisation können Sie nicht buchen."), status=403
        )
    begins = moment_of(start)
    lasts = timedelta(minutes=asked.pop("minutes"))
    try:
        seed = UUID(key)
    except ValueError:
        seed = uuid4()
    said_of = {name: value for name, value in asked.items() if value not in (None, False)}
    named = uuid5(seed, f"{unit.id}/{begins.isoformat()}/{lasts}/{sorted(said_of.items())}")
    return actions.hold(who, unit.id, (begins, begins + lasts), key=named, **said_of)


def _chosen(who: Who, noun: Noun, asked: str) -> Unit | None:
    """The unit asked for, or the first of the place; none if nothing is booked there. Refuses one that is not there."""
    units = reads.bookable(who, noun.id)
    found = [one for one in units if str(one.id) == asked] if asked else units
    if units and not found:
        raise not_bookable()
    return found[0] if found else None


def _page(
    request: HttpRequest, who: Who, noun: Noun, unit: Unit, form: SlotForm, refusal: Refusal | None = None
) -> HttpResponse:
    slug = noun.address.removeprefix("places/")
    asked = form.asked()
    sent = request.POST if request.method == "POST" else request.GET
    day = max(day_of(sent.get("day", "")), said.today())
    first = week.first_of(day)
    calendar = reads.calendar(
        who, unit.id, first, days=week.DAYS, minutes=asked["minutes"], organisation=asked["organisation"]
    )
    if calendar is None:
        raise not_bookable()
    query = {"unit": unit.id, **{name: value for name, value in asked.items() if value not in (None, False)}}
    days = week.week(calendar, day, query)
    context = {
        **frame(noun),
        "noun": noun,
        "slug": slug,
        "unit": {"id": unit.id, "name": said.name(unit)},
        "units": [
            {"name": said.name(one), "url": f"?unit={one.id}&day={day}", "current": one.id == unit.id}
            for one in reads.bookable(who, noun.id)
        ],
        "form": form,
        "asked": asked,
        "query": query,
        "day": day.isoformat(),
        "days": days,
        "free": sum(one.free for one in days),
        "ways": week.ways(first, query),
        "week": _("%(first)s bis %(last)s") % {"first": days[0].name, "last": days[-1].name},
        "rules": said.explained(calendar.rules),
        "key": request.POST.get("key") or uuid4(),
        "refusal": refusal,
        "possible": possible(refusal),
        "may_book": rights.may_book(who),
        "login": f"{reverse('account_login')}?next={request.path}%3Funit={unit.id}%26day={day}",
        "seasons": asking(who, noun),
        "hold": calendar.rules.hold,
    }  # fmt: skip
    return render(request, "places/book.html", context, status=refusal.status if refusal else 200)


def frame(noun: Noun, last: str = "") -> dict[str, Any]:
    """Where the page is, and what every page of booking at a place shows."""
    slug = noun.address.removeprefix("places/")
    path: list[dict[str, Any]] = [
        {"title": _("Orte"), "url": reverse("places:list")},
        {"title": said.title(noun), "url": reverse("places:place", args=[slug])},
        {"title": _("Buchen"), **({"url": reverse("places:book", args=[slug])} if last else {})},
    ]
    return {"title": said.title(noun), "path": [*path, *([{"title": last}] if last else [])]}
