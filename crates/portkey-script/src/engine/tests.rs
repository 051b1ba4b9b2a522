//! What programs can do, and what they cannot.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use serde_json::json;

use super::*;

/// Runs a program whose calls answer their name and arguments, or fail if they are called `fail`.
async fn run_with(source: &str, limits: ScriptLimits) -> Finished {
    let program = Program {
        source: source.to_owned(),
        object: "tools",
        limits,
    };
    run(program, |name, arguments| async move {
        tokio::task::yield_now().await;
        if name == "fail" {
            return Err("it failed".to_owned());
        }
        Ok(json!({ "name": name, "arguments": arguments }))
    })
    .await
}

async fn value(source: &str) -> Value {
    let finished = run_with(source, ScriptLimits::default()).await;
    finished
        .returned
        .unwrap_or_else(|error| panic!("{source}: {error}"))
}

async fn error(source: &str) -> ScriptError {
    let finished = run_with(source, ScriptLimits::default()).await;
    finished.returned.expect_err(source)
}

#[tokio::test]
async fn a_program_returns_what_it_makes_of_answers() {
    let source =
        "const one = await tools.list({ page: 1 });\nreturn [one.name, one.arguments.page];";
    assert_eq!(value(source).await, json!(["list", 1]));
    assert_eq!(value("return").await, Value::Null);
    assert_eq!(
        value("return [new Set([1, 2]).size, /a+/.test('caat')]").await,
        json!([2, true])
    );
}

#[tokio::test]
async fn calls_of_promise_all_run_together() {
    let running = AtomicUsize::new(0);
    let most = AtomicUsize::new(0);
    let program = Program {
        source: "await Promise.all(Array.from({ length: 20 }, (_, page) => tools.list({ page })))"
            .to_owned(),
        object: "tools",
        limits: ScriptLimits {
            at_once: 4,
            ..ScriptLimits::default()
        },
    };
    let finished = run(program, |_, _| async {
        most.fetch_max(
            running.fetch_add(1, Ordering::Relaxed) + 1,
            Ordering::Relaxed,
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
        running.fetch_sub(1, Ordering::Relaxed);
        Ok(Value::Null)
    });
    assert_eq!(finished.await.returned, Ok(Value::Null));
    assert_eq!(most.into_inner(), 4);
}

#[tokio::test]
async fn errors_say_where_in_the_source() {
    let failed = error("const a = 1;\n  await tools.fail({});").await;
    assert_eq!(
        (failed.why, failed.place.unwrap().line),
        (Why::Thrown("Error: it failed".to_owned()), 2)
    );
    let thrown = error("\n\nnull.x").await;
    assert_eq!(thrown.place.unwrap().line, 3);
    assert!(thrown.to_string().contains("at line 3"), "{thrown}");
    let syntax = error("const = 1").await;
    assert_eq!(syntax.place.unwrap().line, 1, "{syntax}");
    let caught = "try { await tools.fail() } catch (error) { return error.message }";
    assert_eq!(value(caught).await, "it failed");
    assert_eq!(
        error("throw { code: 3 }").await.to_string(),
        "the script threw {\"code\":3}"
    );
    assert!(
        error("tools.list = 1")
            .await
            .to_string()
            .contains("cannot be changed")
    );
    assert!(
        error("await tools.list([1])")
            .await
            .to_string()
            .contains("one object")
    );
}

#[tokio::test]
async fn limits_end_a_program_with_the_reason() {
    let short = ScriptLimits {
        computing: Duration::from_millis(50),
        ..ScriptLimits::default()
    };
    let ends = async |source: &str, limits: ScriptLimits| {
        run_with(source, limits).await.returned.unwrap_err().why
    };
    for endless in [
        "for (;;) {}",
        "for (;;) { try { for (;;) {} } catch {} }",
        "const again = () => Promise.resolve().then(again); await again()",
        "/(a+)+$/.test('a'.repeat(40) + 'b')",
    ] {
        assert_eq!(
            ends(endless, short).await,
            Why::Busy(short.computing),
            "{endless}"
        );
    }
    let usual = ScriptLimits::default();
    for large in [
        "const all = []; for (;;) all.push('x'.repeat(1e6) + all.length)",
        "'x'.repeat(2 ** 30)",
        "new Array(2 ** 26).fill({ a: 1 }).map((a) => ({ ...a }))",
    ] {
        let why = ends(large, usual).await;
        assert!(matches!(why, Why::Thrown(_)), "{large}: {why:?}");
    }
    let deep = ends("const down = (n) => down(n + 1) + 1; down(0)", usual).await;
    assert!(deep.to_string().contains("stack"), "{deep}");
    let many = ends("for (let i = 0; i < 300; i++) await tools.list()", usual).await;
    assert!(many.to_string().contains("at most 200 calls"), "{many}");
    let huge = ends("return 'x'.repeat(5 << 20)", usual).await;
    assert!(matches!(huge, Why::TooLarge(..)), "{huge}");
    assert_eq!(ends("await new Promise(() => {})", usual).await, Why::Stuck);
    let long = ends(&"1;".repeat(40_000), usual).await;
    assert_eq!(long, Why::TooLong(80_000, usual.source));
    let cyclic = ends("const a = {}; a.a = a; return a", usual).await;
    assert!(cyclic.to_string().contains("circular"), "{cyclic}");
}

#[tokio::test]
async fn a_program_that_waits_too_long_is_ended() {
    let limits = ScriptLimits {
        time: Duration::from_millis(60),
        ..ScriptLimits::default()
    };
    let program = Program {
        source: "await tools.sleep()".to_owned(),
        object: "tools",
        limits,
    };
    let slow = |_, _| async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        Ok(Value::Null)
    };
    let finished = run(program, slow).await;
    assert_eq!(
        finished.returned.unwrap_err().why,
        Why::TimedOut(limits.time)
    );
}

