//! Random well-typed policies, as text, and random well-formed leads for them, as CSV.
//!
//! Every policy checks without an error and uses only what is evaluated. [`Generated::constructs`] says which parts of the language
//! it uses, so that a test can hold how often each occurs.

mod histories;

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

    fn let_number(&mut self, index: usize) {
        let name = format!("n{index}");
        let (text, scale, money) = self.number(2);
        writeln!(self.text, "let {name} = {text}\n").unwrap();
        self.numbers.push(Number { text: name, scale, money });
    }

    /// An expression, its scale if known, and whether it is money.
    fn number(&mut self, depth: usize) -> (String, Option<u8>, bool) {
        let base = self.random.pick(&self.numbers.clone()).clone();
        if depth == 0 {
            return (base.text, base.scale, base.money);
        }
        match self.random.below(20) {
            14..=16 => self.far_apart(),
            17..=19 => self.part_beyond_64_bits(),
            12 => self.long_sum(base),
            13 => self.fraction(base),
            0 | 1 => {
                self.uses("sum");
                let other = self.number_like(base.money);
                let sign = if self.random.chance(50) { "+" } else { "-" };
                (format!("({} {sign} {})", base.text, other.text), max_scale(base.scale, other.scale), base.money)
            }
            2 => {
                self.uses("product");
                let factor = *self.random.pick(&["3", "-7", "1_000_000", "0.25", "-1"]);
                let extra = if factor.contains('.') { 2 } else { 0 };
                match base.scale {
                    Some(scale) if scale <= 8 => (format!("({} * {factor})", base.text), Some(scale + extra), base.money),
                    _ => (base.text, base.scale, base.money),
                }
            }
            3 => {
                let other = self.number_like(false);
                match (base.scale, other.scale) {
                    (Some(left), Some(right)) if left + right <= 8 => {
                        self.uses("product of two");
                        (format!("({} * {})", base.text, other.text), Some(left + right), base.money)
                    }
                    _ => (base.text, base.scale, base.money),
                }
            }
            4 => {
                self.uses("division");
                let places = self.random.below(4);
                let other = self.number_like(false);
                let divisor =
                    if self.random.chance(50) { other.text } else { (*self.random.pick(&["2", "-3", "7", "100", "0.5"])).to_string() };
                (format!("({} / {divisor} to {places} places)", base.text), Some(places as u8), base.money)
            }
            5 => {
                self.uses("remainder");
                let left = self.number_like(false);
                let right = self.number_like(false);
                let divisor = if self.random.chance(50) { right.text } else { (*self.random.pick(&["2", "-3", "7", "100"])).to_string() };
                let scale = if divisor.starts_with(['n', 'f']) { max_scale(left.scale, right.scale) } else { left.scale };
                (format!("({} % {divisor})", left.text), scale, false)
            }
            6 => {
                self.uses("larger or smaller");
                let other = self.number_like(base.money);
                let word = if self.random.chance(50) { "larger" } else { "smaller" };
                (format!("({word} of ({}, {}))", base.text, other.text), max_scale(base.scale, other.scale), base.money)
            }
            7 => {
                self.uses("else");
                (format!("({} else {})", base.text, self.random.below(50)), base.scale, base.money)
            }
            8 if !self.dates.is_empty() => {
                self.uses("days since or until");
                let date = self.random.pick(&self.dates.clone()).clone();
                let word = if self.random.chance(60) { "since" } else { "until" };
                (format!("(days {word} {date})"), Some(0), false)
            }
            9 => match self.text_field() {
                Some(field) => {
                    self.uses("look-up");
                    (format!("(places[{field}].amount)"), Some(0), false)
                }
                None => self.number(depth - 1),
            },
            10 | 11 if self.prefix_table => match (self.text_field(), self.field_of(|kind| *kind == Kind::YesNo)) {
                (Some(text), Some(flag)) => {
                    self.uses("prefix look-up");
                    (format!("(areas[{}, {text}].worth)", flag.name), Some(1), false)
                }
                _ => self.number(depth - 1),
            },
            _ => self.number(depth - 1),
        }
    }

    /// Values without a range among the members leave 64 bits on the way.
    fn long_sum(&mut self, first: Number) -> (String, Option<u8>, bool) {
        self.uses("sum of many");
        let (mut text, mut scale) = (first.text.clone(), first.scale);
        for _ in 0..2 + self.random.below(3) {
            let other = self.number_like(first.money);
            write!(text, " {} {}", if self.random.chance(50) { "+" } else { "-" }, other.text).unwrap();
            scale = max_scale(scale, other.scale);
        }
        (format!("({text})"), scale, first.money)
    }

    /// Products above and below the line that 64 bits need not hold.
    fn fraction(&mut self, first: Number) -> (String, Option<u8>, bool) {
        self.uses("fraction of many");
        let (mut text, mut scale_above, mut scale_below) = (first.text.clone(), first.scale.unwrap_or(18), 0);
        for _ in 0..2 + self.random.below(3) {
            let other = self.number_like(false);
            let scale = other.scale.unwrap_or(18);
            let above = self.random.chance(50);
            let side = if above { &mut scale_above } else { &mut scale_below };
            // at most 18 places are kept on either side
            if *side + scale <= 12 {
                *side += scale;
                write!(text, " {} {}", if above { "*" } else { "/" }, other.text).unwrap();
            }
        }
        let places = self.random.below(4) as u8;
        if scale_above > 12 {
            return (first.text, first.scale, first.money);
        }
        (format!("({text} to {places} places)"), Some(places), first.money)
    }

    /// A value that may have no place for the decimals of the other one.
    fn far_apart(&mut self) -> (String, Option<u8>, bool) {
        let base = self.number_like(false).text;
        let fine = "0.000000000007";
        let text = match self.random.below(5) {
            0 => format!("(larger of ({base}, {fine}))"),
            1 => format!("(smaller of ({base}, {fine}))"),
            2 | 3 => format!("({base} % {fine})"),
            _ => format!("({fine} % {base})"),
        };
        self.uses("scales far apart");
        (text, None, false)
    }

    /// A part leaves 64 bits for all but few leads, and the result may fit.
    fn part_beyond_64_bits(&mut self) -> (String, Option<u8>, bool) {
        self.uses("part beyond 64 bits");
        let fitting: Vec<Number> =
            self.numbers.iter().filter(|number| !number.money && number.scale.is_some_and(|scale| scale <= 3)).cloned().collect();
        let mut next = || match fitting.is_empty() {
            true => ("7".to_string(), 0),
            false => {
                let number = self.random.pick(&fitting);
                (number.text.clone(), number.scale.unwrap_or(0))
            }
        };
        let [(a, of_a), (b, of_b), (c, of_c), (d, of_d)] = [next(), next(), next(), next()];
        let far = |random: &mut Random| {
            *random.pick(&[
                "9_223_372_036_854_775_807",
                "-9_223_372_036_854_775_807",
                "4_611_686_018_427_387_906",
                "1_000_000_000_000_000_000",
            ])
        };
        let (up, down) = (far(&mut self.random), far(&mut self.random));
        let sign = if self.random.chance(50) { "+" } else { "-" };
        let places = self.random.below(4) as u8;
        let (text, scale) = match self.random.below(8) {
            0 => (format!("{a} * {b} {sign} {c}"), (of_a + of_b).max(of_c)),
            1 => (format!("{a} * {b} * {up} {sign} {c} * {d}"), (of_a + of_b).max(of_c + of_d)),
            2 => (format!("({a} * {up} {sign} {b}) / {down} to {places} places"), places),
            3 => (format!("({a} * {b} - {c} * {up}) / {down} / {d} to {places} places"), places),
            4 => (format!("larger of ({a} * {up}, {b})"), of_a.max(of_b)),
            5 => (format!("{c} - smaller of ({a} * {up} {sign} {d}, {b})"), of_a.max(of_b).max(of_c).max(of_d)),
            6 => (format!("({a} * {up}) % {b} {sign} {c}"), of_a.max(of_b).max(of_c)),
            _ => (format!("({a} * {up} / 7 to {places} places) {sign} {b} * {up} {sign} {c}"), places.max(of_b).max(of_c)),
        };
        (format!("({text})"), Some(scale), false)
    }

    fn number_like(&mut self, money: bool) -> Number {
        let like: Vec<Number> = self.numbers.iter().filter(|number| number.money == money).cloned().collect();
        if like.is_empty() {
            return Number { text: "5".to_string(), scale: Some(0), money };
        }
        self.random.pick(&like).clone()
    }

    fn field_of(&mut self, wanted: impl Fn(&Kind) -> bool) -> Option<Field> {
        let fitting: Vec<Field> = self.fields.iter().filter(|field| wanted(&field.kind)).cloned().collect();
        if fitting.is_empty() { None } else { Some(self.random.pick(&fitting).clone()) }
    }

    fn text_field(&mut self) -> Option<String> {
        self.field_of(|kind| *kind == Kind::Text).map(|field| field.name)
    }

    // --- conditions ---------------------------------------------------------------------------------------------------

    fn condition(&mut self, depth: usize) -> String {
        if depth == 0 || self.random.chance(25) {
            return self.comparison();
        }
        match self.random.below(5) {
            0 => {
                self.uses("and");
                format!("({} and {})", self.condition(depth - 1), self.condition(depth - 1))
            }
            1 => {
                self.uses("or");
                format!("({} or {} or {})", self.condition(depth - 1), self.condition(0), self.condition(0))
            }
            2 => {
                self.uses("not");
                format!("(not {})", self.condition(depth - 1))
            }
            3 => {
                self.uses("implies");
                format!("({} implies {})", self.condition(depth - 1), self.condition(0))
            }
            _ => self.comparison(),
        }
    }

    fn comparison(&mut self) -> String {
        let field = self.random.pick(&self.fields.clone()).clone();
        let name = field.name.clone();
        match self.random.below(14) {
            0 if field.optional => {
                self.uses("is missing or known");
                return format!("({name} is {})", self.random.pick(&["missing", "known", "not missing", "not known"]));
            }
            1 if !self.conditions.is_empty() => {
                self.uses("bare condition");
                return self.random.pick(&self.conditions.clone()).clone();
            }
            2 if !self.decides.is_empty() => {
                self.uses("decide in a condition");
                let (decide, outcomes) = self.random.pick(&self.decides.clone()).clone();
                return format!("({decide} is o{})", self.random.below(outcomes));
            }
            3 => {
                if let Some(text) = self.text_field() {
                    self.uses("cell in a condition");
                    return match self.random.below(3) {
                        0 => format!("(places[{text}].label is \"{}\")", self.random.pick(TEXTS)),
                        1 => format!("(places[{text}].target is q{})", self.random.below(3)),
                        _ => format!("(places[{text}].label starts with \"A\")"),
                    };
                }
            }
            4 | 5 => {
                self.uses("two values compared");
                let left = self.random.pick(&self.numbers.clone()).clone();
                let right = self.number_like(left.money);
                if right.text != "5" {
                    let operator = *self.random.pick(&[">=", ">", "<=", "<", "is same as", "is not same as"]);
                    return format!("({} {operator} {})", left.text, right.text);
                }
            }
            _ => {}
        }
        match &field.kind {
            Kind::Text => self.text_condition(&name),
            Kind::YesNo => match self.random.below(3) {
                0 => {
                    self.uses("bare condition");
                    name
                }
                1 => format!("({name} is yes)"),
                _ => format!("({name} is not yes)"),
            },
            Kind::OneOf(count) => {
                self.uses("is");
                let (a, b) = (self.random.below(*count), self.random.below(*count));
                match self.random.below(4) {
                    0 => format!("({name} is v{a})"),
                    1 => format!("({name} is not v{a})"),
                    2 if a != b => {
                        self.uses("is one of");
                        format!("({name} is one of v{a}, v{b})")
                    }
                    _ if a != b => {
                        self.uses("is one of");
                        format!("({name} is not one of v{a}, v{b})")
                    }
                    _ => format!("({name} is v{a})"),
                }
            }
            Kind::SomeOf(count) => {
                self.uses("has");
                let a = self.random.below(*count);
                format!("({name} has v{a})")
            }
            Kind::Date => {
                self.uses("date compared");
                let operator = *self.random.pick(&[">=", ">", "<=", "<", "is", "is not"]);
                format!("({name} {operator} {})", self.date_text())
            }
            Kind::Time => {
                self.uses("time compared");
                let operator = *self.random.pick(&[">=", ">", "<=", "<"]);
                format!("({name} {operator} {}T12:30)", self.date_text())
            }
            Kind::Number { scale, range, .. } => {
                self.uses("number compared");
                let constant = self.number_text(*scale, *range);
                let operator = *self.random.pick(&[">=", ">", "<=", "<", "is", "is not"]);
                if self.random.chance(20) {
                    self.uses("between");
                    let (low, high) = range.unwrap_or((-5_000, 5_000_000));
                    let mut ends = [self.random.between(low, high), self.random.between(low, high)];
                    ends.sort_unstable();
                    return format!("({name} between {} and {})", decimal_text(ends[0], *scale), decimal_text(ends[1], *scale));
                }
                format!("({name} {operator} {constant})")
            }
        }
    }

    fn text_condition(&mut self, name: &str) -> String {
        self.uses("text compared");
        let text = *self.random.pick(TEXTS);
        match self.random.below(7) {
            0 => format!("({name} is \"{text}\")"),
            1 => format!("({name} is not \"{text}\")"),
            2 => format!("({name} is one of \"{text}\", \"ohio\", \"New York\")"),
            3 => format!("({name} starts with \"{}\")", text.chars().next().unwrap()),
            4 => format!("({name} contains \"{}\")", text.chars().next().unwrap()),
            5 => {
                self.uses("domain of");
                format!("(domain of {name} is \"example.com\")")
            }
            _ => format!("({name} ends with \"{}\")", text.chars().last().unwrap()),
        }
    }

    fn date_text(&mut self) -> String {
        let (year, month, day) = (self.random.between(2020, 2030), self.random.between(1, 12), self.random.between(1, 28));
        format!("{year:04}-{month:02}-{day:02}")
    }

    fn number_text(&mut self, scale: u8, range: Option<(i64, i64)>) -> String {
        let value = match (range, self.random.below(4)) {
            (Some((low, _)), 0) => low,
            (Some((_, high)), 1) => high,
            (Some((low, high)), _) => self.random.between(low, high),
            (None, 0) => i64::MAX,
            (None, 1) => i64::MIN + 1,
            (None, 2) => 0,
            (None, _) => self.random.between(-10_000, 10_000_000),
        };
        decimal_text(value, scale)
    }

    // --- scores -------------------------------------------------------------------------------------------------------

    fn weighted_score(&mut self, index: usize) {
        self.uses("weighted score");
        let name = format!("s{index}");
        let mut head = format!("score {name}");
        if self.random.chance(60) {
            self.uses("score range");
            let range = self.random.pick(&[" from 0 to 100", " from -50 to 60", " from 10 to 11"]);
            head.push_str(range);
        }
        if self.random.chance(25) {
            self.uses("rounded score");
            write!(head, " rounded to {} places", self.random.below(3)).unwrap();
        }
        let mut body = String::new();
        if self.random.chance(30) {
            self.uses("persona");
            let condition = self.condition(1);
            let first = self.sections();
            let second = self.sections();
            write!(body, "  for {condition} {{\n{first}  }}\n  otherwise {{\n{second}  }}\n").unwrap();
        } else {
            body.push_str(&self.sections());
            if self.random.chance(25) {
                let extra = self.points_section("extra");
                body.push_str(&extra);
            }
        }
        for _ in 0..self.random.below(3) {
            self.uses("adjust");
            let points = *self.random.pick(&["-25", "+5", "+0.5", "-3.25"]);
            let condition = self.condition(1);
            writeln!(body, "  adjust {points} when {condition} because \"so\"").unwrap();
        }
        writeln!(self.text, "{head} {{\n{body}}}\n").unwrap();
        self.numbers.push(Number { text: name, scale: None, money: false });
    }

    fn sections(&mut self) -> String {
        let weights = self.weights();
        let mut text = String::new();
        for (index, weight) in weights.iter().enumerate() {
            writeln!(text, "  section part{index} {weight}% {{").unwrap();
            for weight in self.weights() {
                let attribute = self.attribute(Some(&weight));
                text.push_str(&attribute);
            }
            text.push_str("  }\n");
        }
        text
    }

    fn weights(&mut self) -> Vec<String> {
        let sets: &[&[&str]] = &[&["100"], &["40", "60"], &["33.3", "33.3", "33.4"], &["25", "25", "50"], &["12.5", "87.5"], &["0", "100"]];
        self.random.pick(sets).iter().map(|weight| weight.to_string()).collect()
    }

    fn attribute(&mut self, weight: Option<&str>) -> String {
        let field = self.random.pick(&self.fields.clone()).clone();
        let weight = weight.map_or(String::new(), |weight| format!(" {weight}%"));
        let mut rows = String::new();
        match &field.kind {
            Kind::Number { scale, range, .. } => {
                self.uses("bands");
                let (low, high) = range.unwrap_or((i64::MIN + 1, i64::MAX));
                let mut cuts: Vec<i64> =
                    (0..self.random.below(6) + 1).map(|_| self.random.between(low.max(-100_000), high.min(100_000))).collect();
                cuts.sort_unstable();
                cuts.dedup();
                cuts.retain(|cut| *cut > low);
                if cuts.is_empty() {
                    cuts.push(high);
                }
                let bounded_linear = range.is_some_and(|(low, high)| low.abs().max(high.abs()) <= 1_000 * 10i64.pow(u32::from(*scale)));
                let points = self.points();
                write!(rows, "under {} {points}", decimal_text(cuts[0], *scale)).unwrap();
                for pair in cuts.windows(2) {
                    let points = if bounded_linear && self.random.chance(40) {
                        self.uses("linear band");
                        // at most ±1,000 times 0.01 is ±10
                        if self.random.chance(50) { "0.01 each".to_string() } else { "1 per 100".to_string() }
                    } else {
                        self.points()
                    };
                    write!(rows, "  {} to under {} {points}", decimal_text(pair[0], *scale), decimal_text(pair[1], *scale)).unwrap();
                }
                let points = self.points();
                write!(rows, "  {} or more {points}", decimal_text(cuts[cuts.len() - 1], *scale)).unwrap();
            }
            Kind::YesNo => {
                self.uses("yes_no attribute");
                write!(rows, "yes {}  no {}", self.points(), self.points()).unwrap();
            }
            Kind::OneOf(count) => {
                self.uses("choice attribute");
                let listed = if self.random.chance(40) { self.random.below(*count) } else { *count };
                for choice in 0..listed {
                    write!(rows, "v{choice} {}  ", self.points()).unwrap();
                }
                if listed < *count {
                    write!(rows, "otherwise {}", self.points()).unwrap();
                }
            }
            Kind::SomeOf(count) => {
                self.uses("some of attribute");
                for choice in 0..*count {
                    write!(rows, "v{choice} {}  ", self.points()).unwrap();
                }
            }
            Kind::Text => {
                self.uses("text attribute");
                write!(rows, "\"OH\" {}  \"Straße\" {}  otherwise {}", self.points(), self.points(), self.points()).unwrap();
            }
            Kind::Date => {
                self.uses("date attribute");
                let cut = self.date_text();
                write!(rows, "under {cut} {}  {cut} or more {}", self.points(), self.points()).unwrap();
            }
            Kind::Time => {
                self.uses("time attribute");
                let cut = self.date_text();
                write!(rows, "under {cut}T00:00 {}  {cut}T00:00 or more {}", self.points(), self.points()).unwrap();
            }
        }
        if field.optional {
            self.uses("missing row");
            write!(rows, "  missing {}", self.points()).unwrap();
        }
        format!("    {}{weight} {{ {rows} }}\n", field.name)
    }

    fn points(&mut self) -> String {
        (*self.random.pick(&["10", "-10", "0", "3", "7.5", "-2.25", "1", "6"])).to_string()
    }

    fn points_section(&mut self, name: &str) -> String {
        self.uses("points section");
        let cap = if self.random.chance(50) {
            self.uses("up to");
            " up to 20"
        } else {
            ""
        };
        let mut text = format!("  section {name} points{cap} {{\n");
        for _ in 0..self.random.below(4) + 1 {
            let points = *self.random.pick(&["+10", "-5", "+2.5", "+100"]);
            let condition = self.condition(1);
            writeln!(text, "    {points} when {condition}").unwrap();
        }
        if let Some(row) = self.row_per_signal() {
            writeln!(text, "    {row}").unwrap();
        }
        if self.random.chance(60) {
            let attribute = self.attribute(None);
            text.push_str(&attribute);
        }
        text.push_str("  }\n");
        text
    }

    fn points_score(&mut self, index: usize) {
        let section = self.points_section("moves");
        writeln!(self.text, "score s{index} {{\n{section}}}\n").unwrap();
        self.numbers.push(Number { text: format!("s{index}"), scale: None, money: false });
    }

    // --- decisions, flow, routes --------------------------------------------------------------------------------------

    fn decide(&mut self, index: usize) {
        self.uses("decide");
        let outcomes = self.random.below(4) + 2;
        let mut rows = String::new();
        for outcome in 0..outcomes - 1 {
            let condition = self.condition(2);
            writeln!(rows, "  o{outcome} when {condition}").unwrap();
        }
        writeln!(self.text, "decide d{index} {{\n{rows}  o{} otherwise\n}}\n", outcomes - 1).unwrap();
        self.decides.push((format!("d{index}"), outcomes));
    }

    fn grid(&mut self, index: usize) {
        let subjects: Vec<Field> = self
            .fields
            .iter()
            .filter(|field| match field.kind {
                Kind::YesNo => true,
                Kind::OneOf(count) => count <= 8,
                Kind::Number { range: Some(_), .. } => true,
                _ => false,
            })
            .cloned()
            .collect();
        if subjects.is_empty() {
            return self.decide(index);
        }
        self.uses("grid");
        let row_field = self.random.pick(&subjects).clone();
        let column_field = self.random.pick(&subjects).clone();
        let columns = self.edges(&column_field);
        let rows = self.edges(&row_field);
        let outcomes = 4;
        let mut text = format!("grid d{index} of {} across {} {{\n  {}\n", row_field.name, column_field.name, columns.join(", "));
        let mut cell = 0;
        for row in rows {
            let cells: Vec<String> = columns
                .iter()
                .map(|_| {
                    cell += 1;
                    format!("o{}", if cell <= outcomes { cell - 1 } else { self.random.below(outcomes) })
                })
                .collect();
            writeln!(text, "  {row}  {}", cells.join(", ")).unwrap();
        }
        writeln!(self.text, "{text}}}\n").unwrap();
        self.decides.push((format!("d{index}"), cell.min(outcomes)));
    }

    fn edges(&mut self, field: &Field) -> Vec<String> {
        let mut edges = match &field.kind {
            Kind::YesNo => vec!["yes".to_string(), "no".to_string()],
            Kind::OneOf(count) => (0..*count).map(|choice| format!("v{choice}")).collect(),
            Kind::Number { scale, range: Some((low, high)), .. } => {
                let cut = self.random.between(low + 1, *high);
                vec![format!("{} or more", decimal_text(cut, *scale)), format!("under {}", decimal_text(cut, *scale))]
            }
            _ => vec!["otherwise".to_string()],
        };
        if field.optional {
            edges.push("missing".to_string());
        }
        edges
    }

    fn flow(&mut self) {
        self.uses("flow");
        for stage in 0..self.stages {
            let mark = if stage == 0 {
                " start"
            } else if stage == self.stages - 1 {
                " final"
            } else {
                ""
            };
            writeln!(self.text, "stage t{stage} owner crew{mark}").unwrap();
        }
        self.text.push_str("\nflow {\n");
        for stage in 0..self.stages - 1 {
            let condition = self.condition(1);
            writeln!(self.text, "  t{stage} -> t{} when {condition}", stage + 1).unwrap();
            self.waiting_row(stage, stage + 1);
            if stage > 0 {
                let condition = self.condition(1);
                writeln!(self.text, "  t{stage} -> t0 when {condition} recycle rest 30 days because \"again\"").unwrap();
            }
        }
        self.text.push_str("}\n\n");
    }

    fn routes(&mut self) {
        for index in 0..self.random.below(3) {
            self.uses("route");
            let mut head = format!("route r{index}");
            let each = self.field_of(|kind| matches!(kind, Kind::SomeOf(count) if *count <= 8)).filter(|_| self.random.chance(70));
            if let Some(Field { name, .. }) = &each {
                self.uses("route for each");
                write!(head, " for each one in {name}").unwrap();
            }
            if self.stages > 0 && self.random.chance(40) {
                self.uses("route when entering");
                write!(head, " when entering t{}", self.random.below(self.stages - 1) + 1).unwrap();
            } else if self.stages > 0 && self.random.chance(60) {
                self.uses("stage is");
                write!(head, " when stage is t{}", self.random.below(self.stages)).unwrap();
            } else if self.random.chance(40) {
                let condition = self.condition(1);
                write!(head, " when {condition}").unwrap();
            }
            let mut rows = String::new();
            for _ in 0..self.random.below(3) {
                let condition = self.condition(1);
                if each.is_some() && self.random.chance(40) {
                    writeln!(rows, "  q{} when one is v0", self.random.below(4)).unwrap();
                    continue;
                }
                if self.random.chance(25) {
                    self.uses("keep owner");
                    self.keeps = true;
                    writeln!(rows, "  keep owner when {condition}").unwrap();
                    continue;
                }
                match self.text_field() {
                    Some(text) if self.random.chance(50) => {
                        self.uses("route by");
                        writeln!(rows, "  by places[{text}].target when {condition}").unwrap();
                    }
                    _ => writeln!(rows, "  q{} when {condition}", self.random.below(3)).unwrap(),
                }
            }
            writeln!(self.text, "{head} {{\n{rows}  q{} otherwise\n}}\n", self.random.below(3)).unwrap();
        }
    }
}

