# SPDX-License-Identifier: EUPL-1.2
"""Observations in order of time, without sorting what partitions hold.

The newest of each datastream is kept beside it. Within a datastream the index is in order. Over all datastreams no
index is: then the first few of each are merged.
"""

from collections.abc import Sequence
from dataclasses import replace

from smilecity.things.reads.sensorthings import paging
from smilecity.things.reads.sensorthings.bodies import OWNERS
from smilecity.things.reads.sensorthings.paging import Key
from smilecity.things.reads.sensorthings.scopes import Scope
from smilecity.things.rules.odata.tree import Member, Query

# As `columns.LATEST`, with an `id` as any observation has.
KEPT = "(SELECT l.*, l.observation AS id FROM things_latest AS l WHERE l.observation IS NOT NULL) AS {a}"


def is_kept(scope: Scope, query: Query) -> bool:
    """Whether all that is asked for is the newest observation of a datastream, or of all of them."""
    return (
        scope.kind.name == "Observation"
        and scope.owner in ("", *OWNERS)
        and query.filter is None
        and not query.skip
        and query.top == 1
        and _is_by_time(query)
        and query.orderby[0].descending
    )


def is_straight(scope: Scope, query: Query, keys: Sequence[Key]) -> bool:
    """Whether an index gives exactly these observations in this order, so that looking twice costs next to nothing."""
    return (
        scope.kind.name == "Observation"
        and scope.owner in OWNERS
        and query.filter is None
        and [key.sql for key in keys] == [f"{scope.alias}.phenomenon_time", f"{scope.alias}.id"]
        and len({key.descending for key in keys}) == 1
    )


def merged(scope: Scope, query: Query, keys: Sequence[Key], behind: str, most: int) -> Scope:
    """For observations over all datastreams in order of time: the first `most` of each. Other scopes as they are.

    `behind` is the condition for a page that goes on.
    """
    if scope.kind.name != "Observation" or scope.owner or query.filter is not None or not _is_by_time(query):
        return scope
    a = scope.alias
    bound = _bound(scope, most) if query.orderby[0].descending and not behind else ""
    within = "".join(f" AND {condition}" for condition in (behind, bound) if condition)
    # Who sees the datastream is asked before its observations are looked for, once for each.
    seen = " AND ".join(scope.conditions).replace(f"{a}.", f"{a}_of.")
    source = (
        f"(SELECT {a}_of.datastream_id FROM things_latest AS {a}_of WHERE {seen} OFFSET 0) AS {a}_of"  # noqa: S608
        f" CROSS JOIN LATERAL (SELECT {a}.* FROM things_observation AS {a}"
        f" WHERE {a}.datastream_id = {a}_of.datastream_id{within}"
        f" ORDER BY {paging.order_by(keys)} LIMIT {most}) AS {a}"
    )
    return replace(scope, sources=(source,), conditions=())


def _bound(scope: Scope, most: int) -> str:
    """No older than the newest of so many datastreams: as many observations are younger already."""
    seen = replace(scope, sources=(KEPT.format(a=scope.alias),)).found()
    return (
        f"{scope.alias}.phenomenon_time >= coalesce((SELECT min(m.t) FROM (SELECT {scope.alias}.phenomenon_time AS t"  # noqa: S608
        f" {seen} ORDER BY 1 DESC LIMIT {most}) AS m HAVING count(*) = {most}), '-infinity')"
    )


def _is_by_time(query: Query) -> bool:
    """Ordered by phenomenonTime alone, or by id after it in the same direction."""
    paths = [one.by.path if isinstance(one.by, Member) else () for one in query.orderby]
    directions = {one.descending for one in query.orderby}
    return len(directions) == 1 and paths in ([("phenomenonTime",)], [("phenomenonTime",), ("id",)])
