//! Random well-typed policies, as text, and random well-formed leads for them, as CSV.
//!
//! Every policy checks without an error and uses only what is evaluated. [`Generated::constructs`] says which parts of the language
//! it uses, so that a test can hold how often each occurs.

mod conditions;
mod flows;
mod histories;
mod leads;
mod numbers;
mod scores;

pub use self::leads::LeadKinds;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::random::Random;

pub struct Generated {
    /// path -> text; the entry is `policy.lead`
    pub files: BTreeMap<String, String>,
    pub constructs: BTreeSet<&'static str>,
    /// tables at run time: name and CSV
    pub tables: Vec<(String, String)>,
    keeps: bool,
    fields: Vec<Field>,
    stages: usize,
    has_signals: bool,
}

#[derive(Clone, Debug)]
struct Field {
    name: String,
    kind: Kind,
    optional: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Text,
    /// range in units of 10^-scale
    Number {
        scale: u8,
        money: bool,
        range: Option<(i64, i64)>,
    },
    YesNo,
    OneOf(usize),
    SomeOf(usize),
    Date,
    Time,
}

const TEXTS: &[&str] =
    &["OH", "NY", "alaska", "Straße", "a b", "x@example.com", "Ümlaut@Example.COM", "no domain", "12345", "123", "1", "zz top"];

struct Maker {
    random: Random,
    text: String,
    fields: Vec<Field>,
    constructs: BTreeSet<&'static str>,
    numbers: Vec<Number>,
    conditions: Vec<String>,
    dates: Vec<String>,
    /// (name, number of outcomes)
    decides: Vec<(String, usize)>,
    tables: bool,
    prefix_table: bool,
    given: Vec<(String, String)>,
    keeps: bool,
    stages: usize,
    has_signals: bool,
}

/// A named plain or money value with its scale, if the scale is known here.
#[derive(Clone)]
struct Number {
    text: String,
    scale: Option<u8>,
    money: bool,
}

pub fn generate(seed: u64) -> Generated {
    let maker = Maker {
        random: Random::new(seed),
        text: String::new(),
        fields: Vec::new(),
        constructs: BTreeSet::new(),
        numbers: Vec::new(),
        conditions: Vec::new(),
        dates: Vec::new(),
        decides: Vec::new(),
        tables: false,
        prefix_table: false,
        given: Vec::new(),
        keeps: false,
        stages: 0,
        has_signals: false,
    };
    maker.policy()
}

const CREW: &str = "
team crew members rep0, rep1, rep2, rep3 on office except rep1 on night
calendar office {
  hours mon to fri 09:00 to 12:00, 13:00 to 17:30
  closed 2026-11-11
  special 2026-11-21 10:00 to 12:00
}
calendar night {
  timezone \"Europe/Paris\"
  hours mon to sun 00:00 to 06:00, 22:00 to 24:00
}

";

impl Maker {
    fn uses(&mut self, construct: &'static str) {
        self.constructs.insert(construct);
    }

