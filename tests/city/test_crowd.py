# SPDX-License-Identifier: EUPL-1.2
"""However many act at once and whatever breaks: what was acknowledged is there once, counted, reasoned and told."""

from collections import Counter

import pytest

from smilecity.citizens import facts, reads
from smilecity.citizens.models import Need, NeedStep, Support
from smilecity.core import clock
from smilecity.core.models import LogEntry
from smilecity.people.models import Notice
from tests.city.crowd import Crowd, Kept, settle


def story(url: str, *, residents: int, acts: int, seed: int) -> Kept:
    """Let a crowd act, then look at all that is left of it."""
    crowd = Crowd(url, residents, seed)
    crowd.prepare(residents // 10)
    began = clock.now()
    kept = crowd.run(acts)
    settle(url)
    nothing_lost_and_nothing_twice(kept)
    everyone_counts_once(kept)
    what_is_closed_has_a_reason_and_was_told()
    those_who_supported_before_were_told(began)
    return kept


def nothing_lost_and_nothing_twice(kept: Kept) -> None:
    there = dict(Need.objects.values_list("form", "noun"))
    assert there == kept.said
    logged = Counter(LogEntry.objects.values_list("verb", flat=True))
    assert logged[facts.NEED_SAID] == len(kept.said)
    assert set(LogEntry.objects.filter(verb=facts.NEED_SAID).values_list("noun", flat=True)) == set(
        there.values()
    )
    handed = NeedStep.objects.filter(to_organisation__isnull=False).count()
    assert logged[facts.NEED_HANDED_ON] >= handed  # of a thread each member is told
    assert kept.done["handed"] <= handed <= kept.done["handed"] + kept.unsure["handed"]
    assert not LogEntry.objects.filter(position__isnull=True).exists()


def everyone_counts_once(kept: Kept) -> None:
    wanted = {pair for pair, supports in kept.supports.items() if supports}
    assert set(Support.objects.values_list("need", "account")) == wanted
    for need in Need.objects.exclude(decision=Need.MERGED):
        assert need.backing == reads.count_backing(need.noun_id), need.noun_id


def what_is_closed_has_a_reason_and_was_told() -> None:
    closed = list(Need.objects.filter(state=Need.CLOSED))
    assert closed
    told = Counter(Notice.objects.filter(verb="need-decided").values_list("account", "noun"))
    logged = Counter(LogEntry.objects.filter(verb=facts.NEED_DECIDED).values_list("noun", flat=True))
    for need in closed:
        assert need.answer and need.decision, need.noun_id
        assert NeedStep.objects.filter(need=need, state=Need.CLOSED, sentence=need.answer).exists()
        assert told[(need.account_id, need.noun_id)] == logged[need.noun_id] > 0, need.noun_id


def those_who_supported_before_were_told(began: object) -> None:
    told = set(Notice.objects.filter(verb="need-decided").values_list("account", "noun"))
    decided = set(LogEntry.objects.filter(verb=facts.NEED_DECIDED).values_list("noun", flat=True))
    early = Support.objects.filter(at__lt=began, need__in=decided)
    assert early.exists()
    assert set(early.values_list("account", "need")) <= told


def test_a_crowd_whose_lines_break_loses_nothing(database_url: str) -> None:
    kept = story(database_url, residents=40, acts=240, seed=3)
    assert kept.deadlocks == 0


@pytest.mark.trial
@pytest.mark.timeout(900)
def test_five_hundred_people_whose_lines_break(database_url: str) -> None:
    kept = story(database_url, residents=500, acts=1500, seed=1)
    assert kept.deadlocks == 0
    assert kept.cuts > 20 and sum(kept.unsure.values()) > 20, "nobody noticed the cuts: they proved nothing"
