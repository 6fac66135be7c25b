# SPDX-License-Identifier: EUPL-1.2
"""$apply over HTTP (OData Extension for Data Aggregation 4.0), which other SensorThings servers lack."""

import pytest

from tests.conformance.service import Service, Town, at, when


def test_one_row_over_all(service: Service, town: Town) -> None:
    path = f"/Datastreams({town.datastreams[0]})/Observations?$apply=aggregate("
    (row,) = service.values(
        f"{path}result with average as mean,result with min as low,result with max as high,"
        "result with sum as total,$count as n,result with countdistinct as kinds,result with percentile(0.5) as median)"
    )
    assert row == pytest.approx(
        {"mean": 9.5, "low": 0, "high": 19, "total": 190, "n": 20, "kinds": 20, "median": 9.5}
    )


def test_buckets_of_time(service: Service, town: Town) -> None:
    path = f"/Datastreams({town.datastreams[0]})/Observations"
    rows = service.values(
        f"{path}?$apply=groupby((minute(phenomenonTime,'UTC',10)),aggregate(result with sum as total,$count as n))"
    )
    assert [(when(row["phenomenonTime"]), row["total"], row["n"]) for row in rows] == [
        (when(f"{at(0)}/{at(10)}"), 45, 10),
        (when(f"{at(10)}/{at(20)}"), 145, 10),
    ]


def test_a_day_of_the_city(service: Service, town: Town) -> None:
    path = f"/Datastreams({town.datastreams[0]})/Observations"
    (row,) = service.values(
        f"{path}?$apply=groupby((day(phenomenonTime,'Europe/Berlin') as day),aggregate(result with max as high))"
    )
    assert row["day"].startswith("2026-11-20T00:00:00")
    assert "+01:00" in row["day"]
    assert row["high"] == 19


def test_a_filter_before_and_groups_by_datastream(service: Service, town: Town) -> None:
    condition = "Datastream/Thing/properties/town eq true and result ge 18"
    rows = service.values(
        f"/Observations?$apply=filter({condition})/groupby((Datastream/id),aggregate($count as n))"
    )
    assert sorted(row["n"] for row in rows) == [2, 2, 3]


def test_pages_of_buckets(service: Service, town: Town) -> None:
    path = f"/Datastreams({town.datastreams[0]})/Observations"
    page = service.get(f"{path}?$apply=groupby((minute(phenomenonTime)),aggregate($count as n))&$top=15")
    following = service.get(page["@iot.nextLink"])
    assert (len(page["value"]), len(following["value"])) == (15, 5)
    assert "@iot.nextLink" not in following
