# SPDX-License-Identifier: EUPL-1.2
"""Jobs: known to the queue, done by the clock."""

from datetime import timedelta
from uuid import uuid4

import pytest
from procrastinate import App
from procrastinate.testing import InMemoryConnector

from smilecity.core import clock
from smilecity.things import jobs
from smilecity.things.models import Uplink
from tests.things.stage import EUI, NOON


def test_the_queue_learns_of_every_job_once() -> None:
    app = App(connector=InMemoryConnector())
    jobs.add(app)
    names = {f"things:{work.__name__}" for _cron, work, _line in jobs.BY_THE_CLOCK}
    assert {"things:keep_partitions", "things:forget_uplinks", "things:cap_parked"} < names
    assert {"things:roll_up", "things:forget_observations"} < names
    assert names <= app.tasks.keys()
    assert {task.task.name for task in app.periodic_registry.periodic_tasks.values()} == names


@pytest.mark.django_db
def test_jobs_do_what_they_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_PARKED", 3)
    for days in (0, 0, 0, 0, 29, 31):
        at = NOON - timedelta(days=days)
        Uplink.objects.create(
            key=uuid4(), eui=EUI, received_at=at, stored_at=at, f_port=1, payload=b"", state=Uplink.PARKED
        )
    with clock.frozen(NOON):
        jobs.keep_partitions(0)
        jobs.forget_uplinks(0)
        assert Uplink.objects.count() == 5
        jobs.cap_parked(0)
    assert Uplink.objects.count() == 3
