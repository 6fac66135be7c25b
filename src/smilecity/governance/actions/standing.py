# SPDX-License-Identifier: EUPL-1.2
"""What every action on a project begins and ends with: its lock, its step, what is noted of it."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from smilecity.core import clock, log
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.governance import facts, reads, rights
from smilecity.governance.models import Project, ProjectStep
from smilecity.governance.rules import course, description
from smilecity.governance.rules.description import Texts

MOST_ID = (1 << 63) - 1


def locked(who: Who, noun_id: int) -> Project:
    """The project with its noun, the noun's row locked, if `who` writes it; else as if it were not there."""
    noun = (
        Noun.objects.select_for_update().filter(id=noun_id, kind="project").first()
        if sound(noun_id)
        else None
    )
    if noun is None or not rights.may_write(who, noun.area_id, noun.keeper_id):
        raise unknown()
    return Project.objects.select_related("noun").get(noun=noun)


def unchanged(noun: Noun, seen: str) -> None:
    """Refuses to write over what somebody else has written since it was shown; `seen` is its mark, empty is any."""
    if seen and seen != reads.mark(noun):
        raise Refusal(
            "project.meanwhile",
            _("Inzwischen hat jemand anders gespeichert."),
            cure=_(
                "Sehen Sie auf der Seite des Projekts nach. Speichern Sie noch einmal, gilt, was hier steht."
            ),
            status=409,
        )


def noted(project: Project) -> None:
    """What machines read of the project, as it is now, and that it has changed; whoever calls holds its noun."""
    noun = project.noun
    noun.facts, noun.changed_at = _facts(project), clock.now()
    noun.save(update_fields=["facts", "changed_at"])


def reason(delay: Texts | None) -> dict[str, str]:
    """The reason for a delay; a promise is not moved without one."""
    if not any(text.strip() for text in (delay or {}).values()):
        raise Refusal(
            "project.delay",
            _("Ein Versprechen rückt nach hinten. Hier fehlt der Grund dafür."),
            cure=_("Schreiben Sie in einem Satz, warum es länger dauert. Alle lesen genau das."),
            field="delay",
            status=422,
        )
    return description.checked_why(delay or {}, "delay")


def unknown() -> Refusal:
    """The refusal of a project that is not there, or not for this person."""
    return Refusal(
        "project.unknown",
        _("Dieses Projekt gibt es nicht."),
        cure=_("Vielleicht finden Sie es in der Liste der Projekte."),
        status=404,
    )


def write_step(who: Who, project: Project, state: str, why: dict[str, str], *, delay: bool) -> ProjectStep:
    """The step and what it changes, within an action that holds the project's noun and has asked."""
    now = clock.now()
    project.state = state
    if delay:
        project.explained_on = now.astimezone(settings.SMILE.zone).date()
    project.save(update_fields=["state", "explained_on"])
    step = ProjectStep.objects.create(project=project, at=now, state=state, why=why, delay=delay)
    log.append(who, facts.PROJECT_STEP, noun=project.noun_id, data={"state": state, "delay": delay})
    return step


def sound(number: int) -> bool:
    """Whether a noun could have this id."""
    return 0 < number <= MOST_ID


def _facts(project: Project) -> dict[str, Any]:
    known = reads.course_of(project)
    said = {
        "state": project.state,
        "progress": course.progress(known.milestones),
        "starts_on": project.starts_on.isoformat() if project.starts_on else None,
        "ends_on": project.ends_on.isoformat() if project.ends_on else None,
        "budget_cents": project.budget,
        "spent_cents": project.spent,
    }
    return {name: value for name, value in said.items() if value is not None}