impl Maker {
    fn clocks(&mut self) {
        for index in 0..self.random.below(2) + 1 {
            self.uses("sla");
            let entered = self.random.below(self.stages);
            let (starts, stops) = match self.random.below(3) {
                0 => (format!("entering t{entered}"), format!("leaving t{entered}")),
                1 => (format!("entering t{entered} and {}", self.condition(0)), format!("entering t{}", self.stages - 1)),
                _ => (self.condition(1), self.condition(1)),
            };
            let mut rows = format!("  starts when {starts}\n  stops when {stops}\n");
            for _ in 0..self.random.below(2) {
                self.uses("target by condition");
                let (length, condition) = (self.length(), self.condition(1));
                writeln!(rows, "  within {length} when {condition}").unwrap();
            }
            writeln!(rows, "  within {} otherwise\n  by crew", self.length()).unwrap();
            if self.random.chance(40) {
                self.uses("pauses when");
                writeln!(rows, "  pauses when {}", self.condition(0)).unwrap();
            }
            if self.random.chance(40) {
                self.uses("breach reassign");
                writeln!(rows, "  breach reassign after {}", self.length()).unwrap();
            }
            writeln!(self.text, "sla k{index} {{\n{rows}}}\n").unwrap();
        }
    }

    fn length(&mut self) -> String {
        let unit = *self.random.pick(&["minutes", "hours", "days", "business minutes", "business hours", "business days"]);
        format!("{} {unit}", self.random.below(40) + 1)
    }
}

