# SPDX-License-Identifier: EUPL-1.2
"""One observation: what a body may say of it, and how it is kept."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from smilecity.core.problems import Refusal
from smilecity.things.rules.results import Kept, checked_result, checked_results, json_text

FIRST_GIVEN_ID = 2**52  # ids from here on are given by clients
LAST_ID = 2**53 - 1
OLDEST = datetime(1900, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)  # clocks differ, and a day's interval ends at its end

PROPERTIES = ("phenomenonTime", "resultTime", "result", "resultQuality", "validTime", "parameters")
LINKS = ("Datastream", "MultiDatastream", "FeatureOfInterest")

_INSTANT = "a time with an offset, such as 2026-11-22T09:00:00Z"


class Observation(msgspec.Struct, gc=False):
    """An observation as it is kept. An `id` of 0 is given by the node; `refusal` says why it could not be kept."""

    datastream: int
    start: datetime
    end: datetime | None = None
    number: float | None = None
    value: str | None = None
    feature: int | None = None
    id: int = 0
    result_time: datetime | None = None
    parameters: str | None = None
    valid_start: datetime | None = None
    valid_end: datetime | None = None
    quality: str | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What a datastream expects of an observation's result; `types` if it is a MultiDatastream."""

    observation_type: str
    types: tuple[str, ...] | None = None

    def checked(self, result: Any) -> Kept:
        """The result as it is kept."""
        if self.types is None:
            return checked_result(result, self.observation_type)
        return checked_results(result, self.types)


def observation_of(
    body: Mapping[str, Any], datastream: int, expected: Expected, feature: int | None, now: datetime
) -> Observation:
    """The observation that a body of the API describes; its links have been followed before.

    Without a time it is of now. Refuses (422) with the property at fault.
    """
    if "result" not in body:
        raise Refusal("entity.missing-property", "An observation needs a result.", field="result", status=422)
    number, value = expected.checked(body["result"])
    made = Observation(datastream, now, None, number, value, feature)
    for name, said in body.items():
        take = _TAKERS.get(name)
        if take is not None:
            take(made, said, now)
        elif "@" not in name and name not in ("result", "id", *LINKS):
            raise unknown(name)
    if "@iot.id" in body:
        made.id = given_id(body["@iot.id"])
    return made


def change_of(kept: Observation, body: Mapping[str, Any], expected: Expected, now: datetime) -> Observation:
    """The observation with what the body says anew (PATCH); what it does not name stays."""
    made = msgspec.structs.replace(kept, refusal=None)
    for name, said in body.items():
        take = _TAKERS.get(name)
        if name == "result":
            made.number, made.value = expected.checked(said)
        elif take is not None:
            take(made, said, now)
        elif "@" not in name and name not in ("id", *LINKS):
            raise unknown(name)
    return made


def told_apart(rows: Sequence[Observation], held: Mapping[int, int]) -> list[Observation]:
    """The rows that are new; `held` are the datastreams of ids that are taken.

    One with the id of an observation of its datastream is that one, sent again, and well; one with the id of an
    observation of another datastream is refused.
    """
    taken = dict(held)
    fresh = []
    for row in rows:
        holder = taken.get(row.id)
        if holder is None:
            taken[row.id] = row.datastream
            fresh.append(row)
        elif holder != row.datastream:
            row.refusal = id_taken()
    return fresh


def given_id(said: Any) -> int:
    """The id that a client gives its observation, so that it may send it again."""
    if isinstance(said, str) and said.isascii() and said.isdecimal() and len(said) < 17:
        said = int(said)
    if isinstance(said, bool) or not isinstance(said, int) or not FIRST_GIVEN_ID <= said <= LAST_ID:
        raise Refusal(
            "observation.bad-id",
            "An id that you give must lie from 2^52 to 2^53 - 1; smaller ones are given by the node.",
            cure="Leave '@iot.id' out, or draw a random number of that range.",
            field="@iot.id",
            status=422,
        )
    return said


def linked_id(said: Any, field: str) -> int:
    """The id in a link such as `{"@iot.id": 5}`; what stands beside it is not looked at."""
    found = said.get("@iot.id", said.get("id")) if isinstance(said, dict) else None
    if isinstance(found, str) and found.isascii() and found.isdecimal() and len(found) < 17:
        found = int(found)
    if isinstance(found, bool) or not isinstance(found, int) or not 0 < found <= LAST_ID:
        raise Refusal(
            "entity.bad-property",
            f"{field} must be a link with an id.",
            cure='Send {"@iot.id": 5}.',
            field=field,
            status=422,
        )
    return found


