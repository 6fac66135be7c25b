# SPDX-License-Identifier: EUPL-1.2
"""What a process knows of the connectors, as they were set up."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool

from smilecity.things import facts
from smilecity.things.intake.register import SECONDS_FOR_A_CONNECTION
from smilecity.things.models import Connector
from smilecity.things.rules.mapping import Mapping, read_mapping

FIELDS = 'id, kind, name, address, "user", secret, topic, mapping'
LISTENING = f"""
SELECT {FIELDS} FROM things_connector
WHERE active AND kind <> 'mirror' AND address LIKE 'mqtt%%' ORDER BY id
"""  # noqa: S608 - of our own parts
BY_ID = f"SELECT {FIELDS} FROM things_connector WHERE id = %s AND active AND kind = 'json'"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Known:
    """A connector that is active; two are equal if nothing was changed between them."""

    id: int
    kind: str
    name: str
    address: str
    user: str
    secret: bytes = field(repr=False)
    topic: str
    said: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, row: Sequence[Any]) -> "Known":
        """From a row of `FIELDS`."""
        number, kind, name, address, user, secret, topic, mapping = row
        return cls(number, kind, name, address, user, bytes(secret), topic, mapping)

    def mapping(self) -> Mapping | None:
        """What becomes of its JSON; None as long as nobody has said."""
        return read_mapping(self.said) if self.kind == Connector.JSON and self.said else None


@dataclass(frozen=True, slots=True)
class Json:
    """A connector of JSON, ready to take."""

    known: Known
    mapping: Mapping | None


class Directory:
    """Connectors of JSON by id, remembered until the log says that one was changed."""

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool
        self._known: dict[int, Json] = {}
        self._age = 0  # an answer to a question from before a change is not kept

    async def json(self, number: int) -> Json | None:
        """The active connector with this id; None if there is none that takes JSON.

        Raises `psycopg.OperationalError` if the database is away and the answer is not remembered.
        """
        known = self._known.get(number)
        if known is not None:
            return known
        age = self._age
        async with self._pool.connection(timeout=SECONDS_FOR_A_CONNECTION) as connection:
            row = await (await connection.execute(BY_ID, [number], prepare=True)).fetchone()
        if row is None:
            return None
        found = Known.of(row)
        made = Json(found, found.mapping())
        if age == self._age:
            self._known[number] = made
        return made

    def heard(self, verbs: set[str]) -> None:
        """Forget what these log entries may have changed."""
        if verbs & facts.CONNECTORS_CHANGED:
            self._age += 1
            self._known.clear()


async def listening(connection: psycopg.AsyncConnection) -> dict[int, Known]:
    """The connectors that hear a broker, by id."""
    rows = await (await connection.execute(LISTENING, prepare=True)).fetchall()
    return {row[0]: Known.of(row) for row in rows}
