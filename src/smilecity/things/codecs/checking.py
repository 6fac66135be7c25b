# SPDX-License-Identifier: EUPL-1.2
"""Holding codecs to their own examples, and a folder of them to a report."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import orjson

from smilecity.core.problems import Refusal
from smilecity.things.codecs.answers import CodecFailed, Function, input_of
from smilecity.things.codecs.folder import BrokenFile, Example, FoundCodec, read_vendor, vendors
from smilecity.things.codecs.sandbox import Call, SandboxNow

READERS = 2
READERS_FROM = 40  # vendors; below that the processes cost more than they bring
SHOWN = 120
ROUNDING = 1e-15  # the standard leaves the last bits of sin, pow or cbrt to the engine, and Node's differ


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """One example against the script; `reason` is empty if they agree."""

    function: Function
    description: str
    reason: str = ""

    @property
    def passed(self) -> bool:
        """Whether they agree."""
        return not self.reason


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an import. `done` of `total` vendors are through; `codec` is checked or `broken` named."""

    done: int
    total: int
    codec: FoundCodec | None = None
    results: tuple[ExampleResult, ...] = ()
    broken: BrokenFile | None = None

    @property
    def sound(self) -> bool:
        """The codec may be used: it does what its vendor says (or its vendor gives no example)."""
        return self.codec is not None and all(result.passed for result in self.results)


@dataclass
class Report:
    """The sum of the steps. `failures`: vendor/codec, which function, which example, why."""

    codecs: int = 0
    sound: int = 0
    without_examples: int = 0
    devices: int = 0
    examples: int = 0
    passed: int = 0
    failures: list[tuple[str, str, str, str]] = field(default_factory=list)
    broken: list[BrokenFile] = field(default_factory=list)

    def add(self, step: Step) -> None:
        """Count one more step."""
        if step.broken is not None:
            self.broken.append(step.broken)
        if step.codec is None:
            return
        self.codecs += 1
        self.sound += step.sound
        self.without_examples += not step.results
        self.devices += len({model for model, _ in step.codec.devices})
        self.examples += len(step.results)
        self.passed += Counter(result.passed for result in step.results)[True]
        address = f"{step.codec.vendor}/{step.codec.name}"
        for result in step.results:
            if not result.passed:
                self.failures.append(
                    (address, result.function.script_name, result.description, result.reason)
                )


def import_folder(path: Path) -> Iterator[Step]:
    """Read and check every codec below `path`, step by step; the caller stores what it wants.

    Call it from a thread without an event loop. It raises only if `path` is no such folder; whatever is wrong
    inside is told in the steps. The last step of a vendor has `done` raised by one and may carry no codec.
    """
    root = path.resolve()
    if not root.is_dir():
        raise Refusal("codec.no-folder", f"{path} is not a folder.")
    found = vendors(root)
    with SandboxNow() as sandbox:
        for done, items in enumerate(read_all(root, found), start=1):
            codecs = [item for item in items if isinstance(item, FoundCodec)]
            for codec, results in zip(codecs, check_all(codecs, sandbox), strict=True):
                yield Step(done - 1, len(found), codec, tuple(results))
            for item in items:
                if isinstance(item, BrokenFile):
                    yield Step(done - 1, len(found), broken=item)
            yield Step(done, len(found))


def read_all(root: Path, found: Sequence[Path]) -> Iterator[list[FoundCodec | BrokenFile]]:
    """The YAML takes most of the time, so a big folder is read by several processes, in order."""
    if len(found) < READERS_FROM:
        for path in found:
            yield list(read_vendor(root, path))
        return
    with ProcessPoolExecutor(READERS, mp_context=get_context("forkserver")) as pool:
        yield from pool.map(_read_one, [(root, path) for path in found], chunksize=4)


def _read_one(job: tuple[Path, Path]) -> list[FoundCodec | BrokenFile]:
    return list(read_vendor(*job))


def check(found: FoundCodec, sandbox: SandboxNow) -> list[ExampleResult]:
    """Every example of this codec, in order."""
    return check_all([found], sandbox)[0]


