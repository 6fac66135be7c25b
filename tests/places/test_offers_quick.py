# SPDX-License-Identifier: EUPL-1.2
"""Finding something to do reads a page's worth among thousands; what needs no search for dates is computed the same."""

from datetime import datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from smilecity.core import clock
from smilecity.core.models import Noun
from smilecity.core.who import ANYONE
from smilecity.places.models import Offer
from smilecity.places.reads import offers as reads
from smilecity.places.reads.offers.finding import PAGE_SIZE
from smilecity.places.rules.offers import Wish, recurrence

OFFERS, WEEKS = 400, 50
# Tables and indexes that are read anew for each date of a city show here; a page's worth does not.
MOST_BUFFERS = 3_000
FILL = """
INSERT INTO places_occasion (offer_id, start, during, cancelled, note, taken, changed)
SELECT noun_id, at, tstzrange(at, at + duration), false, '{}', 0, false
FROM places_offer, generate_series(starts_at, starts_at + interval '1 week' * %s, interval '1 week') AS at
"""


def fill() -> None:
    """Weekly offers on every weekday, each with a year of dates; every fifth is called a dance."""
    now = clock.now()
    Noun.objects.bulk_create(
        Noun(
            kind="offer", address=f"offers/quick-{number}", visibility=Noun.PUBLIC, changed_at=now,
            title={"de": f"Tanz {number}" if number % 5 == 0 else f"Kurs {number}"}, sort=f"{number}",
            plain=f"tanz {number}" if number % 5 == 0 else f"kurs {number}",
        )
        for number in range(OFFERS)
    )  # fmt: skip
    made = Noun.objects.filter(kind="offer").order_by("id")
    Offer.objects.bulk_create(
        Offer(
            noun=noun, starts_at=now + timedelta(days=number % 7, minutes=1 + number), rule="FREQ=WEEKLY",
            duration=timedelta(hours=1), age_from=6,
        )
        for number, noun in enumerate(made)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(FILL, [WEEKS - 1])
        cursor.execute("ANALYZE")


@pytest.mark.parametrize(
    "wish",
    [Wish(), Wish(when="tomorrow"), Wish(weekday=2), Wish(age=30, hours=(0, 1440)), Wish(q="Tanz", age=30)],
)
def test_a_page_of_dates_reads_a_page_among_thousands(db: None, wish: Wish) -> None:
    fill()
    with CaptureQueriesContext(connection) as captured:
        assert len(reads.sought(ANYONE, wish).items) == PAGE_SIZE
    assert len(captured) <= 5
    assert sum(map(_buffers, [one["sql"] for one in captured])) < MOST_BUFFERS


def _buffers(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}")
        plan = cursor.fetchone()[0][0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


@given(
    st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(microsecond=0)),
    st.sampled_from(["DAILY", "WEEKLY"]),
    st.integers(1, 9),
    st.sampled_from(["", "COUNT=1", "COUNT=40", "UNTIL=20261224T235959", "UNTIL=20261224T120000"]),
    st.booleans(),
)
def test_equal_steps_give_the_dates_of_the_rule(
    starts: datetime, often: str, every: int, end: str, own: bool
) -> None:
    rule = f"FREQ={often};INTERVAL={every}" + (f";{end}" if end else "")
    if own and often == "WEEKLY":
        rule += f";BYDAY={recurrence.DAYS[starts.weekday()]}"
    since = datetime(2026, 3, 1)
    until = since + timedelta(days=recurrence.HORIZON_DAYS, hours=23, minutes=59, seconds=59)
    bounded = rule if end else f"{rule};UNTIL={until:%Y%m%dT%H%M%S}"
    wanted = rrulestr(bounded, dtstart=starts).between(since, until, inc=True)
    assert recurrence.dates(rule, starts, since.date(), until.date()) == wanted
