# SPDX-License-Identifier: EUPL-1.2
"""Paging by keyset: every entity once and in order, whatever it is ordered by and whatever comes and goes meanwhile."""

import base64
import json
import random
import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smilecity.core.who import ANYONE
from smilecity.things import rights
from smilecity.things.models import Datastream, Sensor
from smilecity.things.reads.sensorthings import running
from smilecity.things.reads.sensorthings.paging import Key, behind, order_by
from tests.examples import examples
from tests.things.asking import INSIDER, follow, get, ids, observe, pages, refused
from tests.things.stage import NOON, stream, thing

pytestmark = pytest.mark.django_db


def joined(found: list[list[Any]]) -> list[Any]:
    return [one for page in found for one in page]


@pytest.fixture
def sensors() -> list[int]:
    """Forty sensors whose names, texts and numbers repeat, are missing, or are of another type."""
    chance = random.Random(4)
    made = []
    for _number in range(40):
        properties = chance.choice(
            [{}, {"n": chance.randrange(4)}, {"n": chance.random()}, {"n": "text"}, {"n": None}, {"n": [1]}]
        )
        name, text = chance.choice("aäbB\"'"), chance.choice(["", "x", "y\\"])
        made.append(Sensor.objects.create(name=name, description=text, properties=properties).id)
    return made


