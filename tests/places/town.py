# SPDX-License-Identifier: EUPL-1.2
"""A court kept by a club, in one of two towns, and everybody who might want to change its entry."""

from collections.abc import Callable
from typing import Any

from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, NODE, Who
from smilecity.people.reads import who_is
from smilecity.places import actions
from smilecity.places.models import Change, Place
from smilecity.places.reads import changes as reads
from tests.places.ground import keep_court

Person = Callable[..., Any]

WRITERS = {"node", "trainer", "clerk", "steward", "operator"}
PUBLISHERS = WRITERS - {"trainer"}
EVERYBODY = [
    "anyone", "node", "resident", "trainer", "other_trainer", "clerk", "steward", "far_clerk", "planner",
    "council", "operator",
]  # fmt: skip


def allowed(act: Callable[[], object]) -> bool:
    try:
        act()
    except Refusal as refusal:
        if refusal.status not in (403, 404):
            raise
        return False
    return True


def _area(key: str) -> int:
    return Noun.objects.create(
        kind="area", address=f"areas/{key}", title={"de": key}, sort=key, visibility="public",
        changed_at="2026-01-01T00:00Z",
    ).id  # fmt: skip


class City:
    """A court kept by a club, in one of two towns, and everybody who might want to change its entry."""

    def __init__(self, person: Person, organisation: Person) -> None:
        self.here, self.there = _area("here"), _area("there")
        club, other = organisation("club", "SV Hafen", self.here), organisation("club", "TSV", self.here)
        hall, far = (
            organisation("department", "Amt", self.here),
            organisation("municipality", "Dorf", self.there),
        )
        self.accounts = {
            "resident": person("rita"),
            "trainer": person("karim", ("trainer", club, None)),
            "other_trainer": person("tina", ("trainer", other, None)),
            "clerk": person("petra", ("clerk", hall, self.here)),
            "steward": person("stefan", ("steward", hall, self.here)),
            "far_clerk": person("nils", ("clerk", far, self.there)),
            "planner": person("paul", ("planner", hall, self.here)),
            "council": person("rolf", ("council", hall, self.here)),
            "operator": person("olga", ("operator", hall, None)),
        }
        self.people: dict[str, Who] = {
            "anyone": ANYONE,
            "node": NODE,
            **{name: who_is(account) for name, account in self.accounts.items()},
        }
        keep_court(area=self.here)
        self.noun = Noun.objects.get(address="places/court")
        Noun.objects.filter(id=self.noun.id).update(keeper=club.noun_id)
        self.club = club.noun_id

    @property
    def entry(self) -> dict[str, Any]:
        return reads.entry(Place.objects.select_related("noun").get(noun=self.noun.id))

    def said(self, **more: Any) -> dict[str, Any]:
        return {**self.entry, **more}

    def begin(self, name: str = "trainer", **more: Any) -> Change:
        more = more or {"street": "Neuer Weg 2"}
        return actions.begin_change(self.people[name], "court", **self.said(**more))
