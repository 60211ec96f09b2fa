//! Signals, measures over them, and rows that read them; and random histories for the leads.

use std::fmt::Write;

use super::{Generated, Maker, Number, TEXTS};
use crate::support::random::Random;

const SIGNALS: &str = "
signal s0 { path text optional   n decimal 1 -50.0..50.0 optional   kind one of a, b, c optional }
signal s1 cost 2 { n decimal 1 -50.0..50.0 }
signal s2 ignore bursts of 3 within 60 seconds fixed
group g = s0, s1

";

impl Maker {
    pub(super) fn signals(&mut self) {
        if !self.random.chance(75) {
            return;
        }
        self.has_signals = true;
        self.text.push_str(SIGNALS);
        for index in 0..self.random.below(6) + 4 {
            self.let_measure(index);
        }
        self.text.push('\n');
    }

    fn let_measure(&mut self, index: usize) {
        let name = format!("h{index}");
        let (measured, scale, condition) = match self.random.below(11) {
            0 | 1 => {
                self.uses("count of");
                (format!("count of {}", self.random.pick(&["s0", "s1", "s2", "g"])), 0, true)
            }
            2 => {
                self.uses("any");
                let measured = format!("any {}{}{}", self.random.pick(&["s0", "s1", "s2", "g"]), self.window(), self.since());
                writeln!(self.text, "let {name} = {measured}").unwrap();
                self.conditions.push(name);
                return;
            }
            3 => {
                self.uses("sum of");
                (format!("sum of {}.n", self.random.pick(&["s0", "s1", "g"])), 1, true)
            }
            4 => {
                self.uses("first of or last of");
                let end = *self.random.pick(&["first", "last"]);
                let measured = format!("{end} of {}.n{}{}", self.random.pick(&["s0", "s1", "g"]), self.window(), self.since());
                writeln!(self.text, "let {name} = {measured}").unwrap();
                self.numbers.push(Number { text: name, scale: Some(1), money: false });
                return;
            }
            5 => {
                self.uses("days since last");
                let measured = format!("days since last {}{}", self.random.pick(&["s0", "s1", "s2", "g"]), self.window());
                writeln!(self.text, "let {name} = {measured}").unwrap();
                self.numbers.push(Number { text: name, scale: Some(0), money: false });
                return;
            }
            6 => {
                self.uses("last of a text");
                let window = self.window();
                writeln!(self.text, "let {name} = last of s0.path{window}").unwrap();
                let text = *self.random.pick(TEXTS);
                let test = match self.random.below(4) {
                    0 => format!("({name} is \"{text}\")"),
                    1 => format!("({name} starts with \"{}\")", text.chars().take(1).collect::<String>()),
                    2 => format!("(places[{name}].target is q0)"),
                    _ => format!("({name} is missing)"),
                };
                self.conditions.push(test);
                return;
            }
            7 => {
                self.uses("last of a choice");
                let window = self.window();
                writeln!(self.text, "let {name} = last of s0.kind{window}").unwrap();
                self.conditions.push(format!("({name} is {})", self.random.pick(&["a", "b", "missing"])));
                return;
            }
            8 | 9 if self.stages > 0 => {
                self.uses("stage log");
                let stage = self.random.below(self.stages);
                match self.random.below(3) {
                    0 => (format!("days in t{stage}"), 0, false),
                    1 => (format!("count of entering t{stage}"), 0, false),
                    _ => (format!("count of leaving t{stage}"), 0, false),
                }
            }
            _ => {
                self.uses("count of");
                ("count of g".to_string(), 0, true)
            }
        };
        if measured.starts_with("days in") {
            writeln!(self.text, "let {name} = {measured}").unwrap();
            self.numbers.push(Number { text: name, scale: Some(0), money: false });
            return;
        }
        let condition = if condition && measured.contains("s0") && self.random.chance(60) {
            self.uses("where");
            *self.random.pick(&[
                " where path starts with \"a\"",
                " where path is \"OH\" or n > 5",
                " where kind is one of a, b",
                " where n is missing or n < 0.5",
                " where not (kind is c)",
            ])
        } else {
            ""
        };
        let cap = if self.random.chance(40) {
            self.uses("cap");
            *self.random.pick(&[
                " at most 1 per hour",
                " at most 1 per day",
                " at most 2 per week",
                " at most 3 per month",
                " at most 1 per 10 days",
                " at most 2 ever",
            ])
        } else {
            ""
        };
        let (window, since) = (self.window(), self.since());
        let (fading, scale) = if self.random.chance(35) {
            self.uses("fading");
            (*self.random.pick(&[" fading half every 7 days", " fading half every 30 days", " fading to nothing over 20 days"]), 2)
        } else {
            ("", scale)
        };
        writeln!(self.text, "let {name} = {measured}{condition}{window}{since}{cap}{fading}").unwrap();
        self.numbers.push(Number { text: name, scale: Some(scale), money: false });
    }

