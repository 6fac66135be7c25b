# SPDX-License-Identifier: EUPL-1.2
"""Opening hours as a form shows them: each day of the week, public holidays and school holidays; and back again.

Both ways keep the meaning: what is read here and written again is open at the same moments. What the form cannot say,
such as numbers of weeks, is not read at all and stays a text.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _

from smilecity.core.problems import Refusal, Sentence

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
PUBLIC, SCHOOL = "ph", "sh"
MOST_SPANS = 3
MIDNIGHT = 24 * 60
SUNSET, DUSK = "sunset", "dusk"
SUN = (SUNSET, DUSK)
# Nowhere in Germany does the sun set earlier, not even in December. What began later would be open all night.
EARLIEST_SUNSET = 15 * 60 + 30
EVERY_DAY, WORKING_DAYS = "", "Mo-Fr"


@dataclass(frozen=True, slots=True)
class Span:
    """From a minute of the day until another, or until the sun's; an end before the start is on the next day."""

    start: int
    end: int | str

    @property
    def over_midnight(self) -> bool:
        """Whether it ends on the next day."""
        return isinstance(self.end, int) and self.end <= self.start


Day = tuple[Span, ...]
CLOSED: Day = ()
ALL_DAY: Day = (Span(0, MIDNIGHT),)


@dataclass(frozen=True, slots=True)
class Week:
    """The seven days from Monday on; `public` and `school` are those of holidays, None as the day of the week has it.

    `school_days` are the days of the week that school holidays are about; public holidays go before them.
    """

    days: tuple[Day, ...] = (CLOSED,) * 7
    public: Day | None = None
    school: Day | None = None
    school_days: str = EVERY_DAY


def checked(week: Week) -> Week:
    """The week, if it can be kept: spans in order that do not meet. The refusal's field is `mo` to `su`, `ph`, `sh`."""
    for key, day in rows(week).items():
        _must_be_in_order(key, day)
    for number, (day, after) in enumerate(pairwise((*week.days, week.days[0]))):
        if day and after and day[-1].over_midnight and _minutes(day[-1].end) > after[0].start:
            sentence = _("Am Tag davor ist länger offen, als diese Zeit beginnt.")
            raise _wrong(DAYS[(number + 1) % 7], sentence)
    return week


def rows(week: Week) -> dict[str, Day]:
    """What is said of each row of the form; holidays only if they are otherwise."""
    found = dict(zip(DAYS, week.days, strict=True))
    holidays = ((PUBLIC, week.public), (SCHOOL, week.school))
    return found | {key: day for key, day in holidays if day is not None}


def written(week: Week) -> str:
    """The week as OpenStreetMap writes it."""
    if week == Week((ALL_DAY,) * 7):
        return "24/7"
    # A rule behind `;` would cut off the night before it, one behind `,` adds to it.
    joint = ", " if any(span.over_midnight for day in week.days for span in day) else "; "
    regular = joint.join(f"{','.join(_named(numbers))} {_times(day)}" for numbers, day in _alike(week.days))
    parts = [regular] if regular else []
    if week.school is not None:
        parts.append(f"{' '.join(filter(None, ('SH', week.school_days)))} {_times(week.school)}")
    if week.public is not None:
        parts.append(f"PH {_times(week.public)}")
    return "; ".join(parts) or "Mo-Su off"


def kept(week: Week, before: str) -> str:
    """The same, but word for word as it was if nothing is otherwise: who changes nothing has changed nothing."""
    return before if read(before) == week else written(week)


def read(text: str) -> Week | None:
    """The week that this text says; None if it says what the form cannot, or nothing at all."""
    text = text.strip()
    if text == "24/7":
        return Week((ALL_DAY,) * 7)
    try:
        week = _read(text) if text else None
        return checked(week) if week is not None else None
    except Refusal:
        return None


_NAMES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_DAY = "(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_SOME = rf"(?:{_DAY}(?:-{_DAY})?|PH|SH)"
_CLOCK = r"[0-2]\d:[0-5]\d"
_ONE = rf"{_CLOCK}\s*-\s*(?:{_CLOCK}|sunset|dusk)"
_RULE = re.compile(
    rf"(?:(?P<school>SH\s+Mo-Fr)\s+|(?P<days>{_SOME}(?:\s*,\s*{_SOME})*)\s+)?"
    rf"(?P<times>off|closed|{_ONE}(?:\s*,\s*{_ONE})*)"
)
# A comma behind times, before days; those between days are of one rule.
_ADDED = re.compile(rf"(?<=[\dtkfd]),\s*(?={_SOME}[\s,-])")


def _read(text: str) -> Week | None:
    found = _regular_and_holidays(text)
    if found is None:
        return None
    regular, holidays = found
    days: dict[int, Day] = {}
    for numbers, day in regular:
        days |= dict.fromkeys(numbers, day)
    public, school = holidays.get("PH"), holidays.get("SH", holidays.get("SH Mo-Fr"))
    return Week(
        tuple(days.get(number, CLOSED) for number in range(7)),
        public,
        school,
        WORKING_DAYS if "SH Mo-Fr" in holidays else EVERY_DAY,
    )


def _regular_and_holidays(text: str) -> tuple[list[tuple[set[int], Day]], dict[str, Day]] | None:
    """Rules for days of the week, and those for holidays behind them; None if a later one bends an earlier one."""
    regular: list[tuple[set[int], Day]] = []
    holidays: dict[str, Day] = {}
    for numbers, special, day, added in _rules(text):
        if special is None or (numbers and holidays) or (added and (not numbers or _meets(numbers, regular))):
            return None
        if not added and any(span.over_midnight for _n, before in regular for span in before) and numbers:
            return None  # it would cut off the night before it
        if numbers:
            regular.append((numbers, day))
        for one in special:
            if one in holidays or (one != "PH" and holidays.keys() - set(special)):
                return None  # school holidays behind public ones go before them
            holidays[one] = day
    return (regular, holidays) if regular or holidays else None


