# SPDX-License-Identifier: EUPL-1.2
"""When something is taken, as iCalendar's VFREEBUSY: times without a name, a person or a purpose."""

from collections.abc import Sequence
from datetime import UTC, datetime

from smilecity.places.rules.booking.times import Span
from smilecity.places.rules.ical import PRODUCER

BUSY, CLOSED = "BUSY", "BUSY-UNAVAILABLE"


def calendar(
    uid: str, span: Span, taken: Sequence[Span], closed: Sequence[Span], stamp: datetime, url: str = ""
) -> bytes:
    """What is taken and what is closed within the span, as an iCalendar file; times in UTC."""
    from icalendar import Calendar, FreeBusy, Parameters, vPeriod

    made, one = Calendar(), FreeBusy()
    for key, value in (("prodid", PRODUCER), ("version", "2.0"), ("method", "PUBLISH")):
        made.add(key, value)
    one.add("uid", uid)
    one.add("dtstamp", stamp.astimezone(UTC))
    one.add("dtstart", span[0].astimezone(UTC))
    one.add("dtend", span[1].astimezone(UTC))
    if url:
        one.add("url", url)
    for kind, spans in ((BUSY, taken), (CLOSED, closed)):
        for start, end in within(spans, span):
            period = vPeriod((start.astimezone(UTC), end.astimezone(UTC)))
            period.params = Parameters({"FBTYPE": kind})
            one.add("freebusy", period, encode=False)
    made.add_component(one)
    written: bytes = made.to_ical()
    return written


def within(spans: Sequence[Span], whole: Span) -> list[Span]:
    """The parts of these spans that lie in the whole."""
    cut = [(max(start, whole[0]), min(end, whole[1])) for start, end in spans]
    return [(start, end) for start, end in cut if start < end]


def between(spans: Sequence[Span], whole: Span) -> list[Span]:
    """What is left of the whole between these spans, which are in order and apart."""
    edges = [whole[0], *(moment for span in within(spans, whole) for moment in span), whole[1]]
    return [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end]
