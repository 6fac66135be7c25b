# SPDX-License-Identifier: EUPL-1.2
"""What people in the demo city say to each other about three needs, and what the moderation made of it, and of a need."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from django.contrib.auth import get_user_model

from smilecity.citizens.actions import abuse, moderating, talking
from smilecity.citizens.actions.numbers import reckon_months
from smilecity.citizens.models import AbuseReport, Comment, Moderated, Need
from smilecity.core import clock
from smilecity.core.who import ANYONE, NODE, Who

# By the title of the need: who said what, how many hours after the one before.
TALK: dict[str, tuple[tuple[str, str, int], ...]] = {
    "Schatten am Hafen": (
        ("Anna", "Mein Vater ist 81 und setzt sich dort im Juli nicht mehr. Ein Segel über zwei Bänken wäre viel.", 20),
        ("Tina", "Bäume wären schöner, brauchen aber zehn Jahre. Vielleicht beides?", 5),
        ("Rolf", "Auf dem Kai liegen Leitungen. Im Ortsbeirat hieß es, Bäume gehen nur in Kübeln.", 9),
        ("Petra", "Das stimmt: Unter dem Kai liegen Strom und Fernwärme. Kübel prüfen wir mit.", 30),
        ("Karim", "Beim Turnier im August hatten wir zwei Pavillons. Nach einer Stunde saßen alle darunter.", 12),
        ("Anna", "Kann man das Segel im Winter abnehmen? Bei Sturm fliegt dort alles weg.", 22),
        ("Petra", "Ja, es soll von April bis Oktober hängen.", 26),
        ("Tina", "Dann bitte auch Haken für Hängematten.", 3),
        ("Rolf", "Wer hängt es auf und ab? Das vergisst man gern im Plan.", 41),
        ("Paul", "Das steht im Projekt: Der Bauhof übernimmt es, zwei Einsätze im Jahr.", 15),
        ("Karim", "Wir vom Verein helfen beim Aufhängen mit.", 7),
    ),
    "Licht auf dem Bolzplatz bis neun": (
        ("Anna", "Meine Kinder sind im Winter nach der Schule nur noch drinnen. Bitte!", 10),
        ("Rolf", "Ich wohne gegenüber. Licht ja, aber bitte nicht in die Schlafzimmer.", 14),
        ("Karim", "Es gibt Lampen, die nur nach unten strahlen. Haben wir am Hafen.", 4),
        ("Tina", "Und mit Taster, dann brennt es nur, wenn wirklich jemand spielt.", 6),
        ("Rolf", "Damit könnte ich leben. Und um neun ist Schluss, ehrlich?", 11),
        ("Karim", "Um neun ist Schluss. Ich stelle mich selbst hin.", 2),
        ("Stefan", "Wir haben Leuchten mit Taster angefragt. Der Preis kommt bis Ende des Monats.", 50),
        ("Anna", "Danke! Endlich mal eine Antwort mit Datum.", 18),
    ),
    "Eine Rampe für Skateboards": (
        ("Karim", "Eine kleine reicht für den Anfang. Holz hätten wir.", 8),
        ("Anna", "Bitte mit Geländer, die Kleinen klettern überall hoch.", 21),
        ("Rolf", "Wer so was fordert, ist doch nur zu faul zum Arbeiten.", 30),
        ("Tina", "Ruf lieber direkt Herrn Muster im Amt an, Durchwahl 0381 000 17.", 5),
        ("Karim", "Der Platz hinter der Turnhalle wird von niemandem benutzt.", 26),
        ("Tina", "Und da stört es nachts keinen.", 9),
    ),
}  # fmt: skip
HIDDEN = {
    "Wer so was fordert": ("insult", "Das setzt die Jugendlichen herab. Was gegen die Rampe spricht, lesen wir gern."),
    "Ruf lieber": ("personal", "Namen und Durchwahlen einzelner Menschen gehören nicht in einen öffentlichen Beitrag."),
}  # fmt: skip
APPEALED = (
    "Wer so was fordert",
    "Das war flapsig, aber keine Beleidigung. Andere dürfen auch Dampf ablassen.",
)
# A need that names people: reported, taken from the public, and its author objects.
HIDDEN_NEED = "Hund läuft frei auf dem Bolzplatz"
NEED_HIDDEN_FOR = (
    "personal",
    "Name und Hausnummer einer Familie gehören nicht in ein öffentliches Anliegen. Das Ordnungsamt sieht sie weiterhin.",
)
NEED_OBJECTED = "Ohne die Nummer weiß doch niemand, um welchen Hund es geht."
WAITS = "Und da stört es nachts keinen."
REPORTED = (
    ("Dann bitte auch Haken", "off-topic", "Hängematten sind ein anderes Anliegen."),
    ("Damit könnte ich leben", "spam", ""),
)


def move_in(person: Callable[[str], Who], moderator: Who) -> None:
    """Let them talk, a moderator hold the rules, and count the months; their accounts are as old as what they said."""
    names = {name for talk in TALK.values() for name, _words, _hours in talk}
    ids = [account for name in names if (account := person(name).account) is not None]
    get_user_model().objects.filter(id__in=ids).update(created_at=clock.now() - timedelta(days=40))
    for title, talk in TALK.items():
        _talk(person, title, talk)
    for beginning, (rule, sentence) in HIDDEN.items():
        abuse.report_comment(ANYONE, _said(beginning).id, rule)
        moderating.hide_comment(moderator, _said(beginning).id, rule, sentence)
    beginning, why = APPEALED
    talking.appeal_comment(person("Rolf"), _said(beginning).id, why)
    Comment.objects.filter(words=WAITS).update(state=Comment.WAITING)
    for beginning, rule, words in REPORTED:
        abuse.report_comment(person("Anna"), _said(beginning).id, rule, words)
    _hide_a_need(person, moderator)
    _lay_back()
    reckon_months(NODE)


def _talk(person: Callable[[str], Who], title: str, talk: tuple[tuple[str, str, int], ...]) -> None:
    """As if it had been said hours after the one before, and nothing in the future: no action writes into the past."""
    need = Need.objects.get(noun__title__de=title, noun__kind="need")
    at = need.said_at
    for number, (name, words, hours) in enumerate(talk):
        form = uuid5(NAMESPACE_URL, f"urn:smilecity:demo:talk:{title}:{number}")
        one = talking.comment(person(name), form, need.noun_id, words, "de")
        at = min(at + timedelta(hours=hours), clock.now())
        Comment.objects.filter(id=one.id).update(at=at)


def _hide_a_need(person: Callable[[str], Who], moderator: Who) -> None:
    need = Need.objects.get(noun__title__de=HIDDEN_NEED)
    abuse.report_need(person("Tina"), need.noun_id, NEED_HIDDEN_FOR[0])
    moderating.hide_reported(moderator, need.noun_id, *NEED_HIDDEN_FOR)
    moderating.object_to_hiding(person("Rolf"), need.noun_id, NEED_OBJECTED)
    at = need.said_at + timedelta(days=1)
    Moderated.objects.filter(need=need).update(at=at, appealed_at=at + timedelta(hours=5))
    AbuseReport.objects.filter(need=need).update(at=at - timedelta(hours=2), settled_at=at)


def _said(beginning: str) -> Comment:
    return Comment.objects.get(words__startswith=beginning)


def _lay_back() -> None:
    """What the moderation did came soon after what was said."""
    for one in Comment.objects.exclude(decided_at=None):
        at = min(one.at + timedelta(hours=3), clock.now())
        Comment.objects.filter(id=one.id).update(decided_at=at)
        Moderated.objects.filter(comment=one).update(at=at)
        AbuseReport.objects.filter(comment=one).update(at=at - timedelta(hours=1))
