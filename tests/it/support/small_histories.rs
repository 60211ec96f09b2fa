//! Random policies about what leads do: counts with windows, moments and caps, and what rests on them; and histories around the ends of all of these.
//!
//! Enters: a seed. Leaves: the text of a policy, every kind of lead that its fields tell apart, and histories of a few signals. Not every history is tried: what is proved to hold of all of them must hold of these.

use std::fmt::Write;

use leadwright::model::{Constant, Event, Transition};
use leadwright::record::Lead;

use super::random::Random;

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;

/// Wednesday 2026-01-14 at noon; Monday 2026-03-09, the day after New York lost an hour, at half past six there; the first of a month, a Sunday, an hour after midnight in UTC.
pub const AS_OFS: [i64; 3] = [leadwright::proof::AS_OF, 1_773_052_200 * SECOND, 1_769_907_600 * SECOND];

/// How long before as-of: around the ends of the windows, and of days, weeks and months.
const BEFORE: [i64; 18] = [
    0,
    1,
    30 * SECOND,
    HOUR,
    12 * HOUR + 1,
    DAY,
    DAY + 1,
    36 * HOUR,
    2 * DAY,
    2 * DAY + 13 * HOUR,
    3 * DAY,
    7 * DAY,
    7 * DAY + 5 * HOUR,
    8 * DAY,
    10 * DAY,
    14 * DAY,
    30 * DAY + HOUR,
    41 * DAY,
];

pub struct SmallHistories {
    pub text: String,
    /// per field behind the key, every value that is tried
    pub values: Vec<Vec<Option<Constant>>>,
    pub stages: usize,
    /// a way back lets the points of signals start again
    pub forgets: bool,
    /// per field behind the key, what a change costs; none is fixed
    pub costs: Vec<Option<u64>>,
    /// per signal, what one more costs
    pub signal_costs: Vec<Option<u64>>,
}

/// What a lead did, where it stands and since when.
#[derive(Clone, Debug, Default)]
pub struct Past {
    pub signals: Vec<Event>,
    pub stage: Option<usize>,
    pub since: Option<i64>,
    pub rest_until: Option<i64>,
    pub log: Vec<Transition>,
}

pub fn small_histories(seed: u64) -> SmallHistories {
    let mut random = Random::new(seed ^ 0x5_1671);
    let mut text =
        format!("leadwright 1\n\npolicy p {{ timezone \"{}\" }}\n\nlead {{\n  id text key\n", random.pick(&["UTC", "America/New_York"]));
    let (mut values, mut costs, mut fields) = (Vec::new(), Vec::new(), Vec::new());
    let effort = [("", Some(1)), (" cost 3", Some(3)), (" fixed", None), (" cost 2", Some(2))];
    for number in 0..1 + random.below(2) {
        let is_number = random.chance(60);
        let (written, count) = if is_number { ("whole 0..3", 4) } else { ("yes_no", 2) };
        let optional = random.chance(40);
        let (change, cost) = *random.pick(&effort);
        writeln!(text, "  f{number} {written}{}{change}", if optional { " optional" } else { "" }).unwrap();
        let all = (0..count).map(|value| Some(Constant::Integer(value)));
        values.push(all.chain(optional.then_some(None)).collect());
        costs.push(cost);
        fields.push((format!("f{number}"), is_number));
    }
    text.push_str("}\n\n");
    let mut signal_costs = Vec::new();
    for (name, rest) in [("visit", " { kind one of live, video   n whole 0..3 }"), ("call", ""), ("click", "")] {
        let bursts = if name == "click" && random.chance(50) { " ignore bursts of 2 within 60 seconds" } else { "" };
        let (change, cost) = *random.pick(&effort);
        writeln!(text, "signal {name}{bursts}{change}{rest}").unwrap();
        signal_costs.push(cost);
    }
    text.push_str("group touch = visit, call\n\n");
    let has_stages = random.chance(60);
    let mut maker = Maker { random, text, fields, numbers: Vec::new(), conditions: Vec::new(), has_stages };
    maker.policy();
    let forgets = maker.text.contains("recycle forget");
    SmallHistories { text: maker.text, values, stages: if has_stages { 3 } else { 1 }, forgets, costs, signal_costs }
}

