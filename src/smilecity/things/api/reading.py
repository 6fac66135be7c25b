# SPDX-License-Identifier: EUPL-1.2
"""GET: a call becomes one statement, and its one row is the answer."""

from typing import TYPE_CHECKING

from smilecity.core.problems import Refusal
from smilecity.things.api.calls import Call, Reply

if TYPE_CHECKING:
    from smilecity.things.api.service import SensorThings


async def reply(service: "SensorThings", call: Call) -> Reply:
    """Answer a GET."""
    raise Refusal("not-yet", "Not yet.", status=501)
