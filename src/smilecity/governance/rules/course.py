# SPDX-License-Identifier: EUPL-1.2
"""How a project goes: its states, its progress by milestones, whether it is late, and what comes next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence

PLANNED, RUNNING, DONE, STOPPED = "planned", "running", "done", "stopped"
STATES: dict[str, Sentence] = {
    PLANNED: _("geplant"),
    RUNNING: _("läuft"),
    DONE: _("fertig"),
    STOPPED: _("angehalten"),
}
# Where a project can go from where it is; to stay is to tell how things are.
MOVES: dict[str, tuple[str, ...]] = {
    PLANNED: (PLANNED, RUNNING, STOPPED),
    RUNNING: (RUNNING, DONE, STOPPED),
    STOPPED: (STOPPED, PLANNED, RUNNING),
    DONE: (DONE, RUNNING),
}


@dataclass(frozen=True, slots=True)
class Milestone:
    """A part of the way. Without `due` its day is not known yet; what is `dropped` counts for nothing any more."""

    title: Mapping[str, str] = field(default_factory=dict)
    due: date | None = None
    done_on: date | None = None
    dropped: bool = False
    weight: int = 1

    @property
    def is_open(self) -> bool:
        """Whether it is still to be reached."""
        return self.done_on is None and not self.dropped


@dataclass(frozen=True, slots=True)
class Late:
    """The first promised day that has passed, and whether a reason was given after the last one passed."""

    since: date
    explained: bool


@dataclass(frozen=True, slots=True)
class Course:
    """What is known of a project's way: its state, its promised days, and the day a delay was last explained."""

    state: str
    milestones: tuple[Milestone, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    explained_on: date | None = None


def progress(milestones: Iterable[Milestone]) -> int | None:
    """How much of the weight is reached, in whole percent; None if nothing is planned that could be reached."""
    counted = [one for one in milestones if not one.dropped]
    whole = sum(one.weight for one in counted)
    if not whole:
        return None
    return sum(one.weight for one in counted if one.done_on is not None) * 100 // whole


def late(course: Course, today: date) -> Late | None:
    """Whether a promised day has passed without what was promised; nothing is late that is done or stopped."""
    passed = [day for day in _promised(course) if day < today]
    if not passed:
        return None
    explained = course.explained_on is not None and max(passed) < course.explained_on
    return Late(min(passed), explained)


def _promised(course: Course) -> list[date]:
    if course.state not in (PLANNED, RUNNING):
        return []
    days = [one.due for one in course.milestones if one.is_open]
    days.append(course.ends_on)
    if course.state == PLANNED:
        days.append(course.starts_on)
    return [day for day in days if day is not None]


def upcoming(milestones: Iterable[Milestone]) -> Milestone | None:
    """The next one to be reached: the earliest day first, those without a day last, else in their order."""
    waiting = [one for one in milestones if one.is_open]
    return min(waiting, key=lambda one: one.due or date.max, default=None)


def moved_later(before: date | None, after: date | None) -> bool:
    """Whether a promised day is moved to later, or taken back."""
    return before is not None and (after is None or after > before)


def checked_move(course: Course, then: str) -> str:
    """The state, if the project can go there now."""
    if then not in STATES:
        raise Refusal(
            "project.state", _("Wählen Sie, wie es um das Projekt steht."), field="state", status=422
        )
    if then not in MOVES[course.state]:
        raise Refusal(
            "project.no-way",
            _("Von „%(now)s“ geht es nicht zu „%(then)s“.")
            % {"now": STATES[course.state], "then": STATES[then]},
            cure=_("Möglich sind: %(known)s.")
            % {"known": ", ".join(str(STATES[one]) for one in MOVES[course.state])},
            field="state",
            status=422,
        )
    if then == DONE and any(one.is_open for one in course.milestones):
        raise Refusal(
            "project.not-done",
            _("Fertig ist ein Projekt, wenn kein Meilenstein mehr offen ist."),
            cure=_("Tragen Sie ein, wann die offenen erreicht wurden, oder warum sie wegfallen."),
            field="state",
            status=422,
        )
    return then
