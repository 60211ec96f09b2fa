//! Random policies that are small enough to try every lead.
//!
//! Enters: a seed. Leaves: the text of a policy, and every kind of lead that it tells apart: all values of its fields, and of dates and numbers without
//! a range the values around every constant that the policy holds them against.

use std::fmt::Write;

use leadwright::model::Constant;
use leadwright::record::Lead;

use super::random::Random;

pub struct Small {
    pub text: String,
    /// per field behind the key, every value that is tried
    pub values: Vec<Vec<Option<Constant>>>,
    pub stages: usize,
    /// per field behind the key, what a change costs; none is fixed
    pub costs: Vec<Option<u64>>,
}

/// A field: its name, and what is asked of it.
struct Field {
    name: String,
    kind: Kind,
    optional: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    YesNo,
    OneOf,
    SomeOf,
    Whole,
    Text,
    Date,
    Decimal,
}

const DAY: i64 = 20_467; // 2026-01-14

pub fn small(seed: u64) -> Small {
    made(seed, false)
}

/// The same, with outcomes that several rows give, and with a second flow.
pub fn small_with_repeats(seed: u64) -> Small {
    made(seed, true)
}

fn made(seed: u64, repeats: bool) -> Small {
    let mut random = Random::new(seed);
    let mut text = String::from("leadwright 1\n\npolicy p { timezone \"UTC\" }\n\nlead {\n  id text key\n");
    let mut fields: Vec<Field> = Vec::new();
    let mut values: Vec<Vec<Option<Constant>>> = Vec::new();
    let mut costs: Vec<Option<u64>> = Vec::new();
    let mut leads = 1;
    for number in 0..2 + random.below(4) {
        let kind = *random.pick(&[Kind::YesNo, Kind::OneOf, Kind::SomeOf, Kind::Whole, Kind::Whole, Kind::Text, Kind::Date, Kind::Decimal]);
        let optional = random.chance(50);
        let name = format!("f{number}");
        let (written, all): (&str, Vec<Constant>) = match kind {
            Kind::YesNo => ("yes_no", (0..2).map(Constant::Integer).collect()),
            Kind::OneOf => ("one of a, b, c", (0..3).map(Constant::Integer).collect()),
            Kind::SomeOf => ("some of a, b, c", (1..8).map(Constant::Integer).collect()),
            Kind::Whole => ("whole 0..6", (0..7).map(Constant::Integer).collect()),
            Kind::Decimal => ("decimal 1 -0.3..0.3", (-3..4).map(Constant::Integer).collect()),
            Kind::Text => {
                let texts = ["OH", "ohio", "xoh", "TX", "other", "oh qoh", "q"];
                ("text", texts.iter().map(|text| Constant::Text((*text).into())).collect())
            }
            Kind::Date => {
                let days = [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 29, 30, 31, 32, 60, 61];
                ("date", days.iter().map(|days| Constant::Integer(DAY - days)).collect())
            }
        };
        let mut all: Vec<Option<Constant>> = all.into_iter().map(Some).collect();
        if optional {
            all.push(None);
        }
        if leads * all.len() > 3_000 {
            break;
        }
        leads *= all.len();
        values.push(all);
        let (change, cost) = [("", Some(1)), (" cost 3", Some(3)), (" fixed", None), (" cost 2", Some(2)), (" cost 0", Some(0))]
            [(seed as usize + number) % 5];
        writeln!(text, "  {name} {written}{}{change}", if optional { " optional" } else { "" }).unwrap();
        costs.push(cost);
        fields.push(Field { name, kind, optional });
    }
    text.push_str("}\n\n");
    let mut maker = Maker { random, text, fields, numbers: Vec::new(), conditions: Vec::new(), repeats };
    maker.derived();
    let stages = maker.flow();
    Small { text: maker.text, values, stages, costs }
}

impl Small {
    /// Every lead, in every stage.
    pub fn leads(&self) -> Vec<Lead> {
        let mut leads = vec![vec![Some(Constant::Text("L".into()))]];
        for values in &self.values {
            leads =
                leads.into_iter().flat_map(|lead| values.iter().map(move |value| [lead.clone(), vec![value.clone()]].concat())).collect();
        }
        let stages = self.stages.max(1);
        let with_stage = |values: Vec<Option<Constant>>| {
            (0..stages).map(move |stage| Lead { values: values.clone(), stage: (stage > 0).then_some(stage), ..Lead::default() })
        };
        leads.into_iter().flat_map(with_stage).collect()
    }
}

struct Maker {
    random: Random,
    text: String,
    fields: Vec<Field>,
    /// names of numbers without decimals
    numbers: Vec<String>,
    conditions: Vec<String>,
    repeats: bool,
}

