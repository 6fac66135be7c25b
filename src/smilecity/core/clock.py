# SPDX-License-Identifier: EUPL-1.2
"""The only source of the present moment, so that a test can set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)


def now() -> datetime:
    """The present moment, in UTC, aware."""
    return _frozen.get() or datetime.now(UTC)  # noqa: TID251 - here and nowhere else


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Within the block `now()` answers `moment` (aware), in this context only."""
    token = _frozen.set(moment)
    try:
        yield
    finally:
        _frozen.reset(token)
