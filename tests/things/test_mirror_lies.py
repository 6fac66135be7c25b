# SPDX-License-Identifier: EUPL-1.2
"""A service that lies is refused row by row, with a reason, and never stops what is sound."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.things.actions.mirroring import mirror
from smilecity.things.actions.mirroring.run import Total
from smilecity.things.models import Connector, ConnectorState, Datastream, Thing
from smilecity.things.rules import mirror as rules
from smilecity.things.rules.observations import FIRST_GIVEN_ID, LAST_ID
from tests.things.peers import Frost, connector
from tests.things.stage import NOON

NOW = NOON + timedelta(days=2)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
SOURCE = rules.Source(1, "Nachbarstadt", "https://frost.example/v1.1", open=True)


@pytest.fixture(autouse=True)
def _time_stands() -> Any:
    with clock.frozen(NOW):
        yield


@pytest.fixture
def frost() -> Frost:
    peer = Frost(page=3)
    for name in ("a", "b"):
        peer.thing(name, name)
        peer.stream(name, name)
        peer.observed(name, "2026-11-20T10:00:00Z", 1.5)
    return peer


def run(peer: Frost, source: Connector) -> Total:
    return mirror(NODE, source.pk, whole=True, get=peer.get)


def state(source: Connector) -> ConnectorState:
    return ConnectorState.objects.get(pk=source.pk)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("result", "more"),
    [
        ("warm", {}),
        (True, {}),
        (None, {}),
        ([1], {}),
        (1e999, {}),
        (10**400, {}),
        (1, {"phenomenonTime": "gestern"}),
        (1, {"phenomenonTime": None}),
        (1, {"phenomenonTime": 5}),
        (1, {"phenomenonTime": "2099-01-01T00:00:00Z"}),
        (1, {"phenomenonTime": "1600-01-01T00:00:00Z"}),
        (1, {"@iot.id": None}),
        (1, {"@iot.id": {"a": 1}}),
        (1, {"resultTime": "x"}),
        (1, {"parameters": [1]}),
        (1, {"resultQuality": "a\0b"}),
    ],
)
def test_an_observation_that_is_none_is_refused_alone(
    frost: Frost, result: Any, more: dict[str, Any]
) -> None:
    import json

    frost.observed_as("bad", "a", "2026-11-20T11:00:00Z", 0)
    rows = [
        *frost.observations["a"],
        {"@iot.id": "after", "phenomenonTime": "2026-11-20T12:00:00Z", "result": 2},
    ]
    rows[1] |= {"result": result, **more}
    frost.lies["Datastreams('a')/Observations"] = json.dumps({"value": rows}).encode()
    source = connector()
    total = run(frost, source)
    assert (total.taken, total.refused) == (3, 1)
    told = state(source)
    assert told.refused == 1
    assert told.sentence.startswith("Datastream 'a': ")
    assert told.trouble and told.troubled_at == NOW
    assert Datastream.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "lie",
    [
        {"name": 5},
        {"name": "x" * 501},
        {"description": ["no"]},
        {"unitOfMeasurement": {"name": 5, "symbol": "", "definition": ""}},
        {"observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Nothing"},
        {"Sensor": None},
        {"Sensor": {"name": "no id"}},
        {"ObservedProperty": [1]},
        {"thing": "nowhere"},
        {"properties": {"a": "\0"}},
    ],
)
def test_a_datastream_that_is_none_is_refused_alone(frost: Frost, lie: dict[str, Any]) -> None:
    frost.streams["a"] |= lie
    source = connector()
    assert run(frost, source) == Total(entities=3, taken=1, refused=1)
    assert Datastream.objects.get().name == "b"
    assert state(source).sentence.startswith("Datastream 'a': ")
    frost.streams["a"] |= {"Sensor": frost.streams["b"]["Sensor"]} if "Sensor" in lie else {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "rows", [[5], [None], [[]], [{"@iot.id": True}], [{"@iot.id": ""}], [{"name": "no id"}]]
)
def test_rows_that_are_none_hide_nothing_that_is_there(frost: Frost, rows: list[Any]) -> None:
    source = connector()
    run(frost, source)
    frost.lies["Things?"] = {"value": rows}
    total = run(frost, source)
    assert (total.hidden, total.refused) == (0, 1)
    assert Thing.objects.filter(noun__visibility="public").count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("answer", [b"<html>", b"[]", b'{"value": 5}', b"[" * 5000])
def test_what_is_no_list_is_the_trouble(frost: Frost, answer: bytes) -> None:
    source = connector()
    frost.lies["Things?"] = answer
    with pytest.raises(Refusal) as refusal:
        run(frost, source)
    assert state(source).trouble == refusal.value.code
    frost.lies.clear()
    assert run(frost, source).taken == 2
    assert state(source).trouble == ""


@pytest.mark.django_db
@pytest.mark.parametrize("list_", ["Things?", "Datastreams?", "Datastreams('a')/Observations"])
def test_links_that_go_round_come_to_an_end(frost: Frost, list_: str) -> None:
    source = connector()
    run(frost, source)
    first = next(asked for asked in frost.asked if asked.startswith(list_))
    rows = [] if "Obs" in list_ else list((frost.things if list_ == "Things?" else frost.streams).values())
    frost.lies[list_] = {"value": rows, "@iot.nextLink": f"http://other/{first}"}
    frost.observed("b", "2026-11-20T11:00:00Z", 3)
    assert run(frost, source).taken == 1
    assert state(source).trouble == "mirror.cycle" or list_ == "Datastreams?"
    assert Thing.objects.filter(noun__visibility="public").count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("link", [5, "", "http://[", "http://x/" + "?a=" + "b" * 5000, {"a": 1}])
def test_a_link_that_leads_nowhere_is_said_so(frost: Frost, link: Any) -> None:
    source = connector()
    frost.lies["Datastreams('a')/Observations"] = {"value": [], "@iot.nextLink": link}
    assert run(frost, source).taken == 1
    assert state(source).trouble == "mirror.bad-link"


@pytest.mark.django_db
def test_nobody_there_is_not_asked_for_each_datastream(frost: Frost) -> None:
    for number in range(6):
        frost.stream(f"s{number}", "a")
    source = connector()
    frost.lies["Datastreams('"] = Refusal("reach.not-reached", "Nobody is there.", status=502)
    with pytest.raises(Refusal):
        run(frost, source)
    assert len([one for one in frost.asked if "Observations" in one]) == 3
    assert state(source).trouble == "reach.not-reached"


@pytest.mark.django_db
def test_refused_rows_are_counted_once(frost: Frost) -> None:
    frost.observed("a", "2026-11-20T09:00:00Z", "warm")
    source = connector()
    run(frost, source)
    run(frost, source)
    assert state(source).refused == 1


@given(row=JSON)
def test_any_row_is_read_or_refused(row: Any) -> None:
    for kind in ("Thing", "Datastream", "MultiDatastream"):
        try:
            said = rules.all_said(kind, row, SOURCE)
        except Refusal:
            continue
        assert isinstance(rules.digest(said), str)
    try:
        body = rules.observation_body(row, 1, 2)
    except Refusal:
        return
    assert FIRST_GIVEN_ID <= body["@iot.id"] <= LAST_ID


@given(id_=st.text(min_size=1, max_size=200) | st.integers(-(2**62), 2**62), page=JSON)
def test_ids_stay_apart(id_: Any, page: Any) -> None:
    try:
        literal = rules.literal({"@iot.id": id_})
    except Refusal:
        assert isinstance(id_, str) and not id_.isprintable()
        return
    assert literal == (str(id_) if isinstance(id_, int) else "'" + id_.replace("'", "''") + "'")
    try:
        rules.page_of(page)
    except Refusal as refusal:
        assert refusal.code.startswith("mirror.")
