//! Claims, standards and tests as parts.

use super::expressions;
use super::part::{Part, Telling, Value};
use super::words;
use crate::syntax::tree::{
    Ago, Cases, Claim, ClaimKind, Comparison, Direction, Expected, Expr, Given, GivenRow, GivenSignal, Require, Standard, Test, Text, Word,
};

pub fn claim(doc: Option<&Text>, claim: &Claim) -> Part {
    let Claim { title, kind } = claim;
    let part = Part::named("claim", words::text(title)).called(doc, None);
    let conditional = |part: Part, word: &str, condition: &Expr| {
        part.plain("kind", word).fact("condition", Telling::Condition, expressions::condition(condition))
    };
    let mut part = match kind {
        ClaimKind::Always(condition) => conditional(part, "always", condition),
        ClaimKind::Never(condition) => conditional(part, "never", condition),
        ClaimKind::Possible(condition) => conditional(part, "possible", condition),
        ClaimKind::Monotone { value, negated, direction, field } => {
            let direction = match direction {
                Direction::Rises => "rises",
                Direction::Falls => "falls",
            };
            let never = if *negated { "never " } else { "" };
            part.plain("kind", format!("{never}{direction}")).plain("value", words::path(value)).plain("field", words::name(field))
        }
    };
    part.keys.push(part.fingerprint());
    part
}

pub fn standard(doc: Option<&Text>, standard: &Standard) -> Part {
    let Standard { name, display, requires } = standard;
    Part::named("standard", words::name(name)).called(doc, display.as_ref()).free(requires.iter().map(require))
}

fn require(require: &Require) -> Part {
    let Require { words: list, because, as_warning, span: _ } = require;
    let text = list.iter().map(word).collect::<Vec<_>>().join(" ");
    // a requirement whose number changed is the same requirement
    let frame: Vec<String> = list.iter().filter(|word| !is_amount(word)).map(word).collect();
    // and one that asks for more than the number, no longer for as much, too
    let subject: Vec<String> =
        list.iter().filter(|word| !is_amount(word) && !matches!(word, Word::Comparison(..))).map(self::word).collect();
    Part::keyed("requirement", text.clone(), [text, frame.join(" "), subject.join(" ")])
        .quoted()
        .naming("words")
        .flag("a warning only", *as_warning)
        .words("reason", because.as_ref().map(words::text))
}

fn is_amount(word: &&Word) -> bool {
    match word {
        Word::Number(_) | Word::Percent(_) | Word::Duration(_) => true,
        Word::Name(_) | Word::Keyword(_) | Word::Path(_) | Word::Text(_) | Word::Comparison(..) | Word::Comma(_) => false,
    }
}

fn word(word: &Word) -> String {
    match word {
        Word::Name(name) => words::name(name),
        Word::Keyword(keyword) => keyword.text.clone(),
        Word::Path(path) => words::path(path),
        Word::Number(number) => words::number(number),
        Word::Percent(number) => words::percent(number),
        Word::Text(text) => words::text(text),
        Word::Duration(duration) => words::duration(duration),
        Word::Comparison(comparison, _) => match comparison {
            Comparison::AtLeast => ">=",
            Comparison::Above => ">",
            Comparison::AtMost => "<=",
            Comparison::Below => "<",
        }
        .to_owned(),
        Word::Comma(_) => ",".to_owned(),
    }
}

pub fn test(doc: Option<&Text>, test: &Test) -> Part {
    let mut part = parts_of_test(Part::named("test", words::text(&test.title)).called(doc, None), test);
    part.keys.push(part.fingerprint());
    part
}

/// Without the rows of their file.
pub fn cases(doc: Option<&Text>, cases: &Cases) -> Part {
    let Cases { title, file, common, span: _ } = cases;
    // without a title they are called like their file
    let name = words::text(title.as_ref().unwrap_or(file));
    parts_of_test(Part::named("cases", name).called(doc, None).plain("rows from", words::text(file)), common)
}

fn parts_of_test(part: Part, test: &Test) -> Part {
    let Test { title: _, as_of, stage, owner, queue, rows, lead, signals, expect, span: _ } = test;
    let stage = stage.as_ref().map(|(stage, since)| match since {
        Some(since) => format!("{} since {}", words::name(stage), ago(since)),
        None => words::name(stage),
    });
    part.maybe("as of", as_of.as_ref().map(|(time, _)| words::time(time)))
        .maybe("stage", stage)
        .maybe("owner", owner.as_ref().map(words::name))
        .maybe("queue", queue.as_ref().map(words::name))
        .sequence(rows.iter().map(given_row))
        .free(lead.iter().map(|given| self::given("value", given)))
        // signals at one instant count in their order
        .sequence(signals.iter().map(signal))
        .free(expect.iter().map(expected))
}

fn ago(ago: &Ago) -> String {
    match ago {
        Ago::Before(duration) => format!("{} ago", words::duration(duration)),
        Ago::At(time, _) => words::time(time),
    }
}

fn given(noun: &'static str, given: &Given) -> Part {
    let Given { name, values, span: _ } = given;
    let mut sorted: Vec<String> = values.iter().map(expressions::same).collect();
    sorted.sort_unstable();
    let shown = values.iter().map(expressions::shown).collect::<Vec<_>>().join(", ");
    let text = format!("{} {shown}", words::name(name));
    let value = Value { same: sorted.join(", "), shown, members: None };
    Part::named(noun, words::name(name)).text(text).fact("value", Telling::Plain, value)
}

fn given_row(row: &GivenRow) -> Part {
    let GivenRow { table, cells, span: _ } = row;
    let shown: Vec<String> = cells.iter().map(|cell| given("cell", cell).text).collect();
    let text = format!("{} {{ {} }}", words::name(table), shown.join(" "));
    Part::keyed("row", "", [text.clone(), words::name(table)])
        .text(text)
        .plain("table", words::name(table))
        .free(cells.iter().map(|cell| given("cell", cell)))
}

fn signal(signal: &GivenSignal) -> Part {
    let GivenSignal { signal, when, properties, span: _ } = signal;
    let (name, when) = (words::name(signal), ago(when));
    let shown: Vec<String> = properties.iter().map(|property| given("property", property).text).collect();
    let text = if shown.is_empty() { format!("{name} {when}") } else { format!("{name} {when} {{ {} }}", shown.join(" ")) };
    Part::keyed("signal", name.clone(), [text.clone(), format!("{name} {when}"), name])
        .text(text)
        .plain("time", when)
        .free(properties.iter().map(|property| given("property", property)))
}

fn expected(expected: &Expected) -> Part {
    let Expected { path, value, span: _ } = expected;
    let path = words::path(path);
    Part::named("expected", path.clone()).text(format!("{path} {}", expressions::shown(value))).fact(
        "value",
        Telling::Plain,
        expressions::value(value),
    )
}
