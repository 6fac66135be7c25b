# SPDX-License-Identifier: EUPL-1.2
"""SensorThings by MQTT (18-088, clause 14): observations made by publishing, and what changes told to subscribers.

Either we are a client of a broker that stands beside us (`outside`), or the broker is within the node (`embedded`, for
the demo and for trying things out). Both make observations by `creating` and tell by `updates`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from smilecity.things.api.mqtt.creating import Creating
from smilecity.things.api.mqtt.updates import Updates
from smilecity.things.intake.mqtt.address import BrokerAddress

if TYPE_CHECKING:
    from smilecity.things.api.service import SensorThings
    from smilecity.things.intake.register import Register

EMBEDDED = "embedded"


class Way(Protocol):
    """What `outside` and `embedded` have in common."""

    async def run(self) -> None:
        """Serve until cancelled."""

    def health(self) -> dict[str, Any]:
        """How it is; `status` is ok, away or standby."""


class Mqtt:
    """MQTT as the settings want it. Made by the door; `base` is the service's address, before every link told."""

    def __init__(
        self,
        url: str,
        service: "SensorThings",
        register: "Register",
        base: str,
        *,
        broker: str,
        port: int,
        topics: Sequence[str],
    ) -> None:
        self._creating = Creating(service, base)
        updates = Updates(service, base)
        self._way: Way
        if broker == EMBEDDED:
            from smilecity.things.api.mqtt.embedded import Embedded

            self._way = Embedded(url, port, register, self._creating, updates)
        else:
            from smilecity.things.api.mqtt.outside import Outside

            self._way = Outside(url, BrokerAddress.read(broker), self._creating, updates, topics)

    async def run(self) -> None:
        """Serve until cancelled."""
        await self._way.run()

    def health(self) -> dict[str, Any]:
        """How it is, for /health."""
        return self._way.health()
