# SPDX-License-Identifier: EUPL-1.2
"""What somebody asks of the list of projects, as its address says it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from smilecity.governance.rules.course import STATES

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """Words, a state, and the key of an area; empty is not asked for."""

    q: str = ""
    state: str = ""
    area: str = ""

    @property
    def narrow(self) -> bool:
        """Whether anything is asked for at all."""
        return self != Wish()

    def without(self, name: str) -> "Wish":
        """The same without one of its parts."""
        return replace(self, **{name: ""})

    def query(self) -> str:
        """As it stands in an address."""
        said = {"q": self.q, "state": self.state, "area": self.area}
        return urlencode({name: value for name, value in said.items() if value})


def asked(given: Mapping[str, str]) -> Wish:
    """What an address asks for; what makes no sense is not asked for."""
    said = {name: given.get(name, "").replace("\0", "")[:LONGEST].strip() for name in ("q", "state", "area")}
    return Wish(said["q"], said["state"] if said["state"] in STATES else "", said["area"])
