# SPDX-License-Identifier: EUPL-1.2
"""How $apply is asked in these tests: compiled, run on Django's connection, page by page."""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.db import connection

from smilecity.core import clock
from smilecity.core.who import NODE
from smilecity.things.actions import rolling
from smilecity.things.reads.sensorthings import aggregates, paging, scopes, statements
from smilecity.things.reads.sensorthings.asked import Asked
from smilecity.things.reads.sensorthings.expressions.values import Context
from smilecity.things.rights import Sight
from smilecity.things.rules.odata import read_request

BERLIN = ZoneInfo("Europe/Berlin")
ALL, PUBLIC = Sight(all=True, areas=[]), Sight(all=False, areas=[])
HOUR = timedelta(hours=1)
Value = tuple[datetime, float | None]


def compiled(path: str, apply: str, sight: Sight = ALL, token: str = "", **options: Any) -> tuple[Any, Any]:
    """The statement, and its parameters with those of the path and of the place to go on from."""
    query = "&".join(f"${name}={quote(str(value))}" for name, value in {"apply": apply, **options}.items())
    request = read_request(path, query)
    nulls = [value is None for value in paging.parse(token)[1:]] if token else None
    made = statements.compile(request, sight, nulls)
    ids = {scopes.name_of_step(number): step.id for number, step in enumerate(request.path.steps) if step.id}
    after = paging.checked(paging.parse(token), made.mark, made.types) if token else {}
    return made, {**made.parameters, **ids, **after}


def page(
    path: str, apply: str, sight: Sight = ALL, token: str = "", **options: Any
) -> tuple[Any, str | None]:
    """The answer, and the token of the next page."""
    made, parameters = compiled(path, apply, sight, token, **options)
    with connection.cursor() as cursor:
        cursor.execute(made.text, parameters)
        row = cursor.fetchone()
    if row is None:
        return None, None
    items, token_, count = row
    body = {"value": json.loads(f"[{items or ''}]")}
    return (body if count is None else {"@iot.count": count, **body}), token_


def ask(path: str, apply: str, sight: Sight = ALL, **options: Any) -> list[dict[str, Any]]:
    """All rows of the first page."""
    body, _ = page(path, apply, sight, **options)
    rows: list[dict[str, Any]] = body["value"]
    return rows


def serves(path: str, apply: str) -> bool:
    """Whether it is answered from hours."""
    request = read_request(path, f"$apply={quote(apply)}")
    return aggregates.from_hours(Asked.of(request), scopes.walk(Context(ALL), request.path.steps))


def roll(until: datetime) -> None:
    """Roll up what is there, as if it were an hour later."""
    with clock.frozen(until + HOUR):
        assert rolling.roll_up(NODE)


AMOUNTS = (
    "result with min as low,result with max as high,result with average as mean,result with sum as total"
)
COUNTS = "result with count as numbers,$count as all"
BY_DAY = f"groupby((day(phenomenonTime,'Europe/Berlin')),aggregate({AMOUNTS},{COUNTS}))"
