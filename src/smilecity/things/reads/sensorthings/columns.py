# SPDX-License-Identifier: EUPL-1.2
"""How the entities of `rules.entities` are stored: where each comes from, what its properties are in SQL, who sees it.

All SQL here is a template for `str.format`: `{a}` is the alias of the entity itself (in a link the near one), `{b}` the
far one, `{t}` the table between the two. Values are named parameters of psycopg; a percent sign stands for nothing else.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

from django.conf import settings

from smilecity.things.reads.flagged import quality
from smilecity.things.rights import Sight

Type = Literal["text", "number", "instant", "period", "time", "json", "result", "geometry", "bool"]


@dataclass(frozen=True, slots=True)
class Column:
    """A property: `value` is what it is in SQL, null if there is none.

    `end` is where a `time` or a `period` ends (null in a `time` that is an instant); `box` is around a `geometry`. A
    `result` is a number in `value`, or else JSON in `other`.
    """

    value: str
    type: Type
    end: str = ""
    box: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class Join:
    """A link: the far entity is `to`, found by `condition`.

    With `through`, a FROM item, `condition` speaks of `{t}` too, and gives each far entity once; `order` is what the far
    ones are in by nature.
    """

    to: str
    condition: str
    many: bool
    through: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A kind: `source` is a FROM item, `only` always holds for the kind, `seen` for what the asker may see.

    `seen` wants the parameters all, areas and partners (`parameters`); `seen_by` is the same said shorter for a sight.
    """

    source: str
    id: str
    columns: dict[str, Column]
    links: dict[str, Join]
    seen: str
    only: str = "true"
    public: str = ""
    whole: str = "true"

    def seen_by(self, sight: Sight) -> str:
        """The condition for this sight, without what it has no use for: plans of a shape that few others share."""
        if sight.all:
            return self.whole
        return self.seen if sight.areas or sight.partners else self.public or self.seen


def parameters(sight: Sight) -> dict[str, Any]:
    """What `seen` wants to know."""
    return {"all": sight.all, "areas": sight.areas, "partners": sight.partners}


def _text(sql: str) -> Column:
    return Column(sql, "text")


def _json(sql: str) -> Column:
    return Column(sql, "json")


def _instant(sql: str) -> Column:
    return Column(sql, "instant")


def _period(start: str, end: str) -> Column:
    return Column(start, "period", end)


def _time(start: str, end: str) -> Column:
    return Column(start, "time", end)


def _geometry(sql: str, box: str) -> Column:
    return Column(sql, "geometry", box=box)


def _described() -> dict[str, Column]:
    return {
        "name": _text("{a}.name"),
        "description": _text("{a}.description"),
        "properties": _json("{a}.properties"),
    }


# The title in the node's first language, else in any.
_NAME = (
    f"coalesce(nullif({{a}}_n.title ->> '{settings.LANGUAGE_CODE}', ''),"  # noqa: S608 - of our own parts
    " (SELECT value FROM jsonb_each_text({a}_n.title) WHERE value <> '' LIMIT 1), '')"
)


def _duration(sql: str) -> str:
    time = f"({sql} - date_trunc('day', {sql}))"
    return (
        f"'P' || extract(day FROM {sql})::int || 'D' || CASE WHEN {time} = interval '0' THEN ''"
        f" ELSE 'T' || trim_scale(extract(epoch FROM {time})) || 'S' END"
    )


# What the declaration says is kept in columns, and told among the properties (`rules.declaration`).
_NOTHING = "jsonb_build_object()"
_DECLARED = f"""CASE WHEN {{a}}.purpose = {_NOTHING} AND {{a}}.legal_basis = {_NOTHING}
    AND {{a}}.safeguard = {_NOTHING} AND {{a}}.operator = '' AND {{a}}.retention IS NULL
    AND {{a}}.keeps_hours AND {{a}}_n.visibility = 'public'
THEN {{a}}.properties ELSE {{a}}.properties || jsonb_strip_nulls(jsonb_build_object(
    'purpose', nullif({{a}}.purpose, {_NOTHING}), 'legalBasis', nullif({{a}}.legal_basis, {_NOTHING}),
    'safeguard', nullif({{a}}.safeguard, {_NOTHING}), 'operator', nullif({{a}}.operator, ''),
    'retention', {_duration("{a}.retention")},
    'keepsHours', CASE WHEN NOT {{a}}.keeps_hours THEN false END,
    'visibility', nullif({{a}}_n.visibility, 'public'))) END"""
_STREAM_DECLARED = f"""CASE WHEN {{a}}.visibility = 'public' AND {{a}}.silent_after = interval '1 day'
THEN {{a}}.properties ELSE {{a}}.properties || jsonb_strip_nulls(jsonb_build_object(
    'visibility', nullif({{a}}.visibility, 'public'),
    'silentAfter', {_duration("nullif({a}.silent_after, interval '1 day')")})) END"""

