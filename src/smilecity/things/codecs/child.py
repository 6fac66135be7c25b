# SPDX-License-Identifier: EUPL-1.2
"""The process in which vendors' scripts run. Started by `lane` as a file; imports nothing else of ours.

Reads requests from stdin, answers each on stdout in the same order, and ends when stdin ends. A request is
HEADER, then the script (only when the slot gets a new one), then the input as JSON. An answer is ANSWER and
a text. It imports the engine's extension module alone: the package around it would double the memory.
"""

from __future__ import annotations

import importlib
import os
import re
import resource
import signal
import struct
import sys
from typing import Any

HEADER = struct.Struct("<IIHH")  # bytes of script, bytes of input, slot, which function
ANSWER = struct.Struct("<IB")  # bytes of text, outcome
READY, JSON, TIMEOUT, MEMORY, THREW, NO_FUNCTION, NOT_JSON, TOO_BIG = range(8)

CPU_SECONDS = 0.1  # of one call; the parent's deadline is what binds where the engine cannot be interrupted
ORPHAN_CPU_SECONDS = 5.0  # of one call; ends this process even if the parent is no more
MEMORY_BYTES = 24 << 20  # of one context
STACK_BYTES = 1 << 20
PROCESS_BYTES = 320 << 20
ANSWER_CHARACTERS = 256 << 10
CALLS_PER_CONTEXT = 5000
CONTEXTS_BYTES = 96 << 20  # resident; above it all contexts are thrown away and built again when needed

# A script that may reach any object gets a context for each call. One that writes to built-in objects by name
# (vendors replace `Object.assign`, or extend `String.prototype`) has those it names restored after each call.
# What this misses is met by the quick check after every call and by the end of a context after its calls.
_BUILTIN = (
    r"\b(?:Object|Function|Array|String|Number|Boolean|Date|RegExp|Math|JSON|Map|Set|WeakMap|WeakSet|Symbol"
    r"|Promise|BigInt|Reflect|DataView|ArrayBuffer|U?[Ii]nt(?:8|16|32)(?:Clamped)?Array|Float(?:32|64)Array"
    r"|(?:Type|Range|Syntax|Reference|Eval|URI)?Error)\b"
)
NAMES_BUILTIN = re.compile(_BUILTIN)
REACHES_ANYTHING = re.compile(
    r"\b(?:setPrototypeOf|__proto__|__define[GS]etter__|globalThis|eval)\b|\bFunction\s*\("
)
WRITES_BUILTINS = re.compile(
    r"\b(?:defineProperty|defineProperties)\b"
    r"|\bObject\s*\.\s*assign\s*\(\s*" + _BUILTIN + "|" + _BUILTIN + r"(?:\s*\.\s*prototype)?"
    r"\s*(?:\.\s*\w+|\[[^\]]*\])\s*(?:\+\+|--|[-+*/%|&^]?=(?!=))"
)


class Slot:
    """One script and, while it is warm, the context in which it is compiled."""

    def __init__(self, script: str) -> None:
        self.script = script
        self.run: Any = None
        self.calls = 0
        self.limit = 1 if REACHES_ANYTHING.search(script) else CALLS_PER_CONTEXT
        writes = self.limit > 1 and WRITES_BUILTINS.search(script)
        self.restored = ",".join(sorted(set(NAMES_BUILTIN.findall(script)))) if writes else ""


def harness_source() -> str:
    """The script around the scripts."""
    with open(
        os.path.join(os.path.dirname(os.path.abspath(__file__)), "harness.js"), encoding="utf-8"
    ) as file:
        return file.read()


def build(engine: Any, harness: str, slot: Slot) -> Any:
    """A context with its limits, and the script compiled in it."""
    context = engine.Context()
    context.set_memory_limit(MEMORY_BYTES)
    context.set_max_stack_size(STACK_BYTES)
    context.set_time_limit(CPU_SECONDS)
    return context.eval(harness)(slot.script, slot.restored)


def outcome_of(problem: Exception) -> tuple[int, str]:
    """The engine's own errors. With no memory left it cannot even name the error: then it says null."""
    told = str(problem).split("\n    at ")[0].strip()
    if told.startswith("InternalError: interrupted"):
        return TIMEOUT, ""
    if isinstance(problem, MemoryError) or told.split("\n")[0] in (
        "null",
        "",
        "InternalError: out of memory",
    ):
        return MEMORY, ""
    return THREW, told[:500]


def marked(text: Any) -> tuple[int, str]:
    """The outcome by the mark that harness.js put before its text."""
    if not isinstance(text, str) or text[:1] == "#":
        return NOT_JSON, ""
    if text[:1] == "!":
        return THREW, text[1:]
    if text[:1] == "?":
        return NO_FUNCTION, ""
    if len(text) > ANSWER_CHARACTERS:
        return TOO_BIG, ""
    return JSON, text


def answer(engine: Any, harness: str, slot: Slot, which: int, body: str) -> tuple[int, str]:
    """Run one function of one script."""
    try:
        if slot.run is None:
            slot.calls = 0
            slot.run = build(engine, harness, slot)
        text = slot.run(which, body)
    except (engine.JSException, MemoryError, ValueError) as problem:
        slot.run = None  # after an error of the engine nothing in the context is to be trusted
        return outcome_of(problem)
    slot.calls += 1
    stale = isinstance(text, str) and text[:1] in ("~", "!")
    if stale or slot.calls >= slot.limit:
        slot.run = None
    return marked(text[1:] if stale and text[0] == "~" else text)


def send(outcome: int, text: str) -> None:
    """Write one answer, however long it is."""
    body = text.encode("utf-8", "replace")
    rest = memoryview(ANSWER.pack(len(body), outcome) + body)
    while rest:
        rest = rest[os.write(1, rest) :]


def confine() -> None:
    """Whatever may go wrong in native code: no new files, no big files, no core dumps, bounded memory."""
    for limit, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 8),
        (resource.RLIMIT_AS, PROCESS_BYTES),
    ):
        hard = resource.getrlimit(limit)[1]
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (allowed, allowed))


def resident_bytes(statm: int) -> int:
    """What this process holds of the machine's memory now."""
    return int(os.pread(statm, 100, 0).split()[1]) * resource.getpagesize()


def main() -> None:
    """Serve until stdin ends. The folder of the engine's module is the only argument."""
    sys.path.append(sys.argv[1])
    engine = importlib.import_module("_quickjs")

    harness = harness_source()
    read = sys.stdin.buffer.read
    statm = os.open("/proc/self/statm", os.O_RDONLY) if os.path.exists("/proc/self/statm") else -1
    confine()
    slots: dict[int, Slot] = {}
    send(READY, "")
    served = 0
    while len(header := read(HEADER.size)) == HEADER.size:
        script_bytes, body_bytes, number, which = HEADER.unpack(header)
        if script_bytes:
            slots[number] = Slot(read(script_bytes).decode("utf-8", "replace"))
        body = read(body_bytes).decode("utf-8", "replace")
        signal.setitimer(signal.ITIMER_PROF, ORPHAN_CPU_SECONDS)
        send(*answer(engine, harness, slots[number], which, body))
        served += 1
        if served % 256 == 0 and statm >= 0 and resident_bytes(statm) > CONTEXTS_BYTES:
            for slot in slots.values():
                slot.run = None


if __name__ == "__main__":
    main()
