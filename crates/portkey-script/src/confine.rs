//! What the operating system keeps from the process of a script.

use std::time::Duration;

use rustix::process::{Resource, Rlimit, nice, setrlimit};

/// How much less of the processor the process gets than its host.
const NICER: i32 = 5;

/// Gives up the right to open files and sockets, to start processes and to write memory to disk, and bounds the
/// processor time. What the system does not take is no failure: the engine has limits of its own.
pub(crate) fn confine(computing: Duration) {
    let most = |most: u64| Rlimit {
        current: Some(most),
        maximum: Some(most),
    };
    // The engine ends a script first, and says where it was; this ends what the engine does not look into.
    let seconds = computing.as_secs().saturating_mul(2).saturating_add(1);
    for (resource, limit) in [
        (Resource::Nofile, 0),
        (Resource::Core, 0),
        (Resource::Cpu, seconds),
    ] {
        _ = setrlimit(resource, most(limit));
    }
    _ = nice(NICER);
}
