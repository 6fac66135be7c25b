# SPDX-License-Identifier: EUPL-1.2
"""What does jobs ends when the database has been away, so that it begins anew: soon, and after it has said good-bye."""

import asyncio
import os
from contextlib import suppress

import procrastinate
import psycopg
from procrastinate.exceptions import ConnectorException
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from smilecity.city.works import connector, work_off

LEAVE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = %s AND pid <> %s AND backend_type = 'client backend'
"""


def _open_to(database: str, *, everyone: bool, but: int = 0) -> None:
    """Whether this database takes anybody in; if not, all but one have to leave. Said from another one."""
    with psycopg.connect(os.environ["DATABASE_URL"], dbname="postgres", autocommit=True) as beside:
        beside.execute(
            sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(sql.Identifier(database), everyone)
        )
        if not everyone:
            beside.execute(LEAVE, [database, but])


def test_it_ends_with_its_database_and_the_next_one_goes_on(database_url: str) -> None:
    from django.db import connection

    database = str(conninfo_to_dict(database_url)["dbname"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (ours,) = cursor.fetchone()

    async def story() -> None:
        done = asyncio.Queue[int]()
        app = procrastinate.App(connector=connector())

        @app.task(name="smilecity.tests.count")
        async def count(number: int) -> None:
            done.put_nowait(number)

        @app.periodic(
            cron="0 0 1 1 *"
        )  # as a node has some: without one the worker outlives its listener's end
        @app.task(name="smilecity.tests.yearly")
        async def yearly(timestamp: int) -> None:
            pass

        async with app.open_async():
            working = asyncio.create_task(work_off(app))
            await count.defer_async(number=1)
            assert await done.get() == 1
            await asyncio.to_thread(_open_to, database, everyone=False, but=ours)
            try:
                await asyncio.sleep(0.2)
            finally:
                await asyncio.to_thread(_open_to, database, everyone=True)
            with suppress(ConnectorException):  # if a question was under way
                await working
            assert await _workers(app) == 0
        async with app.open_async():
            await count.defer_async(number=2)
            working = asyncio.create_task(work_off(app))
            assert await done.get() == 2
            working.cancel()
            await asyncio.wait([working])

    asyncio.run(story())


async def _workers(app: procrastinate.App) -> int:
    (row,) = await app.connector.execute_query_all_async("SELECT count(*) AS n FROM procrastinate_workers")
    return int(row["n"])
