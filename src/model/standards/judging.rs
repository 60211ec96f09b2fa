//! What requirements look at, several of them the same things.

use rustc_hash::FxHashSet;

use super::reading::{Part, Reading, Verdict, Wording};
use super::words::Filled;
use crate::diagnostic::Code;
use crate::model::score_scale::row_bounds;
use crate::model::value::{Decimal, fold_text};
use crate::model::{FieldId, Score, SectionKind};
use crate::source::Span;
use crate::syntax::tree::{self, PolicyProperty, RaciRole};

pub(super) struct Priority {
    pub low: Decimal,
    pub high: Decimal,
    pub span: Span,
}

/// The priorities of all weighted sections that have no mistake, each band once.
pub(super) fn priorities(reading: &Reading<'_, '_>) -> Vec<Priority> {
    let mut found: Vec<Priority> = Vec::new();
    let scores = reading.checker.policy.scores.iter();
    for section in scores.flat_map(Score::sections_of_models) {
        match section.kind {
            SectionKind::Points { .. } => continue,
            SectionKind::Weighted(_) => {}
        }
        for attribute in &section.attributes {
            for (row, (low, high)) in attribute.rows.iter().zip(row_bounds(attribute)) {
                found.push(Priority { low, high, span: row.span });
            }
        }
    }
    // a section outside the personas stands in each of them
    found.sort_by_key(|priority| priority.span);
    found.dedup_by_key(|priority| priority.span);
    found
}

/// The scores with a mistake, of which one about a priority says what a requirement would.
pub(super) fn broken_scores(reading: &Reading<'_, '_>) -> Vec<Part> {
    let scores = reading.checker.derived.scores.iter().filter(|(item, _)| reading.is_broken(item.span));
    scores.map(|(item, tree)| Part::new(&tree.name.text, tree.name.span, "", item.span).said_by(&[Code::PriorityOutOfRange])).collect()
}

/// The stages whose number of teams in a role is not as it has to be.
pub(super) fn stages_by_count(reading: &Reading<'_, '_>, role: &str, is_right: fn(usize) -> bool) -> Vec<Part> {
    let mut parts = Vec::new();
    for (item, stage) in &reading.checker.items.stages {
        let owner = usize::from(stage.owner.is_some());
        let of = |role: RaciRole| {
            stage.raci.iter().filter(|row| row.role == role).fold((0, None), |(count, _), row| (count + row.teams.len(), Some(row.span)))
        };
        let (count, row) = match role {
            "accountable" => match of(RaciRole::Accountable) {
                (0, _) => (owner, None),
                named => named,
            },
            "responsible" => of(RaciRole::Responsible),
            "consulted" => of(RaciRole::Consulted),
            "informed" => of(RaciRole::Informed),
            _ => (owner, None),
        };
        if !is_right(count) {
            let label = if count == 0 { format!("no team is its `{role}`") } else { format!("{count} teams") };
            let said_by: &[Code] = if matches!(role, "owner" | "accountable") { &[Code::StageOwner] } else { &[] };
            parts.push(Part::new(&stage.name.text, row.unwrap_or(stage.name.span), label, item.span).said_by(said_by));
        }
    }
    parts
}

/// Every field, with the place that declares it.
pub(super) fn all_fields(reading: &Reading<'_, '_>) -> Vec<(FieldId, Span)> {
    reading.fields().enumerate().map(|(id, field)| (id, field.name.span)).collect()
}

pub(super) fn sourceless(reading: &Reading<'_, '_>, fields: Vec<(FieldId, Span)>, system: Option<&str>) -> Verdict {
    let trees: Vec<&tree::Field> = reading.fields().collect();
    let has = |field: &tree::Field| field.sources.iter().any(|(name, _)| system.is_none_or(|system| name.text == system));
    let lacking = fields.iter().filter_map(|(id, _)| trees.get(*id)).filter(|field| !has(field));
    let from = system.map_or(String::new(), |system| format!(" `{system}`"));
    let parts = lacking.map(|field| Part::new(&field.name.text, field.name.span, format!("no source{from}"), field.span)).collect();
    let (does, do_) = (format!("has no source{from}"), format!("have no source{from}"));
    let verdict = reading.none(parts, &Wording { one: "the field", many: "fields", does: &does, do_: &do_ });
    verdict.hint(&format!("name the column behind its type: `from {} \"Column\"`", system.unwrap_or("SYSTEM")))
}

