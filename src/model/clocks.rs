//! Clocks (`sla`) and promises.
//!
//! Enters: their trees. Leaves: `policy.slas`, numbered in the order of the text, and `policy.promises`. Always holds, when no error was
//! reported: every stage, signal, team and value that they name exists and has a fitting type; a clock starts, stops and has a target;
//! one that counts business time is a team's that has a calendar; a pause ends.

use super::check::{Checker, Named};
use super::conditions::yes_no;
use super::expressions::Scope;
use super::hidden::Space;
use super::value::fold_choice;
use super::{
    Breach, BreachAction, CapPeriod, ChoiceMember, Choices, ClockState, ClockTarget, ClockTime, Connective, Decimal, Escalation, Expr,
    ExprKind, Moment, Pause, Predicate, Promise, PromiseKind, Reminder, Sla, TeamId, Whom,
};
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, Guard, SlaKind, Unit};

/// A length of time beyond any lead's life is a slip of the pen.
const DAYS_MAX: u64 = 36_525;

/// What has been read of a clock.
struct Reading<'t> {
    name: &'t tree::Name,
    sla: Sla,
    by: Option<&'t tree::Name>,
    /// how many rows of each kind stand there, right or wrong
    starts: usize,
    stops: usize,
    targets: usize,
    /// the target that takes every lead
    all_within: Option<Span>,
    /// the first length of business time
    business: Option<Span>,
}

impl<'t> Checker<'t> {
    pub(crate) fn check_clocks(&mut self) {
        self.clock_states();
        for (item, tree) in self.items.slas.clone() {
            let sla = self.sla(item, tree);
            self.policy.slas.push(sla);
        }
        for (item, tree) in self.items.promises.clone() {
            if let Some(promise) = self.promise(item, tree) {
                self.policy.promises.push(promise);
            }
        }
    }

    /// What `first_touch.state` can be.
    fn clock_states(&mut self) {
        let Some((_, first)) = self.items.slas.first() else { return };
        let span = first.name.span;
        let members = ClockState::ALL.map(|state| ChoiceMember {
            name: state.name().to_owned(),
            display: None,
            spellings: vec![fold_choice(state.name())],
            span,
        });
        self.policy.choices.push(Choices { members: members.into() });
        self.policy.clock_state_choices = Some(self.policy.choices.len() - 1);
    }

    fn sla(&mut self, item: &tree::Item, tree: &'t tree::Sla) -> Sla {
        let sla = Sla {
            name: tree.name.text.clone(),
            display: tree.display.as_ref().map(|text| text.value.clone()),
            doc: item.doc.as_ref().map(|text| text.value.clone()),
            by: None,
            starts: Vec::new(),
            stops: Vec::new(),
            restarts: Vec::new(),
            pauses: Vec::new(),
            targets: Vec::new(),
            reminders: Vec::new(),
            breaches: Vec::new(),
            escalation: Vec::new(),
            span: item.span,
        };
        let mut reading = Reading { name: &tree.name, sla, by: None, starts: 0, stops: 0, targets: 0, all_within: None, business: None };
        for row in &tree.rows {
            self.sla_row(&mut reading, row);
        }
        let parts = [
            (reading.starts, "starts", "starts when entering STAGE"),
            (reading.stops, "stops", "stops on SIGNAL"),
            (reading.targets, "within", "within 4 hours"),
        ];
        for (count, word, example) in parts {
            if count == 0 {
                self.report(
                    Diagnostic::new(Code::Clock, format!("the clock `{}` has no `{word}`", tree.name.text))
                        .at(tree.name.span, "not a whole clock")
                        .help(format!("write a row such as `{example}`")),
                );
            }
        }
        if let Some(span) = reading.business {
            self.check_calendar_of(&tree.name, reading.by, span);
        }
        reading.sla
    }

