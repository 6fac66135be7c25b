# SPDX-License-Identifier: EUPL-1.2
# ruff: noqa: E501 - scripts are read best unbroken
"""Folders as vendors leave them: good, odd, broken and hostile."""

from __future__ import annotations

from pathlib import Path

import pytest

from smilecity.core.problems import Refusal
from smilecity.things.codecs import Function
from smilecity.things.codecs.checking import Report, Step, import_folder, same
from smilecity.things.codecs.yaml12 import DescriptionBroken, load
from smilecity.things.demo.devices import CODECS, MODELS

SCRIPT = """
function decodeUplink(input) {
  if (input.fPort === 9) return { errors: ["unknown FPort"] };
  return { data: { on: input.bytes[0], sum: input.bytes.length * 0.5, at: input.recvTime } };
}
function normalizeUplink(input) { return { data: [{ n: input.data.on }] }; }
"""
CODEC = """
uplinkDecoder:
  fileName: a.js
  examples:
    - description: agrees
      input: { fPort: 1, bytes: [0x01, 2] }
      output: { data: { sum: 1.0, on: 1 } }
      normalizedOutput: { data: [ { n: 1 } ] }
    - description: hexadecimal
      input: { fPort: 1, bytes: '0102FF', recvTime: 2020-08-02T20:00:00Z }
      output: { data: { on: 1, sum: 1.5, at: '2020-08-02T20:00:00.000Z' }, warnings: [], errors: null }
    - description: refuses
      input: { fPort: 9, bytes: [1] }
      output: { errors: [unknown FPort] }
    - description: disagrees
      input: { fPort: 1, bytes: [1] }
      output: { data: { on: true, sum: 0.5 } }
    - description: expects a warning
      input: { fPort: 1, bytes: [1] }
      output: { data: { on: 1, sum: 0.5 }, warnings: [low] }
"""
DEVICE = """
name: A
firmwareVersions:
  - version: '1.0'
    profiles: { EU863-870: { id: p, codec: a-codec }, US902-928: { id: p, codec: a-codec } }
  - version: 1.1
    profiles: { EU863-870: { id: p, codec: a-codec } }
"""


def vendor(folder: Path, name: str = "v", **files: str | bytes) -> Path:
    within = folder / "vendor" / name
    within.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        path = within / file.replace("__", ".").replace("_", "-")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return within


def imported(folder: Path) -> tuple[Report, list[Step]]:
    report, steps = Report(), []
    for step in import_folder(folder):
        report.add(step)
        steps.append(step)
    return report, steps


def test_a_codec_is_held_to_its_examples(tmp_path: Path) -> None:
    vendor(tmp_path, a__js=SCRIPT, a_codec__yaml=CODEC, a__yaml=DEVICE)
    report, steps = imported(tmp_path)
    assert (report.codecs, report.sound, report.examples, report.passed) == (1, 0, 6, 4)
    assert report.failures == [
        ("v/a-codec", "decodeUplink", "disagrees", "data.on: expected true, got 1"),
        ("v/a-codec", "decodeUplink", "expects a warning", 'warnings: expected ["low"], got null'),
    ]
    (codec,) = [step.codec for step in steps if step.codec]
    assert codec.devices == (("a", "1.0"), ("a", "1.1"))
    assert codec.script == SCRIPT
    assert set(codec.scripts) == {Function.DECODE_UPLINK}
    assert (steps[-1].done, steps[-1].total) == (1, 1)


def test_the_folder_of_vendors_itself_serves_too(tmp_path: Path) -> None:
    vendor(tmp_path, a__js=SCRIPT, a_codec__yaml=CODEC, a__yaml=DEVICE)
    assert imported(tmp_path / "vendor")[0].codecs == 1
    with pytest.raises(Refusal, match=r"codec\.no-folder"):
        imported(tmp_path / "nowhere")