impl Generated {
    /// `count` well-formed leads as CSV, with extremes and, in optional fields, nulls.
    pub fn leads(&self, seed: u64, count: usize, kinds: &mut LeadKinds) -> String {
        let mut random = Random::new(seed);
        let mut csv = String::from("id");
        for field in &self.fields {
            write!(csv, ",{}", field.name).unwrap();
        }
        if self.stages > 0 {
            csv.push_str(",stage,stage_since,rest_until");
        }
        if self.keeps {
            csv.push_str(",owner,queue");
        }
        csv.push('\n');
        for row in 0..count {
            write!(csv, "L-{row}").unwrap();
            let (mut null, mut extreme) = (false, false);
            for field in &self.fields {
                csv.push(',');
                if field.optional && random.chance(25) {
                    null = true;
                    continue;
                }
                let (text, at_the_edge) = cell(&field.kind, &mut random);
                extreme |= at_the_edge;
                csv.push_str(&text);
            }
            if self.stages > 0 {
                let stage = if random.chance(20) { String::new() } else { format!("t{}", random.below(self.stages)) };
                let rest = *random.pick(&["", "", "2026-11-18T14:59", "2026-11-18T15:00", "2026-11-18T15:01", "2027-01-01T00:00Z"]);
                let since = match random.below(4) {
                    0 => String::new(),
                    1 => "2026-11-18T15:00".to_string(),
                    _ => format!("2026-1{}-{:02}T{:02}:{:02}", random.below(2), random.below(18) + 1, random.below(24), random.below(60)),
                };
                write!(csv, ",{stage},{since},{rest}").unwrap();
            }
            if self.keeps {
                let (owner, queue) = (*random.pick(&["", "", "zoe", "Yan"]), *random.pick(&["", "q0", "q3"]));
                write!(csv, ",{owner},{queue}").unwrap();
            }
            csv.push('\n');
            kinds.with_a_null += usize::from(null);
            kinds.with_an_extreme += usize::from(extreme);
        }
        csv
    }
}

