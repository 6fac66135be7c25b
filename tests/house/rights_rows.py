# SPDX-License-Identifier: EUPL-1.2
"""What a row of the table of rights is, and who is meant by its sets of people."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import ModuleType
from typing import Any

from smilecity.core.who import Who
from tests.house.town import PEOPLE, Town

Do = Callable[[Town, Who, Callable[..., Any]], Any]

ALL = set(PEOPLE)
NODE = {"node"}
PERSONS = ALL - {"anyone", "node"}
RUN = {"olga", "node"}
GIVE = RUN | {"stefan"}
KEEP = GIVE | {"petra"}
WRITE = KEEP | {"karim"}
SEE_DRAFTS = {"stefan", "petra", "mia", "karim"}
SEE_INTERNAL = SEE_DRAFTS | {"paul", "rolf"}
SEE_BURIED = RUN | SEE_INTERNAL - {"karim"}
HAVE_DESK = {"stefan", "petra", "nils"}
RITA = {"rita"}
NOBODY: set[str] = set()
MANY_YEARS_AGO = datetime(2000, 1, 1, tzinfo=UTC)
DAY = date(2026, 1, 1)


@dataclass(frozen=True)
class Row:
    """Who may, and a case: `do` gets the town, who asks, and the function.

    What `stage` makes is there for everybody who is asked, as `town.stage`: it is built once, and `do` is taken back.
    """

    may: set[str]
    do: Do
    stage: Callable[[Town], Any] | None = None


def asks(may: Iterable[str], *given: Any, **named: Any) -> Row:
    """A row whose case is the function called with these after `who`; what is callable is made from the town."""

    def do(town: Town, who: Who, function: Callable[..., Any]) -> Any:
        return function(
            who, *(made(town, one) for one in given), **{k: made(town, v) for k, v in named.items()}
        )

    return Row(set(may), do)


def made(town: Town, value: Any) -> Any:
    return value(town) if callable(value) and not isinstance(value, type | ModuleType) else value
