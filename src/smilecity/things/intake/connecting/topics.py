# SPDX-License-Identifier: EUPL-1.2
"""Which topics a connector hears, and what a topic says of the message on it.

ChirpStack v4: `application/<id>/device/<eui>/event/<kind>`, perhaps below a prefix. The Things Stack v3:
`v3/<user>/devices/<device>/up` and `.../down/<kind>`. Of JSON the operator says it.
"""

from dataclasses import dataclass

from smilecity.things.intake.connecting.known import Known
from smilecity.things.models import Connector

TTS_EVENTS = ("queued", "sent", "ack", "nack", "failed")


@dataclass(frozen=True, slots=True)
class Said:
    """`device` is the same for messages of one device, empty if their order means nothing; `kind` is the event's."""

    device: str = ""
    kind: str = "up"


def topics_of(known: Known) -> list[str]:
    """What to subscribe to; the operator's topic, if there is one."""
    if known.topic:
        return [known.topic]
    if known.kind == Connector.CHIRPSTACK:
        return ["application/+/device/+/event/+"]
    if known.kind == Connector.TTS:
        devices = f"v3/{known.user or '+'}/devices/+"
        return [f"{devices}/up", *(f"{devices}/down/{kind}" for kind in TTS_EVENTS)]
    return []


def of_topic(known: Known, heard: list[str], topic: str) -> Said | None:
    """What the topic says; None if it is none of those that are heard, or no event of a device."""
    from paho.mqtt.client import topic_matches_sub

    if not any(topic_matches_sub(one, topic) for one in heard):
        return None
    if known.kind == Connector.JSON:
        return Said()
    if known.kind == Connector.CHIRPSTACK:
        device, found, kind = topic.rpartition("/event/")
        return Said(device, kind) if found else None
    before, found, rest = topic.partition("/devices/")
    device, _, kind = rest.partition("/")
    if not found or (kind != "up" and kind.removeprefix("down/") not in TTS_EVENTS):
        return None
    return Said(f"{before}/{device}", kind)
