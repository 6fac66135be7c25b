# SPDX-License-Identifier: EUPL-1.2
"""`python -m tests.demo.works`: what a node does by the clock, in the city of `DATABASE_URL`, when it is told to.

The walks' city has a door and no works, so that nothing happens there by itself. A line of JSON is a call, `["name",
argument, ...]`; a line of JSON is its answer.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.demo.conftest import City
from tests.migrated import as_address


class Works:
    """The other end of the line."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def __call__(self, name: str, *given: Any) -> Any:
        """Have it done, and hear what it says."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([name, *given]) + "\n")
        self._process.stdin.flush()
        said = self._process.stdout.readline()
        assert said, f"the works ended at {name}"
        return json.loads(said)


@contextmanager
def at_work(city: City) -> Iterator[Works]:
    """Works in this city, until the block ends."""
    name = city.url.partition("dbname=")[2].split()[0]
    environment = {
        **os.environ,
        "DATABASE_URL": as_address(os.environ["DATABASE_URL"], name),
        "SMILE_DATA": str(city.folder),
    }
    command = [sys.executable, "-m", "tests.demo.works"]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Works(process)
        assert process.stdin is not None
        process.stdin.close()


def heed(key: str = "") -> bool:
    """What was announced reaches loans and inboxes; whether the box of this key has not yet answered a command."""
    from smilecity.city.telling import tell_waiting
    from smilecity.core.models import LogEntry
    from smilecity.core.who import NODE
    from smilecity.places.actions import lending
    from smilecity.places.models import LockCommand

    def numbered() -> None:  # by the door
        while LogEntry.objects.filter(position=None).exists():
            time.sleep(0.02)

    numbered()
    while lending.heed_doors(NODE):
        numbered()
    tell_waiting()
    unanswered = (LockCommand.WAITING, LockCommand.SENT, LockCommand.RECEIVED)
    return LockCommand.objects.filter(controller__key=key, state__in=unanswered).exists()


def look_at_weather(minutes: int) -> int:
    """As the clock would make it look, so many minutes from now."""
    from smilecity.core import clock
    from smilecity.core.who import NODE
    from smilecity.places.actions import limits

    with clock.frozen(clock.now() + timedelta(minutes=minutes)):
        return limits.watch_weather(NODE)


def open_late(slug: str) -> int:
    """A place is open for some hours, whatever time it is; by which exception."""
    from smilecity.core import clock
    from smilecity.core.models import Noun
    from smilecity.core.who import NODE
    from smilecity.places.actions import opening

    now, hours = clock.now(), timedelta(hours=4)
    place = Noun.objects.get(address=f"places/{slug}")
    return opening.open_extra(NODE, place.id, (now - hours, now + hours), {"de": "Langer Abend"}).id


def book_soon(person: str, unit: str) -> None:
    """Somebody has booked this in an hour, at whatever time it is; by the tables that booking writes."""
    from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

    from smilecity.core import clock
    from smilecity.people.demo import account
    from smilecity.places.models import Booking, Claim, Unit

    who, there = account(person), Unit.objects.get(key=unit)
    assert who is not None
    start = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    during = DateTimeTZRange(start, start + timedelta(hours=1))
    made = Booking.objects.create(key=uuid4(), unit=there, during=during, state=Booking.BOOKED, account=who)
    Claim.objects.create(booking=made, unit=there, during=during)


def report_lamps(count: int) -> None:
    """So many people say that a lamp is dark: enough for whoever works on them, and nobody looks after them yet."""
    from smilecity.citizens.actions import say_need
    from smilecity.citizens.rules import Coming
    from smilecity.core.who import ANYONE

    for number in range(count + 1):
        words = f"Vor Haus {number} ist die Lampe aus."
        coming = Coming(category="lampe-aus")
        say_need(ANYONE, uuid4(), kind="problem", words=words, language="de", coming=coming)


def take_tables() -> None:
    """As the queue would: what was brought is looked through, or taken in."""
    from smilecity.citizens.jobs import take_need_tables

    take_need_tables()


def end_exception(number: int) -> None:
    """It is as it was before."""
    from smilecity.core.who import NODE
    from smilecity.places.actions import opening

    opening.end_closing(NODE, number)


def controller(key: str) -> dict[str, Any]:
    """What a box knows when it is put up, and the last numbers of both sides."""
    from smilecity.places.models import Controller
    from smilecity.places.reads.locks import secret_of

    found = Controller.objects.get(key=key)
    secret = secret_of(found)
    assert secret is not None
    return {"secret": secret.hex(), "said": found.heard_counter, "taken": found.counter}


CALLS: dict[str, Callable[..., Any]] = {
    one.__name__: one
    for one in (
        heed,
        report_lamps,
        look_at_weather,
        open_late,
        book_soon,
        take_tables,
        end_exception,
        controller,
    )
}


def main() -> None:
    """Until nobody calls any more."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "smilecity.city.django"
    import django

    django.setup()
    answers, sys.stdout = sys.stdout, sys.stderr  # what is logged is no answer
    for line in sys.stdin:
        name, *given = json.loads(line)
        answers.write(json.dumps(CALLS[name](*given)) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
