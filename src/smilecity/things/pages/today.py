# SPDX-License-Identifier: EUPL-1.2
"""What is wrong with the sensors today, since when, how often, and what to do; in words."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

from smilecity.core import clock, moments
from smilecity.core.nouns import in_text
from smilecity.core.problems import Sentence
from smilecity.core.who import Who
from smilecity.things.models import Alarm
from smilecity.things.reads import fleet, watching
from smilecity.things.rules import said

MOST_SHOWN = 50  # of a kind

# In the order in which one looks: what explains the rest comes first. What it is called, and what to do.
KINDS: dict[str, tuple[Sentence, Sentence]] = {
    Alarm.GATEWAY: (
        _later("Gateway verstummt"),
        _later(
            "Sehen Sie nach Strom und Netz des Gateways: Sensoren, die nur über dieses Gateway senden, schweigen mit."
        ),
    ),
    Alarm.CONNECTOR: (
        _later("Verbindung gestört"),
        _later("Prüfen Sie Adresse und Zugang der Verbindung, und ob die Gegenseite läuft."),
    ),
    Alarm.SILENT: (
        _later("Verstummt"),
        _later(
            "Sehen Sie nach, ob das Gerät Strom hat und das Gateway in der Nähe läuft. Hilft das nicht, tauschen Sie es."
        ),
    ),
    Alarm.STUCK: (
        _later("Immer derselbe Wert"),
        _later("Der Fühler ist vielleicht verdeckt, vereist oder defekt. Sehen Sie ihn sich an."),
    ),
    Alarm.RANGE: (
        _later("Unmögliche Werte"),
        _later("Prüfen Sie Fühler und Kabel. Stimmt der Wert doch, setzen Sie die Grenzen weiter."),
    ),
    Alarm.JUMP: (
        _later("Plötzliche Sprünge"),
        _later("Ein einzelner Sprung ist oft ein Funkfehler. Kommt er wieder, prüfen Sie Fühler und Kabel."),
    ),
    Alarm.BATTERY: (
        _later("Batterie bald leer"),
        _later("Planen Sie den Wechsel, bevor das Gerät verstummt."),
    ),
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """A thing, gateway or connector with what is the matter; `alarms` are taken note of together."""

    title: str
    url: str
    what: str
    since: datetime
    moment: str
    count: int
    watch: str
    alarms: list[int]
    seen: str

    @property
    def times(self) -> str:
        """How many odd values, or how often it came back; empty for once."""
        return (
            ngettext("%(count)d-mal", "%(count)d-mal", self.count) % {"count": self.count}
            if self.count > 1
            else ""
        )


@dataclass(frozen=True, slots=True)
class Part:
    """All troubles of a kind, with what to do; `more` could not be shown."""

    kind: str
    title: str
    cure: str
    troubles: list[Trouble]
    more: int


@dataclass(frozen=True, slots=True)
class Past:
    """An alarm that is over."""

    title: str
    url: str
    what: str
    since: datetime
    since_said: str
    until: datetime
    until_said: str


def today_of(who: Who) -> dict[str, Any]:
    """What is wrong now, by kind; what was within the week; and what was never heard."""
    found, past = watching.alarms(who), watching.past_alarms(who)
    names = watching.seen_by(who, found)
    by_kind: dict[str, dict[Any, list[Alarm]]] = defaultdict(lambda: defaultdict(list))
    for one in found:
        by_kind[one.kind][_subject(one)].append(one)
    parts = [_part(kind, list(by_kind[kind].values()), names) for kind in KINDS if kind in by_kind]
    subjects = [group for groups in by_kind.values() for group in groups.values()]
    return {
        "parts": parts,
        "total": len(subjects),
        "unseen": sum(not all(one.seen_by for one in group) for group in subjects),
        "never": [_never(one) for one in fleet.never_heard(who)],
        "most": fleet.MOST_TROUBLES,
        "past": [_past(one) for one in past],
    }


def _part(kind: str, groups: Sequence[list[Alarm]], names: dict[str, str]) -> Part:
    title, cure = KINDS[kind]
    troubles = [_trouble(group, names) for group in groups[:MOST_SHOWN]]
    return Part(kind, str(title), str(cure), troubles, len(groups) - len(troubles))


def _trouble(group: list[Alarm], names: dict[str, str]) -> Trouble:
    first = min(group, key=lambda one: one.since)
    stream = first.datastream
    is_odd = first.kind in (Alarm.RANGE, Alarm.JUMP, Alarm.STUCK)
    return Trouble(
        title=_title(first),
        url=_url(first),
        what=_what(group),
        since=first.since,
        moment=_moment(first.since),
        count=max(one.count for one in group),
        watch=reverse("things-desk:watch", args=[_key(first)]) if is_odd and stream else "",
        alarms=[one.id for one in group],
        seen=_seen(group, names),
    )


def _what(group: list[Alarm]) -> str:
    """What more there is to say than the kind: which datastreams, or what a connector says of itself."""
    first = group[0]
    if first.connector is not None:
        return str(getattr(getattr(first.connector, "state", None), "sentence", ""))
    streams = [one.datastream for one in group if one.datastream is not None]
    if not streams or first.kind == Alarm.BATTERY:
        return ""
    if len(streams) > 3:
        text = ngettext("%(count)d Messreihe", "%(count)d Messreihen", len(streams))
        return text % {"count": len(streams)}
    language = get_language() or "de"
    observed = [one.observed_property for one in streams]
    return ", ".join(
        said.title(stream.name, one.properties if one else None, language)
        for stream, one in zip(streams, observed, strict=True)
    )


def _seen(group: list[Alarm], names: dict[str, str]) -> str:
    """Who has taken note of all of it; empty while somebody should."""
    if not all(one.seen_by for one in group):
        return ""
    last = max(group, key=lambda one: one.seen_at or one.since)
    moment = _moment(last.seen_at or last.since)
    name = names.get(last.seen_by)
    if name is None:
        return _("Gesehen %(moment)s") % {"moment": moment}
    return _("Gesehen von %(name)s, %(moment)s") % {"name": name, "moment": moment}


def _past(one: Alarm) -> Past:
    assert one.until is not None
    what = str(KINDS[one.kind][0])
    return Past(_title(one), _url(one), what, one.since, _moment(one.since), one.until, _moment(one.until))


def _never(one: fleet.Quiet) -> dict[str, str]:
    title = in_text(one.title, get_language() or "de")
    return {"title": title, "url": reverse("things:thing", args=[one.address.removeprefix("things/")])}


def _subject(one: Alarm) -> Any:
    """What is said in one line: a thing, a gateway, a connector."""
    return one.datastream.thing_id if one.datastream else (one.gateway_id, one.connector_id)


def _title(one: Alarm) -> str:
    if one.datastream is not None:
        return in_text(one.datastream.thing.noun.title, get_language() or "de")
    if one.gateway is not None:
        return one.gateway.name or one.gateway.id
    return one.connector.name if one.connector else ""


def _url(one: Alarm) -> str:
    if one.datastream is not None:
        return reverse("things:thing", args=[_key(one)])
    if one.gateway_id is not None:
        return reverse("things-desk:gateway", args=[one.gateway_id])
    return reverse("things-desk:connector", args=[one.connector_id])


def _key(one: Alarm) -> str:
    assert one.datastream is not None
    address: str = one.datastream.thing.noun.address
    return address.removeprefix("things/")


def _moment(at: datetime) -> str:
    return moments.past(at, clock.now(), settings.SMILE.zone)
