# SPDX-License-Identifier: EUPL-1.2
"""Links between entities that are there: tied, and untied where the standard lets one be without the other."""

from collections.abc import Sequence

from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.things import facts
from smilecity.things.actions.sensorthings import finding, rows, telling, things
from smilecity.things.models import HistoricalLocation, Thing
from smilecity.things.rules.bodies import back
from smilecity.things.rules.entities import KINDS


def tie(who: Who, kind: str, id_: int, name: str, targets: Sequence[int], *, add: bool = False) -> None:
    """Tie these to the entity. A thing's Locations are where it is from now on; with `add`, one more way to say it.

    What a target can have but one of, it has from now on from here: a Datastream its Thing. The caller holds the rows.
    """
    link = KINDS[kind].link(name)
    assert link is not None
    if (kind, name) in (("Thing", "Locations"), ("Location", "Things")):
        pairs = [(id_, targets)] if kind == "Thing" else [(one, [id_]) for one in sorted(targets)]
        for thing, locations in pairs:
            there = Thing.objects.get(pk=thing).locations.values_list("id", flat=True) if add else []
            things.move(who, thing, sorted({*there, *locations}))
    elif (kind, name) in (("HistoricalLocation", "Locations"), ("Location", "HistoricalLocations")):
        for one in [id_] if link.to == "Location" else targets:
            then = HistoricalLocation.objects.get(pk=one)
            then.locations.add(*(targets if link.to == "Location" else [id_]))
    elif name == "ObservedProperties" or (kind, name) == ("ObservedProperty", "MultiDatastreams"):
        raise _only_whole("A MultiDatastream says all its ObservedProperties at once, with their units.")
    elif link.to == "Observation" or kind == "Observation":
        raise _only_whole("Change the Observation itself.")
    elif link.many:
        finding.hold(link.to, targets, "NO KEY UPDATE")
        finding.writer(who, link.to)
        for one in targets:
            rows.update(link.to, one, {}, {back(kind, name): [id_]})
            telling.tell(who, facts.KEPT, link.to, one)
    else:
        rows.update(kind, id_, {}, {name: list(targets)})


def untie(who: Who, kind: str, id_: int, name: str, target: int) -> None:
    """Undo a link. Refuses (409) those that one of the two cannot be without."""
    if (kind, name) in (("Thing", "Locations"), ("Location", "Things")):
        thing, location = (id_, target) if kind == "Thing" else (target, id_)
        left = Thing.objects.get(pk=thing).locations.exclude(id=location).order_by("id")
        things.move(who, thing, list(left.values_list("id", flat=True)))
    elif (kind, name) in (("HistoricalLocation", "Locations"), ("Location", "HistoricalLocations")):
        then, location = (id_, target) if kind == "HistoricalLocation" else (target, id_)
        found = HistoricalLocation.objects.get(pk=then)
        if not found.locations.exclude(id=location).exists():
            raise _needed("HistoricalLocation", "Locations")
        found.locations.remove(location)
    else:
        link = KINDS[kind].link(name)
        assert link is not None
        raise _needed(link.to, back(kind, name)) if link.many else _needed(kind, name)


def _needed(kind: str, name: str) -> Refusal:
    return Refusal(
        "entity.needed",
        f"A {kind} cannot be without its {name}.",
        cure="Tie it to another, or delete it.",
        field=name,
        status=409,
    )


def _only_whole(sentence: str) -> Refusal:
    return Refusal("entity.not-tied", sentence, cure="Use PATCH.", status=409)
