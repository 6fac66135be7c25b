# SPDX-License-Identifier: EUPL-1.2
"""POST of observations: those that arrive during a commit share the next one."""

import asyncio
from typing import TYPE_CHECKING

from smilecity.things.api.calls import Call, Reply

if TYPE_CHECKING:
    from smilecity.things.api.service import SensorThings


class ObservationLine:
    """The flusher of observations that came by the API; see `intake.line`."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def run(self) -> None:
        """Flush until cancelled."""
        await asyncio.Event().wait()


async def reply(service: "SensorThings", call: Call) -> Reply | None:
    """Answer a POST of an observation or to CreateObservations; None if the call is something else."""
    return None
