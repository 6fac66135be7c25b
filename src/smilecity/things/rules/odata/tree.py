# SPDX-License-Identifier: EUPL-1.2
"""What a SensorThings request asks, as values: the path, the query options, and expressions (OData 4.01 part 2, 5.1.1).

Values compare by content (as Python does: 1 equals true). `at` is where in the text a part begins, counted in characters
from 0; it plays no part in comparing.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal as OneOf

Scalar = bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant: text, number, truth or null."""

    value: Scalar
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, or with `end` an interval [start, end)."""

    start: datetime
    end: datetime | None = None
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Span:
    """duration'PT1H'."""

    length: timedelta
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Shape:
    """geography'POINT(12 54)' (or geometry'...'): well-known text in WGS 84, longitude first."""

    text: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Member:
    """A property by its path: `("Datastreams", "Thing", "properties", "owner", "name")`; digits step into lists.

    Within `any`/`all` the first part may be the variable's name.
    """

    path: tuple[str, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments; `name` in small letters, as `substringof`, `st_within`, `geo.distance`."""

    name: str
    arguments: tuple["Expression", ...]
    at: int = field(default=0, compare=False)


Operator = OneOf["or", "and", "eq", "ne", "gt", "ge", "lt", "le", "add", "sub", "mul", "div", "mod"]


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and what joins them."""

    operator: Operator
    left: "Expression"
    right: "Expression"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Unary:
    """`not` or `-`."""

    operator: OneOf["not", "-"]
    operand: "Expression"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Among:
    """`name in ('a', 'b')`."""

    operand: "Expression"
    choices: tuple["Expression", ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Some:
    """`Datastreams/any(d: d/name eq 'x')`; `variable` and `condition` are None in `Datastreams/any()`."""

    kind: OneOf["any", "all"]
    path: tuple[str, ...]
    variable: str | None
    condition: "Expression | None"
    at: int = field(default=0, compare=False)


Expression = Literal | Moment | Span | Shape | Member | Call | Binary | Unary | Among | Some


@dataclass(frozen=True, slots=True)
class Order:
    """One key of `$orderby`."""

    by: Expression
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Expand:
    """One item of `$expand`: a navigation property, and what is asked of it."""

    link: str
    query: "Query"
    at: int = field(default=0, compare=False)


Format = OneOf["json", "dataArray", "CSV", "GeoJSON"]


@dataclass(frozen=True, slots=True)
class Query:
    """The query options of a collection or an expanded link; what was not said is None or empty.

    `after` is the place in the order from which on to go ($skiptoken, written by us into nextLink).
    """

    filter: Expression | None = None
    select: tuple[tuple[str, ...], ...] = ()
    orderby: tuple[Order, ...] = ()
    top: int | None = None
    skip: int = 0
    count: bool | None = None
    expand: tuple[Expand, ...] = ()
    apply: "Apply | None" = None
    result_format: Format = "json"
    after: str = ""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`result with average as mean`; `method` in small letters, `share` is the percentile's (0 to 1)."""

    member: Member | None
    method: OneOf["min", "max", "average", "sum", "count", "countdistinct", "percentile"]
    name: str
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Bucket:
    """A stretch of time to group by: `unit` of the calendar in `zone` (IANA name), `many` of it at once."""

    unit: OneOf["minute", "hour", "day", "week", "month", "year"]
    zone: str = "UTC"
    many: int = 1
    name: str = "phenomenonTime"


@dataclass(frozen=True, slots=True)
class Apply:
    """$apply=filter(...)/groupby((bucket), aggregate(...)) (OData Extension for Data Aggregation 4.0)."""

    filter: Expression | None
    bucket: Bucket | None
    by: tuple[Member, ...]
    aggregates: tuple[Aggregate, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One part of the resource path: an entity set or a link, and which one of it."""

    name: str
    id: int | None = None
    at: int = field(default=0, compare=False)


End = OneOf["entity", "$ref", "property", "$value", "$count"]


@dataclass(frozen=True, slots=True)
class Path:
    """`/Things(5)/Datastreams(7)/Observations`: the steps, and what of the last is asked.

    `property` is the path into it (`("properties", "owner")`) when `end` is `property` or `$value`.
    """

    steps: tuple[Step, ...]
    end: End = "entity"
    property: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A whole request. Without a step it is the service's root."""

    path: Path
    query: Query = Query()
