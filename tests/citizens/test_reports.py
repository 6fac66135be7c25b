# SPDX-License-Identifier: EUPL-1.2
"""Reports: who is responsible where, sorting and handing on, looking after, reopening, many at once."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smilecity.citizens import actions, reads, rules
from smilecity.citizens.models import Category, Need, NeedStep, Responsibility
from smilecity.citizens.rules import Coming, KeptCategory, Sought
from smilecity.core import clock, undo
from smilecity.core.models import LogEntry, Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE
from tests.citizens.town import Town, noun
from tests.examples import examples

LAMP = KeptCategory("lampe", {"de": "Lampe dunkel", "en": "Lamp out"}, parent="licht", days=7)
PLACES = st.tuples(st.sampled_from(["group", "leaf"]), st.integers(0, 5))
BODY = st.none() | st.integers(0, 3)


@pytest.fixture
def lamp(town: Town) -> Category:
    """A category in a group, for which the hall is responsible."""
    actions.keep_category(NODE, KeptCategory("licht", {"de": "Licht"}), town.hall)
    return actions.keep_category(NODE, LAMP)


def report(town: Town, category: str = "lampe", **more: Any) -> Need:
    """What somebody said in a category, about the court."""
    said = {
        "kind": "problem",
        "words": "Die Lampe ist aus.",
        "language": "de",
        "about": town.court.id,
        **more,
    }
    return actions.say_need(town.people["resident"], uuid4(), coming=Coming(category=category), **said)


def refused(call: Callable[..., Any], *given: Any, **named: Any) -> str:
    with pytest.raises(Refusal) as caught:
        call(*given, **named)
    return caught.value.code


class World:
    """Six areas, four organisations, a group and a category in it."""

    def __init__(self, organisation: Any) -> None:
        self.areas = [noun("area", f"areas/w{one}", f"W{one}").id for one in range(6)]
        self.bodies = [organisation("club", f"O{one}", None).noun_id for one in range(4)]
        self.group = Category.objects.create(code="group", title={"de": "G"})
        self.leaf = Category.objects.create(code="leaf", title={"de": "L"}, parent=self.group)

    def lay_out(self, above: list[int | None], said: dict[tuple[str, int], int], otherwise: Any) -> None:
        """Areas below others, who is responsible for what in them, and for either wherever nobody else is."""
        for one, top in enumerate(above):
            Noun.objects.filter(id=self.areas[one]).update(area=None if top is None else self.areas[top])
        Responsibility.objects.all().delete()
        Responsibility.objects.bulk_create(
            Responsibility(
                category=self.leaf if which == "leaf" else self.group,
                area_id=self.areas[area],
                organisation_id=self.bodies[body],
            )
            for (which, area), body in said.items()
        )
        for category, body in zip((self.leaf, self.group), otherwise, strict=True):
            category.organisation_id = None if body is None else self.bodies[body]
            category.save()


def by_hand(
    above: list[int | None], said: dict[tuple[str, int], int], at: int | None, otherwise: Any
) -> int | None:
    """The nearest area wins, in it the category before its group; else whoever has the category, then the group."""
    while at is not None:
        if (found := said.get(("leaf", at), said.get(("group", at)))) is not None:
            return found
        at = above[at]
    return otherwise[0] if otherwise[0] is not None else otherwise[1]


@pytest.mark.hypothesis
def test_who_is_responsible_is_as_reckoned_by_hand(organisation: Any) -> None:
    world = World(organisation)

    @settings(max_examples=examples(60), suppress_health_check=[HealthCheck.too_slow])
    @given(
        tops=st.lists(st.integers(-1, 5), min_size=6, max_size=6),
        said=st.dictionaries(PLACES, st.integers(0, 3), max_size=8),
        at=st.none() | st.integers(0, 5),
        otherwise=st.tuples(BODY, BODY),
    )
    def compared(tops: list[int], said: dict[tuple[str, int], int], at: int | None, otherwise: Any) -> None:
        above = [top if 0 <= top < one else None for one, top in enumerate(tops)]  # no circles
        world.lay_out(above, said, otherwise)
        expected = by_hand(above, said, at, otherwise)
        found = reads.responsible(ANYONE, world.leaf, None if at is None else world.areas[at])
        assert found == (None if expected is None else world.bodies[expected])

    compared()


def test_a_report_goes_to_who_is_responsible_and_says_by_when(town: Town, lamp: Category) -> None:
    need = report(town)
    assert need.noun.keeper_id == town.hall
    assert need.due_at == need.said_at + timedelta(days=7)
    actions.keep_responsibility(town.people["steward"], "licht", town.quarter, town.other_club)
    assert report(town).noun.keeper_id == town.other_club


def test_sorted_anew_it_goes_elsewhere_and_its_people_are_told(town: Town, lamp: Category) -> None:
    need = town.say()
    actions.sort_need(town.people["clerk"], need.noun_id, "lampe", "Das ist eine Lampe.")
    need.refresh_from_db()
    assert (need.category, need.noun.keeper_id, need.state) == (lamp, town.hall, "open")
    assert need.due_at == need.said_at + timedelta(days=7)
    assert need.noun.title["de"] == "Lampe dunkel: Platz"
    step = NeedStep.objects.get(need=need)
    assert (step.from_organisation_id, step.to_organisation_id) == (town.club, town.hall)
    entry = LogEntry.objects.get(verb="need-handed-on")
    assert entry.data == {"author": town.accounts["resident"].pk, "state": "open"}


def test_sorted_within_the_same_house_it_stays_and_that_is_a_step(town: Town, lamp: Category) -> None:
    need = report(town)
    actions.sort_need(town.people["clerk"], need.noun_id, "", "Das passt in keine.")
    need.refresh_from_db()
    assert (need.category, need.due_at, need.noun.keeper_id) == (None, None, town.hall)
    assert LogEntry.objects.filter(verb="need-stepped").count() == 1


def test_what_cannot_be_sorted_is_refused(town: Town, lamp: Category) -> None:
    need, clerk = town.say(), town.people["clerk"]
    assert refused(actions.sort_need, clerk, need.noun_id, "keine", "So.") == "need.unknown-category"
    assert refused(actions.sort_need, clerk, need.noun_id, "licht", "So.") == "need.unknown-category"
    assert refused(actions.sort_need, clerk, need.noun_id, "lampe", "") == "need.sentence-missing"
    assert (
        refused(actions.sort_need, town.people["far_clerk"], need.noun_id, "lampe", "So.") == "need.unknown"
    )
    assert not NeedStep.objects.exists()


def test_a_lamp_that_is_dark_again_is_reopened_as_often_as_it_must_be(town: Town, lamp: Category) -> None:
    need, clerk = report(town), town.people["clerk"]
    for _ in range(3):
        actions.decide_need(clerk, need.noun_id, "done", "Sie leuchtet.")
        actions.reopen_need(clerk, need.noun_id, "Sie ist wieder dunkel.")
    need.refresh_from_db()
    assert (need.state, need.decision, need.answer, need.appealed_at) == ("open", "", "", None)
    assert need.due_at is not None and need.due_at > clock.now() + timedelta(days=6)
    states = list(NeedStep.objects.filter(need=need).order_by("id").values_list("state", flat=True))
    assert states == ["closed", "reopened", "open"] * 3
    actions.publish_need(clerk, need.noun_id, "Lampe", "Sie ist aus.")
    sentences = [one.sentence for one in reads.steps(ANYONE, Need.objects.get(noun=need.noun_id))]
    assert sentences.count("Sie ist wieder dunkel.") == 3
    assert refused(actions.reopen_need, clerk, need.noun_id, "Noch einmal.") == "need.not-decided"


def test_reopened_by_the_city_it_can_still_be_objected_to_once(town: Town, lamp: Category) -> None:
    need, clerk = report(town), town.people["clerk"]
    actions.decide_need(clerk, need.noun_id, "done", "Sie leuchtet.")
    actions.reopen_need(clerk, need.noun_id, "Doch nicht.")
    actions.decide_need(clerk, need.noun_id, "done", "Jetzt aber.")
    assert actions.appeal(town.people["resident"], need.noun_id, "Nein.").state == "reopened"


def test_merged_and_reopened_it_counts_by_itself_again(town: Town) -> None:
    head, need = town.published(), town.say("neighbour")
    actions.decide_need(town.people["clerk"], need.noun_id, "merged", "Dasselbe.", head.noun_id)
    head.refresh_from_db()
    assert head.backing == 1
    actions.reopen_need(town.people["clerk"], need.noun_id, "Doch etwas anderes.")
    head.refresh_from_db()
    assert head.backing == 0


def test_who_looks_after_it_is_found_under_mine_also_by_who_stands_in(town: Town) -> None:
    need, clerk = town.say(), town.people["clerk"]
    today = clock.now().date()
    actions.look_after(clerk, need.noun_id, clerk.account)
    steward = town.people["steward"]
    assert not reads.waiting(steward, Sought(worker="me")).items
    assert [one.noun_id for one in reads.waiting(clerk, Sought(worker="me")).items] == [need.noun_id]
    week = timedelta(days=7)
    actions.name_deputy(clerk, clerk.account or 0, steward.account or 0, today - week, today + week)
    for worker in ("me", "others"):
        assert [one.noun_id for one in reads.waiting(steward, Sought(worker=worker)).items] == [need.noun_id]
    assert not reads.waiting(clerk, Sought(worker="others")).items
    assert not reads.waiting(clerk, Sought(worker="nobody")).items
    with clock.frozen(clock.now() + 2 * week):
        assert not reads.waiting(steward, Sought(worker="me")).items


def test_only_who_may_answer_it_looks_after_it(town: Town) -> None:
    need, clerk = town.say(), town.people["clerk"]
    account = town.people["far_clerk"].account
    assert refused(actions.look_after, clerk, need.noun_id, account) == "need.worker-cannot"
    assert refused(actions.look_after, clerk, need.noun_id, 10**9) == "need.worker-cannot"
    assert actions.look_after(clerk, need.noun_id, town.people["trainer"].account).worker_id


def test_a_deputy_is_somebody_who_can(town: Town) -> None:
    clerk, day = town.people["clerk"], clock.now().date()
    me, other = clerk.account or 0, town.people["steward"].account or 0
    resident = town.people["resident"].account or 0
    name = actions.name_deputy
    assert refused(name, clerk, me, me, day, day) == "deputy.oneself"
    assert refused(name, clerk, me, resident, day, day) == "deputy.cannot"
    assert refused(name, clerk, me, other, day, day - timedelta(days=1)) == "deputy.backwards"
    assert refused(name, clerk, me, other, day, day + timedelta(days=500)) == "deputy.too-long"
    assert refused(name, clerk, other, me, day, day) == "deputy.not-yours"
    assert refused(name, town.people["resident"], resident, other, day, day) == "deputy.not-yours"
    kept = name(town.people["steward"], me, other, day, day)
    assert refused(actions.end_deputy, town.people["far_clerk"], kept.pk) == "deputy.unknown"
    actions.end_deputy(clerk, kept.pk)
    assert reads.deputies(clerk) == []


def test_the_list_is_ordered_by_when_it_is_due_page_by_page(
    town: Town, lamp: Category, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smilecity.citizens.reads.desk.PAGE_SIZE", 2)
    clerk, now = town.people["clerk"], clock.now()
    needs = [report(town, words=f"Lampe {one}") for one in range(5)]
    for need, days in zip(needs, (3, None, -1, 3, None), strict=True):
        due = None if days is None else now + timedelta(days=days)
        Need.objects.filter(noun=need.noun_id).update(due_at=due)
    seen: list[int] = []
    after = ""
    while True:
        found = reads.waiting(clerk, Sought(), after)
        seen += [one.noun_id for one in found.items]
        if not (after := found.after):
            break
    assert seen == [needs[one].noun_id for one in (2, 0, 3, 1, 4)]
    assert [one.noun_id for one in reads.waiting(clerk, Sought(overdue=True)).items] == [needs[2].noun_id]
    following = [reads.following(clerk, Sought(), Need.objects.get(noun=one)) for one in seen]
    assert [one.noun_id for one in following if one] == [*seen[1:], seen[0]]


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        (Sought(category="licht"), 1), (Sought(category="lampe"), 1), (Sought(category="x"), 0),
        (Sought(door="paper"), 0), (Sought(door="web"), 2), (Sought(kind="problem"), 1),
        (Sought(state="closed"), 0), (Sought(unpublished=True), 2),
    ],
)  # fmt: skip
def test_each_filter_narrows_the_list(town: Town, lamp: Category, sought: Sought, found: int) -> None:
    report(town)
    town.say()
    assert len(reads.waiting(town.people["clerk"], sought).items) == found


WORKS: dict[str, Callable[[Town], Any]] = {
    "needs-take": lambda town: town.people["steward"].account,
    "needs-hand": lambda town: town.other_club,
    "needs-sort": lambda town: "lampe",
    "needs-step": lambda town: "in_progress",
}


@pytest.mark.parametrize("what", WORKS)
def test_many_at_once_and_back_again(town: Town, lamp: Category, what: str) -> None:
    clerk, needs = town.people["clerk"], [town.say(words=f"Nummer {one}") for one in range(3)]
    columns = ("state", "worker", "category", "noun__keeper")
    ids = [one.noun_id for one in needs]

    def now() -> list[Any]:
        return list(Need.objects.filter(noun__in=ids).order_by("noun").values_list(*columns))

    before = now()
    done = actions.do_many(clerk, what, ids, WORKS[what](town), "Das gilt für alle.")
    assert all(old != new for old, new in zip(before, now(), strict=True))
    actions.decide_need(clerk, ids[0], "answered", "Danke.")  # changed meanwhile: it is left alone
    taken = actions.take_back_many(clerk, done.pk)
    assert (taken.done, taken.left) == (ids[1:], ids[:1])
    restored = [tuple("new" if part == "open" else part for part in row) for row in now()[1:]]
    assert restored == before[1:]
    assert refused(actions.take_back_many, clerk, done.pk) == "undo.done"


def test_of_many_all_or_none_and_nothing_by_nobody(town: Town, lamp: Category) -> None:
    clerk, needs = town.people["clerk"], [town.say(), town.say(words="Anders")]
    ids = [one.noun_id for one in needs]
    actions.decide_need(clerk, ids[1], "answered", "Danke.")
    assert refused(actions.do_many, clerk, "needs-hand", ids, town.other_club, "Weiter.") == "need.closed"
    assert Need.objects.get(noun=ids[0]).noun.keeper_id == town.club
    assert refused(actions.do_many, clerk, "needs-hand", [], town.hall, "So.") == "bulk.none"
    assert refused(actions.do_many, clerk, "needs-burn", ids, None, "So.") == "bulk.unknown"
    assert refused(actions.do_many, clerk, "needs-take", [ids[0], 10**15], None) == "need.unknown"
    assert undo.recent(clerk) == []


def test_the_day_it_is_due_is_moved_with_a_sentence(town: Town, lamp: Category) -> None:
    need, later = report(town), clock.now() + timedelta(days=30)
    actions.set_due(town.people["clerk"], need.noun_id, later, "Das Ersatzteil fehlt noch.")
    need.refresh_from_db()
    assert need.due_at == later
    assert NeedStep.objects.get(need=need).sentence == "Das Ersatzteil fehlt noch."
    assert rules.pressing(later.date(), later.date()) is not None


def test_a_category_deleted_while_somebody_says_something_in_it(
    database_url: str, person: Any, organisation: Any
) -> None:
    """Whoever is first holds it: then the other one is refused, and nothing loses its category."""
    with transaction.atomic():
        town = Town(person, organisation)
        actions.keep_category(NODE, KeptCategory("lampe", {"de": "Lampe"}))
    said, outcome = threading.Event(), []

    def drop() -> None:
        try:
            said.wait(5)
            outcome.append(refused(actions.drop_category, NODE, "lampe"))
        finally:
            connection.close()

    dropping = threading.Thread(target=drop)
    dropping.start()
    with transaction.atomic():
        need = report(town)
        said.set()
        dropping.join(0.3)  # it waits for our commit
        assert dropping.is_alive()
    dropping.join(10)
    assert outcome == ["category.in-use"]
    assert Need.objects.get(noun=need.noun_id).category is not None
