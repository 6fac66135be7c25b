# SPDX-License-Identifier: EUPL-1.2
"""What other programmes may read of an entry of the log about a place or an offer: times and numbers, no names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from smilecity.core.models import LogEntry
from smilecity.core.who import Who
from smilecity.places import rights
from smilecity.places.models import Booking, Exceptional, Loan, Occasion, Offer

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Announced:
    """An entry as it is told: the nouns it is about, what it belongs to first, and its facts."""

    nouns: tuple[int, ...]
    facts: Facts = field(default_factory=dict)


def announced(who: Who, entries: Sequence[LogEntry]) -> dict[int, Announced]:
    """Each of these entries by its id, as far as there still is what it is about; for the node alone.

    Five queries at most, however many entries.
    """
    if not rights.may_let_go(who):
        return {}
    bookings = _bookings(_named(entries, "booking"))
    loans = _loans(_named(entries, "loan"))
    closings = _closings({one for entry in entries for one in entry.data.get("closings", ())})
    dates = _dates(_named(entries, "occasion"))
    at = _places_of_offers({entry.noun for entry in entries if entry.noun is not None})
    told: dict[int, Announced] = {}
    for entry in entries:
        data = entry.data
        if "booking" in data:
            facts = bookings.get(data["booking"])
        elif "loan" in data:
            facts = loans.get(data["loan"])
        elif "closings" in data:
            facts = {"closings": [closings[one] for one in data["closings"] if one in closings]}
        else:
            facts = dates.get(data.get("occasion", 0), {})
        noun = entry.noun if entry.noun is not None else (facts or {}).get("place")
        if facts is not None and noun is not None:
            shown = {name: value for name, value in facts.items() if name != "place"}
            told[entry.pk] = Announced((noun, *at.get(noun, ())), shown)
    return told


def _named(entries: Iterable[LogEntry], name: str) -> set[int]:
    return {entry.data[name] for entry in entries if name in entry.data}


def _bookings(ids: set[int]) -> dict[int, Facts]:
    found = Booking.objects.filter(pk__in=ids).select_related("unit") if ids else ()
    return {
        one.pk: {
            "booking": one.pk,
            "unit": one.unit_id,
            "unitKey": one.unit.key,
            "start": one.during.lower,
            "end": one.during.upper,
            "state": one.state,
        }
        for one in found
    }


def _loans(ids: set[int]) -> dict[int, Facts]:
    found = Loan.objects.filter(pk__in=ids).select_related("kit") if ids else ()
    return {
        one.pk: {
            "place": one.kit.place_id,
            "loan": one.pk,
            "kit": one.kit.key,
            "due": one.due_at,
            "state": one.state,
        }
        for one in found
    }


def _closings(ids: set[int]) -> dict[int, Facts]:
    found = Exceptional.objects.filter(pk__in=ids).select_related("unit") if ids else ()
    return {
        one.pk: {
            "closing": one.pk,
            "unit": one.unit_id,
            "unitKey": one.unit.key if one.unit else None,
            "start": one.during.lower,
            "end": one.during.upper,
            "cause": one.cause,
            "reason": one.reason,
        }
        for one in found
    }


def _dates(ids: set[int]) -> dict[int, Facts]:
    found = Occasion.objects.filter(pk__in=ids) if ids else ()
    return {one.pk: {"occasion": one.pk, "start": one.during.lower, "end": one.during.upper} for one in found}


def _places_of_offers(ids: set[int]) -> dict[int, tuple[int, ...]]:
    """For each of these that is an offer at one of the city's places, that place."""
    found = Offer.objects.filter(pk__in=ids, place__isnull=False).values_list("pk", "place")
    return {offer: (place,) for offer, place in (found if ids else ())}
