# SPDX-License-Identifier: EUPL-1.2
"""Citizens' part of the demo city: what some people have said in a month, who needs it too, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from smilecity.citizens import actions
from smilecity.citizens.demo import pulse, talk
from smilecity.citizens.models import Need, NeedStep, Support
from smilecity.core import clock
from smilecity.core.models import Noun
from smilecity.core.who import Who


@dataclass(frozen=True, slots=True)
class Said:
    """What `person` said of a place so many `days` ago, and what became of it `after` so many days.

    With a `title` it is public, in these words for all; `backed` are those who need it too. `decision` closes it with
    the `answer`; `merged` is the number of the one that it was merged into. `working` says that it is being worked on.
    A `project`, by its address, is what it is accepted by, once there is one.
    """

    person: str
    kind: str
    place: str
    words: str
    days: int
    title: str = ""
    backed: tuple[str, ...] = ()
    answer: str = ""
    decision: str = ""
    merged: int | None = None
    after: int = 1
    appeal: str = ""
    working: str = ""
    project: str = ""


SAID = (
    Said("Anna", "wish", "hafensport", "Können die Körbe auch Netze haben? Ohne klingt jeder Treffer wie daneben.", 3,
         "Netze an den Körben", ("Karim", "Tina")),
    Said("Anna", "problem", "nachbarschaftstreff", "Die Klingel am Hof ist so hoch, dass man sie vom Rollstuhl aus "
         "nicht erreicht.", 33, "Klingel ist vom Rollstuhl aus zu hoch", ("Rolf",)),
    Said("Karim", "wish", "bolzplatz-gross-klein", "Licht bis neun im Winter. Ab vier ist es dunkel, und alle gehen.", 20,
         "Licht auf dem Bolzplatz bis neun", ("Anna", "Rolf", "Tina")),
    Said("Tina", "praise", "stadtbibliothek", "Danke für die ruhige Stunde am Dienstag. Mein Sohn liest dort allein.", 16,
         answer="Das freut uns sehr, und wir sagen es den Kolleginnen weiter. Die ruhige Stunde bleibt.",
         decision="answered"),
    Said("Rolf", "problem", "warnowufer-gross-klein", "Eine Bank am Ufer ist gebrochen.", 12, "Gebrochene Bank am Ufer",
         answer="Danke. Die Bank ist gesperrt, eine neue ist bestellt. Wir melden uns, wenn sie steht."),
    Said("Anna", "wish", "kringelgraben", "Eine Schaukel, in der auch Große sitzen können.", 25,
         "Schaukel für Große am Kringelgraben", ("Karim",),
         "Eine Nestschaukel passt an diese Stelle nicht. In Biestow gibt es seit dem Sommer eine.", "refused", after=6,
         appeal="Biestow ist für uns zu weit. Am nördlichen Rand ist doch Platz."),
    Said("Karim", "wish", "hafensport", "Im Sommer ist am Hafen kein Fleck Schatten. Ein Sonnensegel wäre gut.", 28,
         "Schatten am Hafen", ("Anna", "Tina", "Rolf"), after=7,
         working="Das Amt für Stadtgrün plant daran. Was der Platz verträgt, wird gerade geprüft."),
    Said("Rolf", "wish", "hafensport", "Bäume oder ein Segel: am Hafen fehlt Schatten.", 9, "Mehr Schatten am Hafen",
         ("Tina",), "Das haben schon andere gesagt. Ihre Stimme zählt dort mit.", "merged", merged=6),
    Said("Tina", "question", "stadtbibliothek", "Darf man im Lesesaal Kaffee trinken?", 8, "Kaffee im Lesesaal?",
         answer="Ja, aus einem Becher mit Deckel. Das steht jetzt auch an der Tür.", decision="accepted"),
    Said("Rolf", "problem", "warnowufer-gross-klein", "Die Fähre legt am Sonntag zehn Minuten zu früh ab.", 7,
         answer="Die Fähre gehört nicht der Stadt. Wir haben es der Reederei geschrieben.", decision="referred", after=2),
    Said("Anna", "problem", "warnowufer-gross-klein", "Der Weg am Fluss ist nach fünf stockdunkel.", 34,
         "Dunkler Weg am Fluss", ("Rolf",), "Der Weg hat jetzt Lampen, die heller werden, wenn jemand kommt.",
         "accepted", after=29, project="projects/heller-weg-am-fluss"),
    Said("Tina", "wish", "bolzplatz-gross-klein", "Die Jugendlichen wünschen sich eine Rampe für Skateboards.", 13,
         "Eine Rampe für Skateboards", ("Karim", "Anna"), after=3,
         working="Wir sehen uns drei Plätze an und fragen die, die fahren."),
    Said("Anna", "correction", "stadtbibliothek", "Am Samstag ist nur bis zwei offen, hier steht drei.", 1),
    Said("Rolf", "problem", "bolzplatz-gross-klein", "Der Hund von Familie Muster aus der Nummer 7 läuft jeden Abend "
         "frei über den Bolzplatz.", 5, talk.HIDDEN_NEED),
)  # fmt: skip
OUTSIDE = "Reederei der Fähre"


def move_in(places: Mapping[str, int], person: Callable[[str], Who], clerk: Who) -> None:
    """Let people say it, need it too and object, and a clerk decide; `places` are noun ids by slug."""
    for number, one in enumerate(SAID):
        need = actions.say_need(
            person(one.person),
            uuid5(NAMESPACE_URL, f"urn:smilecity:demo:need:{number}"),
            kind=one.kind,
            words=one.words,
            language="de",
            about=places[one.place],
        )
        _go_its_way(need, one, person, clerk)
        _lay_back(need.noun_id, one)
    pulse.move_in(clerk)
    talk.move_in(person, person("Mia"))


def accept(clerk: Who) -> None:
    """The clerk decides what a project answers; only then, for the projects move in after what people say."""
    for number, one in enumerate(SAID):
        if one.project:
            project = Noun.objects.get(address=one.project)
            need = actions.decide_need(clerk, _said(number), one.decision, one.answer, project.id)
            _lay_back(need.noun_id, one)


def _go_its_way(need: Need, one: Said, person: Callable[[str], Who], clerk: Who) -> None:
    if one.title:
        actions.publish_need(clerk, need.noun_id, one.title, one.words)
    for name in one.backed:
        actions.support_need(person(name), need.noun_id)
    if one.working:
        actions.step_need(clerk, need.noun_id, Need.IN_PROGRESS, one.working)
    if one.decision and not one.project:
        target = _said(one.merged) if one.merged is not None else None
        outside = OUTSIDE if one.decision == Need.REFERRED else target
        actions.decide_need(clerk, need.noun_id, one.decision, one.answer, outside)
    elif one.answer and not one.project:
        actions.answer_need(clerk, need.noun_id, one.answer)
    if one.appeal:
        actions.appeal(person(one.person), need.noun_id, one.appeal)


def _said(number: int) -> int:
    """The noun of the need that was said by this number."""
    form = uuid5(NAMESPACE_URL, f"urn:smilecity:demo:need:{number}")
    return int(Need.objects.values_list("noun", flat=True).get(form=form))


def _lay_back(noun_id: int, one: Said) -> None:
    """As if it had been said days ago: a new city has no month behind it, and no action writes into the past."""
    said = clock.now() - timedelta(days=one.days)
    found = Need.objects.filter(noun=noun_id)
    found.update(said_at=said)
    Support.objects.filter(need=noun_id).update(at=said + timedelta(hours=2))
    found.exclude(answered_at=None).update(answered_at=said + timedelta(days=one.after))
    for number, step in enumerate(NeedStep.objects.filter(need=noun_id).order_by("at", "id")):
        day = min(one.after * number, one.days)
        NeedStep.objects.filter(id=step.id).update(at=said + timedelta(days=day, hours=1))
