# SPDX-License-Identifier: EUPL-1.2
"""How the statements that every booking asks are asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

PREPARED_AFTER = 5


@contextmanager
def prepared() -> Iterator[psycopg.Cursor[Any]]:
    """A cursor of this thread's connection that keeps its plans: making one takes longer than the answer."""
    own = connections[DEFAULT_DB_ALIAS]  # `connection` looks for it anew at every word
    own.ensure_connection()
    raw = own.connection
    if raw.prepare_threshold is None:  # Django's way of saying never; its own cursors do not ask
        raw.prepare_threshold = PREPARED_AFTER
    with own.wrap_database_errors, psycopg.Cursor(raw) as cursor:
        yield cursor
