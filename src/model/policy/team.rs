//! Teams, their members and the calendars they work by.

use crate::calendar::{self, Block};
use crate::source::Span;

/// Teams are numbered like the choices that cells of tables name them by.
#[derive(Clone, Debug)]
pub struct Team {
    pub name: String,
    pub display: Option<String>,
    pub doc: Option<String>,
    /// none listed: anyone may be
    pub members: Vec<Member>,
    /// index into `Policy::calendars`
    pub calendar: Option<usize>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Member {
    pub name: String,
    /// the one of its own, or that of the team
    pub calendar: Option<usize>,
}

/// When somebody is at work, as written; see [`Calendar::business_time`].
#[derive(Clone, Debug)]
pub struct Calendar {
    pub name: String,
    pub display: Option<String>,
    pub doc: Option<String>,
    /// IANA name; the policy's if the calendar names none
    pub zone: String,
    /// from Monday
    pub week: [Vec<Block>; 7],
    /// days since 1970-01-01 whose hours are others than the week says; none on closed days
    pub exceptions: Vec<Exception>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Exception {
    pub day: i64,
    pub display: Option<String>,
    pub hours: Vec<Block>,
}

impl Team {
    /// The calendar that somebody of this team works by.
    pub fn calendar_of(&self, member: Option<&str>) -> Option<usize> {
        let own = member.and_then(|name| self.members.iter().find(|member| member.name == name));
        own.map_or(self.calendar, |member| member.calendar)
    }
}

impl Calendar {
    /// None if jiff's data knows no such zone, which a checked policy rules out.
    pub fn business_time(&self) -> Option<calendar::Calendar> {
        let exceptions = self.exceptions.iter().map(|exception| (exception.day, exception.hours.clone()));
        calendar::Calendar::named(&self.zone, self.week.clone(), exceptions)
    }
}
