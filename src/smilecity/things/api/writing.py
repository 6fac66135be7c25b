# SPDX-License-Identifier: EUPL-1.2
"""POST, PATCH, PUT and DELETE, by actions. Runs on a thread."""

from smilecity.core.problems import Refusal
from smilecity.things.api.calls import Call, Reply


def reply(call: Call) -> Reply:
    """Do it in one transaction and answer."""
    raise Refusal("not-yet", "Not yet.", status=501)
