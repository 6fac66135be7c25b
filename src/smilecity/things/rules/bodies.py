# SPDX-License-Identifier: EUPL-1.2
"""What a client may send of an entity: its JSON, checked against `rules.entities` before anything is stored.

What observations say of themselves is checked by `rules.observations`; here only how they hang together.
"""

import difflib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from smilecity.core.problems import Refusal
from smilecity.things.rules import units
from smilecity.things.rules.entities import KINDS, Kind, Link, Property

MOST_DEPTH = 32
MOST_ENTITIES = 10_000  # in one body
MOST_NAME = 500
MOST_TEXT = 64 * 1024
MOST_URI = 2000
GREATEST_ID = (1 << 53) - 1

GEOJSON = ("application/geo+json", "application/vnd.geo+json")
# Classes of other servers, whose exports we take without them.
OF_OTHERS = frozenset({"TaskingCapabilities", "Actuators", "Tasks"})

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"]+")
_FEWEST = {"LineString": (0, 2), "MultiLineString": (1, 2), "Polygon": (1, 4), "MultiPolygon": (2, 4)}
_GEO = {
    "geo.too-many-positions": "has too many positions",
    "geo.not-on-earth": "has a position that is not on earth (longitude comes before latitude)",
    "geo.empty": "is empty",
    "geo.unknown-type": "is no GeoJSON geometry",
    "geo.not-a-position": "has something that is no position (two or three numbers)",
}


@dataclass(frozen=True, slots=True)
class Body:
    """An entity as it was sent: checked values by property, and for each link said its targets, ids or more bodies.

    `id` is the one a client gave an observation; `raw` is what it said, for `rules.observations`.
    """

    kind: str
    values: dict[str, Any]
    links: dict[str, list["int | Body"]]
    id: Any = None
    raw: Mapping[str, Any] = field(default_factory=dict)


def back(kind: str, link: str) -> str:
    """The link that leads back: `Thing` for a Thing's `Datastreams`."""
    to = KINDS[kind].link(link)
    return next(one.name for one in KINDS[to.to].links if one.to == kind) if to is not None else ""


def read_body(kind: str, data: Any, *, whole: bool = True, linked: bool = True, reached_by: str = "") -> Body:
    """The body of an entity of this kind.

    `whole`: what is required must be there (POST and PUT); else it is a change of what it says (PATCH). `reached_by` is
    the link that need not be said, since the address says it; without `linked` none need. What is the server's to say is
    overlooked.
    """
    check_json(data)
    return _Reader().read(KINDS[kind], data, "", whole, reached_by if linked else None)


def check_json(data: Any) -> None:
    """Refuses what is too deep, or holds what the database does not: NUL, half a character, a number that is none."""
    level = [data]
    for _depth in range(MOST_DEPTH):
        below: list[Any] = []
        for value in level:
            if isinstance(value, Mapping):
                below += value.keys()
                below += value.values()
            elif isinstance(value, list):
                below += value
            elif isinstance(value, str) and _UNSTORABLE.search(value):
                raise Refusal("entity.bad-property", "A text holds a character that cannot be stored (NUL).")
            elif isinstance(value, float) and not math.isfinite(value):
                raise Refusal("entity.bad-property", "NaN and infinity are no numbers of JSON.")
        if not below:
            return
        level = below
    raise Refusal("entity.too-deep", f"The JSON is nested deeper than {MOST_DEPTH} levels.")


def read_id(value: Any) -> int | None:
    """An id as clients write it, a number or its digits; None if it is none."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 16:
        value = int(value)
    is_one = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= GREATEST_ID
    return value if is_one else None


def read_instant(text: Any) -> datetime | None:
    """An ISO 8601 instant, in UTC; without an offset it is UTC. None if it is none."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
        if moment is None:
            return None
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


class _Reader:
    """Reads one body with all that is in it, and counts."""

    def __init__(self) -> None:
        self._count = 0

    def read(self, kind: Kind, data: Any, at: str, whole: bool, reached_by: str | None) -> Body:
        if not isinstance(data, Mapping):
            raise _bad(at or kind.name, "is a JSON object")
        self._count += 1
        if self._count > MOST_ENTITIES:
            raise Refusal("entity.too-many", f"One body holds at most {MOST_ENTITIES} entities.", status=413)
        values: dict[str, Any] = {}
        links: dict[str, list[int | Body]] = {}
        for name, value in data.items():
            where = f"{at}.{name}" if at else name
            if "@" in name or name in OF_OTHERS:
                continue
            if (known := kind.property(name)) is not None:
                if known.writable:
                    values[name] = value if kind.name == "Observation" else checked(kind, known, value, where)
            elif (link := kind.link(name)) is not None:
                if value is not None:
                    links[name] = self._targets(kind, link, value, where)
            else:
                raise _unknown(kind, name, where)
        if whole:
            _require(kind, values, links, at, reached_by)
        check_multi(kind.name, values, links)
        return Body(kind.name, values, links, data.get("@iot.id"), data)

    def _targets(self, kind: Kind, link: Link, value: Any, at: str) -> list[int | Body]:
        if link.many is not isinstance(value, list):
            raise _bad(at, "is a list" if link.many else "is one entity")
        return [
            self._target(kind, link, one, f"{at}[{number}]" if link.many else at)
            for number, one in enumerate(value if link.many else [value])
        ]

    def _target(self, kind: Kind, link: Link, value: Any, at: str) -> "int | Body":
        """An object with an id is a link, whatever else it holds; but observations may bring their ids."""
        if (
            isinstance(value, Mapping)
            and "@iot.id" in value
            and not (link.to == "Observation" and "result" in value)
        ):
            target = read_id(value["@iot.id"])
            if target is None:
                raise _bad(f"{at}.@iot.id", "is a whole number")
            return target
        return self.read(KINDS[link.to], value, at, True, back(kind.name, link.name))


