# SPDX-License-Identifier: EUPL-1.2
"""What subscribers are told of a change: on each topic the JSON that a GET would give, as whoever listens may see it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson
import psycopg
import structlog

from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.things.api.calls import Call
from smilecity.things.api.mqtt import changes
from smilecity.things.api.mqtt.changes import Changed, Observed
from smilecity.things.api.mqtt.topics import ROOT, Topic
from smilecity.things.rules.entities import KINDS

if TYPE_CHECKING:
    from smilecity.things.api.service import SensorThings

Said = tuple[str, bytes]
"""A topic and what is said on it."""

log = structlog.get_logger("mqtt.telling")


@dataclass(slots=True)
class Happened:
    """A change looked up once: the observations with their datastreams, or the entities that changed."""

    observed: list[tuple[int, int]]
    datastreams: set[int]
    multi: set[int]
    changed: set[int]


async def look_up(connection: psycopg.AsyncConnection, change: Observed | Changed) -> Happened:
    """What has happened, from the log's word of it."""
    if isinstance(change, Changed):
        return Happened([], set(), set(), change.ids)
    observed = await changes.observations(connection, change)
    datastreams = {datastream for _, datastream in observed}
    return Happened(observed, datastreams, await changes.multi(connection, datastreams), set())


class Updates:
    """Asks the service, as those who listen."""

    def __init__(self, service: "SensorThings", base: str) -> None:
        self._service = service
        self._base = base

    async def plain(self, happened: Happened, who: Who) -> list[Said]:
        """On the topics without options: of every observation, and of every entity that was made or changed."""
        said: list[Said] = []
        given = await self._by_id("/Observations", [one for one, _ in happened.observed], who)
        for one, datastream in happened.observed:
            if one in given:
                payload = orjson.dumps(given[one])
                plural = "MultiDatastreams" if datastream in happened.multi else "Datastreams"
                said += [
                    (f"{ROOT}/{plural}({datastream})/Observations", payload),
                    (f"{ROOT}/Observations", payload),
                ]
        for kind in KINDS.values() if happened.changed else ():
            if kind.name == "Observation":
                continue
            entities = await self._by_id(f"/{kind.plural}", sorted(happened.changed), who)
            for one, entity in entities.items():
                payload = orjson.dumps(entity)
                said += [(f"{ROOT}/{kind.plural}({one})", payload), (f"{ROOT}/{kind.plural}", payload)]
        return said

    async def on(self, topic: Topic, happened: Happened, who: Who) -> list[bytes]:
        """What is said on this topic; nothing if it is not concerned or the listener does not see it."""
        if topic.many:
            return [
                orjson.dumps(entity)
                for condition, asked in changes.questions(list(_concerned(topic, happened)))
                for entity in await self._values(topic.path, topic.query(condition), len(asked), who)
            ]
        changed = happened.changed | happened.datastreams | {one for one, _ in happened.observed}
        if topic.id is not None and topic.id not in changed:
            return []
        if topic.id is None and not await self._leads_to(topic, changed, who):
            return []
        body = await self._asked(topic.path, topic.query(), who)
        return [body] if body else []

    async def tried(self, topic: Topic, who: Who) -> None:
        """Ask what the topic asks, once; raises what the service refuses of it."""
        top = "$top=1" if topic.many else ""
        query = "&".join(part for part in (topic.query(), top) if part)
        reply = await self._service.reply(Call("GET", topic.path, query, who=who, base=self._base))
        if reply.status not in (200, 204):
            raise Refusal("mqtt.topic", "There is nothing at this topic.", status=404)

    async def _leads_to(self, topic: Topic, changed: set[int], who: Who) -> bool:
        """Whether the entity at the end of a path of links, such as `Datastreams(5)/Thing`, is one of these."""
        body = await self._asked(_entity_path(topic.path, topic.kind), "$select=id", who)
        return bool(body) and orjson.loads(body).get("@iot.id") in changed

    async def _by_id(self, path: str, ids: Sequence[int], who: Who) -> dict[int, dict[str, Any]]:
        """Those of the entities with these ids that are found there."""
        return {
            entity["@iot.id"]: entity
            for condition, asked in changes.questions(ids)
            for entity in await self._values(path, f"$filter={quote(condition)}", len(asked), who)
        }

    async def _values(self, path: str, query: str, most: int, who: Who) -> list[dict[str, Any]]:
        """The entities of a collection."""
        body = await self._asked(path, f"{query}&$top={most}", who)
        found: list[dict[str, Any]] = orjson.loads(body)["value"] if body else []
        return found

    async def _asked(self, path: str, query: str, who: Who) -> bytes:
        """The body of a GET; empty if the service refuses, as it does with what is not there (any more)."""
        try:
            reply = await self._service.reply(Call("GET", path, query, who=who, base=self._base))
        except Refusal as refusal:
            if refusal.status not in (404, 410):
                log.warning("cannot be told", path=path[:200], code=refusal.code)
            if refusal.status == 503:
                raise
            return b""
        return reply.body if reply.status == 200 else b""


def _concerned(topic: Topic, happened: Happened) -> Iterable[int]:
    """The ids that may be news on a collection's topic."""
    if topic.kind != "Observation":
        return sorted(happened.changed)
    if topic.datastream is None:
        return [one for one, _ in happened.observed]
    return [one for one, datastream in happened.observed if datastream == topic.datastream]


def _entity_path(path: str, kind: str) -> str:
    """The path up to its entity, without a property behind it."""
    head, _, last = path.rpartition("/")
    return path if last == kind or last.startswith(f"{KINDS[kind].plural}(") else head
