# SPDX-License-Identifier: EUPL-1.2
"""GET /health and GET /metrics: how the node is, for people who run it and for Prometheus."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import orjson
import prometheus_client
import psycopg
from prometheus_client import Gauge
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from smilecity import __version__
from smilecity.city.asgi import among
from smilecity.city.parse import Network
from smilecity.core.asgi import Receive, Scope, Send, answer, answer_refusal, only
from smilecity.core.problems import Refusal

LAG = """
SELECT (SELECT last FROM core_loghead), count(*), coalesce(extract(epoch FROM now() - min(at)), 0)::float8,
    current_setting('server_version')
FROM core_logentry WHERE position IS NULL
"""
LATE_SECONDS = 5.0
ANSWER_SECONDS = 3.0

WAITING = Gauge("smile_log_waiting_entries", "Log entries committed and not numbered yet")
LAG_SECONDS = Gauge("smile_log_lag_seconds", "Age of the oldest entry not numbered yet")

How = Callable[[], dict[str, Any]]
"""How a part is; `status` is ok, away or standby."""


class State:
    """The ASGI application of both addresses.

    `parts` are what the node can do without for a while: with one of them away it is degraded, and still serves (200).
    """

    def __init__(
        self,
        pool: AsyncConnectionPool,
        metrics_from: tuple[Network, ...],
        parts: Mapping[str, How] | None = None,
    ) -> None:
        self._pool = pool
        self._metrics_from = metrics_from
        self._parts = parts or {}

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] not in ("GET", "HEAD"):
            await answer_refusal(send, *only("GET", "HEAD"))
            return
        path = scope["path"].rstrip("/")
        if path not in ("/health", "/metrics"):
            raise Refusal("request.unknown", "There is nothing at this address.", status=404)
        if path == "/metrics" and not among(scope["client"][0], self._metrics_from):
            raise Refusal(
                "metrics.not-from-here",
                "Metrics are not given to this address.",
                cure="The operator allows more networks with SMILE_METRICS_FROM.",
                status=403,
            )
        health = await self._health()
        if path == "/metrics":
            await answer(
                send, 200, prometheus_client.generate_latest(), prometheus_client.CONTENT_TYPE_LATEST
            )
        else:
            await answer(
                send,
                200 if health["status"] in ("ok", "degraded") else 503,
                orjson.dumps(health),
                headers=[(b"cache-control", b"no-store")],
            )

    async def _health(self) -> dict[str, Any]:
        try:
            # The pool's own limit is for getting a connection; a database that hangs hands one out and then is silent.
            async with asyncio.timeout(ANSWER_SECONDS), self._pool.connection(timeout=2) as connection:
                row = await (await connection.execute(LAG, prepare=True)).fetchone()
        except (psycopg.Error, PoolTimeout, TimeoutError):
            return {"status": "failing", "version": __version__, "database": {"status": "away"}}
        if row is None:
            return {"status": "failing", "version": __version__, "database": {"status": "empty"}}
        position, waiting, age, version = row
        WAITING.set(waiting)
        LAG_SECONDS.set(age)
        parts = {name: how() for name, how in self._parts.items()}
        away = any(one["status"] == "away" for one in parts.values())
        return {
            "status": "late" if age >= LATE_SECONDS else "degraded" if away else "ok",
            "version": __version__,
            "database": {"status": "ok", "version": version},
            "log": {"position": position, "waiting": waiting, "lag_seconds": round(age, 3)},
            **parts,
        }
