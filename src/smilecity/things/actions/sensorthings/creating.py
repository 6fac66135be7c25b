# SPDX-License-Identifier: EUPL-1.2
"""A new entity with all that its body brings along, to any depth (18-088, 10.2.1)."""

from collections.abc import Mapping, Sequence
from typing import Any

from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.things import facts
from smilecity.things.actions import observations
from smilecity.things.actions.sensorthings import finding, rows, telling, things, tying
from smilecity.things.models import HistoricalLocation
from smilecity.things.rules.bodies import Body, back
from smilecity.things.rules.entities import KINDS

Links = dict[str, list[int]]


def insert(who: Who, body: Body, given: Mapping[str, list[int]]) -> int:
    """Store the entity and what it brings; `given` are links that the address says. The caller has the transaction."""
    finding.writer(who, body.kind)
    if body.kind == "Observation":
        return observed(who, [body], given)[0]
    first = {name: bodies for name, bodies in body.links.items() if comes_first(body.kind, name)}
    links: Links = dict(given)
    for name, targets in first.items():
        links[name] = targets_of(who, body.kind, name, targets)
    check_order(body.kind, links, body.values)
    if body.kind == "Thing":
        made = things.insert(body.values)
    else:
        made = rows.insert(body.kind, body.values, {n: links[n] for n in links if comes_first(body.kind, n)})
    telling.tell(who, facts.KEPT, body.kind, made)
    # Through the address came what belongs together from the other side, such as a Location's Thing.
    for name, ids in given.items():
        if not comes_first(body.kind, name):
            tying.tie(who, body.kind, made, name, ids)
    for name, targets in body.links.items():
        if not comes_first(body.kind, name):
            bring(who, body.kind, made, name, targets)
    if body.kind == "HistoricalLocation":
        arrive(who, made, links)
    return made


def comes_first(kind: str, name: str) -> bool:
    """Whether what the link leads to must be there before the entity: it is in its row, or the order matters."""
    link = KINDS[kind].link(name)
    return link is not None and (not link.many or link.required)


def targets_of(who: Who, kind: str, name: str, targets: Sequence[int | Body]) -> list[int]:
    """The ids of what a link leads to: new entities are stored, others are there and stay."""
    link = KINDS[kind].link(name)
    assert link is not None
    ids = [one for one in targets if isinstance(one, int)]
    if ids:
        finding.checked_links(who, link.to, ids, name)
    return [one if isinstance(one, int) else insert(who, one, {}) for one in targets]


def bring(who: Who, kind: str, id_: int, name: str, targets: Sequence[int | Body]) -> None:
    """What an entity brings along in a link to many: others are tied to it, new ones are stored as its own."""
    link = KINDS[kind].link(name)
    assert link is not None
    there = [one for one in targets if isinstance(one, int)]
    new = [one for one in targets if isinstance(one, Body)]
    if link.to == "Observation":
        if there:
            raise Refusal(
                "entity.bad-property",
                f"Observations are not moved by a {kind}.",
                cure="Change the Datastream or FeatureOfInterest of the Observation.",
                field=name,
            )
        observed(who, new, {back(kind, name): [id_]})
        return
    if there:
        finding.checked_links(who, link.to, there, name)
    if (kind, name) == ("Thing", "Locations"):
        # All encodings of one place arrive together.
        tying.tie(who, kind, id_, name, there + [insert(who, one, {}) for one in new])
        return
    if there:
        tying.tie(who, kind, id_, name, there)
    for one in new:
        insert(who, one, {back(kind, name): [id_]})


def observed(who: Who, bodies: Sequence[Body], given: Mapping[str, list[int]]) -> list[int]:
    """New observations; what they bring along is stored first, so that each says its links by id."""
    said: list[Mapping[str, Any]] = []
    for body in bodies:
        finding.writer(who, "Observation")
        links = {name: targets_of(who, "Observation", name, targets) for name, targets in body.links.items()}
        links |= given
        plain = {name: value for name, value in body.raw.items() if name not in body.links}
        said.append(plain | {name: {"@iot.id": ids[0]} for name, ids in links.items()})
    return observations.create(who, said)


def check_order(kind: str, links: Mapping[str, list[int]], values: Mapping[str, Any]) -> None:
    """A MultiDatastream observes as many properties as it has types."""
    if kind == "MultiDatastream" and len(links["ObservedProperties"]) != len(
        values["multiObservationDataTypes"]
    ):
        raise Refusal(
            "entity.bad-property",
            "A MultiDatastream has as many ObservedProperties as multiObservationDataTypes.",
            field="ObservedProperties",
        )


def arrive(who: Who, made: int, links: Mapping[str, list[int]]) -> None:
    """The latest of a thing's whereabouts says where it is now."""
    then = HistoricalLocation.objects.get(pk=made)
    then.locations.set(links["Locations"])
    if things.is_last(then.thing_id, then.time):
        things.move(who, then.thing_id, links["Locations"], then.time)
