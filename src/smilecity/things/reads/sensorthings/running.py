# SPDX-License-Identifier: EUPL-1.2
"""Running statements: what was compiled is remembered by the shape of its request, and prepared by the database.

A plan is found by the path without its ids, the query string without its $skiptoken, and what kind of sight asks. A
repeated question costs no parsing; a next page neither.
"""

import os
import re
import select
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import psycopg
from psycopg import AsyncConnection, AsyncRawCursor
from psycopg.types.numeric import Int8
from psycopg_pool import AsyncConnectionPool

from smilecity.core.problems import Refusal
from smilecity.things.reads.sensorthings import columns, paging, scopes
from smilecity.things.reads.sensorthings.geography import resolve
from smilecity.things.reads.sensorthings.statements import Statement
from smilecity.things.reads.sensorthings.statements import compile as compile_statement
from smilecity.things.rights import Sight
from smilecity.things.rules.odata import read_request

SECONDS = 10
MOST_PLANS = 500
MOST_KEY = 4_000  # characters: longer questions are hardly asked twice
SECONDS_FOR_A_CONNECTION = 10
MOST_BESIDE = 3  # processes that help with one question

_ID = re.compile(r"\('?([0-9]{1,18})'?\)")
_PARAMETER = re.compile(r"%(?:%|\((\w+)\)s)")
_TOKEN = re.compile(r"(?:^|&)(?:\$|%24)?skiptoken=([^&]*)", re.IGNORECASE)

