//! A program as text, for people who want to see what a policy became (`leadwright check --emit program`) and for snapshots.
//!
//! Enters: a program and the policy it came from, for the names of its fields. Leaves: text with one thing on a line, the same for the
//! same program always. The parts, each left out when empty:
//!
//! ```text
//! inputs
//!   i0 = beds : u16 0..50000?               a column; its width, its bounds, `?` if it can be missing
//!   i1 = text state through m0 : u8 0..2
//! maps
//!   m0 = "oh" 1, "tx" 2, else 0             what a folded text becomes
//! arrays
//!   a0 = [10, -, 6]                         `-` is a missing entry
//! lookups
//!   l0 = desks by 2 keys: (0, 3) 0, (1, 3) 1
//! calculations
//!   c0 = v1 * v2 / v3 shift 2               a fraction; each is exact, whatever its parts come to
//!   c1 = v1 - v2 shift 4 + v3               a sum; `shift` is a power of ten
//!   c2 = (v1 * v2) shift 2 - v3             a product in a sum
//! values
//!   v12 = band v3 [100, 500] -> 0..2?       an operation, what it takes, the bounds of its value
//! outputs
//!   readiness = v40 : u16                   a column of the scored file
//! ```
//!
//! Bounds at the ends of 64 bits are written `min` and `max`. Long arrays, maps and look-ups are cut after [`SHOWN_MAX`] entries, and the number of the rest is
//! written.

use std::fmt::{Display, Write};

use super::{Calculation, Input, InputSource, Lookup, Op, Parameter, Part, Program, Scaled, TextMap, TextMapKind, Value};
use crate::column::Width;
use crate::model::{Operator, Policy, TextTest};
use crate::syntax::tree::Sign;

/// How many entries of an array, a map or a look-up are written out.
pub const SHOWN_MAX: usize = 100;

