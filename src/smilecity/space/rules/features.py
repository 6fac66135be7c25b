# SPDX-License-Identifier: EUPL-1.2
"""What may be asked of a collection (OGC API Features, Part 1): `limit`, `bbox`, `datetime`."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence

MOST = 200
USUAL = 50
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
Box = tuple[float, float, float, float]

_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d{1,9})?([Zz]|[-+]\d\d:\d\d)", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` (included) to `end` (not included); `None` is open."""

    start: datetime | None = None
    end: datetime | None = None


def checked_names(given: Iterable[str], known: Iterable[str]) -> None:
    """Refuses what nobody reads: a filter that is misspelt must not give everything."""
    for name in given:
        if name not in known:
            raise _wrong(
                name[:80], _("Diese Angabe kennt die Adresse nicht."), f"{_('Es gibt:')} {', '.join(known)}"
            )


def limit(text: str) -> int:
    """How many at most; more than `MOST` is `MOST`."""
    if not text:
        return USUAL
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text) > 0):
        raise _wrong("limit", _("Die Anzahl ist eine ganze Zahl ab 1."))
    return min(MOST, int(text))


def boxes(text: str) -> list[Box]:
    """The boxes (west, south, east, north) to look in: none is everywhere, two lie at the date line."""
    if not text:
        return []
    parts = text.split(",")
    if len(parts) not in (4, 6) or not all(_NUMBER.fullmatch(part.strip()) for part in parts):
        raise _wrong("bbox", _("Ein Ausschnitt besteht aus vier oder sechs Zahlen mit Komma dazwischen."))
    numbers = [float(part) for part in parts]
    corners = numbers if len(numbers) == 4 else [*numbers[:2], *numbers[3:5]]
    west, south, east, north = corners
    if len(numbers) == 6 and numbers[2] > numbers[5]:
        raise _wrong("bbox", _("Die untere Höhe liegt über der oberen."))
    if (
        not all(map(math.isfinite, numbers))
        or max(abs(west), abs(east)) > 180
        or max(abs(south), abs(north)) > 90
    ):
        raise _wrong("bbox", _("Dieser Ausschnitt liegt nicht auf der Erde."))
    if south > north:
        raise _wrong("bbox", _("Der südliche Rand liegt nördlich vom nördlichen."))
    if west > east:
        return [(west, south, 180.0, north), (-180.0, south, east, north)]
    return [(west, south, east, north)]


def span(text: str) -> Span:
    """A moment, or two with a slash between them where `..` or nothing is open."""
    if not text:
        return Span()
    parts = text.split("/")
    if len(parts) == 1:
        return Span(*_second(text))
    if len(parts) != 2 or all(part in ("", "..") for part in parts):
        raise _wrong_time()
    start, end = (None if part in ("", "..") else _second(part) for part in parts)
    if start and end and start[0] > end[0]:
        raise _wrong("datetime", _("Das Ende liegt vor dem Anfang."))
    return Span(start[0] if start else None, end[1] if end else None)


def _second(text: str) -> tuple[datetime, datetime]:
    """A moment of RFC 3339 and the one after it: a whole second, or a microsecond where fractions are given."""
    found = _MOMENT.fullmatch(
        text.replace(" ", "+") if text.count(" ") == 1 and "T" in text.upper() else text
    )
    if not found:
        raise _wrong_time()
    *_numbers, fraction, zone = found.groups()
    plain = text[:19].replace("t", "T")
    exact = f"{fraction[:7]:0<7}" if fraction else ""
    offset = "+00:00" if zone in "Zz" else zone
    try:
        moment = datetime.fromisoformat(f"{plain}{exact}{offset}").astimezone(UTC)
        return moment, moment + (timedelta(microseconds=1) if fraction else timedelta(seconds=1))
    except (ValueError, OverflowError) as error:
        raise _wrong_time() from error


def _wrong_time() -> Refusal:
    return _wrong(
        "datetime",
        _("Eine Zeit schreibt man 2026-11-22T10:00:00Z, einen Zeitraum mit / dazwischen."),
        _("Ein offenes Ende schreibt man als zwei Punkte."),
    )


def _wrong(field: str, sentence: Sentence, cure: Sentence = "") -> Refusal:
    return Refusal("features.wrong-parameter", sentence, cure=cure, field=field)
