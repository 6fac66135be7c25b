# SPDX-License-Identifier: EUPL-1.2
"""The page of an offer: when, where, for whom, and what one has to know before one comes."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from smilecity.core import clock, nouns
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people.reads import follows, who_asks
from smilecity.places import rights
from smilecity.places.forms.registering import RegisterForm
from smilecity.places.models import Occasion, Offer, Registration
from smilecity.places.pages.offers import described, said
from smilecity.places.pages.sending import webcal
from smilecity.places.reads import offers as reads
from smilecity.places.rules import finding
from smilecity.places.rules import offers as rules
from smilecity.places.rules.offers.addressing import ACCESS
from smilecity.places.rules.words import access_said

DATES = 12


@dataclass(frozen=True, slots=True)
class Coming:
    """One of the next dates in the list of them."""

    id: int
    when: str
    cancelled: bool
    note: str
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Seats:
    """What is left at the chosen date: `free` is None where as many come as want to."""

    free: int | None
    waiting: int
    mine: Registration | None
    position: int

    @property
    def full(self) -> bool:
        """Whether who registers now waits."""
        return self.free == 0


@require_safe
def offer(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /offers/<slug>/?date=&plain=1: everything about the offer, with one of its dates chosen."""
    who = who_asks(request)
    one = found(who, slug)
    return page(request, who, one, chosen(request.GET.get("date", ""), reads.coming(who, one, DATES)))


def page(
    request: HttpRequest,
    who: Who,
    one: Offer,
    dates: tuple[list[Occasion], Occasion | None],
    form: RegisterForm | None = None,
    refusal: Refusal | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """The page, also with what was wrong with a registration."""
    coming, date = dates
    language = get_language() or "de"
    seats = _seats(who, one, date)
    context = {
        **_said(request, one, language),
        "offer": one,
        "noun": one.noun,
        "slug": one.noun.address.removeprefix("offers/"),
        "dates": _coming(one, coming, date),
        "date": _coming(one, [date], date)[0] if date else None,
        "seats": seats,
        "form": form
        or (RegisterForm(signed_in=who.account is not None) if _open(one, date, seats) else None),
        "refusal": refusal,
        "following": follows(who, one.noun_id),
        "writes": rights.may_keep_offer(who, one),
        "schema": described.schema(request, one, coming, language),
        "ics": webcal(
            request, reverse("offers:offer-calendar", args=[one.noun.address.removeprefix("offers/")])
        ),
    }
    return render(request, "places/offer.html", context, status=status)


def found(who: Who, slug: str) -> Offer:
    """The offer for this reader. Refuses one that is not there and one that is not public alike."""
    one = reads.offer(who, slug)
    if one is None:
        raise Refusal(
            "offer.unknown",
            _("Dieses Angebot gibt es nicht."),
            cure=_("Vielleicht finden Sie es unter „Was ist los“."),
            status=404,
        )
    return one


def chosen(text: str, coming: list[Occasion]) -> tuple[list[Occasion], Occasion | None]:
    """The next dates, and the one that is asked for; else the first that takes place."""
    asked = next((one for one in coming if str(one.id) == text), None)
    return coming, asked or next((one for one in coming if not one.cancelled), coming[0] if coming else None)


def _said(request: HttpRequest, one: Offer, language: str) -> dict[str, Any]:
    """What the offer says of itself."""
    noun, title = one.noun, in_text(one.noun.title, language)
    simple = in_text(one.plain, language)
    starts = one.starts_at.astimezone(settings.SMILE.zone)
    minutes = int(one.duration.total_seconds()) // 60
    place = one.place
    keeper = noun.keeper
    return {
        "title": title,
        "kind": str(rules.KINDS[one.kind]),
        "category": str(rules.CATEGORIES.get(one.category, "")),
        "simple": simple,
        "shows_simple": bool(simple) and request.GET.get("plain") == "1",
        "text": in_text(noun.text, language),
        "when": rules.said(one.rule, starts.replace(tzinfo=None), minutes, one.extra, one.without),
        "where": said.where(one, language),
        "place_url": nouns.page_address(place.noun) if place else "",
        "place_access": access_said(place.access) if place else [],
        "street": place.street if place else "",
        "unit": in_text(one.unit.name, language) if one.unit else "",
        "facts": _facts(one, language),
        "access": [str(label) for key, label in ACCESS.items() if one.access.get(key) == "yes"],
        "organiser": in_text(keeper.title, language) if keeper else "",
        "organiser_url": nouns.page_address(keeper) if keeper else "",
        "draft": noun.visibility != noun.PUBLIC,
        "path": [{"title": _("Was ist los"), "url": reverse("offers:list")}, {"title": title}],
    }


def _facts(one: Offer, language: str) -> list[tuple[str, str]]:
    """Pairs for a description list; what nobody has said is left out."""
    cost = in_text(one.cost, language)
    free = {True: _("Kostenlos"), False: _("Kostet etwas"), None: ""}[one.free]
    return [
        (_("Für wen"), finding.ages(one.age_from, one.age_to)),
        (_("Kosten"), ". ".join(part for part in (free, cost) if part)),
        (_("Mitbringen"), in_text(one.bring, language)),
        (_("Sprachen"), finding.spoken(one.languages)),
    ]


def _coming(one: Offer, coming: list[Occasion], date: Occasion | None) -> list[Coming]:
    today = clock.now().astimezone(settings.SMILE.zone).date()
    language = get_language() or "de"
    return [
        Coming(
            id=each.id,
            when=said.moment_said(each, today),
            cancelled=each.cancelled,
            note=in_text(each.note, language),
            url=said.address(one, each),
            chosen=date is not None and each.id == date.id,
        )
        for each in coming
    ]


def _seats(who: Who, one: Offer, date: Occasion | None) -> Seats | None:
    """How it stands with seats at this date; None if one cannot register here."""
    if date is None or one.registration != Offer.HERE:
        return None
    mine = reads.mine_at(who, date)
    return Seats(
        free=reads.free_seats(who, date),
        waiting=reads.waiting_seats(who, date),
        mine=mine,
        position=reads.position(who, mine) if mine else 0,
    )


def _open(one: Offer, date: Occasion | None, seats: Seats | None) -> bool:
    return seats is not None and date is not None and not date.cancelled and seats.mine is None
