# SPDX-License-Identifier: EUPL-1.2
"""The pulse: a short question that is asked again and again, on five steps, and when its rounds are."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NoReturn

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smilecity.core.problems import Refusal, Sentence

Texts = Mapping[str, str]
STEPS = 5
LEAST_THRESHOLD, USUAL_THRESHOLD, MOST_THRESHOLD = 5, 10, 1000
MOST_DAYS = 28  # no month is shorter, so the rounds of a question never overlap
MOST_TITLE, MOST_TEXT, MOST_LABEL = 120, 1000, 40
MONTHS = {"monthly": 1, "quarterly": 3}
RHYTHMS: dict[str, Sentence] = {
    "monthly": gettext_lazy("jeden Monat"),
    "quarterly": gettext_lazy("jedes Vierteljahr"),
}
LEVELS: dict[str, Sentence] = {
    "district": gettext_lazy("Stadtteile"),
    "quarter": gettext_lazy("Quartiere, und Stadtteile darüber"),
}
AGES: dict[str, Sentence] = {
    "0-17": gettext_lazy("unter 18"),
    "18-29": gettext_lazy("18 bis 29"),
    "30-44": gettext_lazy("30 bis 44"),
    "45-64": gettext_lazy("45 bis 64"),
    "65+": gettext_lazy("65 und älter"),
}
USUAL_LABELS = {
    "de": ("sehr schlecht", "schlecht", "mittel", "gut", "sehr gut"),
    "en": ("very poor", "poor", "fair", "good", "very good"),
}


@dataclass(frozen=True, slots=True)
class Asking:
    """A question as it is kept. `title` is the question itself; `labels` are five words by language, worst first.

    The first round opens on `since`, and each for `days` days; none opens after `until`. `threshold` is how many
    answers a number that is shown stands for at least.
    """

    title: Texts
    since: date
    text: Texts = field(default_factory=dict)
    labels: Mapping[str, Sequence[str]] = field(default_factory=lambda: USUAL_LABELS)
    rhythm: str = "monthly"
    days: int = 14
    level: str = "district"
    threshold: int = USUAL_THRESHOLD
    until: date | None = None

    def compared(self) -> tuple[object, ...]:
        """What must stay while rounds are compared with each other."""
        labels = {language: list(words) for language, words in self.labels.items()}
        return dict(self.title), labels, self.rhythm, self.level, self.since


def checked(asking: Asking) -> Asking:
    """The question with its words in order. Refuses what cannot be asked."""
    if asking.rhythm not in MONTHS:
        _wrong("rhythm", _("Wählen Sie, wie oft gefragt wird."))
    if asking.level not in LEVELS:
        _wrong("level", _("Wählen Sie, wofür das Ergebnis gezeigt wird."))
    if not 1 <= asking.days <= MOST_DAYS:
        _wrong("days", _("Eine Runde dauert 1 bis 28 Tage."))
    if not LEAST_THRESHOLD <= asking.threshold <= MOST_THRESHOLD:
        _wrong("threshold", _("Gezeigt wird ab 5 bis 1000 Antworten: weniger schützt niemanden."))
    if asking.until is not None and asking.until < asking.since:
        _wrong("until", _("Das Ende liegt vor dem Anfang."))
    if not 2000 <= asking.since.year <= 9000:
        _wrong("since", _("Diesen Tag gibt es hier nicht."))
    title = _texts(asking.title, "title", MOST_TITLE)
    if not title:
        _wrong("title", _("Hier fehlt die Frage."))
    if not any(asking.labels.values()):
        _wrong("labels", _("Es sind fünf verschiedene Antworten, jede in einer Zeile."))
    return Asking(
        title=title,
        since=asking.since,
        text=_texts(asking.text, "text", MOST_TEXT),
        labels={language: _steps(words) for language, words in asking.labels.items() if words},
        rhythm=asking.rhythm,
        days=asking.days,
        level=asking.level,
        threshold=asking.threshold,
        until=asking.until,
    )


def checked_answer(value: int, age: str) -> tuple[int, str]:
    """The step that was chosen, and the group of age (empty: not said). Refuses what is none."""
    if not 1 <= value <= STEPS:
        _wrong("value", _("Wählen Sie eine der fünf Antworten."))
    if age and age not in AGES:
        _wrong("age", _("Wählen Sie eine Gruppe aus der Liste, oder lassen Sie sie weg."))
    return value, age


def opening(since: date, rhythm: str, number: int) -> date:
    """The day on which this round opens; the first is number 1. In a shorter month it is its last day."""
    months = since.month - 1 + MONTHS[rhythm] * (number - 1)
    year, month = since.year + months // 12, months % 12 + 1
    return date(year, month, min(since.day, calendar.monthrange(year, month)[1]))


def due(asking: Asking, today: date) -> int:
    """The number of the round that is open on this day; 0 if none is. A round that was missed is not held later."""
    if today < asking.since:
        return 0
    gone = (today.year - asking.since.year) * 12 + today.month - asking.since.month
    number = gone // MONTHS[asking.rhythm] + 1
    if opening(asking.since, asking.rhythm, number) > today:
        number -= 1
    opened = opening(asking.since, asking.rhythm, number)
    over = today >= opened + timedelta(days=asking.days)
    return 0 if over or (asking.until is not None and opened > asking.until) else number


def following(asking: Asking, today: date) -> date | None:
    """The day on which the next round opens; none if the question is not asked any more."""
    number = max(1, due(asking, today))
    while (opened := opening(asking.since, asking.rhythm, number)) <= today:
        number += max(1, (today - opened).days // (31 * MONTHS[asking.rhythm]))
    return opened if asking.until is None or opened <= asking.until else None


def _steps(words: Sequence[str]) -> tuple[str, ...]:
    """Five different words, in one language."""
    kept = tuple(" ".join(word.split()) for word in words if word.strip())
    if len(kept) != STEPS or len({word.casefold() for word in kept}) != STEPS:
        _wrong("labels", _("Es sind fünf verschiedene Antworten, jede in einer Zeile."))
    if any(len(word) > MOST_LABEL or not word.isprintable() for word in kept):
        _wrong("labels", _("Eine Antwort hat höchstens 40 Zeichen."))
    return kept


def _texts(texts: Texts, at: str, most: int) -> dict[str, str]:
    kept = {language: text.strip() for language, text in texts.items() if text.strip()}
    if any(len(text) > most or "\0" in text for text in kept.values()):
        _wrong(at, _("Höchstens %(most)d Zeichen, bitte.") % {"most": most})
    return kept


def _wrong(at: str, sentence: str) -> NoReturn:
    raise Refusal(f"pulse.{at}", sentence, field=at, status=422)
