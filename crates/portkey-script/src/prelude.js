// What a script finds besides the language: one object whose functions are calls, and a console.
// The host calls this once with what only it can do, and keeps what this returns.
(function (object, send, write) {
    "use strict";
    const { parse, stringify } = JSON;
    const { construct } = Reflect;
    // Calls by their number. No prototype: a script may have changed those that there are.
    const pending = Object.create(null);
    let waits = 0;
    let outcome;

    function call(name, given) {
        const error = new Error();
        return new Promise((resolve, reject) => {
            if (given !== undefined && (given === null || typeof given !== "object" || Array.isArray(given))) {
                throw new TypeError(`${object}.${name} takes its arguments as one object`);
            }
            pending[send(name, stringify(given ?? {}))] = { resolve, reject, error };
            waits += 1;
        });
    }

    const functions = new Proxy(Object.create(null), {
        // A promise that is resolved with this object asks it for `then`.
        get: (_, name) =>
            typeof name === "string" && name !== "then" ? (given) => call(name, given) : undefined,
        set: () => {
            throw new TypeError(`${object} cannot be changed`);
        },
    });

    const absent = (what) => () => {
        throw new TypeError(`a script has no ${what}; tools take spans such as "7d"`);
    };
    const RealDate = Date;
    function NoClock(...given) {
        if (!new.target || given.length === 0) absent("clock")();
        return construct(RealDate, given, new.target);
    }
    Object.defineProperty(NoClock, "name", { value: "Date" });
    NoClock.prototype = RealDate.prototype;
    NoClock.prototype.constructor = NoClock;
    NoClock.parse = RealDate.parse;
    NoClock.UTC = RealDate.UTC;
    NoClock.now = absent("clock");
    globalThis.Date = NoClock;
    Math.random = absent("chance");

    const text = (value) => (typeof value === "string" ? value : stringify(value) ?? String(value));
    const log = (...values) => write(values.map(text).join(" "));
    globalThis.console = { log, info: log, warn: log, error: log, debug: log };
    Object.defineProperty(globalThis, object, { value: functions });

    function thrown(error) {
        if (error instanceof Error) {
            return { message: `${error.name}: ${error.message}`, stack: String(error.stack) };
        }
        return { message: `the script threw ${text(error)}`, stack: "" };
    }

    return {
        start(main) {
            main().then(
                (value) => {
                    outcome = { value: stringify(value) ?? "null" };
                },
                (error) => {
                    outcome = thrown(error);
                },
            ).catch((error) => {
                // What is returned cannot be written as JSON.
                outcome = thrown(error);
            });
        },
        settle(id, answer, failure) {
            const { resolve, reject, error } = pending[id];
            delete pending[id];
            waits -= 1;
            if (failure === undefined) {
                resolve(parse(answer));
            } else {
                error.message = failure;
                reject(error);
            }
        },
        waits: () => waits,
        outcome: () => outcome,
    };
});
