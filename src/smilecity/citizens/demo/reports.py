# SPDX-License-Identifier: EUPL-1.2
"""The demo's reports: what can be reported, who is responsible where, a year of closed ones and what is open now.

All of it is made up and drawn from one seed, so that every demo shows the same. Forecasts are true to these numbers.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from smilecity.citizens import actions
from smilecity.citizens.actions.saying import Said, say_needs
from smilecity.citizens.models import Need, NeedStep
from smilecity.citizens.rules import Coming, KeptCategory, Spot
from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Who

SEED = 311
CLOSED, OPEN = 120, 25
YEAR_DAYS = 360


@dataclass(frozen=True, slots=True)
class Kind:
    """A category: how many days it takes in the middle, how often it is reported, and what people then say."""

    code: str
    group: str
    title: Mapping[str, str]
    days: int
    median: float
    weight: int
    words: tuple[str, ...]
    done: str
    asks: tuple[Mapping[str, object], ...] = ()
    search: str = ""


GROUPS = (
    ("beleuchtung", {"de": "Beleuchtung", "en": "Lighting"}, "rostock"),
    ("gruen", {"de": "Grün und Bäume", "en": "Green and trees"}, "stadtgruen"),
    ("wege", {"de": "Wege und Straßen", "en": "Paths and streets"}, "rostock"),
    ("abfall", {"de": "Abfall und Schmutz", "en": "Waste and dirt"}, "rostock"),
    ("spielen", {"de": "Spiel und Sport", "en": "Play and sport"}, "amt-fuer-sport"),
)
HOW_DARK: dict[str, object] = {
    "code": "wie-dunkel", "label": {"de": "Was macht die Lampe?", "en": "What does the lamp do?"}, "type": "choice",
    "required": False,
    "choices": [
        {"code": "aus", "label": {"de": "Sie ist aus", "en": "It is off"}},
        {"code": "flackert", "label": {"de": "Sie flackert", "en": "It flickers"}},
    ],
}  # fmt: skip
POLE: dict[str, object] = {
    "code": "nummer", "label": {"de": "Nummer am Mast", "en": "Number on the pole"}, "type": "text", "required": False,
}  # fmt: skip
KINDS = (
    Kind("lampe-aus", "beleuchtung", {"de": "Lampe dunkel oder flackert", "en": "Lamp out or flickering"}, 14, 6, 5,
         ("Die Lampe vor der Haustür ist seit gestern aus.", "Die Laterne flackert die ganze Nacht.",
          "Drei Lampen am Weg sind dunkel."), "Die Lampe leuchtet wieder.", (HOW_DARK, POLE),
         "Laterne Licht Leuchte finster"),
    Kind("mast-schief", "beleuchtung", {"de": "Mast beschädigt", "en": "Damaged pole"}, 21, 12, 1,
         ("Der Mast steht schief, da ist jemand dagegen gefahren.",), "Der Mast steht wieder gerade.", (POLE,)),
    Kind("weg-dunkel", "beleuchtung", {"de": "Hier fehlt Licht", "en": "Light is missing here"}, 60, 40, 1,
         ("Zwischen den Häusern ist es im Winter stockdunkel.",), "Zwei neue Leuchten stehen."),
    Kind("baum", "gruen", {"de": "Baum oder Ast gefährlich", "en": "Dangerous tree or branch"}, 7, 3, 2,
         ("Ein dicker Ast hängt über dem Weg.", "Nach dem Sturm liegt ein Baum quer."),
         "Der Ast ist ab, der Weg ist frei.", search="Ast Sturm umgefallen"),
    Kind("hecke", "gruen", {"de": "Hecke oder Strauch im Weg", "en": "Hedge in the way"}, 30, 16, 2,
         ("Die Hecke wächst über den halben Gehweg.", "Am Übergang sieht man wegen der Sträucher nichts."),
         "Die Hecke ist geschnitten."),
    Kind("giessen", "gruen", {"de": "Junger Baum braucht Wasser", "en": "Young tree needs water"}, 7, 2, 1,
         ("Der neue Baum lässt die Blätter hängen.",), "Er bekommt jetzt jede Woche Wasser."),
    Kind("schlagloch", "wege", {"de": "Loch in Straße oder Weg", "en": "Hole in street or path"}, 21, 9, 4,
         ("Ein tiefes Loch, da bricht man sich das Rad.", "Der Radweg ist aufgebrochen."), "Das Loch ist zu.",
         search="Schlagloch kaputt Asphalt"),
    Kind("bordstein", "wege", {"de": "Bordstein zu hoch", "en": "Kerb too high"}, 90, 55, 1,
         ("Mit dem Rollstuhl kommt man hier nicht hinauf.",), "Der Bordstein ist abgesenkt."),
    Kind("schild", "wege", {"de": "Schild fehlt oder ist kaputt", "en": "Sign missing or broken"}, 21, 8, 1,
         ("Das Schild liegt im Gebüsch.",), "Das Schild hängt wieder."),
    Kind("muell", "abfall", {"de": "Müll liegt herum", "en": "Litter"}, 5, 2, 5,
         ("Neben den Glascontainern liegen Säcke.", "Am Ufer liegt überall Müll.", "Jemand hat ein Sofa abgestellt."),
         "Es ist abgeholt.", search="Abfall Dreck Sperrmüll"),
    Kind("korb-voll", "abfall", {"de": "Papierkorb voll", "en": "Full bin"}, 3, 1.2, 3,
         ("Der Papierkorb an der Haltestelle quillt über.",), "Er ist geleert."),
    Kind("scherben", "abfall", {"de": "Scherben", "en": "Broken glass"}, 2, 1, 2,
         ("Scherben auf dem Radweg.", "Glas im Sand, wo Kinder spielen."), "Die Scherben sind weg."),
    Kind("spielgeraet", "spielen", {"de": "Spielgerät kaputt", "en": "Broken play equipment"}, 14, 7, 3,
         ("An der Schaukel ist eine Kette gerissen.", "Ein Brett am Klettergerüst ist lose."), "Es ist repariert.",
         search="Schaukel Rutsche Wippe"),
    Kind("sand", "spielen", {"de": "Sand ist schmutzig", "en": "Dirty sand"}, 30, 14, 1,
         ("Im Sandkasten liegt Katzendreck.",), "Der Sand ist neu."),
    Kind("korb-tor", "spielen", {"de": "Korb oder Tor beschädigt", "en": "Damaged hoop or goal"}, 21, 11, 1,
         ("Das Netz am Tor ist zerrissen.",), "Das Netz ist neu."),
)  # fmt: skip
# Who is responsible where, other than wherever else: category, key of the area, slug of the organisation.
ELSEWHERE = (
    ("muell", "warnemuende", "strand-und-hafen"),
    ("korb-voll", "warnemuende", "strand-und-hafen"),
    ("beleuchtung", "bentwisch", "gemeinde-bentwisch"),
    ("wege", "bentwisch", "gemeinde-bentwisch"),
    ("abfall", "bentwisch", "gemeinde-bentwisch"),
    ("korb-tor", "kroepeliner-tor-vorstadt", "sv-hafensport"),
)
# Middle points of districts: where things are reported.
AROUND = (
    (12.0716, 54.1583), (12.052, 54.142), (12.050, 54.125), (12.083, 54.131), (12.077, 54.104), (12.096, 54.088),
    (12.113, 54.091), (12.110, 54.074), (12.139, 54.086), (12.180, 54.081), (12.163, 54.116), (12.082, 54.1765),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """One report: of what, when it came, how long it took or has waited since, and whether somebody signed in for it."""

    form: UUID
    kind: Kind
    words: str
    spot: Spot
    said_at: datetime
    long: timedelta
    signed_in: bool


def report(areas: Mapping[str, int], organisations: Mapping[str, int], person: Who, clerk: Who) -> None:
    """Keep the categories, report for a year, and reckon how long it took. `person` reports while signed in."""
    _keep_categories(areas, organisations)
    drawn = random.Random(SEED)  # noqa: S311 - the same demo each time, nothing secret
    closed = [_of_last_year(drawn, number) for number in range(CLOSED)]
    waiting = [_of_late(drawn, number) for number in range(CLOSED, CLOSED + OPEN)]
    needs = _said(NODE, [one for one in closed + waiting if not one.signed_in])
    needs |= _said(person, [one for one in waiting if one.signed_in])
    for one in closed:
        _close(drawn, needs[one.form], one, clerk)
    for one in waiting:
        _begin(drawn, needs[one.form], one, clerk)
    actions.reckon_usual(NODE)


def _keep_categories(areas: Mapping[str, int], organisations: Mapping[str, int]) -> None:
    for order, (code, title, body) in enumerate(GROUPS):
        actions.keep_category(NODE, KeptCategory(code, title, order=order), organisations[body])
    for order, kind in enumerate(KINDS):
        actions.keep_category(
            NODE,
            KeptCategory(
                kind.code,
                kind.title,
                words=kind.search,
                parent=kind.group,
                days=kind.days,
                asks=kind.asks,
                order=order,
            ),
        )
    for code, area, body in ELSEWHERE:
        actions.keep_responsibility(NODE, code, areas[area], organisations[body])


def _of_last_year(drawn: random.Random, number: int) -> Report:
    """How long it took is spread as in real cities, a few very long."""
    kind = _kind(drawn)
    took = timedelta(days=kind.median * math.exp(drawn.gauss(0, 0.6)), hours=drawn.randrange(1, 9))
    ago = timedelta(days=drawn.uniform(30, YEAR_DAYS))
    return _report(drawn, number, kind, ago, min(took, ago - timedelta(days=1)), signed_in=False)


def _of_late(drawn: random.Random, number: int) -> Report:
    """It waits still, now and then beyond its day."""
    kind = _kind(drawn)
    share = drawn.uniform(1.1, 1.6) if drawn.random() < 0.2 else drawn.uniform(0.02, 0.9)
    waited = timedelta(days=kind.days * share)
    return _report(drawn, number, kind, waited, waited, signed_in=drawn.random() < 0.3)


def _kind(drawn: random.Random) -> Kind:
    return drawn.choices(KINDS, weights=[one.weight for one in KINDS])[0]


def _report(
    drawn: random.Random, number: int, kind: Kind, ago: timedelta, long: timedelta, *, signed_in: bool
) -> Report:
    longitude, latitude = drawn.choice(AROUND)
    return Report(
        form=uuid5(NAMESPACE_URL, f"urn:smilecity:demo:report:{number}"),
        kind=kind,
        words=drawn.choice(kind.words),
        spot=Spot(longitude + drawn.uniform(-0.004, 0.004), latitude + drawn.uniform(-0.002, 0.002)),
        said_at=clock.now() - ago,
        long=long,
        signed_in=signed_in,
    )


def _said(who: Who, reports: Sequence[Report]) -> dict[UUID, Need]:
    """What these became, by their forms."""
    kept = {}
    said = [
        Said(
            form=one.form,
            kind="problem",
            words=one.words,
            language="de",
            coming=Coming(category=one.kind.code, spot=one.spot, said_at=one.said_at),
        )
        for one in reports
    ]
    for need in say_needs(who, said):
        if isinstance(need, Refusal):
            raise need
        kept[need.form] = need
    return kept


def _close(drawn: random.Random, need: Need, one: Report, clerk: Who) -> None:
    decision = Need.REFUSED if drawn.random() < 0.08 else Need.DONE
    sentence = "Das gehört nicht der Stadt." if decision == Need.REFUSED else one.kind.done
    actions.decide_need(clerk, need.noun_id, decision, sentence)
    _lay_back(need, one.said_at, (one.said_at + one.long,))


def _begin(drawn: random.Random, need: Need, one: Report, clerk: Who) -> None:
    """Some have been looked at, some are in work, and some are somebody's."""
    steps: tuple[datetime, ...] = ()
    if drawn.random() < 0.6:
        actions.publish_need(clerk, need.noun_id, one.kind.title["de"], need.words)
        steps = (one.said_at + timedelta(hours=5),)
    if drawn.random() < 0.45:
        actions.step_need(
            clerk, need.noun_id, Need.IN_PROGRESS, "Wir haben es gesehen und jemanden hingeschickt."
        )
        steps = (*steps, one.said_at + one.long / 3)
    if drawn.random() < 0.3:
        actions.look_after(clerk, need.noun_id, clerk.account)
    _lay_back(need, one.said_at, steps)


def _lay_back(need: Need, said: datetime, steps: tuple[datetime, ...]) -> None:
    """As if it had happened then: no action writes into the past."""
    found = Need.objects.filter(noun=need.noun_id)
    found.exclude(answered_at=None).update(answered_at=steps[-1] if steps else said)
    for step, at in zip(NeedStep.objects.filter(need=need.noun_id).order_by("id"), steps, strict=False):
        NeedStep.objects.filter(id=step.pk).update(at=at)