def instant(said: Any, field: str, latest: datetime | None) -> datetime:
    """A moment with an offset, from 1900 on and not after `latest`."""
    try:
        moment = datetime.fromisoformat(said)
    except (ValueError, TypeError) as error:
        raise bad_time(field, _INSTANT) from error
    return _possible(moment, field, latest)


def time_of(said: Any, field: str, latest: datetime | None) -> tuple[datetime, datetime | None]:
    """A moment, or `start/end`."""
    if not isinstance(said, str) or "/" not in said:
        return instant(said, field, latest), None
    start, _, end = said.partition("/")
    first, last = instant(start, field, latest), instant(end, field, latest)
    if last < first:
        raise bad_time(field, "an interval that ends after it begins")
    return first, last


def bad_time(field: str, wanted: str) -> Refusal:
    """The refusal of what is no time."""
    return Refusal("observation.bad-time", f"{field} must be {wanted}.", field=field, status=422)


def gone() -> Refusal:
    """The refusal of an observation whose datastream is not there, or not for the asker to see."""
    return Refusal(
        "entity.not-found",
        "There is no such datastream.",
        cure="Check its id.",
        field="Datastream",
        status=404,
    )


def feature_gone() -> Refusal:
    """The refusal of an observation of a feature that is not there, or not for the asker to see."""
    return Refusal(
        "entity.not-found",
        "There is no such feature of interest.",
        cure="Check its id.",
        field="FeatureOfInterest",
        status=404,
    )


def id_taken() -> Refusal:
    """The refusal of an id that another observation has."""
    return Refusal(
        "observation.id-taken",
        "Another observation has this id.",
        cure="Draw another, or leave '@iot.id' out.",
        field="@iot.id",
        status=409,
    )


def unknown(name: str) -> Refusal:
    """The refusal of a property that no observation has."""
    near = difflib.get_close_matches(name, (*PROPERTIES, *LINKS), 1)
    return Refusal(
        "entity.unknown-property",
        f"An observation has no property '{name[:100]}'.",
        cure=f"Did you mean {near[0]}?" if near else f"It has {', '.join(PROPERTIES)}.",
        field=name[:100],
        status=422,
    )


def _possible(moment: datetime, field: str, latest: datetime | None) -> datetime:
    if moment.tzinfo is None:
        raise bad_time(field, _INSTANT)
    if moment < OLDEST or (latest is not None and moment > latest):
        raise Refusal(
            "observation.impossible-time",
            f"{field} must not be before 1900" + (", nor more than a day ahead." if latest else "."),
            cure="Check the clock of the sender.",
            field=field,
            status=422,
        )
    return moment


def _take_time(made: Observation, said: Any, now: datetime) -> None:
    if said is None:
        made.start, made.end = now, None
    else:
        made.start, made.end = time_of(said, "phenomenonTime", now + AHEAD)


def _take_result_time(made: Observation, said: Any, now: datetime) -> None:
    made.result_time = None if said is None else instant(said, "resultTime", now + AHEAD)


def _take_valid_time(made: Observation, said: Any, _now: datetime) -> None:
    if said is None:
        made.valid_start = made.valid_end = None
        return
    made.valid_start, made.valid_end = time_of(said, "validTime", None)
    if made.valid_end is None:
        raise bad_time("validTime", "two times with a slash between")


def _take_parameters(made: Observation, said: Any, _now: datetime) -> None:
    if said is not None and not isinstance(said, Mapping):
        raise Refusal("entity.bad-property", "parameters must be an object.", field="parameters", status=422)
    made.parameters = None if said is None else json_text(said, "parameters")


def _take_quality(made: Observation, said: Any, _now: datetime) -> None:
    made.quality = None if said is None else json_text(said, "resultQuality")


_TAKERS: dict[str, Callable[[Observation, Any, datetime], None]] = {
    "phenomenonTime": _take_time,
    "resultTime": _take_result_time,
    "validTime": _take_valid_time,
    "parameters": _take_parameters,
    "resultQuality": _take_quality,
}


def datastream_of(body: Mapping[str, Any]) -> tuple[int, bool]:
    """The id of the datastream an observation says it belongs to, and whether that is a MultiDatastream."""
    multi = "MultiDatastream" in body
    name = "MultiDatastream" if multi else "Datastream"
    if name not in body:
        raise Refusal(
            "entity.missing-property", "An observation needs a datastream.", field="Datastream", status=422
        )
    return linked_id(body[name], name), multi
