# SPDX-License-Identifier: EUPL-1.2
"""A mapping tried on a message: what every rule finds, and the observation it makes, or why none.

What is sent again is stored once: an observation gets an id computed from what makes it this one. That is the identity
if the mapping says where it stands; else the reading and the time that it says; else the name that whoever brings the
message has for it, if there is one.
"""

import json
from collections.abc import Mapping as Object
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from smilecity.core.problems import Refusal
from smilecity.things.rules import finite
from smilecity.things.rules.mapping import ISO, MILLISECONDS, NOW, Mapping, Only, Rule
from smilecity.things.rules.mapping.paths import Path, checked_message, values_in
from smilecity.things.rules.observations import (
    AHEAD,
    FIRST_GIVEN_ID,
    Expected,
    Observation,
    bad_time,
    gone,
    instant,
    observation_of,
)
from smilecity.things.rules.results import COUNT, MEASUREMENT, bad_result

MOST_READINGS = 1000
MOST_OBSERVATIONS = 10_000
MOST_COST = 200_000  # values looked at
NUMBER_CHARACTERS = 40

ABSENT, ELSEWHERE, REFUSED, MADE = "absent", "elsewhere", "refused", "made"
"""The rule finds nothing; is for other readings (`only`); finds what cannot be kept; makes an observation."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule makes of one reading; both are counted from 0."""

    reading: int
    rule: int
    outcome: str
    value: Any = None
    observation: Observation | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a message comes from; `name` is what its bringer calls it, empty if it could not tell it again."""

    connector: int
    name: str = ""


def tried(
    mapping: Mapping, message: Any, now: datetime, streams: Object[int, Expected], source: Source
) -> list[Finding]:
    """What every rule makes of every reading. `streams` are the datastreams that there are.

    Refuses the whole message (422) if it is too much, has no readings, or no rule finds anything in it.
    """
    checked_message(message)
    readings = [message] if mapping.readings is None else mapping.readings.found(message, MOST_READINGS + 1)
    if not readings:
        raise _nothing("mapping.no-readings", "There are no readings where the mapping looks for them.")
    _affordable(mapping, readings, message)
    findings = [
        finding
        for number, reading in enumerate(readings)
        for finding in _Reading(mapping, message, reading, number, now, source).findings(streams)
    ]
    if all(one.outcome in (ABSENT, ELSEWHERE) for one in findings):
        raise _nothing("mapping.found-nothing", "The mapping finds none of its values in this message.")
    return findings


def named(source: Source, datastream: int, identity: str) -> int:
    """The id that these always give, in the range of ids given by clients."""
    text = f"{source.connector}/{datastream}/{identity}".encode()
    return FIRST_GIVEN_ID + (int.from_bytes(blake2b(text, digest_size=8).digest()) >> 12)


def named_by(source: Source, findings: list[Finding]) -> list[int]:
    """The ids that these would have if the message had come by the source's name."""
    return [
        named(source, one.observation.datastream, _by_name(source, one.reading))
        for one in findings
        if one.observation is not None
    ]


def _by_name(source: Source, reading: int) -> str:
    return _digest(["name", source.name, reading])


