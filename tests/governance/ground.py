# SPDX-License-Identifier: EUPL-1.2
"""How tests make areas, people, needs and projects."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from smilecity.citizens import actions as citizens
from smilecity.core.models import Noun
from smilecity.core.who import NODE, Role, Who
from smilecity.governance import actions
from smilecity.governance.models import Project
from smilecity.governance.rules.description import Row
from smilecity.people import actions as people
from smilecity.places import actions as places
from smilecity.places.models import Place
from smilecity.space import actions as space

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
SPOT = (12.1, 54.1)
OUTLINE = {"type": "Polygon", "coordinates": [[[12, 54], [12.2, 54], [12.2, 54.2], [12, 54.2], [12, 54]]]}


def keep_area(key: str = "ward") -> int:
    """A district of this key around `SPOT`; its noun's id."""
    return int(space.keep_area(NODE, "district", key, {"de": key.capitalize()}, OUTLINE).noun_id)


def keep_organisation(slug: str, area: int) -> int:
    """An office; its noun's id."""
    kept = people.keep_organisation(NODE, slug, kind="department", title={"de": slug.capitalize()}, area=area)
    return int(kept.pk)


def holding(name: str, area: int, account: int | None = None, organisation: int | None = None) -> Who:
    """Somebody with this role in the area."""
    label = f"account/{account}" if account else "anyone"
    return Who(label, account, frozenset({Role(name, area, organisation)}))


def keep_pier() -> Place:
    """A public place at `SPOT`."""
    return places.keep_place(
        NODE, "pier", title={"de": "Pier"}, category="water", position=SPOT, visibility=Noun.PUBLIC
    )


def say(about: int, words: str = "Mehr Schatten") -> int:
    """What somebody without an account needs there; its noun's id."""
    need = citizens.say_need(NODE, uuid4(), kind="wish", words=words, language="de", about=about)
    return int(need.noun_id)


def keep(slug: str = "shade", *, public: bool = True, rows: list[Row] | None = None, **said: Any) -> Project:
    """A project that is running, public unless said otherwise, with these milestones."""
    project = actions.keep_project(NODE, slug, **{"title": {"de": "Schatten"}, **said})
    actions.keep_milestones(NODE, project.noun_id, rows or [])
    actions.say_step(NODE, project.noun_id, state="running", why={"de": "Es geht los."})
    if public:
        actions.publish(NODE, project.noun_id)
    return Project.objects.select_related("noun").get(noun=project.noun_id)
