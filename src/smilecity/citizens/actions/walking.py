# SPDX-License-Identifier: EUPL-1.2
"""What the actions on a need's way share: its row taken by who may, a step kept, everyone in its thread told."""

from django.db import connection
from django.utils.translation import gettext as _

from smilecity.citizens import reads, rights, rules
from smilecity.citizens.models import Need, NeedStep
from smilecity.core import log
from smilecity.core.problems import Refusal
from smilecity.core.who import Who

# Whoever counts a thread shares it, whoever makes threads longer or shorter has it alone: so no count goes astray, and
# no two merges make a circle.
_SHARED = "SELECT pg_advisory_xact_lock_shared(hashtext('citizens.threads'))"
_ALONE = "SELECT pg_advisory_xact_lock(hashtext('citizens.threads'))"


def taken(who: Who, noun_id: int) -> Need:
    """The need with its row locked, for one who may answer it; for others it is not there."""
    need = locked(noun_id)
    if need is None or not rights.may_answer(who, need.noun.area_id, need.noun.keeper_id):
        raise rules.unknown()
    return need


def taken_open(who: Who, noun_id: int) -> Need:
    """The same, as long as it is not decided."""
    need = taken(who, noun_id)
    if need.state == Need.CLOSED:
        raise Refusal(
            "need.closed",
            _("Dieses Anliegen ist schon entschieden."),
            cure=_("Laden Sie die Seite neu, dann sehen Sie die Antwort."),
            status=409,
        )
    return need


def locked(noun_id: int) -> Need | None:
    """The need with its row locked."""
    found = Need.objects.select_for_update(of=("self",)).select_related("noun").filter(noun=noun_id)
    return found.first() if 0 < noun_id <= reads.MOST_ID else None


def hold_threads(*, alone: bool = False) -> None:
    """Threads stay as they are until the end of the transaction; `alone` to change them. Before any row is locked."""
    with connection.cursor() as cursor:
        cursor.execute(_ALONE if alone else _SHARED)


def count_anew(need: int) -> int:
    """Count who is behind the head of this need's thread. Lock: the head's row, so that of two counts none is lost."""
    head = reads.merged_into(need)[-1]
    Need.objects.select_for_update(of=("self",)).get(noun=head)
    count = reads.count_backing(head)
    Need.objects.filter(noun=head).update(backing=count)
    return count


def step(who: Who, need: Need, sentence: str = "", **more: object) -> NeedStep:
    """Keep how the need stands from now on, and the sentence to it."""
    return NeedStep.objects.create(need=need, by=who.label, state=need.state, sentence=sentence, **more)


def tell_thread(who: Who, verb: str, need: Need) -> None:
    """Say it in the log of the need and of each that was merged into it, so that all their people hear of it."""
    data = {"state": need.state, **({"decision": need.decision} if need.decision else {})}
    authors = Need.objects.filter(noun__in=reads.members(need.noun_id)).order_by("noun_id")
    for noun_id, author in authors.values_list("noun_id", "account"):
        log.append(who, verb, noun=noun_id, data={"author": author, **data})
