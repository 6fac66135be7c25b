# SPDX-License-Identifier: EUPL-1.2
"""Plays the demo's network server: posts uplinks to the node's own webhook, as The Things Stack does.

First the past days in fast motion, then in real time. The same seed gives the same city, and what was sent
before is known to the node by its key, so a restart repeats nothing.
"""

from __future__ import annotations

import asyncio
import base64
import heapq
import http.client
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from smilecity.things.demo import faults
from smilecity.things.demo.devices import Uplink
from smilecity.things.demo.fleet import FLEET
from smilecity.things.demo.kinds import KINDS, Sensor
from smilecity.things.demo.nature import Nature
from smilecity.things.demo.radio import heard

SEED = 18057
PAST_DAYS = 8
LANES = 4
LOOK_SECONDS = 1.0
RETRY_SECONDS = 0.5
PATH = "/things/uplinks/tts"

log = structlog.get_logger("simulator")


@dataclass(frozen=True, slots=True)
class Door:
    """Where the node's webhook is, and the key that opens it."""

    host: str
    port: int
    key: str


def moments(sensor: Sensor, since: datetime, until: datetime) -> Iterator[datetime]:
    """When this sensor speaks: every so often, each at its own offset, whatever `since` is."""
    every = KINDS[sensor.kind].every.total_seconds()
    offset = sensor.number * 37 % every
    first = (since.timestamp() - offset) // every + 1
    moment = datetime.fromtimestamp(first * every + offset, UTC)
    while moment <= until:
        yield moment
        moment += KINDS[sensor.kind].every


def message(sensor: Sensor, moment: datetime, uplink: Uplink) -> bytes:
    """The uplink as The Things Stack v3 posts it."""
    at = moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    model = KINDS[sensor.kind].model
    body = {
        "end_device_ids": {
            "device_id": sensor.thing,
            "application_ids": {"application_id": "smile-city-demo"},
            "dev_eui": sensor.eui,
            "join_eui": "70B3D57ED0000000",
            "dev_addr": f"260B{sensor.number:04X}",
        },
        "received_at": at,
        "uplink_message": {
            "session_key_id": base64.b64encode(sensor.eui.encode()).decode(),
            "f_port": uplink.f_port,
            "f_cnt": int(moment.timestamp() // 60) % 65536,
            "frm_payload": base64.b64encode(uplink.payload).decode(),
            "rx_metadata": heard(sensor),
            "received_at": at,
            "version_ids": {"brand_id": model.vendor, "model_id": model.device},
        },
    }
    return json.dumps(body).encode()


async def simulate(door: Door, zone: ZoneInfo, now: Callable[[], datetime], since: datetime | None) -> None:
    """Send until cancelled, from `since` (what the node has already) or from the past days on.

    The node may not be open yet, or close in between: what it did not take is sent again.
    """
    nature = Nature(SEED, zone)
    until = opened = now()
    earliest = until - timedelta(days=PAST_DAYS)
    since = max(since, earliest) if since else earliest
    for start, end in _days_backwards(since, until):
        await asyncio.gather(
            *(
                asyncio.to_thread(send, door, nature, FLEET[lane::LANES], start, end, opened)
                for lane in range(LANES)
            )
        )
    log.info("past sent", since=since.isoformat(timespec="minutes"))
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        since, until = until, now()
        if any(True for sensor in FLEET for _ in moments(sensor, since, until)):
            await asyncio.to_thread(send, door, nature, FLEET, since, until, opened)


def _days_backwards(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The newest day first, so that the pages are up to date long before the history is complete."""
    end = until
    while end > since:
        start = max(since, end - timedelta(days=1))
        yield start, end
        end = start


def send(
    door: Door,
    nature: Nature,
    sensors: Sequence[Sensor],
    since: datetime,
    until: datetime,
    opened: datetime | None = None,
) -> None:
    """Everything these sensors say in this time, in its order, over one connection.

    `opened` is when the demo was, from which it is counted how long some are not well; None: all are.
    """
    connection = http.client.HTTPConnection(door.host, door.port, timeout=10)
    for moment, sensor in heapq.merge(*(_spoken(sensor, since, until) for sensor in sensors)):
        if opened and not faults.says(sensor.thing, moment, opened):
            continue
        felt = faults.felt_at(sensor.thing, moment, opened) if opened else moment
        body = message(sensor, moment, nature.uplink(sensor, felt))
        while not _posted(connection, door.key, body):
            time.sleep(RETRY_SECONDS)
    connection.close()


def _spoken(sensor: Sensor, since: datetime, until: datetime) -> Iterator[tuple[datetime, Sensor]]:
    return ((moment, sensor) for moment in moments(sensor, since, until))


def _posted(connection: http.client.HTTPConnection, key: str, body: bytes) -> bool:
    """Whether the node took it. A message that it calls wrong is a fault of ours, and said once a message."""
    try:
        connection.request(
            "POST", PATH, body, {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        )
        answer = connection.getresponse()
        said = answer.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        return False
    if 400 <= answer.status < 500 and answer.status not in (408, 429):
        log.error("refused", status=answer.status, said=said.decode(errors="replace")[:300])
        return True
    return answer.status < 400
