# SPDX-License-Identifier: EUPL-1.2
"""Today's curve of how many people there are: rows for a table, a sentence, numbers for the drawing."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from smilecity.core import moments
from smilecity.core.nouns import in_text
from smilecity.places.pages.now import Frame
from smilecity.places.reads import Hour, Snapshot
from smilecity.places.rules import people

QUARTER = 15 * 60


@dataclass(frozen=True, slots=True)
class Row:
    """One hour: what is said, and what is drawn (empty where nothing is known)."""

    start: datetime
    time: str
    said: str
    drawn: str
    usual_said: str
    usual_drawn: str


@dataclass(frozen=True, slots=True)
class Curve:
    """A day's course. `usual` names the second column; it is empty if nothing is known of other days.

    `id` is another one each quarter of an hour: only then an open page draws the curve anew.
    """

    id: str
    name: str
    sentence: str
    usual: str
    rows: list[Row]


def curves(snapshot: Snapshot, frame: Frame) -> list[Curve]:
    """A curve for each sensor that counts people and has counted today or on the days before."""
    language = get_language() or "de"
    made = []
    for sense in snapshot.of_role("people"):
        hours = snapshot.hours.get(sense.datastream_id, [])
        if any(hour.mean is not None or hour.usual for hour in hours):
            name = in_text(sense.unit.name, language) if sense.unit else ""
            quarter = int(frame.now.timestamp()) // QUARTER
            made.append(_curve(f"curve-{sense.datastream_id}-{quarter}", name, hours, frame))
    return made


def _curve(id_: str, name: str, hours: list[Hour], frame: Frame) -> Curve:
    days = max((hour.usual.days for hour in hours if hour.usual), default=0)
    usual = "" if not days else _("gestern") if days == 1 else _("sonst")
    return Curve(id_, name, _sentence(hours, days, frame), usual, [_row(hour, frame) for hour in hours])


def _row(hour: Hour, frame: Frame) -> Row:
    said, drawn = _number(hour.mean, frame)
    usual_said, usual_drawn = _number(hour.usual.median if hour.usual else None, frame)
    return Row(hour.start, f"{hour.start.astimezone(frame.zone):%H:%M}", said, drawn, usual_said, usual_drawn)


def _number(result: float | None, frame: Frame) -> tuple[str, str]:
    count = people.whole(result)
    if count is None:
        return "\N{EN DASH}", ""
    return people.shown(count, frame.few_below), f"{people.drawn(count, frame.few_below):g}"


def _sentence(hours: list[Hour], days: int, frame: Frame) -> str:
    """The most of the day in words, for those who cannot see the drawing and for those in a hurry."""
    sentences = []
    top = _top([(hour, hour.mean) for hour in hours], frame)
    if top is None:
        sentences.append(_("Heute wurde noch niemand gezählt."))
    else:
        sentences.append(
            _("Heute war bisher ab %(time)s am meisten los: %(count)s.")
            % {"time": moments.clock_time(top[0].start, frame.zone), "count": top[1]}
        )
    usual = _top([(hour, hour.usual.median if hour.usual else None) for hour in hours], frame)
    if usual is not None:
        if days == 1:
            text = _("Gestern war ab %(time)s am meisten los.")
        else:
            text = _("Sonst ist ab %(time)s am meisten los.")
        sentences.append(text % {"time": moments.clock_time(usual[0].start, frame.zone)})
    return " ".join(sentences)


def _top(hours: list[tuple[Hour, float | None]], frame: Frame) -> tuple[Hour, str] | None:
    """The first of the busiest hours; those that read "a few" count alike, or the order would tell them."""
    counted = [(hour, people.whole(result)) for hour, result in hours]
    known = [(hour, count) for hour, count in counted if count]
    if not known:
        return None
    hour, count = max(known, key=lambda one: people.drawn(one[1], frame.few_below))
    return hour, people.occupancy(count, None, frame.few_below).count