#[tokio::test]
async fn nothing_but_the_language_is_there() {
    let names = "return Object.getOwnPropertyNames(globalThis).sort()";
    let known = [
        "AggregateError",
        "Array",
        "AsyncDisposableStack",
        "BigInt",
        "Boolean",
        "Date",
        "DisposableStack",
        "Error",
        "EvalError",
        "Function",
        "Infinity",
        "InternalError",
        "Iterator",
        "JSON",
        "Map",
        "Math",
        "NaN",
        "Number",
        "Object",
        "Promise",
        "Proxy",
        "RangeError",
        "ReferenceError",
        "Reflect",
        "RegExp",
        "Set",
        "String",
        "SuppressedError",
        "Symbol",
        "SyntaxError",
        "TypeError",
        "URIError",
        "WeakMap",
        "WeakSet",
        "console",
        "decodeURI",
        "decodeURIComponent",
        "encodeURI",
        "encodeURIComponent",
        "escape",
        "eval",
        "globalThis",
        "isFinite",
        "isNaN",
        "parseFloat",
        "parseInt",
        "queueMicrotask",
        "tools",
        "undefined",
        "unescape",
    ];
    assert_eq!(value(names).await, json!(known.to_vec()));
    for absent in [
        "fetch",
        "require",
        "process",
        "setTimeout",
        "performance",
        "Atomics.wait",
        "std",
        "os",
    ] {
        let typeof_it = format!("try {{ return typeof {absent} }} catch {{ return 'undefined' }}");
        assert_eq!(value(&typeof_it).await, "undefined", "{absent}");
    }
}

#[tokio::test]
async fn there_is_no_clock_no_chance_and_no_module() {
    for side_door in [
        "return Date.now()",
        "return new Date()",
        "return Date()",
        "return new (new Date(0).constructor)()",
        "return new (Object.getPrototypeOf(new Date(0)).constructor)()",
        "return Reflect.construct(Date, [])",
        "return Math.random()",
        "return new Date(0).constructor.now()",
    ] {
        let told = error(side_door).await.to_string();
        assert!(told.contains("a script has no"), "{side_door}: {told}");
    }
    assert_eq!(
        value("return new Date('2026-11-21').toISOString()").await,
        "2026-11-21T00:00:00.000Z"
    );
    error("await import('std')").await;
    error("import fs from 'fs'").await;
}

#[tokio::test]
async fn what_escapes_a_function_is_still_inside() {
    for (inside, found) in [
        (
            "return (function () { return this === undefined })()",
            json!(true),
        ),
        (
            "return typeof (() => {}).constructor('return globalThis.fetch')()",
            json!("undefined"),
        ),
        ("return typeof tools.constructor", json!("function")),
        ("return (0, eval)('typeof process')", json!("undefined")),
        (
            "JSON.stringify = () => 'x'; Map.prototype.get = () => 1; return (await tools.a({})).name",
            json!("a"),
        ),
    ] {
        let returned = run_with(inside, ScriptLimits::default()).await.returned;
        assert_eq!(returned, Ok(found), "{inside}");
    }
    error("}); (() => {").await;
}

#[tokio::test]
async fn the_console_is_kept_as_far_as_there_is_room() {
    let limits = ScriptLimits {
        console: 20,
        ..ScriptLimits::default()
    };
    let finished = run_with(
        "console.log('sum', { a: 1 }); console.log('x'.repeat(99))",
        limits,
    )
    .await;
    assert_eq!(finished.console.lines().next(), Some("sum {\"a\":1}"));
    assert!(finished.console.len() <= 20, "{}", finished.console);
}

#[tokio::test]
async fn calls_that_nobody_awaited_are_finished() {
    let done = AtomicUsize::new(0);
    let program = Program {
        source: "tools.write({}); return 1".to_owned(),
        object: "tools",
        limits: ScriptLimits::default(),
    };
    let finished = run(program, |_, _| async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        done.fetch_add(1, Ordering::Relaxed);
        Ok(Value::Null)
    });
    assert_eq!(finished.await.returned, Ok(json!(1)));
    assert_eq!(done.into_inner(), 1);
}

#[tokio::test]
async fn a_program_ends_when_nobody_waits_for_it() {
    let limits = ScriptLimits {
        computing: Duration::from_mins(1),
        ..ScriptLimits::default()
    };
    let endless = run_with("for (;;) {}", limits);
    assert!(
        tokio::time::timeout(Duration::from_millis(50), endless)
            .await
            .is_err()
    );
    // The runtime of this test waits for its threads: it would not end before the program does.
}
