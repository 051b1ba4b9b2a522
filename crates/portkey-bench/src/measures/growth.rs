//! How cost grows with what there is.

use std::{
    io,
    time::{Duration, Instant},
};

use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};

use crate::{
    direct::Direct,
    figures::{Subject, percentile},
    http::Era,
    measures::{Bench, lists, load},
    plot::{Chart, Series},
    process,
    stdio::Session,
    subject::KEY,
};

const MEBIBYTE: f64 = 1024.0 * 1024.0;
/// The long list.
const LIST: &str = "list_configs";
const SESSIONS: &str = "with sessions";
const STATELESS: &str = "without sessions";

/// Every curve; what could not be measured is left out, with its reason on standard error.
pub fn measure(bench: &Bench) -> Vec<Chart> {
    let measured = [
        list_length(bench),
        sessions(bench),
        tools(bench),
        log_rows(bench),
        clients(bench),
    ];
    let mut charts = Vec::new();
    for some in measured {
        match some {
            Ok(some) => charts.extend(some),
            Err(error) => eprintln!("  growth: {error}"),
        }
    }
    charts
}

/// A chart whose curves are gathered point by point.
fn chart(
    file: &'static str,
    title: &'static str,
    x: &'static str,
    y: &'static str,
    names: &[&str],
) -> Chart {
    let empty = |name: &&str| Series {
        name: (*name).to_owned(),
        points: Vec::new(),
    };
    let series = names.iter().map(empty).collect();
    Chart {
        file,
        title,
        x,
        y,
        series,
    }
}

/// Adds a point to each curve, in their order.
fn add(chart: &mut Chart, x: f64, ys: impl IntoIterator<Item = f64>) {
    for (series, y) in chart.series.iter_mut().zip(ys) {
        eprintln!(
            "  growth: {}, {}: {x} {}: {y:.3} {}",
            chart.title, series.name, chart.x, chart.y
        );
        series.points.push((x, y));
    }
}

fn list_length(bench: &Bench) -> io::Result<Vec<Chart>> {
    let names = ["by default", "asked whole"];
    let mut time = chart(
        "list-time",
        "Time of a list",
        "entries upstream",
        "ms",
        &names,
    );
    let mut memory = chart(
        "list-memory",
        "Memory of a list",
        "entries upstream",
        "MiB above idle",
        &names,
    );
    let lengths: &[usize] = if bench.quick {
        &[100, 1_000]
    } else {
        &[100, 300, 1_000, 3_000, 10_000]
    };
    for &length in lengths {
        let (mut times, mut peaks) = (Vec::new(), Vec::new());
        for is_whole in [false, true] {
            let upstream = bench.stub.api(&format!("/entries/{length}"));
            let Some(mut command) = bench.programs.stdio(Subject::Product, &upstream) else {
                continue;
            };
            let mut session = Session::open(&mut command)?;
            let arguments = if is_whole {
                lists::whole(&mut session, LIST, length)?
            } else {
                json!({})
            };
            let idle = process::resident(session.process())?;
            let mut took = Vec::new();
            for _ in 0..bench.times(10, 3) {
                let begun = Instant::now();
                session.call(LIST, &arguments)?;
                took.push(begun.elapsed().as_secs_f64());
            }
            times.push(percentile(&mut took, 0.5) * 1e3);
            peaks.push((process::peak(session.process())? - idle) / MEBIBYTE);
        }
        add(&mut time, length as f64, times);
        add(&mut memory, length as f64, peaks);
    }
    Ok(vec![time, memory])
}

fn sessions(bench: &Bench) -> io::Result<Vec<Chart>> {
    let name = [Subject::Product.name(), Subject::Smallest.name()];
    let mut memory = chart(
        "sessions-memory",
        "Memory of sessions",
        "sessions",
        "MiB above idle",
        &name,
    );
    let mut time = chart(
        "sessions-time",
        "A call beside open sessions",
        "sessions",
        "ms",
        &name,
    );
    let counts: &[usize] = if bench.quick {
        &[100, 1_000]
    } else {
        &[100, 300, 1_000, 3_000, 10_000]
    };
    let mut running = Vec::new();
    for subject in [Subject::Product, Subject::Smallest] {
        let server = bench
            .programs
            .http(subject, Era::Sessions, &bench.stub.api(""))?;
        load::open_sessions(server.address, 1)?;
        let idle = process::resident(server.process())?;
        running.push((server, idle));
    }
    let mut open = 1;
    for &count in counts {
        let (mut resident, mut took) = (Vec::new(), Vec::new());
        for (server, idle) in &running {
            load::open_sessions(server.address, count - open)?;
            resident.push((process::resident(server.process())? - idle) / MEBIBYTE);
            let mut seen = load::run(server, Era::Sessions, 1, Duration::from_millis(500))?;
            took.push(percentile(&mut seen.took, 0.5) * 1e3);
        }
        open = count;
        add(&mut memory, count as f64, resident);
        add(&mut time, count as f64, took);
    }
    Ok(vec![memory, time])
}

