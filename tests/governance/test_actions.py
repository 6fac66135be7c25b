# SPDX-License-Identifier: EUPL-1.2
"""Keeping projects: who may, what is refused and changes nothing, and what the log tells."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from smilecity.core import clock, links
from smilecity.core.models import LogEntry, Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.governance import actions, facts, reads
from smilecity.governance.models import Milestone, Project, ProjectStep
from smilecity.governance.rules import course
from smilecity.governance.rules.description import Row
from tests.governance.ground import (
    NOW,
    SPOT,
    TODAY,
    holding,
    keep,
    keep_area,
    keep_organisation,
    keep_pier,
    say,
)

pytestmark = pytest.mark.django_db
LATER = TODAY + timedelta(days=30)
WHY = {"de": "Die Masten kommen später."}


@pytest.fixture(autouse=True)
def _now() -> Any:
    with clock.frozen(NOW):
        yield


def refused(code: str, action: Any, *given: Any, **named: Any) -> Refusal:
    """It is refused by this code, and nothing is different afterwards."""

    def everything() -> list[Any]:
        tables = (Project, Milestone, ProjectStep, LogEntry, Noun)
        return [list(table.objects.order_by("pk").values()) for table in tables]

    before = everything()
    with pytest.raises(Refusal) as refusal:
        action(*given, **named)
    assert refusal.value.code == code
    assert everything() == before
    return refusal.value


def test_it_begins_internal_where_its_first_place_is() -> None:
    area, pier = keep_area(), keep_pier()
    project = actions.keep_project(NODE, "shade", title={"de": "Schatten"}, places=[pier.noun_id])
    noun = Noun.objects.get(id=project.noun_id)
    assert (noun.visibility, noun.area_id, project.state) == (Noun.INTERNAL, area, "planned")
    assert noun.geo == {"type": "Point", "coordinates": list(SPOT)}
    assert links.linked_from(noun.id, "located_at") == [pier.noun]
    assert noun.facts == {"state": "planned"}
    actions.keep_project(NODE, "shade", title={"de": "Mehr Schatten"})
    assert links.linked_from(noun.id, "located_at") == []


def test_council_and_planners_see_what_is_internal_and_others_do_not() -> None:
    area = keep_area()
    project = keep(public=False, area=area)
    for role in ("council", "planner", "steward", "clerk", "moderator"):
        assert reads.project(holding(role, area), "shade") is not None, role
        assert reads.project(holding(role, area + 1), "shade") is None, role
    actions.publish(NODE, project.noun_id)
    assert reads.project(holding("trainer", area + 1), "shade") is not None


def test_who_works_for_the_responsible_organisation_writes_but_does_not_publish() -> None:
    area = keep_area()
    office = keep_organisation("office", area)
    worker = holding("clerk", area + 1, organisation=office)
    project = actions.keep_project(worker, "shade", area=area, keeper=office, title={"de": "Schatten"})
    actions.say_step(worker, project.noun_id, state="running", why={"de": "Es geht los."})
    refused("project.not-yours", actions.publish, worker, project.noun_id)
    actions.publish(holding("planner", area), project.noun_id)
    elsewhere = keep_area("elsewhere")
    refused(
        "project.not-yours", actions.keep_project, worker, "shade", area=elsewhere, keeper=office,
        title={"de": "Schatten"},
    )  # fmt: skip
    refused("project.not-yours", actions.keep_project, worker, "mine", title={"de": "Meins"})


def test_an_address_is_taken_once() -> None:
    keep()
    refused("project.address-taken", actions.keep_project, NODE, "shade", new=True, title={"de": "Neu"})
    refused("project.address", actions.keep_project, NODE, "new", title={"de": "Neu"})


def test_nobody_writes_over_what_they_have_not_seen() -> None:
    project = keep()
    seen = reads.mark(Noun.objects.get(id=project.noun_id))
    with clock.frozen(NOW + timedelta(minutes=1)):
        actions.keep_project(NODE, "shade", title={"de": "Von Anna"}, seen=seen)
    refused("project.meanwhile", actions.keep_project, NODE, "shade", title={"de": "Von Ben"}, seen=seen)
    refused("project.meanwhile", actions.keep_milestones, NODE, project.noun_id, [], seen=seen)


def test_a_promised_end_moves_later_only_with_a_reason() -> None:
    project = keep(ends_on=TODAY)
    said = {"title": {"de": "Schatten"}}
    for later in (LATER, None):
        refusal = refused("project.delay", actions.keep_project, NODE, "shade", ends_on=later, **said)
        assert refusal.field == "delay"
    actions.keep_project(NODE, "shade", ends_on=LATER, delay=WHY, **said)
    step = ProjectStep.objects.get(project=project, delay=True)
    assert (step.why, step.state) == (WHY, "running")
    assert Project.objects.get(noun=project.noun_id).explained_on == TODAY
    actions.keep_project(NODE, "shade", ends_on=TODAY, **said)  # sooner needs no reason


def test_before_it_is_public_nothing_is_promised() -> None:
    keep(public=False, ends_on=TODAY)
    actions.keep_project(NODE, "shade", title={"de": "Schatten"}, ends_on=LATER)
    assert ProjectStep.objects.filter(delay=True).count() == 0


def test_milestones_make_progress_and_nothing_else_does() -> None:
    project = keep(rows=[Row({"de": "A"}, TODAY, 3), Row({"de": "B"}, LATER, 1)])
    first, second = project.milestones.all()
    actions.reach_milestone(NODE, project.noun_id, first.id, on=TODAY)
    assert Noun.objects.get(id=project.noun_id).facts["progress"] == 75
    entry = LogEntry.objects.get(verb=facts.MILESTONE_REACHED)
    assert (entry.noun, entry.data) == (project.noun_id, {"milestone": first.id, "reached": True})
    actions.reach_milestone(NODE, project.noun_id, first.id, on=None)
    assert Noun.objects.get(id=project.noun_id).facts["progress"] == 0
    refused("milestone.ahead", actions.reach_milestone, NODE, project.noun_id, second.id, on=LATER)
    for unknown in (0, second.id + 1, 1 << 70):
        refused("milestone.unknown", actions.reach_milestone, NODE, project.noun_id, unknown, on=TODAY)


def test_of_a_public_project_milestones_are_dropped_with_a_reason_and_never_left_out() -> None:
    project = keep(rows=[Row({"de": "A"}, TODAY), Row({"de": "B"}, TODAY)])
    first, second = project.milestones.all()
    one, two = Row({"de": "A"}, TODAY, id=first.id), Row({"de": "B"}, TODAY, id=second.id)
    refused("milestone.promised", actions.keep_milestones, NODE, project.noun_id, [one])
    dropped = Row({"de": "B"}, TODAY, dropped={"de": "Der Baum stand im Weg."}, id=second.id)
    actions.keep_milestones(NODE, project.noun_id, [dropped, one])
    assert [each.id for each in Milestone.objects.all()] == [second.id, first.id]
    actions.reach_milestone(NODE, project.noun_id, first.id, on=TODAY)
    assert course.progress(reads.course_of(project).milestones) == 100
    fallen = Row({"de": "A"}, TODAY, dropped={"de": "Nein"}, id=first.id)
    refused("milestone.reached", actions.keep_milestones, NODE, project.noun_id, [two, fallen])


def test_a_milestone_moves_later_only_with_a_reason() -> None:
    project = keep(rows=[Row({"de": "A"}, TODAY)])
    known = project.milestones.get()
    later = Row({"de": "A"}, LATER, id=known.id)
    refused("project.delay", actions.keep_milestones, NODE, project.noun_id, [later])
    actions.keep_milestones(NODE, project.noun_id, [later], delay=WHY)
    assert ProjectStep.objects.get(delay=True).why == WHY


def test_a_milestone_of_another_project_is_none_of_this_one() -> None:
    project, other = keep(), keep("other", rows=[Row({"de": "A"})])
    theirs = Row({"de": "A"}, id=other.milestones.get().id)
    refused("milestone.unknown", actions.keep_milestones, NODE, project.noun_id, [theirs])
    mine = Row({"de": "A"}, id=other.milestones.get().id)
    refused("milestone.unknown", actions.keep_milestones, NODE, other.noun_id, [mine, mine])


def test_done_is_done_when_nothing_is_open_and_can_run_again() -> None:
    project = keep(rows=[Row({"de": "A"}, TODAY)])
    known = project.milestones.get()
    refused("project.not-done", actions.say_step, NODE, project.noun_id, state="done", why={"de": "Fertig."})
    actions.reach_milestone(NODE, project.noun_id, known.id, on=TODAY)
    actions.say_step(NODE, project.noun_id, state="done", why={"de": "Fertig."})
    refused("project.done", actions.reach_milestone, NODE, project.noun_id, known.id, on=None)
    more = [Row({"de": "A"}, TODAY, id=known.id), Row({"de": "B"})]
    refused("project.done", actions.keep_milestones, NODE, project.noun_id, more)
    actions.say_step(NODE, project.noun_id, state="running", why={"de": "Doch noch etwas."})
    actions.keep_milestones(NODE, project.noun_id, more)


def test_no_step_without_a_sentence() -> None:
    project = keep()
    for why in ({}, {"de": " \n"}, {"de": "\u202e"}):
        refusal = refused("project.why", actions.say_step, NODE, project.noun_id, state="stopped", why=why)
        assert refusal.field == "why"
    assert LogEntry.objects.filter(verb=facts.PROJECT_STEP, data__state="stopped").count() == 0


def test_it_answers_only_needs_the_writer_reads_all_or_none() -> None:
    area, pier = keep_area(), keep_pier()
    project, near, far = keep(area=area), say(pier.noun_id), say(pier.noun_id)
    Noun.objects.filter(id=far).update(area=None)
    clerk, planner = holding("clerk", area), holding("planner", area)
    refused("project.unknown-need", actions.answer_with, planner, project.noun_id, [near])
    refused("project.unknown-need", actions.answer_with, clerk, project.noun_id, [near, far])
    refused("project.unknown-need", actions.answer_with, clerk, project.noun_id, [pier.noun_id])
    actions.answer_with(clerk, project.noun_id, [near])
    actions.answer_with(clerk, project.noun_id, [near])
    entry = LogEntry.objects.get(verb=facts.NEED_ANSWERED_BY)
    assert (entry.noun, entry.data) == (near, {"project": project.noun_id})
    assert reads.answered(NODE, project.noun).count == 1
    actions.let_go(clerk, project.noun_id, near)
    assert reads.answered(NODE, project.noun).count == 0


def test_of_an_internal_project_needs_hear_when_it_is_published() -> None:
    area, pier = keep_area(), keep_pier()
    project, need = keep(public=False, area=area), say(pier.noun_id)
    actions.answer_with(holding("clerk", area), project.noun_id, [need])
    assert not LogEntry.objects.filter(verb=facts.NEED_ANSWERED_BY).exists()
    actions.publish(holding("planner", area), project.noun_id)
    actions.publish(holding("planner", area), project.noun_id)
    assert LogEntry.objects.filter(verb=facts.NEED_ANSWERED_BY, noun=need).count() == 1


def test_places_areas_and_organisations_are_real_and_seen() -> None:
    project, pier = keep(), keep_pier()
    Noun.objects.filter(id=pier.noun_id).update(visibility=Noun.DRAFT)
    said: dict[str, Any] = {"title": {"de": "Schatten"}}
    for places in ([pier.noun_id], [project.noun_id], [0], [1 << 70], [-1]):
        refused("project.unknown-place", actions.keep_project, NODE, "shade", places=places, **said)
    refused("project.unknown-area", actions.keep_project, NODE, "shade", area=project.noun_id, **said)
    refused("project.unknown-keeper", actions.keep_project, NODE, "shade", keeper=pier.noun_id, **said)


@pytest.mark.parametrize("noun_id", [0, -5, 1 << 70])
def test_what_is_no_project_is_unknown(noun_id: int) -> None:
    refused("project.unknown", actions.publish, NODE, noun_id)


def test_the_database_itself_refuses_nonsense() -> None:
    project = keep(rows=[Row({"de": "A"})])
    for change in ({"state": "paused"}, {"budget": -1}, {"starts_on": LATER, "ends_on": TODAY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Project.objects.filter(noun=project.noun_id).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Milestone.objects.update(done_on=date(2026, 1, 1), dropped={"de": "x"})


def test_every_action_takes_the_row_of_the_noun_first() -> None:
    project = keep(rows=[Row({"de": "A"})])
    known = project.milestones.get()
    for act in (
        lambda: actions.say_step(NODE, project.noun_id, state="running", why=WHY),
        lambda: actions.reach_milestone(NODE, project.noun_id, known.id, on=TODAY),
        lambda: actions.keep_milestones(NODE, project.noun_id, [Row({"de": "A"}, id=known.id)]),
        lambda: actions.publish(NODE, project.noun_id, public=False),
        lambda: actions.keep_project(NODE, "shade", title={"de": "Neu"}),
    ):
        with CaptureQueriesContext(connection) as asked:
            act()
        first = next(one["sql"] for one in asked if "SAVEPOINT" not in one["sql"])
        assert "core_noun" in first and "FOR UPDATE" in first