def _rules(text: str) -> Iterator[tuple[set[int], list[str] | None, Day, bool]]:
    """Each rule: its days, the holidays it names (None if it is not to be read), its times, whether it only adds."""
    for part in text.split(";"):
        for number, rule in enumerate(_ADDED.split(part)):
            found = _RULE.fullmatch(rule.strip())
            day = _day(found["times"]) if found else None
            if found is None or day is None:
                yield set(), None, CLOSED, False
                return
            named = re.split(r"\s*,\s*", found["days"]) if found["days"] else []
            special = [one for one in named if one in ("PH", "SH")] + (
                ["SH Mo-Fr"] if found["school"] else []
            )
            plain = [one for one in named if one not in ("PH", "SH")]
            numbers = (
                {n for one in plain for n in _range(one)}
                if found["days"] or found["school"]
                else set(range(7))
            )
            yield numbers, special, day, number > 0


def _meets(numbers: set[int], regular: Iterable[tuple[set[int], Day]]) -> bool:
    return any(numbers & known for known, _day in regular)


def _range(named: str) -> Iterator[int]:
    first, _dash, last = named.partition("-")
    start, end = _NAMES.index(first), _NAMES.index(last or first)
    yield from ((start + n) % 7 for n in range((end - start) % 7 + 1))


def _day(times: str) -> Day | None:
    if times in ("off", "closed"):
        return CLOSED
    spans = tuple(_span(one) for one in re.split(r"\s*,\s*", times))
    return spans if len(spans) <= MOST_SPANS and all(_known(one) for one in spans) else None


def _span(text: str) -> Span:
    start, end = re.split(r"\s*-\s*", text)
    last: int | str = end if end in SUN else _minute(end)
    # Midnight is the end of a day, whichever way it is written.
    return Span(_minute(start), MIDNIGHT if last == 0 else last)


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def _known(span: Span) -> bool:
    return span.start < MIDNIGHT and (isinstance(span.end, str) or span.end <= MIDNIGHT)


def _alike(days: Iterable[Day]) -> Iterator[tuple[list[int], Day]]:
    """The days that are open, those that are alike together, in the order of the first of each."""
    found: dict[Day, list[int]] = {}
    for number, day in enumerate(days):
        if day:
            found.setdefault(day, []).append(number)
    yield from ((numbers, day) for day, numbers in found.items())


def _named(numbers: list[int]) -> Iterator[str]:
    """`Mo-We`, `Fr`: days in a row as one."""
    begin = numbers[0]
    for number, after in pairwise([*numbers, 99]):
        if after != number + 1:
            both = (_NAMES[begin], _NAMES[number])
            yield both[0] if begin == number else "-".join(both)
            begin = after


def _times(day: Day) -> str:
    return (
        ",".join(
            f"{clock(one.start)}-{one.end if isinstance(one.end, str) else clock(one.end)}" for one in day
        )
        or "off"
    )


def clock(minutes: int) -> str:
    """`08:05` of 485."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def said(day: Day | None) -> str:
    """A day in words: `08:00–12:00, 14:00–02:00 (am nächsten Tag)`."""
    if day is None:
        return _("wie sonst")
    if day == ALL_DAY:
        return _("durchgehend")
    return ", ".join(_said(one) for one in day) or _("geschlossen")


def _said(span: Span) -> str:
    start = clock(span.start)
    if span.end == SUNSET:
        return _("%(start)s bis Sonnenuntergang") % {"start": start}
    if span.end == DUSK:
        return _("%(start)s bis zur Dämmerung") % {"start": start}
    times = f"{start}\N{EN DASH}{clock(_minutes(span.end))}"
    return _("%(times)s (am nächsten Tag)") % {"times": times} if span.over_midnight else times


def _must_be_in_order(key: str, day: Day) -> None:
    if len(day) > MOST_SPANS:
        raise _wrong(key, _("Mehr als drei Zeiten an einem Tag fasst das Formular nicht."))
    for span in day:
        if span.end in SUN and span.start >= EARLIEST_SUNSET:
            raise _wrong(
                key,
                _("Im Winter ist es dann schon dunkel."),
                _("Lassen Sie die Zeit vor 15:30 Uhr beginnen, oder schreiben Sie, wann sie endet."),
            )
        if span.end == span.start:
            raise _wrong(
                key, _("Beginn und Ende sind gleich."), _("Für den ganzen Tag wählen Sie „durchgehend“.")
            )
    for span, after in pairwise(day):
        if span.over_midnight or span.end in SUN:
            raise _wrong(key, _("Nach einer Zeit, die in die Nacht geht, kommt an diesem Tag keine mehr."))
        if _minutes(span.end) > after.start:
            raise _wrong(
                key, _("Zwei Zeiten überschneiden sich."), _("Beginnen Sie die zweite, wenn die erste endet.")
            )


def _minutes(end: int | str) -> int:
    assert isinstance(end, int)
    return end


def _wrong(key: str, sentence: Sentence, cure: Sentence = "") -> Refusal:
    return Refusal("hours.day", sentence, cure=cure, field=key, status=422)


def same_as_before(week: Week) -> Mapping[str, bool]:
    """By day, whether it is as the day before it; Monday never is."""
    pairs = pairwise(zip(DAYS, week.days, strict=True))
    return {key: day == before for (_key, before), (key, day) in pairs}
