# SPDX-License-Identifier: EUPL-1.2
"""The feeds of OpenActive, kept by a reader of the log.

A time of change loses items: a transaction that commits late carries a time that readers have already passed. The log's
positions are given after the commit, and one reader writes the items in their order; so what it writes later always
stands further back in the feed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation

from smilecity.core import clock, log, nouns
from smilecity.core.models import LogEntry, Noun
from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Who
from smilecity.places import facts, rights
from smilecity.places.models import FeedItem, Occasion, Offer, Place, Unit
from smilecity.places.reads import openactive as reads
from smilecity.places.rules import openactive as rules
from smilecity.places.rules.offers import ACCESS, CATEGORIES
from smilecity.places.rules.words import ACCESS as ACCESS_OF_PLACES

READER = "openactive"
BATCH = 1000
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Item:
    """What a feed should tell: about which noun, and what."""

    noun: int
    body: dict[str, Any]


Items = dict[tuple[str, int], Item]


def follow(who: Who) -> int:
    """Tell in the feeds what the log says since the last time; returns how many entries that were. By the node.

    Lock: the reader's row in the log, so items are written in the order of positions, by one at a time.
    """
    _must_be_node(who)
    total = 0
    with translation.override(settings.LANGUAGE_CODE):
        while count := log.read(READER, _tell, BATCH):
            total += count
    return total


def renew(who: Who) -> None:
    """Announce that all is to be compared with the city, for time alone changes feeds too. By the node. No lock."""
    _must_be_node(who)
    with transaction.atomic():
        log.append(who, facts.FEEDS_RENEWED)


def _must_be_node(who: Who) -> None:
    if not rights.may_let_go(who):
        raise Refusal("openactive.not-yours", "The node does this by itself.", status=403)


def _tell(entries: Sequence[LogEntry]) -> None:
    """All that these entries concern, as it is now; it bears the position of the last of them."""
    position = entries[-1].position or 0
    concerned = {one.noun for one in entries if one.noun is not None}
    if any(one.verb == facts.FEEDS_RENEWED for one in entries):
        concerned |= reads.told_of(NODE)
        FeedItem.objects.filter(gone_at__lt=clock.now() - timedelta(days=rules.GONE_DAYS)).delete()
    ids = sorted(concerned)
    for start in range(0, len(ids), AT_ONCE):
        _settle(position, set(ids[start : start + AT_ONCE]))


def _settle(position: int, concerned: set[int]) -> None:
    """Bring the items of these nouns up to date; one that has not changed keeps its place in the feed."""
    concerned |= reads.offers_at(NODE, concerned)
    wanted = _offered(concerned) | _bookable(concerned)
    known = {(one.feed, one.number): one for one in FeedItem.objects.filter(noun__in=concerned)}
    gone = [one.id for key, one in known.items() if key not in wanted and one.gone_at is None]
    FeedItem.objects.filter(id__in=gone).update(body={}, modified=position, gone_at=clock.now())
    FeedItem.objects.bulk_create(
        (
            FeedItem(feed=feed, number=number, noun=new.noun, body=new.body, modified=position, gone_at=None)
            for (feed, number), new in wanted.items()
            if not _is_told(known.get((feed, number)), new)
        ),
        batch_size=500,
        update_conflicts=True,
        unique_fields=["feed", "number"],
        update_fields=["noun", "body", "modified", "gone_at"],
    )


def _is_told(one: FeedItem | None, new: Item) -> bool:
    return one is not None and one.gone_at is None and (one.noun, one.body) == (new.noun, new.body)


def _offered(concerned: Collection[int]) -> Items:
    offers = reads.offers(NODE, concerned)
    found: Items = {(rules.SERIES, one.noun_id): Item(one.noun_id, _series(one)) for one in offers}
    for date in reads.dates(NODE, [one.noun_id for one in offers]):
        found[rules.SESSIONS, date.id] = Item(date.offer_id, _session(date))
    return found


def _bookable(concerned: Collection[int]) -> Items:
    found: Items = {}
    for unit in reads.units(NODE, concerned):
        slots = reads.slots(NODE, unit)
        if not slots:
            continue  # nothing that everyone may book: members only, or closed for good
        found[rules.FACILITIES, unit.id] = Item(unit.place_id, _facility(unit))
        for one in slots:
            number = rules.slot_number(unit.id, one.span[0])
            found[rules.SLOTS, number] = Item(unit.place_id, _slot(unit, one))
    return found


def _series(one: Offer) -> dict[str, Any]:
    noun, language = one.noun, settings.LANGUAGE_CODE
    supported = (
        {"hearing"} if "yes" in (one.access.get("sign_language"), one.access.get("hearing_loop")) else set()
    )
    return rules.series(
        number=one.noun_id,
        path=nouns.page_address(noun),
        title=in_text(noun.title, language),
        text=_text(noun),
        category=str(CATEGORIES[one.category]),
        place=_where(one),
        organiser=_organisation(noun.keeper),
        ages=(one.age_from, one.age_to),
        cents=rules.price_cents(one.free, one.cost) or 0,
        cost=in_text(one.cost, language),
        access=supported | _step_free(one.access),
        access_text=_answers(one.access, ACCESS),
        schedule=rules.schedule(one.rule, one.starts_at, one.duration, settings.SMILE.zone),
        cancelled=one.cancelled_at is not None,
    )


def _session(date: Occasion) -> dict[str, Any]:
    one = date.offer
    here = one.registration == Offer.HERE and not one.whole_series
    seats = date.capacity if date.capacity is not None else one.capacity
    return rules.session(
        number=date.id,
        series=one.noun_id,
        path=nouns.page_address(one.noun),
        span=(date.during.lower, date.during.upper),
        cancelled=date.cancelled,
        seats=seats if here else None,
        taken=date.taken,
        zone=settings.SMILE.zone,
    )


def _facility(unit: Unit) -> dict[str, Any]:
    place, language = unit.place, settings.LANGUAGE_CODE
    seeing = {"seeing"} if place.access.get("guidance") == "yes" else set()
    return rules.facility(
        number=unit.id,
        path=f"{nouns.page_address(place.noun)}book/",
        title=f"{in_text(place.noun.title, language)}: {in_text(unit.name, language)}",
        text=_text(place.noun),
        kind=unit.kind,
        place=_place(place),
        provider=_organisation(place.noun.keeper),
        access=seeing | _step_free(place.access),
        access_text=_answers(place.access, ACCESS_OF_PLACES),
    )


def _slot(unit: Unit, one: reads.Open) -> dict[str, Any]:
    path = f"{nouns.page_address(unit.place.noun)}book/?unit={unit.id}"
    return rules.slot(
        unit=unit.id, path=path, span=one.span, free=one.free, cents=one.cents, zone=settings.SMILE.zone
    )


def _where(one: Offer) -> dict[str, Any]:
    if one.place is not None:
        return _place(one.place)
    return rules.location(one.where, "", one.where, _position(one.noun), settings.SMILE.state)


def _place(place: Place) -> dict[str, Any]:
    return rules.location(
        in_text(place.noun.title, settings.LANGUAGE_CODE),
        nouns.page_address(place.noun),
        place.street,
        _position(place.noun),
        settings.SMILE.state,
        place.phone,
    )


def _position(noun: Noun) -> rules.Point | None:
    spot = (noun.geo or {}).get("coordinates")
    return (spot[0], spot[1]) if spot and (noun.geo or {}).get("type") == "Point" else None


def _organisation(keeper: Noun | None) -> dict[str, Any]:
    if keeper is None:
        return {}
    known = getattr(keeper, "organisation", None)
    contact = {name: getattr(known, name, "") for name in ("phone", "email", "website")}
    return rules.organisation(
        in_text(keeper.title, settings.LANGUAGE_CODE), nouns.page_address(keeper), **contact
    )


def _text(noun: Noun) -> str:
    return in_text(noun.text, settings.LANGUAGE_CODE) if noun.licence in rules.GIVES_TEXT else ""


def _step_free(access: Mapping[str, str]) -> set[str]:
    return {"moving"} if access.get("step_free") == "yes" else set()


def _answers(access: Mapping[str, str], questions: Mapping[str, Any]) -> str:
    """What is known of accessibility, as a text."""
    known = (
        f"{label}: {answers[access[key]]}" for key, (label, answers) in questions.items() if key in access
    )
    return ". ".join(known)
