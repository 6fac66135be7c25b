# SPDX-License-Identifier: EUPL-1.2
"""Resource paths: to any depth, and where a path that leads nowhere breaks off."""

import pytest

from smilecity.core.problems import Refusal
from smilecity.things.rules.entities import KINDS
from smilecity.things.rules.odata import read_path, read_request
from smilecity.things.rules.odata.tree import Path, Query, Request, Step

THING = Step("Things", 5)
DATASTREAM = Step("Datastreams", 1)

PATHS = [
    ("", Path(())),
    ("/", Path(())),
    ("/Things", Path((Step("Things"),))),
    ("/Things/", Path((Step("Things"),))),
    ("/Things(5)", Path((THING,))),
    ("/Things('5')", Path((THING,))),
    ("/Things( 5 )", Path((THING,))),
    ("/Things(id=5)", Path((THING,))),
    ("/Things(-5)", Path((Step("Things", -5),))),
    ("Things(5)", Path((THING,))),
    (
        "/Things(5)/Datastreams(7)/Observations",
        Path((THING, Step("Datastreams", 7), Step("Observations"))),
    ),
    ("/Datastreams(1)/Thing", Path((DATASTREAM, Step("Thing")))),
    ("/Datastreams(1)/Thing/Locations", Path((DATASTREAM, Step("Thing"), Step("Locations")))),
    ("/Things/$count", Path((Step("Things"),), "$count")),
    ("/Things(5)/Datastreams/$count", Path((THING, Step("Datastreams")), "$count")),
    ("/Things/$ref", Path((Step("Things"),), "$ref")),
    ("/Things(5)/Locations(2)/$ref", Path((THING, Step("Locations", 2)), "$ref")),
    ("/Datastreams(1)/Thing/$ref", Path((DATASTREAM, Step("Thing")), "$ref")),
    ("/Things(5)/name", Path((THING,), "property", ("name",))),
    ("/Things(5)/name/$value", Path((THING,), "$value", ("name",))),
    ("/Things(5)/@iot.id", Path((THING,), "property", ("id",))),
    ("/Things(5)/id/$value", Path((THING,), "$value", ("id",))),
    ("/Things(5)/properties/the owner/0", Path((THING,), "property", ("properties", "the owner", "0"))),
    ("/Things(5)/properties/id", Path((THING,), "property", ("properties", "id"))),
    (
        "/Datastreams(1)/unitOfMeasurement/name/$value",
        Path((DATASTREAM,), "$value", ("unitOfMeasurement", "name")),
    ),
    ("/Datastreams(1)/Thing/name", Path((DATASTREAM, Step("Thing")), "property", ("name",))),
]


@pytest.mark.parametrize(("text", "meant"), PATHS)
def test_paths_are_read(text: str, meant: Path) -> None:
    assert read_path(text) == meant


@pytest.mark.parametrize("kind", KINDS)
def test_every_link_and_property_of_every_kind_has_an_address(kind: str) -> None:
    one = f"/{KINDS[kind].plural}(1)"
    for link in KINDS[kind].links:
        assert read_path(f"{one}/{link.name}").steps[-1] == Step(link.name)
        if link.many:
            assert read_path(f"{one}/{link.name}(2)").steps[-1] == Step(link.name, 2)
    for each in KINDS[kind].properties:
        assert read_path(f"{one}/{each.name}").property == (each.name,)


NOWHERE = [
    ("/Thing(5)", 2, "There is no entity set 'Thing'", "Things"),
    ("/Unicorns", 2, "There is no entity set 'Unicorns'", ""),
    ("/Things(5)/Datastream", 12, "A Thing has no 'Datastream'", "Datastreams"),
    ("/Things(5)/nmae", 12, "A Thing has no 'nmae'", "name"),
    ("/Things/name", 9, "follows all Things at once", "Things(1)/name"),
    ("/Things/Datastreams(1)", 9, "follows all Things at once", "Things(1)/Datastreams"),
    ("/Things(x)", 9, "There is no Thing 'x'", ""),
    ("/Things(99999999999999999999)", 9, "ids are whole numbers", ""),
    ("/Things('5)", 9, "There is no Thing", ""),
    ("/Things(5)/name/x", 17, "name has nothing inside", ""),
    ("/Things(5)/$count", 12, "Only collections are counted", ""),
    ("/Things(5)/$value", 12, "$value follows a property", ""),
    ("/Things(5)/$vlaue", 12, "There is no '$vlaue' here", "$value"),
    ("/Things/$ref/x", 14, "Nothing follows $ref", ""),
    ("/Things(5)/name/$value/x", 24, "Nothing follows $value", ""),
]


@pytest.mark.parametrize(("text", "place", "told", "cure"), NOWHERE)
def test_a_path_that_leads_nowhere_is_not_found(text: str, place: int, told: str, cure: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_path(text)
    assert (caught.value.code, caught.value.status) == ("odata.unknown-path", 404)
    assert f"character {place}:" in str(caught.value.sentence)
    assert told in str(caught.value.sentence)
    assert cure in str(caught.value.cure)


SYNTAX = [("//Things", 2), ("/Things(5)//name", 12), ("/Things(5", 2), ("/Things()", 9), ("/Things(5)x", 2),
          ("/Datastreams(1)/Thing(5)", 22), ("/Things(5)/properties//x", 23), ("/Things(\x00)", 9)]  # fmt: skip


@pytest.mark.parametrize(("text", "place"), SYNTAX)
def test_what_is_no_path_is_refused_with_the_place(text: str, place: int) -> None:
    with pytest.raises(Refusal) as caught:
        read_path(text)
    assert (caught.value.code, caught.value.status) == ("odata.syntax", 400)
    assert f"character {place}:" in str(caught.value.sentence)


LONG = "/Things(1)" + "/Datastreams(1)/Thing" * 10


@pytest.mark.parametrize("text", [LONG, "/Things(1)/properties" + "/a" * 50, "/" + "x" * 20_000])
def test_endless_paths_are_refused_for_their_cost(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_path(text)
    assert caught.value.code == "odata.too-costly"


def test_a_request_is_its_path_and_its_query() -> None:
    assert read_request("/Things(5)", "$top=1") == Request(Path((THING,)), Query(top=1))
