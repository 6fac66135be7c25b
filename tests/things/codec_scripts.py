# SPDX-License-Identifier: EUPL-1.2
# ruff: noqa: E501 - scripts are read best unbroken
"""Scripts in the ways vendors write them, and random ones, as folders in the device repository's layout."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from pathlib import Path

# Each is the body of `decodeUplink(input)` unless it says `function decodeUplink` itself.
TRICKY: dict[str, str] = {
    "bits": "var b=input.bytes; return {data:{a:b[0]<<24, b:(b[0]<<24)>>>0, c:~b[1], d:b[1]<<24>>24, e:b[0]>>>1^b[2]}};",
    "dataview": "var v=new DataView(Uint8Array.from(input.bytes).buffer); return {data:{f:v.getFloat32(0), g:v.getInt16(2,true), h:v.getFloat64(0)}};",
    "typed": "return {data:{a:Array.from(new Int16Array(new Uint8Array(input.bytes.slice(0,8)).buffer)), b:new Uint8Array(input.bytes), f:new Float32Array([0.1])[0]}};",
    "clamped": "return {data:{c:Array.from(Uint8ClampedArray.of(300,-5,1.5,2.5))}};",
    "regex": "var s=input.bytes.map(function(b){return ('0'+b.toString(16)).slice(-2)}).join(''); return {data:{s:s, m:s.match(/(..)(..)/).slice(1), r:s.replace(/0/g,'.'), n:/(?<x>\\d+)/.exec('ab12').groups.x, l:'a1b2'.replace(/(?<=[a-z])\\d/g,'#')}};",
    "date": "var d=new Date(input.recvTime.getTime()+1500); return {data:{i:d.toISOString(), d:d, y:d.getFullYear(), h:d.getHours(), z:d.getTimezoneOffset(), u:Date.UTC(2024,1,29)/1000, s:input.recvTime instanceof Date, t:String(d)}};",
    "date-parse": "return {data:{a:Date.parse('2024-02-30T00:00:00Z'), b:new Date('2024-03-01').getTime(), c:new Date(NaN), e:new Date(0).toUTCString()}};",
    "template": "const n=input.bytes.length; return {data:{t:`n=${n} ${n>3?`big ${n*2}`:'small'}`, r:String.raw`\\n${1}`}};",
    "classes": "class P{#v=1; static make(b){return new this(b)} constructor(b){this.b=b} get sum(){return this.b.reduce((a,c)=>a+c,this.#v)}} class Q extends P{get sum(){return super.sum*2}} return {data:{q:Q.make(input.bytes).sum}};",
    "generators": "function* tlv(b){let i=0; while(i<b.length){yield [b[i],b[i+1]]; i+=2}} return {data:Object.fromEntries([...tlv(input.bytes)].map(([k,v])=>['k'+k,v??null]))};",
    "fixed": "return {data:{a:(1.005).toFixed(2), b:Number((0.1+0.2).toFixed(10)), c:(1e21).toFixed(2), d:(25).toString(2), e:(255.5).toString(16), f:(0.000001234).toPrecision(2), g:(123456).toExponential(1), h:(-1.5).toFixed(0), i:(2.5).toFixed(0)}};",
    "numbers": "return {data:{a:0.1+0.2, b:1/3, c:1e21, d:1e-7, e:123456789012345680000, f:-0, g:5e-324, h:Math.round(-2.5), i:Math.fround(5.5), j:2**53, k:1.7976931348623157e308, l:100/3*3}};",
    "parse": "return {data:{a:parseFloat('3.14abc'), b:parseInt('0x1f'), c:parseInt('08'), d:parseInt('12px',10), e:Number(''), f:+'1e3', g:isNaN(parseFloat('x'))}};",
    "bigint": "let v=0n; for(const b of input.bytes) v=(v<<8n)|BigInt(b); return {data:{s:v.toString(), n:Number(v & 0xffffffffn), i:BigInt.asIntN(8, 255n).toString()}};",
    "undefined": "return {data:{a:undefined, b:null, c:NaN, d:Infinity, e:[undefined,function(){}], f:function(){}, g:Symbol('x'), h:input.bytes[99]}};",
    "no-warnings": "return {data:{}, warnings:[], errors:[], extra:1};",
    "sloppy": "count = 0; for (i = 0; i < input.bytes.length; i++) { count += input.bytes[i]; } return {data:{count: count}};",
    "strict": "'use strict'; const {bytes, fPort, ...rest} = input; return {data:{n:bytes.length, fPort, rest:Object.keys(rest)}};",
    "legacy": "function Decoder(bytes, port) { var decoded = {}; decoded.first = bytes[0]; decoded.port = port; return decoded; }\nfunction Decode(fPort, bytes) { return Decoder(bytes, fPort); }\nfunction decodeUplink(input) { return { data: Decoder(input.bytes, input.fPort) }; }",
    "extends": "String.prototype.pad = function (n) { var s = this; while (s.length < n) s = '0' + s; return s; };\nArray.prototype.last = function () { return this[this.length - 1]; };\nfunction decodeUplink(input) { return { data: { a: '7'.pad(3), l: input.bytes.last() } }; }",
    "assign": "Object.defineProperty(Object, 'assign', { enumerable: false, configurable: true, writable: true, value: function (t) { for (var i = 1; i < arguments.length; i++) for (var k in arguments[i]) t[k] = arguments[i][k]; return t; } });\nfunction decodeUplink(input) { return { data: Object.assign({ a: 1 }, { b: input.fPort }) }; }",
    "commonjs": "function decodeUplink(input) { return { data: { ok: true } }; }\nif (typeof module !== 'undefined' && module.exports) { module.exports = { decodeUplink: decodeUplink }; }",
    "arrow": "const decodeUplink = (input) => ({ data: { sum: input.bytes.reduce((a, b) => a + b, 0) } });",
    "expression": "var decodeUplink = function (input) { return { data: { a: arguments.length } }; };",
    "comment-end": "function decodeUplink(input) { return { data: { ok: 1 } }; } // the end",
    "console": "console.log('x', input); return {data:{t: typeof console.log}};",
    "this": "var self = this === undefined ? 'u' : typeof this; return {data:{self: self}};",
    "prototype": "function Reader(b) { this.b = b; this.i = 0; }\nReader.prototype.u8 = function () { return this.b[this.i++]; };\nReader.prototype.toString = function () { return 'R' + this.i; };\nfunction decodeUplink(input) { var r = new Reader(input.bytes); r.u8(); return { data: { s: '' + r, v: r.u8() } }; }",
    "labels": "outer: for (var i=0;i<3;i++){ for (var j=0;j<3;j++){ if (j==1) continue outer; if (i==2) break outer; } } return {data:{i:i,j:j}};",
    "switch": "switch(input.fPort){case 1: case 2: return {data:{p:'low'}}; case 10: {let x=5; return {data:{x}}} default: return {data:{p:'other'}}}",
    "getter": "return {data:{get a(){return 5}, toJSON(){return {z:this.a}}}};",
    "maps": "const m=new Map(input.bytes.map((b,i)=>[i,b])); const s=new Set(input.bytes); return {data:{m:[...m.entries()], s:[...s].length, o:m}};",
    "sorting": "return {data:{a:[10,9,1,2].sort(), b:[3,1,2].sort((x,y)=>y-x), f:[1,[2,[3]]].flat(2), i:input.bytes.includes(3), l:[1,2,3].at(-1), e:Object.entries({b:1,a:2})}};",
    "strings": "return {data:{a:'ä€😀'.length, b:[...'ä€😀'].length, c:'x'.padStart(3,'0'), d:String.fromCharCode.apply(null,input.bytes), e:decodeURIComponent(escape('\\xc3\\xa4')), f:'abc'.substr(-2,1), g:'A-B'.split('-'), h:encodeURIComponent('ä&')}};",
    "key-order": "return {data:{z:1, 10:1, a:2, 9:3, '01':4}};",
    "throws": "throw new Error('no such frame');",
    "throws-text": "throw 'just text';",
    "try": "try { null.x } catch (e) { return {data:{n:e.name, t: e instanceof TypeError}} } finally { var z = 1; }",
    "errors": "return {errors:['unknown FPort']};",
    "optional": "const o={a:{b:0}}; return {data:{x:o?.c?.d ?? 'none', y:o.a.b||7, z:o.a?.['b']}};",
    "iso-hex": "return {data:{hex:Array.from(input.bytes,(b)=>b.toString(16).padStart(2,'0').toUpperCase()).join(' '), bin:input.bytes[0].toString(2).padStart(8,'0').split('').reverse()}};",
    "float16": "function h(u){var s=(u&0x8000)>>15,e=(u&0x7c00)>>10,f=u&0x3ff; return (s?-1:1)*(e===0?Math.pow(2,-14)*(f/1024):e===31?(f?NaN:Infinity):Math.pow(2,e-15)*(1+f/1024));} return {data:{v:h(input.bytes[0]<<8|input.bytes[1]), l:Math.log10(input.bytes[1]+1), p:Math.pow(10,0.3), s:Math.sin(1), e:Math.exp(1.1), c:Math.cbrt(2)}};",
}  # fmt: skip

INPUTS = (
    {"fPort": 1, "bytes": [1, 2, 3, 4, 5, 6, 7, 8], "recvTime": "2024-02-29T12:34:56.789Z"},
    {"fPort": 10, "bytes": [255, 128, 0, 127, 64, 12, 200, 33, 9], "recvTime": "2026-06-30T23:59:59.000Z"},
    {"fPort": 223, "bytes": [193, 72, 245, 195, 0, 0, 1, 44, 7, 7], "recvTime": "1999-12-31T00:00:00.001Z"},
)


def whole(script: str) -> str:
    return script if "decodeUplink" in script else "function decodeUplink(input) {\n" + script + "\n}"


def random_script(random_: random.Random) -> str:
    """A decoder of a random row of fields, in one of the styles of the wild."""
    fields = [
        (
            f"field_{n}",
            random_.choice(("u8", "i8", "u16", "i16", "u32", "bit")),
            random_.choice((1, 2, 10, 100, 1000)),
        )
        for n in range(random_.randint(3, 25))
    ]
    style = random_.randrange(3)
    table = json.dumps(fields)
    readers = """
