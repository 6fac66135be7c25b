# SPDX-License-Identifier: EUPL-1.2
"""What Node answers, we answer."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import time
from pathlib import Path

import orjson
import pytest

from smilecity.things.codecs import Codec, CodecFailed, Function, SandboxNow
from smilecity.things.codecs.checking import Report, import_folder, same

from .codec_scripts import INPUTS, TRICKY, random_script, whole, write_codec

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="needs Node")

RUNNER = """
const vm = require("vm");
const jobs = JSON.parse(require("fs").readFileSync(0, "utf8"));
const answers = jobs.map(({ script, input }) => {
  const context = vm.createContext({ console: { log() {} }, given: JSON.stringify(input) });
  const call = `
;(function () { const input = JSON.parse(given);
  if (typeof input.recvTime === "string") input.recvTime = new Date(input.recvTime);
  return JSON.stringify(decodeUplink(input)); })()`;
  try { return vm.runInContext(script + call, context); } catch (problem) { return null; }
});
process.stdout.write(JSON.stringify(answers));
"""


def by_node(jobs: list[dict[str, object]]) -> list[object]:
    """The JSON that Node answers, parsed; None where the script throws."""
    run = subprocess.run(
        [str(NODE), "-e", RUNNER],
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        env={"TZ": "UTC"},
        timeout=120,
        check=True,
    )
    return [None if answer is None else orjson.loads(answer) for answer in json.loads(run.stdout)]


def test_every_vector_that_node_passes_passes_here() -> None:
    jobs = [{"script": whole(s), "input": given} for s in TRICKY.values() for given in INPUTS]
    names = [(name, n) for name in TRICKY for n in range(len(INPUTS))]
    calls = [(Codec.of(j["script"]), Function.DECODE_UPLINK, orjson.dumps(j["input"])) for j in jobs]
    with SandboxNow() as sandbox:
        ours = sandbox.outputs(calls)
        again = sandbox.outputs(calls)  # warm: nothing of the first round may show
    for name, theirs, first, second in zip(names, by_node(jobs), ours, again, strict=True):
        if theirs is None:
            assert isinstance(first, CodecFailed) and first.code == "codec.threw", name
            assert isinstance(second, CodecFailed) and second.code == "codec.threw", name
        else:
            assert same(theirs, first), name
            assert same(theirs, second), name


def test_a_folder_of_tricky_codecs_passes_its_check(tmp_path: Path) -> None:
    jobs = [{"script": whole(script), "input": given} for script in TRICKY.values() for given in INPUTS]
    answers = iter(by_node(jobs))
    written = 0
    for name, script in TRICKY.items():
        examples = [
            (given, out) for given, out in zip(INPUTS, answers, strict=False) if isinstance(out, dict)
        ]
        if examples:
            write_codec(tmp_path, "tricky", name, whole(script), examples)
            written += 1
    report = Report()
    for step in import_folder(tmp_path):
        report.add(step)
    assert report.failures == [] and report.broken == []
    assert report.codecs == report.sound == written > 35
    assert report.examples == report.passed > 100


@pytest.mark.trial
@pytest.mark.timeout(300)
def test_four_hundred_scripts_in_under_thirty_seconds(tmp_path: Path) -> None:
    random_ = random.Random(400)
    jobs, places = [], []
    for n in range(400):
        script = random_script(random_)
        for _ in range(random_.randint(2, 6)):
            given = {
                "fPort": random_.randint(1, 223),
                "bytes": list(random_.randbytes(random_.randint(4, 51))),
            }
            jobs.append({"script": script, "input": given})
            places.append(n)
    answers = by_node(jobs)
    for n in range(400):
        mine = [at for at, place in enumerate(places) if place == n]
        examples = [(jobs[at]["input"], answers[at]) for at in mine]
        write_codec(tmp_path, f"vendor-{n // 4}", f"device-{n}", str(jobs[mine[0]]["script"]), examples)  # type: ignore[arg-type]
    report = Report()
    began = time.perf_counter()
    for step in import_folder(tmp_path):
        report.add(step)
    took = time.perf_counter() - began
    print(f"\n400 scripts, {report.examples} examples: {took:.1f} s")
    assert (report.codecs, report.sound, report.passed) == (400, 400, len(jobs)), report.failures[:5]
    assert took < 30
