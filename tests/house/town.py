# SPDX-License-Identifier: EUPL-1.2
"""A town for the tables of rights: two areas beside each other, its people by name, and one of everything."""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

from smilecity.core.who import ANYONE, NODE, Who

OUTLINE = {"type": "Polygon", "coordinates": [[[12, 54], [12.2, 54], [12.2, 54.2], [12, 54.2], [12, 54]]]}
SPOT = (12.1, 54.1)
EUI = "A84041FFFE000001"

# Who is who; `node` is the command line.
PEOPLE = {
    "anyone": "has not signed in",
    "rita": "resident, said a need about the pier",
    "nora": "her neighbour",
    "karim": "trainer of club A, which keeps the pier",
    "tina": "trainer of club B",
    "petra": "clerk of the town",
    "nils": "clerk of the neighbouring town",
    "stefan": "steward of the town",
    "mia": "moderator of the town",
    "paul": "planner of the town",
    "rolf": "council member of the ward, where the pier is",
    "olga": "operator",
    "node": "the node itself",
}


@dataclass
class Town:
    """What the cases of the table act on."""

    who: dict[str, Who] = field(default_factory=dict)
    accounts: dict[str, Any] = field(default_factory=dict)
    areas: dict[str, Any] = field(default_factory=dict)
    organisations: dict[str, Any] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)
    stage: Any = None  # what the row at hand stands on

    def __getattr__(self, name: str) -> Any:
        """One of the things that were made, by name."""
        try:
            return self.__dict__["made"][name]
        except KeyError as error:
            raise AttributeError(name) from error

    def area(self, key: str) -> int:
        """The noun id of an area."""
        return int(self.areas[key].noun_id)


def founded() -> Town:
    """The town, in the caller's transaction."""
    town = Town()
    _areas_and_organisations(town)
    _people(town)
    _places(town)
    _sensors(town)
    _projects(town)
    _mine(town)
    return town


def _areas_and_organisations(town: Town) -> None:
    from smilecity.people import actions as people
    from smilecity.space import actions as space

    for level, key, above in (
        ("region", "region", None),
        ("municipality", "town", "region"),
        ("district", "ward", "town"),
        ("municipality", "nextdoor", "region"),
    ):
        parent = town.areas.get(above or "")
        town.areas[key] = space.keep_area(NODE, level, key, {"de": key}, OUTLINE, parent=parent)
    for slug, kind, area in (
        ("town-hall", "municipality", "town"),
        ("club-a", "club", "town"),
        ("club-b", "club", "town"),
        ("ward-council", "council", "ward"),
        ("nextdoor-hall", "municipality", "nextdoor"),
    ):
        kept = people.keep_organisation(NODE, slug, kind=kind, title={"de": slug}, area=town.area(area))
        town.organisations[slug] = kept


def _people(town: Town) -> None:
    from smilecity.core import nouns
    from smilecity.people import actions as people
    from smilecity.people.models import Account
    from smilecity.people.reads import who_is

    roles = {
        "karim": ("trainer", "club-a", "town"),
        "tina": ("trainer", "club-b", "town"),
        "petra": ("clerk", "town-hall", "town"),
        "nils": ("clerk", "nextdoor-hall", "nextdoor"),
        "stefan": ("steward", "town-hall", "town"),
        "mia": ("moderator", "town-hall", "town"),
        "paul": ("planner", "town-hall", "town"),
        "rolf": ("council", "ward-council", "ward"),
        "olga": ("operator", "town-hall", None),
        "otto": ("operator", "town-hall", None),
    }
    for name in (*PEOPLE, "otto", "carla"):
        if name in ("anyone", "node"):
            continue
        account = Account.objects.create(
            email=f"{name}@example.org", pseudonym=name.capitalize(), pseudonym_shape=nouns.sort_key(name)
        )
        town.accounts[name] = account
        if name in roles:
            role, organisation, area = roles[name]
            held = people.give_role(
                NODE, account, role, town.organisations[organisation], town.area(area) if area else None
            )
            town.made[f"role_of_{name}"] = held
    town.who = {name: who_is(account) for name, account in town.accounts.items() if name in PEOPLE}
    town.who |= {"anyone": ANYONE, "node": NODE}


