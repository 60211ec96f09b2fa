//! The `lead` record: its fields and its key.
//!
//! Enters: the lead's tree. Leaves: `policy.fields`, one per field of the text and in its order, and `policy.key`. Always holds: the key
//! is a text, whole or `one of` that is never missing; a field whose type is wrong is [`Named::Broken`].

use rustc_hash::FxHashMap;

use super::check::{Checker, Named};
use super::types::TypePlace;
use super::value::fold_text;
use super::{Effort, Field, FieldId, Type, Unit};
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree;

/// The most fields of a lead.
const FIELDS_MAX: usize = 4_096;

impl<'t> Checker<'t> {
    pub(crate) fn check_lead(&mut self) {
        let leads = self.items.leads.clone();
        let Some((first, _)) = leads.first() else {
            if !self.hidden.may_have("lead") {
                self.report(
                    Diagnostic::new(Code::NoLead, "there is no `lead` record")
                        .at(Span::new(self.entry, 0, 0), "no file of the policy has one")
                        .help("write `lead { … }` with the fields that are known about a lead"),
                );
            }
            return;
        };
        for (second, _) in &leads[1..] {
            self.report(
                Diagnostic::new(Code::RepeatedName, "there are two `lead` records")
                    .at(self.first_word(second.span), "second record")
                    .at(self.first_word(first.span), "first record")
                    .help("a policy has one: move these fields into it"),
            );
        }
        let fields: Vec<&'t tree::Field> = leads.iter().flat_map(|(_, lead)| &lead.fields).collect();
        if let Some(beyond) = fields.get(FIELDS_MAX) {
            self.report(
                Diagnostic::new(Code::TooManyItems, format!("the lead has {} fields", fields.len()))
                    .at(beyond.name.span, format!("at most {FIELDS_MAX} are allowed")),
            );
        }
        let mut keys: Vec<FieldId> = Vec::new();
        for (id, tree) in fields.iter().copied().enumerate() {
            let effort = self.effort(&tree.changes);
            let field = match self.check_field(tree, TypePlace::Field) {
                Some(field) => Field { effort, ..field },
                None => {
                    // only the declaration that holds the name may say what the name means
                    if let Some((named @ Named::Field(_), span)) = self.names.get_mut(&tree.name.text)
                        && *span == tree.name.span
                    {
                        *named = Named::Broken;
                    }
                    stand_in(tree)
                }
            };
            self.policy.fields.push(field);
            if tree.key.is_some() {
                keys.push(id);
            }
        }
        self.check_key(&fields, &keys, first.span);
        self.check_sources(fields.into_iter(), "fields");
    }