/// How many leads have a value that is missing, and one at the edge of its type or range.
#[derive(Debug, Default)]
pub struct LeadKinds {
    pub with_a_null: usize,
    pub with_an_extreme: usize,
}

/// A cell, and whether it lies at the edge of what its field can hold.
fn cell(kind: &Kind, random: &mut Random) -> (String, bool) {
    let text = match kind {
        Kind::Text => {
            let text = *random.pick(TEXTS);
            match random.below(4) {
                0 => format!("\"  {text} \""),
                1 => text.to_uppercase(),
                2 => format!("{text}{}", random.below(50)),
                _ => text.to_string(),
            }
        }
        Kind::Number { scale, range, .. } => {
            let (low, high) = range.unwrap_or((i64::MIN, i64::MAX));
            let value = match random.below(8) {
                0 => low,
                1 => high,
                2 => 0.clamp(low, high),
                3 => random.between(low, high),
                _ => random.between(low.max(-200_000), high.min(200_000)),
            };
            return (decimal_text(value, *scale), value == low || value == high);
        }
        Kind::YesNo => (*random.pick(&["yes", "no"])).to_string(),
        Kind::OneOf(count) => format!("v{}", random.below(*count)),
        Kind::SomeOf(count) => {
            let members: BTreeSet<usize> = (0..random.below(4) + 1).map(|_| random.below(*count)).collect();
            members.iter().map(|member| format!("v{member}")).collect::<Vec<_>>().join(";")
        }
        Kind::Date => match random.below(12) {
            0 => "0001-01-01".to_string(),
            1 => "9999-12-31".to_string(),
            2 => "2026-11-18".to_string(),
            _ => format!("{:04}-{:02}-{:02}", random.between(2019, 2031), random.between(1, 12), random.between(1, 28)),
        },
        Kind::Time => match random.below(12) {
            0 => "0001-01-02T00:00:00Z".to_string(),
            1 => "9999-12-29T23:59:59Z".to_string(),
            2 => "2026-11-18T15:00:00.000001".to_string(),
            3 => "2026-11-18T04:59:59.999999Z".to_string(),
            _ => format!(
                "{:04}-{:02}-{:02}T{:02}:{:02}",
                random.between(2019, 2031),
                random.between(1, 12),
                random.between(1, 28),
                random.between(0, 23),
                random.between(0, 59)
            ),
        },
    };
    let extreme = text.starts_with("0001") || text.starts_with("9999");
    (text, extreme)
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
