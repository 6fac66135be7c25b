# SPDX-License-Identifier: EUPL-1.2
"""Who hears of a project without following it: those who said or support a need that it answers."""

from collections.abc import Mapping, Sequence

from smilecity.citizens.reads.behind import behind
from smilecity.core.models import Link, LogEntry
from smilecity.core.who import NODE

# Verbs of a project, and as what those hear of them whose needs it answers.
OF_PROJECTS = {"project-step": "project-step", "milestone-reached": "project-step"}
OF_NEEDS = {"need-answered-by": "need-answered-by"}
HEARD = {**OF_PROJECTS, **OF_NEEDS}


def project_of(entry: LogEntry) -> int | None:
    """The project that an entry tells those of whose need it answers."""
    if entry.verb in OF_PROJECTS:
        return entry.noun
    project = entry.data.get("project") if entry.verb in OF_NEEDS else None
    return project if isinstance(project, int) else None


def backers(entries: Sequence[LogEntry]) -> Mapping[int, set[int]]:
    """The accounts behind the needs concerned, by entry; two queries, however many entries."""
    projects = {one.noun for one in entries if one.verb in OF_PROJECTS and one.noun is not None}
    answered: dict[int, set[int]] = {}
    if projects:
        links = Link.objects.filter(source__in=projects, kind="answers", target__kind="need")
        for project, need in links.values_list("source", "target"):
            answered.setdefault(project, set()).add(need)
    for entry in entries:
        if entry.verb in OF_NEEDS and entry.noun is not None:
            answered.setdefault(entry.noun, set()).add(entry.noun)
    people = behind(NODE, {need for needs in answered.values() for need in needs})
    return {
        entry.pk: {account for need in answered.get(entry.noun or 0, ()) for account in people.get(need, ())}
        for entry in entries
        if entry.verb in HEARD
    }