def _digest(identity: list[Any]) -> str:
    return blake2b(json.dumps(identity, sort_keys=True).encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class _Reading:
    mapping: Mapping
    message: Any
    reading: Any
    number: int
    now: datetime
    source: Source

    def findings(self, streams: Object[int, Expected]) -> list[Finding]:
        try:
            moment, identity = self._moment(), self._identity()
        except Refusal as refusal:
            return [
                self._found(index, rule, refusal) if self._is_for(rule.only) else self._elsewhere(index)
                for index, rule in enumerate(self.mapping.rules)
            ]
        return [
            self._made(index, rule, streams.get(rule.datastream), moment, identity)
            if self._is_for(rule.only)
            else self._elsewhere(index)
            for index, rule in enumerate(self.mapping.rules)
        ]

    def _elsewhere(self, index: int) -> Finding:
        return Finding(self.number, index, ELSEWHERE)

    def _found(self, index: int, rule: Rule, refusal: Refusal) -> Finding:
        """A value whose time or identity is at fault."""
        values = rule.path.found(self.reading, 1)
        if not values or values[0] is None:
            return Finding(self.number, index, ABSENT)
        return Finding(self.number, index, REFUSED, values[0], None, refusal)

    def _made(
        self, index: int, rule: Rule, expected: Expected | None, moment: datetime, identity: str
    ) -> Finding:
        values = rule.path.found(self.reading, 2)
        if not values or values == [None]:
            return Finding(self.number, index, ABSENT)
        try:
            if len(values) > 1:
                raise _several()
            if expected is None:
                raise gone()
            body = {"result": _result(values[0], rule, expected)}
            made = observation_of(body, rule.datastream, expected, None, moment)
        except Refusal as refusal:
            return Finding(self.number, index, REFUSED, values[0], None, refusal)
        if identity:
            made.id = named(self.source, rule.datastream, identity)
        return Finding(self.number, index, MADE, values[0], made)

    def _moment(self) -> datetime:
        """When the reading was taken."""
        if self.mapping.time is None:
            return self.now
        said = self._one(self.mapping.time)
        if said is None:
            raise bad_time("time", "where the mapping looks for it")
        text = said if self.mapping.form == ISO else _from_epoch(said, self.mapping.form)
        return instant(text, "time", self.now + AHEAD)

    def _identity(self) -> str:
        """What makes it this reading; empty if nothing does."""
        mapping = self.mapping
        if mapping.identity:
            return _digest([part for path in mapping.identity for part in self._part(path)])
        if mapping.form != NOW:
            said = self._one(mapping.time) if mapping.time else None
            return _digest(["at", said, self.reading])
        return _by_name(self.source, self.number) if self.source.name else ""

    def _part(self, path: Path) -> list[Any]:
        """A part of the identity; one that stands above the readings is shared by them, so their number is added."""
        own = path.found(self.reading, 1)
        part = own or path.found(self.message, 1)
        if not part or part[0] is None or isinstance(part[0], dict | list):
            raise Refusal(
                "mapping.no-identity",
                "What should tell this reading from others is not there.",
                field=path.text,
                status=422,
            )
        return part if own else [*part, self.number]

    def _one(self, path: Path) -> Any:
        found = path.found(self.reading, 1) or path.found(self.message, 1)
        return found[0] if found else None

    def _is_for(self, only: Only | None) -> bool:
        if only is None:
            return True
        found = self._one(only.path)
        return isinstance(found, bool) is isinstance(only.equals, bool) and found == only.equals


def _affordable(mapping: Mapping, readings: list[Any], message: Any) -> None:
    """Refuses before anything is looked for what would take too long."""
    if len(readings) > MOST_READINGS or len(readings) * len(mapping.rules) > MOST_OBSERVATIONS:
        raise Refusal(
            "mapping.too-much",
            f"The message has more than {MOST_READINGS} readings, or makes more than {MOST_OBSERVATIONS} values.",
            cure="Send less at once.",
            status=422,
        )
    wide = sum(not rule.path.single for rule in mapping.rules)
    above = [*mapping.identity, *(rule.only.path for rule in mapping.rules if rule.only)]
    above += [mapping.time] if mapping.time else []
    outside = sum(not path.single for path in above)
    cost = sum(map(values_in, readings)) * wide if wide else 0
    if outside:
        cost += (values_in(message) + max(map(values_in, readings))) * outside * len(readings)
    if cost > MOST_COST:
        raise Refusal(
            "mapping.too-costly",
            "To look for all values in this message would take too long.",
            cure="Send less at once, or name the way to the values without '..', '*' and filters.",
            status=422,
        )


def _result(value: Any, rule: Rule, expected: Expected) -> Any:
    """The result: numbers that are written as text are read, and reckoned with."""
    if expected.types is not None:
        return value
    if isinstance(value, str) and expected.observation_type in (MEASUREMENT, COUNT):
        value = _number(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or (rule.scale, rule.offset) == (1, 0):
        return value
    number = finite(value, rule.scale, rule.offset)
    if number is None:
        raise bad_result("a number that fits in 64 bits")
    return number


def _number(text: str) -> float:
    try:
        if len(text) <= NUMBER_CHARACTERS and "_" not in text:
            return float(text)
    except ValueError:
        pass
    raise bad_result("a number")


def _from_epoch(said: Any, form: str) -> str:
    """Seconds or milliseconds since 1970, as ISO."""
    try:
        number = said if isinstance(said, int | float) and not isinstance(said, bool) else _number(said)
        seconds = number / 1000 if form == MILLISECONDS else number
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    except (Refusal, TypeError, ValueError, OverflowError, OSError) as error:
        raise bad_time("time", f"{form} since 1970") from error


def _several() -> Refusal:
    return Refusal("mapping.several", "This path finds several values.", cure="Name one of them.", status=422)


def _nothing(code: str, sentence: str) -> Refusal:
    return Refusal(code, sentence, cure="Check the mapping on the page of this connector.", status=422)
