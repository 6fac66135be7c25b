# SPDX-License-Identifier: EUPL-1.2
"""Writes: the entities of SensorThings by its API (18-088, clause 10).

Each is one transaction. Lock: the rows it writes, in order of id, a thing's by its noun; what it links to is held so
that it stays. The right is asked for each entity that is written, also deep in a body.
"""

from typing import Any

from django.db import connection, transaction

from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.things import facts, rights
from smilecity.things.actions import observations
from smilecity.things.actions.sensorthings import changing, creating, finding, going, telling, tying
from smilecity.things.reads.sensorthings import expressions, geography
from smilecity.things.rules.bodies import back, check_json, read_body, read_id
from smilecity.things.rules.entities import KINDS
from smilecity.things.rules.odata.tree import Expression

Under = tuple[str, int, str]
"""The entity, by kind and id, to whose link a new one is posted."""


def create(who: Who, kind: str, body: Any, under: Under | None = None) -> int:
    """Create an entity, with all that its body brings along or links to, or nothing; its id.

    A Thing's new Location is where it is from then on, and a HistoricalLocation says since when. A Thing is public only
    with its declaration. Lock: what it links to, as above; an advisory lock for a thing's address.
    """
    finding.writer(who, kind)
    with transaction.atomic():
        given: creating.Links = {}
        reached_by = ""
        if under is not None:
            near, id_, link = under
            finding.seen(who, near, [id_])
            finding.hold(near, [id_], "KEY SHARE")
            reached_by = back(near, link)
            given[reached_by] = [id_]
        return creating.insert(who, read_body(kind, body, reached_by=reached_by), given)


def change(who: Who, kind: str, id_: int, body: Any, *, if_match: str = "") -> None:
    """Change what the body says (PATCH); the rest stays. `if_match` refuses (412) what has changed since it was seen.

    Lock: the entity's row.
    """
    finding.writer(who, kind)
    with transaction.atomic():
        _held(who, kind, id_, if_match)
        changing.merge(who, kind, id_, body, whole=False)


def patch(who: Who, kind: str, id_: int, operations: Any, *, if_match: str = "") -> None:
    """Change it by the operations of a JSON Patch (RFC 6902), all or none. Lock: the entity's row."""
    finding.writer(who, kind)
    check_json(operations)
    with transaction.atomic():
        _held(who, kind, id_, if_match)
        changing.patch(who, kind, id_, operations)


def replace(who: Who, kind: str, id_: int, body: Any, *, if_match: str = "") -> None:
    """Say it anew (PUT): what the body leaves out is as in a new entity, but for its links. Lock: the entity's row."""
    finding.writer(who, kind)
    with transaction.atomic():
        _held(who, kind, id_, if_match)
        changing.merge(who, kind, id_, body, whole=True)


def delete(who: Who, kind: str, id_: int, *, if_match: str = "") -> None:
    """Delete it and what cannot be without it; refuses (409) a datastream that a device feeds.

    Lock: the entity's row, and those that go with it, in order of id.
    """
    finding.writer(who, kind)
    with transaction.atomic():
        if kind == "Observation":
            finding.seen(who, kind, [id_])
            finding.unchanged(kind, id_, if_match)
            observations.delete(who, id_)
            return
        finding.seen(who, kind, [id_])
        finding.hold(kind, [id_], "UPDATE")
        finding.unchanged(kind, id_, if_match)
        going.forget(who, kind, id_)


def delete_matching(who: Who, datastream: int, condition: Expression) -> int:
    """Delete those of a datastream's observations that a filter finds; how many. Lock: as `observations`."""
    finding.writer(who, "Observation")
    context = expressions.Context(rights.sight(who))
    compiled = expressions.compile(condition, "Observation", "o", context)
    with transaction.atomic(), connection.cursor() as cursor:
        for question in context.shapes:
            context.parameters[question.name] = geography.resolve_now(cursor, question)
        return observations.delete_matching(who, datastream, compiled.text, context.parameters)


def link(who: Who, kind: str, id_: int, name: str, body: Any) -> None:
    """Tie an entity that is there to this one's link (POST or PUT to `$ref`). Lock: both rows."""
    finding.writer(who, kind)
    known = KINDS[kind].link(name)
    target = read_id(changing.plain_link(body)) if isinstance(body, dict) else None
    if known is None or target is None:
        raise Refusal(
            "entity.bad-property",
            "A link is an object with an @iot.id.",
            cure='Send {"@iot.id": 5}.',
            field="@iot.id",
        )
    with transaction.atomic():
        _held(who, kind, id_, "")
        finding.checked_links(who, known.to, [target], name)
        tying.tie(who, kind, id_, name, [target], add=True)
        _told(who, kind, id_)


def unlink(who: Who, kind: str, id_: int, name: str, target: int) -> None:
    """Undo a link (DELETE of `$ref`); refuses (409) what one of the two cannot be without. Lock: both rows."""
    finding.writer(who, kind)
    with transaction.atomic():
        _held(who, kind, id_, "")
        if finding.linked(who, kind, id_, name, target) is None:
            raise finding.not_there(name, target)
        tying.untie(who, kind, id_, name, target)
        _told(who, kind, id_)


def _held(who: Who, kind: str, id_: int, if_match: str) -> None:
    finding.seen(who, kind, [id_])
    finding.hold(kind, [id_], "NO KEY UPDATE")
    finding.unchanged(kind, id_, if_match)


def _told(who: Who, kind: str, id_: int) -> None:
    telling.tell(who, facts.KEPT, kind, id_)
