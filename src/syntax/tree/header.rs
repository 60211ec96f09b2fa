//! The header of a policy, its teams and its calendars, as written.

use super::{Name, Text};
use crate::source::Span;

#[derive(Clone, Debug)]
pub struct Policy {
    pub name: Name,
    pub display: Option<Text>,
    pub properties: Vec<PolicyProperty>,
}

#[derive(Clone, Debug)]
pub enum PolicyProperty {
    Version(Text),
    /// the day of the version
    Dated(jiff::civil::Date, Span),
    Owner(Name),
    Timezone(Text),
    /// three capital letters
    Currency(Name),
    Follows(Vec<Name>),
}

#[derive(Clone, Debug)]
pub struct Team {
    pub name: Name,
    pub display: Option<Text>,
    pub members: Vec<Name>,
    /// `on us_sales`
    pub calendar: Option<Name>,
    /// `except rep_c on eu_sales`: a member and the calendar of its own
    pub except: Vec<(Name, Name)>,
}

#[derive(Clone, Debug)]
pub struct Calendar {
    pub name: Name,
    pub display: Option<Text>,
    pub timezone: Option<Text>,
    pub hours: Vec<Hours>,
    pub closed: Vec<(jiff::civil::Date, Option<Text>, Span)>,
    pub special: Vec<Special>,
}

/// `mon to fri 08:30 to 12:00, 13:00 to 17:00`; a single day has first = last. Minutes from midnight, 24:00 = 1440.
#[derive(Clone, Debug)]
pub struct Hours {
    pub first: jiff::civil::Weekday,
    pub last: jiff::civil::Weekday,
    pub blocks: Vec<Block>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Block {
    pub open_minute: u16,
    pub close_minute: u16,
    pub span: Span,
}

/// `special 2026-12-24 "Christmas Eve" 08:30 to 12:00`
#[derive(Clone, Debug)]
pub struct Special {
    pub date: jiff::civil::Date,
    pub display: Option<Text>,
    pub blocks: Vec<Block>,
    pub span: Span,
}
