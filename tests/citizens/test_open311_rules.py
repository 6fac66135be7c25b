# SPDX-License-Identifier: EUPL-1.2
"""What GeoReport asks, understood or refused; nothing else, whatever is sent."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecity.citizens.models import Need
from smilecity.citizens.rules import DECISIONS, STATES, open311
from smilecity.core.problems import Refusal
from tests.citizens.open311_ground import ASKS

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NAMES = [
    "service_request_id", "service_code", "status", "detailed_status", "start_date", "end_date", "updated_after",
    "updated_before", "agency_responsible", "lat", "long", "radius", "keyword", "with_picture", "area_code", "page",
    "per_page", "max_requests", "observation_key",
]  # fmt: skip
ANYTHING = st.one_of(
    st.text(max_size=20),
    st.sampled_from([
        "", "open", "closed", "open,closed", "IN_PROCESS", "problem", "1", "0", "-1", "nan", "inf", "1e400", "54.09",
        "99999999999999999999999", "2026-11-01T00:00:00Z", "2026-11-01T00:00:00 01:00", "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00", "2026-02-30", "true", "1,2,x",
    ]),
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(NAMES), ANYTHING), st.booleans())
def test_whatever_is_asked_is_understood_or_refused_with_its_field(
    query: dict[str, str], citysdk: bool
) -> None:
    try:
        wish = open311.asked(query, NOW, citysdk=citysdk)
    except Refusal as refusal:
        assert refusal.field and refusal.status in (400, 422)
        return
    assert 1 <= wish.size <= open311.MOST_REQUESTS and 0 <= wish.skip <= open311.MOST_BACK
    if wish.ids is None and not citysdk:
        assert wish.since and wish.until and wish.until - wish.since <= open311.SPAN
    if wish.ids:
        assert all(0 < one <= open311.MOST_ID for one in wish.ids)


def test_without_dates_ninety_days_are_meant_and_more_are_refused() -> None:
    wish = open311.asked({}, NOW, citysdk=False)
    assert (wish.since, wish.until) == (NOW - timedelta(days=90), NOW)
    wish = open311.asked({"start_date": "2026-01-01T00:00:00Z"}, NOW, citysdk=False)
    assert wish.since and wish.until == wish.since + timedelta(days=90)
    with pytest.raises(Refusal) as refused:
        open311.asked({"start_date": "2026-01-01", "end_date": "2026-11-01"}, NOW, citysdk=False)
    assert refused.value.field == "end_date"
    ids = {"service_request_id": "3, 4,,x", "start_date": "2020-01-01", "end_date": "2026-11-01"}
    assert open311.asked(ids, NOW, citysdk=False).ids == (3, 4)


def test_citysdk_means_all_days_and_what_is_open() -> None:
    wish = open311.asked({}, NOW, citysdk=True)
    assert (wish.since, wish.until, wish.closed) == (None, None, False)
    assert open311.asked({"status": "open,closed"}, NOW, citysdk=True).closed is None
    assert open311.asked({"detailed_status": "processed"}, NOW, citysdk=True).closed is None


def test_every_state_and_decision_has_one_detailed_status() -> None:
    for state in STATES:
        for decision in DECISIONS if state == Need.CLOSED else [""]:
            name = open311.detailed_status(state, decision)
            fitting = [
                one for one, (states, decisions) in open311.DETAILED.items()
                if state in states and (not decisions or decision in decisions)
            ]  # fmt: skip
            assert fitting == [name]


def test_attributes_come_back_as_details() -> None:
    told = open311.attributes(ASKS, "en")
    assert [one["datatype"] for one in told] == [
        "number", "datetime", "singlevaluelist", "multivaluelist", "text"
    ]  # fmt: skip
    assert told[0]["description"] == "Number" and told[2]["values"][1] == {
        "key": "flickers",
        "name": "Sie flackert",
    }
    sent = {
        "attribute[number]": ["7"],
        "attribute[since]": ["2026-11-20T08:00:00Z"],
        "attribute[seen][]": ["glass", "cable"],
        "service_code": ["mast"],
    }
    assert open311.details(ASKS, sent) == {"number": "7", "since": "2026-11-20", "seen": ["glass", "cable"]}


@pytest.mark.parametrize(
    "query", [{"lat": "54"}, {"long": "12"}, {"lat": "x", "long": "1"}, {"lat": "91", "long": "1"}]
)
def test_half_a_position_is_none(query: dict[str, str]) -> None:
    with pytest.raises(Refusal):
        open311.spot_of(query)


def test_a_client_id_that_can_be_guessed_is_refused() -> None:
    assert open311.client_id("") == ""
    assert open311.client_id("3f2504e0-4f89-11d3-9a0c-0305e82c3301")
    for bad in ("1", "a" * 201, "a" * 20 + "\n"):
        with pytest.raises(Refusal):
            open311.client_id(bad)
