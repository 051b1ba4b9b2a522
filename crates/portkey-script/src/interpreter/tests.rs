//! The engine alone: a host in another thread answers the calls.

use std::{
    io::{BufReader, PipeReader, PipeWriter, pipe},
    thread,
};

use serde_json::{Value, json};

use super::*;
use crate::message::ScriptLimits;

const LIMITS: ScriptLimits = ScriptLimits {
    calls: 5,
    at_once: 8,
    time: Duration::from_secs(20),
    computing: Duration::from_millis(500),
    memory: 16 << 20,
    logged: 20,
    message: 10_000,
};

/// Runs a script whose call of `fail` fails, and whose other calls are answered with their name and argument.
fn run(script: &str) -> Ended {
    let start = Start {
        script: script.to_owned(),
        limits: LIMITS,
    };
    let (input, answers) = pipe().unwrap();
    let (said, output) = pipe().unwrap();
    let engine = thread::spawn(move || interpret(&start, &mut BufReader::new(input), output));
    let ended = host(said, answers);
    engine.join().unwrap().unwrap();
    ended
}

fn host(said: PipeReader, mut answers: PipeWriter) -> Ended {
    let mut said = BufReader::new(said);
    loop {
        let (id, name, arguments) = match read(&mut said).unwrap() {
            FromScript::Ended(ended) => return ended,
            FromScript::Call {
                id,
                name,
                arguments,
            } => (id, name, arguments),
        };
        let arguments: Value = serde_json::from_str(&arguments).unwrap();
        let ok = name != "fail";
        let value = if ok {
            json!({ "name": name, "given": arguments })
        } else {
            json!({ "message": "it failed", "code": 7 })
        };
        let text = value.to_string();
        serde_json::to_writer(&mut answers, &Answer { id, ok, text }).unwrap();
        answers.write_all(b"\n").unwrap();
    }
}

fn returned(script: &str) -> Value {
    let outcome = run(script).outcome;
    let text = outcome.unwrap_or_else(|thrown| panic!("{thrown:?}: {script}"));
    serde_json::from_str(&text.unwrap()).unwrap()
}

fn thrown(script: &str) -> (String, Option<u32>) {
    let thrown = run(script).outcome.expect_err(script);
    (thrown.message, thrown.at.map(|at| at.line))
}

#[test]
fn a_script_returns_a_value_or_nothing() {
    assert_eq!(returned("return [1, { a: 'b' }]"), json!([1, { "a": "b" }]));
    assert_eq!(run("1 + 1").outcome, Ok(None));
    assert_eq!(returned("return 1 // and no more"), json!(1));
    assert_eq!(run("return () => 1").outcome, Ok(None));
}

#[test]
fn calls_are_answered_by_the_host() {
    let called = returned("return await portkey.list({ a: 1 })");
    assert_eq!(called, json!({ "name": "list", "given": { "a": 1 } }));
    let all = "const all = await Promise.all(['a', 'b'].map(name => portkey[name]())); return all.map(one => one.name)";
    assert_eq!(returned(all), json!(["a", "b"]));
    let caught = "try { await portkey.fail() } catch (error) { return [error.message, error.code, error instanceof Error] }";
    assert_eq!(returned(caught), json!(["it failed", 7, true]));
}

#[test]
fn errors_have_the_line_of_the_script() {
    let (message, line) = thrown("const a = 1;\nawait portkey.fail();");
    assert_eq!((message.as_str(), line), ("it failed", Some(2)));
    let (message, line) = thrown("const a = 1;\n\na.b.c;");
    assert!(message.starts_with("TypeError"), "{message}");
    assert_eq!(line, Some(3));
    let (message, line) = thrown("const a = 1;\nconst = 2;");
    assert!(message.starts_with("SyntaxError"), "{message}");
    assert_eq!(line, Some(2));
    assert_eq!(
        thrown("function f() {\n  throw new Error('x');\n}\nf()").1,
        Some(2)
    );
    assert_eq!(thrown("throw { a: 1 }").0, "threw {\"a\":1}");
    assert_eq!(thrown("await new Promise(() => {})").1, None);
    let (message, line) = thrown("\nawait portkey.list([1])");
    assert!(message.contains("takes one object"), "{message}");
    assert_eq!(line, Some(2));
}

