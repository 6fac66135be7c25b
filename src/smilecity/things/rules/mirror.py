# SPDX-License-Identifier: EUPL-1.2
"""Another SensorThings service read: what to ask it, what its rows say, and what we keep of them.

Spellings of FROST, GOST and our own are understood: ids are numbers or texts, `@iot.id` or `id`, and a next link may
name a host that only the other side knows, so of it only the query counts.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import orjson

from smilecity.core.problems import Refusal
from smilecity.things.rules import declaration
from smilecity.things.rules.entities import KINDS
from smilecity.things.rules.observations import AHEAD, FIRST_GIVEN_ID
from smilecity.things.rules.results import ANY
from smilecity.things.rules.units import MEMBERS

SWEPT = ("Things", "Datastreams", "MultiDatastreams")
"""What is read of the other service, in this order: a datastream comes after its thing."""
EXPANDED = {
    "Things": "Locations",
    "Datastreams": "Thing,Sensor,ObservedProperty",
    "MultiDatastreams": "Thing,Sensor,ObservedProperties",
}
NAMES = {"Things": "Thing", "Datastreams": "Datastream", "MultiDatastreams": "MultiDatastream"}

ENTITIES_A_PAGE = 100
ROWS_A_PAGE = 1000
MOST_PAGES = 10_000  # of one list
MOST_QUERY = 4000  # characters of a next link
MOST_ID = 200

RETENTION = timedelta(days=730)
OVERLAP = timedelta(hours=6)
"""So long after its time a value may still come: what is asked for begins that much earlier."""

PURPOSE = {
    "de": "Gespiegelt: Dieser Sensor steht in einer anderen Stadt oder bei einem anderen Dienst. Er gehört zu {name}.",
    "en": "Mirrored: this sensor belongs to another city or service, {name}.",
}
MIRRORED_FROM = "mirrored_from"

WAYS = ("phenomenonTime", "resultTime", "id")
"""By what observations are asked for in order; the first that the other service understands."""

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class Source:
    """The other service: its address up to `/v1.1`, what its operator is called, and whether anyone may ask it."""

    id: int
    name: str
    address: str
    open: bool

    def link(self, plural: str, theirs: str) -> str:
        """Where an entity is over there."""
        return f"{self.address}/{plural}({quote(theirs)})"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list: its rows, and the query of the next one."""

    rows: list[Any]
    next: str


def first_query(plural: str) -> str:
    """What to ask for the first page of a list of entities."""
    return f"$top={ENTITIES_A_PAGE}&$expand={EXPANDED[plural]}"


def observations_query(way: str, since: Any) -> str:
    """What to ask for observations from there on, in order."""
    asked = f"$top={ROWS_A_PAGE}&$orderby={quote(way + ' asc')}"
    if since is None:
        return asked
    condition = f"id gt {since}" if way == "id" else f"{way} ge {since}"
    return f"{asked}&$filter={quote(condition)}"


def page_of(data: Any) -> Page:
    """The page that an answer is; refuses what is none."""
    if not isinstance(data, dict) or not isinstance(data.get("value"), list):
        raise Refusal("mirror.not-sensorthings", "The answer is no list of SensorThings.", status=502)
    link = data.get("@iot.nextLink", data.get("@nextLink"))
    if link is None:
        return Page(data["value"], "")
    try:
        query = urlsplit(link).query if isinstance(link, str) else ""
    except ValueError:
        query = ""
    if not 0 < len(query) <= MOST_QUERY:
        raise Refusal("mirror.bad-link", "The link to the next page leads nowhere.", status=502)
    return Page(data["value"], quote(query, safe="%$=&()/;:,'!*+@-._~"))


def literal(row: Any) -> str:
    """The id of a row as it is written in addresses: `5`, or `'abc'`; refuses a row without."""
    said = row.get("@iot.id", row.get("id")) if isinstance(row, dict) else None
    if isinstance(said, int) and not isinstance(said, bool) and abs(said) < 1 << 63:
        return str(said)
    if isinstance(said, str) and 0 < len(said) <= MOST_ID and said.isprintable():
        return "'" + said.replace("'", "''") + "'"
    raise Refusal("mirror.no-id", "There is a row without an id.", field="@iot.id", status=422)


