# SPDX-License-Identifier: EUPL-1.2
"""Resource paths (18-088, clause 9.2): from an entity set along links to entities, collections and properties."""

import re

from smilecity.core.problems import Refusal
from smilecity.things.rules.entities import BY_PLURAL, KINDS, Kind, Link
from smilecity.things.rules.odata.functions import near
from smilecity.things.rules.odata.tokens import MOST_CHARACTERS, quoted
from smilecity.things.rules.odata.tree import Path, Step

MOST_STEPS = 16

_SEGMENT = re.compile(r"(?P<name>[^()]+)(?:\((?P<id>[^()]*)\))?")
_ID = re.compile(r"\s*(?:(?:@iot\.)?id\s*=\s*)?'?(?P<number>-?[0-9]{1,18})'?\s*", re.IGNORECASE)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_DEEP = {"json", "result", "geometry"}  # types of properties that can be stepped into


class _Walk:
    """The path walked so far: its steps, the kind it stands on, and whether it stands on one entity or many."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.steps: list[Step] = []
        self.kind: Kind | None = None
        self.one = False

    def syntax(self, at: int, expected: str) -> Refusal:
        sentence = f"path, character {at + 1}: Expected {expected}."
        return Refusal("odata.syntax", sentence, field="path")

    def nowhere(self, at: int, sentence: str, cure: str = "") -> Refusal:
        return Refusal(
            "odata.unknown-path", f"path, character {at + 1}: {sentence}", cure=cure, field="path", status=404
        )


def read_path(text: str) -> Path:
    """The path, decoded, after `/v1.1`. Raises `Refusal`: 400 if it is no path, 404 if it leads nowhere."""
    if len(text) > MOST_CHARACTERS:
        raise Refusal(
            "odata.too-costly", f"The path is longer than {MOST_CHARACTERS} characters.", field="path"
        )
    walk = _Walk(text)
    if unstorable := _UNSTORABLE.search(text):
        raise walk.syntax(unstorable.start(), "a character that a text may hold")
    segments = _segments(text)
    for number, (segment, at) in enumerate(segments):
        if not segment:
            raise walk.syntax(at, "a name between the slashes")
        if number >= MOST_STEPS:
            raise Refusal("odata.too-costly", f"The path has more than {MOST_STEPS} steps.", field="path")
        if walk.steps and _is_end(walk, segment):
            return _ended(walk, segments[number:])
        _go(walk, segment, at)
    return Path(tuple(walk.steps))


def _segments(text: str) -> list[tuple[str, int]]:
    """Each part between slashes and where it begins."""
    inside = text.removeprefix("/").removesuffix("/")
    found, at = [], int(text.startswith("/"))
    for segment in inside.split("/") if inside else []:
        found.append((segment, at))
        at += len(segment) + 1
    return found


def _is_end(walk: _Walk, segment: str) -> bool:
    """Whether this is no link any more."""
    assert walk.kind is not None
    return segment.startswith("$") or (
        walk.one and (segment in _IDS or walk.kind.property(segment) is not None)
    )


def _go(walk: _Walk, segment: str, at: int) -> None:
    """One step along an entity set or a link."""
    found = _SEGMENT.fullmatch(segment)
    if found is None:
        raise walk.syntax(at, "a name, with an id in parentheses or none")
    name, said = found["name"], found["id"]
    link = _first(walk, name, at) if walk.kind is None else _link(walk, walk.kind, name, at)
    if said is not None and not link.many:
        raise walk.syntax(at + len(name), f"no id: {name} leads to one entity")
    number = None if said is None else _id(walk, link, said, at + len(name) + 1)
    walk.steps.append(Step(name, number, at))
    walk.kind = KINDS[link.to]
    walk.one = not link.many or number is not None


def _first(walk: _Walk, name: str, at: int) -> Link:
    kind = BY_PLURAL.get(name)
    if kind is None:
        raise walk.nowhere(at, f"There is no entity set {quoted(name)}.", near(name, list(BY_PLURAL)))
    return Link(name, kind.name, many=True)


def _link(walk: _Walk, kind: Kind, name: str, at: int) -> Link:
    if not walk.one:
        cure = f"Say which one, as in {kind.plural}(1)/{name}."
        raise walk.nowhere(at, f"{quoted(name)} follows all {kind.plural} at once.", cure)
    link = kind.link(name)
    if link is None:
        known = [*(one.name for one in kind.links), *(one.name for one in kind.properties)]
        raise walk.nowhere(at, f"A {kind.name} has no {quoted(name)}.", near(name, known))
    return link


def _id(walk: _Walk, link: Link, said: str, at: int) -> int:
    found = _ID.fullmatch(said)
    if found is None or said.count("'") == 1:
        if not said.strip():
            raise walk.syntax(at, "an id")
        raise walk.nowhere(at, f"There is no {link.to} {quoted(said)}: ids are whole numbers.")
    return int(found["number"])


_IDS = {"id", "@iot.id"}


def _ended(walk: _Walk, rest: list[tuple[str, int]]) -> Path:
    """What is asked of where the path leads: `$ref`, `$count`, a property and what lies in it, its `$value`."""
    steps, (word, at) = tuple(walk.steps), rest[0]
    if word == "$ref":
        return _last(walk, rest, Path(steps, "$ref"))
    if word == "$count":
        if walk.one:
            raise walk.nowhere(at, "Only collections are counted; this is one entity.")
        return _last(walk, rest, Path(steps, "$count"))
    if word == "$value":
        raise walk.nowhere(at, "$value follows a property, as in Things(1)/name/$value.")
    if word.startswith("$"):
        raise walk.nowhere(at, f"There is no {quoted(word)} here.", near(word, ["$ref", "$count", "$value"]))
    return _property(walk, steps, rest)


def _property(walk: _Walk, steps: tuple[Step, ...], rest: list[tuple[str, int]]) -> Path:
    assert walk.kind is not None
    found = walk.kind.property(rest[0][0])
    inside = ["id" if rest[0][0] in _IDS else rest[0][0]]
    for number, (word, at) in enumerate(rest[1:], 1):
        if word == "$value":
            return _last(walk, rest[number:], Path(steps, "$value", tuple(inside)))
        if not word:
            raise walk.syntax(at, "a name between the slashes")
        if number >= MOST_STEPS:
            raise Refusal("odata.too-costly", f"The path has more than {MOST_STEPS} steps.", field="path")
        if found is None or found.type not in _DEEP:
            raise walk.nowhere(at, f"{inside[0]} has nothing inside.")
        inside.append(word)
    return Path(steps, "property", tuple(inside))


def _last(walk: _Walk, rest: list[tuple[str, int]], path: Path) -> Path:
    if len(rest) > 1:
        raise walk.nowhere(rest[1][1], f"Nothing follows {rest[0][0]}.")
    return path
