# SPDX-License-Identifier: EUPL-1.2
"""What the form above a list consists of, whatever the list is of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Select:
    """A choice of one; `options` are (value, label)."""

    name: str
    label: str
    options: list[tuple[str, str]]
    value: str


@dataclass(frozen=True, slots=True)
class Chip:
    """Something that is asked for, and the address of the list without it."""

    label: str
    url: str
