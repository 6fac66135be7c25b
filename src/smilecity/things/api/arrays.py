# SPDX-License-Identifier: EUPL-1.2
"""The data array extension (18-088, clause 13): many observations of a datastream as rows of columns."""

import contextlib
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from smilecity.core.problems import Refusal
from smilecity.things.intake.observations import MOST_OF_ONE
from smilecity.things.rules.observations import (
    AHEAD,
    PROPERTIES,
    Expected,
    Observation,
    linked_id,
    observation_of,
    time_of,
)

FEATURE = "FeatureOfInterest/id"
COMPONENTS = (*PROPERTIES, FEATURE, "id")

Feature = int | None | Refusal
"""What a row's feature is, or why it is none."""


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one datastream; each has a value for each of `components`."""

    datastream: int
    multi: bool
    components: tuple[str, ...]
    rows: list[Any]

    def features(self) -> set[int | None]:
        """The ids of the features that rows name; None is among them if one names none."""
        if FEATURE not in self.components:
            return {None}
        place = self.components.index(FEATURE)
        named: set[int | None] = set()
        for row in self.rows:
            if self._fits(row):
                with contextlib.suppress(Refusal):  # said of the row later
                    named.add(_feature(row[place]))
        return named

    def observations(
        self, expected: Expected, features: Mapping[int | None, Feature], now: datetime
    ) -> list[Observation | str]:
        """An observation for each row, or the sentence that says why it is none."""
        feature = features.get(None)
        if set(self.components) == {"phenomenonTime", "result"} and not isinstance(feature, Refusal):
            return self._plain(expected, feature, now)
        return [self._one(row, expected, features, now) for row in self.rows]

    def _plain(self, expected: Expected, feature: int | None, now: datetime) -> list[Observation | str]:
        """What most send: as little work a row as can be."""
        turned = self.components[0] == "result"
        datastream, checked, latest = self.datastream, expected.checked, now + AHEAD
        made: list[Observation | str] = []
        for row in self.rows:
            try:
                said, result = row
                if turned:
                    said, result = result, said
                start, end = time_of(said, "phenomenonTime", latest)
                number, value = checked(result)
                made.append(Observation(datastream, start, end, number, value, feature))
            except Refusal as refusal:
                made.append(f"error: {refusal.sentence}")
            except (TypeError, ValueError):
                made.append(self._misfit())
        return made

    def _one(
        self,
        row: Any,
        expected: Expected,
        features: Mapping[int | None, Feature],
        now: datetime,
    ) -> Observation | str:
        if not self._fits(row):
            return self._misfit()
        said = dict(zip(self.components, row, strict=True))
        try:
            named = said.pop(FEATURE, None)
            feature = features[_feature(named)]
            if isinstance(feature, Refusal):
                raise feature
            if said.get("id") is not None:
                said["@iot.id"] = said["id"]
            return observation_of(said, self.datastream, expected, feature, now)
        except Refusal as refusal:
            return f"error: {refusal.sentence}"

    def _fits(self, row: Any) -> bool:
        return isinstance(row, list) and len(row) == len(self.components)

    def _misfit(self) -> str:
        return f"error: A row has {len(self.components)} values, one for each component."


def read_groups(body: Any) -> list[Group]:
    """The groups of a body. Refuses it whole if its form is wrong, or it has more rows than one call may."""
    if not isinstance(body, list):
        raise _malformed(
            "The body is an array of groups, each with Datastream, components and dataArray.", ""
        )
    groups = [_group(one, f"{place}") for place, one in enumerate(body)]
    if sum(len(group.rows) for group in groups) > MOST_OF_ONE:
        raise Refusal(
            "request.too-large",
            f"One call takes at most {MOST_OF_ONE} observations.",
            cure="Send them in several calls.",
            status=413,
        )
    return groups


def _group(said: Any, where: str) -> Group:
    if not isinstance(said, Mapping):
        raise _malformed("A group is an object.", where)
    multi = "MultiDatastream" in said
    name = "MultiDatastream" if multi else "Datastream"
    components, rows = said.get("components"), said.get("dataArray")
    if not isinstance(components, list) or not isinstance(rows, list):
        raise _malformed("A group has 'components' and 'dataArray', both arrays.", where)
    for one in components:
        if one not in COMPONENTS:
            near = difflib.get_close_matches(str(one), COMPONENTS, 1)
            raise Refusal(
                "entity.unknown-property",
                f"There is no component {str(one)[:100]!r}.",
                cure=f"Did you mean {near[0]}?" if near else f"There are {', '.join(COMPONENTS)}.",
                field=f"{where}.components",
                status=422,
            )
    if len(set(components)) < len(components) or "result" not in components:
        raise _malformed("The components name 'result', and each but once.", f"{where}.components")
    if name not in said:
        raise _malformed("A group names its Datastream.", where)
    return Group(linked_id(said[name], name), multi, tuple(components), rows)


def _feature(said: Any) -> int | None:
    return None if said is None else linked_id({"@iot.id": said}, FEATURE)


def _malformed(sentence: str, field: str) -> Refusal:
    return Refusal("observation.bad-array", sentence, field=field, status=422)
