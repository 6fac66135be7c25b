# SPDX-License-Identifier: EUPL-1.2
"""Controllers by HTTP and MQTT: all of it that runs in the door."""

from smilecity.core.asgi import App
from smilecity.places.actions import locks as acts
from smilecity.places.api.locks.outbox import Outbox
from smilecity.places.api.locks.posted import PATH, Posted
from smilecity.places.api.locks.transports import Http, Mqtt, Publish
from smilecity.places.models import Controller
from smilecity.places.reads import locks as looks
from smilecity.places.rules.locks import signing

REPORTS = "/reports"
TOPICS = "smile/locks/"

__all__ = ["PATH", "Locks"]


class Locks:
    """`publish` is how the things room publishes at a connector."""

    def __init__(self, publish: Publish) -> None:
        http = Http()
        self.outbox = Outbox({Controller.HTTP: http, Controller.MQTT: Mqtt(publish)})
        self.posted: App = Posted(self.outbox, http)

    async def take(self, connector: int, topic: str, payload: bytes) -> bool:
        """A report that came by MQTT; False if the topic is none of ours. Refuses what is no report.

        Believed only from the connector that the controller has, so that no other broker speaks for it.
        """
        key = topic.removeprefix(TOPICS).removesuffix(REPORTS)
        if topic != f"{TOPICS}{key}{REPORTS}" or "/" in key or not key:
            return False
        await self.outbox.ask(_take, connector, key, payload)
        return True


def _take(connector: int, key: str, payload: bytes) -> None:
    message = signing.parsed(payload)
    if not looks.is_at(key, connector):
        raise acts.forged()
    acts.take_report(key, message)
