# SPDX-License-Identifier: EUPL-1.2
"""What runs by the clock: open hours as spans, always two weeks ahead; and bookings that end by themselves."""

from datetime import timedelta

from procrastinate import App, Blueprint

from smilecity.core import clock
from smilecity.core.who import NODE
from smilecity.places import actions, reads
from smilecity.places.actions import access, booking, lending, limits, locks, offers, openactive
from smilecity.places.actions.lending.ending import KEPT


def refresh_spans(timestamp: int) -> None:
    """The next two weeks of every place."""
    actions.refresh_spans(NODE)


def catch_up_spans(timestamp: int) -> None:
    """The same for a node that slept in the night: hourly, and only if the spans end too soon."""
    if reads.spans_end_soon(NODE):
        actions.refresh_spans(NODE)


def release_slots(timestamp: int) -> None:
    """Holds nobody confirmed, and bookings nobody came to."""
    booking.release_expired(NODE)
    booking.release_missed(NODE)


def converge_locks(timestamp: int) -> None:
    """What controllers should hold, against what they last said."""
    access.follow_access(NODE)
    locks.converge(NODE)


def forget_lock_commands(timestamp: int) -> None:
    """What boxes were told, a month after it was over; who opened what is in the access log."""
    locks.forget_commands(NODE, clock.now() - timedelta(days=30))


def weather(timestamp: int) -> None:
    """Limits that close places by themselves, and open them again."""
    limits.watch_weather(NODE)


def forget_users(timestamp: int) -> None:
    """Who used what, some months after they did."""
    booking.forget_users(NODE)


def write_occasions(timestamp: int) -> None:
    """The dates of every offer, for 400 days."""
    offers.write_occasions(NODE)


def forget_registered(timestamp: int) -> None:
    """Who came to a date, 30 days after it."""
    offers.forget_registered(NODE)


def follow_loans(timestamp: int) -> None:
    """What doors reported that the door has not heeded yet, and what nobody fetched."""
    lending.heed_doors(NODE)
    lending.end_openings(NODE)


def remind_borrowers(timestamp: int) -> None:
    """Who is late, and what the clubs have to do."""
    lending.remind_late(NODE)
    lending.plan_chores(NODE)


def forget_borrowers(timestamp: int) -> None:
    """Who borrowed what and opened which door, some months after they did."""
    lending.forget_borrowers(NODE)
    access.forget_keyholders(NODE, clock.now() - KEPT)


def follow_openactive(timestamp: int) -> None:
    """What the feeds for other programmes tell, up to where the log is."""
    openactive.follow(NODE)


def renew_openactive(timestamp: int) -> None:
    """Slots that are over, and days that have come near."""
    openactive.renew(NODE)


# When, what, and on which line: of those on one line one runs at a time.
BY_THE_CLOCK = (
    ("17 2 * * *", refresh_spans, "places.spans"),
    ("29 * * * *", catch_up_spans, "places.spans"),
    ("* * * * *", release_slots, "places.booking"),
    ("* * * * *", converge_locks, "places.locks"),
    ("47 3 * * *", forget_lock_commands, "places.locks"),
    ("* * * * *", weather, "places.weather"),
    ("41 3 * * *", forget_users, "places.booking"),
    ("7 1 * * *", write_occasions, "places.offers"),
    ("53 3 * * *", forget_registered, "places.offers"),
    ("* * * * *", follow_loans, "places.lending"),
    ("*/15 * * * *", remind_borrowers, "places.lending"),
    ("47 3 * * *", forget_borrowers, "places.lending"),
    ("* * * * *", follow_openactive, "places.openactive"),
    ("3 * * * *", renew_openactive, "places.openactive"),
)


def add(app: App) -> None:
    """Tell the queue of this room's jobs, `places:<name>`. At most one of each waits."""
    jobs = Blueprint()
    for cron, work, line in BY_THE_CLOCK:
        task = jobs.task(name=work.__name__, queueing_lock=f"places.{work.__name__}", lock=line)(work)
        jobs.periodic(cron=cron)(task)
    app.add_tasks_from(jobs, namespace="places")
