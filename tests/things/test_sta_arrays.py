# SPDX-License-Identifier: EUPL-1.2
"""CreateObservations: many rows a call, each answered by its link or by why it is none."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from smilecity.core.who import ANYONE
from tests.things.observing_stage import BASE, assert_latest_is_true, post, said, serving
from tests.things.stage import NOON, ask, stream, streams, thing

WAY = "/CreateObservations"
COUNT = "SELECT count(*), count(DISTINCT id) FROM things_observation WHERE datastream_id = %s"


def group(
    datastream: int, *rows: Any, components: tuple[str, ...] = ("phenomenonTime", "result")
) -> dict[str, Any]:
    return {
        "Datastream": {"@iot.id": datastream},
        "components": list(components),
        "dataArray@iot.count": len(rows),
        "dataArray": list(rows),
    }


def at(minutes: int) -> str:
    return (NOON + timedelta(minutes=minutes)).isoformat()


def test_each_row_is_answered_in_order_and_the_good_ones_are_there(database_url: str) -> None:
    first, second = streams(2)
    (reply,) = post(
        database_url,
        WAY,
        [
            group(first, [at(0), 1], [at(1), "x"], ["soon", 3], [at(3)], 7, [at(4), 5.5]),
            group(987654321, [at(0), 1], [at(1), 2]),
            group(second, [1, at(7)], components=("result", "phenomenonTime")),
        ],
    )
    assert reply.status == 201
    answers = said(reply)
    good = [place for place, one in enumerate(answers) if not one.startswith("error")]
    assert good == [0, 5, 8]
    links = {
        one: int(one.removeprefix(f"{BASE}/Observations(").removesuffix(")"))
        for one in map(answers.__getitem__, good)
    }
    found = ask(database_url, "SELECT id, result, datastream_id FROM things_observation ORDER BY id")
    assert [found_id for found_id, *_ in found] == sorted(links.values())
    assert [(result, ds) for _, result, ds in found] == [(1, first), (5.5, first), (1, second)]
    assert answers[1] == "error: The result must be a number."
    for ds in (first, second):
        assert_latest_is_true(database_url, ds)


def test_all_components_are_kept(database_url: str) -> None:
    ds = stream(on=thing(geo={"type": "Point", "coordinates": [12.1, 54.1]})).id
    post(database_url, "/Observations", {"Datastream": {"@iot.id": ds}, "result": 0})
    ((feature,),) = ask(database_url, "SELECT feature FROM things_observation")
    components = (
        "result",
        "resultTime",
        "validTime",
        "parameters",
        "resultQuality",
        "FeatureOfInterest/id",
        "phenomenonTime",
    )
    rows = [
        [1, at(2), f"{at(0)}/{at(9)}", {"a": 1}, "good", feature, f"{at(0)}/{at(1)}"],
        [2, None, None, None, None, None, at(5)],
        [3, None, None, None, None, 987654321, at(6)],
        [4, None, None, None, None, {"@iot.id": 5}, at(7)],
    ]
    (reply,) = post(database_url, WAY, [group(ds, *rows, components=components)])
    assert [one.startswith("error") for one in said(reply)] == [False, False, True, True]
    found = ask(
        database_url,
        "SELECT result, phenomenon_end IS NOT NULL, result_time IS NOT NULL, valid_end IS NOT NULL, parameters, quality,"
        " feature FROM things_observation WHERE result > 0 ORDER BY result",
    )
    assert found == [
        (1, True, True, True, {"a": 1}, "good", feature),
        (2, False, False, False, None, None, feature),
    ]
    assert_latest_is_true(database_url, ds)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ([5], 422),
        ([{"Datastream": {"@iot.id": 1}}], 422),
        ([group(1, [1], components=("rezult",))], 422),
        ([group(1, [1], components=("phenomenonTime",))], 422),
        ([group(1, [1, 1], components=("result", "result"))], 422),
        ([group(1, [1], components=({},))], 422),  # type: ignore[arg-type]
        ([{"components": ["result"], "dataArray": [[1]]}], 422),
        ([{"Datastream": 5, "components": ["result"], "dataArray": [[1]]}], 422),
        ([group(1, *[[1]] * 10_001, components=("result",))], 413),
        (b"[", 400),
        ([], 201),
    ],
)
def test_a_body_of_the_wrong_form_is_refused_whole(database_url: str, body: Any, status: int) -> None:
    (reply,) = post(database_url, WAY, body)
    assert reply.status == status, reply.body
    assert ask(database_url, "SELECT count(*) FROM things_observation") == [(0,)]


def test_it_needs_a_key(database_url: str) -> None:
    (reply,) = post(database_url, WAY, [group(stream().id, [at(0), 1])], who=ANYONE)
    assert reply.status == 401


def test_many_calls_at_once_are_stored_each_once(database_url: str) -> None:
    several = streams(4)

    async def send() -> list[list[str]]:
        async with serving(database_url) as service:
            calls = [
                service.post(
                    WAY, [group(ds, *([at(call * 100 + n), n] for n in range(100))) for ds in several]
                )
                for call in range(10)
            ]
            return [said(reply) for reply in await asyncio.gather(*calls)]

    links = [link for answers in asyncio.run(send()) for link in answers]
    assert len(set(links)) == 4000
    for ds in several:
        assert ask(database_url, COUNT, ds) == [(1000, 1000)]
        assert_latest_is_true(database_url, ds)
