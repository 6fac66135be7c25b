# SPDX-License-Identifier: EUPL-1.2
"""$batch: several calls in one, as JSON or multipart; a change set is done whole or not at all."""

from typing import TYPE_CHECKING

from smilecity.core.problems import Refusal
from smilecity.things.api.calls import Call, Reply

if TYPE_CHECKING:
    from smilecity.things.api.service import SensorThings


async def reply(service: "SensorThings", call: Call) -> Reply:
    """Answer each part."""
    raise Refusal("not-yet", "Not yet.", status=501)