#[test]
fn what_takes_too_much_is_ended() {
    for endless in [
        "while (true) {}",
        "await portkey.list(); while (true) {}",
        "/(a*)*b/.test('a'.repeat(40))",
    ] {
        let (message, _) = thrown(endless);
        assert!(
            message.contains("computed for more than 0.5 seconds"),
            "{message}"
        );
    }
    let (message, line) =
        thrown("const all = [];\nwhile (true) all.push('x'.repeat(1e6) + all.length)");
    assert!(message.contains("out of memory"), "{message}");
    assert_eq!(line, Some(2));
    let (message, _) = thrown("const deep = (n) => 1 + deep(n + 1); deep(0)");
    assert!(message.contains("stack"), "{message}");
    let (message, line) = thrown("let n = 0;\nwhile (true) await portkey.list({ n: n++ })");
    assert!(message.contains("may make 5 calls"), "{message}");
    assert_eq!(line, Some(2));
    let (message, _) = thrown("return 'x'.repeat(20000)");
    assert!(message.contains("20002 bytes; at most 10000"), "{message}");
    let (message, _) = thrown("await portkey.list({ text: 'x'.repeat(20000) })");
    assert!(message.contains("more than 10000 bytes"), "{message}");
}

#[test]
fn what_is_logged_is_kept_up_to_a_limit() {
    let log =
        run("console.log('a', { b: 1 }); console.error('x'.repeat(100)); console.log('y')").log;
    assert_eq!(log, ["a {\"b\":1}", "xxxxxxxxxxx"]);
}

#[test]
fn neither_clock_nor_chance_is_there() {
    for (script, what) in [
        ("return Date.now()", "Date.now"),
        ("return new Date()", "the clock"),
        ("return Date()", "the clock"),
        ("return new Date.prototype.constructor()", "the clock"),
        ("return Math.random()", "Math.random"),
    ] {
        let (message, _) = thrown(script);
        assert!(message.starts_with(what), "{message}");
    }
    let iso = returned("return new Date('2026-11-30T08:00:00Z').toISOString()");
    assert_eq!(iso, "2026-11-30T08:00:00.000Z");
    assert_eq!(returned("return new Date(0) instanceof Date"), true);
    let class = "return Object.getPrototypeOf(Date) === Function.prototype";
    assert_eq!(returned(class), true);
}

/// All that a script finds, whichever way it gets at the global object.
const GLOBALS: &str = "AggregateError,Array,AsyncDisposableStack,BigInt,Boolean,Date,DisposableStack,Error,EvalError,Function,Infinity,InternalError,Iterator,JSON,Map,Math,NaN,\
    Number,Object,Promise,RangeError,ReferenceError,Reflect,RegExp,Set,String,SuppressedError,Symbol,SyntaxError,TypeError,\
    URIError,WeakMap,WeakSet,console,decodeURI,decodeURIComponent,encodeURI,encodeURIComponent,escape,globalThis,isFinite,\
    isNaN,parseFloat,parseInt,portkey,queueMicrotask,undefined,unescape";

#[test]
fn nothing_of_the_outside_is_there() {
    for global in [
        "globalThis",
        "this",
        "this.constructor.constructor('return globalThis')()",
        "(() => {}).constructor('return this')()",
        "Reflect.construct(Function, ['return globalThis'])()",
    ] {
        let found = returned(&format!(
            "return Object.getOwnPropertyNames({global} ?? globalThis).sort().join()"
        ));
        assert_eq!(found, GLOBALS, "{global}");
    }
    for escape in [
        "return await import('fs')",
        "return require('fs')",
        "return process.env",
        "return fetch('http://localhost')",
        "return setTimeout(() => {}, 1)",
        "return eval('1')",
        "return new Proxy({}, {})",
        "return performance.now()",
        "return new SharedArrayBuffer(1)",
        "import fs from 'fs'",
        "portkey.list = 1",
        "delete globalThis.portkey",
    ] {
        thrown(escape);
    }
}
