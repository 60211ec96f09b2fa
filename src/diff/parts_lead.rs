//! Fields, signals, groups and the columns of tables as parts.

use super::part::{Part, Telling, Value};
use super::parts_header::listed;
use super::words;
use crate::syntax::tree::{Change, ChangeKind, Choice, Column, Field, Group, Lead, Name, Signal, Table, Text, TypeExpr};

pub fn lead(doc: Option<&Text>, lead: &Lead) -> Part {
    let Lead { fields } = lead;
    Part::named("lead", "").called(doc, None).free(fields.iter().map(|field| self::field("field", field)))
}

fn field(noun: &'static str, field: &Field) -> Part {
    let Field { doc, name, display, ty, key, optional, changes, sources, span: _ } = field;
    let optional_word = if optional.is_some() { " optional" } else { "" };
    Part::named(noun, words::name(name))
        .text(format!("{} {}{optional_word}", words::name(name), whole_type(ty)))
        .called(doc.as_ref(), display.as_ref())
        .plain("type", words::type_name(ty))
        .flag("the key", key.is_some())
        .flag("optional", optional.is_some())
        .maybe("cost of a change", effort(changes))
        .free(choices(ty))
        .free(sources.iter().map(|(system, column)| {
            let text = format!("{} {}", words::name(system), words::text(column));
            // one system may have several names for it
            Part::keyed("source", text.clone(), [text, words::name(system)])
        }))
        .known_by_all_else()
}

/// `3`, `fixed`; one alone in a policy without mistakes.
fn effort(changes: &[Change]) -> Option<String> {
    let written = changes.iter().map(|change| {
        let Change { kind, span: _ } = change;
        match kind {
            ChangeKind::Cost(cost) => words::number(cost),
            ChangeKind::Fixed => "fixed".to_owned(),
        }
    });
    let written: Vec<String> = written.collect();
    if written.is_empty() { None } else { Some(written.join(", ")) }
}

/// With its choices.
fn whole_type(ty: &TypeExpr) -> String {
    let names: Vec<String> = ty.choices().iter().map(|choice| words::name(&choice.name)).collect();
    if names.is_empty() { words::type_name(ty) } else { format!("{} {}", words::type_name(ty), names.join(", ")) }
}

fn choices(ty: &TypeExpr) -> Vec<Part> {
    ty.choices()
        .iter()
        .map(|choice| {
            let Choice { name, spellings } = choice;
            let part = Part::named("choice", words::name(name));
            // the first is also how it is shown
            let part = part.words("display name", spellings.first().map(words::text));
            part.free(spellings.iter().map(|spelling| Part::named("spelling", words::text(spelling)))).known_by_all_else()
        })
        .collect()
}

pub fn signal(doc: Option<&Text>, signal: &Signal) -> Part {
    let Signal { name, display, by, bursts, changes, properties } = signal;
    let bursts = bursts.as_ref().map(|(count, within)| format!("of {count} within {}", words::duration(within)));
    Part::named("signal", words::name(name))
        .called(doc, display.as_ref())
        .maybe("team that reports it:", by.as_ref().map(words::name))
        .maybe("ignored bursts", bursts)
        .maybe("cost of one more", effort(changes))
        .free(properties.iter().map(|property| field("property", property)))
        .known_by_all_else()
}

pub fn group(doc: Option<&Text>, group: &Group) -> Part {
    let Group { name, display, members } = group;
    Part::named("group", words::name(name)).called(doc, display.as_ref()).free(listed("signal", members)).known_by_all_else()
}

pub fn table(doc: Option<&Text>, table: &Table) -> Part {
    let Table { name, display, file, columns } = table;
    let from = file.as_ref().map_or("input".to_owned(), words::text);
    Part::named("table", words::name(name)).called(doc, display.as_ref()).plain("rows from", from).free(columns.iter().map(column))
}

fn column(column: &Column) -> Part {
    let Column { doc, name, ty, key, prefix, optional, span: _ } = column;
    Part::named("column", words::name(name))
        .text(format!("{} {}", words::name(name), whole_type(ty)))
        .called(doc.as_ref(), None)
        .plain("type", words::type_name(ty))
        .flag("a key", key.is_some())
        .flag("a prefix", *prefix)
        .flag("optional", optional.is_some())
        .free(choices(ty))
        .known_by_all_else()
}

/// A list of names as one value whose order means nothing.
pub fn name_set(list: &[Name]) -> Value {
    let mut sorted: Vec<String> = list.iter().map(words::name).collect();
    sorted.sort_unstable();
    Value { same: sorted.join(", "), shown: words::names(list), members: None }
}

/// A fact that lists names.
pub fn with_names(part: Part, what: &'static str, list: &[Name]) -> Part {
    if list.is_empty() { part } else { part.fact(what, Telling::Plain, name_set(list)) }
}
