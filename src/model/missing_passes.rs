//! A `not` around a comparison that missing values slip through: `not (beds >= 100)` also holds for a lead whose `beds` is missing.
//!
//! Enters: the checked policy. Leaves: a warning for each such comparison, with both readings as fixes. Nothing is reported where the author has
//! thought of it, or it cannot happen:
//! - the same condition asks `is missing` or `is known` of the value;
//! - the whole condition is no when the value is missing, as in `beds > 10 and not (beds >= 100)`;
//! - an earlier row of a first-match table takes every lead without the value.
//!
//! A bare optional `yes_no` is no when missing, by its definition, and an empty `some of` has nothing: neither is a comparison.
//! Always holds: the work is linear in the policy, up to a bounded number of values per condition.

use rustc_hash::{FxHashMap, FxHashSet};

use super::check::Checker;
use super::exhaustive::Key;
use super::expressions::{STACK_LEFT, STACK_NEXT};
use super::{
    Connective, Constant, Conversion, DecideBody, Derived, Expr, ExprKind, LetId, PointsKind, Predicate, Reference, RouteTarget, Trigger,
    Type,
};
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit};
use crate::source::Span;

/// So many values of one condition are followed.
const KEYS_MAX: usize = 64;
/// So many of them are named at once.
const SHOWN_MAX: usize = 3;

/// What a condition is when one value is missing, whatever all others are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    No,
    Yes,
    Open,
}

/// What a missing value does to a let.
#[derive(Debug, Default)]
struct Said {
    /// each makes the let missing
    missing: Vec<Key>,
    /// each makes the let, a condition, no
    no: Vec<Key>,
    yes: Vec<Key>,
    /// the let itself asks whether these are missing: its author has thought of it
    asked: Vec<Key>,
}

/// Comparisons that count the other way round, for an odd number of `not`s around them.
struct Turned<'e> {
    /// the innermost `not` that turns them
    not: &'e Expr,
    comparisons: Vec<&'e Expr>,
}

/// What slips through a `not`.
#[derive(Default)]
struct Slip<'e> {
    comparisons: Vec<&'e Expr>,
    /// the values, as written
    values: Vec<String>,
    keys: Vec<Key>,
    /// there are more than are named
    more: bool,
}

struct Watch<'w, 't> {
    checker: &'w Checker<'t>,
    lets: FxHashMap<LetId, Said>,
    found: Vec<Diagnostic>,
}

impl Checker<'_> {
    /// Needs the whole policy, and `policy.order`.
    pub(crate) fn check_missing_passes(&mut self) {
        let mut watch = Watch { checker: self, lets: FxHashMap::default(), found: Vec::new() };
        watch.policy();
        let found = watch.found;
        self.diagnostics.extend(found);
    }
}

