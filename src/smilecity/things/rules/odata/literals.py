# SPDX-License-Identifier: EUPL-1.2
"""Constants: numbers, texts, instants, intervals, durations and shapes, from their tokens."""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from smilecity.things.rules.odata.tokens import Cursor, Token, quoted
from smilecity.things.rules.odata.tree import Expression, Literal, Moment, Shape, Span

_MOST_INTEGER = 2**63
_DURATION = re.compile(
    r"(?P<sign>-?)P(?:(?P<weeks>[0-9]{1,6})W)?(?:(?P<days>[0-9]{1,9})D)?"
    r"(?:T(?:(?P<hours>[0-9]{1,9})H)?(?:(?P<minutes>[0-9]{1,9})M)?(?:(?P<seconds>[0-9]{1,12}(?:\.[0-9]{1,12})?)S)?)?",
    re.IGNORECASE,
)
_OFFSET = re.compile(r" (?=[0-9]{2}:[0-9]{2}$)")
_SRID = re.compile(r"\s*SRID\s*=\s*([0-9]{1,9})\s*;", re.IGNORECASE)
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


def is_constant(token: Token) -> bool:
    """Whether the token is a constant by itself."""
    return token.kind in _READERS or (token.kind == "name" and token.text.lower() in _WORDS)


def constant(cursor: Cursor) -> Expression:
    """The constant looked at (`is_constant`)."""
    token = cursor.step()
    if token.kind == "name":
        return Literal(_WORDS[token.text.lower()], token.at)
    return _READERS[token.kind](cursor, token)


def number(cursor: Cursor, token: Token, sign: str = "") -> int | float:
    """An integer of 64 bits, else a finite float."""
    text = sign + token.text
    if text.lstrip("-").isdigit() and len(text) <= 20 and -_MOST_INTEGER <= int(text) < _MOST_INTEGER:
        return int(text)
    found = float(text)
    if not math.isfinite(found):
        raise cursor.refusal("odata.syntax", token.at, f"{quoted(text)} is too great a number.")
    return found


def negative(cursor: Cursor) -> Literal:
    """The number after the minus looked at."""
    at = cursor.step().at
    return Literal(number(cursor, cursor.step(), "-"), at)


def _number(cursor: Cursor, token: Token) -> Literal:
    return Literal(number(cursor, token), token.at)


def _text(cursor: Cursor, token: Token) -> Literal:
    return Literal(token.text[1:-1].replace("''", "'"), token.at)


def _clock(cursor: Cursor, token: Token) -> Literal:
    """A time of day stays text: what `time()` gives is compared with it."""
    try:
        datetime.fromisoformat(f"2000-01-01T{token.text}")
    except ValueError:
        raise _no_time(cursor, token, token.text) from None
    return Literal(token.text, token.at)


def _moment(cursor: Cursor, token: Token) -> Moment:
    first, _, last = token.text.partition("/")
    start = _instant(cursor, token, first)
    if not last:
        return Moment(start, None, token.at)
    if last[0] in "Pp":
        try:
            end = start + _length(cursor, token, last)
        except OverflowError:
            raise _no_time(cursor, token, token.text) from None
    else:
        end = _instant(cursor, token, last)
    if end < start:
        raise cursor.refusal(
            "odata.syntax", token.at, f"The interval {quoted(token.text)} ends before it begins."
        )
    return Moment(start, end, token.at)


def _instant(cursor: Cursor, token: Token, text: str) -> datetime:
    """In UTC, which is also meant where no offset stands. A space before the offset was a plus, decoded."""
    try:
        found = datetime.fromisoformat(_OFFSET.sub("+", text).upper())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _no_time(cursor, token, text) from None


def _no_time(cursor: Cursor, token: Token, text: str) -> Exception:
    return cursor.refusal(
        "odata.syntax",
        token.at,
        f"{quoted(text)} is no time that there is.",
        "Write it as 2026-11-22T09:00:00Z; in an address a plus is written %2B.",
    )


def _span(cursor: Cursor, token: Token) -> Span:
    return Span(_length(cursor, token, token.text.partition("'")[2][:-1]), token.at)


def _length(cursor: Cursor, token: Token, text: str) -> timedelta:
    found = _DURATION.fullmatch(text)
    parts = (
        {unit: float(said) for unit, said in found.groupdict().items() if said and unit != "sign"}
        if found
        else {}
    )
    try:
        length = timedelta(**parts)
    except OverflowError:
        parts = {}
    if not parts or text[-1] in "Tt":
        raise cursor.refusal(
            "odata.syntax",
            token.at,
            f"{quoted(text)} is no duration.",
            "Write it in weeks, days, hours, minutes and seconds, as duration'P1DT2H30M'.",
        )
    return -length if found and found["sign"] else length


def _shape(cursor: Cursor, token: Token) -> Shape:
    text = token.text.partition("'")[2][:-1].replace("''", "'")
    if srid := _SRID.match(text):
        if srid[1] != "4326":
            raise cursor.refusal(
                "odata.syntax", token.at, f"Shapes are in WGS 84 (SRID 4326), not in SRID {srid[1]}."
            )
        text = text[srid.end() :]
    return Shape(text.strip(), token.at)


_READERS: dict[str, Callable[[Cursor, Token], Expression]] = {
    "number": _number,
    "text": _text,
    "time": _moment,
    "clock": _clock,
    "span": _span,
    "shape": _shape,
}