    fn sla_row(&mut self, reading: &mut Reading<'t>, row: &'t tree::SlaRow) {
        match &row.kind {
            SlaKind::Starts(moment) => {
                reading.starts += 1;
                reading.sla.starts.extend(self.moment_of_clock(moment));
            }
            SlaKind::Stops(moment) => {
                reading.stops += 1;
                reading.sla.stops.extend(self.moment_of_clock(moment));
            }
            SlaKind::Restarts(moment) => reading.sla.restarts.extend(self.moment_of_clock(moment)),
            SlaKind::Pauses { on, length } => {
                let pause = self.pause(reading, on, length.as_ref(), row.span);
                reading.sla.pauses.extend(pause);
            }
            SlaKind::Within { duration, guard } => self.target_of_clock(reading, duration, guard.as_ref(), row.span),
            SlaKind::By(team) => {
                if let Some(first) = reading.by.replace(team) {
                    self.report(
                        Diagnostic::new(Code::Clock, format!("the clock `{}` says twice whose it is", reading.name.text))
                            .at(team.span, "second team")
                            .at(first.span, "first team")
                            .help("a clock is one team's; leave one out"),
                    );
                }
                reading.sla.by = self.team_index(team);
            }
            SlaKind::Remind { whom, at } => {
                let whom = self.person(whom);
                if let (Some(whom), Some(share)) = (whom, self.share(at, "reminds at")) {
                    reading.sla.reminders.push(Reminder { whom, share, span: row.span });
                }
            }
            SlaKind::Breach { action, after } => {
                let action = match action {
                    tree::BreachAction::Notify(whom) => self.person(whom).map(BreachAction::Notify),
                    tree::BreachAction::Reassign => Some(BreachAction::Reassign),
                };
                let after = after.as_ref().map(|after| self.clock_time(reading, after));
                if let (Some(action), None | Some(Some(_))) = (action, after) {
                    reading.sla.breaches.push(Breach { action, after: after.flatten(), span: row.span });
                }
            }
            SlaKind::Escalate(steps) => {
                for (whom, after) in steps {
                    let span = whom.span.to(after.span);
                    let whom = self.person(whom);
                    if let (Some(whom), Some(after)) = (whom, self.clock_time(reading, after)) {
                        reading.sla.escalation.push(Escalation { whom, after, span });
                    }
                }
            }
        }
    }

    fn target_of_clock(&mut self, reading: &mut Reading, duration: &tree::Duration, guard: Option<&Guard>, span: Span) {
        reading.targets += 1;
        let within = self.clock_time(reading, duration);
        if let Some(first) = reading.all_within {
            self.report(
                Diagnostic::new(Code::RowAfterOtherwise, format!("a target of the clock `{}` is never used", reading.name.text))
                    .at(span, "no lead gets here")
                    .at(first, "this row takes every lead")
                    .help("move the row up, or leave it out"),
            );
        }
        let condition = match guard {
            Some(Guard::When(condition)) => match self.condition(condition, Scope::Moment) {
                Some(condition) => Some(condition),
                None => return,
            },
            Some(Guard::Otherwise(_)) | None => {
                reading.all_within = reading.all_within.or(Some(span));
                None
            }
        };
        let text = self.one_line(duration.span);
        reading.sla.targets.extend(within.map(|within| ClockTarget { within, condition, text, span }));
    }

    fn pause(&mut self, reading: &mut Reading, on: &tree::Moment, length: Option<&tree::Duration>, span: Span) -> Option<Pause> {
        let moment = self.moment_of_clock(on);
        if let Some(length) = length {
            let length = self.clock_time(reading, length);
            return Some(Pause::After { moment: moment?, length: length? });
        }
        match moment? {
            Moment::When(condition) => Some(Pause::While(condition)),
            Moment::Entering { .. } | Moment::Leaving { .. } | Moment::On { .. } => {
                self.report(
                    Diagnostic::new(Code::Clock, format!("the clock `{}` has a pause without an end", reading.name.text))
                        .at(span, "for how long?")
                        .help("write how long it lasts, such as `for 1 week`, or a condition that ends: `pauses when …`"),
                );
                None
            }
        }
    }