def _require(
    kind: Kind, values: Mapping[str, Any], links: Mapping[str, Any], at: str, reached_by: str | None
) -> None:
    lacking = [one.name for one in kind.properties if one.required and one.name not in values]
    if reached_by is not None:
        needed = [one.name for one in kind.links if one.required and one.name != reached_by]
        lacking += [name for name in needed if not links.get(name)]
    if lacking:
        raise Refusal(
            "entity.missing-property",
            f"A {kind.name} needs '{lacking[0]}'.",
            cure=f"Add {', '.join(lacking)}.",
            field=f"{at}.{lacking[0]}" if at else lacking[0],
        )


def check_multi(kind: str, values: Mapping[str, Any], links: Mapping[str, Any]) -> None:
    """Refuses a MultiDatastream whose types, units and observed properties are not equally many, of what it says."""
    if kind != "MultiDatastream":
        return
    counts = {
        name: len(values[name])
        for name in ("multiObservationDataTypes", "unitOfMeasurements")
        if name in values
    }
    if "ObservedProperties" in links:
        counts["ObservedProperties"] = len(links["ObservedProperties"])
    if len(set(counts.values())) > 1:
        said = ", ".join(f"{count} {name}" for name, count in counts.items())
        raise _bad(next(iter(counts)), f"is as long as the others; there are {said}")


def checked(kind: Kind, known: Property, value: Any, at: str) -> Any:
    """The value of a property as it is kept."""
    if value is None and not known.required:
        return {} if known.type == "json" else None
    special = _SPECIAL.get((kind.name, known.name))
    return (special or _TYPES[known.type])(value, at)


def _text(value: Any, at: str) -> str:
    if not isinstance(value, str) or len(value) > MOST_TEXT:
        raise _bad(at, f"is a text of at most {MOST_TEXT} characters")
    return value


def _name(value: Any, at: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > MOST_NAME:
        raise _bad(at, f"is a text of 1 to {MOST_NAME} characters")
    return value


def _json(value: Any, at: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _bad(at, "is a JSON object")
    return value


def _uri(value: Any, at: str) -> str:
    if not isinstance(value, str) or len(value) > MOST_URI or not _URI.fullmatch(value):
        raise _bad(at, f"is a URI of at most {MOST_URI} characters")
    return value


def _instant(value: Any, at: str) -> datetime:
    moment = read_instant(value)
    if moment is None or moment.year < 1000:
        raise _bad(at, "is an ISO 8601 instant such as 2026-11-22T09:00:00Z")
    return moment


def _metadata(value: Any, at: str) -> Any:
    if value is None:
        raise _bad(at, "is a text or JSON, not null")
    return value


def _encoding(value: Any, at: str) -> str:
    if value not in GEOJSON:
        raise _bad(at, f"is {GEOJSON[0]}: no other encoding is kept")
    return str(value)


def geometry(value: Any, at: str) -> dict[str, Any]:
    """The GeoJSON geometry; of a Feature its geometry, for the entity is the feature."""
    from smilecity.space.rules import checked_geometry

    if isinstance(value, dict) and value.get("type") == "Feature":
        value = value.get("geometry")
    if not isinstance(value, dict):
        raise _bad(at, "is a GeoJSON geometry")
    try:
        kept = checked_geometry(value)
    except Refusal as refusal:
        raise _bad(at, _GEO.get(refusal.code, "is no GeoJSON geometry")) from refusal
    _check_lines(kept, at)
    return kept


def _check_lines(geo: Mapping[str, Any], at: str) -> None:
    """A line has two ends, a ring is closed: what geometry libraries cannot do without."""
    depth, fewest = _FEWEST.get(geo["type"], (0, 0))
    lines = [geo["coordinates"]]
    for _step in range(depth):
        lines = [line for several in lines for line in several]
    for line in lines:
        if fewest == 2 and len(line) < 2:
            raise _bad(at, "has a line of less than two positions")
        if fewest == 4 and (len(line) < 4 or list(line[0]) != list(line[-1])):
            raise _bad(at, "has a ring that is not closed (four or more positions, the last as the first)")


_TYPES: dict[str, Callable[[Any, str], Any]] = {
    "text": _text,
    "json": _json,
    "instant": _instant,
    "geometry": geometry,
}

_SPECIAL: dict[tuple[str, str], Callable[[Any, str], Any]] = {
    **{(kind, "name"): _name for kind in KINDS},
    ("Location", "encodingType"): _encoding,
    ("FeatureOfInterest", "encodingType"): _encoding,
    ("Sensor", "metadata"): _metadata,
    ("ObservedProperty", "definition"): _uri,
    ("Datastream", "observationType"): units.observation_type,
    ("Datastream", "unitOfMeasurement"): units.unit,
    ("MultiDatastream", "multiObservationDataTypes"): units.observation_types,
    ("MultiDatastream", "unitOfMeasurements"): units.units,
}


def _unknown(kind: Kind, name: str, at: str) -> Refusal:
    names = [one.name for one in kind.properties] + [one.name for one in kind.links]
    by_small = {one.lower(): one for one in names}
    near = [by_small[one] for one in difflib.get_close_matches(name.lower(), by_small, 3)]
    return Refusal(
        "entity.unknown-property",
        f"A {kind.name} has no '{name[:80]}'.",
        cure=f"Did you mean {' or '.join(near)}?" if near else f"It has {', '.join(names)}.",
        field=at[:200],
    )


def _bad(at: str, what: str) -> Refusal:
    return Refusal("entity.bad-property", f"'{at}' {what}.", field=at)
