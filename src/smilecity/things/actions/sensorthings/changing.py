# SPDX-License-Identifier: EUPL-1.2
"""An entity changed: merged (PATCH), patched by operations (RFC 6902), or said anew (PUT). The caller has its lock."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.db import connection

from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.things import facts
from smilecity.things.actions import featuring, observations
from smilecity.things.actions.sensorthings import creating, rows, telling, things
from smilecity.things.models import Datastream, Featured
from smilecity.things.reads.sensorthings import bodies
from smilecity.things.reads.sensorthings.columns import TABLES
from smilecity.things.rules import declaration
from smilecity.things.rules.bodies import Body, read_body
from smilecity.things.rules.entities import KINDS
from smilecity.things.rules.patches import patched, same


def merge(who: Who, kind: str, id_: int, body: Any, whole: bool) -> None:
    """What the body says takes the place of what was said; with `whole`, what it leaves out is as in a new entity.

    Links that it leaves out stay. So do members of `properties` that are kept in columns (`rules.declaration`).
    """
    said = read_body(kind, body, whole=whole, linked=False)
    if kind == "Observation":
        plain = {name: value for name, value in said.raw.items() if name not in said.links}
        links = {n: creating.targets_of(who, kind, n, targets) for n, targets in said.links.items()}
        plain |= {name: {"@iot.id": ids[0]} for name, ids in links.items()}
        observations.change(who, id_, plain, whole=whole)
        return
    values = _with_defaults(kind, said) if whole else said.values
    own = {name: targets for name, targets in said.links.items() if _in_row(kind, name)}
    ids = {name: creating.targets_of(who, kind, name, targets) for name, targets in own.items()}
    if kind == "Thing":
        things.update(id_, values)
    else:
        rows.update(kind, id_, values, ids)
    for name, targets in said.links.items():
        if name not in own:
            creating.bring(who, kind, id_, name, targets)
    if "location" in values:
        things.follow(who, id_)
    if "feature" in values:
        _cover(id_)
    if kind == "MultiDatastream":
        _check_multi(id_)
    telling.tell(who, facts.KEPT, kind, id_)


def patch(who: Who, kind: str, id_: int, operations: Any) -> None:
    """Apply the operations of a JSON Patch to what the entity says of itself."""
    before = document(kind, id_)
    after = patched(before, operations)
    if not isinstance(after, dict):
        raise Refusal("patch.bad-operation", f"A {kind} is a JSON object.", cure="See RFC 6902.")
    said = {
        name: value for name, value in after.items() if name not in before or not same(before[name], value)
    }
    for name in before.keys() - after.keys():
        said[name] = None
    if "properties" in said:
        said["properties"] = _taken_back(kind, before.get("properties", {}), said["properties"])
    if said:
        merge(who, kind, id_, said, whole=False)


def document(kind: str, id_: int) -> dict[str, Any]:
    """What an entity says of itself and may be changed: its writable properties, and its links to one."""
    table = TABLES[kind]
    told = [one.name for one in KINDS[kind].properties if one.writable]
    pairs = ", ".join(f"'{name}', ({bodies.json(table.columns[name], 'x')})::json" for name in told)
    query = (
        f"SELECT json_build_object({pairs})::text FROM {table.source.format(a='x')}"  # noqa: S608 - of our own parts
        f" WHERE {table.id.format(a='x')} = %(id)s"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, {"id": id_})
        row = cursor.fetchone()
    found: dict[str, Any] = orjson.loads(row[0]) if row else {}
    return {name: value for name, value in found.items() if value is not None}


def _taken_back(kind: str, before: Mapping[str, Any], after: Any) -> Any:
    """New properties in which members that are kept in columns are null if they are gone: not said, they would stay."""
    if not isinstance(after, dict | None):
        return after
    apart = declaration.MEMBERS if kind == "Thing" else (declaration.VISIBILITY, declaration.SILENT_AFTER)
    is_apart = kind == "Thing" or rows.MODELS.get(kind) is Datastream
    gone = before.keys() - (after or {}).keys() if is_apart else set()
    return {name: None for name in gone if name in apart} | (after or {})


def _with_defaults(kind: str, said: Body) -> dict[str, Any]:
    optional: dict[str, Any] = {
        one.name: {} for one in KINDS[kind].properties if one.type == "json" and not one.required
    }
    return optional | said.values


def _in_row(kind: str, name: str) -> bool:
    """Whether the link is changed with the entity's row; a HistoricalLocation's Locations are only added to."""
    return creating.comes_first(kind, name) and (kind, name) != ("HistoricalLocation", "Locations")


def _cover(feature: int) -> None:
    """A feature has changed: the areas of its datastreams go along. Lock: their rows, in order of id."""
    streams = Featured.objects.filter(feature_id=feature).order_by("datastream_id")
    with connection.cursor() as cursor:
        for datastream in streams.values_list("datastream_id", flat=True):
            cursor.execute(featuring.AREA, {"datastream": datastream})


def _check_multi(id_: int) -> None:
    kept = Datastream.objects.get(pk=id_)
    count = kept.datastreamproperty_set.count()
    if not len(kept.unit) == len(kept.observation_types) == count:
        raise Refusal(
            "entity.bad-property",
            "A MultiDatastream has as many ObservedProperties as types and units.",
            cure="Send ObservedProperties, multiObservationDataTypes and unitOfMeasurements together.",
            field="ObservedProperties",
        )


def plain_link(body: Mapping[str, Any]) -> Any:
    """What a body of `$ref` links to: an id, or an address that ends with one."""
    said = body.get("@iot.id", body.get("@odata.id", body.get("@id")))
    if isinstance(said, str) and said.endswith(")") and "(" in said:
        said = said[said.rindex("(") + 1 : -1].strip("'")
    return said
