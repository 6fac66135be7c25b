# SPDX-License-Identifier: EUPL-1.2
"""What a place is like right now, from a snapshot into words. No queries: the snapshot has all it needs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from smilecity.core import moments
from smilecity.core.nouns import in_text
from smilecity.places.models import Place, Sense
from smilecity.places.reads import Snapshot
from smilecity.places.rules import finding, hours, openness, people, weather, words
from smilecity.places.rules.holidays import Days
from smilecity.places.rules.openness import Otherwise
from smilecity.things.reads import Reading

CLOSED, FREE, BUSY, UNKNOWN = "closed", "free", "busy", "unknown"
MOST_IN_SHORT = 2
_STATE_OF_ROOM = {people.FREE: FREE, people.LITTLE: BUSY, people.FULL: BUSY}


@dataclass(frozen=True, slots=True)
class Frame:
    """What words depend on besides the snapshot; `state` is the federal state whose holidays count.

    `school` are its school holidays; `otherwise` says by place what is otherwise than its hours.
    """

    now: datetime
    zone: ZoneInfo
    few_below: int
    state: str = ""
    school: tuple[Days, ...] = ()
    otherwise: Mapping[int, Sequence[Otherwise]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Busy:
    """How busy one unit is: `state` and `verdict` for the eye, the sentences for everyone."""

    name: str
    state: str
    verdict: str
    sentences: list[str]
    room: str
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A place in a list or on a map; `facts` is what helps to choose, said as it is known."""

    id: int
    title: str
    url: str
    category: str
    state: str
    state_text: str
    sentences: list[str]
    street: str = ""
    facts: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        return " · ".join(self.sentences)


def opening(place: Place, frame: Frame) -> hours.Opening:
    """Whether the place is open."""
    told = frame.otherwise.get(place.noun_id, ())
    return openness.opening(
        place.opening_hours, told, frame.now, frame.zone, position(place), frame.state, school=frame.school
    )


def week(place: Place, frame: Frame) -> list[hours.Day]:
    """The coming days, those marked on which it is otherwise than usual."""
    told = frame.otherwise.get(place.noun_id, ())
    return openness.week(
        place.opening_hours, told, frame.now, frame.zone, position(place), frame.state, school=frame.school
    )


def quiet(place: Place, frame: Frame) -> hours.Opening:
    """Whether it is a quiet hour: none of what is closed is."""
    return openness.opening(
        place.quiet_hours, _closed(place, frame), frame.now, frame.zone, position(place), frame.state,
        school=frame.school,
    )  # fmt: skip


def quiet_week(place: Place, frame: Frame) -> list[hours.Day]:
    """The quiet hours of the coming days; empty if the place has none."""
    if not place.quiet_hours:
        return []
    return openness.week(
        place.quiet_hours, _closed(place, frame), frame.now, frame.zone, position(place), frame.state,
        school=frame.school,
    )  # fmt: skip


def _closed(place: Place, frame: Frame) -> list[Otherwise]:
    return [one for one in frame.otherwise.get(place.noun_id, ()) if not one.open]


def position(place: Place) -> tuple[float, float] | None:
    """(longitude, latitude), if it is known."""
    coordinates = (place.noun.geo or {}).get("coordinates")
    return (coordinates[0], coordinates[1]) if coordinates else None


def card(place: Place, url: str, senses: Iterable[Sense], readings: dict[int, Reading], frame: Frame) -> Card:
    """The place in short: one state, one sentence."""
    language = get_language() or "de"
    is_open = opening(place, frame)
    rows = [
        _busy(sense, readings[sense.datastream_id], is_open, frame, language)
        for sense in senses
        if sense.datastream_id in readings
    ]
    state, text = in_short(is_open, rows)
    said = rows[:MOST_IN_SHORT] if is_open.state != hours.CLOSED else []
    sentences = [
        row.sentences[0] if len(rows) == 1 else f"{row.name}: {_inside(row.sentences[0])}" for row in said
    ]
    return Card(
        id=place.noun_id,
        title=in_text(place.noun.title, language),
        url=url,
        category=str(words.CATEGORIES.get(place.category, "")),
        state=state,
        state_text=text,
        sentences=[is_open.words, *sentences],
        street=place.street,
        facts=tuple(_facts(place, frame)),
    )


