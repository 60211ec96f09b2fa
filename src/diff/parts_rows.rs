//! The rows of tables, and of files of cases, as parts.
//!
//! Enters: a part, the policy whose model has its rows. Leaves: the part with a part for each row, known by its keys. Always holds: texts are compared
//! as the language compares them, trimmed and ignoring case; the order of rows means nothing, as keys are unique. The braces of cases are parts of their own.

use jiff::tz::TimeZone;

use super::part::{Group, Order, Part, Telling, Value};
use crate::model::{Constant, Decimal, ExpectedValue, Policy, Table, TableColumn, Target, Test, Type, Unit};
use crate::record::show::Show;
use crate::syntax::tree::Cases;

/// Without a policy, or for a table that is given at run time, there are no rows.
pub fn with_rows(mut part: Part, policy: Option<&Policy>) -> Part {
    let found = policy.and_then(|policy| Some((policy, policy.tables.iter().find(|table| table.name == part.name.trim_matches('`'))?)));
    let rows = found.map(|(policy, table)| rows(policy, table)).unwrap_or_default();
    part.groups.push(Group { order: Order::Free, parts: rows });
    part
}

fn rows(policy: &Policy, table: &Table) -> Vec<Part> {
    let zone = TimeZone::get(&policy.timezone).unwrap_or(TimeZone::UTC);
    let show = Show { policy, zone: &zone };
    (0..table.row_count)
        .map(|row| {
            let keys = table.columns.iter().filter(|column| column.key).map(|column| cell(&show, column, row));
            let keys: Vec<Value> = keys.map(|value| value.unwrap_or_else(|| Value::new("missing"))).collect();
            let joined = |texts: Vec<String>| texts.join(", ");
            let name = joined(keys.iter().map(|key| key.shown.clone()).collect());
            let key = joined(keys.iter().map(|key| key.same.clone()).collect());
            let texts: Vec<String> =
                table.columns.iter().map(|column| cell(&show, column, row).map_or_else(String::new, |value| value.shown)).collect();
            // the name in another case is the same name
            let part = Part::keyed("row", name, [key]).quoted().naming("spelling").text(texts.join(", "));
            table.columns.iter().filter(|column| !column.key).fold(part, |part, column| match cell(&show, column, row) {
                Some(value) => part.with_column(&column.name, value),
                None => part,
            })
        })
        .collect()
}

/// The cases that rows of a file gave.
pub fn with_cases(mut part: Part, cases: &Cases, policy: Option<&Policy>) -> Part {
    let title = &cases.common.title.value;
    let parts = policy.map(|policy| {
        let zone = TimeZone::get(&policy.timezone).unwrap_or(TimeZone::UTC);
        let show = Show { policy, zone: &zone };
        let own = |test: &&Test| {
            test.title.strip_prefix(title.as_str()).is_some_and(|rest| rest.starts_with(": ") || rest.starts_with(", line "))
        };
        policy.tests.iter().filter(own).map(|test| case(&show, test, title)).collect()
    });
    part.groups.push(Group { order: Order::Free, parts: parts.unwrap_or_default() });
    part
}

