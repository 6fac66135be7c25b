# SPDX-License-Identifier: EUPL-1.2
"""The course of a day, a week, a month or a year: rows for a table, a sentence, numbers for the drawing."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from django.conf import settings
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later
from django.utils.translation import ngettext

from smilecity.core import clock, moments
from smilecity.core.problems import Sentence
from smilecity.core.who import Who
from smilecity.things.pages import words
from smilecity.things.reads import Bucket
from smilecity.things.reads.register import Stream
from smilecity.things.reads.series import Series, series
from smilecity.things.reads.watching import MOST_ODD, Odd, counted, odd_values
from smilecity.things.rules import said

DAY, WEEK, MONTH, YEAR = "day", "week", "month", "year"
SPANS: dict[str, Sentence] = {
    DAY: _later("Tag"),
    WEEK: _later("Woche"),
    MONTH: _later("Monat"),
    YEAR: _later("Jahr"),
}
MOST_CHARTS = 6
MOST_OF_YEARS = 3
FIRST_DAY = date(1970, 1, 1)
UNKNOWN = "\N{EN DASH}"


class Given(Protocol):
    """What is asked, by name: a query string."""

    def get(self, key: str, /) -> str | None:
        """The value of this name."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which span around which day, of one datastream or (None) of the first ones."""

    span: str
    day: date
    stream: int | None


@dataclass(frozen=True, slots=True)
class Span:
    """A way to another span or another time."""

    label: str
    query: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Spans:
    """The ways to other spans, to the time before and (if it has begun) after, and what this time is called."""

    kinds: list[Span]
    before: Span
    after: Span | None
    title: str


@dataclass(frozen=True, slots=True)
class Row:
    """A stretch of time: what is said, what is drawn (empty where nothing is known), and whether a value is odd."""

    start: datetime
    time: str
    said: tuple[str, str, str]
    drawn: tuple[str, str, str]
    odd: bool = False

    @property
    def cells(self) -> list[tuple[str, str]]:
        """Mean, lowest and highest: what is drawn and what is said."""
        return list(zip(self.drawn, self.said, strict=True))


@dataclass(frozen=True, slots=True)
class Chart:
    """The course of one datastream. Without rows nothing was measured in that time; `odd` says what is."""

    id: int
    name: str
    unit: str
    sentence: str
    rows: list[Row]
    odd: str = ""


def asked(given: Given, streams: Sequence[Stream]) -> Asked:
    """What an address asks for; what cannot be asked is the newest day that was measured, else today.

    So the first minutes of a day, and a sensor that went silent, still show a course.
    """
    span, stream = given.get("span") or DAY, given.get("stream") or ""
    today = _today()
    try:
        day = date.fromisoformat(given.get("day") or "")
    except ValueError:
        measured = [one.at for one in _numeric(streams) if one.at is not None]
        day = max(measured).astimezone(settings.SMILE.zone).date() if measured else today
    return Asked(
        span if span in SPANS else DAY,
        min(max(day, FIRST_DAY), today),
        int(stream) if stream.isascii() and stream.isdigit() and len(stream) < 19 else None,
    )


def spans(asked: Asked) -> Spans:
    """The ways from here to other spans and times."""
    first, following = _bounds(asked)
    after = _way(_later_words(asked.span), asked.span, following, asked) if following <= _today() else None
    return Spans(
        [Span(str(text), _query(span, asked.day, asked), span == asked.span) for span, text in SPANS.items()],
        _way(_earlier_words(asked.span), asked.span, max(FIRST_DAY, first - timedelta(days=1)), asked),
        after,
        _title(asked, first, following),
    )


def charts(who: Who, streams: Sequence[Stream], asked: Asked) -> list[Chart]:
    """A chart for each datastream of numbers that has any, as many as are shown at once, or of the one asked for."""
    made = []
    for one in _chosen(streams, asked):
        found = series(who, one.id, asked.span, asked.day)
        if found is not None:
            made.append(_chart(one, found, odd_values(who, one.id, found.since, found.until), asked))
    return made