function read(bytes, at, kind) {
  switch (kind) {
    case "u8": return [bytes[at], 1];
    case "i8": return [bytes[at] << 24 >> 24, 1];
    case "u16": return [(bytes[at] << 8) | bytes[at + 1], 2];
    case "i16": return [((bytes[at] << 8) | bytes[at + 1]) << 16 >> 16, 2];
    case "u32": return [(bytes[at] * 16777216) + ((bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]), 4];
    default: return [(bytes[at] & 1) === 1, 1];
  }
}
"""
    filler = "\n".join(
        f"function unused_{n}(a, b) {{ var t = []; for (var k = 0; k < a; k++) {{ t.push(k * {n} + b); }} return t.join('-'); }}"
        for n in range(random_.randint(5, 150))
    )
    loop = {
        0: "for (i = 0; i < FIELDS.length; i++) { f = FIELDS[i];",
        1: "for (const f of FIELDS) {",
        2: "FIELDS.forEach(function (f) {",
    }[style]
    end = "})" if style == 2 else "}"
    return f"""var FIELDS = {table};
{readers}
{filler}
function decodeUplink(input) {{
  var data = {{ port: input.fPort }}, at = 0, warnings = [];
  {loop}
    if (at < input.bytes.length) {{
      var got = read(input.bytes, at, f[1]);
      data[f[0]] = typeof got[0] === "number" ? got[0] / f[2] : got[0];
      at += got[1];
    }} else if (warnings.length === 0) warnings.push(`missing ${{f[0]}}`);
  {end}
  data.text = Object.keys(data).join("|").toUpperCase();
  data.rounded = Number((data.field_0 * 1.1).toFixed(3));
  return {{ data: data, warnings: warnings }};
}}
"""


def write_codec(
    folder: Path, vendor: str, name: str, script: str, examples: Iterable[tuple[dict, dict]]
) -> None:
    """One device with one codec; JSON is YAML."""
    within = folder / "vendor" / vendor
    within.mkdir(parents=True, exist_ok=True)
    (within / f"{name}.js").write_text(script, encoding="utf-8")
    device = ["name: Device " + name, "firmwareVersions:", "  - version: '1.0'", "    profiles:"]
    for region in ("EU863-870", "US902-928", "AS923"):
        device += [f"      {region}:", "        id: profile", f"        codec: {name}-codec"]
    (within / f"{name}.yaml").write_text(
        "\n".join(device) + "\nsensors:\n  - temperature\n", encoding="utf-8"
    )
    lines = ["uplinkDecoder:", f"  fileName: {name}.js", "  examples:"]
    for n, (given, output) in enumerate(examples):
        lines += [f"    - description: Example {n}", "      input:", f"        fPort: {given['fPort']}"]
        lines += ["        bytes: [" + ", ".join(f"0x{b:02x}" for b in given["bytes"]) + "]"]
        lines += [f"        recvTime: '{given['recvTime']}'"] if "recvTime" in given else []
        lines += ["      output:", *as_block(output, 8)]
    (within / f"{name}-codec.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def as_block(value: dict, indent: int) -> list[str]:
    """Block style, as most vendors write it."""
    lines = []
    for key, one in value.items():
        pad = " " * indent + json.dumps(key)
        if isinstance(one, dict) and one:
            lines += [pad + ":", *as_block(one, indent + 2)]
        else:
            lines.append(f"{pad}: {json.dumps(one)}")
    return lines
