# SPDX-License-Identifier: EUPL-1.2
"""What is stored of an uplink: the message itself, and the results its decoded data makes (`rules.feeding`)."""

import asyncio
from dataclasses import dataclass, field

from smilecity.things.intake.messages import Message
from smilecity.things.rules.feeding import Result


@dataclass(slots=True)
class Row:
    """An uplink as it will be stored, and the promise to its sender: True if stored, False if known before.

    `state` and `reason` may change until the promise is kept: what the database refuses is kept raw.
    """

    message: Message
    device: int | None
    state: int
    reason: str | None = None
    results: list[Result] = field(default_factory=list)
    done: asyncio.Future[bool] | None = None
