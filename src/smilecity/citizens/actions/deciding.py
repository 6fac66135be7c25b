# SPDX-License-Identifier: EUPL-1.2
"""Closing a need by a decision with a reason, and reopening it: by its author once, by the city when it must."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from smilecity.citizens import facts, reads, rules
from smilecity.citizens.actions.walking import (
    count_anew,
    hold_threads,
    locked,
    step,
    taken,
    taken_open,
    tell_thread,
)
from smilecity.citizens.models import Need
from smilecity.core import clock, links
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who

_KEPT = [
    "state", "decision", "answer", "target", "outside", "answered_at", "answered_by", "mailed_at"
]  # fmt: skip


def decide_need(who: Who, noun_id: int, decision: str, reason: str, target: rules.Target = None) -> Need:
    """Close a need: accepted, merged, refused, referred or answered (`rules.DECISIONS`), always with a reason.

    `target` is the noun that it is accepted by, the need it is merged into (the head of that one's thread), or the
    organisation it is referred to, which keeps it then; or the name of an authority outside. Its people and those of
    the needs merged into it are told. Lock: when merging all threads, then the need's row, so that of two who decide it
    the second is told.
    """
    reason, aim = rules.checked_reason(reason), rules.checked_decision(decision, target)
    with transaction.atomic():
        hold_threads(alone=decision == Need.MERGED)
        need = taken_open(who, noun_id)
        noun = _aimed_at(who, need, decision, aim) if aim.noun is not None else None
        need.state, need.decision, need.answer = Need.CLOSED, decision, reason
        need.target, need.outside = noun, aim.outside
        need.answered_at, need.answered_by, need.mailed_at = clock.now(), who.label, None
        need.save(update_fields=_KEPT)
        kept_by = need.noun.keeper_id if decision == Need.REFERRED else None
        to = noun.id if noun is not None and decision == Need.REFERRED else None
        if noun is not None:
            _follow(need, decision, noun)
        step(who, need, reason, decision=decision, from_organisation_id=kept_by, to_organisation_id=to)
        tell_thread(who, facts.NEED_DECIDED, need)
        return need


def answer_needs(who: Who, noun_ids: Iterable[int], decision: str, reason: str) -> int:
    """Decide several needs alike, all or none; returns how many. Lock: their rows, in order of id."""
    if decision not in rules.FOR_MANY:
        raise Refusal(
            "need.unknown-decision", _("So lässt sich nur eines entscheiden."), field="decision", status=422
        )
    with transaction.atomic():
        return len([decide_need(who, one, decision, reason) for one in sorted(set(noun_ids))])


def appeal(who: Who, noun_id: int, reason: str, key: str = "") -> Need:
    """Reopen a decided need, once, by its author: signed in, or by the `key` of the link that went to their address.

    Lock: all threads, for what was merged comes apart again; then the need's row.
    """
    with transaction.atomic():
        hold_threads(alone=True)
        need = locked(noun_id)
        if need is None or not reads.is_author(who, need, key):
            raise rules.unknown()
        if not rules.may_appeal(need.state, appealed=need.appealed_at is not None):
            raise _appealed(need)
        reason = rules.checked_reason(reason)
        need.appealed_at = clock.now()
        _open_again(need)
        step(who, need, reason)
        tell_thread(who, facts.NEED_REOPENED, need)
        return need


def reopen_need(who: Who, noun_id: int, sentence: str) -> Need:
    """Reopen a decided need, as often as it must be, by those who may answer it: the lamp is dark again.

    Its people read the sentence. It is the city's own step and waits for nobody's look, so it goes on as read at once.
    Lock: as `appeal`.
    """
    sentence = rules.checked_sentence(sentence)
    with transaction.atomic():
        hold_threads(alone=True)
        need = taken(who, noun_id)
        if need.state != Need.CLOSED:
            raise _undecided(_("Wieder öffnen lässt sich nur, was entschieden ist."))
        _open_again(need)
        step(
            who, need
        )  # an author's words to such a step are theirs alone; the city's are for all: a step of their own
        need.state = Need.OPEN
        need.save(update_fields=["state"])
        step(who, need, sentence)
        tell_thread(who, facts.NEED_REOPENED, need)
        return need


def _aimed_at(who: Who, need: Need, decision: str, aim: rules.Aim) -> Noun:
    """The noun that the decision points to; of a need the head of its thread, which must be another one."""
    assert aim.noun is not None
    noun = reads.target(who, decision, aim.noun)
    if decision != Need.MERGED:
        return noun
    head = reads.merged_into(noun.id)[-1]
    if head == need.noun_id:
        raise Refusal(
            "need.merged-with-itself",
            _("Dieses Anliegen gehört schon zu diesem hier."),
            cure=_("Wählen Sie ein anderes."),
            field="target",
            status=422,
        )
    return noun if head == noun.id else Noun.objects.get(id=head)


def _follow(need: Need, decision: str, noun: Noun) -> None:
    """What follows from a decision: a link, another keeper, people who count for another thread."""
    if decision == Need.ACCEPTED:
        links.link_by_decision(noun.id, "answers", need.noun_id)
    elif decision == Need.MERGED:
        links.link(need.noun_id, "duplicate_of", noun.id)
        count_anew(need.noun_id)
    else:
        need.noun.keeper_id, need.noun.changed_at = noun.id, clock.now()
        need.noun.save(update_fields=["keeper", "changed_at"])


def _open_again(need: Need) -> None:
    """As if nothing had been decided; a promise counts from now."""
    _take_back(need)
    need.state, need.decision, need.answer, need.target, need.outside = Need.REOPENED, "", "", None, ""
    need.answered_at, need.answered_by, need.mailed_at = None, "", None
    days = need.category.days if need.category else None
    need.due_at = clock.now() + timedelta(days=days) if days else None
    need.save(update_fields=[*_KEPT, "appealed_at", "due_at"])


def _take_back(need: Need) -> None:
    """The links that the decision made, not what others said beside it; who keeps it now, keeps it."""
    if need.target_id is None:
        return
    if need.decision == Need.ACCEPTED:
        links.unlink_decision(need.target_id, "answers", need.noun_id)
    elif need.decision == Need.MERGED:
        links.unlink(need.noun_id, "duplicate_of", need.target_id)
        count_anew(need.target_id)
        count_anew(need.noun_id)
        need.refresh_from_db(fields=["backing"])


def _appealed(need: Need) -> Refusal:
    if need.appealed_at is not None:
        return Refusal(
            "need.appealed-already",
            _("Dieses Anliegen ist schon einmal wieder geöffnet worden, und das geht nur einmal."),
            cure=_("Sagen Sie uns in einem neuen Anliegen, was noch fehlt."),
            status=409,
        )
    return _undecided(_("Widersprechen können Sie, wenn die Entscheidung da ist."))


def _undecided(cure: str) -> Refusal:
    return Refusal(
        "need.not-decided", _("Dieses Anliegen ist noch nicht entschieden."), cure=cure, status=409
    )
