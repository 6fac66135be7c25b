# SPDX-License-Identifier: EUPL-1.2
"""Who heard an uplink is read, gathered and written; whatever a network server says there, it costs no uplink."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg_pool import AsyncConnectionPool

from smilecity.things.intake.gateways import Gateways
from smilecity.things.intake.messages import MOST_GATEWAYS, Message, Reception, read_chirpstack, read_tts
from tests.things.knocking import NOW, Post, kept, opened
from tests.things.stage import EUI, NOON, ask, device, message, sample, stream

DAY = timedelta(days=1)
HARBOUR = Reception("9C5C8EFFFE001A05", -87, 8.5, 54.09, 12.13)


def tts(receptions: Any) -> Message:
    import orjson

    said = sample("tts_uplink")
    said["uplink_message"]["rx_metadata"] = receptions
    read = read_tts(orjson.dumps(said), NOW, NOW - DAY)
    assert read is not None
    return read


def test_both_network_servers_say_who_heard_it() -> None:
    import orjson

    said = read_tts(orjson.dumps(sample("tts_uplink")), NOW, NOW - DAY)
    assert said is not None and said.gateways == (HARBOUR,)
    heard = read_chirpstack(orjson.dumps(sample("chirpstack_up")), NOW, NOW - DAY)
    assert heard.gateways == (Reception("0016C001F153A14C", -36, 10.5, 54.09, 12.13),)


def test_a_gateway_without_eui_goes_by_its_name_and_others_networks_are_left_out() -> None:
    said = tts(
        [
            {"gateway_ids": {"gateway_id": "roof"}, "rssi": -1},
            {"gateway_ids": {"gateway_id": "packetbroker"}, "packet_broker": {}},
            {"gateway_ids": {}},
        ]
    )
    assert said.gateways == (Reception("ROOF", -1),)


def test_at_most_sixteen_are_kept() -> None:
    assert len(tts([{"gateway_ids": {"gateway_id": f"g{n}"}} for n in range(500)]).gateways) == MOST_GATEWAYS


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["gateway_ids", "rssi"]), inner)
    ),
)


@given(json)
def test_nothing_that_is_said_there_costs_the_uplink(anything: Any) -> None:
    try:
        read = tts(anything)
    except TypeError:  # an integer that JSON's writer does not write
        return
    assert read.eui == EUI
    assert all(one.gateway.isprintable() for one in read.gateways)


@pytest.fixture
def pool(database_url: str) -> Iterator[tuple[Gateways, asyncio.AbstractEventLoop]]:
    loop = asyncio.new_event_loop()
    made = AsyncConnectionPool(database_url, min_size=1, max_size=2, open=False, kwargs={"autocommit": True})
    loop.run_until_complete(made.open())
    yield Gateways(made), loop
    loop.run_until_complete(made.close())
    loop.close()


def test_what_was_heard_is_written_and_added_to(
    pool: tuple[Gateways, asyncio.AbstractEventLoop], database_url: str
) -> None:
    from smilecity.things.models import Device

    gateways, loop = pool
    device(stream())
    known = Device.objects.get(eui=EUI).pk
    far = Reception("FAR", -120, -9.0)
    gateways.heard(message(NOON, gateways=(HARBOUR, far)), known)
    gateways.heard(message(NOON - DAY, gateways=(Reception(HARBOUR.gateway, -1, 1.0),)), known)
    gateways.heard(message(NOON + DAY, gateways=(far,)), None)
    loop.run_until_complete(gateways.write())
    assert ask(
        database_url, "SELECT id, heard_at, uplinks, rssi, latitude FROM things_gateway ORDER BY id"
    ) == [
        (HARBOUR.gateway, NOON, 2, -87, 54.09),
        ("FAR", NOON + DAY, 2, -120, None),
    ]
    assert ask(database_url, "SELECT gateway_id, at, rssi FROM things_heard ORDER BY 1") == [
        (HARBOUR.gateway, NOON, -87),
        ("FAR", NOON, -120),
    ]
    gateways.heard(message(NOON + DAY, gateways=(Reception(HARBOUR.gateway, -90, 7.0),)), known)
    gateways.heard(message(NOON - 2 * DAY, gateways=(Reception("FAR", -3, 7.0),)), known)
    loop.run_until_complete(gateways.write())
    assert ask(
        database_url,
        "SELECT id, first_heard_at, heard_at, uplinks, rssi, latitude FROM things_gateway ORDER BY id",
    ) == [
        (HARBOUR.gateway, NOON - DAY, NOON + DAY, 3, -90, 54.09),
        ("FAR", NOON - 2 * DAY, NOON + DAY, 3, -120, None),
    ]
    assert ask(database_url, "SELECT gateway_id, at, rssi FROM things_heard ORDER BY 1") == [
        (HARBOUR.gateway, NOON + DAY, -90),
        ("FAR", NOON, -120),
    ]


def test_a_device_that_has_gone_costs_nothing(
    pool: tuple[Gateways, asyncio.AbstractEventLoop], database_url: str
) -> None:
    gateways, loop = pool
    gateways.heard(message(gateways=(HARBOUR,)), 12345)
    loop.run_until_complete(gateways.write())
    assert ask(database_url, "SELECT count(*) FROM things_heard") == [(0,)]
    assert ask(database_url, "SELECT uplinks FROM things_gateway") == [(1,)]


def test_the_intake_tells_it_once_an_uplink(
    pool: tuple[Gateways, asyncio.AbstractEventLoop], database_url: str
) -> None:
    gateways, loop = pool
    with opened(database_url) as (knock, door, _own):
        door.taking._gateways = gateways
        post: Post = knock
        assert post(sample("tts_uplink")).status == 202
        assert post(sample("tts_uplink")).status == 200  # sent again
    loop.run_until_complete(gateways.write())
    assert len(kept(database_url)) == 1
    assert ask(database_url, "SELECT id, uplinks FROM things_gateway") == [(HARBOUR.gateway, 1)]
