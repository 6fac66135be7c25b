# SPDX-License-Identifier: EUPL-1.2
"""Writes: another SensorThings service mirrored here, its things first, then what they observed.

Each page of the other service is one transaction or less, with the place where to go on; so a run may end anywhere.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.things.actions.desk import keeper
from smilecity.things.actions.mirroring.entities import sweep
from smilecity.things.actions.mirroring.observing import observe
from smilecity.things.actions.mirroring.peer import Get
from smilecity.things.actions.mirroring.run import Run, Total
from smilecity.things.models import Connector, ConnectorState

SECONDS = 240.0  # of one run; the clock starts one every five minutes
SWEEP_EVERY = timedelta(hours=1)


def mirror(
    who: Who, connector: int, *, whole: bool = False, seconds: float = SECONDS, get: Get | None = None
) -> Total:
    """Mirror what is new over there, for so long at most; what is left is done by the next run.

    Things are looked through once an hour, or now if `whole`. Refuses `mirror.unknown`, `mirror.runs`, and what keeps
    the other service from being read (`reach.*`), which its state says as well. Lock: an advisory lock of the
    connector, for as long as it runs.
    """
    keeper(who)
    found = Connector.objects.filter(pk=connector, kind=Connector.MIRROR).first()
    if found is None:
        raise Refusal("mirror.unknown", "There is no such mirror.", status=404)
    with _alone(connector):
        state, _created = ConnectorState.objects.get_or_create(connector=found)
        run = Run.of(who, found, state, seconds, get)
        try:
            run.began()
            if whole or run.position.get("plural") or _is_due(run.position.get("swept")):
                sweep(run)
            observe(run)
        except Refusal as refusal:
            run.failed(refusal)
            raise
        run.ended()
        return run.total


def _is_due(swept: str | None) -> bool:
    return swept is None or clock.now() - datetime.fromisoformat(swept) >= SWEEP_EVERY


@contextmanager
def _alone(connector: int) -> Iterator[None]:
    """No two runs of one mirror at a time, in whichever processes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended('things.mirror', %s))", [connector])
        if not (cursor.fetchone() or (False,))[0]:
            raise Refusal("mirror.runs", "This mirror is running already.", cure="Wait.", status=409)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended('things.mirror', %s))", [connector])
