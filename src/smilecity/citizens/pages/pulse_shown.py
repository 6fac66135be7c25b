# SPDX-License-Identifier: EUPL-1.2
"""How results of the pulse are shown: in a sentence, as numbers with their uncertainty, and as a bar."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from smilecity.citizens.models import Pulse, PulseRound
from smilecity.citizens.reads import pulse as reads
from smilecity.citizens.rules import spread
from smilecity.citizens.rules.pulse import AGES
from smilecity.core import moments
from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.core.who import Who

Rows = Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a bar, from 0 to 100; its numbers are text, for a drawing knows no decimal comma."""

    step: int
    label: str
    percent: int
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Line:
    """A number with its name; without `pieces` it is hidden."""

    name: str
    key: str = ""
    inside: bool = False
    size: int = 0
    pieces: tuple[Piece, ...] = ()
    content: str = ""
    content_range: str = ""
    mean: str = ""
    step: int = 0
    mean_range: str = ""
    change: str = ""
    badge: str = "info"


def latest(who: Who, of: Pulse) -> Line | None:
    """The last round's result for all together; nothing before the first is closed."""
    rounds = reads.rounds(who, of)
    if not rounds:
        return None
    return whole(of, rounds[0], rounds[1] if len(rounds) > 1 else None, name=when(rounds[0]))


def whole(of: Pulse, one: PulseRound, before: PulseRound | None, name: str) -> Line:
    """All answers of a round together."""
    return line(of, name, "", counts_of(one, "all", ""), counts_of(before, "all", ""))


def by_area(who: Who, of: Pulse, one: PulseRound, before: PulseRound | None) -> list[Line]:
    """Each area of a round; quarters after their district."""
    rows = rows_of(one, "areas")
    known = reads.titles(who, {int(key) for row in rows if (key := str(row["key"]))})
    return [
        line(
            of,
            area_name(known, key),
            key,
            counts_of(one, "areas", key),
            counts_of(before, "areas", key),
            inside=bool(row["above"]),
        )
        for row in rows
        for key in [str(row["key"])]
    ]


def by_age(of: Pulse, one: PulseRound) -> list[Line]:
    """Each group of age, of all areas together."""
    return [
        line(of, str(AGES.get(key, _("Keine Angabe"))), key, counts_of(one, "ages", key), None)
        for row in rows_of(one, "ages")
        for key in [str(row["key"])]
    ]


def over_time(of: Pulse, rounds: Sequence[PulseRound], key: str) -> list[Line]:
    """An area (empty: all together) in every round, the latest first."""
    table = "areas" if key else "all"
    return [
        line(of, when(one), key, counts_of(one, table, key), counts_of(before, table, key))
        for one, before in zip(rounds, [*rounds[1:], None], strict=True)
    ]


def line(
    of: Pulse,
    name: str,
    key: str,
    counts: Sequence[int] | None,
    before: Sequence[int] | None,
    *,
    inside: bool = False,
) -> Line:
    """What counts say; without any it is hidden."""
    if counts is None:
        return Line(name, key, inside)
    content, mean = spread.content(counts), spread.mean(counts)
    change = spread.change(before, counts) if before is not None else None
    return Line(
        name,
        key,
        inside,
        sum(counts),
        tuple(_pieces(labels_of(of), counts)),
        percent(content.value),
        _("%(low)s bis %(high)s") % {"low": percent(content.low), "high": percent(content.high)},
        number(mean.value),
        spread.fifth(mean.value),
        _("%(low)s bis %(high)s") % {"low": number(mean.low), "high": number(mean.high)},
        _changed(change),
        {1: "success", -1: "warning"}.get(change or 0, "info"),
    )


def legend() -> list[tuple[int, str]]:
    """The steps of the map, the best first, and which means they are for."""
    return [
        (step, _("%(low)s bis %(high)s") % {"low": number(low), "high": number(high)})
        for step in range(5, 0, -1)
        for low, high in [spread.fifth_bounds(step)]
    ]


def rows_of(one: PulseRound, table: str) -> Rows:
    """A table of a closed round."""
    return list((one.result or {}).get(table) or [])


def counts_of(one: PulseRound | None, table: str, key: str) -> list[int] | None:
    """What a closed round shows of this; nothing if it is hidden or not there."""
    if one is None:
        return None
    if table == "all":
        return (one.result or {}).get("all")
    found = next((row for row in rows_of(one, table) if row["key"] == key), None)
    counts = found["counts"] if found else None
    return counts if isinstance(counts, list) else None


def when(one: PulseRound) -> str:
    """The days of a round: `3. November bis 16. November 2026`, always with a year."""
    zone = settings.SMILE.zone
    first = one.opens_at.astimezone(zone).date()
    last = (one.closes_at.astimezone(zone) - timedelta(hours=1)).date()
    known = {"first": moments.day_of(first, last), "last": f"{moments.day_of(last, last)} {last.year}"}
    return _("%(first)s bis %(last)s") % known


def area_name(known: Mapping[int, Noun], key: str) -> str:
    """What an area is called, or those who did not say."""
    noun = known.get(int(key)) if key else None
    return in_text(noun.title, language()) if noun else _("Keine Angabe")


def labels_of(of: Pulse) -> list[str]:
    """The five answers in the reader's language, worst first."""
    return list(of.labels.get(language()) or next(iter(of.labels.values())))


def percent(share: float) -> str:
    """`62 %`."""
    return _("%(many)d %%") % {"many": round(100 * share)}


def number(value: float) -> str:
    """`3,7`."""
    return str(number_format(value, 1))


def _pieces(labels: Sequence[str], counts: Sequence[int]) -> Iterator[Piece]:
    """Best first, as the answers are offered."""
    x, size = 0.0, sum(counts)
    for step, label, many in reversed(list(zip(range(1, len(counts) + 1), labels, counts, strict=True))):
        width = 100 * many / size
        yield Piece(step, label, round(width), f"{x:.2f}", f"{width:.2f}")
        x += width


def _changed(change: int | None) -> str:
    if change is None:
        return ""
    return {1: _("besser als in der Runde davor"), -1: _("schlechter als in der Runde davor")}.get(
        change, _("unverändert im Rahmen der Unsicherheit")
    )


def language() -> str:
    """The reader's."""
    return get_language() or settings.LANGUAGE_CODE
