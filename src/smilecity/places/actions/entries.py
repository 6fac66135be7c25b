# SPDX-License-Identifier: EUPL-1.2
"""Entries of places, their units, and which sensors speak for them."""

from typing import Any, Unpack

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, links, log, nouns
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import facts, rights
from smilecity.places.actions import spans
from smilecity.places.models import Place, Sense, Unit
from smilecity.places.rules import description, finding, words
from smilecity.places.rules.description import Described, Description
from smilecity.places.rules.words import LICENCES
from smilecity.space import reads as space
from smilecity.things.models import Datastream


def keep_place(
    who: Who,
    slug: str,
    *,
    area: int | None = None,
    keeper: int | None = None,
    visibility: str = Noun.DRAFT,
    **said: Unpack[Described],
) -> Place:
    """Create the place at `/places/<slug>/` or bring it up to date; `said` is all of `Description`, by name.

    Without an `area` it is the smallest one that its position is in. Lock: the noun's row of its address, before
    its area is looked at, so that nobody takes over a place of an area that is not theirs.
    """
    address = f"places/{words.checked_slug(slug)}"
    kept = description.checked(Description(**said))
    with transaction.atomic():
        known = Noun.objects.select_for_update().filter(address=address).first()
        area = area_of(who, area, kept["position"])
        must_keep(who, area)
        if known is not None:
            must_keep(who, known.area_id)
        place = written(
            address, kept, area, known_organisation(keeper), checked_visibility(visibility),
            known.licence if known else "CC-BY-4.0",
        )  # fmt: skip
        log.append(who, facts.PLACE_KEPT, noun=place.noun_id)
        return place


def written(
    address: str, kept: dict[str, Any], area: int | None, keeper: int | None, visibility: str, licence: str
) -> Place:
    """The entry as it stands from now on, with its noun and its open hours; whoever calls holds the noun's row."""
    kept = dict(kept)
    spot = kept.pop("position")
    noun = nouns.put(
        "place",
        address,
        kept.pop("title"),
        text=kept.pop("text"),
        geo={"type": "Point", "coordinates": list(spot)} if spot else None,
        area=area,
        keeper=keeper,
        facts=words.facts(kept),
        words=finding.found_by(kept),
        visibility=visibility,
        licence=licence,
    )
    place, _created = Place.objects.update_or_create(noun=noun, defaults=kept)
    spans.write(place)
    return place


def show_place(who: Who, noun_id: int, visibility: str) -> None:
    """Show the place to all, only to those who look after it, or take it back to a draft. Lock: its noun."""
    with transaction.atomic():
        noun = locked(who, noun_id)
        noun.visibility = checked_visibility(visibility)
        noun.save(update_fields=["visibility", "changed_at"])
        log.append(who, facts.PLACE_SHOWN, noun=noun.id, data={"visibility": visibility})


def give_place(who: Who, noun_id: int, keeper: int | None) -> None:
    """Let this organisation keep the place, or nobody besides the city. Lock: its noun."""
    with transaction.atomic():
        noun = locked(who, noun_id)
        noun.keeper_id = known_organisation(keeper)
        noun.save(update_fields=["keeper", "changed_at"])
        log.append(who, facts.PLACE_GIVEN, noun=noun.id, data={"keeper": keeper})


def license_place(who: Who, noun_id: int, licence: str) -> None:
    """Say what others may do with the entry of the place. Lock: its noun."""
    with transaction.atomic():
        noun = locked(who, noun_id)
        noun.licence = checked_licence(licence)
        noun.save(update_fields=["licence", "changed_at"])
        log.append(who, facts.PLACE_LICENSED, noun=noun.id, data={"licence": licence})


