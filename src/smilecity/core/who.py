# SPDX-License-Identifier: EUPL-1.2
"""Who asks, as a value: every read and every rule takes one as its first argument."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Role:
    """A role by name, held for the area with this noun id (`None` is the whole node).

    `organisation` is the noun id of the organisation it is held for, if it is held for one. Whoever makes a
    `Who` spells roles out for every area below: a role in a district is there for each of its quarters too.
    """

    name: str
    area: int | None = None
    organisation: int | None = None


@dataclass(frozen=True, slots=True)
class Who:
    """A person, a machine with a key, or the node itself.

    `label` is what the log keeps (`account/12`, `key/3`, `node`, `anyone`): an address, never a name.
    """

    label: str = "anyone"
    account: int | None = None
    roles: frozenset[Role] = field(default_factory=frozenset)
    scopes: frozenset[str] = field(default_factory=frozenset)

    def holds(self, role: str, area: int | None = None) -> bool:
        """Whether `role` is held for the whole node or for this area."""
        return any(one.name == role and one.area in (None, area) for one in self.roles)

    def holds_any(self, roles: Iterable[str], area: int | None = None) -> bool:
        """Whether one of the roles is held for the whole node or for this area."""
        return any(self.holds(role, area) for role in roles)

    def works_for(self, organisation: int | None, roles: Iterable[str]) -> bool:
        """Whether one of the roles is held for this organisation, wherever."""
        wanted = set(roles)
        return organisation is not None and any(
            one.organisation == organisation and one.name in wanted for one in self.roles
        )

    def areas(self, roles: Iterable[str]) -> list[int]:
        """The areas in which one of the roles is held; the whole node is not among them, ask `holds`."""
        wanted = set(roles)
        return sorted({one.area for one in self.roles if one.area is not None and one.name in wanted})

    def organisations(self, roles: Iterable[str]) -> list[int]:
        """The organisations for which one of the roles is held."""
        wanted = set(roles)
        return sorted(
            {one.organisation for one in self.roles if one.organisation is not None and one.name in wanted}
        )


ANYONE = Who()
NODE = Who(label="node")
