# SPDX-License-Identifier: EUPL-1.2
"""The register at the command line."""

from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import typer
from typer.testing import CliRunner, Result

from smilecity.core.problems import Refusal
from smilecity.things.cli import add_commands
from smilecity.things.models import Codec, Device, Uplink
from tests.things.stage import EUI, NOON, codec, stream

pytestmark = pytest.mark.django_db

GOOD = """
function decodeUplink(input) { return { data: { people: input.bytes[0] } }; }
"""
DESCRIPTION = """
uplinkDecoder:
  fileName: {name}.js
  examples:
    - description: seven
      input: {{ fPort: 1, bytes: [7] }}
      output: {{ data: {{ people: {people} }} }}
"""


def run(*words: str) -> Result:
    app = typer.Typer()
    app.command("other")(lambda: None)
    add_commands(app, nullcontext)
    return CliRunner().invoke(app, ["things", *words])


def repository(folder: Path, **people: int) -> Path:
    vendor = folder / "vendor" / "smile"
    vendor.mkdir(parents=True)
    for name, number in people.items():
        (vendor / f"{name}.yaml").write_text(DESCRIPTION.format(name=name, people=number))
        (vendor / f"{name}.js").write_text(GOOD)
    return folder


def test_codecs_are_imported_and_reported(tmp_path: Path) -> None:
    said = run("import-codecs", str(repository(tmp_path, right=7)))
    assert said.exit_code == 0, said.output
    assert "1 of 1 examples pass" in said.output
    assert "1 new, 0 changed, 0 as they were." in said.output
    assert Codec.objects.get().script.strip() == GOOD.strip()


def test_a_codec_that_fails_its_own_example_is_not_kept(tmp_path: Path) -> None:
    folder = str(repository(tmp_path, right=7, wrong=8))
    said = run("import-codecs", folder)
    assert said.exit_code == 1
    assert "smile/wrong" in said.output
    assert [one.name for one in Codec.objects.all()] == ["right"]
    assert run("import-codecs", folder, "--allow-failures").exit_code == 0
    assert Codec.objects.count() == 2


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    said = run("import-codecs", str(tmp_path / "nowhere"))
    assert isinstance(said.exception, Refusal)
    assert said.exception.code == "codec.no-folder"


def add(*feeds: str, thing: str = "counter", codec: str = "smile/counter") -> Result:
    words = [word for feed in feeds for word in ("--feed", feed)]
    return run("device", "add", EUI.lower(), "--thing", thing, "--codec", codec, *words)


def test_a_device_is_added_listed_and_retired() -> None:
    stream()
    stream("fill")
    codec()
    said = add("people=people", "dist.mm=fill*-0.05+100")
    assert said.exit_code == 0, said.output
    assert list(Device.objects.get().feeds.order_by("id").values_list("field", "scale", "offset")) == [
        ("people", 1, 0),
        ("dist.mm", -0.05, 100),
    ]
    assert EUI in run("devices").output
    assert run("device", "retire", EUI).exit_code == 0
    assert "retired" in run("devices").output


@pytest.mark.parametrize(
    ("words", "options", "code"),
    [
        (("people=people",), {"thing": "other"}, "thing.unknown"),
        (("people=people",), {"codec": "smile/other"}, "codec.unknown"),
        (("people",), {}, "device.bad-feed"),
        (("people=other",), {}, "device.bad-feed"),
        (("people=people*0",), {}, "device.bad-scale"),
        (("people=people*e",), {}, "device.bad-scale"),
    ],
)
def test_a_wrong_device_is_refused_with_a_cure(
    words: tuple[str, ...], options: dict[str, str], code: str
) -> None:
    stream()
    codec()
    said = add(*words, **options)
    assert isinstance(said.exception, Refusal)
    assert said.exception.code == code


def test_what_is_parked_and_undecodable_is_listed() -> None:
    for state in (Uplink.PARKED, Uplink.UNDECODABLE):
        Uplink.objects.create(
            key=uuid4(),
            eui=EUI,
            received_at=NOON + timedelta(minutes=state),
            f_port=3,
            payload=b"\xca\xfe",
            state=state,
            reason="codec.threw",
        )
    assert EUI in run("parked").output
    assert "cafe" in run("undecodable").output
