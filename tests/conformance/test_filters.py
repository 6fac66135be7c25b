# SPDX-License-Identifier: EUPL-1.2
"""OGC 18-088: req/request-data/filter, built-in-filter-operations and built-in-query-functions."""

import pytest

from tests.conformance.service import Service, Town, a_location

# Which of the values 0 to 19 of the town's first datastream each condition keeps.
OPERATIONS = [
    ("result eq 7", [7]), ("result ne 7 and result lt 9", [0, 1, 2, 3, 4, 5, 6, 8]), ("result gt 17", [18, 19]),
    ("result ge 18", [18, 19]), ("result lt 2", [0, 1]), ("result le 1", [0, 1]),
    ("result gt 5 and result lt 8", [6, 7]), ("result lt 1 or result gt 18", [0, 19]), ("not result gt 1", [0, 1]),
    ("not (result gt 1 and result lt 19)", [0, 1, 19]), ("result add 5 eq 9", [4]), ("result sub 5 eq 9", [14]),
    ("result mul 2 eq 10", [5]), ("result div 2 eq 4", [8]), ("result mod 7 eq 6", [6, 13]), ("-result eq -3", [3]),
    ("(result sub 5) mul 2 eq 4", [7]), ("result in (3, 5, 77)", [3, 5]),
    ("parameters/round eq 3", [15, 16, 17, 18, 19]), ("parameters/nothing eq 3", []),
    ("result eq 1 or result eq 2 and result eq 3", [1]),
    ("phenomenonTime ge 2026-11-20T12:18:00Z", [18, 19]), ("phenomenonTime lt 2026-11-20T13:02:00%2B01:00", [0, 1]),
    ("phenomenonTime eq 2026-11-20T12:04:00.000Z", [4]), ("resultTime gt 2026-11-20T12:18:30Z", [18, 19]),
    ("phenomenonTime gt 2026-11-20T12:00:00Z add duration'PT17M30S'", [18, 19]),
    ("Datastream/name eq 'Town air 0' and result lt 1", [0]),
    ("Datastream/Thing/name eq 'Town 0' and result lt 1", [0]),
    ("Datastream/Thing/properties/number eq 0 and result lt 1", [0]),
    ("Datastream/Thing/Locations/name ne 'x' and result lt 1", [0]),
    ("validTime eq null and result lt 1", [0]), ("resultTime ne null and result lt 1", [0]),
    ("startswith(Datastream/name, 'Town') eq true and result lt 1", [0]),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "kept"), OPERATIONS)
def test_built_in_filter_operations(service: Service, town: Town, condition: str, kept: list[int]) -> None:
    """req/request-data/built-in-filter-operations and req/request-data/filter."""
    path = f"/Datastreams({town.datastreams[0]})/Observations?$filter={condition}&$orderby=phenomenonTime"
    assert [one["result"] for one in service.values(path)] == kept


# Which of the town's things, 0 to 2, each condition keeps.
ON_THINGS = [
    ("substringof('own 1', name)", [1]), ("contains(name, 'own 1')", [1]), ("endswith(name, ' 2')", [2]),
    ("startswith(name, 'Town')", [0, 1, 2]), ("length(name) eq 6", [0, 1, 2]), ("length(name) gt 6", []),
    ("indexof(name, '2') eq 5", [2]), ("indexof(name, 'Town') eq 0", [0, 1, 2]), ("substring(name, 5) eq '1'", [1]),
    ("substring(name, 1, 3) eq 'own'", [0, 1, 2]), ("tolower(name) eq 'town 1'", [1]), ("toupper(name) eq 'TOWN 1'", [1]),
    ("trim(concat(' ', name)) eq 'Town 0'", [0]), ("concat(concat(name, '-'), description) eq 'Town 2-A lamp post'", [2]),
    ("name eq 'Town ''1'''", []), ("properties/number ge 1", [1, 2]), ("properties/town eq true", [0, 1, 2]),
    ("name in ('Town 0', 'Town 2')", [0, 2]), ("Datastreams/name eq 'Town air 1'", [1]),
    ("Datastreams/Observations/result eq 20", [2]), ("Datastreams/Sensor/name eq 'Town probe'", [0, 1, 2]),
    ("Datastreams/any(d: d/name eq 'Town air 1')", [1]), ("not Datastreams/any(d: d/name eq 'Town air 1')", [0, 2]),
    ("Datastreams/any(d: d/Observations/any(o: o/result gt 19.5))", [2]), ("Datastreams/any()", [0, 1, 2]),
    ("Datastreams/all(d: d/unitOfMeasurement/symbol eq '°C')", [0, 1, 2]),
    ("st_within(Locations/location, geography'POLYGON((11.9 53,12.15 53,12.15 54.15,11.9 54.15,11.9 53))')", [0, 1]),
    ("st_intersects(Locations/location, geography'POINT(12.1 54.1)')", [1]),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "kept"), ON_THINGS)