impl Maker {
    fn derived(&mut self) {
        for number in 0..self.random.below(3) {
            if let Some(value) = self.arithmetic() {
                writeln!(self.text, "let n{number} = {value}\n").unwrap();
                self.numbers.push(format!("n{number}"));
            }
        }
        for number in 0..self.random.below(3) {
            let condition = self.condition(2);
            writeln!(self.text, "let c{number} = {condition}\n").unwrap();
            self.conditions.push(format!("c{number}"));
        }
        for number in 0..1 + self.random.below(2) {
            self.score(number);
        }
        self.decide();
        if self.random.chance(40) {
            self.grid();
        }
    }

    fn named(&mut self, kind: Kind) -> Option<String> {
        let names: Vec<&String> = self.fields.iter().filter(|field| field.kind == kind).map(|field| &field.name).collect();
        if names.is_empty() { None } else { Some((*self.random.pick(&names)).clone()) }
    }

    fn arithmetic(&mut self) -> Option<String> {
        let (a, b) = (self.named(Kind::Whole)?, self.named(Kind::Whole)?);
        let date = self.named(Kind::Date);
        Some(match self.random.below(8) {
            0 => format!("{a} + {b}"),
            1 => format!("{a} - {b} + 1"),
            2 => format!("{a} * {b}"),
            3 => format!("{a} / {b} to 0 places"),
            4 => format!("larger of ({a}, {b})"),
            5 => format!("{a} % 3"),
            6 => format!("smaller of ({a}, {b}) + 2"),
            _ => format!("days since {}", date?),
        })
    }

    fn condition(&mut self, depth: usize) -> String {
        if depth > 0 && self.random.chance(45) {
            let (left, right) = (self.condition(depth - 1), self.condition(depth - 1));
            return match self.random.below(4) {
                0 => format!("({left} and {right})"),
                1 => format!("({left} or {right})"),
                2 => format!("(not ({left}) and {right})"),
                _ => format!("(({left}) implies ({right}))"),
            };
        }
        if !self.numbers.is_empty() && self.random.chance(30) {
            let name = self.random.pick(&self.numbers).clone();
            let (operator, constant) = (self.operator(), self.random.between(0, 8));
            return format!("{name} {operator} {constant}");
        }
        if !self.conditions.is_empty() && self.random.chance(20) {
            return self.random.pick(&self.conditions).clone();
        }
        let place = self.random.below(self.fields.len());
        let (name, kind, optional) = {
            let field = &self.fields[place];
            (field.name.clone(), field.kind, field.optional)
        };
        if optional && self.random.chance(20) {
            return format!("{name} is {}", self.random.pick(&["missing", "known"]));
        }
        let is = *self.random.pick(&["is", "is not"]);
        match kind {
            Kind::YesNo => name,
            Kind::OneOf => format!("{name} {is} {}", self.random.pick(&["a", "b", "c"])),
            Kind::SomeOf => format!("{name} has {}", self.random.pick(&["a", "b", "c"])),
            Kind::Whole => {
                if self.random.chance(25) {
                    let other = self.named(Kind::Whole).unwrap_or_else(|| name.clone());
                    return format!("{name} {} {other}", self.operator());
                }
                format!("{name} {} {}", self.operator(), self.random.between(0, 6))
            }
            Kind::Decimal => format!("{name} {} 0.{}", self.operator(), self.random.below(4)),
            Kind::Text => match self.random.below(5) {
                0 => format!("{name} {is} \"OH\""),
                1 => format!("{name} starts with \"oh\""),
                2 => format!("{name} ends with \"oh\""),
                3 => format!("{name} contains \"o\""),
                _ => format!("{name} is one of \"OH\", \"TX\""),
            },
            Kind::Date => format!("days since {name} {} {}", self.operator(), self.random.pick(&[0, 1, 2, 30, 60])),
        }
    }

