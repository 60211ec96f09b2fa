//! What is checked but not evaluated yet: clocks, promises, claims.
//!
//! Enters: their trees. Leaves: nothing but diagnostics and `policy.unevaluated`. Always holds, when no error was reported: every stage,
//! signal, team and value that they name exists and has a fitting type.

use rustc_hash::FxHashMap;

use super::check::{Checker, Named};
use super::expressions::Scope;
use super::{Type, Unevaluated};
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, BreachAction, ClaimKind, Guard, Moment, PromiseKind, SlaKind};

impl Checker<'_> {
    /// Lists a part that parses and checks but is not evaluated yet.
    pub(crate) fn not_evaluated(&mut self, what: String, span: Span, scoring: bool) {
        if self.memory.unevaluated.insert(span) {
            self.policy.unevaluated.push(Unevaluated { what, scoring, span });
        }
    }

    pub(crate) fn check_later(&mut self) {
        self.check_table_rotations();
        for (_, sla) in self.items.slas.clone() {
            self.check_sla(sla);
        }
        for (item, promise) in self.items.promises.clone() {
            self.check_promise(promise);
            self.not_evaluated(format!("`{}`", self.one_line(item.span)), item.span, false);
        }
        let mut titles = FxHashMap::default();
        for (item, claim) in self.items.claims.clone() {
            self.check_title("claim", &claim.title, &mut titles);
            let before = self.policy.unevaluated.len();
            self.check_claim(claim);
            // a measure that only a claim looks at changes no score
            self.policy.unevaluated.iter_mut().skip(before).for_each(|part| part.scoring = false);
            self.not_evaluated(format!("the claim \"{}\"", claim.title.value), item.span, false);
        }
    }

    /// Claims and tests are called by their titles.
    pub(crate) fn check_title(&mut self, noun: &str, title: &tree::Text, titles: &mut FxHashMap<String, Span>) {
        if let Some(first) = titles.get(&title.value) {
            self.report(
                Diagnostic::new(Code::RepeatedName, format!("two {noun}s have the title \"{}\"", title.value))
                    .at(title.span, "again")
                    .at(*first, "first")
                    .help("say in the title what sets it apart"),
            );
        } else {
            titles.insert(title.value.clone(), title.span);
        }
    }

    fn check_sla(&mut self, sla: &tree::Sla) {
        let name = &sla.name;
        self.not_evaluated(format!("`sla {}`", name.text), name.span, true);
        let mut by: Option<&tree::Name> = None;
        let (mut starts, mut stops, mut targets) = (0, 0, 0);
        let mut all_within: Option<Span> = None;
        let mut business: Vec<Span> = Vec::new();
        let mut count = |duration: &tree::Duration| {
            if duration.business {
                business.push(duration.span);
            }
        };
        for row in &sla.rows {
            match &row.kind {
                SlaKind::Starts(moment) => {
                    starts += 1;
                    self.check_moment(moment);
                }
                SlaKind::Stops(moment) => {
                    stops += 1;
                    self.check_moment(moment);
                }
                SlaKind::Restarts(moment) => self.check_moment(moment),
                SlaKind::Pauses { on, length } => {
                    self.check_moment(on);
                    if let Some(length) = length {
                        self.positive(length);
                        count(length);
                    }
                }
                SlaKind::Within { duration, guard } => {
                    targets += 1;
                    self.positive(duration);
                    count(duration);
                    if let Some(first) = all_within {
                        self.report(
                            Diagnostic::new(Code::RowAfterOtherwise, format!("a target of the clock `{}` is never used", name.text))
                                .at(row.span, "no lead gets here")
                                .at(first, "this row takes every lead")
                                .help("move the row up, or leave it out"),
                        );
                    }
                    match guard {
                        Some(Guard::When(condition)) => {
                            self.condition(condition, Scope::Moment);
                        }
                        Some(Guard::Otherwise(_)) | None => all_within = all_within.or(Some(row.span)),
                    }
                }
                SlaKind::By(team) => {
                    if let Some(first) = by.replace(team) {
                        self.report(
                            Diagnostic::new(Code::Clock, format!("the clock `{}` says twice whose it is", name.text))
                                .at(team.span, "second team")
                                .at(first.span, "first team")
                                .help("a clock is one team's; leave one out"),
                        );
                    }
                    self.team_named(team);
                }
                SlaKind::Remind { whom, at } => {
                    self.check_person(whom);
                    self.check_share(at, "reminds at");
                }
                SlaKind::Breach { action, after } => {
                    match action {
                        BreachAction::Notify(whom) => self.check_person(whom),
                        BreachAction::Reassign => {}
                    }
                    if let Some(after) = after {
                        self.positive(after);
                        count(after);
                    }
                }
                SlaKind::Escalate(steps) => {
                    for (whom, after) in steps {
                        self.check_person(whom);
                        self.positive(after);
                        count(after);
                    }
                }
            }
        }
        let parts =
            [(starts, "starts", "starts when entering STAGE"), (stops, "stops", "stops on SIGNAL"), (targets, "within", "within 4 hours")];
        for (count, word, example) in parts {
            if count == 0 {
                self.report(
                    Diagnostic::new(Code::Clock, format!("the clock `{}` has no `{word}`", name.text))
                        .at(name.span, "not a whole clock")
                        .help(format!("write a row such as `{example}`")),
                );
            }
        }
        if let Some(span) = business.first() {
            self.check_calendar_of(name, by, *span);
        }
    }

    /// Business time runs on the calendar of the clock's team.
    fn check_calendar_of(&mut self, clock: &tree::Name, by: Option<&tree::Name>, business: Span) {
        let Some(team) = by else {
            self.report(
                Diagnostic::new(Code::Clock, format!("the clock `{}` counts business time, but is no team's", clock.text))
                    .at(business, "on whose calendar?")
                    .help("write `by TEAM`; its calendar says when business time runs"),
            );
            return;
        };
        let Some((_, tree)) = self.items.teams.iter().find(|(_, tree)| tree.name.text == team.text) else { return };
        if tree.calendar.is_some() || self.may_be_hidden("on") {
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

    fn check_moment(&mut self, moment: &Moment) {
        match moment {
            Moment::WhenEntering(stage) | Moment::WhenLeaving(stage) => {
                self.stage_named(stage);
            }
            Moment::When(condition) => {
                self.condition(condition, Scope::Moment);
            }
            Moment::On { signal, condition } => {
                if self.signal_named(signal)
                    && let Some(condition) = condition
                {
                    self.condition(condition, Scope::Signal(signal.text.clone()));
                }
            }
        }
    }

    /// A team, or `owner`: whoever has the lead.
    fn check_person(&mut self, whom: &tree::Name) {
        if whom.text != "owner" {
            self.team_named(whom);
        }
    }

    fn check_share(&mut self, share: &tree::Number, verb: &str) {
        let full = 10i128.checked_pow(u32::from(share.places)).and_then(|unit| unit.checked_mul(100));
        if share.mantissa <= 0 || full.is_none_or(|full| share.mantissa > full) {
            self.report(
                Diagnostic::new(Code::OutOfRange, format!("a clock {verb} a share of more than 0 % and at most 100 %"))
                    .at(share.span, "outside of that"),
            );
        }
    }

    fn check_promise(&mut self, promise: &tree::Promise) {
        self.team_named(&promise.who);
        match &promise.kind {
            PromiseKind::Delivers { stage, .. } => {
                self.stage_named(stage);
            }
            PromiseKind::Meets { sla, share } => {
                self.check_share(share, "is met for");
                match self.names.get(&sla.text) {
                    Some((Named::Sla(_) | Named::Broken, _)) => {}
                    Some((Named::Field(_) | Named::Let(_) | Named::Score(_) | Named::Decide(_) | Named::Route(_), _)) | None => {
                        let clocks = self.items.slas.iter().map(|(_, tree)| tree.name.text.clone()).collect();
                        self.unknown(Code::UnknownName, "sla", sla, clocks);
                    }
                }
            }
        }
    }

    fn check_claim(&mut self, claim: &tree::Claim) {
        match &claim.kind {
            ClaimKind::Always(condition) | ClaimKind::Never(condition) | ClaimKind::Possible(condition) => {
                self.condition(condition, Scope::Moment);
            }
            ClaimKind::Monotone { value, field, .. } => {
                self.check_rising_value(value);
                self.check_rising_field(field);
            }
        }
    }

    /// Only what has an order rises and falls.
    fn check_rising_value(&mut self, path: &[tree::Name]) {
        let Some(span) = path.iter().map(|name| name.span).reduce(Span::to) else { return };
        let expr = tree::Expr { kind: tree::ExprKind::Path(path.to_vec()), span };
        let Some(value) = self.expression(&expr, Scope::Lead) else { return };
        if !has_order(value.ty) {
            let text = self.one_line(span);
            self.report(
                Diagnostic::new(Code::WrongType, format!("`{text}` has no order, so that it can neither rise nor fall"))
                    .at(span, "not a number, date or time")
                    .help("claim it of the score that it is decided by"),
            );
        }
    }

    fn check_rising_field(&mut self, name: &tree::Name) {
        match self.names.get(&name.text) {
            Some((Named::Broken, _)) => {}
            Some((Named::Field(id), _)) => {
                if let Some(field) = self.policy.fields.get(*id)
                    && !has_order(field.ty)
                {
                    let declared = field.span;
                    self.report(
                        Diagnostic::new(Code::WrongType, format!("the field `{}` has no order, so that it cannot rise", name.text))
                            .at(name.span, "not a number, date or time")
                            .at(declared, "declared here"),
                    );
                }
            }
            Some((Named::Let(_) | Named::Score(_) | Named::Decide(_) | Named::Route(_) | Named::Sla(_), declared)) => {
                let declared = *declared;
                self.report(
                    Diagnostic::new(Code::WrongType, format!("`{}` is not a field of the lead", name.text))
                        .at(name.span, "a claim lets one field rise")
                        .at(declared, "declared here"),
                );
            }
            None => self.unknown_name(name),
        }
    }
}

fn has_order(ty: Type) -> bool {
    match ty {
        Type::Number { .. } | Type::Date | Type::Time => true,
        Type::Text | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) => false,
    }
}