    fn policy(mut self) -> Generated {
        let zone = *self.random.pick(&["UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]);
        writeln!(self.text, "leadwright 1\n\npolicy p {{ timezone \"{zone}\"  currency USD }}\n\nteam others members zoe, yan\n").unwrap();
        self.text.push_str(CREW);
        self.lead();
        let mut files = BTreeMap::new();
        self.make_tables(&mut files);
        self.queues();
        let has_flow = self.random.chance(70);
        if has_flow {
            self.stages = self.random.below(3) + 2;
        }
        self.signals();
        for index in 0..self.random.below(6) + 3 {
            self.let_number(index);
        }
        for index in 0..self.random.below(5) + 1 {
            let condition = self.condition(2);
            writeln!(self.text, "let c{index} = {condition}\n").unwrap();
            self.conditions.push(format!("c{index}"));
        }
        for index in 0..self.random.below(3) + 1 {
            if self.random.chance(30) { self.points_score(index) } else { self.weighted_score(index) }
        }
        for index in 0..self.random.below(3) + 1 {
            if self.random.chance(35) { self.grid(index) } else { self.decide(index) }
        }
        self.running_score();
        if has_flow {
            self.flow();
        }
        self.routes();
        if self.stages > 0 && self.random.chance(70) {
            self.clocks();
        }
        files.insert("policy.lead".to_string(), self.text);
        Generated {
            files,
            constructs: self.constructs,
            tables: self.given,
            keeps: self.keeps,
            fields: self.fields,
            stages: self.stages,
            has_signals: self.has_signals,
        }
    }

    fn lead(&mut self) {
        let mut text = String::from("lead {\n  id text key\n");
        let count = self.random.below(9) + 5;
        for index in 0..count {
            let kind = match if index < 5 { index } else { self.random.below(11) } {
                0 | 5 => self.number_kind(false),
                1 => Kind::OneOf(*self.random.pick(&[1, 2, 3, 5, 8, 15, 16, 17, 33, 63, 64, 65, 255, 256, 257])),
                2 => Kind::YesNo,
                3 => Kind::Text,
                4 => Kind::Date,
                6 | 10 => Kind::SomeOf(*self.random.pick(&[1, 2, 3, 8, 62, 63])),
                7 | 9 => Kind::Time,
                _ => self.number_kind(true),
            };
            let optional = self.random.chance(50);
            let name = format!("f{index}");
            let written = self.field_type(&kind);
            // no answer depends on it, so it follows from the place alone
            let change = ["", " cost 3", "", " fixed", ""][index % 5];
            writeln!(text, "  {name} {written}{}{change}", if optional { " optional" } else { "" }).unwrap();
            if !change.is_empty() {
                self.uses("cost of a change");
            }
            self.uses(match &kind {
                Kind::Text => "field text",
                Kind::Number { money: true, .. } => "field money",
                Kind::Number { scale: 0, .. } => "field whole",
                Kind::Number { .. } => "field decimal",
                Kind::YesNo => "field yes_no",
                Kind::OneOf(_) => "field one of",
                Kind::SomeOf(_) => "field some of",
                Kind::Date => "field date",
                Kind::Time => "field time",
            });
            if optional {
                self.uses("optional field");
            }
            if let Kind::Number { scale, money, .. } = &kind {
                self.numbers.push(Number { text: name.clone(), scale: Some(*scale), money: *money });
            }
            if matches!(kind, Kind::Date | Kind::Time) {
                self.dates.push(name.clone());
            }
            self.fields.push(Field { name, kind, optional });
        }
        text.push_str("}\n\n");
        self.text.push_str(&text);
    }

    fn number_kind(&mut self, money: bool) -> Kind {
        let scale = if money { 2 } else { *self.random.pick(&[0, 0, 0, 1, 2, 6]) };
        let range = match self.random.below(5) {
            0 => None,
            1 => Some((0, 100)),
            2 => Some((-1_000, 1_000)),
            3 => Some((0, 50_000)),
            _ => Some((-3_000_000_000, 3_000_000_000)),
        };
        let unit = 10i64.pow(u32::from(scale));
        Kind::Number { scale, money, range: range.map(|(low, high)| (low * unit, high * unit)) }
    }

    fn field_type(&mut self, kind: &Kind) -> String {
        match kind {
            Kind::Text => "text".to_string(),
            Kind::Number { scale, money, range } => {
                let name = if *money {
                    "money".to_string()
                } else if *scale == 0 {
                    "whole".to_string()
                } else {
                    format!("decimal {scale}")
                };
                let unit = 10i64.pow(u32::from(*scale));
                match range {
                    Some((low, high)) => format!("{name} {}..{}", low / unit, high / unit),
                    None => name,
                }
            }
            Kind::YesNo => "yes_no".to_string(),
            Kind::OneOf(count) => format!("one of {}", choices(*count)),
            Kind::SomeOf(count) => format!("some of {}", choices(*count)),
            Kind::Date => "date".to_string(),
            Kind::Time => "time".to_string(),
        }
    }

    fn make_tables(&mut self, files: &mut BTreeMap<String, String>) {
        let mut csv = String::from("code,amount,label,target\n");
        for (index, key) in TEXTS.iter().enumerate().filter(|(index, _)| index % 2 == 0) {
            writeln!(csv, "{key},{},{},q{}", index as i64 * 1_000 - 3, TEXTS[(index + 3) % TEXTS.len()], index % 3).unwrap();
        }
        self.tables = true;
        if self.random.chance(40) {
            self.uses("table at run time");
            self.given.push(("places".to_string(), csv));
            self.text
                .push_str("table places from input {\n  code text key\n  amount whole -3..11_000\n  label text\n  target queue\n}\n\n");
        } else {
            self.text.push_str("table places from \"places.csv\" {\n  code text key\n  amount whole\n  label text\n  target queue\n}\n\n");
            files.insert("places.csv".to_string(), csv);
        }
        if self.random.chance(75) {
            self.prefix_table = true;
            let mut csv = String::from("flag,prefix,worth,target\n");
            for flag in ["yes", "no"] {
                for (index, prefix) in ["1", "12", "123", "a", "z", "zz", "str"].iter().enumerate() {
                    if self.random.chance(80) {
                        writeln!(csv, "{flag},{prefix},{}.5,q{}", index * 7, index % 3).unwrap();
                    }
                }
            }
            writeln!(csv, "yes,unique,1.0,q0").unwrap();
            self.text.push_str(
                "table areas from \"areas.csv\" {\n  flag yes_no key\n  prefix text prefix key\n  worth decimal 1\n  target queue\n}\n\n",
            );
            files.insert("areas.csv".to_string(), csv);
        }
    }

    fn queues(&mut self) {
        for index in 0..3 {
            let rotation = if self.random.chance(30) {
                self.uses("rotation from a table");
                self.rotation_table(index)
            } else if self.random.chance(70) {
                self.uses("rotation");
                let mut turns: Vec<String> =
                    (0..self.random.below(4) + 1).map(|owner| format!("rep{owner} weight {}", self.random.below(5) + 1)).collect();
                // each queue but the last hands on to the next, so that there is no circle
                let mut otherwise = String::new();
                if index < 2 && self.random.chance(50) {
                    self.uses("capacity");
                    write!(turns[0], " capacity {}", self.random.below(5) + 1).unwrap();
                    otherwise = format!(" otherwise q{}", index + 1);
                }
                format!("  rotate {}{otherwise}", turns.join(", "))
            } else {
                String::new()
            };
            writeln!(self.text, "queue q{index} team crew{rotation}").unwrap();
        }
        self.text.push_str("queue q3 team crew\n\n");
    }

    /// A table of owners, perhaps all of whom are away, perhaps none at all.
    fn rotation_table(&mut self, index: usize) -> String {
        let mut csv = String::from("rep,ramp,away\n");
        let all_away = self.random.chance(25);
        for rep in 0..self.random.below(5) {
            let away = if all_away || self.random.chance(30) { "yes" } else { "no" };
            let ramp = if self.random.chance(15) { String::new() } else { self.random.below(4).to_string() };
            writeln!(csv, "rep{},{ramp},{away}", (rep + index) % 4).unwrap();
        }
        self.given.push((format!("reps{index}"), csv));
        writeln!(self.text, "table reps{index} from input {{\n  rep text key\n  ramp whole 0..9 optional\n  away yes_no\n}}").unwrap();
        format!("  rotate from reps{index} weight reps{index}.ramp skip when reps{index}.away otherwise q{}", index + 1)
    }

    // --- values -------------------------------------------------------------------------------------------------------
}

fn choices(count: usize) -> String {
    (0..count).map(|choice| format!("v{choice}")).collect::<Vec<_>>().join(", ")
}

fn max_scale(left: Option<u8>, right: Option<u8>) -> Option<u8> {
    Some(left?.max(right?))
}

fn decimal_text(value: i64, scale: u8) -> String {
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = usize::from(scale) + 1);
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(scale));
    let sign = if value < 0 { "-" } else { "" };
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}
