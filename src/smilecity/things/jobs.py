# SPDX-License-Identifier: EUPL-1.2
"""What runs by the clock: partitions ahead of time, hours rolled up, what is past its time forgotten."""

from datetime import timedelta

from django.conf import settings
from procrastinate import App, Blueprint

from smilecity.core import clock
from smilecity.core.who import NODE
from smilecity.things import actions

MOST_PARKED = 1000  # of one EUI


def keep_partitions(timestamp: int) -> None:
    """This month's partition and the next two; hourly, so that a node that slept is soon ahead again."""
    actions.keep_months(NODE)


def forget_uplinks(timestamp: int) -> None:
    """Raw uplinks older than the operator wants them kept (SMILE_UPLINK_DAYS), whatever their state."""
    actions.forget_uplinks(NODE, clock.now() - timedelta(days=settings.SMILE.uplink_days))


def cap_parked(timestamp: int) -> None:
    """A device that nobody registers must not fill the disk."""
    actions.cap_parked(NODE, MOST_PARKED)


def roll_up(timestamp: int) -> None:
    """Hours for charts and $apply; what is not done in time is done the next time."""
    actions.roll_up(NODE)


def forget_observations(timestamp: int) -> None:
    """Raw values of things that say how long they are kept, at night."""
    actions.forget_observations(NODE)


BY_THE_CLOCK = (
    ("7 * * * *", keep_partitions),
    ("23 3 * * *", forget_uplinks),
    ("41 * * * *", cap_parked),
    ("*/5 * * * *", roll_up),
    ("37 3 * * *", forget_observations),
)


def add(app: App) -> None:
    """Tell the queue of this room's jobs, `things:<name>`. At most one of each waits, and one of all runs."""
    jobs = Blueprint()
    for cron, work in BY_THE_CLOCK:
        task = jobs.task(name=work.__name__, queueing_lock=f"things.{work.__name__}", lock="things")(work)
        jobs.periodic(cron=cron)(task)
    app.add_tasks_from(jobs, namespace="things")