    fn window(&mut self) -> &'static str {
        if !self.random.chance(40) {
            return "";
        }
        self.uses("window");
        self.random.pick::<&str>(&[" in last 7 days", " in last 36 hours", " in last 2 weeks", " in last 1 day"])
    }

    fn since(&mut self) -> String {
        if !self.random.chance(35) {
            return String::new();
        }
        self.uses("since");
        if self.stages > 0 && self.random.chance(60) {
            return format!(" since entering t{}", self.random.below(self.stages));
        }
        format!(" since last {}", self.random.pick(&["s1", "s2", "g"]))
    }

    /// A row of a points section that counts signals; none without signals.
    pub(super) fn row_per_signal(&mut self) -> Option<String> {
        if !self.has_signals || !self.random.chance(65) {
            return None;
        }
        self.uses("points per signal");
        Some(
            (*self.random.pick(&[
                "+5 per s0",
                "-2.5 per s1 at most 1 per day",
                "+1 per 3 g in last 30 days",
                "+10 per s0 where kind is a fading half every 10 days",
                "-3 per 7 days without g",
                "-1.5 per 36 hours without s0 at most 2 per week",
            ]))
            .to_string(),
        )
    }

    pub(super) fn running_score(&mut self) {
        if !self.has_signals || !self.random.chance(45) {
            return;
        }
        self.uses("running score");
        let range = *self.random.pick(&["0 to 50", "-20 to 20", "0 to 7.5"]);
        writeln!(self.text, "score balance running from {range} {{\n  section moves points {{").unwrap();
        for _ in 0..self.random.below(3) + 1 {
            let row = *self.random.pick(&[
                "+5 per s0",
                "-2.5 per s1 at most 1 per day",
                "+4 per 2 g where n > 0",
                "-3 per 7 days without g",
                "+1 per s2",
            ]);
            writeln!(self.text, "    {row}").unwrap();
        }
        self.text.push_str("  }\n}\n\n");
    }

    /// A row of a flow that waits for a signal, or for time without one.
    pub(super) fn waiting_row(&mut self, from: usize, to: usize) {
        if !self.has_signals || !self.random.chance(75) {
            return;
        }
        let when = if self.random.chance(40) { format!(" when {}", self.condition(0)) } else { String::new() };
        let trigger = if self.random.chance(50) {
            self.uses("on row");
            *self.random.pick(&["on s0", "on s1 where n > 0", "on g", "on s2"])
        } else {
            self.uses("after row");
            *self.random.pick(&["after 5 days", "after 10 days without g", "after 36 hours without s0", "after 2 weeks"])
        };
        writeln!(self.text, "  t{from} -> t{to} {trigger}{when}").unwrap();
    }
}

impl Generated {
    /// Signals of `count` leads as CSV; none if the policy has no signals.
    pub fn signals(&self, seed: u64, count: usize) -> Option<String> {
        if !self.has_signals {
            return None;
        }
        let mut random = Random::new(seed);
        let mut csv = String::from("id,signal,time,path,n,kind\n");
        for row in 0..count {
            let mut at = String::new();
            for _ in 0..random.below(7) {
                // at one instant with the one before, now and then
                if at.is_empty() || random.chance(80) {
                    at = time(&mut random);
                }
                let n = if random.chance(70) { format!("{}.{}", random.between(-49, 49), random.below(10)) } else { String::new() };
                let known = if n.is_empty() { "1" } else { &n };
                match random.below(3) {
                    0 => {
                        let path = if random.chance(70) { *random.pick(TEXTS) } else { "" };
                        writeln!(csv, "L-{row},s0,{at},{path},{n},{}", random.pick(&["a", "b", "c", ""])).unwrap();
                    }
                    1 => writeln!(csv, "L-{row},s1,{at},,{known},").unwrap(),
                    _ => writeln!(csv, "L-{row},s2,{at},,,").unwrap(),
                }
            }
        }
        Some(csv)
    }

    /// Stage logs of `count` leads as CSV; none if the policy has no stages.
    pub fn stage_log(&self, seed: u64, count: usize) -> Option<String> {
        if self.stages == 0 {
            return None;
        }
        let mut random = Random::new(seed);
        let mut csv = String::from("id,from,to,at\n");
        for row in 0..count {
            let mut from = 0;
            for month in 0..random.below(4) {
                let to = (from + 1) % self.stages;
                writeln!(csv, "L-{row},t{from},t{to},2026-{:02}-{:02}T{:02}:00", month + 8, random.below(18) + 1, random.below(24))
                    .unwrap();
                from = to;
            }
        }
        Some(csv)
    }
}

/// Up to a few months before as-of, often in its last days, and now and then behind it.
fn time(random: &mut Random) -> String {
    match random.below(4) {
        0 => format!("2026-11-18T{:02}:{:02}", random.below(16), random.below(60)),
        1 => format!("2026-11-{:02}T{:02}:{:02}:{:02}", random.below(18) + 1, random.below(24), random.below(60), random.below(60)),
        2 => format!("2026-11-0{}T0{}:30", random.below(3) + 1, random.below(4)),
        _ => format!("2026-{:02}-{:02}T12:00", random.below(11) + 1, random.below(28) + 1),
    }
}
