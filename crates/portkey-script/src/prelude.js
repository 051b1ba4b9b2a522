// What a script finds: `portkey`, whose functions the host answers, `console`, and the language without clocks and chance.
// The value is what the engine's host holds of it.
(send, mostCalls, mostLogged) => {
  "use strict";
  const { parse, stringify } = JSON;
  const { assign, create, defineProperty, freeze } = Object;
  const { construct } = Reflect;
  const isArray = Array.isArray;
  const GivenDate = Date;

  const missing = (what, instead) => () => {
    throw new Error(`${what} is not there in a script; ${instead}`);
  };
  const noClock = "give the times that it needs as text";
  function ScriptDate(...given) {
    if (new.target === undefined || given.length === 0) missing("the clock", noClock)();
    return construct(GivenDate, given, new.target);
  }
  ScriptDate.prototype = GivenDate.prototype;
  defineProperty(GivenDate.prototype, "constructor", { value: ScriptDate });
  assign(ScriptDate, { UTC: GivenDate.UTC, parse: GivenDate.parse, now: missing("Date.now", noClock) });
  Math.random = missing("Math.random", "the same script always does the same");

  const waiting = new Map();
  let calls = 0;
  const call = (name) => (given = {}) => {
    // Made here, so that it knows the place of the call.
    const failure = new Error();
    if (typeof given !== "object" || given === null || isArray(given)) {
      throw new TypeError(`portkey.${name} takes one object, which holds the arguments by name`);
    }
    if (calls >= mostCalls) throw new RangeError(`a script may make ${mostCalls} calls`);
    const text = stringify(given);
    const id = calls++;
    return new Promise((resolve, reject) => {
      send(id, name, text);
      waiting.set(id, { resolve, reject, failure });
    });
  };
  const settle = (id, ok, text) => {
    const { resolve, reject, failure } = waiting.get(id);
    waiting.delete(id);
    try {
      const value = parse(text);
      ok ? resolve(value) : reject(assign(failure, value));
    } catch (thrown) {
      reject(thrown);
    }
  };

  const functions = create(null);
  const portkey = new Proxy(freeze(create(null)), {
    get: (_, name) => {
      // A promise that resolves to `portkey`, and JSON, ask for these.
      if (typeof name !== "string" || name === "then" || name === "toJSON") return undefined;
      return (functions[name] ??= call(name));
    },
  });

  const log = [];
  let logged = 0;
  const shown = (value) => (typeof value === "string" ? value : stringify(value) ?? String(value));
  const write = (...values) => {
    const line = values.map(shown).join(" ").slice(0, mostLogged - logged);
    if (line === "") return;
    logged += line.length;
    log.push(line);
  };
  const console = freeze({ log: write, info: write, warn: write, error: write, debug: write });

  for (const name of ["Proxy", "eval"]) delete globalThis[name];
  for (const [name, value] of [["Date", ScriptDate], ["portkey", portkey], ["console", console]]) {
    defineProperty(globalThis, name, { value, writable: false, configurable: false, enumerable: false });
  }

  const describe = (thrown) => {
    if (!(thrown instanceof Error)) return [`threw ${shown(thrown)}`, ""];
    const message = String(thrown.message);
    const name = String(thrown.name);
    return [name === "Error" ? message : `${name}: ${message}`, String(thrown.stack)];
  };
  let ended = null;
  const fail = (thrown) => {
    try {
      ended = [false, ...describe(thrown)];
    } catch {
      ended = [false, "threw what cannot be shown", ""];
    }
  };
  const finish = (value) => {
    try {
      ended = [true, stringify(value) ?? "", ""];
    } catch (thrown) {
      fail(thrown);
    }
  };
  return freeze({
    settle,
    start: (body) => void Promise.resolve(body()).then(finish, fail),
    isWaiting: () => waiting.size > 0,
    ended: () => ended && stringify(ended),
    log: () => stringify(log),
  });
}
