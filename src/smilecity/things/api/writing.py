# SPDX-License-Identifier: EUPL-1.2
"""POST, PATCH, PUT and DELETE, by actions. Runs on a thread."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import orjson
import structlog
from django.db import DatabaseError, DataError, IntegrityError, OperationalError, transaction
from django.db.models import ProtectedError, RestrictedError

from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.things.actions import sensorthings
from smilecity.things.actions.sensorthings import finding
from smilecity.things.api.arrays import FEATURE, Group, read_groups
from smilecity.things.api.calls import JSON, Call, Reply
from smilecity.things.reads.sensorthings import etags
from smilecity.things.rules.entities import BY_PLURAL, KINDS
from smilecity.things.rules.odata import read_path, read_query
from smilecity.things.rules.odata.tree import Path

TRIES = 4  # of what the database gave up because another transaction was in its way
ARRAYS = "/CreateObservations"
JSON_PATCH = "application/json-patch+json"
IN_THE_WAY = {"40001", "40P01"}  # serialization failure, deadlock
TOO_LARGE = "54"  # the class of what exceeds a limit of the database's

Resolve = Callable[[int, Call, Sequence[Reply]], Call]
"""Given the call's index, the call and the replies before it, the call with back-references put in."""

log = structlog.get_logger("sensorthings")

Made = TypeVar("Made")


class ChangeSetFailed(Exception):
    """A change set was given up, and nothing of it is kept: the call at `index` was refused."""

    def __init__(self, index: int, refusal: Refusal) -> None:
        super().__init__(index, refusal)
        self.index = index
        self.refusal = refusal


def reply(call: Call) -> Reply:
    """Do it in one transaction and answer. Raises `Refusal`."""

    def work() -> Reply:
        with transaction.atomic():
            return _reply(call)

    return _tried(work)


def write_all(calls: Sequence[Call], resolve: Resolve | None = None) -> list[Reply]:
    """Do all calls in one transaction, in order; the replies, or `ChangeSetFailed` and nothing is kept.

    `resolve` is asked before each call, and may refuse. What fails only at the commit is laid to the last call.
    """
    at = 0

    def work() -> list[Reply]:
        nonlocal at
        replies: list[Reply] = []
        with transaction.atomic():
            for at, call in enumerate(calls):
                replies.append(_reply(resolve(at, call, replies) if resolve else call))
        return replies

    try:
        return _tried(work)
    except Refusal as refusal:
        raise ChangeSetFailed(at, refusal) from refusal


def _reply(call: Call) -> Reply:
    if call.path == ARRAYS:
        return _arrays(call)
    path = read_path(call.path)
    if not path.steps or path.end not in ("entity", "$ref"):
        raise _method(call.method)
    if path.end == "$ref":
        return _reply_to_link(call, path)
    is_collection = path.steps[-1].id is None and _is_many(path)
    if call.method == "POST":
        if not is_collection:
            raise _method("POST")
        return _created(call, path)
    if is_collection:
        if call.method == "DELETE":
            return _deleted_matching(call, path)
        raise _method(call.method)
    return _changed(call, path)


def _arrays(call: Call) -> Reply:
    """CreateObservations within a change set; alone it goes by `observing`. A refused row is told in its place."""
    if call.method != "POST":
        raise _method(call.method)
    finding.writer(call.who, "Observation")
    said = []
    for group in read_groups(_body(call)):
        near = "MultiDatastream" if group.multi else "Datastream"
        for row in group.rows:
            try:
                body = _row(group, row)
                under = (near, group.datastream, "Observations")
                made = sensorthings.create(call.who, "Observation", body, under)
                said.append(f"{call.base}/Observations({made})")
            except Refusal as refusal:
                said.append(f"error: {refusal.sentence}")
    return Reply(201, orjson.dumps(said))


def _row(group: Group, row: Any) -> dict[str, Any]:
    if not isinstance(row, list) or len(row) != len(group.components):
        raise Refusal(
            "array.misfit", f"A row has {len(group.components)} values, one for each component.", status=422
        )
    body = dict(zip(group.components, row, strict=True))
    feature, given = body.pop(FEATURE, None), body.pop("id", None)
    if feature is not None:
        body["FeatureOfInterest"] = {"@iot.id": feature}
    return body | ({"@iot.id": given} if given is not None else {})


def _created(call: Call, path: Path) -> Reply:
    body = _body(call)
    if len(path.steps) == 1:
        kind = BY_PLURAL[path.steps[0].name].name
        return _made(call, kind, sensorthings.create(call.who, kind, body), 201)
    kind = _kind(path)
    finding.writer(call.who, kind)
    near, id_, link = _link(call.who, path)
    return _made(call, kind, sensorthings.create(call.who, kind, body, (near, id_, link)), 201)


def _changed(call: Call, path: Path) -> Reply:
    finding.writer(call.who, _kind(path))
    kind, id_ = finding.followed(call.who, path.steps)
    if_match = call.headers.get("if-match", "")
    if call.method == "DELETE":
        sensorthings.delete(call.who, kind, id_, if_match=if_match)
        return Reply(200)
    body = _body(call)
    media = call.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if call.method == "PATCH" and (media == JSON_PATCH or isinstance(body, list)):
        sensorthings.patch(call.who, kind, id_, body, if_match=if_match)
    elif call.method == "PATCH":
        sensorthings.change(call.who, kind, id_, body, if_match=if_match)
    else:
        sensorthings.replace(call.who, kind, id_, body, if_match=if_match)
    return _made(call, kind, id_, 200)