    /// A column that two fields of a record are read from gives both the same.
    pub(crate) fn check_sources<'f>(&mut self, fields: impl Iterator<Item = &'f tree::Field>, nouns: &str) {
        let mut columns: FxHashMap<(&str, String), (&tree::Field, Span)> = FxHashMap::default();
        for field in fields {
            for (system, column) in field.sources.iter().filter(|(_, column)| !column.value.trim().is_empty()) {
                let key = (system.text.as_str(), fold_text(&column.value));
                let Some((first, place)) = columns.get(&key).copied() else {
                    columns.insert(key, (field, column.span));
                    continue;
                };
                // what names two columns of a system for itself has been told so, what is declared twice too
                if first.name.text == field.name.text {
                    continue;
                }
                let (one, other) = (&first.name.text, &field.name.text);
                let message = format!("the {nouns} `{one}` and `{other}` are read from one column of `{}`", system.text);
                self.report(
                    Diagnostic::new(Code::SharedSource, message)
                        .at(column.span, format!("`{other}` is read from here"))
                        .at(place, format!("and so is `{one}`"))
                        .help("name the column of each, or leave one of the two out"),
                );
            }
        }
    }

    /// A field of the lead or a property of a signal; none if its type is wrong.
    pub(crate) fn check_field(&mut self, tree: &tree::Field, place: TypePlace) -> Option<Field> {
        let mut systems: FxHashMap<&str, Span> = FxHashMap::default();
        for (system, column) in &tree.sources {
            if column.value.trim().is_empty() {
                self.report(
                    Diagnostic::new(Code::BadLiteral, format!("the column of `{}` in `{}` has no name", tree.name.text, system.text))
                        .at(column.span, "empty")
                        .help("write the column's name as that system exports it, or leave the source out"),
                );
            }
            if let Some(first) = systems.insert(&system.text, system.span) {
                self.report(
                    Diagnostic::new(Code::RepeatedName, format!("`{}` has two columns in `{}`", tree.name.text, system.text))
                        .at(system.span, "second column")
                        .at(first, "first column")
                        .help("a field has one column in each system; leave one out"),
                );
            }
        }
        let (ty, range) = self.resolve_type(&tree.ty, place)?;
        Some(Field { ty, range, ..stand_in(tree) })
    }

    /// What is written of what it takes to change something.
    pub(crate) fn effort(&mut self, changes: &[tree::Change]) -> Effort {
        let mut effort = Effort::default();
        for (index, change) in changes.iter().enumerate() {
            if index > 0 {
                self.report(
                    Diagnostic::new(Code::BadCost, "what a change costs is said twice")
                        .at(change.span, "second time")
                        .at(changes[0].span, "first time")
                        .help("leave one of the two out"),
                );
                break;
            }
            effort = match &change.kind {
                tree::ChangeKind::Fixed => Effort::Fixed,
                tree::ChangeKind::Cost(cost) => {
                    let whole = (cost.places == 0 && cost.currency.is_none()).then_some(cost.mantissa);
                    let within = whole.and_then(|cost| u32::try_from(cost).ok()).filter(|cost| *cost <= Effort::COST_MAX);
                    if within.is_none() && !cost.is_unreadable() {
                        self.report(
                            Diagnostic::new(Code::BadCost, "a cost is a whole number from 0 to 1_000_000")
                                .at(cost.span, "another number")
                                .help("costs are compared and added up; take units small enough that all are whole"),
                        );
                    }
                    within.map_or(Effort::default(), Effort::Cost)
                }
            };
        }
        effort
    }

    fn check_key(&mut self, fields: &[&tree::Field], keys: &[FieldId], record: Span) {
        let Some(first) = keys.first().copied() else {
            if fields.iter().any(|field| field.ty.kind.is_unread()) {
                return;
            }
            let mut diagnostic = Diagnostic::new(Code::BadKey, "no field of the lead is its `key`")
                .at(self.first_word(record), "this record has no key")
                .help("mark the field that tells one lead from another, as in `lead_id text key`");
            let likely = fields.iter().zip(&self.policy.fields).find(|(tree, field)| tree.optional.is_none() && field.name.ends_with("id"));
            if let Some((tree, _)) = likely {
                diagnostic =
                    diagnostic.replace(format!("make `{}` the key", tree.name.text), Applicability::Unsafe, tree.ty.span.after(), " key");
            }
            self.report(diagnostic);
            return;
        };
        let key_span = |id: FieldId| fields[id].key.unwrap_or(fields[id].name.span);
        for second in &keys[1..] {
            self.report(
                Diagnostic::new(Code::BadKey, format!("`{}` is a second key", fields[*second].name.text))
                    .at(key_span(*second), "second key")
                    .at(key_span(first), "first key")
                    .help("a lead has one key; take `key` away from one of the two"),
            );
        }
        let tree = fields[first];
        if let Some(optional) = tree.optional {
            self.report(
                Diagnostic::new(Code::BadKey, format!("the key `{}` cannot be optional", tree.name.text))
                    .at(optional, "a lead without key could not be told from another")
                    .replace("leave `optional` out", Applicability::Safe, optional, ""),
            );
        }
        let is_broken = matches!(self.names.get(&tree.name.text), Some((Named::Broken, _)));
        let fits = match self.policy.fields[first].ty {
            Type::Text | Type::OneOf(_) | Type::Number { scale: 0, unit: Unit::Plain } => true,
            Type::Number { .. } | Type::YesNo | Type::SomeOf(_) | Type::Date | Type::Time => false,
        };
        if !fits && !is_broken {
            self.report(
                Diagnostic::new(Code::BadKey, format!("the key `{}` has a type that cannot be a key", tree.name.text))
                    .at(tree.ty.span, "not a type of keys")
                    .help("a key is a `text`, a `whole` or a `one of`"),
            );
        }
        if let Some(change) = tree.changes.iter().find(|change| matches!(change.kind, tree::ChangeKind::Cost(_))) {
            self.report(
                Diagnostic::new(Code::BadCost, format!("the key `{}` cannot be changed", tree.name.text))
                    .at(change.span, "no change, no cost")
                    .replace("leave the cost out", Applicability::Safe, change.span, ""),
            );
        }
        self.policy.fields[first].effort = Effort::Fixed;
        self.policy.key = Some(first);
    }

    /// The word that an item begins with, for diagnostics about the item as a whole.
    pub(crate) fn first_word(&self, item: Span) -> Span {
        let text = self.sources.text(item);
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            if !line.trim_start().starts_with('#') && !line.trim().is_empty() {
                start += line.len() - line.trim_start().len();
                break;
            }
            start += line.len();
        }
        let length =
            text.get(start..).map_or(0, |rest| rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len()));
        Span { start: item.start + start as u32, end: item.start + (start + length) as u32, ..item }
    }
}

/// The field with everything but its type; `text` stands in for that.
fn stand_in(tree: &tree::Field) -> Field {
    Field {
        name: tree.name.text.clone(),
        display: tree.display.as_ref().map(|text| text.value.clone()),
        doc: tree.doc.as_ref().map(|text| text.value.clone()),
        ty: Type::Text,
        range: None,
        optional: tree.optional.is_some(),
        effort: Effort::default(),
        sources: tree.sources.iter().map(|(system, column)| (system.text.clone(), column.value.clone())).collect(),
        span: tree.name.span,
    }
}
