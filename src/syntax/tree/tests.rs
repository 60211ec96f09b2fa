//! Tests, as written.

use super::{Duration, Expr, Name, Text, TimeLiteral};
use crate::source::Span;

#[derive(Clone, Debug)]
pub struct Test {
    pub title: Text,
    pub as_of: Option<(TimeLiteral, Span)>,
    /// `stage mql`, `stage mql since 3 days ago`
    pub stage: Option<(Name, Option<Ago>)>,
    /// `owner rep_a`, `queue inside`: whose the lead is already
    pub owner: Option<Name>,
    pub queue: Option<Name>,
    /// rows of tables that are given at run time
    pub rows: Vec<GivenRow>,
    pub lead: Vec<Given>,
    pub signals: Vec<GivenSignal>,
    pub expect: Vec<Expected>,
    pub span: Span,
}

/// `cases "border cases" from "cases.csv" { … }`
#[derive(Clone, Debug)]
pub struct Cases {
    pub title: Option<Text>,
    /// below the policy's root
    pub file: Text,
    /// what holds for every row; its title is that of the cases, or their file
    pub common: Test,
    pub span: Span,
}

/// When something happened in a test.
#[derive(Clone, Debug)]
pub enum Ago {
    /// `3 days ago`
    Before(Duration),
    At(TimeLiteral, Span),
}

/// `site_of_care hospital`, `products dispensing, service`
#[derive(Clone, Debug)]
pub struct Given {
    pub name: Name,
    pub values: Vec<Expr>,
    pub span: Span,
}

/// `table accounts { domain "example.com" tier gold }`
#[derive(Clone, Debug)]
pub struct GivenRow {
    pub table: Name,
    pub cells: Vec<Given>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct GivenSignal {
    pub signal: Name,
    pub when: Ago,
    pub properties: Vec<Given>,
    pub span: Span,
}

/// `readiness 82.78`, `first_touch.due 2026-11-18T15:05`, `handover missing`
#[derive(Clone, Debug)]
pub struct Expected {
    pub path: Vec<Name>,
    pub value: Expr,
    pub span: Span,
}
