//! Teams and calendars.
//!
//! Enters: their trees. Leaves: `Policy::teams`, numbered like the choices that teams are, and `Policy::calendars`. Always holds, when no
//! error was reported: a team's calendar is declared; a calendar's zone exists, its hours run forward within a day and those of one day
//! do not overlap.

use jiff::civil::Weekday;
use rustc_hash::FxHashMap;

use super::check::Checker;
use super::constants::days_of;
use super::{Calendar, Exception, Member, Team};
use crate::calendar::Block;
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit};
use crate::source::Span;
use crate::syntax::tree;

impl Checker<'_> {
    pub(crate) fn check_teams(&mut self) {
        for (item, calendar) in self.items.calendars.clone() {
            self.check_calendar(calendar);
            if self.calendars.get(&calendar.name.text) == Some(&calendar.name.span) {
                let model = self.calendar(item, calendar);
                self.policy.calendars.push(model);
            }
        }
        for (item, team) in self.items.teams.clone() {
            let model = self.team(item, team);
            if self.teams.get(&team.name.text) == Some(&team.name.span) {
                self.policy.teams.push(model);
            }
        }
    }

    fn team(&mut self, item: &tree::Item, team: &tree::Team) -> Team {
        let calendar = team.calendar.as_ref().and_then(|name| self.calendar_index(name));
        let mut seen = FxHashMap::default();
        let mut members = Vec::new();
        for member in &team.members {
            if super::declare::enter(&mut seen, &mut self.diagnostics, "member", member) {
                members.push(Member { name: member.text.clone(), calendar });
            }
        }
        let mut excepted = FxHashMap::default();
        for (name, own) in &team.except {
            let own = self.calendar_index(own);
            if !super::declare::enter(&mut excepted, &mut self.diagnostics, "member", name) {
                continue;
            }
            match members.iter_mut().find(|member| member.name == name.text) {
                Some(member) => member.calendar = own,
                None => self.report_no_member(item.span, team, name, &seen),
            }
        }
        Team {
            name: team.name.text.clone(),
            display: team.display.as_ref().map(|text| text.value.clone()),
            doc: item.doc.as_ref().map(|text| text.value.clone()),
            members,
            calendar,
            span: item.span,
        }
    }

    fn calendar_index(&mut self, name: &tree::Name) -> Option<usize> {
        if !self.calendar_named(name) {
            return None;
        }
        self.policy.calendars.iter().position(|calendar| calendar.name == name.text)
    }

    fn report_no_member(&mut self, item: Span, team: &tree::Team, name: &tree::Name, members: &FxHashMap<String, Span>) {
        if self.hidden.may_continue(item, &name.text) {
            return;
        }
        let message = format!("`{}` is not a member of the team `{}`", name.text, team.name.text);
        let diagnostic = Diagnostic::new(Code::UnknownName, message)
            .at(name.span, "on a calendar of its own, but not listed")
            .at(team.name.span, "the team");
        let candidates = self.choosable(members.keys().map(String::as_str));
        let diagnostic = self.propose(diagnostic, "member", name, candidates);
        self.report(diagnostic);
    }

    fn calendar(&self, item: &tree::Item, tree: &tree::Calendar) -> Calendar {
        let mut week = [const { Vec::new() }; 7];
        for hours in &tree.hours {
            for day in days_from(hours.first, hours.last) {
                week[day].extend(blocks(&hours.blocks));
            }
        }
        let text = |text: &Option<tree::Text>| text.as_ref().map(|text| text.value.clone());
        let closed = tree.closed.iter().map(|(date, display, _)| (*date, display, Vec::new()));
        let special = tree.special.iter().map(|special| (special.date, &special.display, blocks(&special.blocks).collect()));
        let exceptions = closed.chain(special);
        Calendar {
            name: tree.name.text.clone(),
            display: text(&tree.display),
            doc: text(&item.doc),
            zone: tree.timezone.as_ref().map_or_else(|| self.policy.timezone.clone(), |zone| zone.value.clone()),
            week,
            exceptions: exceptions.map(|(date, display, hours)| Exception { day: days_of(date), display: text(display), hours }).collect(),
            span: item.span,
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

fn blocks(trees: &[tree::Block]) -> impl Iterator<Item = Block> {
    trees.iter().map(|tree| Block { open_minute: tree.open_minute, close_minute: tree.close_minute })
}

/// `08:30`
fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}