    fn operator(&mut self) -> &'static str {
        [">=", ">", "<=", "<"][self.random.below(4)]
    }

    fn score(&mut self, number: usize) {
        let range = if self.random.chance(50) { " from 0 to 60" } else { "" };
        let rounded = if self.random.chance(30) { " rounded to 0 places" } else { "" };
        writeln!(self.text, "score s{number}{range}{rounded} {{").unwrap();
        let persona = self.random.chance(25);
        if persona {
            let condition = self.condition(1);
            writeln!(self.text, "  for {condition} {{").unwrap();
        }
        self.sections();
        if persona {
            self.text.push_str("  }\n  otherwise {\n");
            self.sections();
            self.text.push_str("  }\n");
            if self.random.chance(60) {
                self.points("shared");
            }
        }
        for _ in 0..self.random.below(3) {
            let (points, condition) = (*self.random.pick(&["+5", "-7", "+2.5"]), self.condition(1));
            writeln!(self.text, "  adjust {points} when {condition}").unwrap();
        }
        self.text.push_str("}\n\n");
        let is_whole = !rounded.is_empty();
        if is_whole {
            self.numbers.push(format!("s{number}"));
        } else {
            self.conditions.push(format!("(s{number} >= {})", self.random.between(0, 60)));
        }
    }

    fn sections(&mut self) {
        if self.random.chance(50) {
            let (first, second) = *self.random.pick(&[(100, 0), (60, 40), (33, 67)]);
            for (name, weight) in [("one", first), ("two", second)] {
                if weight == 0 {
                    continue;
                }
                writeln!(self.text, "    section {name} {weight}% {{").unwrap();
                self.attribute(100);
                self.text.push_str("    }\n");
            }
        } else {
            self.points("moves");
        }
    }

    fn points(&mut self, name: &str) {
        let most = if self.random.chance(50) { " up to 20" } else { "" };
        writeln!(self.text, "    section {name} points{most} {{").unwrap();
        for _ in 0..1 + self.random.below(4) {
            let (points, condition) = (*self.random.pick(&["+10", "-4", "+7", "+3"]), self.condition(1));
            writeln!(self.text, "      {points} when {condition}").unwrap();
        }
        self.text.push_str("    }\n");
    }

    fn attribute(&mut self, weight: usize) {
        let candidates: Vec<usize> =
            (0..self.fields.len()).filter(|place| !matches!(self.fields[*place].kind, Kind::Date | Kind::Decimal)).collect();
        if candidates.is_empty() {
            let condition = self.condition(1);
            let flag = format!("flag{}", self.text.matches("let flag").count());
            writeln!(self.text, "      {flag} {weight}% {{ yes 10  no 0 }}").unwrap();
            let place = self.text.rfind("score ").unwrap_or(0);
            self.text.insert_str(place, &format!("let {flag} = {condition}\n\n"));
            return;
        }
        let place = *self.random.pick(&candidates);
        let (name, kind, optional) = {
            let field = &self.fields[place];
            (field.name.clone(), field.kind, field.optional)
        };
        let mut priority = || self.random.between(-10, 10);
        let rows = match kind {
            Kind::YesNo => format!("yes {}  no {}", priority(), priority()),
            Kind::OneOf | Kind::SomeOf => format!("a {}  b {}  c {}", priority(), priority(), priority()),
            Kind::Whole => format!("5 or more {}  2 to 4 {}  under 2 {} each", priority(), priority(), priority()),
            Kind::Text => format!("\"OH\" {}  \"TX\" {}  otherwise {}", priority(), priority(), priority()),
            Kind::Date | Kind::Decimal => String::new(),
        };
        let missing = if optional { format!("  missing {}", priority()) } else { String::new() };
        writeln!(self.text, "      {name} {weight}% {{ {rows}{missing} }}").unwrap();
    }

    fn decide(&mut self) {
        self.text.push_str("decide d {\n");
        for row in 0..1 + self.random.below(5) {
            let condition = self.condition(2);
            let outcome = if self.repeats && row > 0 && self.random.chance(40) {
                (*self.random.pick(&["r0", "rest"])).to_owned()
            } else {
                format!("r{row}")
            };
            writeln!(self.text, "  {outcome} when {condition}").unwrap();
        }
        self.text.push_str("  rest otherwise\n}\n\n");
        self.conditions.push("d is r0".into());
    }

    fn grid(&mut self) {
        self.text.push_str("grid g of s0 across s0 {\n  30 or more, under 30\n  20 or more a1, a2\n  under 20 b1, b2\n}\n\n");
    }

    fn flow(&mut self) -> usize {
        if self.random.chance(40) {
            return 0;
        }
        self.text.push_str("team t\n\nstage x owner t start\n\nstage y owner t\n\nstage z owner t\n\nflow {\n");
        for way in ["x -> y", "y -> z", "y -> x", "z -> x"] {
            let condition = self.condition(1);
            writeln!(self.text, "  {way} when {condition}").unwrap();
        }
        self.text.push_str("}\n\n");
        if self.repeats && self.random.chance(40) {
            let condition = self.condition(1);
            writeln!(self.text, "flow more {{\n  x -> z when {condition}\n}}\n").unwrap();
        }
        if self.random.chance(60) {
            let (entering, first, second) = (*self.random.pick(&["x", "y", "z"]), self.condition(1), self.condition(1));
            let entering = if entering == "x" { "y" } else { entering };
            writeln!(
                self.text,
                "queue q1 team t\n\nqueue q2 team t\n\nroute r when entering {entering} {{\n  q1 when {first}\n  q2 when {second}\n  q1 otherwise\n}}\n"
            )
            .unwrap();
        }
        3
    }
}
