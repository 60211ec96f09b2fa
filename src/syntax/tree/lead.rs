//! What is known of a lead, as written: fields, signals, tables.

use super::{Duration, Name, Number, Text};
use crate::source::Span;

#[derive(Clone, Debug)]
pub struct Lead {
    pub fields: Vec<Field>,
}

#[derive(Clone, Debug)]
pub struct Field {
    pub doc: Option<Text>,
    pub name: Name,
    pub display: Option<Text>,
    pub ty: TypeExpr,
    pub key: Option<Span>,
    pub optional: Option<Span>,
    pub changes: Vec<Change>,
    /// `from marketo "Number_of_Beds", salesforce "Beds__c"`
    pub sources: Vec<(Name, Text)>,
    pub span: Span,
}

/// What it takes to change a field, or to bring about a signal.
#[derive(Clone, Debug)]
pub struct Change {
    pub kind: ChangeKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum ChangeKind {
    /// `cost 3`
    Cost(Number),
    /// `fixed`
    Fixed,
}

#[derive(Clone, Debug)]
pub struct TypeExpr {
    pub kind: TypeKind,
    pub span: Span,
}

impl TypeExpr {
    /// The choices that it lists; none of a type without a list.
    pub fn choices(&self) -> &[Choice] {
        match &self.kind {
            TypeKind::OneOf(choices) | TypeKind::SomeOf(choices) => choices,
            TypeKind::Text
            | TypeKind::Whole
            | TypeKind::WholeRange(..)
            | TypeKind::Decimal { .. }
            | TypeKind::Money { .. }
            | TypeKind::YesNo
            | TypeKind::Date
            | TypeKind::Time
            | TypeKind::Queue
            | TypeKind::Team
            | TypeKind::Owner
            | TypeKind::Stage
            | TypeKind::Unread => &[],
        }
    }
}

#[derive(Clone, Debug)]
pub enum TypeKind {
    Text,
    Whole,
    WholeRange(Number, Number),
    /// `decimal 2`, `decimal 2 0..100`
    Decimal {
        places: u8,
        range: Option<(Number, Number)>,
    },
    /// `money`, `money EUR`, `money 0..1_000_000`
    Money {
        currency: Option<Name>,
        range: Option<(Number, Number)>,
    },
    YesNo,
    OneOf(Vec<Choice>),
    SomeOf(Vec<Choice>),
    Date,
    Time,
    /// a cell that names a queue
    Queue,
    /// a cell that names a team
    Team,
    /// a cell that names an owner
    Owner,
    /// a cell that names a stage
    Stage,
    /// The row could not be read, which has been reported: whether it says `key` or `optional` is not known either.
    Unread,
}

impl TypeKind {
    pub fn is_unread(&self) -> bool {
        matches!(self, TypeKind::Unread)
    }
}

#[derive(Clone, Debug)]
pub struct Choice {
    pub name: Name,
    /// spellings that systems use
    pub spellings: Vec<Text>,
}

#[derive(Clone, Debug)]
pub struct Signal {
    pub name: Name,
    pub display: Option<Text>,
    /// `by inside_sales`
    pub by: Option<Name>,
    /// `ignore bursts of 4 within 1 second`
    pub bursts: Option<(u64, Duration)>,
    pub changes: Vec<Change>,
    pub properties: Vec<Field>,
}

/// `group scoring = page_view, form_fill`
#[derive(Clone, Debug)]
pub struct Group {
    pub name: Name,
    pub display: Option<Text>,
    pub members: Vec<Name>,
}

#[derive(Clone, Debug)]
pub struct Table {
    pub name: Name,
    pub display: Option<Text>,
    /// `from "file.csv"`; none for `from input`
    pub file: Option<Text>,
    pub columns: Vec<Column>,
}

#[derive(Clone, Debug)]
pub struct Column {
    pub doc: Option<Text>,
    pub name: Name,
    pub ty: TypeExpr,
    pub key: Option<Span>,
    /// `prefix key`
    pub prefix: bool,
    pub optional: Option<Span>,
    pub span: Span,
}
