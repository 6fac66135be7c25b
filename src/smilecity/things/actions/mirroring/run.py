# SPDX-License-Identifier: EUPL-1.2
"""One run of a mirror: how long it may take, what it has come to, and what went wrong."""

import time
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.things.actions.mirroring.peer import Get, Peer, plain
from smilecity.things.models import Connector, ConnectorState
from smilecity.things.rules.mirror import Source

MOST_TROUBLES = 20  # that are named
MOST_SENTENCE = 500


@dataclass(slots=True)
class Total:
    """What a run came to: entities kept anew or changed, observations taken, rows refused; `more` is left to do."""

    entities: int = 0
    hidden: int = 0
    taken: int = 0
    refused: int = 0
    more: bool = False


@dataclass(slots=True)
class Run:
    """A run and where it is: `position` is the state's, of the things that are looked through."""

    who: Who
    source: Source
    peer: Peer
    position: dict[str, Any]
    until: float
    total: Total = field(default_factory=Total)
    _told: tuple[int, int] = (0, 0)

    @classmethod
    def of(
        cls, who: Who, connector: Connector, state: ConnectorState, seconds: float, get: Get | None
    ) -> "Run":
        """A run of this mirror; `get` stands in for the network."""
        address = plain(connector.address)
        source = Source(connector.pk, connector.name, address, open=not connector.secret)
        peer = Peer(address, get) if get else Peer.of(connector)
        return cls(who, source, peer, dict(state.position), time.monotonic() + seconds)

    def is_over(self) -> bool:
        """Whether its time is over; then there is more to do."""
        over = time.monotonic() > self.until
        self.total.more |= over
        return over

    def note(self, where: str, what: str, refusal: Refusal, *, counted: bool = True) -> None:
        """One row could not be taken; `where` says in which list of troubles it stands."""
        self.total.refused += counted
        troubles = self.position.setdefault(where, [])
        if len(troubles) < MOST_TROUBLES:
            sentence = str(refusal.sentence)[:MOST_SENTENCE].replace("\0", "")
            troubles.append({"what": what[:200], "code": refusal.code, "sentence": sentence})

    def began(self) -> None:
        """The state says that the other service is tried now."""
        self.position["observing"] = []
        ConnectorState.objects.filter(pk=self.source.id).update(tried_at=clock.now())

    def save(self) -> None:
        """Where it is and what it has come to, into the state; in the caller's transaction if there is one."""
        taken, refused = self._told
        ConnectorState.objects.filter(pk=self.source.id).update(
            position=self.position,
            heard_at=clock.now(),
            taken=F("taken") + self.total.taken - taken,
            refused=F("refused") + self.total.refused - refused,
        )
        self._told = (self.total.taken, self.total.refused)

    def failed(self, refusal: Refusal) -> None:
        """The other service could not be read on."""
        self._trouble(refusal.code, str(refusal.sentence))

    def ended(self) -> None:
        """What could not be taken is the trouble, if anything."""
        self.save()
        troubles = self.position.get("sweeping", []) + self.position.get("observing", [])
        first = troubles[0] if troubles else None
        if first is None:
            self._trouble("", "")
        else:
            self._trouble(first["code"], f"{first['what']}: {first['sentence']}")

    def _trouble(self, code: str, sentence: str) -> None:
        state = ConnectorState.objects.filter(pk=self.source.id)
        if not code:
            state.update(trouble="", sentence="", troubled_at=None)
        elif not state.filter(trouble=code, sentence=sentence).exists():
            state.update(trouble=code, sentence=sentence, troubled_at=clock.now())
