# SPDX-License-Identifier: EUPL-1.2
"""Which gateways hear which devices: gathered in memory beside the intake, written every half minute.

These are hints about the radio, no measurements: a crash loses what was gathered since the last writing, and an uplink
may be counted that its sender sends again. Nothing here may cost an uplink.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool

from smilecity.things.intake.messages import Message, Reception

EVERY_SECONDS = 30.0
MOST_PAIRS = 50_000  # of device and gateway, between two writings
SECONDS_FOR_A_CONNECTION = 4
STATEMENT_SECONDS = 10

# Rows in order of their keys, so that two processes never deadlock; a device may have gone meanwhile.
KEEP_GATEWAYS = """
INSERT INTO things_gateway AS g
    (id, first_heard_at, heard_at, uplinks, rssi, snr, latitude, longitude, name)
SELECT *, '' FROM unnest(%s::text[], %s::timestamptz[], %s::timestamptz[], %s::bigint[], %s::float8[], %s::float8[],
    %s::float8[], %s::float8[]) AS r (id, first, last, uplinks, rssi, snr, latitude, longitude)
ORDER BY id
ON CONFLICT (id) DO UPDATE SET
    first_heard_at = least(g.first_heard_at, excluded.first_heard_at),
    heard_at = greatest(g.heard_at, excluded.heard_at),
    uplinks = g.uplinks + excluded.uplinks,
    rssi = CASE WHEN excluded.heard_at >= g.heard_at THEN excluded.rssi ELSE g.rssi END,
    snr = CASE WHEN excluded.heard_at >= g.heard_at THEN excluded.snr ELSE g.snr END,
    latitude = coalesce(excluded.latitude, g.latitude),
    longitude = coalesce(excluded.longitude, g.longitude)
"""
KEEP_HEARD = """
INSERT INTO things_heard AS h (device_id, gateway_id, at, rssi, snr)
SELECT r.device, r.gateway, r.at, r.rssi, r.snr
FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::float8[], %s::float8[])
    AS r (device, gateway, at, rssi, snr)
JOIN things_device AS d ON d.id = r.device
ORDER BY r.device, r.gateway
ON CONFLICT (device_id, gateway_id) DO UPDATE SET at = excluded.at, rssi = excluded.rssi, snr = excluded.snr
WHERE h.at <= excluded.at
"""

log = structlog.get_logger("intake.gateways")


@dataclass(slots=True)
class _Seen:
    """A gateway between two writings."""

    first: datetime
    last: datetime
    reception: Reception
    latitude: float | None
    longitude: float | None
    uplinks: int = 0


class Gateways:
    """`heard` from any task of the loop; `run` writes."""

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool
        self._seen: dict[str, _Seen] = {}
        self._pairs: dict[tuple[int, str], tuple[datetime, Reception]] = {}

    def heard(self, message: Message, device: int | None) -> None:
        """Who heard this uplink; `device` is None if it is not registered: then only the gateways are known to work."""
        for reception in message.gateways:
            self._saw(reception, message.received_at)
            if device is not None:
                self._paired((device, reception.gateway), reception, message.received_at)

    async def run(self) -> None:
        """Write every half minute until cancelled, and then what is left."""
        try:
            while True:
                await asyncio.sleep(EVERY_SECONDS)
                await self.write()
        finally:
            await self.write()

    async def write(self) -> None:
        """Write what was gathered. If the database is away it is lost, and said."""
        seen, self._seen = self._seen, {}
        pairs, self._pairs = self._pairs, {}
        if not seen:
            return
        try:
            async with (
                asyncio.timeout(STATEMENT_SECONDS),
                self._pool.connection(SECONDS_FOR_A_CONNECTION) as connection,
                connection.transaction(),
            ):
                await connection.execute(KEEP_GATEWAYS, _gateways(seen))
                if pairs:
                    await connection.execute(KEEP_HEARD, _heard(pairs))
        except (psycopg.Error, TimeoutError) as error:
            log.warning("gateways not written", gateways=len(seen), error=type(error).__name__)

    def _saw(self, reception: Reception, at: datetime) -> None:
        known = self._seen.get(reception.gateway)
        if known is None:
            if len(self._seen) >= MOST_PAIRS:
                return
            known = _Seen(at, at, reception, reception.latitude, reception.longitude)
            self._seen[reception.gateway] = known
        known.uplinks += 1
        if at >= known.last:
            known.last, known.reception = at, reception
            if reception.latitude is not None and reception.longitude is not None:
                known.latitude, known.longitude = reception.latitude, reception.longitude
        elif at < known.first:
            known.first = at

    def _paired(self, pair: tuple[int, str], reception: Reception, at: datetime) -> None:
        """The last uplink counts, and of two antennas that heard it, the first named."""
        known = self._pairs.get(pair)
        if (known is None and len(self._pairs) < MOST_PAIRS) or (known is not None and known[0] < at):
            self._pairs[pair] = (at, reception)


def _gateways(seen: dict[str, _Seen]) -> list[list[object]]:
    return [
        [*seen],
        [one.first for one in seen.values()],
        [one.last for one in seen.values()],
        [one.uplinks for one in seen.values()],
        [one.reception.rssi for one in seen.values()],
        [one.reception.snr for one in seen.values()],
        [one.latitude for one in seen.values()],
        [one.longitude for one in seen.values()],
    ]


def _heard(pairs: dict[tuple[int, str], tuple[datetime, Reception]]) -> list[list[object]]:
    return [
        [device for device, _ in pairs],
        [gateway for _, gateway in pairs],
        [at for at, _ in pairs.values()],
        [reception.rssi for _, reception in pairs.values()],
        [reception.snr for _, reception in pairs.values()],
    ]