def _places(town: Town) -> None:
    from PIL import Image

    from smilecity.citizens import actions as citizens
    from smilecity.places import actions as places

    given = {"category": "sport", "position": SPOT, "area": town.area("ward")}
    keeper = town.organisations["club-a"].pk
    for slug, visibility in (("pier", "public"), ("plan", "draft"), ("depot", "internal")):
        made = places.keep_place(
            NODE, slug, title={"de": slug}, keeper=keeper, visibility=visibility, **given
        )
        town.made[slug] = made
    town.made["change"] = places.begin_change(
        town.who["karim"], "pier", title={"de": "Neuer Pier"}, category="sport", position=SPOT
    )
    places.send_change(town.who["karim"], town.change.id)
    town.made["draft_change"] = places.begin_change(
        town.who["karim"], "plan", title={"de": "Neuer Plan"}, category="sport", position=SPOT
    )
    picture = BytesIO()
    Image.new("RGB", (320, 240), "navy").save(picture, "PNG")
    town.made["png"] = picture.getvalue()
    town.made["photo"] = places.add_photo(
        town.who["karim"],
        town.pier.noun_id,
        picture.getvalue(),
        alt={"de": "Blaues Wasser", "en": "Blue water"},
    )
    town.made["need"] = citizens.say_need(
        town.who["rita"],
        uuid.UUID(int=1),
        kind="wish",
        words="Mehr Bänke",
        language="de",
        about=town.pier.noun_id,
        contact="rita@example.org",
    )


def _sensors(town: Town) -> None:
    from smilecity.things import actions as things
    from smilecity.things.models import Codec, Uplink
    from smilecity.things.rules.declaration import Declaration

    declared = Declaration(purpose={"de": "Zählen"}, operator="Stadt", retention=timedelta(days=730))
    thing = things.keep_thing(NODE, "counter", {"de": "Zähler"}, area=town.area("ward"), declared=declared)
    buried = things.keep_thing(
        NODE, "buried", {"de": "Vergraben"}, area=town.area("ward"), visibility="internal"
    )
    sensor = things.keep_sensor(NODE, "Counter 1")
    people = things.keep_observed_property(NODE, "urn:smilecity:property:people", "People")
    stream = things.keep_datastream(
        NODE, thing, "hidden", sensor, people, {}, silent_after=timedelta(hours=1), visibility="internal"
    )
    codec = Codec.objects.create(vendor="acme", name="one", script="//", digest="0")
    device = things.register_device(NODE, EUI, "One", thing, codec, [])
    town.made |= {
        "thing": thing, "buried": buried, "sensor": sensor, "property": people, "stream": stream, "codec": codec,
        "device": device,
    }  # fmt: skip
    for number, state in ((1, Uplink.PARKED), (2, Uplink.UNDECODABLE)):
        Uplink.objects.create(
            key=uuid.UUID(int=number), eui=EUI, received_at="2026-01-01T00:00Z", f_port=1, payload=b"", state=state
        )  # fmt: skip


def _projects(town: Town) -> None:
    """A road that all see and a bridge that is internal; the club that keeps the pier is responsible for both."""
    from smilecity.governance import actions as governance
    from smilecity.governance.rules.description import Row

    for slug in ("road", "bridge"):
        town.made[slug] = governance.keep_project(
            NODE,
            slug,
            title={"de": slug},
            area=town.area("ward"),
            keeper=town.organisations["club-a"].pk,
            places=[town.pier.noun_id],
        )
    governance.keep_milestones(NODE, town.bridge.noun_id, [Row({"de": "Pfeiler"})])
    town.made["milestone"] = town.bridge.milestones.get()
    governance.say_step(NODE, town.bridge.noun_id, state="running", why={"de": "Wir bauen."})
    governance.publish(NODE, town.road.noun_id)
    governance.answer_with(town.who["petra"], town.road.noun_id, [town.need.noun_id])


def _mine(town: Town) -> None:
    """What is Rita's alone."""
    from allauth.usersessions.models import UserSession

    from smilecity.core import clock
    from smilecity.people import actions as people
    from smilecity.people.models import Notice

    rita, account = town.who["rita"], town.accounts["rita"]
    people.give_consent(rita, "digest", 1)
    people.follow(rita, town.pier.noun_id)
    town.made["notice"] = Notice.objects.create(
        account=account, entry=1, verb="need-answered", noun=town.pier.noun, at=clock.now()
    )
    town.made["session"] = UserSession.objects.create(
        user=account, ip="10.0.0.9", session_key="x", user_agent="Firefox"
    )
    people.make_key(NODE, "server", ["intake"])
