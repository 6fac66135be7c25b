# SPDX-License-Identifier: EUPL-1.2
"""Ways in that the operator sets up: network servers and others by MQTT at their broker, JSON by HTTP at ours."""

from smilecity.things.intake.connecting.connectors import Connectors
from smilecity.things.intake.connecting.posted import Posted

__all__ = ["Connectors", "Posted"]
