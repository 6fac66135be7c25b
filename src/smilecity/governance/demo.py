# SPDX-License-Identifier: EUPL-1.2
"""Governance's part of the demo city: three projects, one late and saying why, one done, one only planned.

Names, sums and days are invented: it is a demo, and its page says so. Days are told from the day it moves in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from smilecity.core.models import Noun
from smilecity.core.who import Who
from smilecity.governance import actions, reads
from smilecity.governance.models import Project, ProjectStep
from smilecity.governance.rules.course import DONE, PLANNED, RUNNING
from smilecity.governance.rules.description import Row, Said

Two = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Way:
    """A milestone: what it is, on which day it is due, its weight, and on which day it was reached."""

    title: Two
    due: int
    weight: int = 1
    done: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A sentence for all, said on this day, with the state from then on; `delay` explains why it takes longer."""

    day: int
    state: str
    why: Two
    delay: bool = False


@dataclass(frozen=True, slots=True)
class DemoProject:
    """A project; days are counted from the day of moving in, `place` is the slug of where it is.

    `needs` are the titles of those it answers."""

    slug: str
    title: Two
    text: Two
    simple: Two
    contact: Two
    keeper: str
    place: str
    days: tuple[int | None, int | None]
    money: tuple[int | None, int | None]
    money_from: Two = ("", "")
    way: tuple[Way, ...] = ()
    steps: tuple[Step, ...] = ()
    needs: tuple[str, ...] = ()


SHADE = DemoProject(
    slug="schatten-am-hafen",
    title=("Schatten am Hafen", "Shade at the harbour"),
    text=(
        ("Am HafenSport wird es im Sommer heiß: kein Baum, dunkler Boden. Wir pflanzen zwölf Bäume, spannen zwei Segel "
        "und stellen einen Trinkbrunnen auf. Danach messen wir, ob es kühler ist."),
        ("It gets hot at HafenSport in summer: no tree, dark ground. We plant twelve trees, put up two sails and a "
        "drinking fountain. Afterwards we measure whether it is cooler."),
    ),
    simple=(
        ("Im Sommer ist es am Hafen sehr heiß.\nWir pflanzen Bäume.\nWir bauen ein Dach aus Stoff.\nEs gibt Wasser zum "
        "Trinken.\nDann ist es dort kühler."),
        ("The harbour is very hot in summer.\nWe plant trees.\nWe build a roof of cloth.\nThere is water to "
        "drink.\nThen it is cooler there."),
    ),
    contact=("Amt für Stadtgrün, Team Freiraum", "Office for Urban Green, open space team"),
    keeper="stadtgruen",
    place="hafensport",
    days=(-160, 120),
    money=(24_800_000, 9_350_000),
    money_from=("Haushalt der Stadt und Städtebauförderung", "City budget and urban development grant"),
    way=(
        Way(("Menschen vor Ort gefragt", "People on site asked"), -150, 1, -152),
        Way(("Plan der Bäume und Segel fertig", "Plan of trees and sails ready"), -110, 2, -104),
        Way(("Leitungen im Boden geprüft", "Pipes in the ground checked"), -80, 1, -71),
        Way(("Segel und Masten stehen", "Sails and masts are up"), -20, 3),
        Way(("Zwölf Bäume gepflanzt", "Twelve trees planted"), 60, 3),
        Way(("Gemessen, ob es kühler ist", "Measured whether it is cooler"), 118, 2),
    ),
    steps=(
        Step(-158, RUNNING, ("Wir haben angefangen: Zuerst fragen wir die, die jeden Tag dort sind.",
                       "We have begun: first we ask those who are there every day.")),
        Step(-15, RUNNING, (("Unter dem Platz liegt eine alte Leitung, die in keinem Plan stand. Die Masten der Segel "
                       "stehen deshalb zwei Meter weiter nördlich und kommen erst im Frühjahr. Die Bäume "
                       "bleiben, wo sie sind."),
                       ("An old pipe lies under the ground that was in no plan. So the masts of the sails stand two "
                       "metres further north and come in spring. The trees stay where they are.")), delay=True),
    ),
    needs=("Schatten am Hafen", "Mehr Schatten am Hafen"),
)  # fmt: skip
LIGHT = DemoProject(
    slug="heller-weg-am-fluss",
    title=("Heller Weg am Fluss", "A lit path by the river"),
    text=(
        ("Der Weg am Ufer war im Winter dunkel. Jetzt leuchten achtzehn Lampen, die heller werden, wenn "
         "jemand kommt, und "
        "die nachts Insekten schonen."),
        ("The path by the river was dark in winter. Now eighteen lamps shine that get brighter when somebody comes and "
        "that spare insects at night."),
    ),
    simple=(
        "Der Weg war dunkel.\nJetzt gibt es Lampen.\nSie werden hell, wenn jemand kommt.",
        "The path was dark.\nNow there are lamps.\nThey get bright when somebody comes.",
    ),
    contact=("Amt für Stadtgrün, Team Wege", "Office for Urban Green, paths team"),
    keeper="stadtgruen",
    place="warnowufer-gross-klein",
    days=(-300, -1),
    money=(8_600_000, 8_412_050),
    money_from=("Haushalt der Stadt", "City budget"),
    way=(
        Way(("Lampen ausgesucht", "Lamps chosen"), -240, 1, -246),
        Way(("Kabel liegt", "Cable is laid"), -120, 2, -118),
        Way(("Alle Lampen leuchten", "All lamps shine"), -9, 2, -5),
    ),
    steps=(
        Step(-245, RUNNING, ("Die Lampen sind bestellt.", "The lamps are ordered.")),
        Step(-5, DONE, ("Alle achtzehn Lampen leuchten, vier Tage früher als versprochen.",
                    "All eighteen lamps shine, four days earlier than promised.")),
    ),
    needs=("Dunkler Weg am Fluss",),
)  # fmt: skip
RAMP = DemoProject(
    slug="skaterampe",
    title=("Eine Rampe zum Skaten", "A ramp for skating"),
    text=(
        (
            "Jugendliche wünschen sich eine Rampe. Wir suchen einen Platz, an dem sie niemanden um den Schlaf "
            "bringt, und "
            "planen sie mit denen, die sie fahren."
        ),
        (
            "Young people wish for a ramp. We look for a place where it costs nobody their sleep, and plan it with those "
            "who will ride it."
        ),
    ),
    simple=(
        "Viele Jugendliche wollen skaten.\nWir suchen einen guten Platz.",
        "Many young people want to skate.\nWe look for a good place.",
    ),
    contact=("Amt für Sport, Team Sportstätten", "Sports office, grounds team"),
    keeper="amt-fuer-sport",
    place="bolzplatz-gross-klein",
    days=(None, None),
    money=(None, None),
    steps=(
        Step(
            -10,
            PLANNED,
            (
                "Wir sehen uns drei Plätze an und sagen bis zum Frühjahr, welcher es wird.",
                "We are looking at three places and say by spring which one it will be.",
            ),
        ),
    ),
    needs=("Eine Rampe für Skateboards",),
)
PROJECTS = (SHADE, LIGHT, RAMP)