def others(streams: Sequence[Stream], asked: Asked) -> list[Span]:
    """The ways to the charts that are not shown."""
    shown = _chosen(streams, asked)
    return [
        Span(words.name(one), _query(asked.span, asked.day, replace(asked, stream=one.id)))
        for one in _numeric(streams)
        if one not in shown
    ]


def _numeric(streams: Sequence[Stream]) -> list[Stream]:
    return [one for one in streams if one.number is not None and not one.multi]


def _chosen(streams: Sequence[Stream], asked: Asked) -> list[Stream]:
    numeric = _numeric(streams)
    most = MOST_OF_YEARS if asked.span == YEAR else MOST_CHARTS
    return [one for one in numeric if one.id == asked.stream] or numeric[:most]


def _chart(stream: Stream, found: Series, odd: Sequence[Odd], asked: Asked) -> Chart:
    buckets = found.buckets
    known = [one for one in buckets if one.mean is not None]
    shown = _without_ends(buckets) if asked.span == YEAR else buckets
    where = odd_among([one.start for one in buckets], odd)
    rows = [_row(stream, one, asked.span, odd=one.start in where) for one in shown] if known else []
    symbol = "" if stream.people else said.symbol(stream.unit)
    sentence = _sentence(stream, known, asked.span)
    return Chart(stream.id, words.name(stream), symbol, sentence, rows, _odd(odd))


def odd_among(starts: Sequence[datetime], odd: Sequence[Odd]) -> set[datetime]:
    """The starts of those stretches, in order, in which a value is odd."""
    ranks = {bisect_right(starts, one.at) - 1 for one in odd}
    return {starts[rank] for rank in ranks if rank >= 0}


def _odd(found: Sequence[Odd]) -> str:
    """How many values are odd, and in which way; empty for none."""
    if not found:
        return ""
    ways = ", ".join(str(words.ODD[code]) for code in counted(found))
    if len(found) == MOST_ODD:
        return _("Sehr viele Werte sind auffällig: %(ways)s.") % {"ways": ways}
    text = ngettext(
        "%(count)d Wert ist auffällig: %(ways)s.", "%(count)d Werte sind auffällig: %(ways)s.", len(found)
    )
    return text % {"count": len(found), "ways": ways}


def _without_ends(buckets: Sequence[Bucket]) -> Sequence[Bucket]:
    """From the first to the last of which something is known: a year has many days, each a row."""
    known = [rank for rank, one in enumerate(buckets) if one.mean is not None]
    return buckets[known[0] : known[-1] + 1] if known else buckets


def _row(stream: Stream, bucket: Bucket, span: str, *, odd: bool) -> Row:
    numbers = (bucket.mean, bucket.low, bucket.high)
    return Row(
        bucket.start,
        _time(bucket.start, span),
        (_said(stream, numbers[0]), _said(stream, numbers[1]), _said(stream, numbers[2])),
        (_drawn(stream, numbers[0]), _drawn(stream, numbers[1]), _drawn(stream, numbers[2])),
        odd,
    )


def _said(stream: Stream, number: float | None) -> str:
    """In a table. Small counts of people are told alike."""
    if number is None:
        return UNKNOWN
    if not stream.people:
        return said.measured(number, said.symbol(stream.unit)) or UNKNOWN
    people = said.whole(number)
    return UNKNOWN if people is None else said.shown(people, settings.SMILE.few_below)


def _drawn(stream: Stream, number: float | None) -> str:
    if number is None:
        return ""
    if not stream.people:
        return f"{number:.10g}"
    people = said.whole(number)
    return "" if people is None else f"{said.drawn(people, settings.SMILE.few_below):g}"


def _sentence(stream: Stream, known: list[Bucket], span: str) -> str:
    """The course in words, for those who cannot see the drawing and for those in a hurry."""
    if not known:
        return _("In dieser Zeit wurde nichts gemessen.")
    if stream.people:
        return _busiest(known, span)
    return _extremes(stream, known, span)


