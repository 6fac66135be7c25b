# SPDX-License-Identifier: EUPL-1.2
"""The only queries of this room."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from smilecity.citizens import rights
from smilecity.citizens.models import Need
from smilecity.core import nouns
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who

MOST_NEEDS = 200
MOST_ID = (1 << 63) - 1


def subject(who: Who, noun_id: int | None) -> Noun | None:
    """What a need is about. Refuses what is not there, and alike what this person may not see."""
    if noun_id is None:
        return None
    found = Noun.objects.filter(id=noun_id).first() if 0 < noun_id <= MOST_ID else None
    if found is None or found.kind == "need" or not nouns.may_see(who, found):
        raise Refusal(
            "need.unknown-subject",
            _("Das, wozu Sie etwas sagen möchten, gibt es hier nicht."),
            cure=_("Suchen Sie den Ort in der Liste der Orte, und beginnen Sie dort."),
            field="about",
            status=404,
        )
    return found


def need(who: Who, noun_id: int) -> Need | None:
    """One need, for stewards of its area; nothing for others."""
    found = Need.objects.select_related("noun").filter(noun=noun_id).first()
    return (
        found
        if found is not None and rights.may_read(who, found.noun.area_id, found.noun.keeper_id)
        else None
    )


def needs_about(who: Who, subject: Noun, limit: int = MOST_NEEDS) -> list[Need]:
    """What was said about this, newest first, for stewards of its area; nothing for others."""
    if not rights.may_read(who, rights.area_of(subject), rights.keeper_of(subject)):
        return []
    return list(
        _about(subject).select_related("noun").order_by("-said_at", "-noun_id")[: min(limit, MOST_NEEDS)]
    )


def count_about(who: Who, subject: Noun) -> int:
    """How much was said about this, for stewards of its area; zero for others."""
    return (
        _about(subject).count()
        if rights.may_read(who, rights.area_of(subject), rights.keeper_of(subject))
        else 0
    )


def _about(subject: Noun) -> QuerySet[Need]:
    return Need.objects.filter(noun__links_from__target=subject, noun__links_from__kind="about")