def _facts(place: Place, frame: Frame) -> list[str]:
    """How far it is, whether one gets in without a step (also that nobody knows), what it costs, if it is calm."""
    distance = getattr(place.noun, "distance", None)
    said = [finding.far(distance)] if distance is not None else []
    said.append(words.step_free_said(place.access))
    if place.free:
        said.append(_("kostenlos"))
    if place.quiet_hours:
        calm = quiet(place, frame).state == hours.OPEN
        said.append(_("jetzt ruhige Stunde") if calm else _("mit ruhiger Stunde"))
    return said


def in_short(is_open: hours.Opening, rows: list[Busy]) -> tuple[str, str]:
    """One state and its words for the whole place."""
    if is_open.state == hours.CLOSED:
        return CLOSED, _("Geschlossen")
    best = people.best([row.room for row in rows])
    if best != people.UNKNOWN:
        return _STATE_OF_ROOM[best], people.verdict(best)
    if rows and all(row.silent for row in rows):
        return UNKNOWN, _("Keine aktuellen Daten")
    if is_open.state == hours.OPEN:
        return FREE, _("Geöffnet")
    return UNKNOWN, _("Nicht bekannt")


def units_now(snapshot: Snapshot, is_open: hours.Opening, frame: Frame) -> list[Busy]:
    """A row for each sensor that counts people and that this reader may see, in the order of the units."""
    language = get_language() or "de"
    return [
        _busy(sense, snapshot.readings[sense.datastream_id], is_open, frame, language, snapshot)
        for sense in snapshot.of_role("people")
        if sense.datastream_id in snapshot.readings
    ]


def weather_now(snapshot: Snapshot, frame: Frame) -> list[tuple[str, str]]:
    """Wind, rain and the other values as pairs for a description list, silent sensors said so."""
    pairs = []
    for role, label in words.ROLES.items():
        if role == "people":
            continue
        for sense in snapshot.of_role(role):
            reading = snapshot.readings.get(sense.datastream_id)
            if reading is not None:
                pairs.append((str(label), _value_said(role, reading, frame)))
    return pairs


def silent_since(reading: Reading, frame: Frame) -> str:
    """The sentence of a silent sensor; empty while it speaks."""
    if reading.at is None:
        return _("Noch keine Daten")
    if not reading.silent(frame.now):
        return ""
    since = moments.past(reading.at, frame.now, frame.zone)
    return _("Keine aktuellen Daten seit %(moment)s") % {"moment": since}


def _busy(
    sense: Sense,
    reading: Reading,
    is_open: hours.Opening,
    frame: Frame,
    language: str,
    snapshot: Snapshot | None = None,
) -> Busy:
    unit = sense.unit
    name = in_text(unit.name, language) if unit else _("Der ganze Ort")
    silent = silent_since(reading, frame)
    closed = is_open.state == hours.CLOSED
    if silent:
        state, verdict = (CLOSED, _("Geschlossen")) if closed else (UNKNOWN, _("Nicht bekannt"))
        return Busy(name, state, verdict, [silent], people.UNKNOWN, silent=True)
    room_for = unit.room_for if unit else snapshot.room_for if snapshot else None
    said = people.occupancy(reading.number, room_for, frame.few_below)
    room = _("Platz für %(room)d") % {"room": room_for} if room_for else ""
    sentences = [_start(", ".join(part for part in (said.count, room) if part))]
    if snapshot is not None and said.seen is not None and not closed:
        usual = snapshot.usual_now(sense.datastream_id)
        if usual is not None:
            sentences.append(_start(people.compared(said.seen, usual.median, frame.few_below, usual.days)))
    if closed:
        return Busy(name, CLOSED, _("Geschlossen"), sentences, said.room)
    return Busy(name, _STATE_OF_ROOM.get(said.room, UNKNOWN), said.verdict, sentences, said.room)


def _start(sentence: str) -> str:
    """With a capital: the same words stand inside and at the start of sentences."""
    return sentence[:1].upper() + sentence[1:]


def _inside(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _value_said(role: str, reading: Reading, frame: Frame) -> str:
    silent = silent_since(reading, frame)
    if silent or reading.number is None:
        return silent
    symbol = reading.unit.get("symbol", "")
    if role == "wind":
        return weather.wind(reading.number, symbol)
    if role == "gust":
        return weather.gust(reading.number, symbol)
    if role == "rain":
        return weather.rain(reading.number, symbol)
    value = weather.measured(reading.number, symbol)
    return _("zu %(share)s gefüllt") % {"share": value} if role == "fill" else value