def _extremes(stream: Stream, known: list[Bucket], span: str) -> str:
    top = max(known, key=lambda one: one.high or 0.0)
    bottom = min(known, key=lambda one: one.low or 0.0)
    symbol = said.symbol(stream.unit)
    if said.measured(top.high or 0.0, symbol) == said.measured(bottom.low or 0.0, symbol):
        return _("Der Wert blieb bei %(value)s.") % {"value": said.measured(top.high or 0.0, symbol)}
    return _(
        "Am höchsten war der Wert %(top_when)s mit %(top)s, am niedrigsten %(bottom_when)s mit %(bottom)s."
    ) % {
        "top_when": _when(top.start, span),
        "top": said.measured(top.high or 0.0, symbol),
        "bottom_when": _when(bottom.start, span),
        "bottom": said.measured(bottom.low or 0.0, symbol),
    }


def _busiest(known: list[Bucket], span: str) -> str:
    """Those that read "a few" count alike, or the order would tell them."""
    few = settings.SMILE.few_below
    counted = [(one, said.whole(one.mean)) for one in known]
    some = [(one, people) for one, people in counted if people]
    if not some:
        return _("In dieser Zeit wurde niemand gezählt.")
    bucket, people = max(some, key=lambda one: said.drawn(one[1], few))
    return _("Am meisten los war %(when)s: %(count)s.") % {
        "when": _when(bucket.start, span),
        "count": said.counted(people, few),
    }


def _when(start: datetime, span: str) -> str:
    local = start.astimezone(settings.SMILE.zone)
    day = moments.day_of(local.date(), _today())
    if span == DAY:
        return _("ab %(time)s") % {"time": moments.clock_time(start, settings.SMILE.zone)}
    if span == WEEK:
        time = moments.clock_time(start, settings.SMILE.zone)
        return _("am %(day)s ab %(time)s") % {"day": day, "time": time}
    return _("am %(day)s") % {"day": day}


def _time(start: datetime, span: str) -> str:
    """The start of a stretch, in a table."""
    local = start.astimezone(settings.SMILE.zone)
    if span == DAY:
        return f"{local:%H:%M}"
    if span == WEEK:
        return f"{WEEKDAYS_ABBR[local.weekday()]} {local:%H:%M}"
    return moments.day_of(local.date(), _today())


def _bounds(asked: Asked) -> tuple[date, date]:
    """The first day of the span, and the first day after it."""
    day = asked.day
    if asked.span == DAY:
        return day, day + timedelta(days=1)
    if asked.span == WEEK:
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=7)
    if asked.span == MONTH:
        first = day.replace(day=1)
        return first, (first + timedelta(days=31)).replace(day=1)
    return day.replace(month=1, day=1), date(day.year + 1, 1, 1)


def _title(asked: Asked, first: date, following: date) -> str:
    today = _today()
    if asked.span == DAY:
        return _("Heute") if first == today else moments.day_of(first, today)
    if asked.span == WEEK:
        last = following - timedelta(days=1)
        return f"{moments.day_of(first, today)} {UNKNOWN} {moments.day_of(last, today)}"
    return moments.month_of(first) if asked.span == MONTH else str(first.year)


def _earlier_words(span: str) -> str:
    return {
        DAY: _("Tag davor"), WEEK: _("Woche davor"), MONTH: _("Monat davor"), YEAR: _("Jahr davor")
    }[span]  # fmt: skip


def _later_words(span: str) -> str:
    return {
        DAY: _("Tag danach"), WEEK: _("Woche danach"), MONTH: _("Monat danach"), YEAR: _("Jahr danach")
    }[span]  # fmt: skip


def _way(label: str, span: str, day: date, asked: Asked) -> Span:
    return Span(label, _query(span, day, asked))


def _query(span: str, day: date, asked: Asked) -> str:
    stream = f"&stream={asked.stream}" if asked.stream is not None else ""
    return f"?span={span}&day={day:%Y-%m-%d}{stream}#verlauf"


def _today() -> date:
    return clock.now().astimezone(settings.SMILE.zone).date()
