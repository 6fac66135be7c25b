# SPDX-License-Identifier: EUPL-1.2
"""The works: jobs by the clock and from the queue, and all that is heavy.

So that none of it starves the door.
"""

import asyncio
import signal

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.contrib.django import app as queue
from procrastinate.contrib.django.utils import connector_params

from smilecity.city.boot import Node
from smilecity.city.parent import end_with_parent
from smilecity.city.telling import keep_telling
from smilecity.core.numberer import number_entries

JOBS_AT_ONCE = 4  # a concurrency of 1 loses wake-ups
STOP_SECONDS = 3

log = structlog.get_logger("works")


def run(node: Node, *, demo: bool) -> None:
    """Work until SIGTERM or SIGINT. Django must be set up."""
    asyncio.run(_work(node, demo=demo))


async def _work(node: Node, *, demo: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    connected = queue.with_connector(connector())
    async with connected.open_async():
        tasks = [
            asyncio.create_task(work, name=name)
            for name, work in (
                ("jobs", work_off(connected)),
                ("numberer", number_entries(node.url)),
                ("telling", keep_telling(node.url)),
                *([("simulator", _simulated(node))] if demo else []),
            )
        ]
        watching = [asyncio.create_task(end_with_parent()), asyncio.create_task(stop.wait())]
        log.info("works running")
        done, _ = await asyncio.wait([*tasks, watching[1]], return_when=asyncio.FIRST_COMPLETED)
        for task in done - set(watching):
            log.critical("part ended", part=task.get_name(), exc_info=task.exception())
        for task in [*tasks, *watching]:
            task.cancel()
        await asyncio.wait(tasks, timeout=STOP_SECONDS)
    log.info("works closed")
    if done & set(tasks):
        raise RuntimeError("a part of the works ended by itself")


def connector() -> PsycopgConnector:
    """How the queue asks the node's database.

    One connection is enough, as it is asked for a moment only; the listener has its own. Each of several that died
    with the database would be waited for in turn, and meanwhile no job is done.
    """
    return PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=1)


async def work_off(connected: App) -> None:
    """Do jobs until cancelled, or until the database goes away.

    Then all begins anew with the process: the threads of jobs have connections of their own, which nobody looks after.
    """
    await connected.run_worker_async(
        concurrency=JOBS_AT_ONCE, install_signal_handlers=False, delete_jobs="successful", listen_notify=True
    )


async def _simulated(node: Node) -> None:
    from smilecity.city.demo.founding import keep_alive  # only a demo carries the demo

    await keep_alive(node)
