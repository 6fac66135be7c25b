# SPDX-License-Identifier: EUPL-1.2
"""What says no place belongs to the municipality whose node this is, by whichever door it came, and is read there."""

from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

from smilecity.citizens import actions, reads
from smilecity.citizens.actions.doors import by_hand, letters, tables
from smilecity.citizens.models import Need
from smilecity.citizens.reads.reports import home
from smilecity.citizens.rules import Coming
from smilecity.core.models import Noun
from smilecity.core.who import ANYONE, NODE, Who
from smilecity.people.actions import keep_organisation
from smilecity.people.reads import who_is
from smilecity.space.actions import keep_area

pytestmark = pytest.mark.django_db

SQUARE = {"type": "Polygon", "coordinates": [[[12, 54], [12.2, 54], [12.2, 54.2], [12, 54.2], [12, 54]]]}
WORDS = "Es fehlen Bänke."


class Region:
    """A region of two municipalities, the first of which founded this node; a clerk of each."""

    def __init__(self, person: Any) -> None:
        region = keep_area(NODE, "region", "region", {"de": "Region"}, SQUARE)
        self.areas, self.clerks = {}, dict[str, Who]()
        for slug in ("stadt", "dorf"):
            self.areas[slug] = keep_area(
                NODE, "municipality", slug, {"de": slug}, SQUARE, parent=region
            ).noun_id
            hall = keep_organisation(
                NODE, slug, kind="municipality", title={"de": slug}, area=self.areas[slug]
            )
            self.clerks[slug] = who_is(person(f"clerk {slug}", ("clerk", hall, self.areas[slug])))


@pytest.fixture
def region(person: Any) -> Region:
    return Region(person)


def _letter(_region: Region) -> None:
    made = EmailMessage()
    made["From"], made["Message-ID"], made["Subject"] = "erika@beispiel.de", f"<{uuid4()}@b.de>", "Bänke"
    made.set_content(WORDS)
    letters.take_letter(NODE, made.as_bytes())


def _by_hand(door: str) -> Any:
    def write(region: Region) -> None:
        by_hand.write_down(region.clerks["stadt"], uuid4(), door, kind="wish", words=WORDS)

    return write


def _said(door: str, who: Who = ANYONE) -> Any:
    def say(_region: Region) -> None:
        coming = Coming(door=door, where="am Markt" if door == "open311" else "")
        actions.say_need(who, uuid4(), kind="wish", words=WORDS, language="de", coming=coming)

    return say


def _table(_region: Region) -> None:
    made = tables.bring_table(NODE, "werkstatt.csv", iter([f"Anliegen;Art\n{WORDS};Wunsch\n".encode()]))
    tables.look_through_table(NODE, made.pk)
    tables.work_on_table(NODE, made.pk)
    tables.take_in_table(NODE, made.pk, seen=0)
    tables.work_on_table(NODE, made.pk)


DOORS = {
    "email": _letter,
    "phone": _by_hand("phone"),
    "paper": _by_hand("paper"),
    "table": _table,
    "web": _said("web"),
    "kiosk": _said("kiosk"),
    "open311": _said("open311", NODE),
}


@pytest.mark.parametrize("door", DOORS)
def test_what_says_no_place_is_read_in_the_nodes_own_municipality(
    region: Region, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, door: str
) -> None:
    monkeypatch.setattr(settings, "TABLES", tmp_path / "tables")
    DOORS[door](region)
    need = Need.objects.select_related("noun").get(door=door)
    assert need.noun.area_id == region.areas["stadt"]
    assert [one.noun_id for one in reads.waiting(region.clerks["stadt"]).items] == [need.noun_id]
    assert reads.waiting(region.clerks["dorf"]).items == []


def test_a_node_with_areas_but_no_town_hall_takes_the_one_they_all_lie_in(region: Region) -> None:
    Noun.objects.filter(kind="organisation").update(area=None)
    whole = Noun.objects.get(kind="area", title__de="Region")
    assert home(ANYONE) == whole.id
    keep_area(NODE, "municipality", "far", {"de": "Ferne"}, SQUARE)
    assert home(ANYONE) is None  # two that nothing holds together


def test_an_empty_node_takes_it_all_the_same() -> None:
    _said("web")(None)
    assert Need.objects.select_related("noun").get().noun.area_id is None


def test_what_came_before_is_given_a_home(region: Region) -> None:
    from importlib import import_module

    _letter(region)
    Noun.objects.filter(kind="need").update(area=None)
    with connection.cursor() as cursor:
        cursor.execute(import_module("smilecity.citizens.migrations.0011_told").OLD_NEEDS)
    assert Noun.objects.get(kind="need").area_id == region.areas["stadt"]
