# SPDX-License-Identifier: EUPL-1.2
"""Rows of the table of rights: closings, extra openings, limits, school holidays."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from smilecity.core.who import Who
from tests.house.rights_rows import NOBODY, RUN, WRITE, Row, asks
from tests.house.town import Town

TIME = (datetime(2100, 8, 8, 6, tzinfo=UTC), datetime(2100, 8, 9, 6, tzinfo=UTC))
FAIR = {"de": "Hafenfest", "en": "Harbour fair"}


def _pier(town: Town) -> int:
    return int(town.pier.noun_id)


def _school(_town: Town) -> Any:
    from smilecity.places.rules.schoolfile import SchoolDays

    return [SchoolDays(date(2100, 7, 1), date(2100, 8, 10), {"de": "Ferien"})]


def _with_closing(do: Callable[..., Any]) -> Callable[[Town, Who, Callable[..., Any]], Any]:
    """A case with a closing of the pier."""

    def case(town: Town, who: Who, function: Callable[..., Any]) -> Any:
        from smilecity.places.actions import opening

        made = opening.close(town.who["node"], _pier(town), TIME, "event", FAIR)
        return do(town, who, function, made)

    return case


def _with_gauge(do: Callable[..., Any]) -> Callable[[Town, Who, Callable[..., Any]], Any]:
    """A case with a gauge of gusts at the pier, and its limit."""

    def case(town: Town, who: Who, function: Callable[..., Any]) -> Any:
        from smilecity.places.actions import limits
        from smilecity.places.models import Sense

        Sense.objects.create(place=town.pier, datastream=town.stream, role="gust")
        limits.keep_limit(town.who["node"], _pier(town), "gust", 75, 50, 30)
        return do(town, who, function)

    return case


OPENING = {
    "places.actions.limits.drop_limit": asks(WRITE, _pier, "gust"),
    "places.actions.limits.keep_limit": Row(
        WRITE, _with_gauge(lambda t, who, f: f(who, _pier(t), "gust", 80, 60, 20))
    ),
    "places.actions.limits.watch_weather": asks({"node"}),
    "places.actions.opening.close": asks(WRITE, _pier, TIME, "event", FAIR),
    "places.actions.opening.end_closing": Row(WRITE, _with_closing(lambda _t, who, f, made: f(who, made.id))),
    "places.actions.opening.import_school_holidays": asks(RUN, "MV", _school),
    "places.actions.opening.open_extra": asks(WRITE, _pier, TIME, FAIR),
    "places.reads.opening.closing": Row(WRITE, _with_closing(lambda _t, who, f, made: f(who, made.id))),
    "places.reads.opening.closings": Row(WRITE, _with_closing(lambda t, who, f, _made: f(who, t.pier))),
    "places.reads.opening.limits": Row(WRITE, _with_gauge(lambda t, who, f: f(who, t.pier))),
    "places.reads.opening.measured_roles": Row(WRITE, _with_gauge(lambda t, who, f: f(who, t.pier))),
    "places.reads.opening.own_struck": asks(NOBODY, _pier),
    "places.reads.opening.struck": asks(WRITE, lambda t: t.pier, TIME),
}