/// No field may be another than those listed.
pub(super) fn outside(reading: &Reading<'_, '_>, fields: Vec<(FieldId, Span)>, allowed: &FxHashSet<&str>) -> Verdict {
    disallowed(reading, fields, |name| allowed.contains(name))
}

/// No field may be one of those listed.
pub(super) fn among(reading: &Reading<'_, '_>, fields: Vec<(FieldId, Span)>, forbidden: &FxHashSet<&str>) -> Verdict {
    disallowed(reading, fields, |name| !forbidden.contains(name))
}

fn disallowed(reading: &Reading<'_, '_>, fields: Vec<(FieldId, Span)>, is_allowed: impl Fn(&str) -> bool) -> Verdict {
    let trees: Vec<&tree::Field> = reading.fields().collect();
    let parts = fields.into_iter().filter_map(|(id, place)| {
        let field = trees.get(id).filter(|field| !is_allowed(&field.name.text))?;
        Some(Part::new(&field.name.text, place, "not allowed", place))
    });
    reading.none(parts.collect(), &Wording { one: "the field", many: "fields", does: "is not allowed", do_: "are not allowed" })
}

/// The names that are listed in a slot.
pub(super) fn list<'f>(filled: &'f Filled<'_>, slot: usize) -> FxHashSet<&'f str> {
    filled.names(slot).iter().map(|name| name.text.as_str()).collect()
}

pub(super) fn word(property: &PolicyProperty) -> &'static str {
    match property {
        PolicyProperty::Version(_) => "version",
        PolicyProperty::Dated(..) => "dated",
        PolicyProperty::Owner(_) => "owner",
        PolicyProperty::Timezone(_) => "timezone",
        PolicyProperty::Currency(_) => "currency",
        PolicyProperty::Follows(_) => "follows",
    }
}

/// Titles compare as texts do: trimmed, and without regard to case.
pub(super) fn has_title<'n>(
    reading: &Reading<'_, '_>,
    noun: &str,
    title: &tree::Text,
    mut titles: impl Iterator<Item = &'n String>,
) -> Verdict {
    let wanted = fold_text(&title.value);
    if titles.any(|title| fold_text(title) == wanted) {
        return Verdict::holds();
    }
    reading.absent(&[noun, "cases"], format!("the policy has no {noun} \"{}\"", title.value))
}

pub(super) fn counted(reading: &Reading<'_, '_>, filled: &Filled<'_>) -> Verdict {
    let Some(limit) = filled.limit else { return Verdict::holds() };
    let things = filled.name(0);
    let items = &reading.checker.items;
    let (count, items): (usize, &[&str]) = match things {
        // each row of a file of cases is one
        "tests" => (reading.checker.policy.tests.len(), &["test", "cases"]),
        "claims" => (items.claims.len(), &["claim"]),
        "promises" => (items.promises.len(), &["promise"]),
        "slas" => (items.slas.len(), &["sla"]),
        "scores" => (reading.checker.derived.scores.len(), &["score"]),
        "stages" => (items.stages.len(), &["stage"]),
        "fields" => (reading.fields().count(), &["lead"]),
        "signals" => (items.signals.len(), &["signal"]),
        "routes" => (items.routes.len(), &["route"]),
        "queues" => (items.queues.len(), &["queue"]),
        _ => (items.teams.len(), &["team"]),
    };
    let decimal = Decimal { mantissa: count as i128, places: 0 };
    if limit.contains(decimal) {
        return Verdict::holds();
    }
    let things = if count == 1 { things.trim_end_matches('s') } else { things };
    reading.absent(items, format!("the policy has {count} {things}"))
}

/// A handover of which some lead starts none of these clocks.
pub(super) fn unclocked(
    reading: &Reading<'_, '_>,
    (route, stage, item): (&tree::Name, &tree::Name, Span),
    clocks: &[&tree::Sla],
) -> Option<Part> {
    if clocks.is_empty() {
        return Some(Part::new(&route.text, route.span, format!("no clock starts when a lead enters `{}`", stage.text), item));
    }
    let (target, lacking) = reading.without_target(clocks)?;
    Some(Part::new(&route.text, target, format!("a lead that no target takes has no clock: {lacking}"), item))
}
