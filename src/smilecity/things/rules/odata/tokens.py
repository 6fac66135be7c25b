# SPDX-License-Identifier: EUPL-1.2
"""A query option's text cut into tokens that know their place, and the cursor that reads them with one look ahead."""

import re
from typing import NamedTuple

from smilecity.core.problems import Refusal

MOST_CHARACTERS = 16 * 1024
MOST_DEPTH = 40  # parentheses, calls and signs within each other
MOST_NODES = 500  # operators, values and expanded links of a whole request

_INSTANT = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"
    r"(?:[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?|\x20[0-9]{2}:[0-9]{2}(?![0-9:]))?)?"
)
_LENGTH = r"P[0-9DHMPSTWY.]+"
_TOKEN = re.compile(
    rf"""
    (?P<space>\s+)
    | (?P<step>(?<=/)[@$]?\w+(?:[.-]\w+)*)
    | (?P<shape>geo(?:graphy|metry)'[^']*(?:''[^']*)*')
    | (?P<span>duration'[^']*')
    | (?P<time>{_INSTANT}(?:/(?:{_INSTANT}|{_LENGTH}))?(?![\w:]))
    | (?P<clock>[0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:\.[0-9]+)?)?(?![\w:]))
    | (?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.]))
    | (?P<text>'[^']*(?:''[^']*)*')
    | (?P<name>[@$]?[^\W\d]\w*(?:[.-]\w+)*)
    | (?P<mark>[()\[\],;:=/*-])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # what PostgreSQL's text, or UTF-8, does not hold
_WORD = re.compile(r"\S{1,30}")


class Token(NamedTuple):
    """A piece of the text: `kind` is a group of the pattern above or `end`; `at` counts characters from 0."""

    kind: str
    text: str
    at: int


class Budget:
    """What a request has spent so far, so that it is refused for its cost before it is understood."""

    __slots__ = ("depth", "nodes")

    def __init__(self) -> None:
        self.depth = 0
        self.nodes = 0


class Cursor:
    """The tokens of one text, read from left to right. `field` is what a refusal calls the text: `$filter`."""

    __slots__ = ("_place", "_tokens", "budget", "field", "now", "text")

    def __init__(self, text: str, field: str, budget: Budget | None = None) -> None:
        self.text = text
        self.field = field
        self.budget = budget or Budget()
        self._tokens = _cut(text, field)
        self._place = 0
        self.now = self._tokens[0]

    def step(self) -> Token:
        """The token looked at; then look at the next one."""
        taken = self.now
        if self._place + 1 < len(self._tokens):
            self._place += 1
            self.now = self._tokens[self._place]
        return taken

    def ahead(self) -> Token:
        """The token after the one looked at."""
        return self._tokens[min(self._place + 1, len(self._tokens) - 1)]

    def sees(self, mark: str) -> bool:
        """Whether the token looked at is this punctuation mark."""
        return self.now.text == mark and self.now.kind == "mark"

    def passes(self, mark: str) -> bool:
        """Step over the mark if it is there."""
        if self.sees(mark):
            self.step()
            return True
        return False

    def must_pass(self, mark: str, *instead: str) -> None:
        """Step over the mark, or refuse and say what else (`instead`) could have stood there."""
        if not self.passes(mark):
            raise self.wrong(" or ".join([f"'{mark}'", *instead]))

    def word(self) -> str:
        """The word looked at in small letters; empty if it is none."""
        return self.now.text.lower() if self.now.kind in {"name", "step"} else ""

    def end(self, *instead: str) -> None:
        """Refuse if something is left."""
        if self.now.kind != "end":
            raise self.wrong(" or ".join([*instead, "the end"]))

    def wrong(self, expected: str, token: Token | None = None) -> Refusal:
        """The refusal that says where, what was expected and what stands there."""
        token = token or self.now
        found = "the end" if token.kind == "end" else quoted(token.text)
        return self.refusal("odata.syntax", token.at, f"Expected {expected}, found {found}.")

    def refusal(self, code: str, at: int, sentence: str, cure: str = "") -> Refusal:
        """A refusal of what begins at `at`."""
        return Refusal(code, f"{self.field}, character {at + 1}: {sentence}", cure=cure, field=self.field)

    def spend(self, nodes: int = 1) -> None:
        """Count what was read; refuse a request that has grown too big."""
        self.budget.nodes += nodes
        if self.budget.nodes > MOST_NODES:
            raise self.too_costly(f"more than {MOST_NODES} operators, values and links")

    def enter(self) -> None:
        """One level deeper; refused before Python's own stack could be in danger."""
        self.budget.depth += 1
        if self.budget.depth > MOST_DEPTH:
            raise self.too_costly(f"more than {MOST_DEPTH} levels within each other")

    def leave(self) -> None:
        """One level up again."""
        self.budget.depth -= 1

    def too_costly(self, reason: str) -> Refusal:
        """The refusal for cost, where it showed."""
        return self.refusal(
            "odata.too-costly", self.now.at, f"The request has {reason}.", "Ask for less at once."
        )


def quoted(text: str) -> str:
    """The text as it is shown in a refusal: not longer than a line's half."""
    return f"'{text[:40]}...'" if len(text) > 40 else f"'{text}'"


def _cut(text: str, field: str) -> list[Token]:
    if len(text) > MOST_CHARACTERS:
        raise Refusal(
            "odata.too-costly",
            f"{field} is longer than {MOST_CHARACTERS} characters.",
            cure="Ask for less at once.",
            field=field,
        )
    if unstorable := _UNSTORABLE.search(text):
        raise _stranger(field, unstorable.start(), "a character that no text may hold")
    tokens: list[Token] = []
    place, end = 0, len(text)
    while place < end:
        found = _TOKEN.match(text, place)
        if found is None:
            raise _stranger(field, place, _trouble(text, place))
        kind = found.lastgroup or ""
        if kind != "space":
            tokens.append(Token(kind, found.group(), place))
        place = found.end()
    tokens.append(Token("end", "", end))
    return tokens


def _trouble(text: str, place: int) -> str:
    """Why no token begins here."""
    if text[place] == "'":
        return "a text without its closing quote (a quote within a text is doubled)"
    word = _WORD.match(text, place)
    return f"{quoted(word.group() if word else text[place])}, which is no name, number, time or text"


def _stranger(field: str, at: int, what: str) -> Refusal:
    return Refusal("odata.syntax", f"{field}, character {at + 1}: Found {what}.", field=field)
