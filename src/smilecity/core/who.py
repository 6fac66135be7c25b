# SPDX-License-Identifier: EUPL-1.2
"""Who asks, as a value: every read and every rule takes one as its first argument."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Role:
    """A role by name, held for the area with this noun id; `None` is the whole node."""

    name: str
    area: int | None = None


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
        """Whether `role` is held for the whole node or for exactly this area."""
        return Role(role) in self.roles or (area is not None and Role(role, area) in self.roles)


ANYONE = Who()
NODE = Who(label="node")
