# SPDX-License-Identifier: EUPL-1.2
"""Putting a need where it belongs: another category, another place; and who looks after it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from smilecity.citizens import facts, reads, rights, rules
from smilecity.citizens.actions.categories import hold_categories
from smilecity.citizens.actions.saying import titles
from smilecity.citizens.actions.walking import step, taken_open, tell_thread
from smilecity.citizens.models import Need
from smilecity.core import clock, log, nouns
from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Who
from smilecity.people.reads.notices import as_who

# As long as the one who sorts says nothing about it.
STAYS = -1


def sort_need(
    who: Who,
    noun_id: int,
    category: str,
    sentence: str,
    *,
    spot: rules.Spot | None = None,
    keeper: int | None = STAYS,
) -> Need:
    """Put an open need into another category (empty: into none), or to another `spot`, and route it anew.

    It goes to whoever is responsible there, unless `keeper` says to whom; if nobody is, it stays where it is. The day
    by which it is due is counted anew from when it was said. Its people read the sentence. Lock: none of the categories
    may be deleted meanwhile; the need's row.
    """
    sentence = rules.checked_sentence(sentence)
    with transaction.atomic():
        hold_categories()
        need = taken_open(who, noun_id)
        need.category = reads.category(who, category)
        if spot is not None:
            _move(who, need, spot)
        days = need.category.days if need.category else None
        need.due_at = need.said_at + timedelta(days=days) if days else None
        need.state = Need.OPEN if need.state == Need.NEW else need.state
        need.save(update_fields=["category", "due_at", "spot", "state"])
        _go_to(who, need, _responsible(who, need) if keeper == STAYS else keeper, sentence)
        return need


def look_after(who: Who, noun_id: int, account: int | None) -> Need:
    """Say who looks after an open need: oneself, a colleague who may answer it, or nobody. Lock: the need's row."""
    with transaction.atomic():
        need = taken_open(who, noun_id)
        if account is not None and account != who.account:
            _let_look_after(need, account)
        need.worker_id = account
        need.save(update_fields=["worker"])
        log.append(who, facts.NEED_TAKEN, noun=noun_id, data={"worker": account})
        return need


def set_due(who: Who, noun_id: int, due: datetime | None, sentence: str) -> Need:
    """Move the day by which an open need should be decided; its people read why. Lock: the need's row."""
    sentence = rules.checked_sentence(sentence)
    with transaction.atomic():
        need = taken_open(who, noun_id)
        need.due_at = due
        need.save(update_fields=["due_at"])
        step(who, need, sentence)
        tell_thread(who, facts.NEED_STEPPED, need)
        return need


def take_back_step(who: Who, noun_id: int, state: str) -> Need:
    """An open need stands again as it did before a step that was a mistake. Lock: the need's row."""
    if state not in Need.OWED and state != Need.ANSWERED:
        raise Refusal("need.unknown-step", _("Diesen Stand gibt es nicht."), status=422)
    with transaction.atomic():
        need = taken_open(who, noun_id)
        need.state = state
        need.save(update_fields=["state"])
        step(who, need, _("Der letzte Schritt ist zurückgenommen."))
        tell_thread(who, facts.NEED_STEPPED, need)
        return need


def _move(who: Who, need: Need, spot: rules.Spot) -> None:
    noun, need.spot = need.noun, spot.geo()
    noun.area_id = reads.area_of(who, spot) or noun.area_id
    noun.geo = rules.public_point(spot, at_home=need.at_home)
    noun.save(update_fields=["area", "geo"])


def _responsible(who: Who, need: Need) -> int | None:
    found = reads.responsible(who, need.category, need.noun.area_id) if need.category else None
    return found or need.noun.keeper_id


def _go_to(who: Who, need: Need, keeper: int | None, sentence: str) -> None:
    """To this organisation, and its people are told: of a handing on, if it had another one."""
    noun, before = need.noun, need.noun.keeper_id
    if need.published_at is None:
        noun.title = titles(need.kind, _subject(need), need.category)
        noun.sort = nouns.sort_key(noun.title["de"])
    noun.keeper_id, noun.changed_at = keeper, clock.now()
    noun.save(update_fields=["keeper", "changed_at", "title", "sort"])
    if keeper == before:
        step(who, need, sentence)
        tell_thread(who, facts.NEED_STEPPED, need)
    else:
        step(who, need, sentence, from_organisation_id=before, to_organisation_id=keeper)
        tell_thread(who, facts.NEED_HANDED_ON, need)


def _subject(need: Need) -> Noun | None:
    return Noun.objects.filter(links_to__source=need.noun_id, links_to__kind="about").first()


def _let_look_after(need: Need, account: int) -> None:
    other = as_who(NODE, [account]).get(account)
    if other is None or not rights.may_answer(other, need.noun.area_id, need.noun.keeper_id):
        raise _stranger()


def _stranger() -> Refusal:
    return Refusal(
        "need.worker-cannot",
        _("Diese Person kann das Anliegen nicht bearbeiten."),
        cure=_("Wählen Sie jemanden, der für das Gebiet oder die Organisation arbeitet."),
        field="worker",
        status=422,
    )