/// The text form described above.
pub fn text(program: &Program, policy: &Policy) -> String {
    let mut lines = Vec::new();
    section(&mut lines, "inputs", &program.inputs, |index, input| format!("i{index} = {}", input_text(input, policy)));
    section(&mut lines, "maps", &program.text_maps, |index, map| format!("m{index} = {}", map_text(map)));
    section(&mut lines, "arrays", &program.arrays, |index, array| format!("a{index} = {}", array_text(array)));
    section(&mut lines, "lookups", &program.lookups, |index, lookup| format!("l{index} = {}", lookup_text(lookup)));
    section(&mut lines, "calculations", &program.calculations, |index, calculation| {
        format!("c{index} = {}", calculation_text(calculation))
    });
    section(&mut lines, "values", &program.ops, |index, op| {
        let shape = program.shapes[index];
        let missing = if shape.optional { "?" } else { "" };
        format!("v{index} = {} -> {}{missing}", op_text(program, op), bounds(shape.interval.low, shape.interval.high))
    });
    section(&mut lines, "outputs", &program.outputs, |_, output| {
        let missing = if output.optional { "?" } else { "" };
        format!("{} = v{} : {}{missing}", output.name, output.value.0, width_text(output.width))
    });
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

fn section<T>(lines: &mut Vec<String>, title: &str, items: &[T], line: impl Fn(usize, &T) -> String) {
    if !items.is_empty() {
        lines.push(title.to_string());
        lines.extend(items.iter().enumerate().map(|(index, item)| format!("  {}", line(index, item))));
    }
}

fn input_text(input: &Input, policy: &Policy) -> String {
    let name = |field: usize| policy.column(field).map_or_else(|| format!("field {field}"), |column| column.name.to_owned());
    let source = match &input.source {
        InputSource::Column(column) => name(*column),
        InputSource::LocalDay(column) => format!("day of {}", name(*column)),
        InputSource::Text { column, map } => format!("text {} through m{map}", name(*column)),
        InputSource::TextIdentity { column, domain: false } => format!("identity of {}", name(*column)),
        InputSource::TextIdentity { column, domain: true } => format!("identity of the domain of {}", name(*column)),
        InputSource::Stage => "the stage".to_string(),
        InputSource::StageSince => "stage since".to_string(),
        InputSource::RestUntil => "rest until".to_string(),
        InputSource::RouteOwner(route) => format!("owner of {}", route_name(policy, *route)),
        InputSource::RouteQueue(route) => format!("queue of {}", route_name(policy, *route)),
        InputSource::KeyHash => "hash of the key".to_string(),
    };
    let missing = if input.optional { "?" } else { "" };
    format!("{source} : {} {}{missing}", width_text(input.width), bounds(input.interval.0, input.interval.1))
}

fn route_name(policy: &Policy, route: usize) -> &str {
    policy.routes.get(route).map_or("a route", |route| route.name.as_str())
}

fn map_text(map: &TextMap) -> String {
    let domain = if map.domain { "domain " } else { "" };
    let sorted = |codes: &rustc_hash::FxHashMap<String, i64>| {
        let mut codes: Vec<(i64, String)> = codes.iter().map(|(text, code)| (*code, text.clone())).collect();
        codes.sort();
        shown(codes.len(), codes.into_iter().map(|(code, text)| format!("{text:?} {code}")))
    };
    let kind = match &map.kind {
        TextMapKind::Exact { codes, other } => {
            let comma = if codes.is_empty() { "" } else { ", " };
            format!("{}{comma}else {}", sorted(codes), entry_text(*other))
        }
        TextMapKind::Test { test, text } => {
            let test = match test {
                TextTest::StartsWith => "starts with",
                TextTest::EndsWith => "ends with",
                TextTest::Contains => "contains",
            };
            format!("{test} {text:?}")
        }
        TextMapKind::LongestPrefix { codes } => format!("longest prefix of {}", sorted(codes)),
    };
    format!("{domain}{kind}")
}

fn array_text(array: &[Option<i64>]) -> String {
    format!("[{}]", shown(array.len(), array.iter().map(|entry| entry_text(*entry))))
}

fn lookup_text(lookup: &Lookup) -> String {
    let rows = lookup.rows.iter().map(|(keys, row)| {
        let keys: Vec<String> = keys.iter().map(i64::to_string).collect();
        format!("({}) {row}", keys.join(", "))
    });
    let mut text = format!("{} by {} keys: {}", lookup.table, lookup.key_count, shown(lookup.rows.len(), rows));
    if let Some((position, parents)) = &lookup.prefix {
        // Writing to a string cannot fail.
        let _ = write!(text, "; key {position} is a prefix, shorter ones: {}", array_text(parents));
    }
    text
}

fn entry_text(entry: Option<i64>) -> String {
    entry.map_or_else(|| "-".to_string(), |entry| entry.to_string())
}

fn shown(count: usize, items: impl Iterator<Item = String>) -> String {
    let mut items: Vec<String> = items.take(SHOWN_MAX).collect();
    if count > items.len() {
        items.push(format!("and {} more", count - items.len()));
    }
    items.join(", ")
}

fn calculation_text(calculation: &Calculation) -> String {
    let shifted = |shift: i64| if shift == 0 { String::new() } else { format!(" shift {shift}") };
    let part = |part: &Part| match part {
        Part::Value(value) => format!("v{}", value.0),
        Part::Calculation(calculation) => format!("({})", calculation_text(calculation)),
    };
    let scaled = |member: &Scaled| format!("{}{}", part(&member.part), shifted(i64::from(member.shift)));
    let several = |members: &[Scaled]| shown(members.len(), members.iter().map(scaled));
    let product = |parts: &[Part]| {
        let parts: Vec<String> = parts.iter().map(part).collect();
        if parts.is_empty() { "1".to_string() } else { parts.join(" * ") }
    };
    match calculation {
        Calculation::Sum(members) => {
            let members = members.iter().enumerate().map(|(index, (sign, member))| {
                let sign = match (sign, index) {
                    (Sign::Plus, 0) => "",
                    (Sign::Plus, _) => " + ",
                    (Sign::Minus, 0) => "-",
                    (Sign::Minus, _) => " - ",
                };
                format!("{sign}{}", scaled(member))
            });
            members.collect()
        }
        Calculation::Larger(members) => format!("larger of {}", several(members)),
        Calculation::Smaller(members) => format!("smaller of {}", several(members)),
        Calculation::Remainder(left, right) => format!("{} % {}", scaled(left), scaled(right)),
        Calculation::Fraction { above, below, shift } => {
            let line = if below.is_empty() { String::new() } else { format!(" / {}", product(below)) };
            format!("{}{line}{}", product(above), shifted(i64::from(*shift)))
        }
    }
}

fn op_text(program: &Program, op: &Op) -> String {
    let two = |name: &str, left: &Value, right: &Value| format!("{name} v{} v{}", left.0, right.0);
    match op {
        Op::Input(input) => format!("input i{input}"),
        Op::Parameter(Parameter::AsOfDay) => "as-of day".to_string(),
        Op::Parameter(Parameter::AsOf) => "as-of".to_string(),
        Op::Constant(constant) => format!("constant {constant}"),
        Op::Missing => "missing".to_string(),
        Op::Add(left, right) => two("add", left, right),
        Op::Subtract(left, right) => two("subtract", left, right),
        Op::Multiply(left, right) => two("multiply", left, right),
        Op::Divide { left, right, shift: 0 } => two("divide", left, right),
        Op::Divide { left, right, shift } => format!("divide v{} v{} shift {shift}", left.0, right.0),
        Op::Quotient(left, right) => two("quotient", left, right),
        Op::Remainder(left, right) => two("remainder", left, right),
        Op::Larger(left, right) => two("larger", left, right),
        Op::Smaller(left, right) => two("smaller", left, right),
        Op::Calculate(number) => format!("calculate c{number}"),
        Op::Else(value, default) => two("else", value, default),
        Op::Select(condition, then, otherwise) => format!("select v{} v{} v{}", condition.0, then.0, otherwise.0),
        Op::Compare { operator, left, right, left_shift, right_shift } => {
            let operator = match operator {
                Operator::AtLeast => ">=",
                Operator::Above => ">",
                Operator::AtMost => "<=",
                Operator::Below => "<",
            };
            let side = |value: &Value, shift: u8| if shift == 0 { format!("v{}", value.0) } else { format!("v{} shift {shift}", value.0) };
            format!("compare {} {operator} {}", side(left, *left_shift), side(right, *right_shift))
        }
        Op::Equal(left, right) => two("equal", left, right),
        Op::Known(value) => format!("known v{}", value.0),
        Op::And(left, right) => two("and", left, right),
        Op::Or(left, right) => two("or", left, right),
        Op::Not(value) => format!("not v{}", value.0),
        Op::HasBits { value, mask } => format!("has v{} {mask:#b}", value.0),
        Op::Table { index, array } => format!("table v{} a{array}", index.0),
        Op::Band { value, thresholds } => format!("band v{} {}", value.0, array_text(&program.arrays[*thresholds as usize])),
        Op::Find { lookup, keys } => {
            let keys: Vec<String> = keys.as_slice().iter().map(|key| format!("v{}", key.0)).collect();
            format!("find l{lookup} {}", keys.join(" "))
        }
        Op::Turn { hash, seed, total } => format!("turn v{} seed {seed} of {total}", hash.0),
    }
}

fn width_text(width: Width) -> &'static str {
    match width {
        Width::U8 => "u8",
        Width::U16 => "u16",
        Width::I32 => "i32",
        Width::I64 => "i64",
    }
}

fn bounds(low: i64, high: i64) -> String {
    let end = |value: i64| -> Box<dyn Display> {
        match value {
            i64::MIN => Box::new("min"),
            i64::MAX => Box::new("max"),
            value => Box::new(value),
        }
    };
    if low == high { end(low).to_string() } else { format!("{}..{}", end(low), end(high)) }
}
