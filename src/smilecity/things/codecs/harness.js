// SPDX-License-Identifier: EUPL-1.2
//
// Runs inside the engine, before and around a vendor's script. Evaluates to `load(script, restored)`, which
// answers `run(which, body)`; `restored` names built-ins to be put back after each call. The script is compiled once and executed anew for every call, in a function of its own:
// what it declares begins fresh each time, as it does in a network server, at the price of a few closures.
// What it can still reach are the globals and the built-in objects; `run` looks at both after each call.
//
// `run` answers JSON text, or a text that begins with a mark no JSON begins with:
//   "!" the script threw (its message follows)   "?" there is no such function   "#" the answer is no JSON
//   "~" JSON follows, but the script changed a built-in: this context must not be used again
// The engine's own errors (out of memory, time is up) pass through as exceptions.
(function () {
  "use strict";
  const NAMES = ["decodeUplink", "normalizeUplink", "encodeDownlink", "decodeDownlink"];
  const { parse, stringify } = JSON;
  const { deleteProperty, ownKeys, getOwnPropertyDescriptor, defineProperty } = Reflect;
  const [DateOf, ErrorOf, InternalErrorOf, StringOf] = [Date, Error, InternalError, String];
  const slice = Function.prototype.call.bind(String.prototype.slice);
  const evaluate = eval;
  const scope = globalThis;

  const silent = function () {};
  scope.console = {};
  for (const name of ["log", "info", "warn", "error", "debug", "trace"]) {
    defineProperty(scope.console, name, { value: silent, writable: true, configurable: true });
  }

  // As Node and browsers write it; scripts put such texts into their data.
  for (const name of ["toString", "toTimeString"]) {
    const plain = Date.prototype[name];
    defineProperty(Date.prototype, name, {
      value: { [name]() { return plain.call(this).replace(/GMT\+0000$/, "$& (Coordinated Universal Time)"); } }[name],
    });
  }

  // Hide every global, so that whatever a for-in finds later was left there by the script.
  const names = [], values = [];
  for (const key of ownKeys(scope)) {
    const is = getOwnPropertyDescriptor(scope, key);
    if (is.configurable) defineProperty(scope, key, { enumerable: false });
    if (typeof key === "string" && is.value === is.value) { names.push(key); values.push(is.value); }
  }
  // An assigned property is enumerable and those of built-ins are not. Only where extensions are usual is looked
  // each time: all of them would cost 40 us a call.
  const builtins = [scope.console, Math, JSON, Object, Array, String, Number, Date];
  for (const one of [Object, Function, Array, String, Number, Boolean, Date, RegExp, Error, Uint8Array]) {
    builtins.push(one.prototype);
  }
  const watched = builtins.length;

  // Undeclared variables are common in vendors' scripts and are simply removed.
  function changed() {
    let stale = false;
    for (const key in scope) if (!deleteProperty(scope, key)) stale = true;
    for (let i = 0; i < names.length; i++) if (scope[names[i]] !== values[i]) stale = true;
    for (let i = 0; i < watched; i++) for (const key in builtins[i]) stale = true;
    return stale;
  }

  // What one object has now, and the function that makes it so again.
  function keeper(object) {
    const kept = ownKeys(object), before = [], data = [];
    const known = { __proto__: null };
    for (const key of kept) {
      known[key] = true;
      const is = getOwnPropertyDescriptor(object, key);
      if (is.value === is.value && "value" in is) { data.push(key); before.push(is); }
    }
    return function restore() {
      let whole = true;
      for (let i = 0; i < data.length; i++) {
        if (object[data[i]] !== before[i].value && !defineProperty(object, data[i], before[i])) whole = false;
      }
      const now = ownKeys(object);
      for (let i = 0; now.length !== kept.length && i < now.length; i++) {
        if (!known[now[i]] && !deleteProperty(object, now[i])) whole = false;
      }
      return whole;
    };
  }

  function keepers(restored) {
    const found = [];
    for (const name of restored.split(",")) {
      const value = scope[name];
      if (typeof value !== "function" && (typeof value !== "object" || value === null)) continue;
      found.push(keeper(value));
      if (value.prototype) found.push(keeper(value.prototype));
    }
    return found;
  }

  function pick(found, exported, which) {
    if (typeof found[which] === "function") return found[which];
    if (exported && typeof exported[NAMES[which]] === "function") return exported[NAMES[which]];
    // The older names that network servers still accept.
    const { old } = found;
    if (which === 0 && old[0]) return (input) => ({ data: old[0](input.bytes, input.fPort) });
    if (which === 0 && old[1]) return (input) => ({ data: old[1](input.fPort, input.bytes) });
    if (which === 2 && old[2]) return (input) => ({ bytes: old[2](input.data, 1), fPort: 1 });
    return null;
  }

  const type = (name) => `typeof ${name} === "function" ? ${name} : null`;
  const EPILOGUE = "\n;return {" +
    NAMES.map((name, i) => `${i}: ${type(name)}`).join(",") +
    `,old: {0: ${type("Decoder")}, 1: ${type("Decode")}, 2: ${type("Encoder")}}};`;

  return function load(script, restored) {
    const restorers = keepers(restored);
    const restoring = restorers.length;
    const make = evaluate(
      "(function (module, exports) { return (function () {" + script + EPILOGUE + "}).call(globalThis); })");

    return function run(which, body) {
      try {
        const input = parse(body);
        if (typeof input.recvTime === "string") input.recvTime = new DateOf(input.recvTime);
        const module = { exports: {} };
        const call = pick(make(module, module.exports), module.exports, which);
        const text = call === null ? "?" : stringify(call(input));
        let stale = false;
        for (let i = 0; i < restoring; i++) if (!restorers[i]()) stale = true;
        if (changed() || stale) return "~" + (text === undefined ? "#" : text);
        return text === undefined ? "#" : text;
      } catch (thrown) {
        if (thrown === null || thrown instanceof InternalErrorOf) throw thrown; // null: no memory even for the error
        const told = thrown instanceof ErrorOf ? thrown.name + ": " + thrown.message : StringOf(thrown);
        return "!" + slice(told, 0, 500);
      }
    };
  };
})()
