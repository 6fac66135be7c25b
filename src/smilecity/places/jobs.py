# SPDX-License-Identifier: EUPL-1.2
"""What runs by the clock: open hours as spans, always two weeks ahead; and bookings that end by themselves."""

from datetime import timedelta

from procrastinate import App, Blueprint

from smilecity.core import clock
from smilecity.core.who import NODE
from smilecity.places import actions, reads
from smilecity.places.actions import booking, lending, limits, locks, offers

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


@jobs.periodic(cron="* * * * *")
@jobs.task(name="release_slots", queueing_lock="places.release_slots", lock="places.booking")
def release_slots(timestamp: int) -> None:
    """Holds nobody confirmed, and bookings nobody came to."""
    booking.release_expired(NODE)
    booking.release_missed(NODE)


@jobs.periodic(cron="* * * * *")
@jobs.task(name="converge_locks", queueing_lock="places.converge_locks", lock="places.locks")
def converge_locks(timestamp: int) -> None:
    """What controllers should hold, against what they last said."""
    locks.converge(NODE)


@jobs.periodic(cron="47 3 * * *")
@jobs.task(name="forget_lock_commands", queueing_lock="places.forget_lock_commands", lock="places.locks")
def forget_lock_commands(timestamp: int) -> None:
    """What boxes were told, a month after it was over; who opened what is in the access log."""
    locks.forget_commands(NODE, clock.now() - timedelta(days=30))


@jobs.periodic(cron="* * * * *")
@jobs.task(name="weather", queueing_lock="places.weather", lock="places.weather")
def weather(timestamp: int) -> None:
    """Limits that close places by themselves, and open them again."""
    limits.watch_weather(NODE)


@jobs.periodic(cron="41 3 * * *")
@jobs.task(name="forget_users", queueing_lock="places.forget_users", lock="places.booking")
def forget_users(timestamp: int) -> None:
    """Who used what, some months after they did."""
    booking.forget_users(NODE)


@jobs.periodic(cron="7 1 * * *")
@jobs.task(name="write_occasions", queueing_lock="places.write_occasions", lock="places.offers")
def write_occasions(timestamp: int) -> None:
    """The dates of every offer, for 400 days."""
    offers.write_occasions(NODE)


@jobs.periodic(cron="53 3 * * *")
@jobs.task(name="forget_registered", queueing_lock="places.forget_registered", lock="places.offers")
def forget_registered(timestamp: int) -> None:
    """Who came to a date, 30 days after it."""
    offers.forget_registered(NODE)


@jobs.periodic(cron="* * * * *")
@jobs.task(name="follow_loans", queueing_lock="places.follow_loans", lock="places.lending")
def follow_loans(timestamp: int) -> None:
    """What doors reported that the door has not heeded yet, and what nobody fetched."""
    lending.heed_doors(NODE)
    lending.end_openings(NODE)


@jobs.periodic(cron="*/15 * * * *")
@jobs.task(name="remind_borrowers", queueing_lock="places.remind_borrowers", lock="places.lending")
def remind_borrowers(timestamp: int) -> None:
    """Who is late, and what the clubs have to do."""
    lending.remind_late(NODE)
    lending.plan_chores(NODE)


@jobs.periodic(cron="47 3 * * *")
@jobs.task(name="forget_borrowers", queueing_lock="places.forget_borrowers", lock="places.lending")
def forget_borrowers(timestamp: int) -> None:
    """Who borrowed what and opened which door, some months after they did."""
    lending.forget_borrowers(NODE)
