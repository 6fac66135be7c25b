# SPDX-License-Identifier: EUPL-1.2
"""Entries of places, their units, and which sensors speak for them."""

from typing import Unpack

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log, nouns
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.places import facts, rights
from smilecity.places.models import Place, Sense, Unit
from smilecity.places.rules import description, words
from smilecity.places.rules.description import Described, Description
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

    Lock: the noun's row of its address, before its area is looked at, so that nobody takes over a place of an
    area that is not theirs.
    """
    address = f"places/{words.checked_slug(slug)}"
    kept = description.checked(Description(**said))
    with transaction.atomic():
        known = Noun.objects.select_for_update().filter(address=address).first()
        _keeper(who, area)
        if known is not None:
            _keeper(who, known.area_id)
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
            words=words.further(kept),
            visibility=_visibility(visibility),
        )
        place, _created = Place.objects.update_or_create(noun=noun, defaults=kept)
        log.append(who, facts.PLACE_KEPT, noun=noun.id)
        return place


def keep_unit(
    who: Who, place: Place, key: str, name: nouns.Texts, *, room_for: int | None = None, order: int = 0
) -> Unit:
    """Create the unit of this key in the place or bring it up to date. Lock: the place's noun."""
    with transaction.atomic():
        _locked(who, place)
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
    """Let a datastream speak for the place, or for one of its units. Lock: the place's noun."""
    words.checked_role(role)
    if unit is not None and unit.place_id != place.noun_id:
        raise Refusal("sense.other-place", _("Dieser Teil gehört zu einem anderen Ort."), field="unit")
    with transaction.atomic():
        _locked(who, place)
        if not Datastream.objects.filter(id=datastream).exists():
            raise Refusal(
                "sense.no-datastream", _("Diesen Datenstrom gibt es nicht."), field="datastream", status=404
            )
        sense, _created = Sense.objects.update_or_create(
            place=place, datastream_id=datastream, role=role, defaults={"unit": unit}
        )
        log.append(who, facts.SENSE_KEPT, noun=place.noun_id, about=[datastream])
        return sense


def _locked(who: Who, place: Place) -> None:
    """Take the place's noun, ask whether `who` may, and mark it as changed: its pages are made anew."""
    noun = Noun.objects.select_for_update().get(id=place.noun_id)
    _keeper(who, noun.area_id)
    noun.changed_at = clock.now()
    noun.save(update_fields=["changed_at"])


def _keeper(who: Who, area: int | None) -> None:
    if not rights.may_keep(who, area):
        raise Refusal(
            "place.not-yours",
            _("Orte pflegen die Verantwortlichen ihres Gebiets und die Betreiber."),
            status=403,
        )


def _visibility(visibility: str) -> str:
    if visibility not in (Noun.PUBLIC, Noun.INTERNAL, Noun.DRAFT):
        raise Refusal(
            "place.visibility",
            _("Diese Sichtbarkeit gibt es nicht."),
            cure=_("Möglich sind: %(known)s.") % {"known": "public, internal, draft"},
            field="visibility",
        )
    return visibility