    /// None if it has a reported mistake.
    fn moment_of_clock(&mut self, moment: &tree::Moment) -> Option<Moment> {
        match moment {
            tree::Moment::WhenEntering(stage) => Some(Moment::Entering { stage: self.stage_named(stage)?, condition: None }),
            tree::Moment::WhenLeaving(stage) => Some(Moment::Leaving { stage: self.stage_named(stage)?, condition: None }),
            tree::Moment::When(condition) => self.condition(condition, Scope::Moment).map(moment_of),
            tree::Moment::On { signal, condition } => {
                let signals = self.signals_named(signal)?;
                let condition = match condition {
                    Some(condition) => Some(self.event_condition(condition, signal)?),
                    None => None,
                };
                Some(Moment::On { signals, condition })
            }
        }
    }

    /// A length that a clock counts; whoever counts business time needs a calendar.
    fn clock_time(&mut self, reading: &mut Reading, duration: &tree::Duration) -> Option<ClockTime> {
        if duration.business {
            reading.business = reading.business.or(Some(duration.span));
        }
        let seconds: u64 = match duration.unit {
            Unit::Seconds => 1,
            Unit::Minutes => 60,
            Unit::Hours => 3_600,
            Unit::Days => 86_400,
            // the parser has said that there are none
            Unit::Weeks if duration.business => return None,
            Unit::Weeks => 7 * 86_400,
        };
        if duration.amount == 0 {
            self.positive(duration);
            return None;
        }
        if duration.amount > DAYS_MAX * 86_400 / seconds {
            let message = format!("`{}` is more than a hundred years", self.one_line(duration.span));
            self.report(Diagnostic::new(Code::OutOfRange, message).at(duration.span, "longer than any lead is known"));
            return None;
        }
        let seconds = i64::try_from(duration.amount.checked_mul(seconds)?).ok()?;
        Some(match (duration.unit, duration.business) {
            (Unit::Days | Unit::Weeks, false) => ClockTime::Days(seconds / 86_400),
            (Unit::Days | Unit::Weeks, true) => ClockTime::BusinessDays(seconds / 86_400),
            (Unit::Seconds | Unit::Minutes | Unit::Hours, false) => ClockTime::Elapsed(seconds.checked_mul(1_000_000)?),
            (Unit::Seconds | Unit::Minutes | Unit::Hours, true) => ClockTime::Open(seconds.checked_mul(1_000_000)?),
        })
    }

    /// Business time runs on the calendars of the clock's team.
    fn check_calendar_of(&mut self, clock: &tree::Name, by: Option<&tree::Name>, business: Span) {
        let Some(team) = by else {
            self.report(
                Diagnostic::new(Code::Clock, format!("the clock `{}` counts business time, but is no team's", clock.text))
                    .at(business, "on whose calendar?")
                    .help("write `by TEAM`; its calendar says when business time runs"),
            );
            return;
        };
        let Some((item, tree)) = self.items.teams.iter().find(|(_, tree)| tree.name.text == team.text) else { return };
        if tree.calendar.is_some() || self.hidden.may_continue(item.span, "on") {
            return;
        }
        let (declared, behind) = (tree.name.span, tree.display.as_ref().map_or(tree.name.span, |display| display.span).after());
        let mut diagnostic = Diagnostic::new(
            Code::UnknownCalendar,
            format!("the clock `{}` counts business time, but the team `{}` is on no calendar", clock.text, team.text),
        )
        .at(business, "business time")
        .at(declared, "declared without `on CALENDAR`")
        .help("name the team's calendar behind it: `on CALENDAR`");
        if let [(_, calendar)] = self.items.calendars.as_slice() {
            let text = format!(" on {}", calendar.name.text);
            diagnostic = diagnostic.replace(format!("write `{}`", text.trim()), Applicability::Unsafe, behind, text);
        }
        self.report(diagnostic);
    }

    fn team_index(&mut self, name: &tree::Name) -> Option<TeamId> {
        if !self.team_named(name) {
            return None;
        }
        self.policy.teams.iter().position(|team| team.name == name.text)
    }

