# SPDX-License-Identifier: EUPL-1.2
"""The statement's parameters are written by hand: whatever they hold must come back as it was."""

import os
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smilecity.things.intake.messages import Message
from smilecity.things.intake.rows import Row
from smilecity.things.intake.store import _parameters
from smilecity.things.rules.feeding import Result

COLUMNS = [
    "uuid[]",
    "text[]",
    "bigint[]",
    "timestamptz[]",
    "smallint[]",
    "bytea[]",
    "smallint[]",
    "text[]",
    "uuid[]",
    "bigint[]",
    "timestamptz[]",
    "float8[]",
    "text[]",
]
text = st.none() | st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))
moment = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda t: t.replace(tzinfo=UTC))
message = st.builds(
    Message,
    key=st.uuids(),
    eui=st.from_regex(r"\A[0-9A-F]{16}\Z"),
    f_port=st.integers(0, 255),
    payload=st.binary(max_size=60),
    received_at=moment,
)
number = st.none() | st.floats(allow_nan=False, allow_infinity=False)
result = st.builds(Result, st.integers(1, 2**53), number, text)
row = st.builds(
    Row, message, st.none() | st.integers(1, 2**53), st.integers(0, 2), text, st.lists(result, max_size=3)
)


@pytest.fixture(scope="module")
def connection() -> Any:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as found:
        yield found


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(row, max_size=4, unique_by=lambda r: r.message.key))
def test_every_value_comes_back_as_it_was(connection: psycopg.Connection, rows: list[Row]) -> None:
    wanted = ", ".join(f"%s::{one}" for one in COLUMNS)
    back = connection.execute(f"SELECT {wanted}", _parameters(rows)).fetchone()
    ordered = sorted(rows, key=lambda one: one.message.key)
    results = [(one.message, found) for one in ordered for found in one.results]
    assert back is not None
    keys, euis, devices, times, ports, payloads, states, reasons = back[:8]
    assert keys == [UUID(one.message.key.hex) for one in ordered]
    assert euis == [one.message.eui for one in ordered]
    assert devices == [one.device for one in ordered]
    assert times == [one.message.received_at for one in ordered]
    assert ports == [one.message.f_port for one in ordered]
    assert payloads == [one.message.payload for one in ordered]
    assert states == [one.state for one in ordered]
    assert reasons == [one.reason for one in ordered]
    assert back[9] == [found.datastream for _, found in results]
    assert back[11] == [found.number for _, found in results]
    assert back[12] == [found.other for _, found in results]
