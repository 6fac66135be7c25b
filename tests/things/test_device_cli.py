# SPDX-License-Identifier: EUPL-1.2
"""Devices replaced, noted, read again and carried away at the command line."""

from pathlib import Path

import pytest

from smilecity.core.problems import Refusal
from smilecity.core.who import NODE
from smilecity.things import actions
from smilecity.things.models import Device, DeviceNote, Thing
from tests.things.stage import EUI, NOON, codec
from tests.things.test_cli import run
from tests.things.test_replay import MINUTE, OTHER, parked, register, values

pytestmark = pytest.mark.django_db


def code(*words: str) -> str:
    said = run(*words)
    assert isinstance(said.exception, Refusal), said.output
    return said.exception.code


def test_what_is_parked_is_read_again() -> None:
    parked({"people": 1})
    parked(b"no json", NOON + MINUTE)
    register()
    assert "1 messages read and stored, 1 cannot be read." in run("replay", "--eui", EUI.lower()).output
    assert "0 messages read and stored, 1 cannot be read." in run("replay", "--undecodable").output
    assert values() == [(NOON, 1)]
    assert code("replay", "--eui", "x") == "device.bad-eui"


def test_a_device_is_replaced_and_noted() -> None:
    register()
    codec("other")
    said = run(
        "device", "replace", EUI, OTHER, "--codec", "smile/other", "--field", "people=count.in", "--at", NOON.isoformat(),
        "--reason", "nass",
    )  # fmt: skip
    assert said.exit_code == 0, said.output
    new = Device.objects.get(active=True)
    assert (new.eui, new.codec.name, new.feeds.get().field) == (OTHER, "other", "count.in")
    assert DeviceNote.objects.get(kind="replaced").at == NOON
    assert run("device", "note", OTHER, "firmware", "2.1").exit_code == 0
    assert Device.objects.get(eui=OTHER).firmware == "2.1"


def test_what_is_typed_wrong_is_refused() -> None:
    register()
    assert code("device", "replace", EUI, OTHER, "--field", "people") == "device.bad-rename"
    assert code("device", "replace", EUI, OTHER, "--at", "soon") == "time.bad-form"
    assert code("device", "replace", EUI, OTHER, "--codec", "a/b") == "codec.unknown"
    assert code("device", "note", EUI, "painted") == "note.bad-kind"
    assert code("import", "/nowhere/at/all") == "register.no-file"
    assert Device.objects.get().active


def test_the_register_goes_into_a_file_and_comes_out_of_it(tmp_path: Path) -> None:
    register()
    file = tmp_path / "register.json"
    assert "1 things with 1 devices" in run("export", str(file)).output
    actions.retire_device(NODE, EUI)
    said = run("import", str(file), "--dry-run").output
    assert f"devices changed: {EUI}" in said and "this was a dry run" in said
    assert not Device.objects.get().active
    assert run("import", str(file)).exit_code == 0
    assert Device.objects.get().active and Thing.objects.count() == 1
    file.write_text("[]")
    assert code("import", str(file)) == "register.wrong-form"
