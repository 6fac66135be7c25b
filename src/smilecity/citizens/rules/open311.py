# SPDX-License-Identifier: EUPL-1.2
"""What GeoReport v2 (Open311) asks and answers, and what CitySDK and Klarschiff add: questions, statuses, attributes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

from smilecity.citizens.rules.coming import Spot, checked_spot
from smilecity.core.problems import Refusal

MOST_REQUESTS = 1000
MOST_BACK = 100_000
MOST_METRES = 50_000.0
MOST_ID = (1 << 63) - 1
SPAN = timedelta(days=90)
LEAST_CLIENT_ID, MOST_CLIENT_ID = 16, 200
# CitySDK's finer statuses: which states and decisions of ours each of them means.
DETAILED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "PENDING": (("new",), ()),
    "RECEIVED": (("open", "reopened"), ()),
    "IN_PROCESS": (("in_progress", "answered"), ()),
    "PROCESSED": (("closed",), ("accepted", "done", "merged", "answered")),
    "REJECTED": (("closed",), ("refused", "referred")),
}
# Klarschiff's three kinds, and ours.
KEYWORDS = {
    "problem": ("problem",),
    "idea": ("idea", "wish"),
    "tip": ("praise", "correction", "question"),
}
# What a category asks, and what GeoReport calls that.
DATATYPES = {
    "number": "number",
    "date": "datetime",
    "choice": "singlevaluelist",
    "choices": "multivaluelist",
    "text": "text",
}
Query = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Around:
    """Within so many metres of a spot."""

    spot: Spot
    metres: float


@dataclass(frozen=True, slots=True)
class Asked:
    """Which service requests are asked for; empty means whichever. `ids` win over everything else."""

    ids: tuple[int, ...] | None = None
    codes: tuple[str, ...] = ()
    closed: bool | None = None
    detailed: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    changed_since: datetime | None = None
    changed_until: datetime | None = None
    agency: str = ""
    around: Around | None = None
    areas: tuple[int, ...] = ()
    pictured: bool = False
    size: int = MOST_REQUESTS
    skip: int = 0


def asked(query: Query, now: datetime, *, citysdk: bool) -> Asked:
    """What the query string asks. An empty parameter is one that is not there, one that nobody knows is ignored.

    GeoReport answers for ninety days if no dates are given; CitySDK for all days, but only what is open.
    """
    if ids := query.get("service_request_id"):
        return Asked(ids=tuple(number for one in _listed(ids) if (number := id_of(one)) is not None))
    if query.get("observation_key"):
        raise wrong(
            "observation_key", "Watched areas are not known here: ask by area_code, or lat, long and radius."
        )
    since, until = _moment(query, "start_date"), _moment(query, "end_date")
    if not citysdk:
        since, until = _span(since, until, now)
    size = min(_whole(query, ("per_page", "page_size", "max_requests"), MOST_REQUESTS, 1), MOST_REQUESTS)
    skip = (_whole(query, ("page",), 1, 1) - 1) * size
    if skip > MOST_BACK:
        raise wrong(
            "page", "So many pages are not turned at once: ask for other days by start_date and end_date."
        )
    return Asked(
        codes=_listed(query.get("service_code", "")),
        closed=_closed(
            query.get("status", "") or ("open" if citysdk and not query.get("detailed_status") else "")
        ),
        detailed=_known("detailed_status", query.get("detailed_status", "").upper(), DETAILED),
        kinds=tuple(
            kind for one in _known("keyword", query.get("keyword", ""), KEYWORDS) for kind in KEYWORDS[one]
        ),
        since=since,
        until=until,
        changed_since=_moment(query, "updated_after"),
        changed_until=_moment(query, "updated_before"),
        agency=query.get("agency_responsible", "").strip(),
        around=_around(query),
        areas=tuple(_ids("area_code", query.get("area_code", ""))),
        pictured=said_yes(query.get("with_picture", "")),
        size=size,
        skip=skip,
    )


def id_of(text: str) -> int | None:
    """A number of a service request as it was sent; nothing for what cannot be one."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    return number if 0 < number <= MOST_ID else None


def said_yes(text: str) -> bool:
    """Whether a parameter says yes."""
    return text.strip().lower() in ("true", "1", "yes", "on")


def detailed_status(state: str, decision: str) -> str:
    """How it stands, as CitySDK says it."""
    return next(
        name
        for name, (states, decisions) in DETAILED.items()
        if state in states and (not decisions or decision in decisions)
    )


