# SPDX-License-Identifier: EUPL-1.2
"""$batch: each part answered by itself, a change set whole or not at all, and nothing lost over a part at fault."""

import asyncio
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, Who
from smilecity.things.api import multipart, parts, references
from smilecity.things.api.calls import Call, Reply
from smilecity.things.models import ObservedProperty, Sensor
from smilecity.things.rules.bodies import KINDS
from tests.things.observing_stage import BASE, serving
from tests.things.stage import ask, stream

KEEPER = Who(label="key/1", scopes=frozenset({"things"}))
SENSOR = {"name": "S", "description": "d", "encodingType": "text/html", "metadata": "m"}
PROPERTY = {"name": "P", "definition": "urn:p", "description": "d"}
UNIT = {"name": "degree Celsius", "symbol": "°C", "definition": "ucum:Cel"}


def batch(url: str, body: Any, media: str = "application/json", who: Who = KEEPER) -> Reply:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def send() -> Reply:
        async with serving(url) as service:
            call = Call("POST", "/$batch", body=raw, headers={"content-type": media}, who=who, base=BASE)
            try:
                return await service.app.reply(call)
            except Refusal as refusal:
                return Reply.of(refusal)

    return asyncio.run(send())


def answers(url: str, *requests: Any, who: Who = KEEPER) -> list[dict[str, Any]]:
    reply = batch(url, {"requests": list(requests)}, who=who)
    assert reply.status == 200, reply.body
    said: list[dict[str, Any]] = json.loads(reply.body)["responses"]
    return said


def request(name: str, method: str, url: str, body: Any = None, **more: Any) -> dict[str, Any]:
    return {"id": name, "method": method, "url": url, **({"body": body} if body is not None else {}), **more}


def test_each_part_has_its_answer_in_order(database_url: str) -> None:
    ds = stream().id
    first, second, third, fourth = answers(
        database_url,
        request("1", "post", "Sensors", SENSOR),
        request("2", "GET", f"/sensorthings/v1.1/Datastreams({ds})?$select=name"),
        request("3", "GET", f"{BASE}/Datastreams({ds})/name"),
        request("4", "POST", f"Datastreams({ds})/Observations", {"result": 5}),
    )
    assert (first["id"], first["status"]) == ("1", 201)
    assert first["headers"]["location"] == f"{BASE}/Sensors({first['body']['@iot.id']})"
    assert (second["status"], second["body"]) == (200, {"name": "people"})
    assert (third["status"], third["body"]) == (200, {"name": "people"})
    assert fourth["status"] == 201
    assert ask(database_url, "SELECT result FROM things_observation WHERE datastream_id = %s", ds) == [(5.0,)]


