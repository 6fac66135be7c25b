# SPDX-License-Identifier: EUPL-1.2
"""Holding the rules of the house: reports, decisions with a sentence, appeals, and two at once."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from smilecity.citizens import facts
from smilecity.citizens.actions import abuse, moderating, talking
from smilecity.citizens.models import AbuseReport, Comment, Moderated, Need
from smilecity.citizens.reads import moderation as reads
from smilecity.citizens.reads import talk
from smilecity.citizens.rules import talk as rules
from smilecity.core import clock
from smilecity.core.models import LogEntry, Noun
from smilecity.core.problems import Refusal
from tests.citizens.town import Make, Town

WHY = "Bitte ohne Schimpfwort."


@pytest.fixture
def need(town: Town) -> Need:
    """A public need, in a town whose people have had their accounts for a while."""
    get_user_model().objects.update(created_at=clock.now() - timedelta(days=2))
    return town.published()


@pytest.fixture
def said(town: Town, need: Need) -> Comment:
    """What the neighbour said to it."""
    return talking.comment(town.people["neighbour"], uuid4(), need.noun_id, "Sie Esel!", "de")


@pytest.fixture
def hidden(town: Town, said: Comment) -> Comment:
    """The same, hidden."""
    return moderating.hide_comment(town.people["moderator"], said.id, "insult", WHY)


@pytest.fixture
def hides_after_two() -> Iterator[None]:
    """A city in which two reports let a comment wait."""
    kept = settings.SMILE
    settings.SMILE = type(kept).read({"SMILE_HIDE_AFTER_REPORTS": "2"})
    yield
    settings.SMILE = kept


def queue(town: Town, name: str = "moderator", what: str = "") -> list[int]:
    return [one.id for one in reads.queue(town.people[name], what).items]


def test_hiding_takes_a_rule_and_a_sentence_and_its_author_is_told(town: Town, hidden: Comment) -> None:
    for name, words in (("anyone", ""), ("friend", ""), ("neighbour", "Sie Esel!"), ("clerk", "Sie Esel!")):
        one = talk.comment(town.people[name], hidden.id)
        assert one is not None
        assert (one.state, one.rule, one.words) == ("hidden", "insult", words)
    entry = LogEntry.objects.get(verb=facts.COMMENT_HIDDEN)
    told = {"comment": hidden.id, "author": town.accounts["neighbour"].pk, "rule": "insult"}
    assert (entry.actor, entry.data) == (town.people["moderator"].label, told)
    assert Moderated.objects.get().sentence == WHY


@pytest.mark.parametrize(
    ("rule", "sentence", "field"), [("", WHY, "rule"), ("rude", WHY, "rule"), ("spam", " ", "sentence")]
)
def test_nothing_is_hidden_without_a_reason(
    town: Town, said: Comment, rule: str, sentence: str, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        moderating.hide_comment(town.people["moderator"], said.id, rule, sentence)
    assert refused.value.field == field
    assert not Moderated.objects.exists()


@pytest.mark.parametrize("name", ["anyone", "neighbour", "trainer", "far_clerk", "planner", "node"])
def test_others_do_not_moderate(town: Town, said: Comment, name: str) -> None:
    with pytest.raises(Refusal, match=r"comment.unknown"):
        moderating.hide_comment(town.people[name], said.id, "spam", WHY)
    assert queue(town, name) == []


def test_who_decides_second_is_told(town: Town, hidden: Comment) -> None:
    for act in (
        lambda who: moderating.hide_comment(who, hidden.id, "spam", WHY),
        lambda who: moderating.let_through(who, hidden.id),
        lambda who: moderating.settle_reports(who, hidden.id),
        lambda who: moderating.settle_appeal(who, hidden.id, True, WHY),
    ):
        with pytest.raises(Refusal, match=r"comment.decided-already"):
            act(town.people["clerk"])


def test_an_appeal_is_heard_once_and_by_somebody_else(town: Town, hidden: Comment) -> None:
    author = town.people["neighbour"]
    talking.appeal_comment(author, hidden.id, "Der Esel war der im Streichelzoo.")
    with pytest.raises(Refusal, match=r"comment.no-appeal"):
        talking.appeal_comment(author, hidden.id, "Wirklich!")
    assert queue(town, what="appeals") == [hidden.id]
    with pytest.raises(Refusal, match=r"comment.your-own-decision"):
        moderating.settle_appeal(town.people["moderator"], hidden.id, False, "Nein.")
    moderating.settle_appeal(town.people["clerk"], hidden.id, True, "Das haben wir falsch gelesen.")
    one = Comment.objects.get()
    assert (one.state, one.outcome, one.rule) == ("shown", "upheld", "")
    assert queue(town) == []
    assert [each.act for each in reads.acts(author, one)] == ["hidden", "shown-again"]
    assert reads.acts(town.people["friend"], one) == []


def test_who_is_alone_decides_their_own(town: Town, hidden: Comment) -> None:
    from smilecity.people.models import RoleHeld

    RoleHeld.objects.exclude(account=town.accounts["moderator"]).delete()
    talking.appeal_comment(town.people["neighbour"], hidden.id, "Bitte noch einmal lesen.")
    moderating.settle_appeal(town.people["moderator"], hidden.id, False, "Es bleibt dabei.")
    one = Comment.objects.get()
    assert (one.state, one.outcome, one.reason) == ("hidden", "refused", "Es bleibt dabei.")
    with pytest.raises(Refusal, match=r"comment.no-appeal"):
        talking.appeal_comment(town.people["neighbour"], hidden.id, "Noch einmal!")


def test_hiding_can_be_taken_back_but_not_past_an_appeal(town: Town, hidden: Comment) -> None:
    talking.appeal_comment(town.people["neighbour"], hidden.id, "Bitte noch einmal lesen.")
    with pytest.raises(Refusal, match=r"comment.decided-already"):
        moderating.show_again(town.people["moderator"], hidden.id, "Ein Irrtum.")
    Comment.objects.update(outcome="")
    assert moderating.show_again(town.people["moderator"], hidden.id, "Ein Irrtum.").state == "shown"


def test_withdrawing_ends_an_appeal_and_what_was_reported(town: Town, said: Comment) -> None:
    abuse.report_comment(town.people["friend"], said.id, "insult")
    moderating.hide_comment(town.people["moderator"], said.id, "insult", WHY)
    talking.appeal_comment(town.people["neighbour"], said.id, "Bitte noch einmal lesen.")
    talking.withdraw_comment(town.people["neighbour"], said.id)
    one = Comment.objects.get()
    assert (one.state, one.words, one.appeal, one.outcome) == ("withdrawn", "", "", "")
    assert queue(town) == []
    with pytest.raises(Refusal, match=r"comment.decided-already"):
        moderating.settle_appeal(town.people["clerk"], said.id, True, "Gut.")


def test_a_person_reports_once_and_nobody_learns_who(town: Town, said: Comment) -> None:
    for rule in ("insult", "spam"):
        abuse.report_comment(town.people["friend"], said.id, rule)
    for _again in range(2):
        abuse.report_comment(town.people["anyone"], said.id, "insult", "Das geht nicht.")
    assert Comment.objects.get().reported == AbuseReport.objects.count() == 2
    assert {one.actor for one in LogEntry.objects.filter(verb=facts.ABUSE_REPORTED)} == {"node"}
    assert queue(town, what="reported") == [said.id]
    moderating.settle_reports(town.people["moderator"], said.id)
    assert not AbuseReport.objects.filter(account__isnull=False).exists()
    assert not AbuseReport.objects.filter(settled_at=None).exists()
    assert queue(town) == []
    assert talk.comment(town.people["anyone"], said.id)


@pytest.mark.usefixtures("hides_after_two")
def test_where_the_city_wants_it_reports_let_a_comment_wait(town: Town, said: Comment) -> None:
    def state() -> str:
        return str(Comment.objects.get().state)

    abuse.report_comment(town.people["friend"], said.id, "insult")
    for words in ("einmal", "noch einmal"):  # without an account nobody is two
        abuse.report_comment(town.people["anyone"], said.id, "insult", words)
    assert state() == "shown"
    abuse.report_comment(town.people["trainer"], said.id, "insult")
    assert state() == "waiting"
    moderating.let_through(town.people["moderator"], said.id)
    for name in ("friend", "trainer", "clerk"):  # somebody has looked: numbers do not decide any more
        abuse.report_comment(town.people[name], said.id, "insult")
    assert state() == "shown"


def test_by_default_reports_hide_nothing(town: Town, said: Comment) -> None:
    for name in ("friend", "trainer", "clerk", "steward"):
        abuse.report_comment(town.people[name], said.id, "insult")
    assert Comment.objects.get().state == "shown"


def test_a_reported_need_stays_or_goes(town: Town, need: Need) -> None:
    abuse.report_need(town.people["anyone"], need.noun_id, "personal", "Da steht ein Name.")
    moderator = town.people["moderator"]
    assert [one.noun_id for one in reads.reported_needs(moderator)] == [need.noun_id]
    assert reads.reported_needs(town.people["far_clerk"]) == []
    moderating.settle_need(moderator, need.noun_id)
    with pytest.raises(Refusal, match=r"comment.decided-already"):
        moderating.hide_reported(moderator, need.noun_id, "personal", "Ein Name.")
    abuse.report_need(town.people["friend"], need.noun_id, "personal")
    moderating.hide_reported(moderator, need.noun_id, "personal", "Ein Name.")
    assert Noun.objects.get(id=need.noun_id).visibility == Noun.DRAFT
    with pytest.raises(Refusal, match=r"need.unknown"):
        abuse.report_need(town.people["friend"], need.noun_id, "personal")


def test_what_is_hidden_cannot_be_reported(town: Town, hidden: Comment) -> None:
    with pytest.raises(Refusal, match=r"comment.unknown"):
        abuse.report_comment(town.people["friend"], hidden.id, "insult")


def spoken(person: Make, organisation: Make) -> tuple[Town, Comment]:
    """A town and what the neighbour said in it, for all connections to see."""
    with transaction.atomic():
        town = Town(person, organisation)
    get_user_model().objects.update(created_at=clock.now() - timedelta(days=2))
    need = town.published()
    return town, talking.comment(town.people["neighbour"], uuid4(), need.noun_id, "Sie Esel!", "de")


def together(*acts: Callable[[], Any]) -> list[str]:
    """All at once; the codes of what was refused."""
    refused: list[str] = []
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> None:
        ready.wait()
        try:
            act()
        except Refusal as refusal:
            refused.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    return refused


def test_of_two_moderators_at_once_one_decides(database_url: str, person: Make, organisation: Make) -> None:
    town, said = spoken(person, organisation)
    names = ("moderator", "clerk", "steward")
    refused = together(
        *(lambda who=town.people[one]: moderating.hide_comment(who, said.id, "insult", WHY) for one in names)
    )
    assert refused == ["comment.decided-already"] * 2
    assert Moderated.objects.count() == 1


def test_appealing_twice_at_once_is_one_appeal(database_url: str, person: Make, organisation: Make) -> None:
    town, hidden = spoken(person, organisation)
    moderating.hide_comment(town.people["moderator"], hidden.id, "insult", WHY)
    author = town.people["neighbour"]
    refused = together(*[lambda: talking.appeal_comment(author, hidden.id, "Bitte noch einmal lesen.")] * 3)
    assert refused == ["comment.no-appeal"] * 2
    assert LogEntry.objects.filter(verb=facts.COMMENT_APPEALED).count() == 1


def test_withdrawing_while_it_is_hidden_leaves_no_words(
    database_url: str, person: Make, organisation: Make
) -> None:
    town, said = spoken(person, organisation)
    refused = together(
        lambda: talking.withdraw_comment(town.people["neighbour"], said.id),
        lambda: moderating.hide_comment(town.people["moderator"], said.id, "insult", WHY),
    )
    assert refused in ([], ["comment.decided-already"])
    one = Comment.objects.get()
    assert (one.state, one.words) == ("withdrawn", "")


def test_reports_at_once_are_all_counted(database_url: str, person: Make, organisation: Make) -> None:
    town, said = spoken(person, organisation)
    names = ("friend", "trainer", "clerk", "steward")
    acts = [
        lambda who=town.people[one]: abuse.report_comment(who, said.id, "insult") for one in (*names, *names)
    ]
    assert together(*acts) == []
    assert Comment.objects.get().reported == AbuseReport.objects.count() == len(names)


@given(
    st.sampled_from(["shown", "waiting", "hidden", "withdrawn"]),
    st.sampled_from(["", "open", "upheld", "refused"]),
)
def test_only_what_is_hidden_and_was_never_objected_to_is_appealed(state: str, outcome: str) -> None:
    assert rules.may_appeal(state, outcome) == ((state, outcome) == ("hidden", ""))


@given(st.integers(0, 50), st.integers(0, 50))
def test_a_limit_of_none_never_hides(reports: int, limit: int) -> None:
    assert rules.hides_by_itself(reports, limit) == (limit > 0 and reports >= limit)


@given(st.text(max_size=40), st.booleans())
def test_words_are_kept_clean_or_refused(words: str, new: bool) -> None:
    try:
        kept = rules.checked_comment(words)
        rules.checked_pace(kept, rules.Standing(new=new))
    except Refusal as refusal:
        assert refusal.field == "words"
    else:
        assert kept == rules.checked_comment(kept)
