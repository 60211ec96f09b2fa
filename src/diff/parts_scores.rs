//! Scores as parts: personas, sections, attributes, bands, points and adjusts.

use super::expressions;
use super::part::{Part, Telling, Value};
use super::words;
use crate::syntax::tree::{
    Adjust, Attribute, BandRow, Number, Pattern, PatternKind, Points, PointsKind, PointsRow, Score, ScorePart, Section, SectionRow, Text,
};

pub fn score(doc: Option<&Text>, score: &Score) -> Part {
    let Score { name, display, running, range, rounded, parts } = score;
    let range = range.as_ref().map(|(low, high)| format!("{} to {}", words::amount(low), words::amount(high)));
    let mut part = Part::named("score", words::name(name))
        .called(doc, display.as_ref())
        .flag("running", running.is_some())
        .maybe("range", range)
        .maybe("rounding to places:", rounded.map(|(places, _)| places.to_string()));
    let (mut sections, mut adjusts, mut personas) = (Vec::new(), Vec::new(), Vec::new());
    for piece in parts {
        match piece {
            ScorePart::Section(section) => sections.push(self::section(section)),
            ScorePart::Adjust(adjust) => adjusts.push(self::adjust(adjust)),
            ScorePart::Persona { condition, sections, span: _ } => personas.push(persona(condition.as_ref(), sections)),
        }
    }
    part.keys.push(part.fingerprint());
    // the first persona whose condition holds counts
    part.free(sections).free(adjusts).sequence(personas)
}

fn persona(condition: Option<&crate::syntax::tree::Expr>, sections: &[Section]) -> Part {
    let text = condition.map_or("otherwise".to_owned(), expressions::shown);
    let key = condition.map_or("otherwise".to_owned(), expressions::same);
    let names: Vec<String> = sections.iter().map(|section| words::name(&section.name)).collect();
    let part = Part::keyed("persona", "", [key, names.join(", ")]).tied("in").text(text);
    let condition = condition.map_or_else(|| Value::new("otherwise"), expressions::condition);
    part.fact("condition", Telling::Condition, condition).free(sections.iter().map(section))
}

fn section(section: &Section) -> Part {
    let Section { doc, name, display, weight, points, up_to, rows, span: _ } = section;
    let part = Part::named("section", words::name(name))
        .tied("in")
        .text(match weight {
            Some(weight) => format!("{} {}", words::name(name), words::percent(weight)),
            None => format!("{} points", words::name(name)),
        })
        .called(doc.as_ref(), display.as_ref())
        .maybe("weight", weight.as_ref().map(words::percent))
        .flag("a section of points", points.is_some())
        .maybe("limit", up_to.as_ref().map(words::amount));
    let (mut attributes, mut points) = (Vec::new(), Vec::new());
    for row in rows {
        match row {
            SectionRow::Attribute(attribute) => attributes.push(self::attribute(attribute)),
            SectionRow::Points(row) => points.push(points_row(row)),
        }
    }
    let mut part = part.free(attributes).free(points);
    // a section with another name and nothing else changed
    part.keys.push(part.fingerprint());
    part
}

fn attribute(attribute: &Attribute) -> Part {
    let Attribute { doc, subject, display, weight, rows, span: _ } = attribute;
    Part::keyed("", expressions::shown(subject), [expressions::same(subject)])
        .tied("in")
        .text(match weight {
            Some(weight) => format!("{} {}", expressions::shown(subject), words::percent(weight)),
            None => expressions::shown(subject),
        })
        .called(doc.as_ref(), display.as_ref())
        .maybe("weight", weight.as_ref().map(words::percent))
        .free(rows.iter().map(band))
        .known_by_all_else()
}

fn band(row: &BandRow) -> Part {
    let BandRow { patterns, points, because, span: _ } = row;
    let name = pattern_list(patterns);
    let points = self::points(points);
    Part::keyed("band", name.clone(), [name.clone(), points.clone()])
        .quoted()
        .naming("pattern")
        .text(format!("{name} {points}"))
        .fact("points", Telling::Points, Value::new(points))
        .words("reason", because.as_ref().map(words::text))
}

