# SPDX-License-Identifier: EUPL-1.2
"""How boxes are reached: by HTTP and by MQTT."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
import pytest

from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.people.reads import who_is
from smilecity.places.actions import locks as acts
from smilecity.places.api.locks import Locks
from smilecity.places.demo.box import Box
from smilecity.places.models import Grant
from tests.places.ground import keep_court
from tests.places.lock_histories import built

Person = Callable[..., Any]


async def _nowhere(connector: int, topic: str, payload: bytes) -> None:
    raise ConnectionError


def post(locks: Locks, key: str, body: bytes, wait: str = "0") -> tuple[int, dict[str, Any]]:
    """One request at the plain ASGI address."""
    sent: list[Any] = []
    given = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        return given.pop() if given else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "path": f"/locks/{key}/messages",
        "method": "POST",
        "query_string": f"wait={wait}".encode(),
        "headers": [],
    }
    asyncio.run(locks.posted(scope, receive, send))
    return sent[0]["status"], orjson.loads(sent[1]["body"])


@pytest.mark.django_db(transaction=True)
def test_a_box_talks_http(person: Person) -> None:
    rita = person("rita")
    during = clock.now() - timedelta(minutes=1), clock.now() + timedelta(hours=1)
    town = built(keep_court(), rita, who_is(rita))
    box = Box(town.controller.key, bytes.fromhex(town.secret), 3, clock.now)
    grant = acts.wish_grant(NODE, town.compartments[0].id, during, "staff", account=rita.pk)
    locks = Locks(_nowhere)
    try:
        for _ in range(2):
            body = orjson.dumps({"messages": box.out})
            box.out.clear()
            status, said = post(locks, box.key, body)
            assert status == 200
            for message in said["messages"]:
                box.hear(message)
        assert Grant.objects.get(id=grant.id).state == "installed"
        for wrong, code in (
            (body, "lock.nothing-new"),
            (b"{}", "lock.not-readable"),
            (b"x", "lock.not-readable"),
        ):
            with pytest.raises(Refusal, match=code):
                post(locks, box.key, wrong)
        box.say_state()
        with pytest.raises(Refusal, match=r"lock\.forged"):
            post(locks, "other-box", orjson.dumps({"messages": box.out}))
    finally:
        locks.outbox.close()


@pytest.mark.django_db(transaction=True)
def test_a_box_talks_mqtt_by_its_own_connection_only(person: Person) -> None:
    from smilecity.things.models import Connector

    rita = person("rita")
    town = built(keep_court(), rita, who_is(rita))
    ours, other = (
        Connector.objects.create(
            kind="json", name=name, address="mqtts://broker.example", topic="smile/locks/+/reports"
        )
        for name in ("ours", "other")
    )
    acts.keep_controller(
        NODE, town.place.noun_id, town.controller.key, "Sportbox", transport="mqtt", connector=ours.id
    )
    box = Box(town.controller.key, bytes.fromhex(town.secret), 3, clock.now)
    told: list[tuple[int, str, bytes]] = []

    async def publish(connector: int, topic: str, payload: bytes) -> None:
        told.append((connector, topic, payload))

    async def talk() -> None:
        topic = f"smile/locks/{box.key}/reports"
        assert not await locks.take(ours.id, "sensors/1", b"{}")
        with pytest.raises(Refusal, match=r"lock\.forged"):
            await locks.take(other.id, topic, orjson.dumps(box.out[-1]))
        assert await locks.take(ours.id, topic, orjson.dumps(box.out[-1]))
        await locks.outbox.ask(acts.ask_lock, NODE, town.compartments[0].id)
        running = asyncio.create_task(locks.outbox.run())
        async with asyncio.timeout(20):
            while not told:
                await asyncio.sleep(0.01)
        running.cancel()

    locks = Locks(publish)
    try:
        asyncio.run(talk())
    finally:
        locks.outbox.close()
    ((connector, topic, payload),) = told
    assert (connector, topic) == (ours.id, f"smile/locks/{box.key}/commands")
    box.hear(orjson.loads(payload))
    assert box.out[-2]["kind"] == "done"