ORDERS = [
    "",
    "id desc",
    "name",
    "name desc",
    "name,description desc",
    "name desc,id",
    "properties/n",
    "properties/n desc",
    "properties/n desc,name",
    "length(description) desc,name",
    "tolower(name),properties/n desc,description",
    "properties/nothing",
]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("top", [1, 3, 39, 40, 41])
def test_pages_together_are_the_list(sensors: list[int], order: str, top: int) -> None:
    said = f"&$orderby={order}" if order else ""
    whole = ids(get("/Sensors", f"$top=1000{said}"))
    assert sorted(whole) == sorted(sensors)
    found = pages("/Sensors", f"$top={top}{said}", ANYONE)
    assert [one["@iot.id"] for one in joined(found)] == whole
    assert all(len(page) == top for page in found[:-1]) and len(found) == -(-len(sensors) // top)


@pytest.mark.parametrize("order", ["name", "name desc", "name,id desc", "properties/n", "id desc"])
def test_skip_and_links_go_together(sensors: list[int], order: str) -> None:
    whole = ids(get("/Sensors", f"$orderby={order}&$top=1000"))
    assert ids(get("/Sensors", f"$orderby={order}&$skip=39")) == whole[39:]
    assert ids(get("/Sensors", f"$orderby={order}&$skip=40")) == []
    skipped = get("/Sensors", f"$orderby={order}&$skip=10&$top=7&$count=true")
    assert skipped["@iot.count"] == 40
    assert ids(skipped) == whole[10:17]
    following = follow(skipped["@iot.nextLink"])
    assert ids(following) == whole[17:24]
    assert following["@iot.count"] == 40  # of all, not of what is left
    assert "skip=" not in skipped["@iot.nextLink"].replace("skiptoken=", "")


@pytest.mark.parametrize("order", ["name", "name desc", "properties/n", "id"])
def test_nothing_twice_and_nothing_missed_while_others_come_and_go(sensors: list[int], order: str) -> None:
    chance = random.Random(7)
    there = set(sensors)
    answer = get("/Sensors", f"$orderby={order}&$top=4")
    seen = ids(answer)
    while "@iot.nextLink" in answer:
        for _ in range(3):
            Sensor.objects.create(name=chance.choice("aäbB\"'"), properties={"n": chance.randrange(4)})
        gone = chance.choice(sorted(there))
        Sensor.objects.filter(id=gone).delete()
        there.discard(gone)
        answer = follow(answer["@iot.nextLink"])
        seen += ids(answer)
        assert len(seen) < 400
    assert len(seen) == len(set(seen))
    assert there <= set(seen)


@pytest.fixture
def measured() -> Datastream:
    """A datastream with values over three months; some share their instant, some have no number or no result time."""
    ds = stream("measured", thing("measured"))
    chance = random.Random(3)
    at = [NOON + timedelta(hours=chance.randrange(24 * 70)) for _ in range(60)] * 2
    values: list[Any] = [chance.choice([1, 2.5, 1e300, -0.0, "text", True, {"a": 1}, [1, 2]]) for _ in at]
    observe(ds, *zip(at[:80], values[:80], strict=True))
    observe(ds, *zip(at[80:], values[80:], strict=True), result_time=NOON)
    return ds


@pytest.mark.parametrize(
    "order",
    [
        "",
        "phenomenonTime desc",
        "phenomenonTime",
        "resultTime",
        "resultTime desc,result",
        "result",
        "result desc",
    ],
)
def test_observations_are_paged_too(measured: Datastream, order: str) -> None:
    path, said = f"/Datastreams({measured.id})/Observations", f"&$orderby={order}" if order else ""
    whole = ids(get(path, f"$top=1000{said}"))
    assert len(whole) == len(set(whole)) == 120
    for top in (1, 7):
        assert [one["@iot.id"] for one in joined(pages(path, f"$top={top}{said}", ANYONE))] == whole
    everywhere = ids(get("/Observations", f"$top=1000{said}"))
    assert [one["@iot.id"] for one in joined(pages("/Observations", f"$top=7{said}", ANYONE))] == everywhere
    if order == "phenomenonTime desc":
        times = [one["phenomenonTime"] for one in get(path, f"$top=1000{said}")["value"]]
        assert times == sorted(times, reverse=True)


def test_skip_goes_through_observations_in_any_order(measured: Datastream) -> None:
    for path in (f"/Datastreams({measured.id})/Observations", "/Observations"):
        for order in ("", "&$orderby=phenomenonTime", "&$orderby=phenomenonTime desc"):
            whole = ids(get(path, f"$top=1000{order}"))
            for skip in (1, 119, 120, 9999):
                answer = get(path, f"$skip={skip}&$top=2{order}")
                assert ids(answer) == whole[skip : skip + 2]
                assert ("@iot.nextLink" in answer) == (skip + 2 < len(whole))


def test_the_newest_of_all_are_found_by_what_is_kept(measured: Datastream) -> None:
    """Over all datastreams, the newest few need but the newest partitions."""
    other = stream("other", measured.thing)
    observe(other, *((NOON + timedelta(days=200 + number), number) for number in range(3)))
    whole = ids(get("/Observations", "$orderby=phenomenonTime desc&$top=1000"))
    for top in (1, 2, 3, 5):
        found = pages("/Observations", f"$orderby=phenomenonTime desc&$top={top}", ANYONE)
        assert [one["@iot.id"] for one in joined(found)] == whole


def test_expanded_lists_go_on_at_their_own_address(measured: Datastream) -> None:
    whole = get(f"/Datastreams({measured.id})/Observations", "$orderby=result desc&$top=1000&$select=id")
    answer = get(
        f"/Things({measured.thing_id})",
        "$expand=Datastreams($expand=Observations($orderby=result desc;$top=50;$select=id))",
    )
    shown = answer["Datastreams"][0]
    following = follow(shown["Observations@iot.nextLink"])
    last = follow(following["@iot.nextLink"])
    assert shown["Observations"] + following["value"] + last["value"] == whole["value"]
    assert "@iot.nextLink" not in last


def test_a_next_page_costs_no_parsing_and_prunes_partitions(measured: Datastream) -> None:
    path, plans = f"/Datastreams({measured.id})/Observations", running.Plans()
    first = get(path, "$top=60")["@iot.nextLink"].partition("?")[2]
    second = follow(get(path, "$top=100")["@iot.nextLink"])
    assert len(second["value"]) == 20
    sight = rights.sight(ANYONE)
    once = running.question(path, first, sight, plans)
    other = get(path, "$top=60")["@iot.nextLink"].replace("&", "&&").partition("?")[2]
    assert running.question(path, first, sight, plans).statement is once.statement
    assert running.question(path, other.replace("&&", "&"), sight, plans).statement is once.statement
    connection.ensure_connection()
    plan = connection.connection.execute(f"EXPLAIN {once.statement.text}", once.values).fetchall()
    scanned = {line[0].split(" on ")[1].split()[0] for line in plan if "things_observation_20" in line[0]}
    assert not any("2026_11" in one for one in scanned)  # the first page was in there


def forged(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def test_foreign_and_forged_places_are_refused(sensors: list[int]) -> None:
    def token(query: str) -> str:
        return str(get("/Sensors", query)["@iot.nextLink"].rpartition("skiptoken=")[2])

    by_name = token("$orderby=name&$top=1")
    mark = json.loads(base64.urlsafe_b64decode(by_name + "=="))[0]
    foreign = [token("$top=1"), token("$orderby=name desc&$top=1"), token("$orderby=description&$top=1")]
    wrong = [
        forged(mark, "a"),
        forged(mark, "a", 1, 2),
        forged(mark, 5, 1),
        forged(mark, "a", "1"),
        forged(mark, "a", 2**63),
        forged(mark, "a", 1.5),
        forged(mark, "a", True),
        forged(mark, None, 1),
        forged(mark, "\0", 1),
        forged("other", "a", 1),
        forged(),
        forged([mark], "a", 1),
        base64.urlsafe_b64encode(b'{"a": 1}').decode(),
        "%00",
        f"{mark}~1",
        "~",
        "a",
        "",
        "é",
    ]
    for given_ in (*foreign, *wrong):
        refusal = refused("/Sensors", f"$orderby=name&$skiptoken={given_}")
        assert (refusal.code, refusal.status) == ("odata.bad-option", 400), given_
    assert ids(get("/Sensors", f"$orderby=name&$top=1&$skiptoken={by_name}"))
    by_id = foreign[0]
    assert by_id.endswith(f"~{sensors[0]}")
    for given_ in (f"{by_id}x", f"{by_id}~1", f"{by_id}{2**63}", f"{by_id}.5", f"x{by_id}", by_name):
        assert refused("/Sensors", f"$top=1&$skiptoken={given_}").code == "odata.bad-option", given_
    assert (
        refused("/Sensors", f"$orderby=name&$skiptoken={by_name}&$skiptoken={by_name}").code
        == "odata.bad-option"
    )
    assert refused("/Sensors(1)", f"$skiptoken={by_name}").code == "odata.bad-option"
    assert refused("/Sensors/$count", f"$skiptoken={by_name}").code == "odata.bad-option"
    # A number where a number belongs, but not one that a JSON text of ours holds.
    numbers = json.loads(base64.urlsafe_b64decode(token("$orderby=length(name)&$top=1") + "=="))
    assert refused("/Sensors", f"$orderby=length(name)&$skiptoken={forged(numbers[0], 'x', 1)}").status == 400
    jsons = json.loads(base64.urlsafe_b64decode(token("$orderby=properties/n desc&$top=1") + "=="))
    assert (
        refused("/Sensors", f"$orderby=properties/n desc&$skiptoken={forged(jsons[0], '{broken', 1)}").status
        == 400
    )


def test_a_place_opens_nothing_that_is_hidden(measured: Datastream) -> None:
    Datastream.objects.filter(id=measured.id).update(visibility="internal")
    link = get(f"/Datastreams({measured.id})/Observations", "$top=5", INSIDER)["@iot.nextLink"]
    path, _, query = link.partition("/sensorthings/v1.1")[2].partition("?")
    assert refused(path, query).status == 404


KEYS = st.lists(
    st.tuples(st.booleans(), st.lists(st.one_of(st.none(), st.integers(0, 2)), min_size=12, max_size=12)),
    min_size=1,
    max_size=3,
)


@settings(
    max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(columns=KEYS, place=st.integers(0, 11), last=st.booleans())
def test_behind_is_what_the_order_puts_behind(
    db: None, columns: list[tuple[bool, list[int | None]]], place: int, last: bool
) -> None:
    """For any keys, directions and nulls: the rows behind a row are those that the database lists after it."""
    keys = [
        Key(f"v.c{number}", "whole", descending, nullable=None in values)
        for number, (descending, values) in enumerate(columns)
    ]
    keys.append(Key("v.id", "whole", last, nullable=False))
    rows = [(number, *(values[number] for _, values in columns)) for number in range(12)]
    names = ", ".join(f"c{number}" for number in range(len(columns)))
    told = ", ".join(
        "(" + ", ".join("NULL::bigint" if one is None else f"{one}::bigint" for one in row) + ")"
        for row in rows
    )
    table = f"(VALUES {told}) AS v(id, {names})"
    here = [*rows[place][1:], rows[place][0]]
    condition = behind(keys, [value is None for value in here])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {table} ORDER BY {order_by(keys)}")
        order = [row[0] for row in cursor.fetchall()]
        given_ = {f"after{number}": value for number, value in enumerate(here)}
        cursor.execute(f"SELECT id FROM {table} WHERE {condition} ORDER BY {order_by(keys)}", given_)
        assert [row[0] for row in cursor.fetchall()] == order[order.index(place) + 1 :]


@pytest.mark.parametrize("path", ["/Datastreams({})/Observations", "/Observations"])
def test_a_filter_by_time_touches_no_other_month(measured: Datastream, path: str) -> None:
    for month in ("2026-05-01", "2026-06-01", "2026-07-01"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT things_keep_partition(%s)", [f"{month}T00:00:00Z"])
    query = "$filter=phenomenonTime ge 2026-06-03T00:00:00Z and phenomenonTime lt 2026-06-20T00:00:00Z&$count=true"
    asked = running.question(path.format(measured.id), quote(query, safe="$=&"), rights.sight(ANYONE))
    connection.ensure_connection()
    plan = connection.connection.execute(f"EXPLAIN {asked.statement.text}", asked.values).fetchall()
    scanned = {part for line in plan for part in re.findall(r"things_observation_(\d{4}_\d\d)", line[0])}
    assert scanned == {"2026_06"}