def test_text_functions_and_paths_over_relations(
    service: Service, town: Town, condition: str, kept: list[int]
) -> None:
    """req/request-data/built-in-query-functions (text) and req/request-data/filter."""
    path = f"/Things?$filter=startswith(name, 'Town ') and ({condition})&$orderby=name"
    assert service.ids(path) == [town.things[number] for number in kept]


# Which of the values 0 to 19 each keeps; they lie a minute apart from 2026-11-20 (a Friday) 12:00 UTC.
ON_TIMES = [
    ("year(phenomenonTime) eq 2026 and result lt 1", [0]), ("month(phenomenonTime) eq 11 and result lt 1", [0]),
    ("day(phenomenonTime) eq 20 and result lt 1", [0]), ("hour(phenomenonTime) eq 12 and result lt 1", [0]),
    ("minute(phenomenonTime) eq 7", [7]), ("second(phenomenonTime) eq 0 and result lt 1", [0]),
    ("fractionalseconds(phenomenonTime) eq 0 and result lt 1", [0]),
    ("date(phenomenonTime) eq date(2026-11-20T23:00:00Z) and result lt 1", [0]),
    ("time(phenomenonTime) eq time(2026-01-01T12:05:00Z)", [5]),
    ("totaloffsetminutes(phenomenonTime) eq 0 and result lt 1", [0]),
    ("phenomenonTime lt now() add duration'P10000D' and result lt 1", [0]),
    ("phenomenonTime gt mindatetime() and result lt 1", [0]), ("phenomenonTime lt maxdatetime() and result lt 1", [0]),
    ("round(result add 0.4) eq 4", [4]), ("floor(result div 10) eq 1 and result lt 12", [10, 11]),
    ("ceiling(result div 10) eq 2 and result lt 13", [11, 12]),
    ("before(phenomenonTime, 2026-11-20T12:02:00Z)", [0, 1]), ("after(phenomenonTime, 2026-11-20T12:17:00Z)", [18, 19]),
    ("during(phenomenonTime, 2026-11-20T12:02:30Z/2026-11-20T12:05:00Z)", [3, 4]),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "kept"), ON_TIMES)
def test_date_math_and_time_functions(service: Service, town: Town, condition: str, kept: list[int]) -> None:
    """req/request-data/built-in-query-functions (dates and times, numbers, temporal relations)."""
    path = f"/Datastreams({town.datastreams[0]})/Observations?$filter={condition}&$orderby=phenomenonTime"
    assert [one["result"] for one in service.values(path)] == kept


SQUARE = "geography'POLYGON((12.05 54.05,12.15 54.05,12.15 54.15,12.05 54.15,12.05 54.05))'"  # around the town's second
ON_PLACES = [
    (f"st_within(location, {SQUARE})", [1]), (f"st_intersects(location, {SQUARE})", [1]),
    (f"geo.intersects(location, {SQUARE})", [1]), (f"st_disjoint(location, {SQUARE})", [0, 2]),
    (f"st_contains(location, {SQUARE})", []), (f"st_crosses(location, {SQUARE})", []),
    (f"st_overlaps(location, {SQUARE})", []), (f"st_relate(location, {SQUARE}, 'T********')", [1]),
    ("st_equals(location, geography'POINT(12.2 54.2)')", [2]),
    ("st_touches(location, geography'LINESTRING(12 54,13 54)')", [0]),
    ("geo.distance(location, geography'POINT(12 54)') lt 100", [0]),
    ("geo.distance(location, geography'POINT(12 54)') gt 15000", [2]),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "kept"), ON_PLACES)
def test_geospatial_and_spatial_relationship_functions(
    service: Service, town: Town, condition: str, kept: list[int]
) -> None:
    """req/request-data/built-in-query-functions (geo.* and st_*)."""
    path = f"/Locations?$filter=Things/properties/town eq true and {condition}&$orderby=id"
    assert service.ids(path) == [town.locations[number] for number in kept]


def test_geo_length(service: Service) -> None:
    """req/request-data/built-in-query-functions: geo.length, in metres."""
    line = {"type": "LineString", "coordinates": [[12, 54], [13, 54]]}  # 65.4 km
    place = service.create("/Locations", a_location(location=line))
    for condition, kept in (("gt 65000", [place]), ("gt 66000", [])):
        assert service.ids(f"/Locations?$filter=id eq {place} and geo.length(location) {condition}") == kept


def test_filter_on_the_id(service: Service, town: Town) -> None:
    """req/request-data/filter: the id under both of its names."""
    assert service.ids(f"/Things?$filter=id eq {town.things[1]}") == [town.things[1]]
    assert service.ids(f"/Things?$filter=@iot.id eq {town.things[1]}") == [town.things[1]]
    related = service.ids(f"/Datastreams?$filter=Thing/@iot.id eq {town.things[1]}")
    assert related == [town.datastreams[1]]
