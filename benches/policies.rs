//! The whole program over a repository of policies: `check`, then `lint`, of 1,000 files of 200 lines, and of one.
//!
//! `cargo bench --bench policies`. The files are made here, each from a seed of its own: a complete policy with fields, derived values, a score of three sections, a decision,
//! stages, a flow, a route with queues, a clock and tests. They have no mistakes, so that everything is done that `check` can do.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const POLICIES: u64 = 1_000;
const LINES: usize = 200;

/// SplitMix64: a few lines, and every seed gives another policy.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }

    fn priority(&mut self) -> i64 {
        self.below(21).cast_signed() - 10
    }
}

/// A policy of exactly [`LINES`] lines.
fn policy(seed: u64) -> String {
    let mut random = Random(seed);
    let mut text = format!(
        "leadwright 1\n\npolicy unit_{seed} \"Unit {seed}\" {{\n  version  \"2026.{}\"\n  owner    marketing_ops\n  timezone \"America/New_York\"\n  currency USD\n}}\n\n",
        random.below(12) + 1
    );
    text.push_str("calendar office {\n  timezone \"America/New_York\"\n  hours mon to fri 09:00 to 17:00\n}\n\n");
    text.push_str("team marketing_ops\nteam inside_sales on office\nteam field_sales\n\n");
    text.push_str(
        "lead {\n  id       text     key\n  email    text     optional\n  site     one of   hospital, clinic, pharmacy, nursing_home\n",
    );
    for field in 0..12 {
        writeln!(text, "  size_{field}   whole    0..{}   optional", 10_000 + random.below(90_000)).unwrap();
    }
    text.push_str("  rival    yes_no\n  created  date     optional\n}\n\n");
    text.push_str("signal form\nsignal accepted\n\n");
    for field in 0..12 {
        writeln!(text, "let share_{field} = size_{field} / {} to 2 places", 2 + random.below(98)).unwrap();
    }
    text.push_str("let age = days since created\nlet forms = count of form in last 30 days\n\n");
    text.push_str("score readiness from 0 to 100 {\n");
    for (section, weight) in [("fit", 40), ("size", 35), ("interest", 25)] {
        writeln!(text, "  section {section} {weight}% {{").unwrap();
        for (index, weight) in [30, 30, 20, 20].into_iter().enumerate() {
            let field = index + if section == "fit" { 0 } else { 4 } + if section == "interest" { 4 } else { 0 };
            let edge = 100 + random.below(5_000);
            writeln!(text, "    size_{field} {weight}% {{").unwrap();
            writeln!(text, "      {} or more  {}", edge * 2, random.priority()).unwrap();
            writeln!(text, "      {edge} to under {}  {}", edge * 2, random.priority()).unwrap();
            writeln!(text, "      under {edge}  {}\n      missing  0\n    }}", random.priority()).unwrap();
        }
        text.push_str("  }\n");
    }
    writeln!(text, "  adjust -{}  when rival   because \"Works for a rival\"", 10 + random.below(30)).unwrap();
    writeln!(text, "  adjust +{}  when forms >= 2   because \"Asked twice\"\n}}\n", 1 + random.below(10)).unwrap();
    let threshold = 50 + random.below(30);
    writeln!(text, "decide status {{\n  unqualified  when rival\n  qualified    when readiness >= {threshold} and readiness.fit >= 20")
        .unwrap();
    text.push_str("  nurture      otherwise\n}\n\n");
    text.push_str(
        "stage inquiry  owner marketing_ops  start\nstage mql      owner inside_sales\nstage sal      owner field_sales    final\n\n",
    );
    text.push_str("flow {\n  inquiry -> mql  when status is qualified\n  mql -> sal      on accepted\n  mql -> inquiry  after 20 days   recycle because \"No answer\"\n}\n\n");
    text.push_str("route handover when entering mql {\n  field   when site is hospital\n  inside  otherwise\n}\n\n");
    text.push_str("queue inside  team inside_sales  rotate ann weight 2, bob weight 1\nqueue field   team field_sales\n\n");
    text.push_str("sla first_touch {\n  starts  when entering mql\n  stops   when leaving mql\n  within  4 business hours\n  by      inside_sales\n}\n\n");
    text.push_str(
        "test \"a rival is out\" {\n  as of  2026-11-18T15:00\n  lead   { site hospital  rival yes }\n  expect { status unqualified }\n}\n",
    );
    let missing = LINES.checked_sub(text.lines().count()).expect("the policy is longer than it is to be");
    for line in 0..missing {
        writeln!(text, "let more_{line} = size_{} + {} else 0", random.below(12), random.below(1_000)).unwrap();
    }
    text
}

fn run(command: &str, path: &Path) -> Duration {
    let start = Instant::now();
    let mut process = Command::new(env!("CARGO_BIN_EXE_leadwright"));
    let status = process.args([command, path.to_str().unwrap()]).stdout(Stdio::null()).status().unwrap();
    let took = start.elapsed();
    // what lint finds is no failure of the run
    assert!(matches!((command, status.code()), (_, Some(0)) | ("lint", Some(1))), "leadwright {command} ended with {status}");
    took
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    for seed in 0..POLICIES {
        let text = policy(seed);
        assert_eq!(text.lines().count(), LINES);
        std::fs::write(folder.path().join(format!("unit_{seed}.lead")), text).unwrap();
    }
    let one = folder.path().join("unit_0.lead");
    let mut whole = (0.0, 0.0);
    for command in ["check", "lint"] {
        let single = median((0..31).map(|_| run(command, &one)).collect());
        let all = median((0..5).map(|_| run(command, folder.path())).collect());
        println!("{command}: one file {:.1} ms, {POLICIES} files {all:.2} s", single * 1e3);
        whole = (whole.0 + single, whole.1 + all);
    }
    println!("both: one file {:.1} ms (goal: under 30 ms), {POLICIES} files {:.2} s (goal: under 2 s)", whole.0 * 1e3, whole.1);
}
