//! What a server takes over HTTP from many clients at once.

use std::{
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{runtime, task::JoinSet};

use crate::{
    figures::{Section, Subject, Unit, percentile},
    http::{Client, Era},
    measures::{Bench, attempt},
    process,
    subject::Server,
};

/// How many clients there are at once.
pub const CLIENTS: [usize; 4] = [1, 32, 128, 512];
/// What is called.
const TOOL: &str = "list_workspaces";

/// What clients saw, and what it cost the server.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Answers in a second.
    pub rate: f64,
    /// Seconds of processors for one.
    pub cpu: f64,
    /// Seconds that calls took.
    pub took: Vec<f64>,
}

/// The row of requests a second.
pub fn rate(clients: usize) -> String {
    format!("{}, requests", clients_of(clients))
}

/// The row of what one costs.
pub fn cpu(clients: usize) -> String {
    format!("{}, CPU per request", clients_of(clients))
}

fn clients_of(count: usize) -> String {
    if count == 1 {
        "1 client".to_owned()
    } else {
        format!("{count} clients")
    }
}

/// Measures everybody in one era.
pub fn measure(bench: &Bench, era: Era) -> Section {
    let note = "`list_workspaces` as fast as it is answered, over a connection a client; CPU is what the server's process \
        used, by user and system. Clients, server and upstream share the processors.";
    let mut section = match era {
        Era::Sessions => Section::new("sessions", "HTTP with sessions (2025-11-25)", note),
        Era::Stateless | Era::Bare => {
            let note = format!(
                "{note} portkey-admin-mcp does not know this revision: it runs stateless instead."
            );
            Section::new("stateless", "HTTP without sessions (2026-07-28)", &note)
        }
    };
    for subject in bench.programs.subjects() {
        attempt(&mut section, subject, |section| {
            one(bench, subject, era, section)
        });
    }
    section
}

fn one(bench: &Bench, subject: Subject, era: Era, section: &mut Section) -> io::Result<()> {
    let era = spoken(subject, era);
    let server = bench.programs.http(subject, era, &bench.stub.api(""))?;
    let time = Duration::from_millis(bench.times(5_000, 1_000) as u64);
    for clients in CLIENTS {
        let mut seen = run(&server, era, clients, time)?;
        section.put(&rate(clients), Unit::Rate, subject, seen.rate);
        section.put(&cpu(clients), Unit::Time, subject, seen.cpu);
        let middle = percentile(&mut seen.took, 0.5);
        section.put(
            &format!("{}, p50", clients_of(clients)),
            Unit::Time,
            subject,
            middle,
        );
        let worst = percentile(&mut seen.took, 0.99);
        section.put(
            &format!("{}, p99", clients_of(clients)),
            Unit::Time,
            subject,
            worst,
        );
    }
    Ok(())
}

/// What a subject understands of an era.
pub fn spoken(subject: Subject, era: Era) -> Era {
    match subject {
        Subject::Peer if era == Era::Stateless => Era::Bare,
        Subject::Proxy => Era::Bare,
        Subject::Product | Subject::Smallest | Subject::Peer => era,
    }
}

/// Lets clients call for a time, after a tenth of it that does not count.
pub fn run(server: &Server, era: Era, clients: usize, time: Duration) -> io::Result<Seen> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut connected = Vec::with_capacity(clients);
        for _ in 0..clients {
            connected.push(Client::connect(server.address, era).await?);
        }
        let (_, connected) = call(connected, time / 10).await?;
        let before = process::cpu(server.process())?;
        let begun = Instant::now();
        let (took, _) = call(connected, time).await?;
        let seconds = begun.elapsed().as_secs_f64();
        let used = process::cpu(server.process())? - before;
        Ok(Seen {
            rate: took.len() as f64 / seconds,
            cpu: used / took.len() as f64,
            took,
        })
    })
}

/// All clients at once; how long their calls took, and the clients again.
async fn call(clients: Vec<Client>, time: Duration) -> io::Result<(Vec<f64>, Vec<Client>)> {
    let until = Instant::now() + time;
    let mut calling = JoinSet::new();
    for mut client in clients {
        calling.spawn(async move {
            let took = client.call_until(TOOL, until).await?;
            io::Result::Ok((took, client))
        });
    }
    let (mut all, mut clients) = (Vec::new(), Vec::new());
    while let Some(done) = calling.join_next().await {
        let (took, client) = done.map_err(io::Error::other)??;
        all.extend(took);
        clients.push(client);
    }
    Ok((all, clients))
}

/// Opens sessions that nobody ends.
pub fn open_sessions(address: SocketAddr, count: usize) -> io::Result<()> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let Some(rest) = count.checked_sub(1) else {
            return Ok(());
        };
        let mut client = Client::connect(address, Era::Sessions).await?;
        for _ in 0..rest {
            client.open_session().await?;
        }
        Ok(())
    })
}
