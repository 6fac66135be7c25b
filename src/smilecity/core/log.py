# SPDX-License-Identifier: EUPL-1.2
"""The log: what happened, in one gapless order, for everyone who must not miss any of it.

An action appends inside its own transaction; the numberer (`core/numberer.py`) gives positions to what has been
committed. A reader keeps a position as its cursor. Entries hold addresses and codes, no personal text.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, transaction

from smilecity.core.models import LogEntry, LogHead, LogReader
from smilecity.core.who import Who

CHANNEL = "smile_log"
# For actions that must write in one statement: `actor`, `verb`, `noun`, `about` and `data` follow it, as a SELECT.
INSERT = "INSERT INTO core_logentry (actor, verb, noun, about, data)"


def append(
    who: Who,
    verb: str,
    *,
    noun: int | None = None,
    about: Iterable[int] = (),
    data: Mapping[str, Any] | None = None,
) -> None:
    """Append one entry to the caller's transaction; `about` are the ids whose live pages should know.

    Raises `RuntimeError` outside a transaction: an entry must come and go with what it tells of.
    """
    append_all(who, verb, [(noun, about, data or {})])


def append_all(
    who: Who, verb: str, told: Iterable[tuple[int | None, Iterable[int], Mapping[str, Any]]]
) -> None:
    """The same for many: an entry for each noun, what it is about, and its data."""
    if not connection.in_atomic_block:
        raise RuntimeError("the log is written in the transaction of the action it tells of")
    LogEntry.objects.bulk_create(
        LogEntry(
            actor=who.label,
            verb=verb,
            noun=noun,
            about=sorted({*about, *([noun] if noun is not None else [])}),
            data=dict(data),
        )
        for noun, about, data in told
    )


def head() -> int:
    """The last position given. A page reads it before its own queries, so that its live stream misses nothing."""
    return LogHead.objects.values_list("last", flat=True).get(id=1)


def since(position: int, limit: int = 1000) -> list[LogEntry]:
    """Entries after `position`, in order, at most `limit`."""
    return list(LogEntry.objects.filter(position__gt=position).order_by("position")[:limit])


def of_noun(noun: int, limit: int = 50) -> list[LogEntry]:
    """The public history of a noun, newest first."""
    return list(LogEntry.objects.filter(noun=noun, position__isnull=False).order_by("-position")[:limit])


def read(name: str, handle: Callable[[Sequence[LogEntry]], None], limit: int = 1000) -> int:
    """Give reader `name` its next entries and move its cursor, in one transaction; returns how many.

    Lock: the reader's row, so two processes never handle the same entry. If `handle` raises, or the process
    dies, the cursor stays and the entries come again; so what `handle` does must be in this database.
    """
    with transaction.atomic():
        LogReader.objects.get_or_create(name=name)
        reader = LogReader.objects.select_for_update().get(name=name)
        entries = since(reader.position, limit)
        if entries:
            handle(entries)
            reader.position = entries[-1].position or reader.position
            reader.save(update_fields=["position"])
        return len(entries)
