//! Teams and calendars: every name and every hour in them. Nothing leaves: scoring needs neither yet.
//!
//! Always holds, when no error was reported: a team's calendar is declared; a calendar's zone exists, its hours run forward within a day and
//! those of one day do not overlap.

use jiff::civil::Weekday;
use rustc_hash::FxHashMap;

use super::check::Checker;
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit};
use crate::source::Span;
use crate::syntax::tree;

impl Checker<'_> {
    pub(crate) fn check_teams(&mut self) {
        for (_, team) in self.items.teams.clone() {
            if let Some(calendar) = &team.calendar {
                self.calendar_named(calendar);
            }
            let mut seen = FxHashMap::default();
            for member in &team.members {
                super::declare::enter(&mut seen, &mut self.diagnostics, "member", member);
            }
        }
        for (_, calendar) in self.items.calendars.clone() {
            self.check_calendar(calendar);
        }
    }

    fn check_calendar(&mut self, calendar: &tree::Calendar) {
        let name = &calendar.name;
        if let Some(zone) = &calendar.timezone {
            self.zone_named(zone);
        }
        if calendar.hours.is_empty() {
            self.report(
                Diagnostic::new(Code::OpeningHours, format!("the calendar `{}` has no hours", name.text))
                    .at(name.span, "never open")
                    .help("write when it is open, such as `hours mon to fri 08:30 to 17:00`"),
            );
        }
        // minutes of the week's days, each with the block that opens them
        let mut days: [Vec<&tree::Block>; 7] = Default::default();
        for hours in &calendar.hours {
            self.check_blocks(&hours.blocks);
            for day in days_from(hours.first, hours.last) {
                days[day].extend(&hours.blocks);
            }
        }
        for blocks in &mut days {
            self.check_overlap(blocks);
        }
        for special in &calendar.special {
            self.check_blocks(&special.blocks);
            self.check_overlap(&mut special.blocks.iter().collect::<Vec<_>>());
        }
        let closed = calendar.closed.iter().map(|(date, _, span)| (*date, *span));
        let special = calendar.special.iter().map(|special| (special.date, special.span));
        let mut seen: FxHashMap<jiff::civil::Date, Span> = FxHashMap::default();
        for (date, span) in closed.chain(special) {
            if let Some(first) = seen.get(&date) {
                self.report(
                    Diagnostic::new(Code::OpeningHours, format!("the calendar `{}` speaks of {date} twice", name.text))
                        .at(span, "second time")
                        .at(*first, "first time")
                        .help("a day is either closed or has special hours; leave one of the two out"),
                );
            } else {
                seen.insert(date, span);
            }
        }
    }

    fn check_blocks(&mut self, blocks: &[tree::Block]) {
        for block in blocks {
            if block.open_minute >= block.close_minute {
                let (open, close) = (clock(block.open_minute), clock(block.close_minute));
                let mut diagnostic = Diagnostic::new(Code::OpeningHours, format!("the hours `{open} to {close}` do not run forward"))
                    .at(block.span, "closes before it has opened")
                    .help("hours past midnight are two blocks: one to 24:00, one from 00:00 of the next day");
                if block.close_minute < block.open_minute {
                    let edit = Edit { span: block.span, text: format!("{close} to {open}") };
                    diagnostic = diagnostic.fix("exchange them", Applicability::Unsafe, vec![edit]);
                }
                self.report(diagnostic);
            }
        }
    }

    /// The blocks of one day; a pair that overlaps on several days is one diagnostic, as exact repeats are dropped.
    fn check_overlap(&mut self, blocks: &mut [&tree::Block]) {
        blocks.sort_by_key(|block| (block.open_minute, block.close_minute));
        for pair in blocks.windows(2) {
            let [first, second] = pair else { continue };
            if second.open_minute < first.close_minute && second.open_minute < second.close_minute {
                let (shown, other) = if first.span.start < second.span.start { (second, first) } else { (first, second) };
                self.report(
                    Diagnostic::new(Code::OpeningHours, "two opening hours of one day overlap")
                        .at(shown.span, "these hours")
                        .at(other.span, "and these")
                        .help("a day is open once at a time; write one block from the first opening to the last closing"),
                );
            }
        }
    }
}

/// Days from Monday = 0, around the week's end if need be: `sun to thu` is five days.
fn days_from(first: Weekday, last: Weekday) -> impl Iterator<Item = usize> {
    let (first, last) =
        (usize::from(first.to_monday_zero_offset().unsigned_abs()), usize::from(last.to_monday_zero_offset().unsigned_abs()));
    let count = (last + 7 - first) % 7 + 1;
    (0..count).map(move |day| (first + day) % 7)
}

/// `08:30`
fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}
