# SPDX-License-Identifier: EUPL-1.2

"""Whatever a script does: an error within 0.4 s, and the next message is decoded."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable

import pytest

from smilecity.things.codecs import Codec, CodecFailed, Sandbox, SandboxNow
from smilecity.things.codecs.answers import Decoded

BOUND = 0.4
SLACK = 0.4  # a busy machine's; the bound itself is held on an idle one

GOOD = Codec.of("function decodeUplink(input) { return { data: { first: input.bytes[0] } }; }")

TIME = {
    "endless loop": "for (;;);",
    "endless loop that catches": "for (;;) { try { for (;;); } catch (e) {} finally { for (;;); } }",
    "catastrophic expression": "/(a+)+$/.test('a'.repeat(40) + 'b')",
    "catastrophic expression, long text": "/(x+x+)+y/.test('x'.repeat(5000))",
    "join of nothing": "Array(1e9).join('x')",
    "reverse of nothing": "Array.prototype.reverse.call({ length: 2 ** 53 - 1 })",
    "sort of nothing": "Array.prototype.sort.call({ length: 2 ** 53 - 1 })",
    "sort for ever": "let a = []; for (let i = 0; i < 1e5; i++) a.push(Math.sin(i)); for (;;) a.sort((x, y) => x - y)",
    "search in native code": "let s = 'a'.repeat(5e6), t = 'a'.repeat(2e6) + 'b'; s.indexOf(t)",
    "fill in native code": "for (;;) new Uint8Array(1e7).fill(1)",
    "bigint": "let x = 3n ** 100000n; for (;;) x = (x * x) % (x + 1n)",
    "getter in the answer": "return { data: { get a() { for (;;); } } }",
    "proxy as the answer": "return { data: new Proxy({}, { ownKeys() { for (;;); } }) }",
    "toJSON in the answer": "return { data: { toJSON() { for (;;); } } }",
    "text of the thrown": "throw { toString() { for (;;); } }",
    "name of the thrown": "const e = new Error('x'); Object.defineProperty(e, 'name', { get() { for (;;); } }); throw e",
}
# One of each sort; the others are for `make trial`.
EVERY_DAY = {
    "endless loop that catches",
    "catastrophic expression",
    "join of nothing",
    "fill in native code",
    "proxy as the answer",
    "text of the thrown",
}
MEMORY = {
    "arrays": "let a = []; for (;;) a.push(new Array(1e6))",
    "filled arrays": "let a = []; for (;;) a.push(new Array(1e6).fill(1))",
    "text of half a gigabyte": "'x'.repeat(2 ** 29)",
    "doubled text": "let s = 'x'; for (;;) s += s",
    "array doubled": "let a = [1]; for (;;) a = a.concat(a)",
    "huge buffer": "new Uint8Array(1e9)",
    "spread of an endless generator": "[...function* () { for (;;) yield 1 }()]",
    "nested objects": "let p = {}; for (let i = 0; i < 3e6; i++) p = { p }; return p",
    "proxies": "let p = {}; for (let i = 0; i < 1e6; i++) p = new Proxy(p, {}); return p.x",
    "nested JSON": "JSON.parse('['.repeat(1e7))",
    "bigint power": "(2n ** 100000n) ** (2n ** 100000n)",
    "recursion": "function f() { return f() + 1 } f()",
    "answer nested too deep": "let a = {}; for (let i = 0; i < 5000; i++) a = { a }; return { data: a }",
    "answer nested deep for JSON": "let a = {}; for (let i = 0; i < 1500; i++) a = { a }; return { data: a }",
    "answer too long": "return { data: { a: 'x'.repeat(1e6) } }",
    "promise": "return Promise.resolve({ data: {} })",
    "microtasks": "Promise.resolve().then(function f() { return Promise.resolve().then(f) })",
    "not JSON": "return { data: undefined }",
    "nothing": "",
    "a function": "return decodeUplink",
}


async def refusal(call: Awaitable[object]) -> tuple[str, float]:
    began = time.perf_counter()
    with pytest.raises(CodecFailed) as caught:
        await call
    return caught.value.code, time.perf_counter() - began


def run(test: Callable[[Sandbox], Awaitable[None]]) -> None:
    async def within() -> None:
        with Sandbox() as sandbox:
            await sandbox.decode_uplink(GOOD, 1, b"\x01")
            await test(sandbox)

    asyncio.run(within())


def codec(body: str) -> Codec:
    return Codec.of("function decodeUplink(input) {" + body + "\n}")


@pytest.mark.parametrize(
    "name", [one if one in EVERY_DAY else pytest.param(one, marks=pytest.mark.trial) for one in TIME]
)
def test_what_takes_too_long_is_stopped_in_time(name: str) -> None:
    async def test(sandbox: Sandbox) -> None:
        for _ in range(2):  # the second time it is a suspect
            code, took = await refusal(sandbox.decode_uplink(codec(TIME[name]), 1, b"\x01"))
            assert code in ("codec.timeout", "codec.memory"), name
            assert took < BOUND + SLACK
            assert (await sandbox.decode_uplink(GOOD, 1, b"\x07")).data == {"first": 7}

    run(test)


def test_what_asks_for_too_much_is_refused() -> None:
    async def test(sandbox: Sandbox) -> None:
        for name, body in MEMORY.items():
            code, took = await refusal(sandbox.decode_uplink(codec(body), 1, b"\x01"))
            assert code != "codec.crashed", name
            assert took < BOUND + SLACK, name
            assert (await sandbox.decode_uplink(GOOD, 1, b"\x07")).data == {"first": 7}, name

    run(test)


def test_a_script_that_loops_while_it_is_loaded() -> None:
    async def test(sandbox: Sandbox) -> None:
        for script in ("for (;;);", "const x = Array(1e9).join('x'); function decodeUplink() {}"):
            code, took = await refusal(sandbox.decode_uplink(Codec.of(script), 1, b"\x01"))
            assert code == "codec.timeout"
            assert took < BOUND + SLACK

    run(test)


def test_a_hundred_offences_at_once_each_end_in_time_and_hold_nobody_up() -> None:
    bad = codec(TIME["join of nothing"])

    async def test(sandbox: Sandbox) -> None:
        began = time.perf_counter()
        offences = [asyncio.create_task(refusal(sandbox.decode_uplink(bad, 1, b"\x01"))) for _ in range(100)]
        others = [asyncio.create_task(sandbox.decode_uplink(GOOD, 1, bytes([n]))) for n in range(100)]
        assert [(await other).data["first"] for other in others] == list(range(100))
        assert time.perf_counter() - began < BOUND + SLACK
        for code, took in await asyncio.gather(*offences):
            assert code == "codec.timeout"
            assert took < BOUND + SLACK
        # Known by now: it no longer shares a child with the others.
        offence = asyncio.create_task(refusal(sandbox.decode_uplink(bad, 1, b"\x01")))
        await asyncio.sleep(0.01)
        began = time.perf_counter()
        await sandbox.decode_uplink(GOOD, 1, b"\x01")
        assert time.perf_counter() - began < 0.1
        await offence

    run(test)


def test_a_killed_child_loses_nothing() -> None:
    slow = codec(
        "let n = 0; for (let i = 0; i < 2e5; i++) n += i; return { data: { first: input.bytes[0] } };"
    )

    async def test(sandbox: Sandbox) -> None:
        for _ in range(3):
            calls = [asyncio.create_task(sandbox.decode_uplink(slow, 1, bytes([n]))) for n in range(20)]
            await asyncio.sleep(0.03)
            for pid in sandbox.pids:
                os.kill(pid, signal.SIGKILL)
            for n, call in enumerate(calls):
                try:
                    assert (await call).data == {"first": n}
                except CodecFailed as problem:  # the suspect waits at most for its patience
                    assert problem.code == "codec.timeout"
            assert (await sandbox.decode_uplink(GOOD, 1, b"\x07")).data == {"first": 7}

    run(test)


def test_a_stopped_child_is_replaced() -> None:
    async def test(sandbox: Sandbox) -> None:
        os.kill(sandbox.pids[0], signal.SIGSTOP)
        code, took = await refusal(sandbox.decode_uplink(GOOD, 1, b"\x01"))
        assert code == "codec.timeout"
        assert took < BOUND + SLACK
        assert (await once_it_is_up(sandbox)).data == {"first": 7}

    run(test)


async def once_it_is_up(sandbox: Sandbox) -> Decoded:
    """On a busy machine the new child may need longer to start than one call may take."""
    for _ in range(4):
        try:
            return await sandbox.decode_uplink(GOOD, 1, b"\x07")
        except CodecFailed as failed:
            assert failed.code == "codec.timeout"
    return await sandbox.decode_uplink(GOOD, 1, b"\x07")


def test_a_call_that_is_given_up_does_not_shift_the_answers() -> None:
    async def test(sandbox: Sandbox) -> None:
        calls = [asyncio.create_task(sandbox.decode_uplink(GOOD, 1, bytes([n]))) for n in range(50)]
        await asyncio.sleep(0)
        for call in calls[::3]:
            call.cancel()
        for n, call in enumerate(calls):
            if n % 3:
                assert (await call).data == {"first": n}

    run(test)


def test_more_codecs_than_fit_take_turns() -> None:
    many = [codec(f"return {{ data: {{ n: {n} }} }}") for n in range(130)]

    async def test(sandbox: Sandbox) -> None:
        for _ in range(2):
            answers = await asyncio.gather(*(sandbox.decode_uplink(one, 1, b"") for one in many))
            assert [answer.data["n"] for answer in answers] == list(range(130))

    run(test)


def test_no_child_before_the_first_codec_and_none_after_the_end() -> None:
    async def test() -> None:
        sandbox = Sandbox()
        assert sandbox.pids == ()
        await sandbox.decode_uplink(GOOD, 1, b"\x01")
        (pid,) = sandbox.pids
        sandbox.close()
        assert sandbox.pids == ()
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    asyncio.run(test())


def test_each_refusal_has_its_code_and_the_vendors_words() -> None:
    cases = {
        "throw new RangeError('frame 7')": ("codec.threw", "RangeError: frame 7"),
        "throw 'x'.repeat(5000)": ("codec.threw", "xxx"),
        "return { errors: ['no such port', 'really'] }": ("codec.errors", "no such port; really"),
        "return { data: 5 }": ("codec.not-json", ""),
        "let a = 1; let a = 2": ("codec.threw", "SyntaxError"),
    }
    with SandboxNow() as sandbox:
        for body, (code, told) in cases.items():
            with pytest.raises(CodecFailed) as caught:
                sandbox.decode_now(codec(body), 1, b"\x01")
            assert caught.value.code == code
            assert told in caught.value.told
            assert len(caught.value.told) <= 300
            assert caught.value.problem()["status"] == 422
        for script, code in (
            ("var x = 1;", "codec.no-function"),
            ("", "codec.no-function"),
            ("x" * (2 << 20), "codec.too-big"),
        ):
            with pytest.raises(CodecFailed) as caught:
                sandbox.decode_now(Codec.of(script), 1, b"\x01")
            assert caught.value.code == code
