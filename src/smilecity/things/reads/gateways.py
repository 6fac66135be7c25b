# SPDX-License-Identifier: EUPL-1.2
"""What the desk shows of gateways: when they last heard something, and what would be lost with them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from smilecity.core import clock
from smilecity.core.who import Who
from smilecity.things import rights
from smilecity.things.models import Device, Gateway
from smilecity.things.rules import radio

MOST_GATEWAYS = 500
MOST_DEVICES = 200

# A device is at risk if of all gateways only this one has heard it lately.
HEALTH = """
SELECT g.id, g.name, g.first_heard_at, g.heard_at, g.uplinks, g.rssi, g.snr, g.latitude, g.longitude, g.silent_after,
    coalesce(h.devices, 0), coalesce(h.only, 0)
FROM things_gateway AS g
LEFT JOIN (
    SELECT gateway_id, count(*) AS devices, count(*) FILTER (WHERE ways = 1) AS only FROM (
        SELECT h.gateway_id, count(*) OVER (PARTITION BY h.device_id) AS ways
        FROM things_heard AS h JOIN things_device AS d ON d.id = h.device_id AND d.active
        WHERE h.at >= %(since)s
    ) AS lately GROUP BY gateway_id
) AS h ON h.gateway_id = g.id
WHERE %(id)s::text IS NULL OR g.id = %(id)s
ORDER BY g.heard_at, g.id LIMIT %(limit)s
"""
ONLY = """
SELECT d.id FROM things_device AS d
JOIN things_heard AS h ON h.device_id = d.id AND h.gateway_id = %(id)s AND h.at >= %(since)s
WHERE d.active AND NOT EXISTS (
    SELECT FROM things_heard AS o WHERE o.device_id = d.id AND o.gateway_id <> %(id)s AND o.at >= %(since)s)
ORDER BY d.eui LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class GatewayHealth:
    """A gateway; `devices` are those that it heard lately, `only` those of them that no other did."""

    id: str
    name: str
    first_heard_at: datetime
    heard_at: datetime
    uplinks: int
    rssi: float | None
    snr: float | None
    latitude: float | None
    longitude: float | None
    silent_after: timedelta | None
    devices: int
    only: int

    @property
    def silent(self) -> bool:
        """Whether it has passed nothing on for longer than it should take."""
        return radio.gateway_is_silent(self.heard_at, self.silent_after, clock.now())


def gateways(who: Who) -> list[GatewayHealth]:
    """All gateways, those that are silent longest first."""
    return _health(who, None)


def gateway(who: Who, gateway_id: str) -> GatewayHealth | None:
    """One gateway by its id."""
    return next(iter(_health(who, gateway_id.replace("\0", ""))), None)


def only_heard_by(who: Who, gateway_id: str) -> list[Device]:
    """The active devices that lately no other gateway heard, with their things."""
    if not rights.may_see_raw(who):
        return []
    ids = [row[0] for row in _rows(ONLY, {"id": gateway_id, "limit": MOST_DEVICES})]
    return list(Device.objects.filter(id__in=ids).select_related("thing__noun").order_by("eui"))


def named(who: Who) -> list[Gateway]:
    """Gateways to which people have given a name or an interval, by id."""
    if not rights.may_see_raw(who):
        return []
    return list(Gateway.objects.exclude(name="", silent_after=None).order_by("id"))


def _health(who: Who, gateway_id: str | None) -> list[GatewayHealth]:
    if not rights.may_see_raw(who):
        return []
    return [GatewayHealth(*row) for row in _rows(HEALTH, {"id": gateway_id, "limit": MOST_GATEWAYS})]


def _rows(query: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"since": clock.now() - radio.LATELY, **given})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
