# SPDX-License-Identifier: EUPL-1.2
"""How the statements that every booking asks are asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import local
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

PREPARED_AFTER = 5


class _Kept(local):
    """This thread's cursor: to make one and have it learn the types takes longer than to ask with it."""

    cursor: psycopg.Cursor[Any] | None = None


_kept = _Kept()


@contextmanager
def prepared() -> Iterator[psycopg.Cursor[Any]]:
    """A cursor of this thread's connection that keeps its plans: making one takes longer than the answer.

    The same one each time: read its answer before it is asked for again.
    """
    own = connections[DEFAULT_DB_ALIAS]  # `connection` looks for it anew at every word
    own.ensure_connection()
    raw, cursor = own.connection, _kept.cursor
    if cursor is None or cursor.connection is not raw:
        if raw.prepare_threshold is None:  # Django's way of saying never; its own cursors do not ask
            raw.prepare_threshold = PREPARED_AFTER
        cursor = _kept.cursor = psycopg.Cursor(raw)
    with own.wrap_database_errors:
        yield cursor
