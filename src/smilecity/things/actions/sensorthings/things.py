# SPDX-License-Identifier: EUPL-1.2
"""The thing itself: its noun, what is declared of it, and where it is."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection

from smilecity.core import clock, nouns
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Who
from smilecity.space.reads import area_at
from smilecity.space.rules import positions
from smilecity.things import facts
from smilecity.things.actions.desk import lock
from smilecity.things.actions.sensorthings import telling
from smilecity.things.models import HistoricalLocation, Location, Thing
from smilecity.things.rules import declaration

KEYS_LOCK = 0x534D494C61
MOST_KEY = 60

_COLUMNS = {
    declaration.PURPOSE: "purpose",
    declaration.LEGAL_BASIS: "legal_basis",
    declaration.SAFEGUARD: "safeguard",
    declaration.OPERATOR: "operator",
    declaration.RETENTION: "retention",
    declaration.KEEPS_HOURS: "keeps_hours",
}


def insert(values: Mapping[str, Any]) -> int:
    """A new thing at an address made from its name: public if enough is declared, else internal.

    Lock: an advisory lock, so that no two are given one address.
    """
    fields, visibility = _declared(values.get("properties") or {})
    thing = Thing(description=values["description"], **fields)
    lacking = declaration.missing(thing.purpose, thing.operator, thing.retention)
    lock(KEYS_LOCK)
    thing.noun = nouns.put(
        "thing",
        f"things/{_free_key(values['name'])}",
        {settings.LANGUAGE_CODE: values["name"]},
        text={settings.LANGUAGE_CODE: values["description"]},
        visibility=visibility or (Noun.INTERNAL if lacking else Noun.PUBLIC),
    )
    _check(thing)
    thing.save(force_insert=True)
    return int(thing.pk)


def update(id_: int, values: Mapping[str, Any]) -> None:
    """What is said anew. A member of the declaration that is not said stays. The noun is locked by the caller."""
    thing = Thing.objects.select_related("noun__keeper").get(pk=id_)
    noun, language = thing.noun, settings.LANGUAGE_CODE
    title, text, visibility = dict(noun.title), dict(noun.text), noun.visibility
    if "name" in values:
        title[language] = values["name"]
    if "description" in values:
        if text.get(language, "") == thing.description:
            text[language] = values["description"]
        thing.description = values["description"]
    if "properties" in values:
        fields, said = _declared(values["properties"])
        visibility = said or visibility
        for name, value in fields.items():
            setattr(thing, name, value)
    thing.noun = _put(noun, title=title, text=text, visibility=visibility)
    _check(thing)
    thing.save()


def move(who: Who, id_: int, locations: Sequence[int], at: datetime | None = None) -> None:
    """The thing is at these locations from now on (`at`, if its whereabouts say so themselves): its noun goes along.

    Without `at` a HistoricalLocation is written. Lock: the thing's noun.
    """
    noun = Noun.objects.select_for_update(no_key=True).get(pk=id_)
    thing = Thing.objects.get(pk=id_)
    thing.locations.set(locations)
    if at is None and locations:
        then = HistoricalLocation.objects.create(thing=thing, time=clock.now())
        then.locations.set(locations)
        telling.tell(who, facts.KEPT, "HistoricalLocation", then.pk)
    geo = Location.objects.filter(id__in=locations).order_by("-id").values_list("location", flat=True).first()
    area = noun.area_id
    if geo:
        found = area_at(NODE, *next(iter(positions(geo))))
        area = found.noun_id if found else area
    _put(noun, geo=geo, area=area)
    telling.tell(who, facts.KEPT, "Thing", id_)


def follow(who: Who, location: int) -> None:
    """A location has changed: the nouns of the things that are there go along."""
    for thing in Thing.objects.filter(locations=location).order_by("noun_id"):
        noun = Noun.objects.select_for_update(no_key=True).get(pk=thing.pk)
        newest = thing.locations.order_by("-id").values_list("location", flat=True).first()
        _put(noun, geo=newest)
        telling.tell(who, facts.KEPT, "Thing", noun.pk)


def is_last(id_: int, time: datetime) -> bool:
    """Whether the thing was nowhere after this moment."""
    return not HistoricalLocation.objects.filter(thing_id=id_, time__gt=time).exists()


def _put(noun: Noun, **changes: Any) -> Noun:
    """The noun as it is but for these changes."""
    kept = {
        "text": noun.text,
        "geo": noun.geo,
        "area": noun.area_id,
        "keeper": noun.keeper_id,
        "facts": noun.facts,
        "words": noun.words,
        "visibility": noun.visibility,
        "licence": noun.licence,
    }
    title = changes.pop("title", noun.title)
    return nouns.put(noun.kind, noun.address, title, **(kept | changes))


def _declared(given: Mapping[str, Any]) -> tuple[dict[str, Any], str | None]:
    """The thing's columns for its `properties`, and the visibility asked for."""
    properties = {name: value for name, value in given.items() if name not in declaration.MEMBERS}
    said = {
        name: declaration.read_member(name, given[name], settings.LANGUAGE_CODE)
        for name in declaration.MEMBERS
        if name in given
    }
    visibility = said.pop(declaration.VISIBILITY, None)
    return {"properties": properties} | {_COLUMNS[name]: value for name, value in said.items()}, visibility


def _check(thing: Thing) -> None:
    """Refuses a thing that is public and of which too little is said."""
    keeper = thing.noun.keeper
    runs_it = thing.operator or (nouns.in_text(keeper.title, settings.LANGUAGE_CODE) if keeper else "")
    lacking = declaration.missing(thing.purpose, runs_it, thing.retention)
    if thing.noun.visibility == Noun.PUBLIC and lacking:
        raise Refusal(
            "thing.not-declared",
            "A Thing is public only with its purpose, its operator and how long its data are kept.",
            cure=f"Add to its properties: {', '.join(lacking)}; or ask for the visibility 'internal'.",
            field=f"properties.{lacking[0]}",
            status=422,
        )


def _free_key(name: str) -> str:
    key = re.sub(r"[^a-z0-9]+", "-", nouns.sort_key(name))[:MOST_KEY].strip("-") or "thing"
    taken = Noun.objects.filter(address=f"things/{key}").exists()
    return f"{key}-{_number()}" if taken or key in _PAGES else key


# Addresses below /things/ that are no thing's.
_PAGES = frozenset({"uplinks", "tiles", "points"})


def _number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('public.core_id')")
        return int((cursor.fetchone() or (0,))[0])
