# SPDX-License-Identifier: EUPL-1.2
"""Values of a datastream as they come in, numbered in the log as the node does, and looked at by the watch."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F

from smilecity.core import clock
from smilecity.core.who import NODE
from smilecity.things import actions
from smilecity.things.actions import observations
from smilecity.things.models import Alarm, Datastream, Observation
from tests.core.numbering import number_entries
from tests.things.stage import NOON, thing

CEL = {"name": "degree Celsius", "symbol": "°C", "definition": "ucum:Cel"}
PERCENT = {"name": "percent", "symbol": "%", "definition": "%"}
TEN = timedelta(minutes=10)


def warm(key: str = "baum", name: str = "temperature", **options: Any) -> Datastream:
    """A datastream of the air's temperature."""
    given = {"unit": CEL, "silent_after": timedelta(days=1), **options}
    sensor = actions.keep_sensor(NODE, "Probe")
    observed = actions.keep_observed_property(NODE, "urn:air-temperature", "Air temperature")
    return actions.keep_datastream(NODE, thing(key), name, sensor, observed, **given)


def charge(key: str = "baum") -> Datastream:
    """A datastream of a battery."""
    sensor = actions.keep_sensor(NODE, "Probe")
    observed = actions.keep_observed_property(NODE, "urn:battery-level", "Battery level")
    return actions.keep_datastream(
        NODE, thing(key), "battery", sensor, observed, unit=PERCENT, silent_after=timedelta(days=2)
    )


def comes(ds: int, numbers: Iterable[float], until: datetime = NOON, every: timedelta = TEN) -> None:
    """These numbers, the last at `until`, stored as a client sends them, and numbered in the log."""
    numbers = list(numbers)
    comes_at(ds, [(until - (len(numbers) - 1 - rank) * every, one) for rank, one in enumerate(numbers)])


def comes_at(ds: int, values: Sequence[tuple[datetime, float]]) -> None:
    """Numbers at moments."""
    bodies = [
        {"Datastream": {"@iot.id": ds}, "phenomenonTime": at.isoformat(), "result": number}
        for at, number in values
    ]
    observations.create(NODE, bodies)
    number_entries()


def look(now: datetime = NOON) -> None:
    """One run of the watch."""
    with clock.frozen(now):
        assert actions.watch(NODE)


def flags(ds: int) -> dict[float, int]:
    """The flags of odd values, by minutes before noon."""
    rows = Observation.objects.filter(datastream=ds, flags__isnull=False)
    return {(NOON - one.phenomenon_time).total_seconds() / 60: one.flags for one in rows}


def alarms(**wanted: Any) -> set[tuple[str, int]]:
    """Open alarms: kind and count."""
    return set(Alarm.objects.filter(until=None, **wanted).values_list("kind", F("count")))


def statements(work: Any) -> int:
    """How many statements this takes."""
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)
