//! The whole program as a user starts it: time to score a small file, and peak memory as the file grows a hundredfold.
//!
//! `cargo bench --bench process`. Linux only: the peak is read from `/proc/PID/status` while the process runs.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

struct Run {
    wall: Duration,
    peak_kib: u64,
}

fn run(leads: &Path, out: &Path, threads: &str) -> Run {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_leadwright"))
        .args(["score", concat!(env!("CARGO_MANIFEST_DIR"), "/examples/medbank"), leads.to_str().unwrap(), "--as-of", "2026-11-18T15:00"])
        .args(["--threads", threads, "--quiet", "-o", out.to_str().unwrap()])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak_kib = 0;
    loop {
        if let Ok(text) = std::fs::read_to_string(&status)
            && let Some(line) = text.lines().find(|line| line.starts_with("VmHWM:"))
        {
            peak_kib = line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(peak_kib);
        }
        if let Some(code) = child.try_wait().unwrap() {
            assert!(code.success(), "leadwright failed: {code}");
            return Run { wall: start.elapsed(), peak_kib };
        }
        std::thread::sleep(Duration::from_micros(500));
    }
}

/// The example's leads, repeated until there are `rows`, each with a key of its own.
fn write_leads(path: &Path, rows: usize) {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/medbank/leads.csv")).unwrap();
    let (header, body) = text.split_once('\n').unwrap();
    let lines: Vec<&str> = body.lines().collect();
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    writeln!(file, "{header}").unwrap();
    let mut line = String::new();
    for row in 0..rows {
        let (_, rest) = lines[row % lines.len()].split_once(',').unwrap_or(("", ""));
        line.clear();
        writeln!(line, "L-{row},{rest}").unwrap();
        file.write_all(line.as_bytes()).unwrap();
    }
    file.flush().unwrap();
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let leads = folder.path().join("leads.csv");
    let out = folder.path().join("scored.csv");

    write_leads(&leads, 10);
    let mut walls: Vec<Duration> = (0..31).map(|_| run(&leads, &out, "2").wall).collect();
    walls.sort();
    println!("start to finish, 10 leads: median {:.1} ms of 31 runs (goal: under 50 ms)", walls[15].as_secs_f64() * 1e3);

    println!("{:>7} {:>10} {:>9} {:>10}", "threads", "rows", "seconds", "peak MiB");
    for threads in ["1", "2"] {
        let mut peaks = Vec::new();
        for rows in [40_000, 4_000_000] {
            write_leads(&leads, rows);
            let run = run(&leads, &out, threads);
            peaks.push(run.peak_kib);
            println!("{threads:>7} {rows:>10} {:>9.2} {:>10.1}", run.wall.as_secs_f64(), run.peak_kib as f64 / 1024.0);
        }
        println!("peak of 100 times the rows: {:.2} times", peaks[1] as f64 / peaks[0] as f64);
    }
}