impl SmallHistories {
    /// One history without signals, every one of a single signal, and random ones.
    pub fn pasts(&self, random: &mut Random, as_of: i64, count: usize) -> Vec<Past> {
        let mut all = vec![Past::default()];
        all.extend(self.single(as_of).into_iter().map(|event| Past { signals: vec![event], ..Past::default() }));
        for _ in 0..count {
            let mut signals = Vec::new();
            for _ in 0..random.below(7) {
                let before = if random.chance(80) { *random.pick(&BEFORE) } else { random.between(0, 40 * DAY) };
                let near = if random.chance(30) { random.between(0, 3) * 20 * SECOND } else { 0 };
                signals.push(event(random, as_of - before - near));
            }
            let stage = if self.stages > 1 { Some(random.below(self.stages)) } else { None };
            let since = if self.stages > 1 && random.chance(60) { Some(as_of - *random.pick(&BEFORE)) } else { None };
            let rest_until = if self.stages > 1 && random.chance(15) { Some(as_of + random.between(-1, 1) * DAY) } else { None };
            let log = if self.stages > 1 && random.chance(40) { self.log(random, as_of) } else { Vec::new() };
            let (stage, since) = if log.is_empty() || random.chance(20) { (stage, since) } else { (None, None) };
            all.push(Past { signals, stage, since, rest_until, log });
        }
        all
    }

    fn log(&self, random: &mut Random, as_of: i64) -> Vec<Transition> {
        let mut times: Vec<i64> = (0..1 + random.below(3)).map(|_| as_of - *random.pick(&BEFORE)).collect();
        times.sort_unstable();
        let mut from = 0;
        let entries = times.into_iter().map(|at| {
            let to = (from + 1 + random.below(2)) % 3;
            let forget = if self.forgets && to == 0 { Some(0) } else { None };
            let entry = Transition { at, from: Some(from), to, forget, rest_until: None, signals_before: None };
            from = to;
            entry
        });
        entries.collect()
    }

    /// Every signal alone, at every moment.
    pub fn single(&self, as_of: i64) -> Vec<Event> {
        let kinds = [(0, 0), (0, 1), (1, 0), (2, 0)];
        let of = |(signal, kind): (usize, i64), before: i64| Event { signal, at: as_of - before, values: properties(signal, kind, 1) };
        kinds.into_iter().flat_map(|kind| BEFORE.iter().map(move |before| of(kind, *before))).collect()
    }

    /// Every lead with this past, in one order.
    pub fn leads(&self, past: &Past) -> Vec<Lead> {
        let mut leads = vec![vec![Some(Constant::Text("L".into()))]];
        for values in &self.values {
            leads =
                leads.into_iter().flat_map(|lead| values.iter().map(move |value| [lead.clone(), vec![value.clone()]].concat())).collect();
        }
        let with_past = |values| Lead {
            values,
            signals: past.signals.clone(),
            stage: past.stage.filter(|stage| *stage > 0),
            stage_since: past.since,
            rest_until: past.rest_until,
            log: past.log.clone(),
            ..Lead::default()
        };
        leads.into_iter().map(with_past).collect()
    }
}

fn properties(signal: usize, kind: i64, n: i64) -> Vec<Option<Constant>> {
    if signal == 0 { vec![Some(Constant::Integer(kind)), Some(Constant::Integer(n))] } else { Vec::new() }
}

fn event(random: &mut Random, at: i64) -> Event {
    let signal = random.below(3);
    let values = properties(signal, random.between(0, 1), random.between(0, 3));
    Event { signal, at, values }
}

