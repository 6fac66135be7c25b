# SPDX-License-Identifier: EUPL-1.2
"""Who may write, publish and see the city's projects: the rows of the room `governance`."""

from datetime import date

from tests.house.rights_rows import ALL, RUN, SEE_INTERNAL, Row, asks
from tests.house.town import Town

# Planners, stewards and clerks of the town plan there; who works for the responsible club writes besides.
PLAN = RUN | {"paul", "stefan", "petra"}
WRITE = PLAN | {"karim"}


def _road(town: Town) -> int:
    return int(town.road.noun_id)


def _need(town: Town) -> int:
    return int(town.need.noun_id)


def _project(town: Town) -> object:
    return town.bridge.noun


def _ward(town: Town) -> int:
    return town.area("ward")


def _club(town: Town) -> int:
    return int(town.organisations["club-a"].pk)


GOVERNANCE: dict[str, Row] = {
    "governance.actions.answering.answer_with": asks(
        {"stefan", "petra", "karim"}, lambda t: t.bridge.noun_id, lambda t: [_need(t)]
    ),
    "governance.actions.answering.let_go": asks({"stefan", "petra", "karim"}, _road, _need),
    "governance.actions.keeping.keep_project": asks(WRITE, "road", area=_ward, keeper=_club, title={"de": "Straße"}),
    "governance.actions.keeping.publish": asks(PLAN, _road),
    "governance.actions.milestones.keep_milestones": asks(WRITE, _road, []),
    "governance.actions.milestones.reach_milestone": asks(
        WRITE, lambda t: t.bridge.noun_id, lambda t: t.milestone.id, on=date(2026, 1, 1)
    ),
    "governance.actions.standing.locked": asks(WRITE, _road),
    "governance.actions.steps.say_step": asks(WRITE, _road, state="running", why={"de": "Es geht los."}),
    "governance.reads.desk.areas_to_choose": asks(ALL),
    "governance.reads.desk.editable": asks(WRITE, "bridge"),
    "governance.reads.desk.keepers": asks(PLAN | {"nils", "karim", "tina", "mia"}),
    "governance.reads.desk.places_to_choose": asks(ALL, []),
    "governance.reads.desk.written": asks(WRITE),
    "governance.reads.needs.answered": asks(ALL, lambda t: t.road.noun),
    "governance.reads.needs.to_answer": asks({"stefan", "petra", "mia", "karim"}, _project),
    "governance.reads.needs.words": asks(
        {"stefan", "petra", "mia", "karim"}, lambda t: [t.need.noun]
    ),
    "governance.reads.projects.districts": asks(ALL),
    "governance.reads.projects.newest": asks(ALL, lambda t: _everything(), 5),
    "governance.reads.projects.places_of": asks(ALL, lambda t: t.road.noun),
    "governance.reads.projects.project": asks(SEE_INTERNAL | RUN, "bridge"),
    "governance.reads.projects.promised": asks(SEE_INTERNAL | RUN, lambda t: [t.bridge.noun_id]),
    "governance.reads.projects.sought": asks(ALL, lambda t: _everything()),
    "governance.reads.projects.steps": asks(SEE_INTERNAL | RUN, _project),
    "governance.reads.projects.visible": asks(ALL),
    "governance.reads.projects.with_position": asks(ALL, lambda t: _everything(), 5),
    "governance.reads.projects.written_by": asks(ALL),
}  # fmt: skip


def _everything() -> object:
    from smilecity.governance.rules.finding import Wish

    return Wish()