/// What a row matches; the order of several patterns means nothing.
fn pattern_list(patterns: &[Pattern]) -> String {
    let mut texts: Vec<String> = patterns.iter().map(pattern).collect();
    texts.sort();
    texts.join(", ")
}

pub fn pattern(pattern: &Pattern) -> String {
    match &pattern.kind {
        PatternKind::Value(value) => expressions::same(value),
        PatternKind::OrMore(low) => format!("{} or more", expressions::same(low)),
        PatternKind::Under(high) => format!("under {}", expressions::same(high)),
        PatternKind::To(low, high) => format!("{} to {}", expressions::same(low), expressions::same(high)),
        PatternKind::ToUnder(low, high) => format!("{} to under {}", expressions::same(low), expressions::same(high)),
        // a choice of this name stands in backquotes
        PatternKind::Missing => "missing".to_owned(),
        PatternKind::Otherwise => "otherwise".to_owned(),
    }
}

fn points(points: &Points) -> String {
    match points {
        Points::Constant(number) => words::amount(number),
        Points::Each(number, _) => format!("{} each", words::amount(number)),
        Points::Per(number, step, _) => format!("{} per {}", words::amount(number), words::amount(step)),
    }
}

fn points_row(row: &PointsRow) -> Part {
    let PointsRow { doc, points, kind, because, span: _ } = row;
    let part = match kind {
        PointsKind::When(condition) => {
            let name = format!("when {}", expressions::shown(condition));
            let key = format!("when {}", expressions::same(condition));
            let own_key = format!("{} when", words::amount(points));
            // its condition says what it is, so its name says nothing more
            let part = Part::keyed("points", name, [key, own_key]).naming("");
            part.fact("condition", Telling::Condition, expressions::condition(condition))
        }
        PointsKind::Per { every, subject, condition, window, since, cap, fading } => {
            let part = counted(points, *every, &words::subject(subject));
            let part = match condition {
                Some(condition) => part.fact("condition", Telling::Condition, expressions::condition(condition)),
                None => part,
            };
            part.maybe("window", window.as_ref().map(|window| format!("in last {}", words::duration(window))))
                .maybe("beginning", since.as_ref().map(words::since))
                .maybe("cap", cap.as_ref().map(words::cap))
                .maybe("fading", fading.as_ref().map(words::fading))
        }
        PointsKind::PerQuiet { duration, signal, cap } => {
            let name = format!("per {} without {}", words::duration(duration), words::name(signal));
            let loose = format!("quiet {}", words::name(signal));
            Part::keyed("points", name.clone(), [name, loose]).naming("rule").maybe("cap", cap.as_ref().map(words::cap))
        }
    };
    let text = format!("{} {}", words::signed(points), part.name);
    with_points(part.text(text).called(doc.as_ref(), None).words("reason", because.as_ref().map(words::text)), points)
}

/// `per 3 careers_view`
fn counted(points: &Number, every: u64, subject: &str) -> Part {
    let name = if every == 1 { format!("per {subject}") } else { format!("per {every} {subject}") };
    let loose = format!("{} per {subject}", words::amount(points));
    Part::keyed("points", name, [loose, format!("per {subject}")]).naming("rule")
}

fn with_points(part: Part, points: &Number) -> Part {
    part.quoted().tied("in").fact("points", Telling::Points, Value::new(words::signed(points)))
}

fn adjust(adjust: &Adjust) -> Part {
    let Adjust { doc, points, condition, because, span: _ } = adjust;
    let name = format!("when {}", expressions::shown(condition));
    let reason = because.as_ref().map(words::text);
    let keys = [Some(expressions::same(condition)), reason.clone(), Some(words::signed(points))];
    // known by its condition, or by its reason, or by its points
    let keys = keys.into_iter().enumerate().map(|(place, key)| key.unwrap_or_else(|| format!("{place} {}", words::signed(points))));
    let text = format!("{} {name}", words::signed(points));
    let part = Part::keyed("adjust", words::signed(points), keys).naming("points").text(text);
    part.called(doc.as_ref(), None).fact("condition", Telling::Condition, expressions::condition(condition)).words("reason", reason)
}