/// The same policy with the window, the moment or the cap of some count changed, or a number of it.
pub fn with_another_clause(text: &str, random: &mut Random) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let is_counted = |line: &&str| line.starts_with("let m") || line.contains(" per ");
    let places: Vec<usize> = lines.iter().enumerate().filter(|(_, line)| is_counted(line)).map(|(place, _)| place).collect();
    if places.is_empty() {
        return text.to_string();
    }
    let place = *random.pick(&places);
    let line = lines[place];
    let clauses = |of: &[&'static str]| of.iter().map(|clause| (*clause, line.find(clause))).find_map(|(clause, at)| Some((clause, at?)));
    let all: [&[&str]; 3] = [&WINDOWS, &SINCE, &CAPS];
    let found: Vec<(usize, &str)> =
        all.iter().enumerate().filter_map(|(kind, of)| clauses(&of[1..]).map(|(clause, _)| (kind, clause))).collect();
    if found.is_empty() {
        return text.to_string();
    }
    let (kind, clause) = *random.pick(&found);
    let other = line.replacen(clause, random.pick::<&str>(all[kind]), 1);
    let mut lines: Vec<String> = lines.into_iter().map(str::to_string).collect();
    lines[place] = other;
    lines.join("\n") + "\n"
}

// the longer of two that begin alike comes first; the first of each is none
const WINDOWS: [&str; 7] =
    ["", " in last 30 days", " in last 7 days", " in last 2 days", " in last 1 days", " in last 36 hours", " in last 24 hours"];
const SINCE: [&str; 4] = ["", " since last call", " since last click", " since last visit"];
const CAPS: [&str; 10] = [
    "",
    " at most 1 per day",
    " at most 2 per day",
    " at most 1 per hour",
    " at most 1 per week",
    " at most 2 per month",
    " at most 1 per 3 days",
    " at most 2 per 10 days",
    " at most 1 ever",
    " at most 2 ever",
];

struct Maker {
    random: Random,
    text: String,
    fields: Vec<(String, bool)>,
    numbers: Vec<String>,
    conditions: Vec<String>,
    has_stages: bool,
}

impl Maker {
    fn policy(&mut self) {
        for number in 0..2 + self.random.below(3) {
            let (measure, is_condition) = self.measure();
            writeln!(self.text, "let m{number} = {measure}").unwrap();
            if is_condition { &mut self.conditions } else { &mut self.numbers }.push(format!("m{number}"));
        }
        self.text.push('\n');
        for number in 0..1 + self.random.below(2) {
            let condition = self.condition(1);
            writeln!(self.text, "let c{number} = {condition}\n").unwrap();
            self.conditions.push(format!("c{number}"));
        }
        self.score();
        self.text.push_str("decide d {\n");
        for row in 0..1 + self.random.below(4) {
            let condition = self.condition(2);
            writeln!(self.text, "  r{row} when {condition}").unwrap();
        }
        self.text.push_str("  rest otherwise\n}\n\n");
        if self.has_stages {
            self.flow();
        }
    }

