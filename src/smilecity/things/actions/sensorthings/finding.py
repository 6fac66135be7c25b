# SPDX-License-Identifier: EUPL-1.2
"""Which entity is meant, whether the writer sees it, and its lock."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.things import rights
from smilecity.things.reads.sensorthings import etags
from smilecity.things.reads.sensorthings.columns import TABLES, parameters
from smilecity.things.rules.entities import BY_PLURAL, KINDS
from smilecity.things.rules.odata.tree import Step

OBSERVED_TOO = ("Observation", "FeatureOfInterest")  # what a key for observations writes


def writer(who: Who, kind: str) -> None:
    """Refuses everyone who may not write entities of this kind."""
    if rights.may_observe(who) if kind in OBSERVED_TOO else rights.may_write_things(who):
        return
    if who.label == "anyone":
        raise Refusal(
            "key.needed",
            "Writing needs a key.",
            cure="Send 'Authorization: Bearer smile_...'. The operator makes keys with 'smile key make'.",
            status=401,
        )
    scope = "observe" if kind in OBSERVED_TOO else "things"
    raise Refusal(
        "key.wrong-scope",
        f"This key does not write {KINDS[kind].plural}.",
        cure=f"The operator makes one that does with 'smile key make NAME --scope {scope}'.",
        status=403,
    )


def followed(who: Who, steps: Sequence[Step]) -> tuple[str, int]:
    """Where a path leads, as kind and id; each entity on it is there, seen, and belongs to the one before it."""
    kind, id_ = BY_PLURAL[steps[0].name].name, steps[0].id
    if id_ is None:
        raise Refusal("request.method", "This address is a collection.", status=405)
    seen(who, kind, [id_])
    for step in steps[1:]:
        link = KINDS[kind].link(step.name)
        assert link is not None, "the parser knows what a kind has"
        if link.many and step.id is None:
            raise Refusal("request.method", "This address is a collection.", status=405)
        found = linked(who, kind, id_, step.name, step.id)
        if found is None:
            raise not_there(link.to, step.id)
        kind, id_ = link.to, found
    return kind, id_


def linked(who: Who, kind: str, id_: int, link: str, far: int | None = None) -> int | None:
    """The entity at the far end of a link (the one with the id `far`), if it is there and seen."""
    near, join = TABLES[kind], TABLES[kind].links[link]
    there = TABLES[join.to]
    source = [near.source.format(a="x"), there.source.format(a="y")]
    if join.through:
        source.append(join.through.format(t="t"))
    conditions = [
        f"{near.id.format(a='x')} = %(near)s",
        f"({join.condition.format(a='x', b='y', t='t')})",
        f"({there.only.format(a='y')})",
        f"({there.seen.format(a='y')})",
        f"(%(far)s::bigint IS NULL OR {there.id.format(a='y')} = %(far)s)",
    ]
    query = (
        f"SELECT {there.id.format(a='y')} FROM {', '.join(source)} WHERE {' AND '.join(conditions)} LIMIT 1"  # noqa: S608
    )
    rows = _rows(query, {"near": id_, "far": far, **parameters(rights.sight(who))})
    return int(rows[0][0]) if rows else None


def seen(who: Who, kind: str, ids: Iterable[int]) -> None:
    """Refuses (404) what is not there, or not for this writer."""
    wanted = set(ids)
    table = TABLES[kind]
    key = table.id.format(a="x")
    query = (
        f"SELECT {key} FROM {table.source.format(a='x')} WHERE {key} = ANY(%(ids)s)"  # noqa: S608 - of our own parts
        f" AND ({table.only.format(a='x')}) AND ({table.seen.format(a='x')})"
    )
    rows = _rows(query, {"ids": sorted(wanted), **parameters(rights.sight(who))})
    if lacking := wanted - {row[0] for row in rows}:
        raise not_there(kind, min(lacking))


def hold(kind: str, ids: Iterable[int], strength: str) -> None:
    """Lock the rows in order of id until the transaction ends; refuses (404) those that are gone.

    `strength` is `KEY SHARE` for what is only linked to (it stays, others may link to it and change it), `NO KEY UPDATE`
    for what is changed, `UPDATE` for what is deleted. A thing is locked by its noun, as everywhere.
    """
    wanted = sorted(set(ids))
    table, key = ("core_noun", "id") if kind == "Thing" else etags.TABLES[kind]
    query = f"SELECT {key} FROM {table} WHERE {key} = ANY(%(ids)s) ORDER BY {key} FOR {strength}"  # noqa: S608
    held = {row[0] for row in _rows(query, {"ids": wanted})}
    if lacking := set(wanted) - held:
        raise not_there(kind, min(lacking))


def checked_links(who: Who, kind: str, ids: Sequence[int], at: str) -> None:
    """What is linked to is there and seen, and stays until the transaction ends; refuses (400) naming the link."""
    try:
        seen(who, kind, ids)
        hold(kind, ids, "KEY SHARE")
    except Refusal as refusal:
        raise Refusal("entity.unknown-link", str(refusal.sentence), field=at) from refusal


def unchanged(kind: str, id_: int, if_match: str) -> None:
    """Refuses (412) what has changed since the writer saw it. Call it with the row locked."""
    if if_match and not etags.is_met(if_match, etags.etag(kind, id_)):
        raise Refusal(
            "entity.changed",
            f"This {kind} has changed since you saw it.",
            cure="Get it again, and send your change with its new ETag.",
            field="If-Match",
            status=412,
        )


def not_there(kind: str, id_: int | None) -> Refusal:
    """The refusal of an entity that is not there, or not for this writer."""
    which = f" with the id {id_}" if id_ is not None else " here"
    return Refusal("entity.not-found", f"There is no {kind}{which}.", status=404)


def _rows(query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