# Who sees what. `n` is the thing's noun, `d` the datastream. Counts of people are told to everyone on the pages, where
# few are never told exactly; value by value they are for those who work with them: nobody is found by subtraction.
_THING_SEEN = "(%(all)s OR {n}.visibility = 'public' OR {n}.area_id = ANY(%(areas)s))"
_THING_PUBLIC = "{n}.visibility = 'public'"
_STREAM_SEEN = (
    "(%(all)s OR {n}.area_id = ANY(%(areas)s)"
    " OR {n}.visibility = 'public' AND ({d}.visibility = 'public' AND NOT {d}.people"
    " OR {d}.visibility IN ('public', 'partners') AND %(partners)s))"
)
_STREAM_PUBLIC = "{n}.visibility = 'public' AND {d}.visibility = 'public' AND NOT {d}.people"


def _of(condition: str, noun: str, datastream: str = "") -> str:
    return condition.replace("{n}", noun).replace("{d}", datastream)


# A location is of the things that are there and of those that were: where a hidden thing was is hidden too.
_THINGS_THERE = "FROM things_thing_locations AS {a}_lt"
_THINGS_ONCE = (
    "FROM things_historicallocation_locations AS {a}_lt"
    " JOIN things_historicallocation AS {a}_lh ON {a}_lh.id = {a}_lt.historicallocation_id"
)


def _location_seen(condition: str) -> str:
    here = "WHERE {a}_lt.location_id = {a}.id"
    seen = _of(condition, "{a}_ln")
    noun = "JOIN core_noun AS {a}_ln ON {a}_ln.id ="
    return (
        f"(EXISTS (SELECT {_THINGS_THERE} {noun} {{a}}_lt.thing_id {here} AND {seen})"
        f" OR EXISTS (SELECT {_THINGS_ONCE} {noun} {{a}}_lh.thing_id {here} AND {seen})"
        f" OR NOT EXISTS (SELECT {_THINGS_THERE} {here}) AND NOT EXISTS (SELECT {_THINGS_ONCE} {here}))"
    )


_STREAMS = "things_datastream AS {a}_sd JOIN core_noun AS {a}_sn ON {a}_sn.id = {a}_sd.thing_id"


def _feature_seen(condition: str) -> str:
    featured = "FROM things_featured AS {a}_sf"
    here = "WHERE {a}_sf.feature_id = {a}.id"
    streams = f"JOIN ({_STREAMS}) ON {{a}}_sd.id = {{a}}_sf.datastream_id"
    seen = _of(condition, "{a}_sn", "{a}_sd")
    return (
        f"(EXISTS (SELECT {featured} {streams} {here} AND {seen}) OR NOT EXISTS (SELECT {featured} {here}))"
    )


def _observation_seen(condition: str) -> str:
    seen = _of(condition, "{a}_sn", "{a}_sd")
    return f"{{a}}.datastream_id IN (SELECT {{a}}_sd.id FROM {_STREAMS} WHERE {seen})"  # noqa: S608


_STREAM_SOURCE = (
    "(things_datastream AS {a} JOIN core_noun AS {a}_n ON {a}_n.id = {a}.thing_id"
    " LEFT JOIN things_latest AS {a}_l ON {a}_l.datastream_id = {a}.id)"
)


def _stream(only: str, columns: dict[str, Column], links: dict[str, Join]) -> Table:
    measured = {
        **_described(),
        "properties": _json(_STREAM_DECLARED),
        **columns,
        "observedArea": _geometry("{a}.observed_area", "public.core_geojson_box({a}.observed_area)"),
        "phenomenonTime": _period("{a}_l.first_time", "{a}_l.last_time"),
        "resultTime": _period("{a}_l.first_result_time", "{a}_l.last_result_time"),
    }
    shared = {
        "Thing": Join("Thing", "{b}.noun_id = {a}.thing_id", many=False),
        "Sensor": Join("Sensor", "{b}.id = {a}.sensor_id", many=False),
        "Observations": Join("Observation", "{b}.datastream_id = {a}.id", many=True),
    }
    seen, public = (_of(condition, "{a}_n", "{a}") for condition in (_STREAM_SEEN, _STREAM_PUBLIC))
    return Table(_STREAM_SOURCE, "{a}.id", measured, {**shared, **links}, seen, only, public)


_COMPLEX = "'http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_ComplexObservation'::text"