def _reply_to_link(call: Call, path: Path) -> Reply:
    """`Things(1)/Locations/$ref`, `Things(1)/Locations(2)/$ref`, `Datastreams(1)/Sensor/$ref` (OData 4.01, 11.4.6)."""
    if len(path.steps) < 2:
        raise _method(call.method)
    finding.writer(call.who, _kind(Path(path.steps[:-1])))
    near, id_, link = _link(call.who, path)
    if call.method == "DELETE":
        sensorthings.unlink(call.who, near, id_, link, _unlinked(call, path))
        return Reply(200)
    many = _is_many(path)
    if path.steps[-1].id is not None or call.method != ("POST" if many else "PUT"):
        raise _method(call.method)
    sensorthings.link(call.who, near, id_, link, _body(call))
    return Reply(200)


def _unlinked(call: Call, path: Path) -> int:
    last = path.steps[-1]
    if last.id is not None:
        return last.id
    near, id_, link = _link(call.who, path)
    found = finding.linked(call.who, near, id_, link) if not _is_many(path) else None
    if found is None:
        raise Refusal(
            "request.method",
            "Say which link is undone.",
            cure="As in DELETE /Things(1)/Locations(2)/$ref.",
            status=405,
        )
    return found


def _deleted_matching(call: Call, path: Path) -> Reply:
    """DELETE /Datastreams(1)/Observations?$filter=...: those of one datastream, and only with a filter."""
    condition = read_query(call.query).filter
    if len(path.steps) < 2 or _kind(path) != "Observation" or condition is None:
        raise Refusal(
            "request.method",
            "Only a Datastream's Observations are deleted together, and only with a $filter.",
            cure="As in DELETE /Datastreams(1)/Observations?$filter=phenomenonTime lt 2020-01-01T00:00:00Z.",
            status=405,
        )
    finding.writer(call.who, "Observation")
    near, id_, _link_name = _link(call.who, path)
    if near not in ("Datastream", "MultiDatastream"):
        raise _method("DELETE")
    count = sensorthings.delete_matching(call.who, id_, condition)
    return Reply(200, orjson.dumps({"@iot.count": count}))


def _link(who: Who, path: Path) -> tuple[str, int, str]:
    """The entity before the last step, and the link that is the last step."""
    kind, id_ = finding.followed(who, path.steps[:-1])
    return kind, id_, path.steps[-1].name


def _kind(path: Path) -> str:
    kind = BY_PLURAL[path.steps[0].name].name
    for step in path.steps[1:]:
        kind = _to(kind, step.name)
    return kind


def _is_many(path: Path) -> bool:
    if len(path.steps) == 1:
        return True
    before = _kind(Path(path.steps[:-1]))
    link = KINDS[before].link(path.steps[-1].name)
    return link is not None and link.many


def _to(kind: str, link: str) -> str:
    found = KINDS[kind].link(link)
    assert found is not None, "the parser knows what a kind has"
    return found.to


def _made(call: Call, kind: str, id_: int, status: int) -> Reply:
    address = f"{call.base}/{KINDS[kind].plural}({id_})"
    headers = [(b"etag", etags.etag(kind, id_).encode())]
    if status == 201:
        headers.append((b"location", address.encode()))
    return Reply(status, orjson.dumps({"@iot.id": id_, "@iot.selfLink": address}), headers=headers)


def _body(call: Call) -> Any:
    try:
        return orjson.loads(call.body)
    except orjson.JSONDecodeError as error:
        raise Refusal(
            "request.not-json",
            f"The body is no JSON: line {error.lineno}, character {error.colno}: {error.msg}."[:300],
        ) from error


def _method(method: str) -> Refusal:
    return Refusal("request.method", f"This address does not take {method}.", status=405)


def _tried(work: Callable[[], Made]) -> Made:
    """What the database says no to is a refusal, and what another transaction stood in the way of is tried again."""
    for left in reversed(range(TRIES)):
        try:
            return work()
        except (ProtectedError, RestrictedError) as error:
            raise Refusal("entity.in-use", "Something else needs this entity.", status=409) from error
        except DatabaseError as error:
            if left and (_state(error) in IN_THE_WAY or isinstance(error, IntegrityError)):
                continue
            raise _refusal(error) from error
    raise AssertionError("the last try answers or raises")


def _state(error: DatabaseError) -> str:
    return getattr(error.__cause__, "sqlstate", None) or ""


def _refusal(error: DatabaseError) -> Refusal:
    if _state(error) in IN_THE_WAY:
        return Refusal(
            "entity.busy", "Others are changing the same entities.", cure="Send it again.", status=503
        )
    if isinstance(error, IntegrityError):
        return Refusal(
            "entity.conflict",
            "Meanwhile another request deleted or made what this one needs.",
            cure="Look what is there, and send it again.",
            status=409,
        )
    if isinstance(error, OperationalError) and not _state(error).startswith(TOO_LARGE):
        log.error("database away", error=type(error).__name__, state=_state(error))
        return Refusal(
            "node.busy", "Nothing can be stored at the moment.", cure="Send it again later.", status=503
        )
    if isinstance(error, DataError) or _state(error).startswith(TOO_LARGE):
        return Refusal("entity.bad-property", "The database cannot hold one of these values.", status=422)
    raise error