def is_mirrored(row: Any) -> bool:
    """Whether a row is itself a mirror of another: those are left, or two cities that mirror each other never end."""
    properties = row.get("properties") if isinstance(row, dict) else None
    return isinstance(properties, dict) and MIRRORED_FROM in properties


def linked(row: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What was expanded at a link to one; refuses a row without."""
    found = row.get(name)
    if not isinstance(found, dict):
        raise Refusal("mirror.not-expanded", f"There is no {name} with it.", field=name, status=422)
    return found


def linked_all(row: Mapping[str, Any], name: str) -> list[Any]:
    """What was expanded at a link to several."""
    found = row.get(name, [])
    if not isinstance(found, list):
        raise Refusal("mirror.not-expanded", f"{name} is no list.", field=name, status=422)
    return found


def said_of(kind: str, row: Mapping[str, Any], source: Source) -> dict[str, Any]:
    """What we keep that a row says of itself, as a body of our API; `read_body` is left to refuse the rest of it."""
    known = [one for one in KINDS[kind].properties if one.writable]
    said = {one.name: row[one.name] for one in known if row.get(one.name) is not None}
    said |= {"name": said.get("name") or literal(row), "description": said.get("description") or ""}
    theirs = said.get("properties")
    link = source.link(KINDS[kind].plural, literal(row))
    properties = {**(theirs if isinstance(theirs, dict) else {}), MIRRORED_FROM: link}
    properties = {name: value for name, value in properties.items() if name not in declaration.MEMBERS}
    said["properties"] = properties | _apart(kind, theirs if isinstance(theirs, dict) else {}, source)
    return said | _tolerated(kind, said, link)


def again(body: Mapping[str, Any], *, hidden: bool) -> dict[str, Any]:
    """The body for an entity that is here already: what is declared here of it stays as it is.

    Shown to all it is again only if it was `hidden` for being gone; what is no longer for all over there is neither here.
    """
    properties = dict(body["properties"])
    visibility = properties.get(declaration.VISIBILITY)
    for name in declaration.MEMBERS:
        properties.pop(name, None)
    if visibility and (hidden or visibility != declaration.PUBLIC):
        properties[declaration.VISIBILITY] = visibility
    return {**body, "properties": properties}


def all_said(kind: str, row: Any, source: Source) -> dict[str, Any]:
    """What a row says of itself (by its kind) and of what is expanded in it (by link): pairs of their id and body."""
    said: dict[str, Any] = {kind: (literal(row), said_of(kind, row, source))}

    def one(to: str, inner: Any) -> tuple[str, dict[str, Any]]:
        return literal(inner), said_of(to, inner, source)

    if kind == "Thing":
        return said | {"Locations": [one("Location", inner) for inner in linked_all(row, "Locations")]}
    said |= {"Thing": literal(linked(row, "Thing")), "Sensor": one("Sensor", linked(row, "Sensor"))}
    if kind == "Datastream":
        return said | {"ObservedProperty": one("ObservedProperty", linked(row, "ObservedProperty"))}
    observed = linked_all(row, "ObservedProperties")
    return said | {"ObservedProperties": [one("ObservedProperty", inner) for inner in observed]}


def digest(*said: Any) -> str:
    """A short text that is another one as soon as anything is said otherwise."""
    return hashlib.sha256(
        orjson.dumps(said, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    ).hexdigest()[:32]


def observation_body(row: Any, source: int, datastream: int) -> dict[str, Any]:
    """An observation of theirs as a body of our API, with an id of a client's that is always the same for it."""
    theirs = literal(row)
    time = row.get("phenomenonTime") or row.get("resultTime")
    if not time:
        raise Refusal(
            "observation.bad-time", "There is no phenomenonTime.", field="phenomenonTime", status=422
        )
    if "result" not in row:
        raise Refusal("entity.missing-property", "There is no result.", field="result", status=422)
    said = {name: row[name] for name in ("resultTime", "validTime", "parameters") if row.get(name)}
    if row.get("resultQuality") is not None:
        said["resultQuality"] = row["resultQuality"]
    number = given_id("mirror", source, datastream, theirs)
    return {"phenomenonTime": time, "result": row["result"], "@iot.id": number, **said}


def given_id(*parts: Any) -> int:
    """An id from 2^52 on that is always the same for the same parts."""
    hashed = hashlib.sha256("\0".join(map(str, parts)).encode("utf-8", "replace")).digest()
    return FIRST_GIVEN_ID | int.from_bytes(hashed[:8]) >> 12


def place_of(row: Any, way: str, now: datetime) -> Any:
    """Where a row stands in the order asked for: a moment or a number; None if that cannot be, such as next year."""
    said = row.get("@iot.id", row.get("id")) if way == "id" else row.get(way)
    if way == "id":
        return said if isinstance(said, int) and not isinstance(said, bool) else None
    try:
        moment = datetime.fromisoformat(said.partition("/")[0])
    except (AttributeError, ValueError):
        return None
    return moment if moment.tzinfo and moment <= now + AHEAD else None


def onward(way: str, furthest: Any) -> Any:
    """What to ask for the next time, after having come that far: with an overlap, for some values come late."""
    if furthest is None or way == "id":
        return furthest
    return written(max(furthest, datetime(1900, 1, 2, tzinfo=UTC)) - OVERLAP)


def written(moment: datetime) -> str:
    """A moment as every service reads it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"


def chunks(rows: Sequence[Any], size: int = ROWS_A_PAGE) -> Iterator[Sequence[Any]]:
    """The rows in parts, for a peer that sends more than it was asked for."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _apart(kind: str, theirs: Mapping[str, Any], source: Source) -> dict[str, Any]:
    """The members of `properties` that are kept in columns: ours to say of a thing."""
    if kind == "Thing":
        return {
            declaration.PURPOSE: {
                language: text.format(name=source.name) for language, text in PURPOSE.items()
            },
            declaration.OPERATOR: source.name,
            declaration.RETENTION: declaration.write_duration(RETENTION),
            declaration.VISIBILITY: _visibility(theirs, ("internal", "draft")),
        }
    if kind not in ("Datastream", "MultiDatastream"):
        return {}
    silent = declaration.read_duration(theirs.get(declaration.SILENT_AFTER))
    apart = {declaration.VISIBILITY: _visibility(theirs, ("partners", "internal", "draft"))}
    if not source.open and apart[declaration.VISIBILITY] == declaration.PUBLIC:
        apart[declaration.VISIBILITY] = "partners"  # what is told with a key may not be for everyone
    if silent is not None and timedelta(0) < silent <= timedelta(days=366):
        apart[declaration.SILENT_AFTER] = theirs[declaration.SILENT_AFTER]
    return apart


def _visibility(theirs: Mapping[str, Any], hidden: Sequence[str]) -> str:
    """What another Smile City shows to us and not to all, we do not show to all either."""
    said = theirs.get(declaration.VISIBILITY)
    return str(said) if said in hidden else declaration.PUBLIC


def _tolerated(kind: str, said: Mapping[str, Any], link: str) -> dict[str, Any]:
    """What other services leave out or say otherwise, in our words."""
    if kind == "ObservedProperty" and not (
        isinstance(said.get("definition"), str) and _URI.fullmatch(said["definition"])
    ):
        return {"definition": link}
    if kind == "Sensor":
        return {"metadata": said.get("metadata", ""), "encodingType": said.get("encodingType", "text/plain")}
    if kind == "Datastream":
        unit = _unit(said.get("unitOfMeasurement"))
        return {"observationType": said.get("observationType", ANY), "unitOfMeasurement": unit}
    if kind == "MultiDatastream":
        units = said.get("unitOfMeasurements")
        return {"unitOfMeasurements": [_unit(one) for one in units]} if isinstance(units, list) else {}
    return {}


def _unit(said: Any) -> dict[str, Any]:
    """The unit without a definition that is no URI or code: some write a sentence there."""
    kept = {name: said.get(name) if isinstance(said, dict) else None for name in MEMBERS}
    definition = kept["definition"]
    if not isinstance(definition, str) or re.search(r"\s", definition):
        kept["definition"] = None
    return kept
