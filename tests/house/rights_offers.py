# SPDX-License-Identifier: EUPL-1.2
"""Rows of the table of rights: offers. Club A offers a course at the pier, and Rita registered for its first date."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from smilecity.core.who import Who
from tests.house.rights_rows import ALL, KEEP, NODE, RITA, SEE_DRAFTS, WRITE, Row
from tests.house.town import Town

Case = Callable[[Town, Who, Callable[..., Any], "Course"], Any]

KARIM = {"karim"}
WHY = "Die Trainerin ist krank."
UID = "yoga@club-a.example"


@dataclass(frozen=True)
class Course:
    """The club's offer, and the wall clock of tomorrow evening, when it begins."""

    town: Town
    offer: Any
    starts: datetime

    @property
    def id(self) -> int:
        return int(self.offer.noun_id)

    @property
    def key(self) -> str:
        return str(self.offer.noun.address.removeprefix("offers/"))

    @property
    def later(self) -> str:
        return _text(self.starts + timedelta(hours=1))

    def first(self) -> Any:
        """Its first date; that of a draft is written by hand, as an import that went wrong might."""
        from smilecity.core import clock
        from smilecity.places.models import Occasion

        known = self.offer.occasions.select_related("offer__noun").order_by("start").first()
        begins = clock.now() + timedelta(days=1)
        span = (begins, begins + timedelta(hours=1))
        return known or Occasion.objects.create(offer=self.offer, start=begins, during=span)

    def rita(self, seats: int = 1) -> Any:
        """Her registration."""
        from smilecity.places.actions import offers

        return offers.register(self.town.who["rita"], self.first().id, seats=seats).registration

    def token(self) -> str:
        """What somebody without an account got who registered."""
        from smilecity.places.actions import offers

        return offers.register(self.town.who["anyone"], self.first().id, name="Ada", reach="0381 12345").token

    def sent(self) -> int:
        """The id of a change of it that waits for the city's look."""
        from smilecity.places.actions import offers

        said = _said(self.town, self.starts) | {"title": {"de": "Yoga am Pier"}}
        offers.keep_offer(self.town.who["karim"], self.key, then="send", **said)
        return self.id

    def begun(self) -> int:
        """The same, not sent yet."""
        from smilecity.places.actions import offers

        offers.keep_offer(self.town.who["karim"], self.key, **_said(self.town, self.starts))
        return self.id


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}"


def _said(town: Town, starts: datetime) -> dict[str, Any]:
    return {
        "title": {"de": "Yoga"}, "place": town.pier.noun_id, "starts": _text(starts), "minutes": 60,
        "rule": "FREQ=WEEKLY;COUNT=3", "registration": "here", "capacity": 2,
    }  # fmt: skip


def _course(may: set[str], case: Case, *, then: str = "send") -> Row:
    """A row whose case gets the course: published, or with `then` "keep" a draft."""

    def stage(town: Town) -> Course:
        from django.conf import settings

        from smilecity.core import clock
        from smilecity.places.actions import offers

        day = clock.now().astimezone(settings.SMILE.zone).replace(tzinfo=None) + timedelta(days=1)
        starts = day.replace(hour=18, minute=0, second=0, microsecond=0)
        offer = offers.keep_offer(
            town.who["node"], "yoga", keeper=town.organisations["club-a"].pk, then=then,
            came_from=f"{town.organisations['club-a'].pk}/{UID}", **_said(town, starts),
        )  # fmt: skip
        return Course(town, offer, starts)

    return Row(set(may), lambda town, who, function: case(town, who, function, town.stage), stage)


def _kept(town: Town, who: Who, function: Callable[..., Any], course: Course) -> Any:
    """Something new in the name of the club."""
    keeper = town.organisations["club-a"].pk
    return function(who, "pilates", keeper=keeper, **_said(town, course.starts))


def _brought(town: Town, who: Who, function: Callable[..., Any], course: Course) -> Any:
    from smilecity.places.actions.offers.importing import Plan
    from smilecity.places.rules.ical import Entry

    entry = Entry(uid="neu@club-a.example", title="Rudern", starts=course.starts, minutes=60)
    lines = function(who, [entry], Plan(keeper=town.organisations["club-a"].pk, dry_run=False))
    assert [line.what for line in lines] == ["new"]


def _waited(town: Town, who: Who, function: Callable[..., Any], course: Course) -> Any:
    """The seats for which somebody waits: Rita has both."""
    course.rita(seats=2)
    course.token()
    return function(who, course.first())


def _place_in_line(town: Town, who: Who, function: Callable[..., Any], course: Course) -> Any:
    from smilecity.places.actions import offers

    course.rita(seats=2)
    nora = offers.register(town.who["nora"], course.first().id)
    return function(who, nora.registration)


def _hers(*given: Callable[[Course], Any]) -> Case:
    """The case of a read, once Rita has registered."""

    def case(town: Town, who: Who, function: Callable[..., Any], course: Course) -> Any:
        course.rita()
        return function(who, *(one(course) for one in given))

    return case


def _wished(*given: Any) -> Case:
    """The case of a search at the pier."""

    def case(town: Town, who: Who, function: Callable[..., Any], course: Course) -> Any:
        from smilecity.places.rules.offers import Wish

        return function(who, Wish(place="pier"), *given)

    return case


def _trusted(town: Town, who: Who, function: Callable[..., Any], course: Course) -> Any:
    from smilecity.places.actions import offers

    keeper = town.organisations["club-a"].pk
    offers.trust_organisation(town.who["node"], keeper, trusted=True)
    return function(who, keeper, town.organisations["club-a"].noun.area_id)


