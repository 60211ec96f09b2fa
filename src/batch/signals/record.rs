//! A signal, and an entry of the stage log, as a record with fields: so that files of them are bound, read and checked as files of leads are.
//!
//! Enters: a checked policy. Leaves: a [`Record`]: a policy that has nothing but fields. Always holds: the first fields are the lead's key and what
//! else every row has; behind them stand the properties of all signals. Properties of the same name, type, range and sources are one field, so
//! that a column is read once for all signals that have it.

use crate::model::value::{fold_choice, fold_text};
use crate::model::{ChoiceMember, Choices, Effort, Field, Interval, Policy, SignalId, Type, Unit};
use crate::source::Span;

pub const KEY: usize = 0;
/// Of a signal.
pub const SIGNAL: usize = 1;
pub const TIME: usize = 2;
/// Of an entry of the stage log.
pub const FROM: usize = 1;
pub const TO: usize = 2;
pub const AT: usize = 3;
pub const FORGET: usize = 4;
pub const REST_UNTIL: usize = 5;
pub const SIGNALS_BEFORE: usize = 6;

/// Other names of the key's column.
const KEY_ALIASES: [&str; 2] = ["lead", "key"];

#[derive(Clone, Debug)]
pub struct Record {
    /// nothing but fields and the choices they name
    pub policy: Policy,
    /// columns that give a field if no other does
    pub aliases: Vec<(&'static str, usize)>,
    /// per signal, per property: its field
    pub properties: Vec<Vec<usize>>,
    /// a time whose column may hold days, which are their beginnings
    pub takes_days: Option<usize>,
    /// of the key: for what the policy does not write
    span: Span,
}

/// None if the lead has no key.
pub fn of_signals(policy: &Policy) -> Option<Record> {
    let mut record = Record::new(policy)?;
    let members = policy.signals.iter().map(|signal| member(&signal.name, signal.display.as_deref(), signal.span));
    let signals = record.choices(members.collect());
    record.field("signal", Type::OneOf(signals), false);
    record.field("time", Type::Time, false);
    let fixed: Vec<String> = record.policy.fields.iter().map(|field| fold_text(&field.name)).collect();
    for signal in &policy.signals {
        let fields = signal.properties.iter().map(|property| {
            // A column of such a name is never a property's.
            let taken = fixed.contains(&fold_text(&property.name));
            let name = if taken { format!("{}.{}", signal.name, property.name) } else { property.name.clone() };
            record.property(name, property)
        });
        let fields = fields.collect();
        record.properties.push(fields);
    }
    Some(record)
}

/// None if the lead has no key or the policy no stages.
pub fn of_stage_log(policy: &Policy) -> Option<Record> {
    let stages = Type::OneOf(policy.stage_choices?);
    let mut record = Record::new(policy)?;
    record.field("from", stages, true);
    record.field("to", stages, false);
    record.field("at", Type::Time, false);
    let span = record.span;
    let sections = policy.forgets.iter().map(|forget| member(&forget.section, None, span));
    let sections = record.choices(sections.collect());
    record.field("forget", Type::OneOf(sections), true);
    record.field("rest_until", Type::Time, true);
    record.field("signals_before", Type::Number { scale: 0, unit: Unit::Plain }, true);
    if let Some(field) = record.policy.fields.last_mut() {
        field.range = Some(Interval { low: 0, high: i64::MAX });
    }
    record.takes_days = Some(AT);
    Some(record)
}

impl Record {
    fn new(policy: &Policy) -> Option<Record> {
        let key = policy.fields.get(policy.key?)?;
        let span = key.span;
        let fields = vec![Field { optional: false, ..key.clone() }];
        let record = Policy {
            fields,
            key: Some(KEY),
            choices: policy.choices.clone(),
            timezone: policy.timezone.clone(),
            currency: policy.currency,
            ..Policy::default()
        };
        let aliases = KEY_ALIASES.into_iter().map(|alias| (alias, KEY)).collect();
        Some(Record { policy: record, aliases, properties: Vec::new(), takes_days: None, span })
    }

    fn choices(&mut self, members: Vec<ChoiceMember>) -> usize {
        self.policy.choices.push(Choices { members });
        self.policy.choices.len() - 1
    }

    fn field(&mut self, name: &str, ty: Type, optional: bool) {
        let field = Field {
            name: name.to_owned(),
            display: None,
            doc: None,
            ty,
            range: None,
            optional,
            effort: Effort::default(),
            sources: Vec::new(),
            span: self.span,
        };
        self.policy.fields.push(field);
    }

    /// The field of a property, which only rows of its own signal need to have.
    fn property(&mut self, name: String, property: &Field) -> usize {
        let alike = |field: &Field| {
            field.name == name && field.ty == property.ty && field.range == property.range && field.sources == property.sources
        };
        if let Some(field) = self.policy.fields.iter().position(alike) {
            return field;
        }
        self.policy.fields.push(Field { name, optional: true, ..property.clone() });
        self.policy.fields.len() - 1
    }

    /// The field of a property of a signal.
    pub fn property_field(&self, signal: SignalId, property: usize) -> Option<usize> {
        self.properties.get(signal)?.get(property).copied()
    }
}

fn member(name: &str, display: Option<&str>, span: Span) -> ChoiceMember {
    let spellings = std::iter::once(name).chain(display).map(fold_choice).collect();
    ChoiceMember { name: name.to_owned(), display: display.map(str::to_owned), spellings, span }
}
