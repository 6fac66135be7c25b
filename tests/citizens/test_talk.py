# SPDX-License-Identifier: EUPL-1.2
"""Talking about a need: who may, what is shown to whom, floods, changed minds, one thread for what is merged."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from smilecity.citizens import actions, facts, reads
from smilecity.citizens.actions import moderating, talking
from smilecity.citizens.models import Comment, Need
from smilecity.citizens.reads.talk import PAGE_SIZE, talk
from smilecity.citizens.rules.talk import CHANGE_MINUTES, MOST_AN_HOUR
from smilecity.core import clock
from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from tests.citizens.town import Town


@pytest.fixture
def need(town: Town) -> Need:
    """A public need, in a town whose people have had their accounts for a while."""
    get_user_model().objects.update(created_at=clock.now() - timedelta(days=2))
    return town.published()


@pytest.fixture
def moderation(request: pytest.FixtureRequest) -> Iterator[None]:
    """How this city moderates (`indirect` says how)."""
    kept = settings.SMILE
    settings.SMILE = type(kept).read({"SMILE_MODERATION": request.param})
    yield
    settings.SMILE = kept


def say(
    town: Town, need: Need, name: str = "neighbour", words: str = "Das sehe ich auch so.", **more: Any
) -> Comment:
    return talking.comment(town.people[name], more.get("form") or uuid4(), need.noun_id, words, "de")


def shown(town: Town, need: Need, name: str = "anyone") -> list[tuple[str, str]]:
    return [(one.state, one.words) for one in talk(town.people[name], need).items]


def test_a_comment_is_shown_under_the_name_its_author_has_here(town: Town, need: Need) -> None:
    one = say(town, need)
    assert shown(town, need) == [("shown", "Das sehe ich auch so.")]
    kept = talk(town.people["anyone"], need).items[0]
    assert (kept.account.pseudonym, kept.official, kept.organisation) == ("Nora", False, None)
    assert LogEntry.objects.get(verb=facts.COMMENT_SAID).data == {"comment": one.id, "state": "shown"}


def test_who_answers_is_marked_and_for_whom(town: Town, need: Need) -> None:
    clerk, trainer, other = (say(town, need, name, name) for name in ("clerk", "trainer", "other_trainer"))
    assert (clerk.official, clerk.organisation_id) == (True, town.hall)
    assert (trainer.official, trainer.organisation_id) == (True, town.club)
    assert (other.official, other.organisation_id) == (False, None)


@pytest.mark.parametrize("name", ["anyone", "node"])
def test_without_an_account_nobody_comments(town: Town, need: Need, name: str) -> None:
    with pytest.raises(Refusal, match=r"comment.sign-in"):
        say(town, need, name)


def test_what_is_not_public_is_not_discussed(town: Town, need: Need) -> None:
    say(town, need)
    actions.hide_need(town.people["clerk"], need.noun_id, "Darin steht ein Name.")
    with pytest.raises(Refusal, match=r"need.unknown"):
        say(town, need, words="Noch etwas")
    assert shown(town, need) == []


@pytest.mark.parametrize("number", [0, -1, 1 << 63, 1 << 70])
def test_numbers_that_are_none_are_unknown(town: Town, need: Need, number: int) -> None:
    with pytest.raises(Refusal, match=r"need.unknown"):
        talking.comment(town.people["neighbour"], uuid4(), number, "Hallo zusammen", "de")
    with pytest.raises(Refusal, match=r"comment.unknown"):
        talking.withdraw_comment(town.people["neighbour"], number)


def test_sending_twice_keeps_one_and_another_by_the_same_form_is_refused(town: Town, need: Need) -> None:
    form = uuid4()
    assert say(town, need, form=form).id == say(town, need, form=form).id
    with pytest.raises(Refusal, match=r"comment.form-used"):
        say(town, need, words="Etwas anderes", form=form)
    with pytest.raises(Refusal, match=r"comment.form-used"):
        say(town, need, "friend", form=form)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("", "talk.words-missing"),
        ("\u202e  ", "talk.words-missing"),
        ("x" * 1501, "talk.words-too-long"),
        ("http://a.de " * 6, "comment.too-many-links"),
    ],
)
def test_what_a_comment_cannot_be(town: Town, need: Need, words: str, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        say(town, need, words=words)
    assert not Comment.objects.exists()


def test_the_same_twice_and_too_many_in_an_hour_are_refused(town: Town, need: Need) -> None:
    say(town, need, words="Dafür!")
    with pytest.raises(Refusal, match=r"comment.said-already"):
        say(town, need, words=" Dafür! ")
    for number in range(MOST_AN_HOUR - 1):
        say(town, need, words=f"Auch dafür, Nummer {number}")
    with pytest.raises(Refusal, match=r"comment.too-many"):
        say(town, need, words="Noch eins")
    Comment.objects.update(at=clock.now() - timedelta(hours=2))
    say(town, need, words="Noch eins")
    for number in range(MOST_AN_HOUR + 2):  # who answers for the city may answer many
        say(town, need, "clerk", f"Antwort {number}")


@pytest.mark.parametrize(
    ("moderation", "days", "state"),
    [("before", 9, "waiting"), ("new", 9, "shown"), ("new", 0, "waiting"), ("after", 0, "shown")],
    indirect=["moderation"],
)
@pytest.mark.usefixtures("moderation")
def test_the_city_decides_what_is_looked_at_first(town: Town, need: Need, days: int, state: str) -> None:
    get_user_model().objects.update(created_at=clock.now() - timedelta(days=days))
    assert say(town, need).state == state
    assert say(town, need, "clerk").state == "shown"
    seen = {
        name: len(shown(town, need, name))
        for name in ("anyone", "neighbour", "friend", "moderator", "far_clerk")
    }
    others = 2 if state == "shown" else 1
    assert seen == {"anyone": others, "neighbour": 2, "friend": others, "moderator": 2, "far_clerk": others}


def test_somebody_new_may_place_one_link(town: Town, need: Need) -> None:
    get_user_model().objects.update(created_at=clock.now())
    say(town, need, words="Siehe https://a.de")
    with pytest.raises(Refusal, match=r"comment.too-many-links"):
        say(town, need, words="https://a.de und www.b.de")


def test_words_are_changed_for_a_quarter_of_an_hour(town: Town, need: Need) -> None:
    one = say(town, need)
    talking.change_comment(town.people["neighbour"], one.id, "Das sehe ich anders.")
    assert shown(town, need) == [("shown", "Das sehe ich anders.")]
    with pytest.raises(Refusal, match=r"comment.unknown"):
        talking.change_comment(town.people["friend"], one.id, "Etwas Fremdes")
    Comment.objects.update(at=clock.now() - timedelta(minutes=CHANGE_MINUTES + 1))
    with pytest.raises(Refusal, match=r"comment.too-late"):
        talking.change_comment(town.people["neighbour"], one.id, "Doch nicht.")


@pytest.mark.parametrize("moderation", ["before"], indirect=True)
@pytest.mark.usefixtures("moderation")
def test_what_was_let_through_and_changed_then_waits_again(town: Town, need: Need) -> None:
    one = say(town, need)
    moderating.let_through(town.people["moderator"], one.id)
    assert talking.change_comment(town.people["neighbour"], one.id, "Kaufen Sie bei mir!").state == "waiting"
    assert shown(town, need) == []


def test_withdrawn_words_are_gone_and_the_line_stays(town: Town, need: Need) -> None:
    one = say(town, need)
    talking.withdraw_comment(town.people["neighbour"], one.id)
    assert talking.withdraw_comment(town.people["neighbour"], one.id).state == "withdrawn"
    for name in ("anyone", "neighbour", "moderator"):
        assert shown(town, need, name) == [("withdrawn", "")]
    assert LogEntry.objects.filter(verb=facts.COMMENT_WITHDRAWN).count() == 1


def test_merged_needs_have_one_conversation(town: Town, need: Need) -> None:
    other = town.published("friend", "Noch ein Tor")
    say(town, need, words="Beim ersten")
    say(town, other, words="Beim zweiten")
    actions.decide_need(town.people["clerk"], other.noun_id, "merged", "Das ist dasselbe.", need.noun_id)
    both = [("shown", "Beim ersten"), ("shown", "Beim zweiten")]
    assert shown(town, need) == shown(town, Need.objects.get(noun=other.noun_id)) == both
    assert talk(town.people["anyone"], need).count == 2


def test_the_way_has_the_day_of_the_first_comment_that_is_shown(town: Town, need: Need) -> None:
    def discussed() -> object:
        return next(one.on for one in reads.way(town.people["anyone"], need) if one.code == "discussed")

    one = say(town, need)
    assert discussed() is not None
    moderating.hide_comment(town.people["moderator"], one.id, "spam", "Das ist Werbung.")
    assert discussed() is None


def test_its_people_are_told_once_a_day(town: Town, need: Need) -> None:
    one = say(town, need)
    say(town, need, "friend", "Ich auch.")
    told = LogEntry.objects.filter(verb=facts.NEED_DISCUSSED)
    assert [entry.data["author"] for entry in told] == [town.accounts["resident"].pk]
    Comment.objects.filter(id__gte=one.id).update(at=clock.now() - timedelta(days=1))
    say(town, need, "friend", "Und ich heute.")
    assert told.all().count() == 2


def test_five_hundred_cost_as_many_questions_as_five(town: Town, need: Need) -> None:
    account = town.accounts["neighbour"].pk

    def fill(count: int) -> None:
        Comment.objects.bulk_create(
            Comment(
                need=need,
                account_id=account,
                form=uuid4(),
                words="Ja.",
                language="de",
                state="shown",
                at=clock.now(),
            )
            for _ in range(count)
        )

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            talk(town.people["neighbour"], need)
        return len(queries)

    fill(5)
    few = asked()
    fill(495)
    assert asked() == few
    seen, after = [], ""
    while True:
        some = talk(town.people["anyone"], need, after)
        seen += [one.id for one in some.items]
        assert len(some.items) <= PAGE_SIZE
        after = some.after
        if not after:
            break
    assert len(seen) == len(set(seen)) == some.count == 500
    assert seen == sorted(seen)


def test_who_leaves_takes_the_name_along_and_what_nobody_else_reads(town: Town, need: Need) -> None:
    from smilecity.citizens import privacy

    one = say(town, need)
    hidden = say(town, need, words="Sie Esel!")
    moderating.hide_comment(town.people["moderator"], hidden.id, "insult", "Ohne Schimpfwort gern.")
    account = town.accounts["neighbour"].pk
    assert [each["words"] for each in privacy.export(account)["comments"]] == [one.words, "Sie Esel!"]
    report = privacy.forget(account)
    assert report.pseudonymised
    assert set(shown(town, need)) == {("shown", one.words), ("withdrawn", "")}
    assert not Comment.objects.filter(account=account).exists()
    assert privacy.export(account)["comments"] == []