def spot_of(query: Query) -> Spot | None:
    """The position, if one was sent: both of its numbers, or none."""
    lat, long = _number(query, "lat"), _number(query, "long")
    if lat is None and long is None:
        return None
    if lat is None or long is None:
        raise wrong(
            "long" if long is None else "lat", "A position needs both lat and long, in degrees (WGS 84)."
        )
    return checked_spot(long, lat)


def client_id(text: str) -> str:
    """The number that a client gave its request so that sending again keeps one. Short ones could be guessed."""
    if text and not (LEAST_CLIENT_ID <= len(text) <= MOST_CLIENT_ID and text.isprintable()):
        raise wrong(
            "client_id", f"A client_id needs {LEAST_CLIENT_ID} to {MOST_CLIENT_ID} characters: send a UUID."
        )
    return text


def attributes(asks: Sequence[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
    """What a category asks, as the attributes of a GeoReport service definition."""
    return [
        {
            "variable": True,
            "code": ask["code"],
            "datatype": DATATYPES.get(ask["type"], "string"),
            "required": bool(ask.get("required")),
            "datatype_description": "YYYY-MM-DD" if ask["type"] == "date" else "",
            "order": order,
            "description": _label(ask, language),
            "values": [{"key": one["code"], "name": _label(one, language)} for one in ask.get("choices", ())],
        }
        for order, ask in enumerate(asks, start=1)
    ]


def details(
    asks: Sequence[Mapping[str, Any]], given: Mapping[str, Sequence[str]]
) -> dict[str, str | list[str]]:
    """What was sent as `attribute[code]` or `attribute[code][]`, by code; of a moment only its day is kept."""
    dates = {ask["code"] for ask in asks if ask["type"] == "date"}
    found: dict[str, str | list[str]] = {}
    for name, values in given.items():
        if not name.startswith("attribute["):
            continue
        code = name.removeprefix("attribute[").removesuffix("[]").removesuffix("]")
        kept = [one.partition("T")[0] if code in dates else one for one in values]
        found[code] = kept[0] if len(kept) == 1 else kept
    return found


def wrong(field: str, sentence: str, *, status: int = 400) -> Refusal:
    """The refusal of a parameter."""
    return Refusal("open311.wrong-parameter", sentence, field=field, status=status)


def _label(said: Mapping[str, Any], language: str) -> str:
    """A label in this language, else in the first there is, else its code."""
    texts: Mapping[str, str] = said.get("label") or {}
    return texts.get(language) or next((text for text in texts.values() if text), "") or str(said["code"])


def _listed(text: str) -> tuple[str, ...]:
    """Values with commas between them."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _known(name: str, text: str, known: Iterable[str]) -> tuple[str, ...]:
    found = _listed(text)
    if not set(found) <= set(known):
        raise wrong(name, f"'{name}' takes: {', '.join(known)}.")
    return found


def _closed(text: str) -> bool | None:
    """Open, closed, or (nothing or both) whichever."""
    found = _known("status", text, ("open", "closed"))
    return found[0] == "closed" if len(found) == 1 else None


def _ids(name: str, text: str) -> list[int]:
    found = [id_of(one) for one in _listed(text)]
    if None in found:
        raise wrong(name, f"'{name}' takes ids with commas between them.")
    return [one for one in found if one is not None]


def _moment(query: Query, name: str) -> datetime | None:
    """A date and time with its offset; without one it is UTC. A `+` may have come as a blank."""
    text = query.get(name, "").strip()
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise wrong(name, f"'{name}' is no date and time such as 2026-05-31T10:00:00Z.") from None


def _span(since: datetime | None, until: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """Ninety days: up to the end that was given, from the start that was given, or up to now."""
    try:
        if since is None:
            until = until or now
            return until - SPAN, until
        until = until or since + SPAN
    except OverflowError:
        raise wrong("start_date", "There are no ninety days there.") from None
    if until - since > SPAN:
        raise wrong("end_date", "Not more than 90 days are answered at once.")
    return since, until


def _around(query: Query) -> Around | None:
    if not query.get("radius"):
        return None
    spot, metres = spot_of(query), _number(query, "radius")
    if spot is None or metres is None or not 0 < metres <= MOST_METRES:
        raise wrong("radius", f"'radius' takes up to {MOST_METRES:.0f} metres, together with lat and long.")
    return Around(spot, metres)


def _number(query: Query, name: str) -> float | None:
    text = query.get(name, "").strip()
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        raise wrong(name, f"'{name}' is no number.")
    return number


def _whole(query: Query, names: Iterable[str], otherwise: int, least: int) -> int:
    """The first of these parameters that was sent."""
    for name in names:
        if text := query.get(name, "").strip():
            if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= least):
                raise wrong(name, f"'{name}' takes a whole number from {least}.")
            return int(text)
    return otherwise