Row = tuple[bytes | None, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A statement, and which steps of the path have ids, so that it serves other ids too."""

    statement: Statement
    steps: tuple[int, ...]


class Plans:
    """The plans asked for last."""

    def __init__(self, most: int = MOST_PLANS) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[Any, ...], Plan] = OrderedDict()

    def get(self, key: tuple[Any, ...], make: Callable[[], Plan | None]) -> Plan | None:
        """The plan kept under the key, or the one that is made; that is kept if there is one."""
        plan = self._kept.get(key)
        if plan is not None:
            self._kept.move_to_end(key)
            return plan
        plan = make()
        if plan is not None and len(key[0]) + len(key[1]) <= MOST_KEY:
            self._kept[key] = plan
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return plan


@dataclass(frozen=True, slots=True)
class Question:
    """A statement and the values for this time."""

    statement: Statement
    values: dict[str, Any]


PLANS = Plans()


async def configure(connection: AsyncConnection[Any]) -> None:
    """A connection on which questions from outside may be asked: none runs for longer than is good for the others."""
    await connection.execute(f"SET statement_timeout = '{SECONDS}s'")
    await connection.execute("SET jit = off")
    await connection.execute("SET plan_cache_mode = force_generic_plan")
    # What is asked for often is in memory: an index is not four times as dear as all rows, a hundred times over.
    await connection.execute("SET random_page_cost = 1.1")
    # Times are told in pieces, as the database writes days and hours.
    await connection.execute("SET datestyle = 'ISO'")
    # As many processes as there are processors, the asking one among them: one more took a count a tenth longer.
    beside = min(MOST_BESIDE, len(os.sched_getaffinity(0)) - 1)
    await connection.execute(f"SET max_parallel_workers_per_gather = {beside}")


async def alive(connection: AsyncConnection[Any]) -> None:
    """Raises if the server has ended the connection; asks it only if it has said anything meanwhile.

    To ask each time, as the pool's own check does, is a round trip more a request.
    """
    if connection.closed:
        raise psycopg.OperationalError("the connection was closed")
    poller = select.poll()
    poller.register(connection.fileno(), select.POLLIN)
    if poller.poll(0):
        await connection.execute("")


def question(path: str, query: str, sight: Sight, plans: Plans = PLANS) -> Question:
    """The statement for a path that is not the root, and its values. Raises `Refusal`."""
    query, said = _without_token(query)
    nulls = None if said is None else tuple(value is None for value in said[1:])
    ids = [int(number) for number in _ID.findall(path)]
    key = (_ID.sub("()", path), query, (sight.all, bool(sight.areas), sight.partners), nulls)
    made: list[Plan] = []

    def make() -> Plan | None:
        plan, found = _made(path, query, sight, nulls)
        made.append(plan)
        # An id spelled in another way belongs to no plan for all ids.
        if found == ids:
            return plan
        ids[:] = found
        return None

    plan = plans.get(key, make) or made[0]
    statement = plan.statement
    values = {**statement.parameters, **columns.parameters(sight)}
    for step, id_ in zip(plan.steps, ids, strict=True):
        values[scopes.name_of_step(step)] = Int8(id_)
    if said is not None:
        values |= paging.checked(said, statement.mark, statement.types)
    return Question(statement, values)


async def ask(pool: AsyncConnectionPool, asked: Question) -> Row | None:
    """The one row, as the database sent it. Raises `Refusal` where the values or the cost are the asker's fault."""
    statement, values = asked.statement, asked.values
    async with pool.connection(timeout=SECONDS_FOR_A_CONNECTION) as connection:
        try:
            for shape in statement.shapes:
                values = {**values, shape.name: await resolve(connection, shape)}
            text, names = _numbered(statement.text)
            cursor = await execute(connection, text, [values[name] for name in names])
        except psycopg.errors.QueryCanceled as error:
            raise _too_costly(f"This took longer than {SECONDS} seconds.") from error
        except (psycopg.errors.ProgramLimitExceeded, psycopg.errors.OutOfMemory) as error:
            raise _too_costly("This asks for more than the database can work out.") from error
        except psycopg.DataError as error:
            raise Refusal(
                "odata.wrong-type",
                "A value is beyond what can be computed with.",
                cure="Look at the numbers and times in the query.",
            ) from error
        result = cursor.pgresult
        if result is None or not result.ntuples:
            return None
        return tuple(result.get_value(0, number) for number in range(result.nfields))


async def execute(
    connection: AsyncConnection[Any], text: str, values: Sequence[Any]
) -> AsyncRawCursor[tuple[Any, ...]]:
    """Run a statement whose parameters are numbered as PostgreSQL does."""
    return await AsyncRawCursor(connection).execute(text, values, prepare=True)


@lru_cache(MOST_PLANS)
def _numbered(text: str) -> tuple[str, tuple[str, ...]]:
    """The statement with numbers in place of its parameters' names, and the names in order.

    psycopg does so too, but each time again with a statement of more than 4,096 characters: a millisecond.
    """
    numbers: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        name = found[1]
        return f"${numbers.setdefault(name, len(numbers) + 1)}" if name else "%"

    return _PARAMETER.sub(number, text), tuple(numbers)


def _made(path: str, query: str, sight: Sight, nulls: Sequence[bool] | None) -> tuple[Plan, list[int]]:
    """The plan for a request, and the ids in its path."""
    request = read_request(path, query)
    if request.query.after:
        raise paging.wrong_token()  # written in another way than ours
    if not request.path.steps:
        raise Refusal("odata.bad-option", "The service itself has no options.", field="path")
    steps = [(number, step.id) for number, step in enumerate(request.path.steps)]
    plan = Plan(
        compile_statement(request, sight, nulls),
        tuple(number for number, id_ in steps if id_ is not None),
    )
    if nulls is not None and not plan.statement.types:
        raise paging.wrong_token()
    return plan, [id_ for _, id_ in steps if id_ is not None]


def _without_token(query: str) -> tuple[str, list[Any] | None]:
    found = _TOKEN.search(query)
    if found is None:
        return query, None
    rest = (query[: found.start()] + query[found.end() :]).lstrip("&")
    if _TOKEN.search(rest):
        raise paging.wrong_token()
    return rest, paging.parse(unquote(found[1]))


def _too_costly(sentence: str) -> Refusal:
    return Refusal(
        "odata.too-costly",
        sentence,
        cure="Ask for less: a smaller $top, a shorter time, one datastream.",
        status=503,
    )
