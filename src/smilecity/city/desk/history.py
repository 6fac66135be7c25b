# SPDX-License-Identifier: EUPL-1.2
"""What happened to a noun, in words, from the log."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from smilecity.core import log, nouns, words
from smilecity.core.models import Noun
from smilecity.core.who import Who
from smilecity.people.reads.pseudonyms import pseudonyms

MOST = 200


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, who did it, and when."""

    what: str
    who: str
    at: datetime


def steps(who: Who, noun: Noun) -> list[Step]:
    """The newest first. People are named by pseudonym, for those who look after the noun; for others not at all."""
    entries = log.of_noun(noun.id, MOST)
    named = may_name(who, noun)
    accounts = {_account(entry.actor) for entry in entries} - {None}
    known = pseudonyms(who, [one for one in accounts if one is not None]) if named else {}
    return [Step(words.verb(entry.verb), _actor(who, entry.actor, known), entry.at) for entry in entries]


def may_name(who: Who, noun: Noun) -> bool:
    """Whether this person may see who did it: those who look after drafts there, the keeper, operators."""
    return (
        who.holds("operator")
        or who.holds_any(nouns.LOOK_AFTER_DRAFTS, noun.area_id)
        or who.works_for(noun.keeper_id, nouns.KEEP)
    )


def _actor(who: Who, actor: str, known: dict[int, str]) -> str:
    account = _account(actor)
    if account is not None:
        return _("Sie") if account == who.account else known.get(account, _("Jemand"))
    if actor == "node":
        return _("Die Stadt, von selbst")
    return _("Ein Gerät") if actor.startswith("key/") else _("Jemand ohne Konto")


def _account(actor: str) -> int | None:
    kind, _slash, number = actor.partition("/")
    return int(number) if kind == "account" and number.isdigit() else None
