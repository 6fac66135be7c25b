# SPDX-License-Identifier: EUPL-1.2
"""A part of a node ends when its supervisor is gone, however that went: nothing stays behind on the port."""

import asyncio
import os
import signal

LOOK_SECONDS = 0.5


async def end_with_parent() -> None:
    """Raise SIGTERM in this process when its supervisor (`SMILE_PARENT`) is no longer its parent."""
    parent = os.environ.get("SMILE_PARENT", "")
    if not parent.isdigit():
        return
    while os.getppid() == int(parent):
        await asyncio.sleep(LOOK_SECONDS)
    signal.raise_signal(signal.SIGTERM)