    /// A team, or `owner`: whoever has the lead.
    fn person(&mut self, whom: &tree::Name) -> Option<Whom> {
        if whom.text == "owner" { Some(Whom::Owner) } else { self.team_index(whom).map(Whom::Team) }
    }

    fn share(&mut self, share: &tree::Number, verb: &str) -> Option<Decimal> {
        if share.is_unreadable() {
            return None;
        }
        let full = 10i128.checked_pow(u32::from(share.places)).and_then(|unit| unit.checked_mul(100));
        if share.mantissa <= 0 || full.is_none_or(|full| share.mantissa > full) {
            self.report(
                Diagnostic::new(Code::OutOfRange, format!("a clock {verb} a share of more than 0 % and at most 100 %"))
                    .at(share.span, "outside of that"),
            );
            return None;
        }
        Some(Decimal { mantissa: share.mantissa, places: share.places }.reduced())
    }

    fn promise(&mut self, item: &tree::Item, tree: &tree::Promise) -> Option<Promise> {
        let team = self.team_index(&tree.who);
        let is_of_none = matches!(tree.kind, tree::PromiseKind::Delivers { amount: 0, .. });
        if is_of_none || tree.per == tree::Period::Days(0) {
            let message = format!("`{}` promises nothing", self.one_line(item.span));
            self.report(
                Diagnostic::new(Code::BadRange, message)
                    .at(item.span, "always kept")
                    .help("write how many leads there are to be in each period, such as `delivers 400 mql per quarter`"),
            );
        }
        let kind = match &tree.kind {
            tree::PromiseKind::Delivers { amount, stage } => {
                self.stage_named(stage).map(|stage| PromiseKind::Delivers { amount: *amount, stage })
            }
            tree::PromiseKind::Meets { sla, share } => {
                let share = self.share(share, "is met for");
                match self.names.get(&sla.text) {
                    Some((Named::Sla(index), _)) => share.map(|share| PromiseKind::Meets { sla: *index, share }),
                    Some((Named::Broken, _)) => None,
                    Some((Named::Field(_) | Named::Let(_) | Named::Score(_) | Named::Decide(_) | Named::Route(_), _)) | None => {
                        let clocks = self.items.slas.iter().map(|(_, tree)| tree.name.text.clone()).collect();
                        self.unknown(Code::UnknownName, Space::Value, "sla", sla, clocks);
                        None
                    }
                }
            }
        };
        Some(Promise {
            doc: item.doc.as_ref().map(|text| text.value.clone()),
            team: team?,
            kind: kind?,
            per: CapPeriod::from(&tree.per),
            text: self.one_line(item.span),
            span: item.span,
        })
    }
}

/// `entering mql and complex` is a moment with a condition; any other condition is the moment from which it holds.
fn moment_of(condition: Expr) -> Moment {
    let span = condition.span;
    let mut members = match condition.kind {
        ExprKind::Connective(Connective::And(members)) => members,
        ExprKind::Predicate(Predicate::Entering(stage)) => return Moment::Entering { stage, condition: None },
        ExprKind::Predicate(Predicate::Leaving(stage)) => return Moment::Leaving { stage, condition: None },
        kind => return Moment::When(yes_no(kind, span)),
    };
    let moment =
        members.iter().position(|member| matches!(member.kind, ExprKind::Predicate(Predicate::Entering(_) | Predicate::Leaving(_))));
    let Some(moment) = moment else { return Moment::When(yes_no(ExprKind::Connective(Connective::And(members)), span)) };
    let moment = members.remove(moment).kind;
    let condition = Some(if members.len() == 1 { members.remove(0) } else { yes_no(ExprKind::Connective(Connective::And(members)), span) });
    match moment {
        ExprKind::Predicate(Predicate::Entering(stage)) => Moment::Entering { stage, condition },
        ExprKind::Predicate(Predicate::Leaving(stage)) => Moment::Leaving { stage, condition },
        kind => Moment::When(yes_no(kind, span)),
    }
}