def move_in(organisations: Mapping[str, int], places: Mapping[str, int], planner: Who, clerk: Who) -> None:
    """A planner keeps the projects, a clerk says which needs they answer; noun ids by slug."""
    today = reads.today()
    for one in PROJECTS:
        project = actions.keep_project(
            planner, one.slug, keeper=organisations[one.keeper], **_said(one, places[one.place], today)
        )
        _go(planner, project, one, today)
        answered = Noun.objects.filter(kind="need", title__de__in=one.needs)
        actions.answer_with(clerk, project.noun_id, answered.values_list("id", flat=True))
        actions.publish(planner, project.noun_id)


def _go(planner: Who, project: Project, one: DemoProject, today: date) -> None:
    """The way so far, in the order in which it went."""
    rows = [Row(_two(part.title), _day(today, part.due), part.weight) for part in one.way]
    actions.keep_milestones(planner, project.noun_id, rows)
    for part, milestone in zip(one.way, project.milestones.order_by("order"), strict=True):
        if part.done is not None:
            actions.reach_milestone(planner, project.noun_id, milestone.id, on=_day(today, part.done))
    for step in one.steps:
        said = actions.say_step(
            planner, project.noun_id, state=step.state, why=_two(step.why), delay=step.delay
        )
        # As if it had been said then: a new city has no past, and no action writes into it.
        ProjectStep.objects.filter(id=said.id).update(at=said.at + timedelta(days=step.day))


def _said(one: DemoProject, place: int, today: date) -> Said:
    first, last = one.days
    budget, spent = one.money
    return {
        "title": _two(one.title),
        "text": _two(one.text),
        "simple": _two(one.simple),
        "contact": _two(one.contact),
        "places": [place],
        "budget": budget,
        "spent": spent,
        "money_from": _two(one.money_from),
        "starts_on": _day(today, first),
        "ends_on": _day(today, last),
    }


def _two(texts: Two) -> dict[str, str]:
    return {"de": texts[0], "en": texts[1]} if texts[0] else {}


def _day(today: date, days: int | None) -> date | None:
    return None if days is None else today + timedelta(days=days)
