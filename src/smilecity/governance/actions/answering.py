# SPDX-License-Identifier: EUPL-1.2
"""Which needs a project answers: a link between their nouns, whoever keeps the needs."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from smilecity.core import links, log, nouns
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.governance import facts
from smilecity.governance.actions import standing

MOST_NEEDS = 5000


def answer_with(who: Who, noun_id: int, needs: Iterable[int]) -> None:
    """The project answers these needs, which `who` must be able to read, all or none. Said again it changes nothing.

    Who said them and who follows them are told once the project is public. Lock: the project's noun.
    """
    with transaction.atomic():
        project = standing.locked(who, noun_id)
        known = {one.id for one in links.linked_from(noun_id, "answers")}
        wanted = set(needs)
        fresh = [_need(who, need) for need in sorted(wanted - known)]
        if len(known) + len(fresh) > MOST_NEEDS:
            raise Refusal("project.needs", _("Das Projekt antwortet schon auf sehr vieles."), status=422)
        # What only a decision had said so far is now said by the project, too.
        links.link_all("answers", [(noun_id, need) for need in sorted(wanted)])
        for found in fresh:
            if project.noun.visibility == Noun.PUBLIC:
                log.append(
                    who, facts.NEED_ANSWERED_BY, noun=found.id, about=[noun_id], data={"project": noun_id}
                )
        if fresh:
            standing.noted(project)


def let_go(who: Who, noun_id: int, need: int) -> None:
    """The project does not answer this need after all. Lock: the project's noun."""
    with transaction.atomic():
        project = standing.locked(who, noun_id)
        found = _need(who, need)
        links.unlink(noun_id, "answers", found.id)
        standing.noted(project)
        log.append(who, facts.NEED_LET_GO, noun=found.id, about=[noun_id], data={"project": noun_id})


def _need(who: Who, need: int) -> Noun:
    """The need's noun, if this person may read it; else as if it were not there."""
    found = Noun.objects.filter(id=need, kind="need").first() if 0 < need <= standing.MOST_ID else None
    if found is None or not nouns.may_see(who, found):
        raise Refusal(
            "project.unknown-need", _("Dieses Anliegen gibt es hier nicht."), field="need", status=404
        )
    return found
