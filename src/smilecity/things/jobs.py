# SPDX-License-Identifier: EUPL-1.2
"""What runs by the clock: partitions ahead of time, hours rolled up, what is past its time forgotten."""

from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from procrastinate import App, Blueprint

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.things import actions
from smilecity.things.actions import mirroring, tables
from smilecity.things.actions.commands import forget_commands as forget_old_commands
from smilecity.things.reads.mirroring import mirrors
from smilecity.things.reads.tables import waiting

MOST_PARKED = 1000  # of one EUI
ALARM_DAYS = 400
BEGAN = clock.now()
"""When this process began: a node that was down must not take all of its sensors for silent."""


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


def read_parked(timestamp: int) -> None:
    """What was parked while its device was being registered, and what a lost job left."""
    actions.replay(NODE)


def replay(eui: str) -> None:
    """Parked messages of an EUI, or of all (empty), read by today's register; asked for when a device is registered."""
    actions.replay(NODE, eui=eui)


def watch(timestamp: int) -> None:
    """What is new held against what is usual; what is not done in time is done the next time."""
    actions.watch(NODE, listening_since=BEGAN)


def learn(timestamp: int) -> None:
    """What is usual of each datastream, every night; and alarms that were over long ago are forgotten."""
    actions.learn(NODE)
    actions.forget_alarms(NODE, clock.now() - timedelta(days=ALARM_DAYS))


def tell_alarms(timestamp: int) -> None:
    """What is wrong with the sensors, once a day, before the day's mail goes out."""
    actions.tell_alarms(NODE)


def forget_commands(timestamp: int) -> None:
    """What devices were told, as long after its end as raw uplinks are kept."""
    forget_old_commands(NODE, timedelta(days=settings.SMILE.uplink_days))


def mirror(timestamp: int) -> None:
    """What is new at the services that are mirrored here; what went wrong stands in each one's state."""
    for one in mirrors(NODE):
        with suppress(Refusal):
            mirroring.mirror(NODE, one.pk)


def take_tables(timestamp: int = 0) -> None:
    """Tables that somebody wants looked through or taken in; what is not done in time is done the next time."""
    tables.forget_old(NODE)
    for number in waiting(NODE):
        with suppress(Refusal):
            tables.work(NODE, number)


# When, what, and on which line: of those on one line one runs at a time. What waits for others' machines, and what takes
# long, has a line of its own.
LINE = "things"
BY_THE_CLOCK = (
    ("7 * * * *", keep_partitions, LINE),
    ("23 3 * * *", forget_uplinks, LINE),
    ("29 3 * * *", forget_commands, LINE),
    ("41 * * * *", cap_parked, LINE),
    ("*/5 * * * *", roll_up, LINE),
    ("37 3 * * *", forget_observations, LINE),
    ("2-59/5 * * * *", watch, LINE),
    ("11 4 * * *", learn, LINE),
    ("40 4 * * *", tell_alarms, LINE),
    ("*/10 * * * *", read_parked, LINE),
    ("1-59/5 * * * *", mirror, "things.mirror"),
    ("* * * * *", take_tables, "things.tables"),
)


def add(app: App) -> None:
    """Tell the queue of this room's jobs, `things:<name>`. At most one of each waits."""
    jobs = Blueprint()
    for cron, work, line in BY_THE_CLOCK:
        task = jobs.task(name=work.__name__, queueing_lock=f"things.{work.__name__}", lock=line)(work)
        jobs.periodic(cron=cron)(task)
    jobs.task(name="replay", lock="things.replay")(replay)
    app.add_tasks_from(jobs, namespace="things")
