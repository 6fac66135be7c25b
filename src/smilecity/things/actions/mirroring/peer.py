# SPDX-License-Identifier: EUPL-1.2
"""The other service, asked for pages."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from smilecity.core import reaching, sealing
from smilecity.core.problems import Refusal
from smilecity.things.models import Connector
from smilecity.things.rules.mirror import Page, page_of

Get = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Peer:
    """The service at this address; `get` gives what is at an address, or refuses."""

    address: str
    get: Get

    @classmethod
    def of(cls, connector: Connector) -> "Peer":
        """The service as the operator has set it up."""
        opened = sealing.opened(bytes(connector.secret))
        if opened is None:
            raise Refusal(
                "mirror.secret-lost",
                "The password of this mirror cannot be read any more.",
                cure="Type it again.",
                field="secret",
            )
        secret = reaching.credentials(connector.user, opened)

        def get(address: str) -> bytes:
            return reaching.get(address, inside=settings.SMILE.reach, secret=secret)

        return cls(plain(connector.address), get)

    def page(self, path: str, query: str) -> Page:
        """A page of the list at a path below the service."""
        return page_of(reaching.json_of(self.get(f"{self.address}/{path}?{query}")))


def plain(address: str) -> str:
    """The address as it was typed, without what may end it."""
    return address.strip().rstrip("/")