fn tools(bench: &Bench) -> io::Result<Vec<Chart>> {
    let names = ["start to the whole list", "the list once more"];
    let mut chart = chart(
        "tools-time",
        "Time of the tool list",
        "tools offered",
        "ms",
        &names,
    );
    for tools in [
        "audit_logs",
        "workspaces",
        "workspaces,configs,api_keys",
        "essentials",
        "default",
        "all",
    ] {
        let (mut started, mut listed) = (Vec::new(), Vec::new());
        let mut count = 0;
        for _ in 0..bench.times(7, 3) {
            let Some(mut command) = bench.programs.stdio(Subject::Product, &bench.stub.api(""))
            else {
                continue;
            };
            command.args(["--toolsets", tools]);
            let begun = Instant::now();
            let mut session = Session::open(&mut command)?;
            count = session.tools()?.len();
            started.push(begun.elapsed().as_secs_f64() * 1e3);
            let begun = Instant::now();
            session.tools()?;
            listed.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        add(
            &mut chart,
            count as f64,
            [&mut started, &mut listed].map(|took| percentile(took, 0.5)),
        );
    }
    Ok(vec![chart])
}

fn log_rows(bench: &Bench) -> io::Result<Vec<Chart>> {
    let names = [
        "cost by hour",
        "requests by model",
        "one page of workspaces",
    ];
    let mut chart = chart(
        "logs-time",
        "The sandbox's own time",
        "log rows",
        "ms",
        &names,
    );
    let (sandbox, key) = bench.programs.sandbox("empty")?;
    // Logs are a workspace's own.
    let mut logs = Direct::connect(sandbox.address, &key)?;
    let mut direct = Direct::connect(sandbox.address, KEY)?;
    let counts: &[usize] = if bench.quick {
        &[1_000, 10_000]
    } else {
        &[1_000, 3_000, 10_000, 30_000, 100_000]
    };
    let mut rows = 0;
    for &count in counts {
        while rows < count {
            let batch: Vec<Value> = (0..1_000).map(log).collect();
            logs.post("/v1/logs", &Value::from(batch))?;
            rows += 1_000;
        }
        add(&mut chart, count as f64, asked(bench, &mut direct)?);
    }
    drop(sandbox);
    if !bench.quick {
        let (sandbox, _) = bench.programs.sandbox("large")?;
        let mut direct = Direct::connect(sandbox.address, KEY)?;
        add(&mut chart, 1e6, asked(bench, &mut direct)?);
    }
    Ok(vec![chart])
}

fn log(index: usize) -> Value {
    json!({
        "request": {"url": "https://api.openai.com/v1/chat/completions", "method": "POST", "body": {"model": "gpt-4o"}},
        "response": {
            "status": 200, "response_time": 400 + index,
            "body": {"model": "gpt-4o", "usage": {"prompt_tokens": 100 + index, "completion_tokens": 40}},
        },
        "metadata": {"app": "bench"},
    })
}

/// What the sandbox takes for each request, in ms.
fn asked(bench: &Bench, direct: &mut Direct) -> io::Result<Vec<f64>> {
    let now = Timestamp::now();
    let from = now
        .checked_sub((24 * 100).hours())
        .map_err(io::Error::other)?;
    let to = now.checked_add(1.hour()).map_err(io::Error::other)?;
    let span = format!("time_of_generation_min={from:.0}&time_of_generation_max={to:.0}");
    let paths = [
        format!("/v1/analytics/graphs/cost?{span}"),
        format!("/v1/analytics/groups/ai-models?{span}"),
        "/v1/admin/workspaces?page_size=10".to_owned(),
    ];
    let mut times = Vec::new();
    for path in paths {
        let mut took = Vec::new();
        for _ in 0..bench.times(5, 3) {
            let begun = Instant::now();
            direct.get(&path)?;
            took.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        times.push(percentile(&mut took, 0.5));
    }
    Ok(times)
}

fn clients(bench: &Bench) -> io::Result<Vec<Chart>> {
    let subjects = [Subject::Product, Subject::Smallest];
    let eras = [(Era::Sessions, SESSIONS), (Era::Stateless, STATELESS)];
    let pairs = subjects
        .iter()
        .flat_map(|subject| eras.map(|(era, name)| (*subject, era, name)));
    let pairs: Vec<_> = pairs.collect();
    let names: Vec<String> = pairs
        .iter()
        .map(|(subject, _, era)| format!("{}, {era}", subject.name()))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut rate = chart(
        "clients-rate",
        "Requests a second",
        "clients",
        "requests/s",
        &names,
    );
    let mut cpu = chart("clients-cpu", "CPU per request", "clients", "µs", &names);
    let mut running = Vec::new();
    for (subject, era, _) in &pairs {
        running.push((
            bench.programs.http(*subject, *era, &bench.stub.api(""))?,
            *era,
        ));
    }
    let counts: &[usize] = if bench.quick {
        &[1, 32, 128]
    } else {
        &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
    };
    let time = Duration::from_millis(bench.times(2_000, 500) as u64);
    for &count in counts {
        let (mut rates, mut cpus) = (Vec::new(), Vec::new());
        for (server, era) in &running {
            let seen = load::run(server, *era, count, time)?;
            rates.push(seen.rate);
            cpus.push(seen.cpu * 1e6);
        }
        add(&mut rate, count as f64, rates);
        add(&mut cpu, count as f64, cpus);
    }
    Ok(vec![rate, cpu])
}