    fn clause(&mut self, of: &[&'static str], percent: usize) -> &'static str {
        if self.random.chance(percent) { self.random.pick::<&str>(&of[1..]) } else { of[0] }
    }

    fn subject(&mut self) -> String {
        let subject = *self.random.pick(&["visit", "visit", "call", "click", "touch"]);
        let condition = if subject == "visit" { self.clause(&["", " where kind is live", " where n >= 2"], 35) } else { "" };
        format!("{subject}{condition}")
    }

    fn since(&mut self) -> &'static str {
        if self.has_stages && self.random.chance(15) {
            return " since entering y";
        }
        self.clause(&SINCE, 30)
    }

    /// And whether it is a yes or no.
    fn measure(&mut self) -> (String, bool) {
        let (subject, window) = (self.subject(), self.clause(&WINDOWS, 60));
        match self.random.below(10) {
            0 => (format!("any {subject}{window}{}", self.since()), true),
            1 | 2 => (format!("days since last {subject}"), false),
            3 => (format!("sum of visit.n{window}{}{}", self.since(), self.clause(&CAPS, 40)), false),
            4 if self.has_stages => ((*self.random.pick(&["days in y", "count of entering y"])).to_string(), false),
            _ => {
                let (since, cap) = (self.since(), self.clause(&CAPS, 55));
                let fading = self.clause(&["", " fading half every 7 days", " fading to nothing over 10 days"], 12);
                (format!("count of {subject}{window}{since}{cap}{fading}"), false)
            }
        }
    }

    fn condition(&mut self, depth: usize) -> String {
        if depth > 0 && self.random.chance(50) {
            let (left, right) = (self.condition(depth - 1), self.condition(depth - 1));
            return match self.random.below(3) {
                0 => format!("({left} and {right})"),
                1 => format!("({left} or {right})"),
                _ => format!("(not ({left}) and {right})"),
            };
        }
        if !self.conditions.is_empty() && self.random.chance(20) {
            return self.random.pick(&self.conditions).clone();
        }
        let operator = *self.random.pick(&[">=", "<=", ">", "<", "is"]);
        if !self.numbers.is_empty() && self.random.chance(70) {
            let name = self.random.pick(&self.numbers).clone();
            if self.random.chance(25) && operator != "is" {
                return format!("{name} {operator} {}", self.random.pick(&self.numbers));
            }
            return format!("{name} {operator} {}", self.random.between(0, 4));
        }
        let (field, is_number) = self.random.pick(&self.fields).clone();
        if is_number { format!("{field} {operator} {}", self.random.between(0, 3)) } else { field }
    }

    fn score(&mut self) {
        let range = if self.random.chance(50) { " from 0 to 30" } else { "" };
        writeln!(self.text, "score s0{range} {{").unwrap();
        let persona = self.random.chance(30);
        if persona {
            let [whose, first, second] = [0, 1, 1].map(|depth| self.condition(depth));
            writeln!(self.text, "  for {whose} {{ section one points {{ +4 when {first} }} }}").unwrap();
            writeln!(self.text, "  otherwise {{ section two points {{ -3 when {second} }} }}").unwrap();
        }
        let most = self.clause(&["", " up to 12", " up to 20"], 50);
        writeln!(self.text, "  section moves points{most} {{").unwrap();
        for _ in 0..1 + self.random.below(3) {
            let points = *self.random.pick(&["+5", "-4", "+7"]);
            if self.random.chance(12) {
                let cap = self.clause(&["", " at most 1 per week", " at most 2 ever"], 50);
                writeln!(
                    self.text,
                    "    {points} per {} without {}{cap}",
                    self.random.pick(&["3 days", "36 hours"]),
                    self.random.pick(&["visit", "touch"])
                )
                .unwrap();
            } else if self.random.chance(60) {
                let (every, subject) = (*self.random.pick(&["", "2 "]), self.subject());
                let (window, since, cap) = (self.clause(&WINDOWS, 40), self.since(), self.clause(&CAPS, 60));
                writeln!(self.text, "    {points} per {every}{subject}{window}{since}{cap}").unwrap();
            } else {
                let condition = self.condition(1);
                writeln!(self.text, "    {points} when {condition}").unwrap();
            }
        }
        self.text.push_str("    +15 when f0 is known\n  }\n}\n\n");
        self.numbers.push("s0".into());
    }

    fn flow(&mut self) {
        self.text.push_str("team t\n\nstage x owner t start\n\nstage y owner t\n\nstage z owner t\n\nflow {\n");
        for way in ["x -> y", "y -> z", "y -> x", "z -> x"] {
            let condition = self.condition(1);
            let trigger = match self.random.below(6) {
                0 => "on visit where kind is live ".to_string(),
                1 => "on call ".to_string(),
                2 => "after 2 days without touch ".to_string(),
                _ => String::new(),
            };
            let recycle = if way == "y -> x" { self.clause(&["", " recycle forget moves", " recycle rest 3 days"], 60) } else { "" };
            writeln!(self.text, "  {way} {trigger}when {condition}{recycle}").unwrap();
        }
        self.text.push_str("}\n\nqueue q1 team t\n\nqueue q2 team t\n\n");
        let condition = self.condition(1);
        writeln!(self.text, "route r when entering y {{\n  q1 when {condition}\n  q2 otherwise\n}}\n").unwrap();
    }
}
