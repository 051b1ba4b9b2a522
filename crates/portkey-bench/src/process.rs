//! What the kernel says about a process: its time and its memory.

use std::{fs, io};

/// Seconds of processors that a process has used so far, with all its threads.
pub fn cpu(process: u32) -> io::Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name, in parentheses, may hold spaces; after it `utime` and `stime` are the 12th and 13th word.
    let words = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = words
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(str::parse::<f64>);
    let ticks: f64 = ticks
        .collect::<Result<Vec<_>, _>>()
        .map_err(io::Error::other)?
        .iter()
        .sum();
    Ok(ticks / rustix::param::clock_ticks_per_second() as f64)
}

/// Bytes of memory that are resident now.
pub fn resident(process: u32) -> io::Result<f64> {
    status(process, "VmRSS:")
}

/// The most bytes of memory that were resident at once.
pub fn peak(process: u32) -> io::Result<f64> {
    status(process, "VmHWM:")
}

fn status(process: u32, name: &str) -> io::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    let missing = || io::Error::other(format!("process {process} has no {name} any more"));
    kibibytes.map(|count| count * 1024.0).ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_uses_time_and_memory() {
        let own = std::process::id();
        while cpu(own).unwrap() < 0.02 {
            std::hint::black_box([0_u8; 4096]);
        }
        assert!(resident(own).unwrap() > 100_000.0);
        assert!(peak(own).unwrap() >= resident(own).unwrap());
    }
}