impl<'t> Watch<'_, 't> {
    fn policy(&mut self) {
        let policy = &self.checker.policy;
        for derived in &policy.order {
            match derived {
                Derived::Let(id) => {
                    let Some(named) = policy.lets.get(*id) else { continue };
                    self.alone(&named.value);
                    let said = self.said(&named.value);
                    self.lets.insert(*id, said);
                }
                Derived::Score(id) => {
                    let Some(score) = policy.scores.get(*id) else { continue };
                    self.rows(score.personas.iter().map(|persona| (persona.condition.as_ref(), true)));
                    let mut sections = FxHashSet::default();
                    for section in score.sections_of_models() {
                        // a section outside the personas stands in each of them
                        if sections.insert(section.span) {
                            section.points.iter().for_each(|row| self.points(&row.kind));
                        }
                    }
                    score.adjusts.iter().for_each(|adjust| self.alone(&adjust.condition));
                }
                Derived::Decide(id) => match policy.decides.get(*id).map(|decide| &decide.body) {
                    Some(DecideBody::Rows(rows)) => self.rows(rows.iter().map(|row| (row.condition.as_ref(), true))),
                    Some(DecideBody::Grid(_)) | None => {}
                },
            }
        }
        for row in policy.flows.iter().flat_map(|flow| &flow.rows) {
            match &row.trigger {
                Trigger::When(condition) => self.alone(condition),
                Trigger::On { when, .. } | Trigger::After { when, .. } => when.iter().for_each(|condition| self.alone(condition)),
                Trigger::Broken => {}
            }
        }
        policy.event_conditions.iter().for_each(|of_signals| self.alone(&of_signals.condition));
        for route in &policy.routes {
            route.condition.iter().for_each(|condition| self.alone(condition));
            self.rows(route.rows.iter().map(|row| {
                // a look-up that finds nothing takes no lead
                let takes = match &row.target {
                    RouteTarget::Queue(_) | RouteTarget::KeepOwner => true,
                    RouteTarget::By(by) => !by.optional,
                };
                (row.condition.as_ref(), takes)
            }));
        }
    }

    fn points(&mut self, row: &PointsKind) {
        match row {
            PointsKind::When(condition) => self.alone(condition),
            PointsKind::Per { .. } => {}
        }
    }

    fn alone(&mut self, condition: &Expr) {
        self.condition(condition, &FxHashSet::default());
    }

    /// A first-match table: its conditions, and whether a row takes every lead for which its condition holds.
    fn rows<'e>(&mut self, rows: impl Iterator<Item = (Option<&'e Expr>, bool)>) {
        let mut taken: FxHashSet<Key> = FxHashSet::default();
        for (condition, takes) in rows {
            let Some(condition) = condition else { continue };
            self.condition(condition, &taken);
            if takes {
                taken.extend(self.said(condition).yes);
            }
        }
    }

    /// Reports what slips through one condition; leads without a value of `taken` never get here.
    fn condition(&mut self, root: &Expr, taken: &FxHashSet<Key>) {
        let mut slips: FxHashMap<Key, bool> = FxHashMap::default();
        for turned in self.turned(root) {
            let mut slip = Slip::default();
            for comparison in &turned.comparisons {
                let mut missed = Vec::new();
                for key in self.keys(comparison) {
                    if slips.len() >= KEYS_MAX && !slips.contains_key(&key) {
                        continue;
                    }
                    let slips_through = |key: &Key| !taken.contains(key) && !self.asks(root, key) && self.answer(root, key) != Answer::No;
                    if *slips.entry(key.clone()).or_insert_with_key(slips_through) {
                        missed.push(key);
                    }
                }
                if missed.is_empty() {
                    continue;
                }
                slip.more |= slip.comparisons.len() >= SHOWN_MAX;
                if !slip.more {
                    let values = self.values(comparison, &missed);
                    slip.values.extend(values.into_iter().filter(|value| !slip.values.contains(value)).collect::<Vec<_>>());
                    slip.comparisons.push(comparison);
                    slip.keys.extend(missed);
                }
            }
            if !slip.comparisons.is_empty() {
                let alone = turned.comparisons.len() == 1;
                let diagnostic = self.report(turned.not, &slip, alone);
                self.found.push(diagnostic);
            }
        }
    }

    /// The comparisons that an odd number of `not`s turns round, by the `not` and in the order of the text.
    fn turned<'e>(&self, root: &'e Expr) -> Vec<Turned<'e>> {
        let mut found: Vec<Turned<'e>> = Vec::new();
        let mut places: FxHashMap<Span, usize> = FxHashMap::default();
        // (condition, is it turned round, by which `not`)
        let mut open: Vec<(&Expr, bool, Option<&Expr>)> = vec![(root, false, None)];
        while let Some((condition, is_turned, not)) = open.pop() {
            let ExprKind::Connective(connective) = &condition.kind else {
                if let (true, Some(not), true) = (is_turned, not, compares(condition)) {
                    let place = *places.entry(not.span).or_insert(found.len());
                    match found.get_mut(place) {
                        Some(turned) => turned.comparisons.push(condition),
                        None => found.push(Turned { not, comparisons: vec![condition] }),
                    }
                }
                continue;
            };
            match connective {
                Connective::And(members) | Connective::Or(members) => {
                    open.extend(members.iter().rev().map(|member| (member, is_turned, not)));
                }
                Connective::Not(inner) => open.push((inner, !is_turned, Some(condition))),
                Connective::Implies(left, right) => {
                    open.push((right, is_turned, not));
                    open.push((left, !is_turned, not));
                }
            }
        }
        found
    }

    /// Values each of which, when missing, makes a comparison no; of a let, what makes that no.
    fn keys(&self, comparison: &Expr) -> Vec<Key> {
        if let ExprKind::Reference(Reference::Let(id)) = &comparison.kind {
            let Some(said) = self.lets.get(id) else { return Vec::new() };
            return said.no.iter().filter(|key| !said.asked.contains(key)).cloned().collect();
        }
        let mut keys = Vec::new();
        comparison.children().into_iter().for_each(|value| self.optional_values(value, &mut keys));
        keys
    }

    /// Values each of which makes `value` missing when it is.
    fn optional_values(&self, value: &Expr, keys: &mut Vec<Key>) {
        if !value.optional || keys.len() >= KEYS_MAX {
            return;
        }
        let before = keys.len();
        let is_own = match &value.kind {
            ExprKind::Reference(
                Reference::Field(_) | Reference::Section(..) | Reference::Cell { .. } | Reference::Measure(_) | Reference::Property(_),
            )
            | ExprKind::Conversion(Conversion::DaysSince(_) | Conversion::DaysUntil(_) | Conversion::DomainOf(_)) => true,
            ExprKind::Reference(Reference::Let(id)) => {
                keys.extend(self.lets.get(id).iter().flat_map(|said| said.missing.iter().cloned()));
                false
            }
            ExprKind::Arithmetic(_) => {
                stacker::maybe_grow(STACK_LEFT, STACK_NEXT, || {
                    value.children().into_iter().for_each(|child| self.optional_values(child, keys))
                });
                false
            }
            ExprKind::Constant(_)
            | ExprKind::Reference(Reference::Score(_) | Reference::Decide(_) | Reference::Stage)
            | ExprKind::Conversion(Conversion::Else(..))
            | ExprKind::Connective(_)
            | ExprKind::Predicate(_) => false,
        };
        // what is missing for a reason of its own: no row, a division by zero
        if is_own || keys.len() == before {
            keys.extend(self.checker.key_of(value));
        }
    }

    /// What missing values do to a let with this value; also to a row with this condition.
    fn said(&self, value: &Expr) -> Said {
        let mut said = Said::default();
        if value.optional {
            self.optional_values(value, &mut said.missing);
            return said;
        }
        if value.ty != Type::YesNo {
            return said;
        }
        let mut keys: Vec<Key> = Vec::new();
        let mut open = vec![value];
        while let Some(part) = open.pop().filter(|_| keys.len() < KEYS_MAX) {
            if matches!(part.kind, ExprKind::Connective(_)) {
                open.extend(part.children());
            } else if let ExprKind::Reference(Reference::Let(id)) = &part.kind {
                keys.extend(self.lets.get(id).iter().flat_map(|said| said.no.iter().chain(&said.yes).cloned()));
            } else if !is_no_comparison(part) {
                part.children().into_iter().for_each(|value| self.optional_values(value, &mut keys));
            }
        }
        let distinct: FxHashSet<Key> = keys.into_iter().take(KEYS_MAX).collect();
        for key in distinct {
            match self.answer(value, &key) {
                Answer::No => said.no.push(key),
                Answer::Yes => said.yes.push(key),
                Answer::Open => {}
            }
        }
        said.asked = said.no.iter().filter(|key| self.asks(value, key)).cloned().collect();
        // sets have no order that a reader would know
        said.no.sort_unstable();
        said.yes.sort_unstable();
        said
    }

    /// What a condition is when the value of `key` is missing.
    fn answer(&self, condition: &Expr, key: &Key) -> Answer {
        stacker::maybe_grow(STACK_LEFT, STACK_NEXT, || self.answer_of_kind(condition, key))
    }

    fn answer_of_kind(&self, condition: &Expr, key: &Key) -> Answer {
        match &condition.kind {
            ExprKind::Connective(connective) => match connective {
                Connective::And(members) => all(members.iter().map(|member| self.answer(member, key))),
                Connective::Or(members) => turn(all(members.iter().map(|member| turn(self.answer(member, key))))),
                Connective::Not(inner) => turn(self.answer(inner, key)),
                Connective::Implies(left, right) => turn(all([self.answer(left, key), turn(self.answer(right, key))].into_iter())),
            },
            ExprKind::Predicate(Predicate::IsKnown { left, known }) => match (self.is_missing(left, key), known) {
                (true, true) => Answer::No,
                (true, false) => Answer::Yes,
                (false, _) => Answer::Open,
            },
            // all others are no of what is missing
            ExprKind::Predicate(_) => {
                let missing = condition.children().into_iter().any(|value| self.is_missing(value, key));
                if missing { Answer::No } else { Answer::Open }
            }
            ExprKind::Reference(reference) => match self.said_of(reference) {
                Some(said) if said.no.contains(key) => Answer::No,
                Some(said) if said.yes.contains(key) => Answer::Yes,
                Some(_) | None => Answer::Open,
            },
            ExprKind::Constant(Constant::Integer(0)) => Answer::No,
            ExprKind::Constant(_) => Answer::Yes,
            ExprKind::Arithmetic(_) | ExprKind::Conversion(_) => Answer::Open,
        }
    }

    /// None of what is no let.
    fn said_of(&self, reference: &Reference) -> Option<&Said> {
        if let Reference::Let(id) = reference { self.lets.get(id) } else { None }
    }

    /// Whether `value` is missing for sure when the value of `key` is.
    fn is_missing(&self, value: &Expr, key: &Key) -> bool {
        let mut keys = Vec::new();
        self.optional_values(value, &mut keys);
        keys.contains(key) || self.checker.key_of(value).as_ref() == Some(key)
    }

    /// Whether the condition itself asks `is missing` or `is known` of the value.
    fn asks(&self, root: &Expr, key: &Key) -> bool {
        let mut open = vec![root];
        while let Some(part) = open.pop() {
            let asks = match &part.kind {
                ExprKind::Predicate(Predicate::IsKnown { left, .. }) => self.is_missing(left, key),
                ExprKind::Reference(Reference::Let(id)) => self.lets.get(id).is_some_and(|said| said.asked.contains(key)),
                _ => false,
            };
            if asks {
                return true;
            }
            open.extend(part.children());
        }
        false
    }

    fn report(&self, not: &Expr, slip: &Slip<'_>, alone: bool) -> Diagnostic {
        let checker = self.checker;
        let values = &slip.values;
        let quoted: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
        let value = quoted.join(" or ");
        let message = format!("`{}` also holds when {value} is missing", checker.one_line(not.span));
        let mut diagnostic = Diagnostic::new(Code::MissingPasses, message).at(not.span, "yes when it is missing");
        for comparison in &slip.comparisons {
            diagnostic = diagnostic.at(comparison.span, "no when it is missing");
        }
        for key in slip.keys.iter().take(SHOWN_MAX) {
            if let Key::Field(id) = key
                && let Some(field) = checker.policy.fields.get(*id)
            {
                diagnostic = diagnostic.at(field.span, "can be missing");
            }
        }
        // a value of several words, such as a measure, stands in parentheses
        let asking = |what: &str, joint: &str| {
            let one = |value: &String| if value.contains(' ') { format!("({value}) {what}") } else { format!("{value} {what}") };
            values.iter().map(one).collect::<Vec<String>>().join(joint)
        };
        let (known, missing) = (asking("is known", " and "), asking("is missing", " or "));
        let (without, with) = (format!("a missing {value} does not count"), format!("a missing {value} counts"));
        diagnostic = diagnostic.help(format!("say which is meant: `{known} and …` or `{missing} or …`"));
        if slip.more {
            return diagnostic;
        }
        let opposite = slip.comparisons.first().filter(|_| alone).and_then(|comparison| self.opposite(not, comparison));
        match opposite {
            Some(opposite) => diagnostic.replace(without, Applicability::Unsafe, not.span, &opposite).replace(
                with,
                Applicability::Unsafe,
                not.span,
                format!("({opposite} or {missing})"),
            ),
            None => diagnostic.fix(without, Applicability::Unsafe, around(not.span, format!("({known} and "))).fix(
                with,
                Applicability::Unsafe,
                around(not.span, format!("({missing} or ")),
            ),
        }
    }

    /// The values of a comparison that can be missing, as written; of a let, those inside it.
    fn values(&self, comparison: &Expr, missed: &[Key]) -> Vec<String> {
        if let ExprKind::Reference(Reference::Let(_)) = &comparison.kind {
            return missed.iter().take(SHOWN_MAX).map(|key| self.checker.key_name(key)).collect();
        }
        let missed_in = |value: &&Expr| missed.iter().any(|key| self.is_missing(value, key));
        comparison.children().into_iter().filter(missed_in).map(|value| self.checker.one_line(value.span)).collect()
    }

    /// The comparison that holds for every known value for which this one does not, if it is all that the `not` stands around.
    fn opposite(&self, not: &Expr, comparison: &Expr) -> Option<String> {
        let ExprKind::Connective(Connective::Not(inner)) = &not.kind else { return None };
        let text = self.checker.sources.text(comparison.span);
        if inner.span != comparison.span || text.contains('#') {
            return None;
        }
        let (left, words): (&Expr, &[(&str, &str)]) =
            if let ExprKind::Predicate(Predicate::CompareConstant { left, .. } | Predicate::Compare { left, .. }) = &comparison.kind {
                (left, &[(">=", "<"), ("<=", ">"), (">", "<="), ("<", ">=")])
            } else if let ExprKind::Predicate(
                Predicate::IsOneOf { left, .. } | Predicate::IsText { left, .. } | Predicate::SameAs { left, .. },
            ) = &comparison.kind
            {
                (left, &[("is not ", "is "), ("is ", "is not ")])
            } else {
                return None;
            };
        let behind = Span { start: left.span.end, ..comparison.span };
        // `(beds >= 100)` ends in the bracket, and in `100 <= beds` nothing stands behind the value
        let rest = self.checker.one_line(behind);
        let rest = if text.starts_with('(') { rest.strip_suffix(')')?.trim_end() } else { rest.as_str() };
        let (word, turned) = words.iter().find(|(word, _)| rest.starts_with(word))?;
        Some(format!("{} {turned} {}", self.checker.one_line(left.span), rest[word.len()..].trim_start()).replace("  ", " "))
    }
}