def test_a_broken_file_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    within = vendor(
        tmp_path,
        a__js=SCRIPT,
        a_codec__yaml=CODEC,
        b_codec__yaml="uplinkDecoder: { fileName: [",
        c_codec__yaml="uplinkDecoder: { fileName: missing.js }",
        d_codec__yaml="uplinkDecoder: { fileName: ../../../secret.js }",
        e_codec__yaml="uplinkDecoder: { fileName: /etc/passwd }",
        f_codec__yaml="uplinkDecoder: { fileName: link.js }",
        g_codec__yaml="uplinkDecoder: { fileName: 5 }",
        h_codec__yaml="uplinkDecoder: { fileName: dir.js }",
        i_codec__yaml="- fileName",
        j_codec__yaml="# fileName\n" + "a: " + "[" * 5000,
        k_codec__yaml="# fileName\n" + "x" * (600 << 10),
        l_codec__yaml="uplinkDecoder: { fileName: a.js, examples: [{input: {bytes: zz}, output: {}}] }",
    )
    (tmp_path.parent / "secret.js").write_text("secret")
    (within / "link.js").symlink_to(tmp_path.parent / "secret.js")
    (within / "dir.js").mkdir()
    (tmp_path / "vendor" / "outside").symlink_to("/etc")
    vendor(tmp_path, "z", a__js=SCRIPT, a_codec__yaml=CODEC)
    report, _ = imported(tmp_path)
    assert report.codecs == 2
    assert [Path(one.path).name[0] for one in report.broken] == list("bijkcdefghl")
    assert all(one.reason and "secret" not in one.reason.replace("secret.js", "") for one in report.broken)


def test_marks_and_encodings_of_other_editors(tmp_path: Path) -> None:
    vendor(
        tmp_path,
        "u8",
        a__js=b"\xef\xbb\xbf" + SCRIPT.encode(),
        a_codec__yaml=b"\xef\xbb\xbf" + CODEC.encode(),
    )
    vendor(tmp_path, "u16", a__js=SCRIPT.encode("utf-16"), a_codec__yaml=CODEC.encode("utf-16"))
    vendor(
        tmp_path,
        "latin",
        a__js=SCRIPT.encode(),
        a_codec__yaml=CODEC.replace("agrees", "grün").encode("latin-1"),
    )
    vendor(tmp_path, "crlf", a__js=SCRIPT.replace("\n", "\r\n"), a_codec__yaml=CODEC.replace("\n", "\r\n"))
    report, _ = imported(tmp_path)
    assert (report.codecs, report.passed, report.broken) == (4, 16, [])


def test_yaml_is_of_version_1_2() -> None:
    text = b"on: off\nyes: no\ntime: 12:30:45\ndate: 2024-01-01\noctal: 010\nhex: 0x1F\nnull: ~\nf: 1e3\n"
    assert load(text) == {
        "on": "off",
        "yes": "no",
        "time": "12:30:45",
        "date": "2024-01-01",
        "octal": 10,
        "hex": 31,
        None: None,
        "f": 1000.0,
    }


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{c}: &{c} [{','.join(['*' + p] * 9)}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)),
        "a: &a [*a]\n",
        "a: " + "{b: " * 200 + "1" + "}" * 200,
        "a: !!python/object/apply:os.system ['true']",
        "a: 1\na: 2\n",
        "just text",
        "a: [1, 2\n",
        "a: \x00\n",
    ],
    ids=["laughs", "itself", "deep", "object", "twice", "text", "open", "zero"],
)  # fmt: skip
def test_a_bomb_or_a_ruin_is_refused(text: str) -> None:
    with pytest.raises(DescriptionBroken):
        load(text.encode())


def test_equality_is_that_of_json() -> None:
    assert same({"a": 1, "b": [1.0, None]}, {"b": [1, None], "a": 1.0})
    assert same(float("nan"), None)
    assert same(1.2599210498948732, 1.2599210498948734)
    for wanted, got in (
        (1, True),
        (False, 0),
        ("1", 1),
        ([1], [1, 2]),
        ({"a": None}, {}),
        (0.1, 0.10001),
        (10**400, 1.5),
        (None, 0),
    ):
        assert not same(wanted, got)


def test_the_demo_codecs_do_what_their_descriptions_say() -> None:
    report, steps = imported(CODECS)
    assert report.failures == []
    assert report.broken == []
    assert report.sound == report.codecs == len(MODELS)
    found = {(s.codec.vendor, d, s.codec.name) for s in steps if s.codec for d, _ in s.codec.devices}
    assert found == set(MODELS)
    assert all(len(step.results) >= 3 for step in steps if step.codec)
