# SPDX-License-Identifier: EUPL-1.2
"""/api/things/devices/<eui>/commands and `smile things command`: other systems tell devices what to do."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import orjson
import pytest
import typer
from django.test import Client
from typer.testing import CliRunner

from smilecity.city.api import document
from smilecity.core.who import NODE
from smilecity.people.actions import make_key, revoke_key
from smilecity.things.cli import add_commands
from smilecity.things.models import Command, Feed
from tests.things.commanding_stage import RING, bell
from tests.things.stage import EUI

pytestmark = pytest.mark.django_db
WAY = f"/api/things/devices/{EUI}/commands"
Ask = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def ask(client: Client) -> Ask:
    """Asks with a key that gives commands, unless another is given."""
    key = make_key(NODE, "lights", ["command"])[1]

    def asked(method: str, path: str = WAY, body: Any = None, *, with_key: str = key, **headers: str) -> Any:
        answer = client.generic(
            method,
            path,
            body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {with_key}", **headers},
        )
        return answer.status_code, answer.json()

    return asked


def give(ask: Ask, data: Any = RING, key: str = "a", **said: Any) -> tuple[int, dict[str, Any]]:
    return ask("POST", WAY, {"data": data, **said}, **{"Idempotency-Key": key})


def test_a_command_is_given_once_shown_and_taken_back(ask: Ask) -> None:
    bell()
    status, made = give(ask, confirmed=True)
    assert (status, made["state"], made["device"], made["wanted"]) == (202, "waiting", EUI, {"data": RING})
    assert give(ask, confirmed=True)[1]["id"] == made["id"]
    assert give(ask, {"ring": 4})[1]["code"] == "command.key-used"
    assert ask("GET", f"{WAY}/{made['id']}") == (200, made)
    assert ask("GET", "/api/things/devices/a8-40-41-ff-fe-00-00-01/commands")[1]["items"] == [made]
    status, gone = ask("DELETE", f"{WAY}/{made['id']}")
    assert (status, gone["state"]) == (200, "withdrawn")
    Command.objects.update(state="sent")
    status, problem = ask("DELETE", f"{WAY}/{made['id']}")
    assert (status, problem["code"]) == (409, "command.too-late")
    assert problem["title"].startswith("This command")  # machines are answered in English


def test_one_keys_idempotency_keys_are_not_anothers(ask: Ask) -> None:
    bell()
    other = make_key(NODE, "bells", ["command"])[1]
    first = give(ask)[1]["id"]
    second = ask("POST", WAY, {"data": {"ring": 9}}, with_key=other, **{"Idempotency-Key": "a"})
    assert second[0] == 202
    assert second[1]["id"] != first


def test_the_list_is_paged_newest_first(ask: Ask) -> None:
    bell()
    ids = [give(ask, key=str(n))[1]["id"] for n in range(5)]
    _, first = ask("GET", f"{WAY}?size=3")
    _, then = ask("GET", f"{WAY}?size=3&after={first['after']}")
    assert [one["id"] for one in first["items"] + then["items"]] == ids[::-1]
    assert then["after"] == ""
    assert ask("GET", f"{WAY}?after=broken")[0] == 400


def test_who_is_not_let_in(ask: Ask, client: Client) -> None:
    bell()
    things = make_key(NODE, "sensors", ["things", "intake"])[1]
    for key, status, code in (
        ("", 401, "key.needed"),
        ("smile_" + "x" * 43, 401, "key.wrong"),
        (things, 403, "key.wrong-scope"),
    ):
        for method, path in (("GET", WAY), ("GET", f"{WAY}/1"), ("DELETE", f"{WAY}/1")):
            answer = ask(method, path, with_key=key)
            assert (answer[0], answer[1]["code"]) == (status, code)
        answer = ask("POST", WAY, {"data": RING}, with_key=key, **{"Idempotency-Key": "a"})
        assert (answer[0], answer[1]["code"]) == (status, code)
    revoke_key(NODE, "lights")
    assert give(ask)[0] == 401
    assert not Command.objects.exists()


def test_being_signed_in_is_no_key(client: Client, person: Any, organisation: Any) -> None:
    bell()
    client.force_login(person("olga", ("operator", organisation("municipality", "Stadt"), None)))
    answer = client.post(WAY, {"data": RING}, "application/json", headers={"Idempotency-Key": "a"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "command.bad-data"),
        ({"data": {}, "bytes": "00", "f_port": 1}, 422, "command.bad-data"),
        ({"bytes": "00"}, 422, "command.bad-data"),
        ({"bytes": "0x", "f_port": 1}, 422, "command.bad-bytes"),
        ({"bytes": "00", "f_port": 1}, 403, "command.not-yours"),
        ({"data": {"ring": "x"}}, 422, "command.not-encoded"),
        ({"data": {"ring": 1, "x": "\0"}}, 422, "command.bad-data"),
        ({"data": [1]}, 422, "request.wrong-input"),
        ({"data": RING, "expires_at": "2020-01-01T00:00:00Z"}, 422, "command.bad-expiry"),
        ({"data": RING, "expires_at": "2026-01-01T00:00:00"}, 422, "request.wrong-input"),
        ({"data": RING, "expects": {"datastream": 1 << 60, "value": 1}}, 422, "request.wrong-input"),
        ({"data": RING, "expects": {"datastream": 5, "value": 1}}, 422, "command.bad-effect"),
        ({"data": RING, "expects": {"datastream": 5, "value": None}}, 422, "command.bad-effect"),
        (b"{", 400, "request.not-readable"),
        (b"\xff", 400, "request.not-readable"),
    ],
)
def test_bad_input_is_refused_with_a_code(ask: Ask, body: Any, status: int, code: str) -> None:
    bell()
    answer = ask("POST", WAY, body, **{"Idempotency-Key": "a"})
    assert (answer[0], answer[1]["code"]) == (status, code)
    assert not Command.objects.exists()


def test_what_is_not_there_is_not_found_and_a_key_of_ones_own_is_needed(ask: Ask) -> None:
    bell()
    assert ask("POST", WAY, {"data": RING})[0] == 422
    for path in (f"{WAY}/1", f"{WAY}/{1 << 70}", f"{WAY}/0"):
        assert ask("GET", path)[1]["code"] == "command.unknown"
    answer = ask("POST", WAY.replace(EUI, "nothing"), {"data": RING}, **{"Idempotency-Key": "a"})
    assert answer[1]["code"] == "device.unknown"
    assert ask("GET", WAY.replace(EUI, "nothing")) == (200, {"items": [], "after": ""})


def test_an_expected_effect_is_kept(ask: Ask) -> None:
    bell()
    expects = {"datastream": Feed.objects.get().datastream_id, "value": True}
    assert give(ask, expects=expects)[1]["expects"] == expects


def test_openapi_describes_it() -> None:
    paths = document()["paths"]
    way = "/api/things/devices/{eui}/commands"
    assert set(paths[way]) == {"get", "post"}
    assert set(paths[f"{way}/{{number}}"]) == {"get", "delete"}
    assert paths[way]["post"]["security"] == [{"key": []}]
    names = {one["name"]: one["required"] for one in paths[way]["post"]["parameters"]}
    assert names == {"eui": True, "Idempotency-Key": True}


def test_at_the_command_line() -> None:
    bell()
    app = typer.Typer()
    app.command("other")(lambda: None)
    add_commands(app, nullcontext)
    said = CliRunner().invoke(app, ["things", "command", EUI, '{"ring": 2}'])
    made = Command.objects.get()
    assert f"Command {made.id} to {EUI} is waiting" in said.output
    assert (made.wanted, made.by) == ({"data": {"ring": 2}}, "node")
    for eui, data, code in ((EUI, "[1]", "command.bad-data"), ("1", "{}", "device.unknown")):
        refused = CliRunner().invoke(app, ["things", "command", eui, data])
        assert code in str(refused.exception)
