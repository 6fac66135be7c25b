# SPDX-License-Identifier: EUPL-1.2
"""What runs by the clock: open hours as spans, always two weeks ahead."""

from procrastinate import App, Blueprint

from smilecity.core.who import NODE
from smilecity.places import actions, reads

jobs = Blueprint()


def add(app: App) -> None:
    """Tell the queue of this room's jobs; called once, when Django is ready."""
    app.add_tasks_from(jobs, namespace="places")


@jobs.periodic(cron="17 2 * * *")
@jobs.task(name="refresh_spans", queueing_lock="places.refresh_spans", lock="places.spans")
def refresh_spans(timestamp: int) -> None:
    """The next two weeks of every place."""
    actions.refresh_spans(NODE)


@jobs.periodic(cron="29 * * * *")
@jobs.task(name="catch_up_spans", queueing_lock="places.catch_up_spans", lock="places.spans")
def catch_up_spans(timestamp: int) -> None:
    """The same for a node that slept in the night: hourly, and only if the spans end too soon."""
    if reads.spans_end_soon(NODE):
        actions.refresh_spans(NODE)
