# SPDX-License-Identifier: EUPL-1.2
"""Pure decisions of this room: no Django, no clock, no I/O."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

import orjson

MOST_FEEDS = 64  # of one device
MOST_RESULT_BYTES = 4096  # of one result that is no number, as JSON
MOST_FIELD = 200  # characters of a feed's path
MOST_INTERVAL = timedelta(days=366)

TAKEN = {"uplinks", "json"}  # by the ways in for messages, below /things/

_EUI = re.compile(r"[0-9A-Fa-f]{16}")
_PART = re.compile(r"[0-9A-F]{1,16}")
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_SEPARATORS = re.compile(r"[\s:.-]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # what PostgreSQL's text, or UTF-8, does not hold


def normal_eui(text: str) -> str | None:
    """The EUI as the register keeps it (16 hexadecimal capitals), however a label writes it; else None."""
    eui = _SEPARATORS.sub("", text)
    return eui.upper() if _EUI.fullmatch(eui) else None


def part_of_eui(text: str) -> str:
    """What may be part of an EUI, as the register keeps it; empty if it cannot be."""
    part = _SEPARATORS.sub("", text).upper()
    return part if _PART.fullmatch(part) else ""


def is_key(text: str) -> bool:
    """Whether this can end an address: small letters and digits, joined by hyphens, at most 80, and not taken."""
    return len(text) <= 80 and _KEY.fullmatch(text) is not None and text not in TAKEN


def is_silent(last: datetime | None, silent_after: timedelta, now: datetime) -> bool:
    """Whether a datastream says nothing of the present: never heard, or not since `silent_after`."""
    return last is None or now - last > silent_after


def finite(number: float, scale: float = 1.0, offset: float = 0.0) -> float | None:
    """`number` times `scale` plus `offset` as a finite float; None if it does not fit in one."""
    try:
        result = float(number) * scale + offset
    except OverflowError:
        return None
    return result if math.isfinite(result) else None


def json_of(value: Any) -> str | None:
    """The value as JSON that PostgreSQL holds; None if too long, too deep, or not text."""
    try:
        text = orjson.dumps(value).decode()
    except TypeError:
        return None
    # NUL is told apart from a backslash that happens to stand before "u0000" by taking pairs away first.
    if len(text) > MOST_RESULT_BYTES or "\\u0000" in text.replace("\\\\", ""):
        return None
    return text


def plain(text: str, most: int) -> str:
    """The text without what a text column cannot hold, at most `most` characters."""
    return _UNSTORABLE.sub("\ufffd", text[:most])


def is_path(text: str) -> bool:
    """Whether this can be the dotted path of a decoded field."""
    return 0 < len(text) <= MOST_FIELD and not _UNSTORABLE.search(text) and all(text.split("."))


def value_at(data: Any, path: tuple[str, ...]) -> Any:
    """The value at a dotted path, None if there is none; digits step into lists."""
    for part in path:
        if isinstance(data, Mapping):
            data = data.get(part)
        elif (
            isinstance(data, list)
            and part.isascii()
            and part.isdigit()
            and len(part) < 6
            and int(part) < len(data)
        ):
            data = data[int(part)]
        else:
            return None
    return data


def oldest_uplink(uplink_days: int, now: datetime) -> datetime:
    """The oldest message that is taken in.

    A replay is known by its raw uplink, which is kept for `uplink_days` after it was stored; a message may be
    stored up to ten minutes before its own time (clocks differ). The hour keeps well clear of both.
    """
    return now - timedelta(days=uplink_days) + timedelta(hours=1)


def local_day(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """From midnight to midnight in the city, in UTC; 23 or 25 hours apart when the clocks change."""
    return (
        datetime.combine(day, time.min, zone).astimezone(UTC),
        datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC),
    )


def months_from(moment: datetime, count: int) -> list[tuple[int, int]]:
    """The month of `moment` in UTC and those that follow, `count` in all, as (year, month)."""
    moment = moment.astimezone(UTC)
    first = moment.year * 12 + moment.month - 1
    return [((first + step) // 12, (first + step) % 12 + 1) for step in range(count)]
