# SPDX-License-Identifier: EUPL-1.2
"""The demo's reports: what can be reported, who is responsible where, a year of closed ones and what is open now.

All of it is made up and drawn from one seed, so that every demo shows the same. Forecasts are true to these numbers.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from smilecity.citizens import actions
from smilecity.citizens.models import Need, NeedStep
from smilecity.citizens.rules import Coming, KeptCategory, Spot
from smilecity.core import clock
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


def report(areas: Mapping[str, int], organisations: Mapping[str, int], person: Who, clerk: Who) -> None:
    """Keep the categories, report for a year, and reckon how long it took. `person` reports while signed in."""
    _keep_categories(areas, organisations)
    drawn = random.Random(SEED)  # noqa: S311 - the same demo each time, nothing secret
    for number in range(CLOSED):
        _closed(drawn, number, clerk)
    for number in range(CLOSED, CLOSED + OPEN):
        _open(drawn, number, person, clerk)
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


def _closed(drawn: random.Random, number: int, clerk: Who) -> None:
    """One that was decided some time in the last year: how long it took is spread as in real cities, a few very long."""
    kind = _kind(drawn)
    took = timedelta(days=kind.median * math.exp(drawn.gauss(0, 0.6)), hours=drawn.randrange(1, 9))
    said = clock.now() - timedelta(days=drawn.uniform(30, YEAR_DAYS))
    took = min(took, clock.now() - said - timedelta(days=1))
    need = _said(drawn, number, kind, said, NODE)
    decision = Need.REFUSED if drawn.random() < 0.08 else Need.DONE
    sentence = "Das gehört nicht der Stadt." if decision == Need.REFUSED else kind.done
    actions.decide_need(clerk, need.noun_id, decision, sentence)
    _lay_back(need, said, (said + took,))


def _open(drawn: random.Random, number: int, person: Who, clerk: Who) -> None:
    """One that waits: new, looked at, in work, and some beyond their day."""
    kind = _kind(drawn)
    late = drawn.random() < 0.2
    waited = kind.days * drawn.uniform(1.1, 1.6) if late else kind.days * drawn.uniform(0.02, 0.9)
    said = clock.now() - timedelta(days=waited)
    need = _said(drawn, number, kind, said, person if drawn.random() < 0.3 else NODE)
    steps: tuple[datetime, ...] = ()
    if drawn.random() < 0.6:
        actions.publish_need(clerk, need.noun_id, kind.title["de"], need.words)
        steps = (said + timedelta(hours=5),)
    if drawn.random() < 0.45:
        actions.step_need(
            clerk, need.noun_id, Need.IN_PROGRESS, "Wir haben es gesehen und jemanden hingeschickt."
        )
        steps = (*steps, said + timedelta(days=waited / 3))
    if drawn.random() < 0.3:
        actions.look_after(clerk, need.noun_id, clerk.account)
    _lay_back(need, said, steps)


def _kind(drawn: random.Random) -> Kind:
    return drawn.choices(KINDS, weights=[one.weight for one in KINDS])[0]


def _said(drawn: random.Random, number: int, kind: Kind, said: datetime, person: Who) -> Need:
    longitude, latitude = drawn.choice(AROUND)
    spot = Spot(longitude + drawn.uniform(-0.004, 0.004), latitude + drawn.uniform(-0.002, 0.002))
    return actions.say_need(
        person,
        uuid5(NAMESPACE_URL, f"urn:smilecity:demo:report:{number}"),
        kind="problem",
        words=drawn.choice(kind.words),
        language="de",
        coming=Coming(category=kind.code, spot=spot, said_at=said),
    )


def _lay_back(need: Need, said: datetime, steps: tuple[datetime, ...]) -> None:
    """As if it had happened then: no action writes into the past."""
    found = Need.objects.filter(noun=need.noun_id)
    found.exclude(answered_at=None).update(answered_at=steps[-1] if steps else said)
    for step, at in zip(NeedStep.objects.filter(need=need.noun_id).order_by("id"), steps, strict=False):
        NeedStep.objects.filter(id=step.pk).update(at=at)