def keep_unit(
    who: Who, place: Place, key: str, name: nouns.Texts, *, room_for: int | None = None, order: int = 0
) -> Unit:
    """Create the unit of this key in the place or bring it up to date. Lock: the place's noun."""
    with transaction.atomic():
        _touched(who, place)
        unit, _created = Unit.objects.update_or_create(
            place=place,
            key=words.checked_key(key),
            defaults={
                "name": words.checked_texts(name, "name", needed=True),
                "room_for": words.checked_room(room_for),
                "order": order,
            },
        )
        log.append(who, facts.UNIT_KEPT, noun=place.noun_id, data={"unit": unit.id})
        return unit


def keep_sense(who: Who, place: Place, role: str, datastream: int, *, unit: Unit | None = None) -> Sense:
    """Let a datastream speak for the place, or for one of its units; its thing `measures` the place from then on.

    Lock: the place's noun.
    """
    words.checked_role(role)
    if unit is not None and unit.place_id != place.noun_id:
        raise Refusal("sense.other-place", _("Dieser Teil gehört zu einem anderen Ort."), field="unit")
    with transaction.atomic():
        _touched(who, place)
        thing = Datastream.objects.filter(id=datastream).values_list("thing", flat=True).first()
        if thing is None:
            raise Refusal(
                "sense.no-datastream", _("Diesen Datenstrom gibt es nicht."), field="datastream", status=404
            )
        sense, _created = Sense.objects.update_or_create(
            place=place, datastream_id=datastream, role=role, defaults={"unit": unit}
        )
        links.link(thing, "measures", place.noun_id)
        log.append(who, facts.SENSE_KEPT, noun=place.noun_id, about=[datastream])
        return sense


def locked(who: Who, noun_id: int) -> Noun:
    """The place's noun, locked, if `who` keeps it; marked as changed when it is saved: its pages are made anew."""
    noun = Noun.objects.select_for_update().filter(id=noun_id, kind="place").first()
    if noun is None:
        raise unknown()
    must_keep(who, noun.area_id)
    noun.changed_at = clock.now()
    return noun


def must_keep(who: Who, area: int | None) -> None:
    """Refuses whoever does not keep the places of this area."""
    if not rights.may_keep(who, area):
        raise Refusal(
            "place.not-yours",
            _("Orte pflegen die Verantwortlichen ihres Gebiets und die Betreiber."),
            status=403,
        )


def unknown() -> Refusal:
    """The refusal of a place that is not there, or not for this person."""
    return Refusal("place.unknown", _("Diesen Ort gibt es nicht."), status=404)


def area_of(who: Who, area: int | None, spot: tuple[float, float] | None) -> int | None:
    """The given area, else the smallest one in which this position is."""
    if area is not None or not spot:
        return area
    found = space.area_at(who, *spot)
    return found.noun_id if found else None


def known_organisation(keeper: int | None) -> int | None:
    """The organisation's noun, if there is one of this id."""
    if keeper is not None and not Noun.objects.filter(id=keeper, kind="organisation").exists():
        raise Refusal(
            "place.unknown-keeper", _("Diese Organisation gibt es nicht."), field="keeper", status=422
        )
    return keeper


def checked_licence(licence: str) -> str:
    """A licence for entries, if we know it."""
    if licence not in LICENCES:
        raise Refusal(
            "place.licence",
            _("Diese Lizenz kennen wir nicht."),
            cure=_("Möglich sind: %(known)s.") % {"known": ", ".join(LICENCES)},
            field="licence",
        )
    return licence


def checked_visibility(visibility: str) -> str:
    """A visibility, if there is one of this name."""
    if visibility not in (Noun.PUBLIC, Noun.INTERNAL, Noun.DRAFT):
        raise Refusal(
            "place.visibility",
            _("Diese Sichtbarkeit gibt es nicht."),
            cure=_("Möglich sind: %(known)s.") % {"known": "public, internal, draft"},
            field="visibility",
        )
    return visibility


def _touched(who: Who, place: Place) -> None:
    """Take the place's noun, ask whether `who` may, and mark it as changed: its pages are made anew."""
    locked(who, place.noun_id).save(update_fields=["changed_at"])