def _all_trusted(town: Town, who: Who, function: Callable[..., Any], course: Course) -> Any:
    from smilecity.places.actions import offers

    offers.trust_organisation(town.who["node"], town.organisations["club-a"].pk, trusted=True)
    return function(who)


def _waiting(town: Town, who: Who, function: Callable[..., Any], course: Course) -> Any:
    course.sent()
    return function(who)


OFFER_ACTIONS: dict[str, Row] = {
    "changing.cancel_occasion": _course(WRITE, lambda t, who, f, c: f(who, c.first().id, WHY)),
    "changing.cancel_offer": _course(WRITE, lambda t, who, f, c: f(who, c.id, WHY)),
    "changing.move_occasion": _course(WRITE, lambda t, who, f, c: f(who, c.first().id, c.later, 60)),
    "changing.note_occasion": _course(WRITE, lambda t, who, f, c: f(who, c.first().id, {"de": "Saal 2"})),
    "dates.write_occasions": _course(NODE, lambda t, who, f, c: f(who, [c.id])),
    "importing.import_offers": _course(WRITE, _brought),
    "keeping.copy_season": _course(WRITE, lambda t, who, f, c: f(who, c.id, "yoga-2", 364)),
    "keeping.drop_offer": _course(WRITE, lambda t, who, f, c: f(who, c.begun())),
    "keeping.keep_offer": _course(WRITE, _kept),
    "keeping.locked": _course(WRITE, lambda t, who, f, c: f(who, c.id)),
    "keeping.publish_offer": _course(KEEP, lambda t, who, f, c: f(who, c.sent())),
    "keeping.return_offer": _course(KEEP, lambda t, who, f, c: f(who, c.sent(), WHY)),
    "keeping.send_offer": _course(WRITE, lambda t, who, f, c: f(who, c.begun())),
    "keeping.trust_organisation": _course(
        KEEP, lambda t, who, f, c: f(who, t.organisations["club-a"].pk, trusted=True)
    ),
    "seats.forget_registered": _course(NODE, lambda t, who, f, c: f(who)),
    "seats.keep_capacity": _course(WRITE, lambda t, who, f, c: f(who, c.first().id, 5)),
    "seats.register": _course(ALL, lambda t, who, f, c: f(who, c.first().id, name="Ada", reach="0381 12345")),
    # The city keeps the offer, but who comes is between them and the club.
    "seats.unregister": _course(RITA | KARIM, lambda t, who, f, c: f(who, c.rita().id)),
    # The token is the proof.
    "seats.unregister_by_token": _course(ALL, lambda t, who, f, c: f(who, c.token())),
}
OFFER_READS: dict[str, Row] = {
    "calendars.calendar_of": _course(ALL, lambda t, who, f, c: f(who, "Yoga", [c.first()])),
    # The token is the proof.
    "coming.by_token": _course(ALL, lambda t, who, f, c: f(who, c.token())),
    "coming.free_seats": _course(ALL, lambda t, who, f, c: f(who, c.first())),
    "coming.mine": _course(RITA, _hers()),
    "coming.mine_at": _course(RITA, _hers(Course.first)),
    "coming.occasion": _course(WRITE, lambda t, who, f, c: f(who, c.first().id), then="keep"),
    "coming.position": _course(ALL, _place_in_line),
    "coming.registered": _course(KARIM, _hers(lambda c: c.first().id)),
    "coming.waiting_seats": _course(ALL, _waited),
    "finding.calendar": _course(ALL, _wished(5)),
    "finding.coming": _course(ALL, lambda t, who, f, c: f(who, c.offer)),
    "finding.counted": _course(ALL, _wished()),
    "finding.found": _course(ALL, _wished()),
    "finding.next_of": _course(ALL, lambda t, who, f, c: f(who, [c.id])),
    "finding.offer": _course(SEE_DRAFTS, lambda t, who, f, c: f(who, c.key), then="keep"),
    "finding.places_with": _course(ALL, _wished()),
    "finding.sought": _course(ALL, _wished()),
    "finding.with_position": _course(ALL, _wished(5)),
    "kept.dates": _course(WRITE, lambda t, who, f, c: f(who, c.offer)),
    "kept.editable": _course(WRITE, lambda t, who, f, c: f(who, c.key)),
    "kept.editable_id": _course(WRITE, lambda t, who, f, c: f(who, c.id)),
    "kept.imported": _course(WRITE, lambda t, who, f, c: f(who, [c.offer.came_from])),
    "kept.is_trusted": _course(ALL, _trusted),
    "kept.organisers": _course(KEEP | {"nils", "karim", "tina", "mia"}, lambda t, who, f, c: f(who)),
    "kept.waiting": _course(KEEP, _waiting),
    "kept.written": _course(WRITE, lambda t, who, f, c: f(who)),
    # Club A is in the town: the clerk next door has other clubs to trust.
    "trusting.to_trust": _course(KEEP | {"nils"}, lambda t, who, f, c: f(who)),
    "trusting.trusts": _course(KEEP, _all_trusted),
}
OFFERS = {
    **{f"places.actions.offers.{name}": row for name, row in OFFER_ACTIONS.items()},
    **{f"places.reads.offers.{name}": row for name, row in OFFER_READS.items()},
}
OFFERS_NO_ROW = {
    "places.actions.offers.dates.write": "within `write_occasions` and the actions on an offer, which have asked",
    "places.actions.offers.seats.move_up_all": "within the actions on an offer, which have asked",
    "places.actions.offers.telling.tell_registered": "within the actions on a date, which have asked",
}
