# SPDX-License-Identifier: EUPL-1.2
"""A need's whole way on one line, and what the city still owes."""

from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Sentence
from smilecity.core.promises import Promise

STAGES: dict[str, Sentence] = {
    "said": _("gesagt"),
    "supported": _("unterstützt"),
    "discussed": _("besprochen"),
    "decided": _("entschieden"),
    "built": _("gebaut"),
    "measured": _("gemessen"),
}
# How many days old an unanswered need may be to count as fresh, and as due.
FRESH_DAYS, DUE_DAYS = 7, 28


@dataclass(frozen=True, slots=True)
class Course:
    """What is known of a need: the days on which something happened first, and what answers it.

    `by_project` says that it was accepted by something still to be built, which then may `promise` a day.
    """

    said: date
    supported: date | None = None
    discussed: date | None = None
    decided: date | None = None
    decision: str = ""
    by_project: bool = False
    promise: Promise | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the way: the day it was reached, or the day promised for it; neither while it is empty."""

    code: str
    on: date | None = None
    promised: date | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """What people said in a month, what became of it, and what is owed an answer by its age in days."""

    said: int = 0
    decided: dict[str, int] = field(default_factory=dict)
    fresh: int = 0
    due: int = 0
    late: int = 0


def way(course: Course) -> tuple[Stage, ...]:
    """The six stages in their order."""
    promise = course.promise
    return (
        Stage("said", course.said),
        Stage("supported", course.supported),
        Stage("discussed", course.discussed),
        Stage("decided", course.decided),
        _built(course),
        Stage("measured", promise.measured_on if promise else None),
    )


def _built(course: Course) -> Stage:
    """What is accepted by words, a place or an offer is there at once; of a project its own dates count."""
    promise = course.promise
    if promise is not None:
        return Stage("built", promise.done_on, None if promise.done_on else promise.until)
    there = course.decision in ("accepted", "done") and not course.by_project
    return Stage("built", course.decided if there else None)
