# SPDX-License-Identifier: EUPL-1.2
# ruff: noqa: E501 - scripts are read best unbroken
"""One device's message leaves no trace in the next one's."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from smilecity.things.codecs import Codec, CodecFailed, Sandbox, SandboxNow

LEAKS = {
    "top-level variable": "var n = 0;\nfunction decodeUplink() { return { data: { n: ++n } }; }",
    "undeclared variable": "function decodeUplink() { if (typeof n === 'undefined') n = 0; return { data: { n: ++n } }; }",
    "property of this": "function decodeUplink() { this.n = (this.n || 0) + 1; return { data: { n: this.n } }; }",
    "property of globalThis": "function decodeUplink() { globalThis.n = (globalThis.n || 0) + 1; return { data: { n } }; }",
    "static field": "class A { static n = 0; }\nfunction decodeUplink() { return { data: { n: ++A.n } }; }",
    "property of the function": "function decodeUplink() { decodeUplink.n = (decodeUplink.n || 0) + 1; return { data: { n: decodeUplink.n } }; }",
    "String.prototype": "function decodeUplink() { String.prototype.n = (''.n || 0) + 1; return { data: { n: ''.n } }; }",
    "Object.prototype by an alias": "function decodeUplink() { var P = ({}).constructor.prototype; P.n = (P.n || 0) + 1; return { data: { n: P.n } }; }",
    "Array.prototype by an alias": "function decodeUplink() { var P = Object.getPrototypeOf([]); P.n = (P.n || 0) + 1; return { data: { n: P.n } }; }",
    "__proto__": "function decodeUplink() { ({}).__proto__.n = (({}).n || 0) + 1; return { data: { n: ({}).n } }; }",
    "Math": "function decodeUplink() { Math.n = (Math.n || 0) + 1; return { data: { n: Math.n } }; }",
    "a replaced built-in": "function decodeUplink() { var old = Math.round; Math.round = function (x) { return old(x) + 1; }; return { data: { n: Math.round(0) } }; }",
    "a replaced global": "function decodeUplink() { var old = parseInt; parseInt = function (x) { return old(x) + 1; }; return { data: { n: parseInt('0') } }; }",
    "defineProperty": "function decodeUplink() { var n = ([].n || 0) + 1; Object.defineProperty(Array.prototype, 'n', { value: n }); return { data: { n: [].n } }; }",
    "module": "function decodeUplink() { module.n = (module.n || 0) + 1; exports.n = module.n; return { data: { n: exports.n } }; }",
    "console": "function decodeUplink() { console.n = (console.n || 0) + 1; return { data: { n: console.n } }; }",
    "left behind before throwing": "function decodeUplink(input) { var n = (typeof left === 'number' ? left : 0) + 1; left = n; if (input.fPort === 2) throw 1; return { data: { n: n } }; }",
    "a last index": "var R = /a/g;\nfunction decodeUplink() { R.test('aa'); return { data: { n: R.lastIndex } }; }",
    "a memory of messages": "var all = [];\nfunction decodeUplink(input) { all.push(input); return { data: { n: all.length } }; }",
}


@pytest.mark.parametrize("name", LEAKS)
def test_a_message_leaves_no_trace_in_the_next(name: str) -> None:
    codec = Codec.of(LEAKS[name])
    with SandboxNow() as sandbox:
        for turn in range(5):
            if turn == 3:
                with pytest.raises(CodecFailed):
                    sandbox.decode_now(codec, 2, b"\x01") if "throw" in LEAKS[name] else sandbox.decode_now(
                        Codec.of("x"), 2, b""
                    )
            assert sandbox.decode_now(codec, 1, b"\x01").data == {"n": 1}, turn


def test_codecs_do_not_see_each_other() -> None:
    one = Codec.of("function decodeUplink() { String.prototype.x = 1; leaked = 1; return { data: {} }; }")
    two = Codec.of("function decodeUplink() { return { data: { a: typeof leaked, b: typeof ''.x } }; }")

    async def test() -> None:
        with Sandbox() as sandbox:
            await asyncio.gather(*(sandbox.decode_uplink(one, 1, b"") for _ in range(9)))
            assert (await sandbox.decode_uplink(two, 1, b"")).data == {"a": "undefined", "b": "undefined"}

    asyncio.run(test())


def test_there_is_nothing_to_reach_outside() -> None:
    names = ("require", "process", "std", "os", "fetch", "XMLHttpRequest", "WebAssembly", "setTimeout")
    script = (
        "function decodeUplink() { return { data: {" + ",".join(f"{n}: typeof {n}" for n in names) + "} }; }"
    )
    with SandboxNow() as sandbox:
        assert set(sandbox.decode_now(Codec.of(script), 1, b"").data.values()) == {"undefined"}


def test_the_input_is_as_the_network_servers_give_it() -> None:
    script = """function decodeUplink(input) { return { data: {
        array: Array.isArray(input.bytes), bytes: input.bytes, port: input.fPort,
        date: input.recvTime instanceof Date, time: input.recvTime, keys: Object.keys(input) }, warnings: ["w"] }; }"""
    codec = Codec.of(script)
    at = datetime(2026, 3, 29, 3, 0, 0, 123456, timezone(timedelta(hours=2)))
    with SandboxNow() as sandbox:
        full = sandbox.decode_now(codec, 7, b"\x00\xff", at)
        assert full.data == {
            "array": True,
            "bytes": [0, 255],
            "port": 7,
            "date": True,
            "time": "2026-03-29T01:00:00.123Z",
            "keys": ["bytes", "fPort", "recvTime"],
        }
        assert full.warnings == ("w",)
        naive = sandbox.decode_now(codec, 7, b"", at.astimezone(UTC).replace(tzinfo=None))
        assert naive.data["time"] == "2026-03-29T01:00:00.123Z"
        assert sandbox.decode_now(codec, 7, b"").data["keys"] == ["bytes", "fPort"]


def test_the_other_functions() -> None:
    codec = Codec.of("""
        function normalizeUplink(input) { return { data: { air: { temperature: input.data.t } } }; }
        function encodeDownlink(input) { return { fPort: 3, bytes: [input.data.on ? 1 : 0, 255], warnings: ["w"] }; }
        function decodeDownlink(input) { return { data: { on: input.bytes[0] === 1 } }; }""")
    wrong = Codec.of("function encodeDownlink(input) { return input.data; }")

    async def test() -> None:
        with Sandbox() as sandbox:
            assert (await sandbox.normalize_uplink(codec, {"t": 21.5})).data == (
                {"air": {"temperature": 21.5}},
            )
            sent = await sandbox.encode_downlink(codec, {"on": True})
            assert (sent.f_port, sent.payload, sent.warnings) == (3, b"\x01\xff", ("w",))
            assert (await sandbox.decode_downlink(codec, 3, sent.payload)).data == {"on": True}
            for data in ({"bytes": [256]}, {"bytes": "ab"}, {"bytes": 5}, {}, {"bytes": [1], "fPort": 0}):
                with pytest.raises(CodecFailed, match=r"codec\.not-json"):
                    await sandbox.encode_downlink(wrong, data)

    asyncio.run(test())


@pytest.mark.parametrize(
    "script",
    [
        "function Decoder(bytes, port) { return { a: bytes[0], p: port }; }",
        "function Decode(fPort, bytes) { return { a: bytes[0], p: fPort }; }",
        "exports.decodeUplink = function (i) { return { data: { a: i.bytes[0], p: i.fPort } }; };",
        "module.exports = { decodeUplink: (i) => ({ data: { a: i.bytes[0], p: i.fPort } }) };",
        "\ufefffunction decodeUplink(i) { return { data: { a: i.bytes[0], p: i.fPort } }; }",
        "let module = 1, exports = 2; function decodeUplink(i) { return { data: { a: i.bytes[0], p: i.fPort } }; }",
        "decodeUplink = function (i) { return { data: { a: i.bytes[0], p: i.fPort } }; };",
    ],
)
def test_older_forms_still_run(script: str) -> None:
    with SandboxNow() as sandbox:
        for _ in range(3):
            assert sandbox.decode_now(Codec.of(script), 9, b"\x05").data == {"a": 5, "p": 9}
