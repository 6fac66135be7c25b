# SPDX-License-Identifier: EUPL-1.2
"""Another broker on this machine has the port: the node goes on without one, and says so."""

import asyncio
import socket
from typing import Any, cast

from smilecity.things.api.mqtt import embedded
from smilecity.things.api.mqtt.embedded import Embedded


def test_a_port_that_is_taken_is_waited_for() -> None:
    nothing = cast(Any, None)

    async def story(port: int) -> None:
        broker = Embedded("", port, nothing, nothing, nothing)
        running = asyncio.create_task(broker.run())
        done, _waiting = await asyncio.wait({running}, timeout=0.5)
        assert not done, "whoever runs it would end with it"
        assert broker.health()["status"] == "away"
        running.cancel()
        await asyncio.wait({running})

    with socket.socket() as other:
        other.bind((embedded.HOST, 0))
        other.listen()
        asyncio.run(story(other.getsockname()[1]))