/// Whether a missing value makes the condition no, which a reader may overlook.
fn compares(condition: &Expr) -> bool {
    match &condition.kind {
        ExprKind::Reference(reference) => matches!(reference, Reference::Let(_)),
        ExprKind::Predicate(Predicate::IsKnown { .. } | Predicate::Entering(_) | Predicate::Leaving(_)) => false,
        ExprKind::Predicate(_) => !is_no_comparison(condition),
        ExprKind::Constant(_) | ExprKind::Arithmetic(_) | ExprKind::Conversion(_) | ExprKind::Connective(_) => false,
    }
}

/// A bare `yes_no` is no when missing, by its definition, and an empty set has nothing.
fn is_no_comparison(condition: &Expr) -> bool {
    match &condition.kind {
        ExprKind::Predicate(Predicate::IsOneOf { left, .. }) => left.ty == Type::YesNo && left.span == condition.span,
        kind => matches!(kind, ExprKind::Predicate(Predicate::Has { .. })),
    }
}

fn around(span: Span, before: String) -> Vec<Edit> {
    let start = Span { end: span.start, ..span };
    vec![Edit { span: start, text: before }, Edit { span: span.after(), text: ")".to_owned() }]
}

fn turn(answer: Answer) -> Answer {
    match answer {
        Answer::No => Answer::Yes,
        Answer::Yes => Answer::No,
        Answer::Open => Answer::Open,
    }
}

/// What holds if all do.
fn all(answers: impl Iterator<Item = Answer>) -> Answer {
    let mut result = Answer::Yes;
    for answer in answers {
        match answer {
            Answer::No => return Answer::No,
            Answer::Open => result = Answer::Open,
            Answer::Yes => {}
        }
    }
    result
}