TABLES: dict[str, Table] = {
    "Thing": Table(
        "(things_thing AS {a} JOIN core_noun AS {a}_n ON {a}_n.id = {a}.noun_id)",
        "{a}.noun_id",
        {
            "name": _text(_NAME),
            "description": _text("{a}.description"),
            "properties": _json(_DECLARED),
        },
        {
            "Locations": Join(
                "Location",
                "{t}.thing_id = {a}.noun_id AND {t}.location_id = {b}.id",
                many=True,
                through="things_thing_locations AS {t}",
            ),
            "HistoricalLocations": Join("HistoricalLocation", "{b}.thing_id = {a}.noun_id", many=True),
            "Datastreams": Join("Datastream", "{b}.thing_id = {a}.noun_id", many=True),
            "MultiDatastreams": Join("MultiDatastream", "{b}.thing_id = {a}.noun_id", many=True),
        },
        _of(_THING_SEEN, "{a}_n"),
        public=_of(_THING_PUBLIC, "{a}_n"),
    ),
    "Location": Table(
        "things_location AS {a}",
        "{a}.id",
        {
            **_described(),
            "encodingType": _text("{a}.encoding_type"),
            "location": _geometry("{a}.location", "{a}.box"),
        },
        {
            "Things": Join(
                "Thing",
                "{t}.location_id = {a}.id AND {t}.thing_id = {b}.noun_id",
                many=True,
                through="things_thing_locations AS {t}",
            ),
            "HistoricalLocations": Join(
                "HistoricalLocation",
                "{t}.location_id = {a}.id AND {t}.historicallocation_id = {b}.id",
                many=True,
                through="things_historicallocation_locations AS {t}",
            ),
        },
        _location_seen(_THING_SEEN),
        public=_location_seen(_THING_PUBLIC),
    ),
    "HistoricalLocation": Table(
        "(things_historicallocation AS {a} JOIN core_noun AS {a}_n ON {a}_n.id = {a}.thing_id)",
        "{a}.id",
        {"time": _instant("{a}.time")},
        {
            "Thing": Join("Thing", "{b}.noun_id = {a}.thing_id", many=False),
            "Locations": Join(
                "Location",
                "{t}.historicallocation_id = {a}.id AND {t}.location_id = {b}.id",
                many=True,
                through="things_historicallocation_locations AS {t}",
            ),
        },
        _of(_THING_SEEN, "{a}_n"),
        public=_of(_THING_PUBLIC, "{a}_n"),
    ),
    "Datastream": _stream(
        "NOT {a}.multi",
        {"observationType": _text("{a}.observation_type"), "unitOfMeasurement": _json("{a}.unit")},
        {
            "ObservedProperty": Join("ObservedProperty", "{b}.id = {a}.observed_property_id", many=False),
        },
    ),
    "MultiDatastream": _stream(
        "{a}.multi",
        {
            "observationType": _text(_COMPLEX),
            "multiObservationDataTypes": _json("{a}.observation_types"),
            "unitOfMeasurements": _json("{a}.unit"),
        },
        {
            "ObservedProperties": Join(
                "ObservedProperty",
                "{t}.datastream_id = {a}.id AND {t}.observed_property_id = {b}.id",
                many=True,
                through="things_datastreamproperty AS {t}",
                order="{t}.rank",
            ),
        },
    ),
    "Sensor": Table(
        "things_sensor AS {a}",
        "{a}.id",
        {
            **_described(),
            "encodingType": _text("{a}.encoding_type"),
            "metadata": _json("{a}.metadata"),
        },
        {
            "Datastreams": Join("Datastream", "{b}.sensor_id = {a}.id", many=True),
            "MultiDatastreams": Join("MultiDatastream", "{b}.sensor_id = {a}.id", many=True),
        },
        "true",
    ),
    "ObservedProperty": Table(
        "things_observedproperty AS {a}",
        "{a}.id",
        {**_described(), "definition": _text("{a}.definition")},
        {
            "Datastreams": Join("Datastream", "{b}.observed_property_id = {a}.id", many=True),
            "MultiDatastreams": Join(
                "MultiDatastream",
                "{t}.observed_property_id = {a}.id AND {t}.datastream_id = {b}.id",
                many=True,
                through="(SELECT DISTINCT datastream_id, observed_property_id FROM things_datastreamproperty) AS {t}",
            ),
        },
        "true",
    ),
    "Observation": Table(
        "things_observation AS {a}",
        "{a}.id",
        {
            "phenomenonTime": _time("{a}.phenomenon_time", "{a}.phenomenon_end"),
            "resultTime": _instant("{a}.result_time"),
            "result": Column("{a}.result", "result", other="{a}.value"),
            "resultQuality": _json(quality("{a}")),
            "validTime": _period("{a}.valid_start", "{a}.valid_end"),
            "parameters": _json("{a}.parameters"),
        },
        {
            "Datastream": Join("Datastream", "{b}.id = {a}.datastream_id", many=False),
            "MultiDatastream": Join("MultiDatastream", "{b}.id = {a}.datastream_id", many=False),
            "FeatureOfInterest": Join("FeatureOfInterest", "{b}.id = {a}.feature", many=False),
        },
        _observation_seen(_STREAM_SEEN),
        public=_observation_seen(_STREAM_PUBLIC),
    ),
    "FeatureOfInterest": Table(
        "things_featureofinterest AS {a}",
        "{a}.id",
        {
            **_described(),
            "encodingType": _text("{a}.encoding_type"),
            "feature": _geometry("{a}.feature", "{a}.box"),
        },
        {
            "Observations": Join(
                "Observation",
                "{t}.feature_id = {a}.id AND {b}.datastream_id = {t}.datastream_id AND {b}.feature = {a}.id",
                many=True,
                through="things_featured AS {t}",
            ),
        },
        _feature_seen(_STREAM_SEEN),
        public=_feature_seen(_STREAM_PUBLIC),
    ),
}

LATEST = replace(
    TABLES["Observation"],
    source="things_latest AS {a}",
    id="{a}.observation",
    only="{a}.observation IS NOT NULL",
)
"""The newest observation of each datastream, with the columns of all observations."""
