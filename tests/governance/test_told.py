# SPDX-License-Identifier: EUPL-1.2
"""Those who said or support a need hear of the project that answers it, and so do its followers."""

from datetime import timedelta
from uuid import UUID

import pytest

from smilecity.citizens import actions as citizens
from smilecity.city import telling
from smilecity.core import clock, promises
from smilecity.core.models import LogEntry
from smilecity.core.who import NODE
from smilecity.governance import actions
from smilecity.governance.rules.description import Row
from smilecity.people import actions as people
from smilecity.people.models import Account, Notice
from smilecity.people.reads import who_is
from smilecity.people.reads.lines import line
from tests.governance.ground import NOW, TODAY, holding, keep, keep_area, keep_pier

pytestmark = pytest.mark.django_db


def account(name: str) -> Account:
    return Account.objects.create(email=f"{name}@example.org", pseudonym=name, pseudonym_shape=name)


def told() -> dict[str, list[str]]:
    """What the log since the last time tells, by person."""
    telling.tell(list(LogEntry.objects.order_by("id")))
    LogEntry.objects.all().delete()
    found: dict[str, list[str]] = {}
    for notice in Notice.objects.order_by("id").select_related("account", "noun"):
        said = line(who_is(notice.account), notice)
        found.setdefault(notice.account.pseudonym, []).append(f"{said.says} {said.path}")
    Notice.objects.all().delete()
    return found


def test_authors_supporters_and_followers_are_told() -> None:
    area, pier = keep_area(), keep_pier()
    anna, ben, cleo = account("anna"), account("ben"), account("cleo")
    need = citizens.say_need(
        who_is(anna), UUID(int=7), kind="wish", words="Mehr Schatten", language="de", about=pier.noun_id
    )
    citizens.publish_need(holding("clerk", area), need.noun_id, "Schatten", "Mehr Schatten")
    citizens.support_need(who_is(ben), need.noun_id)
    project = keep(public=False, area=area, rows=[Row({"de": "Pflanzen"}, TODAY + timedelta(days=9))])
    LogEntry.objects.all().delete()
    actions.answer_with(holding("clerk", area), project.noun_id, [need.noun_id])
    assert told() == {}
    actions.publish(NODE, project.noun_id)
    answers = "Ein Projekt der Stadt antwortet auf etwas, das Sie brauchen. /projects/shade/"
    assert told() == {"anna": [answers], "ben": [answers]}
    people.follow(who_is(cleo), project.noun_id)
    LogEntry.objects.all().delete()
    actions.say_step(NODE, project.noun_id, state="running", why={"de": "Die Bäume sind da."})
    backs = "Es gibt Neues bei einem Projekt, das auf etwas antwortet, das Sie brauchen. /projects/shade/"
    follows = "Es gibt Neues bei diesem Projekt. /projects/shade/"
    assert told() == {"anna": [backs], "ben": [backs], "cleo": [follows]}


def test_needs_learn_what_is_promised() -> None:
    with clock.frozen(NOW):
        day = TODAY + timedelta(days=60)
        project = keep(
            ends_on=day, rows=[Row({"de": "A"}), Row({"de": "B"}), Row({"de": "C"}), Row({"de": "D"})]
        )
        hidden = keep("hidden", public=False)
        actions.reach_milestone(NODE, project.noun_id, project.milestones.all()[0].id, on=TODAY)
        known = promises.of(holding("trainer", 1), [project.noun_id, hidden.noun_id])
        assert known == {project.noun_id: promises.Promise(day, "running", 0.25)}
