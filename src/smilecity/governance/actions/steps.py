# SPDX-License-Identifier: EUPL-1.2
"""How a project stands: every change with a sentence that all can read."""

from django.db import transaction

from smilecity.core.who import Who
from smilecity.governance import reads
from smilecity.governance.actions.standing import locked, noted, write_step
from smilecity.governance.models import ProjectStep
from smilecity.governance.rules import course, description
from smilecity.governance.rules.description import Texts


def say_step(who: Who, noun_id: int, *, state: str, why: Texts, delay: bool = False) -> ProjectStep:
    """Say how the project stands from now on and why; the same state again tells how things are.

    With `delay` the sentence explains why something takes longer than promised. Lock: the project's noun.
    """
    with transaction.atomic():
        project = locked(who, noun_id)
        then = course.checked_move(reads.course_of(project), state)
        step = write_step(who, project, then, description.checked_why(why), delay=delay)
        noted(project)
        return step