fn case(show: &Show, test: &Test, title: &str) -> Part {
    let Test { title: own, as_of, stage, stage_since, lead, owner, queue, tables: _, expect, signals, span: _ } = test;
    let policy = show.policy;
    let choice = |choices: Option<usize>, index: Option<usize>| {
        let member = policy.choices.get(choices?)?.members.get(index?)?;
        Some(member.name.clone())
    };
    let values = lead
        .iter()
        .zip(&policy.fields)
        .filter_map(|(value, field)| Some(format!("{} {}", field.name, constant(show, field.ty, value.as_ref()?))));
    let values = values.collect::<Vec<_>>().join(", ");
    let expected = expect.iter().map(|expected| {
        let shown = match (&expected.value, type_of(policy, expected.target)) {
            (ExpectedValue::Known(value), Some(ty)) => constant(show, ty, value),
            (ExpectedValue::Finer(number), _) => number.to_string(),
            (ExpectedValue::Missing, _) | (ExpectedValue::Known(_), None) => "missing".to_owned(),
        };
        format!("{} {shown}", expected.path)
    });
    let expected = expected.collect::<Vec<_>>().join(", ");
    let signals = signals.iter().map(|event| {
        let signal = policy.signals.get(event.signal);
        let properties = signal.map_or(&[][..], |signal| &signal.properties).iter().zip(&event.values);
        let values =
            properties.filter_map(|(property, value)| Some(format!("{} {}", property.name, constant(show, property.ty, value.as_ref()?))));
        let values = values.collect::<Vec<_>>();
        format!("{} {} {}", signal.map_or("", |signal| signal.name.as_str()), show.time(event.at), values.join(" "))
    });
    let signals = signals.collect::<Vec<_>>().join(", ");
    // a case without a title of its own is known by what it says: its line changes with those before it
    let own = own.strip_prefix(title).and_then(|rest| rest.strip_prefix(": ")).map(str::to_owned);
    let keys = [own.clone().unwrap_or_else(|| format!("{values} {expected}")), values.clone()];
    let listed = |text: String| if text.is_empty() { None } else { Some(text) };
    Part::keyed("case", own.unwrap_or_default(), keys)
        .text(format!("{values}: {expected}"))
        .maybe("values", listed(values))
        .maybe("expected", listed(expected))
        .maybe("signals", listed(signals))
        .maybe("as of", as_of.map(|as_of| show.time(as_of)))
        .maybe("stage", choice(policy.stage_choices, *stage))
        .maybe("stage since", stage_since.map(|since| show.time(since)))
        .maybe("owner", choice(policy.owner_choices, *owner))
        .maybe("queue", choice(policy.queue_choices, *queue))
}

/// Without places that say nothing: how many there are follows from the weights of a score.
fn constant(show: &Show, ty: Type, constant: &Constant) -> String {
    match (ty, constant) {
        (Type::Number { scale, .. }, Constant::Integer(value)) => {
            Decimal { mantissa: i128::from(*value), places: scale }.reduced().to_string()
        }
        (_, constant) => show.constant(ty, constant),
    }
}

fn type_of(policy: &Policy, target: Target) -> Option<Type> {
    let number = |scale: u8| Type::Number { scale, unit: Unit::Plain };
    Some(match target {
        Target::Field(field) => policy.fields.get(field)?.ty,
        Target::Let(index) => policy.lets.get(index)?.value.ty,
        Target::Score(score) => number(policy.scores.get(score)?.scale),
        Target::Section(score, section) => number(policy.scores.get(score)?.sections.get(section)?.scale),
        Target::Decide(decide) => Type::OneOf(policy.decides.get(decide)?.choices),
        Target::Stage => Type::OneOf(policy.stage_choices?),
        Target::Route(_) => Type::OneOf(policy.queue_choices?),
        Target::RouteOwner(_) => Type::OneOf(policy.owner_choices?),
        Target::ClockDue(_) => Type::Time,
        Target::ClockState(_) => Type::OneOf(policy.clock_state_choices?),
    })
}

/// None is missing.
fn cell(show: &Show, column: &TableColumn, row: usize) -> Option<Value> {
    let value = column.cells.get(row).copied().flatten()?;
    match column.ty {
        Type::Text => {
            let index = usize::try_from(value).ok()?;
            let same = column.dictionary.get(index)?.clone();
            Some(Value { shown: column.spelled.get(index).cloned().unwrap_or_else(|| same.clone()), same, members: None })
        }
        Type::Number { .. } | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) | Type::Date | Type::Time => {
            Some(Value::new(show.integer(column.ty, value)))
        }
    }
}

impl Part {
    /// The cell of a column: a part, as the column's name is not ours.
    fn with_column(mut self, column: &str, value: Value) -> Part {
        let cell = Part::named("", column).text(value.shown.clone()).fact("", Telling::Plain, value);
        match self.groups.first_mut() {
            Some(group) => group.parts.push(cell),
            None => self.groups.push(Group { order: Order::Free, parts: vec![cell] }),
        }
        self
    }
}
