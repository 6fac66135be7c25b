# SPDX-License-Identifier: EUPL-1.2
"""A connection to an MQTT broker that is kept: what comes is acknowledged when it is stored, never before."""

from smilecity.things.intake.mqtt.address import BrokerAddress
from smilecity.things.intake.mqtt.client import Client, Incoming

__all__ = ["BrokerAddress", "Client", "Incoming"]
