# SPDX-License-Identifier: EUPL-1.2
"""From the log to inboxes: whom each entry concerns. The rooms announce, this page knows who wants to hear of it."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import psycopg
import structlog
from django.db import DatabaseError, InterfaceError, close_old_connections

from smilecity.citizens.reads.deputies import standing_in
from smilecity.city import backing
from smilecity.city.announcing import announce_waiting
from smilecity.core import log as entries_of_the_log
from smilecity.core import nouns
from smilecity.core.log import CHANNEL
from smilecity.core.models import LogEntry, Noun
from smilecity.core.who import NODE, Who
from smilecity.people import actions, reads
from smilecity.people.rules.notices import Telling
from smilecity.places.actions import lending

READER = "notices"
BATCH = 500
LOOK_ANYWAY_SECONDS = 30.0
AGAIN_SECONDS = 5.0

# What followers of a noun are told of it, and as what: several ways to change a place are one piece of news.
NEWS = {
    "place-kept": "place-kept",
    "place-shown": "place-kept",
    "change-published": "place-kept",
    "offer-published": "offer-published",
    "offer-cancelled": "offer-cancelled",
    "occasion-moved": "offer-changed",
    "occasion-cancelled": "offer-changed",
    "photo-shown": "place-kept",
    "organisation-kept": "organisation-kept",
    "area-kept": "area-kept",
    "need-answered": "need-answered",
    "need-stepped": "need-stepped",
    "need-handed-on": "need-stepped",
    "need-decided": "need-decided",
    "need-reopened": "need-reopened",
    "need-answered-by": "need-answered-by",
    "need-discussed": "need-discussed",
    "pulse-opened": "pulse-opened",
    "pulse-closed": "pulse-closed",
    "project-kept": "project-kept",
    "project-step": "project-step",
    "milestone-reached": "project-step",
    "units-closed": "units-closed",
    "units-reopened": "units-reopened",
    "opened-extra": "opened-extra",
}
FOR_KEEPERS = frozenset(
    {
        "need-said",
        "need-handed-on",
        "need-reopened",
        "booking-asked",
        "series-asked",
        "registered",
        "unregistered",
    }
)
FOR_REVIEWERS = frozenset({"change-sent", "offer-sent"})
# Where the entry's data says to whom it happened.
PERSON = {
    "offer-published": "author",
    "offer-returned": "author",
    "your-occasion-moved": "account",
    "your-occasion-cancelled": "account",
    "moved-up": "account",
    "change-published": "author",
    "change-returned": "author",
    "need-answered": "author",
    "need-stepped": "author",
    "need-handed-on": "author",
    "need-decided": "author",
    "need-published": "author",
    "need-hidden": "author",
    "need-kept-hidden": "author",
    "need-reopened": "author",
    "need-taken": "worker",
    "need-discussed": "author",
    "comment-hidden": "author",
    "comment-shown": "author",
    "comment-kept-hidden": "author",
    "booking-approved": "account",
    "booking-refused": "account",
    "booking-waits": "account",
    "booking-cancelled": "account",
    "booking-changed": "account",
    "booking-missed": "account",
    "booking-struck": "account",
    "loan-failed": "account",
    "loan-late": "account",
    "loan-paused": "account",
    "loan-lost": "account",
    "series-granted": "account",
    "series-refused": "account",
    "role-given": "account",
    "role-ended": "account",
    "webhook-stopped": "account",
    "sensors-troubled": "account",
    "sensors-silent": "account",
}

log = structlog.get_logger("telling")


@dataclass(slots=True)
class _Known:
    """What is looked up once for a batch of entries."""

    nouns: Mapping[int, Noun]
    followers: Mapping[int, set[int]] = field(default_factory=dict)
    keepers: Mapping[int, set[int]] = field(default_factory=dict)
    reviewers: Mapping[int, set[int]] = field(default_factory=dict)
    people: Mapping[int, Who] = field(default_factory=dict)
    deputies: Mapping[int, set[int]] = field(default_factory=dict)
    backers: Mapping[int, set[int]] = field(default_factory=dict)


def tell(entries: Sequence[LogEntry]) -> None:
    """Tell everyone whom these entries concern: the same number of queries, however many they are."""
    concerning = [
        one for one in entries if one.verb in NEWS.keys() | PERSON.keys() | FOR_KEEPERS | FOR_REVIEWERS
    ]
    if not concerning:
        return
    known = _looked_up(concerning)
    actions.tell(NODE, [telling for entry in concerning for telling in _tellings(entry, known)])


def tell_waiting() -> int:
    """Tell of what is in the log and was not told yet; returns how many entries that were."""
    total = 0
    while count := entries_of_the_log.read(READER, tell, BATCH):
        total += count
    return total


async def keep_telling(url: str) -> None:
    """Tell until cancelled: when the log grows, and now and then anyway. Survives a database that goes away."""
    with ThreadPoolExecutor(1, thread_name_prefix="telling") as thread:
        while True:
            try:
                await _listen_and_tell(url, thread)
            except (psycopg.Error, DatabaseError, InterfaceError) as error:
                log.warning("told later", error=type(error).__name__)
                await asyncio.sleep(AGAIN_SECONDS)


async def _listen_and_tell(url: str, thread: ThreadPoolExecutor) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute(f"LISTEN {CHANNEL}")
        while True:
            await asyncio.get_running_loop().run_in_executor(thread, _tell_in_thread)
            async for _notice in connection.notifies(timeout=LOOK_ANYWAY_SECONDS, stop_after=1):
                pass


def _tell_in_thread() -> None:
    close_old_connections()
    _heed_doors()
    tell_waiting()
    _announce()


def _heed_doors() -> None:
    """Loans follow what their doors did, at once. What goes wrong there comes again by the clock, and no notice waits."""
    try:
        lending.heed_doors(NODE)
    except (DatabaseError, InterfaceError):
        raise
    except Exception as error:  # a loan's trouble is not everybody's
        log.error("doors not heeded", exc_info=error)


def _announce() -> None:
    """Webhooks are told too; what goes wrong there comes again with the next entry, and no notice waits."""
    try:
        announce_waiting()
    except (DatabaseError, InterfaceError):
        raise
    except Exception as error:  # another programme's trouble is not everybody's
        log.error("not announced", exc_info=error)


def _looked_up(entries: Sequence[LogEntry]) -> _Known:
    ids = {one.noun for one in entries} | {backing.project_of(one) for one in entries}
    known = _Known(Noun.objects.in_bulk(ids - {None}))
    known.backers = backing.backers(entries)
    known.followers = reads.followers(NODE, _about(entries, NEWS, known))
    known.keepers = reads.keepers(NODE, [known.nouns[one] for one in _about(entries, FOR_KEEPERS, known)])
    known.reviewers = reads.reviewers(
        NODE, [known.nouns[one] for one in _about(entries, FOR_REVIEWERS, known)]
    )
    known.deputies = standing_in(NODE, _workers(entries, known))
    hidden = [one for one in known.nouns.values() if one.visibility != Noun.PUBLIC]
    known.people = reads.as_who(
        NODE, {account for one in hidden for account in known.followers.get(one.pk, ())}
    )
    return known


def _workers(entries: Sequence[LogEntry], known: _Known) -> set[int]:
    """Those who are told of needs because it is their work: whoever stands in for them is told, too."""
    taken = {one.data.get("worker") for one in entries if one.verb == "need-taken"}
    kept = {account for each in known.keepers.values() for account in each}
    return {one for one in taken if isinstance(one, int)} | kept


def _about(entries: Sequence[LogEntry], verbs: Iterable[str], known: _Known) -> set[int]:
    """The nouns of the entries with these verbs that are still there."""
    wanted = set(verbs)
    return {
        one.noun for one in entries if one.verb in wanted and one.noun in known.nouns and one.noun is not None
    }


def _tellings(entry: LogEntry, known: _Known) -> Iterator[Telling]:
    """Each person once: as the one to whom it happened, else as one who keeps, else as one who follows."""
    done = {_account_of(entry.actor)}  # nobody is told of what they did themselves
    person = entry.data.get(PERSON.get(entry.verb, ""))
    noun = known.nouns.get(entry.noun) if entry.noun is not None else None
    if isinstance(person, int) and person not in done:
        done.add(person)
        yield _telling(entry, person, noun, mine=True)
    if noun is None:
        return
    if entry.verb == "need-taken":
        for account in known.deputies.get(person if isinstance(person, int) else 0, set()) - done:
            yield _telling(entry, account, noun)
    project = known.nouns.get(backing.project_of(entry) or 0)
    if project is not None and project.visibility == Noun.PUBLIC:
        for account in known.backers.get(entry.pk, set()) - done:
            done.add(account)
            yield _telling(entry, account, project, verb=backing.HEARD[entry.verb], mine=True)
    for account in _keeping(entry, noun, known) - done:
        done.add(account)
        yield _telling(entry, account, noun)
    if entry.verb in NEWS:
        for account in known.followers.get(noun.pk, set()) - done:
            if noun.visibility == Noun.PUBLIC or nouns.may_see(known.people[account], noun):
                yield _telling(entry, account, noun, verb=NEWS[entry.verb])


def _keeping(entry: LogEntry, noun: Noun, known: _Known) -> set[int]:
    if entry.verb in FOR_KEEPERS:
        kept = known.keepers.get(noun.pk, set())
        if noun.kind != "need":
            return kept
        return kept | {deputy for account in kept for deputy in known.deputies.get(account, ())}
    return known.reviewers.get(noun.pk, set()) if entry.verb in FOR_REVIEWERS else set()


def _telling(
    entry: LogEntry, account: int, noun: Noun | None, *, verb: str = "", mine: bool = False
) -> Telling:
    return Telling(
        account=account,
        entry=entry.pk,
        verb=verb or entry.verb,
        at=entry.at,
        noun=noun.pk if noun else None,
        mine=mine,
        codes=entry.data,
    )


def _account_of(actor: str) -> int | None:
    kind, _, number = actor.partition("/")
    return int(number) if kind == "account" and number.isdecimal() else None
