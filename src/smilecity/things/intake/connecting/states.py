# SPDX-License-Identifier: EUPL-1.2
"""How connectors are doing, gathered in memory and written every few seconds: a flood must not become one of writes."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.things import rules
from smilecity.things.intake.connecting.mapped import Outcome

EVERY_SECONDS = 3.0
MOST_SENTENCE = 500

# A connector that was deleted meanwhile has no state any more. Trouble of a connection ends when there is one again.
KEEP = """
INSERT INTO things_connectorstate AS s
    (connector_id, position, heard_at, tried_at, taken, refused, trouble, sentence, troubled_at)
SELECT n.id, '{}', n.heard, n.tried, n.taken, n.refused, n.trouble, n.sentence, n.troubled
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::bigint[], %s::bigint[], %s::text[], %s::text[],
    %s::timestamptz[]) AS n (id, heard, tried, taken, refused, trouble, sentence, troubled)
JOIN things_connector AS c ON c.id = n.id
ORDER BY n.id
ON CONFLICT (connector_id) DO UPDATE SET
    heard_at = greatest(s.heard_at, excluded.heard_at),
    tried_at = greatest(s.tried_at, excluded.tried_at),
    taken = s.taken + excluded.taken,
    refused = s.refused + excluded.refused,
    trouble = CASE WHEN excluded.troubled_at IS NULL THEN s.trouble ELSE excluded.trouble END,
    sentence = CASE WHEN excluded.troubled_at IS NULL THEN s.sentence ELSE excluded.sentence END,
    troubled_at = coalesce(excluded.troubled_at, s.troubled_at)
"""
WELL = """
UPDATE things_connectorstate SET trouble = '', sentence = '', troubled_at = NULL
WHERE connector_id = ANY(%s) AND (trouble LIKE 'broker.%%' OR trouble LIKE 'reach.%%' OR trouble LIKE 'connector.%%')
"""

log = structlog.get_logger("connectors")


@dataclass(slots=True)
class Tally:
    """What happened since the last writing."""

    heard: datetime | None = None
    tried: datetime | None = None
    taken: int = 0
    refused: int = 0
    trouble: str = ""
    sentence: str = ""
    troubled: datetime | None = None
    well: bool = False


class States:
    """Counts for all connectors of this process."""

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool
        self._tallies: dict[int, Tally] = {}

    def took(self, connector: int) -> None:
        """A message came, and something of it is stored."""
        tally = self._of(connector)
        tally.heard = clock.now()
        tally.taken += 1

    def refused(self, connector: int, refusal: Refusal) -> None:
        """A message came, and not all of it could be kept."""
        tally = self._of(connector)
        tally.heard = clock.now()
        tally.refused += 1
        self._troubled(tally, refusal)

    def told(self, connector: int, outcome: Outcome) -> None:
        """A message of JSON was taken."""
        if outcome.refused:
            self.refused(connector, outcome.refused[-1][1])
        if outcome.stored:
            self.took(connector)

    def troubled(self, connector: int, refusal: Refusal) -> None:
        """There is no connection, or it hears nothing."""
        tally = self._of(connector)
        tally.tried, tally.well = clock.now(), False
        self._troubled(tally, refusal)

    def well(self, connector: int) -> None:
        """There is a connection again."""
        tally = self._of(connector)
        tally.tried, tally.well = clock.now(), True

    async def run(self) -> None:
        """Write until cancelled, and once more then; what cannot be written waits for the next time."""
        try:
            while True:
                await asyncio.sleep(EVERY_SECONDS)
                await self.write()
        finally:
            await self.write()

    async def write(self) -> None:
        """Write what was gathered."""
        tallies, self._tallies = self._tallies, {}
        if not tallies:
            return
        try:
            async with self._pool.connection(timeout=2) as connection, connection.transaction():
                if well := [number for number, one in tallies.items() if one.well]:
                    await connection.execute(WELL, [well])
                await connection.execute(KEEP, _columns(tallies))
        except (psycopg.Error, TimeoutError) as error:
            log.warning("state not written", error=type(error).__name__)
            for number, tally in tallies.items():
                self._tallies[number] = _later(tally, self._tallies.get(number))

    def _of(self, connector: int) -> Tally:
        return self._tallies.setdefault(connector, Tally())

    def _troubled(self, tally: Tally, refusal: Refusal) -> None:
        tally.trouble, tally.troubled = refusal.code, clock.now()
        where = f" ({refusal.field})" if refusal.field else ""
        tally.sentence = rules.plain(f"{refusal.sentence}{where}", MOST_SENTENCE)


def _columns(tallies: dict[int, Tally]) -> list[list[object]]:
    all_ = list(tallies.values())
    return [
        list(tallies),
        [one.heard for one in all_],
        [one.tried for one in all_],
        [one.taken for one in all_],
        [one.refused for one in all_],
        [one.trouble for one in all_],
        [one.sentence for one in all_],
        [one.troubled for one in all_],
    ]


def _later(before: Tally, since: Tally | None) -> Tally:
    """Both as one."""
    if since is None:
        return before
    troubled = since if since.troubled else before
    return Tally(
        heard=since.heard or before.heard,
        tried=since.tried or before.tried,
        taken=before.taken + since.taken,
        refused=before.refused + since.refused,
        trouble=troubled.trouble,
        sentence=troubled.sentence,
        troubled=troubled.troubled,
        well=since.well if since.tried else before.well,
    )
