//! A test as a policy writes it.
//!
//! Enters: a test of the model. Leaves: its text, or none if a value of it cannot be written. Always holds: read and checked with the same policy, the text is that test again; it is as
//! `leadwright fmt` would write it.

use crate::diagnostic::sanitise::one_line;
use crate::format::format_items;
use crate::model::{Constant, ExpectedValue, Field, Policy, Test, Type, as_written};
use crate::record::show::Show;

/// `heading` stands above as comments.
pub fn written(policy: &Policy, show: Show, test: &Test, heading: &[String]) -> Option<String> {
    let mut lines: Vec<String> = heading.iter().map(|line| format!("# {}", one_line(line))).collect();
    lines.push(format!("test {} {{", quoted(&test.title)?));
    if let Some(as_of) = test.as_of {
        lines.push(format!("  as of   {}", show.time(as_of)));
    }
    if let Some(stage) = test.stage {
        let since = test.stage_since.map(|since| format!(" since {}", show.time(since))).unwrap_or_default();
        lines.push(format!("  stage   {}{since}", as_written(&policy.stages.get(stage)?.name)));
    }
    let member =
        |choices: Option<usize>, index: usize| policy.choices.get(choices?)?.members.get(index).map(|member| as_written(&member.name));
    if let Some(owner) = test.owner {
        lines.push(format!("  owner   {}", member(policy.owner_choices, owner)?));
    }
    if let Some(queue) = test.queue {
        lines.push(format!("  queue   {}", member(policy.queue_choices, queue)?));
    }
    for (id, _) in &test.tables {
        let table = policy.tables.get(*id)?;
        for row in 0..table.row_count {
            let cells = table.columns.iter().enumerate().filter_map(|(index, column)| {
                let value = table.value(row, index)?;
                Some(constant(policy, show, column.ty, &value).map(|value| format!("{} {value}", as_written(&column.name))))
            });
            lines.push(format!("  table   {} {{ {} }}", as_written(&table.name), cells.collect::<Option<Vec<_>>>()?.join("  ")));
        }
    }
    lines.push(block("lead", &values(policy, show, &policy.fields, &test.lead)?));
    if !test.signals.is_empty() {
        let signals = test.signals.iter().map(|event| {
            let signal = policy.signals.get(event.signal)?;
            let values = values(policy, show, &signal.properties, &event.values)?;
            let properties = if values.is_empty() { String::new() } else { format!(" {{ {} }}", values.join("  ")) };
            Some(format!("{} {}{properties}", as_written(&signal.name), show.time(event.at)))
        });
        lines.push(block("signals", &signals.collect::<Option<Vec<_>>>()?));
    }
    let expected = test.expect.iter().map(|expected| {
        let path = expected.path.split('.').map(as_written).collect::<Vec<_>>().join(".");
        let value = match &expected.value {
            ExpectedValue::Known(value) => constant(policy, show, super::type_of(policy, expected.target), value)?,
            ExpectedValue::Missing => "missing".to_owned(),
            ExpectedValue::Finer(number) => number.to_string(),
        };
        Some(format!("{path} {value}"))
    });
    lines.push(block("expect", &expected.collect::<Option<Vec<_>>>()?));
    lines.push("}\n".to_owned());
    Some(format_items(&lines.join("\n")))
}

/// `  lead    { … }`, over several lines if one would be long, or if a part has parts of its own.
fn block(word: &str, parts: &[String]) -> String {
    let line = format!("  {word:<7} {{ {} }}", parts.join("  "));
    let is_flat = parts.len() == 1 || parts.iter().all(|part| !part.ends_with('}'));
    if is_flat && line.len() <= 100 {
        return line;
    }
    format!("  {word:<7} {{\n    {}\n  }}", parts.join("\n    "))
}

fn values(policy: &Policy, show: Show, fields: &[Field], values: &[Option<Constant>]) -> Option<Vec<String>> {
    let known = fields.iter().zip(values).filter_map(|(field, value)| Some((field, value.as_ref()?)));
    known.map(|(field, value)| Some(format!("{} {}", as_written(&field.name), constant(policy, show, field.ty, value)?))).collect()
}

fn constant(policy: &Policy, show: Show, ty: Type, value: &Constant) -> Option<String> {
    let names = |choices: usize, indexes: Vec<usize>| -> Option<String> {
        let members = &policy.choices.get(choices)?.members;
        let names = indexes.into_iter().map(|index| members.get(index).map(|member| as_written(&member.name)));
        Some(names.collect::<Option<Vec<_>>>()?.join(", "))
    };
    match (ty, value) {
        (Type::Text, Constant::Text(text)) => quoted(text),
        (Type::OneOf(choices), Constant::Integer(index)) => names(choices, vec![usize::try_from(*index).ok()?]),
        (Type::SomeOf(choices), Constant::Integer(bits)) => names(choices, (0..63).filter(|bit| bits >> bit & 1 == 1).collect()),
        (Type::Number { .. } | Type::YesNo | Type::Date | Type::Time, Constant::Integer(value)) => Some(show.integer(ty, *value)),
        (Type::Text, Constant::Integer(_)) | (_, Constant::Text(_)) => None,
    }
}

fn quoted(text: &str) -> Option<String> {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t");
    // what a terminal must not get cannot stand in a text that is printed to be copied
    (one_line(&escaped) == escaped).then(|| format!("\"{escaped}\""))
}
