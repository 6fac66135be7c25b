# SPDX-License-Identifier: EUPL-1.2
"""A court of a club in a quarter, and those who might say, read, support and decide something about it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from smilecity.citizens import actions
from smilecity.citizens.models import Need
from smilecity.core import clock, nouns
from smilecity.core.models import Noun
from smilecity.core.who import ANYONE, NODE, Who
from smilecity.people.reads import who_is

Make = Callable[..., Any]


def noun(kind: str, address: str, title: str, **more: Any) -> Noun:
    """A public noun, made without its room."""
    fields = {"visibility": "public", **more}
    return Noun.objects.create(
        kind=kind,
        address=address,
        title={"de": title, "en": title},
        sort=nouns.sort_key(title),
        changed_at=clock.now(),
        **fields,
    )


class Town:
    """A court of a club in a quarter, another quarter, and people by what they are."""

    def __init__(self, person: Make, organisation: Make) -> None:
        self.quarter, self.far = noun("area", "areas/q", "Q").id, noun("area", "areas/f", "F").id
        club, hall = (
            organisation("club", "SV Hafen", self.quarter),
            organisation("department", "Amt", self.quarter),
        )
        other = organisation("club", "TSV", self.quarter)
        self.club, self.hall, self.other_club = club.noun_id, hall.noun_id, other.noun_id
        self.court = noun(
            "place",
            "places/court",
            "Platz",
            area_id=self.quarter,
            keeper_id=club.noun_id,
            geo={"type": "Point", "coordinates": [12.1, 54.1]},
        )
        self.accounts = {
            "resident": person("rita"),
            "neighbour": person("nora"),
            "friend": person("finn"),
            "trainer": person("karim", ("trainer", club, None)),
            "other_trainer": person("tina", ("trainer", other, None)),
            "clerk": person("petra", ("clerk", hall, self.quarter)),
            "steward": person("stefan", ("steward", hall, self.quarter)),
            "moderator": person("mia", ("moderator", hall, self.quarter)),
            "far_clerk": person("nils", ("clerk", hall, self.far)),
            "planner": person("paul", ("planner", hall, self.quarter)),
            "council": person("rolf", ("council", hall, self.quarter)),
            "operator": person("olaf", ("operator", hall, None)),
        }
        self.people: dict[str, Who] = {
            "anyone": ANYONE, "node": NODE, **{name: who_is(one) for name, one in self.accounts.items()}
        }  # fmt: skip

    def say(self, name: str = "resident", **more: Any) -> Need:
        """What somebody said about the court."""
        said = {
            "kind": "correction",
            "words": "Das Tor ist zu.",
            "language": "de",
            "about": self.court.id,
            **more,
        }
        return actions.say_need(self.people[name], uuid4(), **said)

    def published(self, name: str = "resident", title: str = "Das Tor", **more: Any) -> Need:
        """What somebody said, and a clerk made public."""
        need = self.say(name, **more)
        clerk = "far_clerk" if more.get("about") == self.far else "clerk"
        return actions.publish_need(self.people[clerk], need.noun_id, title, need.words)