def test_a_part_at_fault_is_named_and_nothing_else_is_lost(database_url: str) -> None:
    wrong = [
        "no object",
        {"id": "b"},
        request("c", "FETCH", "Things"),
        request("d", "GET", "Thinks"),
        request("e", "GET", "Things?$filter=("),
        request("f", "POST", "$batch", {"requests": []}),
        request("g", "GET", "https://elsewhere.example/sensorthings/v1.1/Things"),
        request("h", "GET", "$unknown/Datastreams"),
        request("i", "GET", "Things", dependsOn=["nobody"]),
        request("j", "GET", "Things", headers=["a"]),
        request("k", "GET", "Things\0"),
        {"method": "GET", "url": "Things"},
        request("d", "GET", "Things"),
    ]
    said = answers(database_url, *wrong, request("last", "POST", "Sensors", SENSOR))
    assert [one["status"] // 100 for one in said] == [4] * len(wrong) + [2]
    assert all(one["body"]["code"] and one["body"]["title"] for one in said[:-1])
    assert said[1]["body"]["field"] == "requests[1].method"
    assert Sensor.objects.filter(name="S").count() == 1


def test_what_one_part_made_another_speaks_of(database_url: str) -> None:
    datastream = {
        "name": "t",
        "description": "d",
        "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        "unitOfMeasurement": UNIT,
        "Sensor": {"@iot.id": "$sensor"},
        "ObservedProperty": {"@iot.id": "$property"},
    }
    made = answers(
        database_url,
        request("thing", "POST", "Things", {"name": "T", "description": "$thing is a text here"}),
        request("sensor", "POST", "Sensors", SENSOR, atomicityGroup="all"),
        request("property", "POST", "ObservedProperties", PROPERTY, atomicityGroup="all"),
        request("stream", "POST", "$thing/Datastreams", datastream, atomicityGroup="all"),
        request("value", "POST", "Datastreams($stream)/Observations", {"result": 3}, dependsOn=["all"]),
        request("read", "GET", "$stream?$select=name&$expand=Sensor($select=name)"),
    )
    assert [one["status"] for one in made] == [201, 201, 201, 201, 201, 200], made
    assert made[-1]["body"] == {"name": "t", "Sensor": {"name": "S"}}


def test_a_change_set_is_done_whole_or_not_at_all(database_url: str) -> None:
    good = request("a", "POST", "Sensors", SENSOR, atomicityGroup="g")
    bad = request("b", "POST", "ObservedProperties", {"name": "P"}, atomicityGroup="g")
    behind = request("c", "POST", "ObservedProperties", PROPERTY, atomicityGroup="g")
    dependent = request("d", "POST", "Sensors", SENSOR, dependsOn=["g"])
    alone = request("e", "POST", "ObservedProperties", PROPERTY)
    said = answers(database_url, good, bad, behind, dependent, alone)
    assert [one["status"] // 100 for one in said] == [4, 4, 4, 4, 2]
    assert [said[n]["body"]["code"] for n in (0, 2, 3)] == ["batch.undone", "batch.undone", "batch.depends"]
    assert said[1]["body"]["code"] != "batch.undone"
    assert not Sensor.objects.exists()
    assert ObservedProperty.objects.count() == 1


def test_a_change_set_only_writes(database_url: str) -> None:
    said = answers(
        database_url,
        request("a", "POST", "Sensors", SENSOR, atomicityGroup="g"),
        request("b", "GET", "Sensors", atomicityGroup="g"),
    )
    assert [one["body"]["code"] for one in said] == ["batch.undone", "batch.malformed"]
    assert not Sensor.objects.exists()


def test_each_part_needs_the_right(database_url: str) -> None:
    said = answers(
        database_url,
        request("a", "POST", "Sensors", SENSOR),
        request("b", "GET", "Sensors"),
        request("c", "POST", "Sensors", SENSOR, atomicityGroup="g", headers={"Authorization": "Bearer x"}),
        who=ANYONE,
    )
    assert [one["status"] for one in said] == [401, 200, 401]
    assert not Sensor.objects.exists()


def test_what_nobody_expected_is_one_parts_failure(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smilecity.things.api import reading

    original = reading.reply

    async def fails(service: Any, call: Call) -> Reply:
        if call.path == "/Things":
            raise ZeroDivisionError
        return await original(service, call)

    monkeypatch.setattr(reading, "reply", fails)
    said = answers(database_url, request("a", "GET", "Things"), request("b", "GET", "Sensors"))
    assert [one["status"] for one in said] == [500, 200]
    assert "ZeroDivision" not in json.dumps(said)


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"requests": 5}', "application/json", 400),
        (json.dumps({"requests": [{}] * 1001}).encode(), "application/json", 413),
        (b"x", "multipart/mixed", 400),
        (b"x", "multipart/mixed; boundary=b", 400),
        (b"--b\r\n\r\n" * 1002, "multipart/mixed; boundary=b", 413),
        (b"x", "text/plain", 415),
    ],
)
def test_what_is_no_batch_is_refused_whole(database_url: str, body: bytes, media: str, status: int) -> None:
    assert batch(database_url, body, media).status == status


def http(line: str, body: Any = None, name: str = "") -> str:
    head = "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"
    head += f"Content-ID: {name}\r\n" if name else ""
    said = "" if body is None else f"Content-Type: application/json\r\n\r\n{json.dumps(body)}"
    return f"{head}\r\n{line}\r\n{said}\r\n"


