# SPDX-License-Identifier: EUPL-1.2
"""A thing in words: what it measures, how it is, what it last said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

from smilecity.core import clock, moments
from smilecity.core.models import Noun
from smilecity.core.nouns import in_text
from smilecity.core.problems import Sentence
from smilecity.things.reads.register import Stream
from smilecity.things.rules import is_silent, register, said
from smilecity.things.rules.watch import codes

# A working thing smiles on the map, a silent one does not.
FACES = {register.WORKING: "free", register.SILENT: "closed", register.NEVER: "unknown"}
MOST_NAMED = 4
ODD: dict[str, Sentence] = {
    "range": _later("nicht möglich für diese Größe"),
    "jump": _later("weit weg von den Werten davor"),
    "stuck": _later("seit ungewöhnlich langer Zeit derselbe Wert"),
}


@dataclass(frozen=True, slots=True)
class Value:
    """What a datastream last said, in words; `silent` says since when it has not, empty while it speaks.

    `odd` says what is odd about it, empty for nothing.
    """

    id: int
    name: str
    said: str
    at: datetime | None
    time: str
    silent: str
    low: bool = False
    odd: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A thing in a list or on a map: what it measures, and one state."""

    id: int
    title: str
    url: str
    where: str
    measures: str
    state: str
    state_text: str
    values: list[Value]


def card(noun: Noun, streams: Sequence[Stream]) -> Card:
    """The thing in short; `noun` with its area."""
    language = get_language() or "de"
    now = clock.now()
    face, text = state(streams, now)
    names = list(dict.fromkeys(name(one) for one in streams if not one.is_battery))
    more = len(names) - MOST_NAMED
    measures = ", ".join(names[:MOST_NAMED]) + (
        _(" und %(more)d weitere") % {"more": more} if more > 0 else ""
    )
    return Card(
        id=noun.id,
        title=in_text(noun.title, language),
        url=address(noun),
        where=in_text(noun.area.title, language) if noun.area else "",
        measures=measures,
        state=face,
        state_text=text,
        values=[value(one, now) for one in streams if one.at is not None and not one.is_battery][:MOST_NAMED],
    )


def address(noun: Noun) -> str:
    """The thing's page."""
    return reverse("things:thing", args=[key(noun)])


def key(noun: Noun) -> str:
    """The last part of the thing's address."""
    return noun.address.removeprefix("things/")


def name(stream: Stream) -> str:
    """What the datastream tells, in the page's language: its own title, else what it observes, else its name."""
    language = get_language() or "de"
    own = said.title("", stream.properties, language)
    if own or stream.observed is None:
        return own or stream.name
    return said.title("", stream.observed.properties, language) or stream.name or stream.observed.name


def state(streams: Sequence[Stream], now: datetime) -> tuple[str, str]:
    """The face of a thing and its words."""
    code = register.state_of(((one.at, one.silent_after) for one in streams), now)
    if code != register.SILENT:
        return FACES[code], str(register.STATES[code])
    last = max(one.at for one in streams if one.at is not None)
    since = moments.past(last, now, settings.SMILE.zone)
    return FACES[code], _("schweigt seit %(moment)s") % {"moment": since}


def value(stream: Stream, now: datetime) -> Value:
    """The last value of a datastream in words."""
    smile = settings.SMILE
    if stream.at is None:
        return Value(stream.id, name(stream), "", None, "", _("Noch keine Daten"))
    past = moments.past(stream.at, now, smile.zone)
    silent = is_silent(stream.at, stream.silent_after, now)
    text = said.result(
        stream.number, stream.value, stream.unit, people=stream.people, few_below=smile.few_below
    )
    return Value(
        id=stream.id,
        name=name(stream),
        said=text[:1].upper() + text[1:] if stream.people else text,
        at=stream.at,
        time=past,
        silent=_("Keine aktuellen Daten seit %(moment)s") % {"moment": past} if silent else "",
        odd=odd(stream.flags),
        low=stream.is_battery and register.is_low(stream.number, said.symbol(stream.unit)),
    )


def odd(flags: int | None) -> str:
    """What is odd about a value; empty for nothing."""
    return ", ".join(str(ODD[code]) for code in codes(flags))


def runs_it(noun: Noun) -> str:
    """Who runs the thing: the organisation that keeps it, else the declared operator."""
    if noun.keeper is not None:
        return in_text(noun.keeper.title, get_language() or "de")
    operator: str = noun.thing.operator
    return operator


def texts(given: Any) -> str:
    """A declared text in the page's language."""
    return in_text(given, get_language() or "de") if isinstance(given, dict) else ""
