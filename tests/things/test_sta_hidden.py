# SPDX-License-Identifier: EUPL-1.2
"""What the asker may not see is nowhere in SensorThings: no list, count, expand, filter, path."""

import pytest

from smilecity.core.who import ANYONE, NODE, Who
from smilecity.things.models import Datastream, Location
from smilecity.things.rules.entities import BY_PLURAL
from tests.things.asking import (
    INSIDER,
    OPERATOR,
    PARTNER,
    Town,
    get,
    ids,
    measured_town,
    refused,
    reply,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> Town:
    """The town, with three observations in each datastream, of a feature each."""
    return measured_town()


SECRETS = ("secret", "closed", "feature secret")
PLACES = [
    *(f"/{plural}" for plural in BY_PLURAL),
    "/Things?$expand=Datastreams($expand=Observations,Thing),Locations,HistoricalLocations",
    "/Sensors?$expand=Datastreams($expand=Thing,Observations($expand=FeatureOfInterest))",
    "/ObservedProperties?$expand=Datastreams($count=true)",
    "/Locations?$expand=Things,HistoricalLocations($expand=Thing)",
    "/HistoricalLocations?$expand=Thing,Locations",
    "/FeaturesOfInterest?$expand=Observations($expand=Datastream)",
    "/Observations?$expand=Datastream($expand=Thing),FeatureOfInterest",
    "/Things?$resultFormat=GeoJSON",
    "/Locations?$resultFormat=GeoJSON",
    "/Observations?$resultFormat=dataArray",
    "/Datastreams?$resultFormat=CSV&$expand=Thing",
    "/Observations?$orderby=phenomenonTime desc&$top=1&$expand=Datastream",
]


@pytest.mark.parametrize("place", PLACES)
def test_what_is_hidden_is_in_no_list(city: Town, place: str) -> None:
    path, _, query = place.partition("?")
    for who in (ANYONE, PARTNER):
        said = reply(path, query, who).body.decode()
        for secret in SECRETS:
            assert secret not in said
        for hidden in (city.internal.id, city.hidden.id):
            assert f"Datastreams({hidden})" not in said
        assert f"Things({city.closed.pk})" not in said
        assert "12.2" not in said


def test_whoever_may_see_more_sees_it(city: Town) -> None:
    def names(who: Who) -> set[str]:
        return {one["name"] for one in get("/Datastreams", who=who)["value"]}

    assert names(ANYONE) == {"public"}
    assert names(PARTNER) == {"public", "partners"}
    for who in (INSIDER, OPERATOR, city.steward, NODE):
        assert names(who) == {"public", "partners", "secret", "secret too"}
    assert {one["name"] for one in get("/Things", who=ANYONE)["value"]} == {"open"}
    assert {one["name"] for one in get("/Things", who=city.steward)["value"]} == {"open", "closed"}


def test_counts_count_what_is_seen(city: Town) -> None:
    for who, streams in ((ANYONE, 1), (PARTNER, 2), (INSIDER, 4)):
        assert reply("/Datastreams/$count", who=who).body == str(streams).encode()
        assert reply("/Observations/$count", who=who).body == str(3 * streams).encode()
        assert get("/Observations", "$count=true&$top=0", who) == {"@iot.count": 3 * streams, "value": []}
        assert get("/Observations", "$count=true&$filter=result ge 0", who)["@iot.count"] == 3 * streams
        assert get("/FeaturesOfInterest", "$count=true", who)["@iot.count"] == streams
        sensors = get("/Sensors", "$expand=Datastreams($count=true;$top=0)", who)
        assert sensors["value"][0]["Datastreams@iot.count"] == streams


def test_single_counts_of_people_are_for_those_who_work_with_them(city: Town) -> None:
    Datastream.objects.filter(id=city.public.id).update(people=True)
    summed = "$apply=aggregate(result with sum as all)"
    assert reply("/Datastreams/$count", who=ANYONE).body == b"0"
    assert reply("/Observations/$count", who=ANYONE).body == b"0"
    assert refused(f"/Datastreams({city.public.id})/Observations", summed, who=ANYONE).status == 404
    for who in (PARTNER, INSIDER, OPERATOR):
        assert get(f"/Datastreams({city.public.id})", who=who)["name"] == "public"
        assert get(f"/Datastreams({city.public.id})/Observations", summed, who)["value"]


def test_hidden_entities_are_not_found_by_address(city: Town) -> None:
    observation = ids(get(f"/Datastreams({city.internal.id})/Observations", who=INSIDER))[0]
    feature = get(f"/Observations({observation})/FeatureOfInterest", who=INSIDER)["@iot.id"]
    location = Location.objects.get(things=city.closed).id
    for path in (
        f"/Things({city.closed.pk})",
        f"/Things({city.closed.pk})/Datastreams",
        f"/Things({city.closed.pk})/name",
        f"/Datastreams({city.internal.id})",
        f"/Datastreams({city.internal.id})/Observations",
        f"/Datastreams({city.internal.id})/Thing",
        f"/Datastreams({city.internal.id})/Observations/$count",
        f"/Things({city.open.pk})/Datastreams({city.internal.id})/Sensor",
        f"/Observations({observation})",
        f"/Observations({observation})/Datastream",
        f"/Observations({observation})/result/$value",
        f"/FeaturesOfInterest({feature})",
        f"/Locations({location})",
        f"/Sensors({city.public.sensor_id})/Datastreams({city.hidden.id})/Observations",
    ):
        assert refused(path).status == 404, path
        assert refused(path).code == "entity.not-found"
        assert reply(path, who=INSIDER).status == 200, path


def test_filters_and_orders_do_not_reach_what_is_hidden(city: Town) -> None:
    for query in (
        "$filter=Datastreams/name eq 'secret'",
        "$filter=Datastreams/any(d: d/name eq 'secret')",
        "$filter=Datastreams/Observations/result eq 21",
    ):
        assert get("/Things", query)["value"] == []
        assert ids(get("/Things", query, INSIDER)) == [city.open.pk]
    assert get("/Sensors", "$filter=Datastreams/Thing/name eq 'closed'")["value"] == []
    assert len(get("/Sensors", "$filter=Datastreams/Thing/name eq 'closed'", INSIDER)["value"]) == 1


def test_filters_over_places_resolve_before_the_statement(city: Town) -> None:
    near = "$filter=geo.distance(location, geography'POINT(12.1 54.1)') lt 100"
    assert len(get("/Locations", near)["value"]) == 1
    area = "geography'POLYGON((12.15 54.15, 12.25 54.15, 12.25 54.25, 12.15 54.25, 12.15 54.15))'"
    within = f"$filter=st_within(Locations/location, {area})"
    assert get("/Things", within)["value"] == []
    assert ids(get("/Things", within, INSIDER)) == [city.closed.pk]
