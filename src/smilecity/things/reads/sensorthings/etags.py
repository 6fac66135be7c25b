# SPDX-License-Identifier: EUPL-1.2
"""ETags: which state of an entity was seen, so that a change by someone who saw an older one is refused.

An ETag is `"<row>"` or `"<row>-<rest>"`. `row` is a hash of the entity's own stored row: a writer's If-Match asks for no
more, for a datastream's extent moves with each observation. `rest` is whatever a reader adds so that If-None-Match
is exact (a hash of the answer's text); writers overlook it.
"""

from django.db import connection

# Bytes as they are sent, not text: a hash must not depend on a session's time zone.
_ROW = "left(md5(record_send({a})), 16)"
_NOUN = "SELECT ROW(n.title, n.visibility, n.geo) FROM core_noun AS n WHERE n.id = {a}.noun_id"

ROW = {
    "Thing": f"left(md5(record_send({{a}}) || record_send(({_NOUN}))), 16)",
    "Location": _ROW,
    "HistoricalLocation": _ROW,
    "Datastream": _ROW,
    "MultiDatastream": _ROW,
    "Sensor": _ROW,
    "ObservedProperty": _ROW,
    "Observation": _ROW,
    "FeatureOfInterest": _ROW,
}
"""The hash by kind, as an SQL expression; `{a}` is the alias of the kind's own table."""

TABLES = {
    "Thing": ("things_thing", "noun_id"),
    "Location": ("things_location", "id"),
    "HistoricalLocation": ("things_historicallocation", "id"),
    "Datastream": ("things_datastream", "id"),
    "MultiDatastream": ("things_datastream", "id"),
    "Sensor": ("things_sensor", "id"),
    "ObservedProperty": ("things_observedproperty", "id"),
    "Observation": ("things_observation", "id"),
    "FeatureOfInterest": ("things_featureofinterest", "id"),
}


def etag(kind: str, id_: int) -> str:
    """The ETag of the entity's row, in quotation marks; empty if there is none."""
    table, key = TABLES[kind]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {ROW[kind].format(a='t')} FROM {table} AS t WHERE t.{key} = %s", [id_])  # noqa: S608 - ours
        row = cursor.fetchone()
    return f'"{row[0]}"' if row else ""


def is_met(if_match: str, current: str) -> bool:
    """Whether an If-Match header names the row's present state (`current`, as `etag` gives it)."""
    if if_match.strip() == "*":
        return bool(current)
    given = (one.strip().removeprefix("W/").strip('"') for one in if_match.split(","))
    return any(one.partition("-")[0] == current.strip('"') for one in given if one)