def mixed(boundary: str, *sections: str) -> str:
    return "".join(f"--{boundary}\r\n{one}\r\n" for one in sections) + f"--{boundary}--\r\n"


def test_a_multipart_batch_with_a_change_set(database_url: str) -> None:
    ds = stream().id
    inner = mixed(
        "in", http("POST Sensors HTTP/1.1", SENSOR, "1"), http("POST ObservedProperties HTTP/1.1", PROPERTY)
    )
    failing = mixed(
        "no", http("POST Sensors HTTP/1.1", {**SENSOR, "name": "never"}), http("POST Sensors HTTP/1.1", {})
    )
    body = mixed(
        "out",
        http(f"GET /sensorthings/v1.1/Datastreams({ds})?$select=name HTTP/1.1", name="g"),
        f"Content-Type: multipart/mixed; boundary=in\r\n\r\n{inner}",
        f"Content-Type: multipart/mixed; boundary=no\r\n\r\n{failing}",
        http("GIVE Things HTTP/1.1"),
        http("GET $1?$select=name HTTP/1.1"),
    )
    reply = batch(database_url, body.encode(), "multipart/mixed; boundary=out")
    assert reply.status == 200, reply.body
    text = reply.body.decode()
    assert re.findall(r"HTTP/1.1 (\d+)", text)[:3] == ["200", "201", "201"]
    assert [code[0] for code in re.findall(r"HTTP/1.1 (\d+)", text)[3:]] == ["4", "4", "2"]
    assert text.count("multipart/mixed") == 1  # the change set that was done; the other has one answer
    assert "Content-ID: g" in text and '{"name":"S"}' in text
    assert not Sensor.objects.filter(name="never").exists()


def test_a_part_that_broke_off_is_not_done(database_url: str) -> None:
    body = mixed("out", http("POST Sensors HTTP/1.1", SENSOR)).replace("--out--", "")
    reply = batch(database_url, body.encode(), "multipart/mixed; boundary=out")
    assert re.findall(r"HTTP/1.1 (\d+)", reply.body.decode()) == ["400"]
    assert not Sensor.objects.exists()


@given(
    st.binary(max_size=300),
    st.lists(
        st.sampled_from(
            [
                b"--b",
                b"\r\n",
                b"--b--",
                b"Content-Type: ",
                b"application/http",
                b"multipart/mixed; boundary=b",
                b"GET Things HTTP/1.1",
                b"\n",
                b" ",
            ]
        ),
        max_size=30,
    ),
)
def test_any_multipart_is_read_or_refused(noise: bytes, pieces: list[bytes]) -> None:
    for body in (noise, b"".join(pieces), noise + b"".join(pieces)):
        try:
            found = multipart.read(body, "b")
        except Refusal:
            continue
        assert all(part.fault or part.method in parts.METHODS for part in found)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.text(max_size=8)
    | st.sampled_from(["GET", "$1", "Things"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "method", "url", "body", "headers", "dependsOn", "atomicityGroup"]), inner
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_json_is_read_or_refused(said: Any) -> None:
    for body in (said, {"requests": said}, {"requests": [said, said]}):
        try:
            found = parts.read(json.dumps(body).encode())
        except Refusal:
            continue
        assert all(part.fault or (part.id and part.url and part.method in parts.METHODS) for part in found)


@given(st.text(max_size=40))
def test_any_address_is_below_the_service_or_refused(url: str) -> None:
    try:
        path, query = references.address(url, BASE)
    except Refusal:
        return
    assert path.startswith("/") and query.isascii()


def test_kinds_are_known_by_the_names_in_locations() -> None:
    made = references.Made(BASE)
    for kind in KINDS.values():
        made.keep(kind.name, Reply(201, headers=[(b"location", f"{BASE}/{kind.plural}(7)".encode())]))
        assert made.put_into(Call("GET", f"/${kind.name}/x")).path == f"/{kind.plural}(7)/x"
