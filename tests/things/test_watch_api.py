# SPDX-License-Identifier: EUPL-1.2
"""What SensorThings says of odd values: their quality, what is asked by it, what is left out of aggregates."""

import pytest

from smilecity.core.who import NODE
from smilecity.things.actions import observations
from smilecity.things.models import Observation
from smilecity.things.rules.watch import BITS
from tests.core.numbering import number_entries
from tests.things.asking import get
from tests.things.stage import NOON
from tests.things.watch_stage import comes, comes_at, look, warm

pytestmark = pytest.mark.django_db
ODD = {"code": "range", "codes": ["range"], "sentence": "Outside of what is possible."}


@pytest.fixture
def stream() -> int:
    """Three values, the last of them impossible."""
    ds = warm().id
    comes(ds, [20.0, 22.0, 85.0])
    look()
    return ds


def test_an_odd_value_has_a_quality_and_others_have_none(stream: int) -> None:
    found = get(f"/Datastreams({stream})/Observations", "$orderby=phenomenonTime")["value"]
    assert [one.get("resultQuality") for one in found] == [None, None, ODD]
    newest = get(f"/Datastreams({stream})", "$expand=Observations($orderby=phenomenonTime desc;$top=1)")
    assert newest["Observations"][0]["resultQuality"] == ODD
    path = f"/Observations({found[2]['@iot.id']})/resultQuality/$value"
    assert ODD["sentence"] in str(get(path))


def test_what_the_sender_said_of_it_stays(stream: int) -> None:
    observations.create(
        NODE,
        [
            {
                "Datastream": {"@iot.id": stream},
                "result": 99,
                "resultQuality": "good",
                "phenomenonTime": "2026-11-20T12:10:00Z",
            }
        ],
    )
    number_entries()
    look(NOON)
    assert Observation.objects.get(result=99).flags == 1
    found = get("/Observations", "$filter=result eq 99")["value"]
    assert found[0]["resultQuality"] == "good"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("resultQuality eq null", {20.0, 22.0}),
        ("resultQuality ne null", {85.0}),
        ("resultQuality/code eq 'range'", {85.0}),
        ("resultQuality/code eq 'jump'", set()),
        ("resultQuality/code eq 'range' or result eq 20", {20.0, 85.0}),
    ],
)
def test_values_are_asked_for_by_their_quality(stream: int, asked: str, expected: set[float]) -> None:
    found = get(f"/Datastreams({stream})/Observations", f"$filter={asked}")["value"]
    assert {one["result"] for one in found} == expected


def test_aggregates_leave_odd_values_out_on_wish(stream: int) -> None:
    path = f"/Datastreams({stream})/Observations"
    whole = "$apply=aggregate(result with max as most,$count as count)"
    wish = "$apply=filter(resultQuality eq null)/aggregate(result with max as most,$count as count)"
    assert get(path, whole)["value"][0]["most"] == 85
    assert get(path, wish)["value"][0]["most"] == 22


def test_every_flag_has_its_code_and_sentence(stream: int) -> None:
    for bits in range(1, 8):
        Observation.objects.filter(result=85).update(flags=bits)
        found = get("/Observations", "$filter=result eq 85")["value"][0]["resultQuality"]
        assert found["codes"] == [code for code, bit in BITS.items() if bits & bit]
        assert found["code"] == found["codes"][0]
        assert found["sentence"].count(".") == len(found["codes"])


def test_a_late_value_is_told_apart_in_lists_of_many(stream: int) -> None:
    comes_at(stream, [(NOON, 21.0), (NOON, -90.0)])
    look()
    found = get("/Observations", "$filter=resultQuality/code eq 'range'&$count=true")
    assert found["@iot.count"] == 2
