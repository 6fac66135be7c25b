# SPDX-License-Identifier: EUPL-1.2
"""Milestones: planned, moved, dropped with a reason, reached."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from smilecity.core import clock, log
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.governance import facts
from smilecity.governance.actions import standing
from smilecity.governance.models import Milestone, Project
from smilecity.governance.rules import course, description
from smilecity.governance.rules.description import Row, Texts


def keep_milestones(
    who: Who, noun_id: int, rows: Sequence[Row], *, delay: Texts | None = None, seen: str = ""
) -> None:
    """These are the project's milestones from now on, in this order; a row with an `id` is one that is there already.

    Of a public project none may be left out, only dropped with a reason, and moving a day to later needs a reason
    for all (`delay`), which becomes a step. With `seen` the project must still be what was
    shown. Lock: the project's noun.
    """
    kept = description.checked_rows(rows)
    with transaction.atomic():
        project = standing.locked(who, noun_id)
        standing.unchanged(project.noun, seen)
        known = {one.id: one for one in project.milestones.all()}
        _check_ids(project, known, kept)
        _check_done(project, known, kept)
        moved = project.noun.visibility == Noun.PUBLIC and any(_moved(known, row) for row in kept)
        delayed = standing.reason(delay) if moved else None
        Milestone.objects.filter(project=project).exclude(id__in=[row.id for row in kept if row.id]).delete()
        for order, row in enumerate(kept):
            _write(project, known, row, order)
        if delayed:
            standing.write_step(who, project, project.state, delayed, delay=True)
        standing.noted(project)
        log.append(who, facts.PROJECT_KEPT, noun=noun_id)


def reach_milestone(who: Who, noun_id: int, milestone: int, *, on: date | None) -> None:
    """The milestone was reached on this day, today or before; None takes that back. Lock: the project's noun."""
    with transaction.atomic():
        project = standing.locked(who, noun_id)
        found = project.milestones.filter(id=milestone).first() if 0 < milestone <= standing.MOST_ID else None
        if found is None:
            raise _no_milestone()
        today = clock.now().astimezone(settings.SMILE.zone).date()
        if on is not None and description.checked_day(on, "on") and on > today:
            raise _refused("milestone.ahead", _("Erreicht ist ein Meilenstein heute oder früher."), "on")
        if found.dropped:
            raise _refused("milestone.dropped", _("Dieser Meilenstein fällt weg."), "on")
        if on is None and project.state == Project.DONE:
            raise _done()
        if found.done_on == on:
            return
        found.done_on = on
        found.save(update_fields=["done_on"])
        standing.noted(project)
        log.append(
            who,
            facts.MILESTONE_REACHED,
            noun=noun_id,
            data={"milestone": found.id, "reached": on is not None},
        )


def _write(project: Project, known: Mapping[int, Milestone], row: Row, order: int) -> None:
    one = known[row.id] if row.id else Milestone(project=project)
    one.order, one.title, one.due, one.weight, one.dropped = (
        order,
        dict(row.title),
        row.due,
        row.weight,
        dict(row.dropped),
    )
    one.save()


def _check_ids(project: Project, known: Mapping[int, Milestone], rows: Sequence[Row]) -> None:
    given = [row.id for row in rows if row.id is not None]
    if len(set(given)) != len(given) or set(given) - set(known):
        raise _no_milestone()
    if set(known) - set(given) and project.noun.visibility == Noun.PUBLIC:
        raise Refusal(
            "milestone.promised",
            _("Was veröffentlicht ist, verschwindet nicht."),
            cure=_("Schreiben Sie bei diesem Meilenstein, warum er wegfällt."),
            field="milestones",
            status=422,
        )


def _check_done(project: Project, known: Mapping[int, Milestone], rows: Sequence[Row]) -> None:
    for number, row in enumerate(rows):
        done = row.id is not None and known[row.id].done_on is not None
        if done and row.dropped:
            raise _refused(
                "milestone.reached", _("Was erreicht ist, fällt nicht weg."), f"milestones.{number}.dropped"
            )
        if project.state == Project.DONE and not done and not row.dropped:
            raise _done()


def _moved(known: Mapping[int, Milestone], row: Row) -> bool:
    """Whether the day of one that is still open moves to later."""
    one = known.get(row.id or 0)
    is_open = one is not None and one.done_on is None and not one.dropped and not row.dropped
    return is_open and one is not None and course.moved_later(one.due, row.due)


def _no_milestone() -> Refusal:
    return Refusal(
        "milestone.unknown",
        _("Diesen Meilenstein gibt es nicht."),
        cure=_("Vielleicht hat ihn gerade jemand geändert. Laden Sie die Seite neu."),
        field="milestones",
        status=409,
    )


def _done() -> Refusal:
    return Refusal(
        "project.done",
        _("Das Projekt ist fertig."),
        cure=_("Sagen Sie zuerst, dass es wieder läuft, und warum."),
        field="milestones",
        status=409,
    )


def _refused(code: str, sentence: str, at: str) -> Refusal:
    return Refusal(code, sentence, field=at, status=422)