def check_all(found: Sequence[FoundCodec], sandbox: SandboxNow) -> list[list[ExampleResult]]:
    """`check` for many at once: their scripts run side by side."""
    plan: list[tuple[int, Example, Mapping[str, Any]]] = []
    calls: list[Call] = []
    results: list[list[ExampleResult]] = [[] for _ in found]
    for at, codec in enumerate(found):
        for example in codec.examples:
            for function, given, expected in runs_of(example):
                plan.append((at, Example(function, example.description, given, expected), expected))
                calls.append((codec.scripts[example.function], function, given_bytes(given)))
    for (at, example, expected), output in zip(plan, sandbox.outputs(calls), strict=True):
        reason = difference(example.function, expected, output)
        results[at].append(ExampleResult(example.function, example.description, reason))
    return results


def runs_of(example: Example) -> Iterator[tuple[Function, Mapping[str, Any], Mapping[str, Any]]]:
    """The calls one example asks for, each with its input and expected output."""
    yield example.function, example.input, example.output
    if example.normalized is not None and "data" in example.output:
        yield Function.NORMALIZE_UPLINK, {"data": example.output["data"]}, example.normalized


def given_bytes(given: Mapping[str, Any]) -> bytes:
    """The example's input as JSON."""
    try:
        return input_of(given)
    except Refusal:
        return b"null"  # makes the script fail, which is then the result


def difference(function: Function, expected: Mapping[str, Any], output: Any) -> str:
    """Why the output is not the expected one; empty if it is. Absent warnings and errors are empty ones."""
    if isinstance(output, CodecFailed):
        return str(output.sentence)
    if not isinstance(output, dict):
        return "the answer is no object"
    for name in ("errors", "warnings"):
        if not same(expected.get(name) or [], output.get(name) or []):
            return told(name, expected.get(name), output.get(name))
    names = ("bytes", "fPort") if function == Function.ENCODE_DOWNLINK else ("data",)
    for name in names:
        if name not in expected and (expected.get("errors") or name == "fPort"):
            continue
        wanted, got = expected.get(name), output.get(name)
        if function == Function.NORMALIZE_UPLINK:  # one set of measurements may stand without its list
            wanted, got = ([v] if isinstance(v, dict) else v for v in (wanted, got))
        if not same(wanted, got):
            return told(name, wanted, got)
    return ""


def same(wanted: Any, got: Any) -> bool:
    """Deep equality as JSON has it: keys in any order, true is not 1, NaN is null."""
    if isinstance(wanted, dict):
        return (
            isinstance(got, dict)
            and len(wanted) == len(got)
            and all(str(key) in got and same(value, got[str(key)]) for key, value in wanted.items())
        )
    if isinstance(wanted, list):
        return isinstance(got, list) and len(wanted) == len(got) and all(map(same, wanted, got))
    if isinstance(wanted, float) and not math.isfinite(wanted):
        return got is None
    if isinstance(wanted, int) and abs(wanted) > 2**1000:
        return False
    if isinstance(wanted, bool) or isinstance(got, bool):
        return wanted is got
    if isinstance(wanted, int | float) and isinstance(got, int | float):
        return wanted == got or (isinstance(got, float) and math.isclose(wanted, got, rel_tol=ROUNDING))
    return bool(wanted == got)


def told(name: str, wanted: Any, got: Any) -> str:
    """The first place where the two part, so that a person finds it."""
    path = name
    while isinstance(wanted, dict) and isinstance(got, dict):
        keys = [
            k for k in {**wanted, **got} if k not in wanted or k not in got or not same(wanted[k], got[k])
        ]
        if not keys:
            break
        path, wanted, got = f"{path}.{keys[0]}", wanted.get(keys[0]), got.get(keys[0])
    return f"{path}: expected {shown(wanted)}, got {shown(got)}"


def shown(value: Any) -> str:
    """A value as JSON, cut to a bound."""
    text = orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
