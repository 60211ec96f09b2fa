//! Thresholds: each constant that a row needs a value to reach.
//!
//! Enters: a value (`readiness`), a row (`status.qualified`). Leaves: the constants, and where they stand. Always holds: a constant is only given
//! if no lead gets to the row with a lower value: of `a or b` both sides must need the value, of `a and b` one. A `let` that is a condition
//! counts as if it were written in the row. Nothing recurses but into brackets, so a chain of lets may be as long as a policy can be.

use rustc_hash::{FxHashMap, FxHashSet};

use super::reading::{Part, Reading, Verdict, Wording};
use super::words::Filled;
use crate::model::check::{DecideTree, Named};
use crate::model::value::Decimal;
use crate::model::{Derived, LetId, Type};
use crate::source::Span;
use crate::syntax::tree::{
    Comparison, Connective, Decide, Expr, ExprKind, Grid, Guard, Literal, Name, Number, Pattern, PatternKind, Predicate,
};

/// What a row of a decide, or an edge of a grid, needs.
struct Row {
    outcome: String,
    constants: Vec<Constant>,
    span: Span,
    /// a mistake hides what it needs
    unknown: bool,
}

#[derive(Clone, Copy)]
struct Constant {
    value: Decimal,
    span: Span,
}

/// `threshold of VALUE in ROW LIMIT`
pub(super) fn judge(reading: &Reading<'_, '_>, filled: &Filled<'_>) -> Verdict {
    let (value, row) = (filled.path(0), filled.path(1));
    let Some(limit) = filled.limit else { return Verdict::holds() };
    let subject = match Subject::of(reading, filled.names(0)) {
        Ok(subject) => subject,
        Err(verdict) => return verdict,
    };
    let decide = match filled.names(1) {
        [decide, ..] => decide,
        [] => return Verdict::holds(),
    };
    let (span, mut rows) = match rows_of(reading, decide, &subject) {
        Ok(rows) => rows,
        Err(verdict) => return verdict,
    };
    if let Some(outcome) = filled.names(1).get(1) {
        rows.retain(|row| row.outcome == outcome.text);
        if rows.is_empty() {
            // a row with a mistake may be the one
            return if reading.is_broken(span) {
                Verdict::holds()
            } else {
                reading.unknown(format!("`{}` has no row `{}`", decide.text, outcome.text), &outcome.text)
            };
        }
    } else if rows.iter().any(|row| !row.constants.is_empty() || row.unknown) {
        // of a whole table only the rows that need the value are asked
        rows.retain(|row| !row.constants.is_empty() || row.unknown);
    }
    rows.retain(|row| !row.unknown);

    let mut without = Vec::new();
    let mut outside = Vec::new();
    for row in &rows {
        if row.constants.is_empty() {
            without.push(Part::new(format!("{}.{}", decide.text, row.outcome), row.span, "no threshold here", row.span));
        }
        for constant in row.constants.iter().filter(|constant| !limit.contains(constant.value)) {
            let name = format!("{}", constant.value.reduced());
            outside.push(Part::new(name, constant.span, "outside of the bound", constant.span));
        }
    }
    if !without.is_empty() && outside.is_empty() {
        let does = format!("has no threshold of `{value}`");
        let do_ = format!("have no threshold of `{value}`");
        let wording = Wording { one: "the row", many: "rows", does: &does, do_: &do_ };
        return reading
            .none(without, &wording)
            .hint(&format!("write a bound such as `{value} >= …` into the row, so that no lead gets there without it"));
    }
    let does = format!("is a threshold of `{value}` in `{row}`");
    let do_ = format!("are thresholds of `{value}` in `{row}`");
    reading.none(outside, &Wording { one: "the constant", many: "constants", does: &does, do_: &do_ })
}

/// The number whose thresholds are asked for.
struct Subject {
    path: String,
    /// it can be missing, so that `not (A < 5)` does not need it to reach 5
    optional: bool,
}

impl Subject {
    fn of(reading: &Reading<'_, '_>, names: &[&Name]) -> Result<Subject, Verdict> {
        let path = names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".");
        let checker = reading.checker;
        let policy = &checker.policy;
        let named = names.first().and_then(|name| checker.names.get(&name.text)).copied();
        let broken = |derived: Derived, span: Span| checker.memory.broken.contains(&derived) || reading.is_broken(span);
        let number = |ty: Type| matches!(ty, Type::Number { .. });
        let optional = match (named, names.get(1)) {
            (Some((Named::Broken, _)), _) => return Err(Verdict::holds()),
            (Some((Named::Score(_), _)), None) => Some(false),
            (Some((Named::Score(id), _)), Some(section)) => {
                let sections = policy.scores.get(id).map_or(&[][..], |score| &score.sections);
                match sections.iter().find(|known| known.name == section.text) {
                    Some(section) => Some(section.optional),
                    None if policy.scores.get(id).is_some_and(|score| broken(Derived::Score(id), score.span)) => {
                        return Err(Verdict::holds());
                    }
                    None => None,
                }
            }
            (Some((Named::Let(id), span)), None) => {
                let value = policy.lets.get(id).map(|value| &value.value);
                if broken(Derived::Let(id), span) {
                    return Err(Verdict::holds());
                }
                value.filter(|value| number(value.ty)).map(|value| value.optional)
            }
            (Some((Named::Field(id), span)), None) => match policy.fields.get(id) {
                Some(field) => Some(field.optional).filter(|_| number(field.ty)),
                None if reading.is_broken(span) => return Err(Verdict::holds()),
                None => None,
            },
            (Some((Named::Let(_) | Named::Field(_), _)), Some(_))
            | (Some((Named::Decide(_) | Named::Route(_) | Named::Sla(_), _)), _)
            | (None, _) => None,
        };
        match optional {
            Some(optional) => Ok(Subject { path, optional }),
            None => {
                let last = names.last().map_or("", |name| &name.text);
                Err(reading.unknown(format!("there is no number `{path}`"), last))
            }
        }
    }

    /// Whether it stands there, or a `let` that is only another name for it.
    fn is(&self, reading: &Reading<'_, '_>, expr: &Expr) -> bool {
        const OTHER_NAMES_MAX: usize = 20;
        let mut expr = bare(expr);
        for _ in 0..=OTHER_NAMES_MAX {
            let ExprKind::Path(path) = &expr.kind else { return false };
            if path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".") == self.path {
                return true;
            }
            let Some(named) = let_of(reading, path) else { return false };
            let Some((_, tree)) = reading.checker.derived.lets.get(named) else { return false };
            expr = bare(&tree.value);
        }
        false
    }
}

fn rows_of(reading: &Reading<'_, '_>, name: &Name, subject: &Subject) -> Result<(Span, Vec<Row>), Verdict> {
    let named = reading.checker.names.get(&name.text).map(|(named, _)| *named);
    match named {
        Some(Named::Broken) => return Err(Verdict::holds()),
        Some(Named::Decide(id)) => {
            if let Some((item, tree)) = reading.checker.derived.decides.get(id) {
                let rows = match tree {
                    DecideTree::Decide(tree) => decide_rows(reading, tree, subject),
                    DecideTree::Grid(_) if reading.is_broken(item.span) => return Err(Verdict::holds()),
                    DecideTree::Grid(tree) => grid_rows(reading, tree, subject),
                };
                return Ok((item.span, rows));
            }
        }
        Some(Named::Field(_) | Named::Let(_) | Named::Score(_) | Named::Route(_) | Named::Sla(_)) | None => {}
    }
    Err(reading.unknown(format!("there is no `decide {}`", name.text), &name.text))
}

fn decide_rows(reading: &Reading<'_, '_>, tree: &Decide, subject: &Subject) -> Vec<Row> {
    let rows = tree.rows.iter().map(|row| {
        let constants = match &row.guard {
            Guard::When(condition) if !reading.is_broken(row.span) => Search::of(reading, subject, condition),
            Guard::When(_) => None,
            Guard::Otherwise(_) => Some(Vec::new()),
        };
        Row { outcome: row.outcome.text.clone(), unknown: constants.is_none(), constants: constants.unwrap_or_default(), span: row.span }
    });
    rows.collect()
}

/// A cell needs what its row and its column need.
fn grid_rows(reading: &Reading<'_, '_>, tree: &Grid, subject: &Subject) -> Vec<Row> {
    let of_rows = subject.is(reading, &tree.rows_of);
    let of_columns = subject.is(reading, &tree.columns_of);
    let mut cells = Vec::new();
    for row in &tree.rows {
        for (column, outcome) in tree.columns.iter().zip(&row.outcomes) {
            let edges = [(of_rows, &row.pattern), (of_columns, column)];
            let constants = edges.into_iter().filter(|(asked, _)| *asked).filter_map(|(_, pattern)| low_end(pattern)).collect();
            cells.push(Row { outcome: outcome.text.clone(), constants, span: outcome.span, unknown: false });
        }
    }
    cells
}

/// `70 or more` and `40 to under 70` need their lower end, `70` itself.
fn low_end(pattern: &Pattern) -> Option<Constant> {
    match &pattern.kind {
        PatternKind::Value(low) | PatternKind::OrMore(low) | PatternKind::To(low, _) | PatternKind::ToUnder(low, _) => number(low),
        PatternKind::Under(_) | PatternKind::Missing | PatternKind::Otherwise => None,
    }
}

/// The search for constants in one condition and the lets that it uses.
struct Search<'r, 'c, 't> {
    reading: &'r Reading<'c, 't>,
    subject: &'r Subject,
    /// whether a let needs the value to be yes, to be no
    known: FxHashMap<LetId, (bool, bool)>,
}

impl<'r, 'c, 't> Search<'r, 'c, 't> {
    /// None if a mistake hides something.
    fn of(reading: &'r Reading<'c, 't>, subject: &'r Subject, condition: &Expr) -> Option<Vec<Constant>> {
        let mut search = Search { reading, subject, known: FxHashMap::default() };
        for id in search.lets(condition)? {
            let Some((_, tree)) = reading.checker.derived.lets.get(id) else { continue };
            let needs = (search.needs(&tree.value, true), search.needs(&tree.value, false));
            search.known.insert(id, needs);
        }
        let mut found = Vec::new();
        let mut open = Vec::new();
        let mut seen: FxHashSet<(LetId, bool)> = FxHashSet::default();
        search.collect(condition, true, &mut found, &mut open);
        while let Some((id, wanted)) = open.pop() {
            if let (true, Some((_, tree))) = (seen.insert((id, wanted)), reading.checker.derived.lets.get(id)) {
                search.collect(&tree.value, wanted, &mut found, &mut open);
            }
        }
        found.sort_by_key(|constant| constant.span);
        Some(found)
    }

    /// The lets that a condition is made of, each after all that it needs; none if one of them is broken.
    fn lets(&self, condition: &Expr) -> Option<Vec<LetId>> {
        let checker = self.reading.checker;
        let mut seen = FxHashSet::default();
        let mut open = Vec::new();
        if !self.uses(condition, &mut open) {
            return None;
        }
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            let (item, tree) = checker.derived.lets.get(id)?;
            if checker.memory.broken.contains(&Derived::Let(id)) || self.reading.is_broken(item.span) {
                return None;
            }
            if !self.uses(&tree.value, &mut open) {
                return None;
            }
        }
        let mut lets: Vec<LetId> = seen.into_iter().collect();
        lets.sort_by_key(|id| self.reading.position_of_let(*id));
        Some(lets)
    }

    /// Collects the lets that stand as conditions in this one; whether all of them could be read.
    fn uses(&self, expr: &Expr, open: &mut Vec<LetId>) -> bool {
        match self.shape(expr, true) {
            Shape::All(members) | Shape::Any(members) => members.into_iter().all(|(member, _)| self.uses(member, open)),
            Shape::Let(id) => {
                open.push(id);
                true
            }
            Shape::Constants(_) => true,
            Shape::Unread => false,
        }
    }

    /// Whether the value must reach some constant for the condition to be `wanted`.
    fn needs(&self, expr: &Expr, wanted: bool) -> bool {
        match self.shape(expr, wanted) {
            Shape::All(members) => members.into_iter().any(|(member, wanted)| self.needs(member, wanted)),
            Shape::Any(members) => members.into_iter().all(|(member, wanted)| self.needs(member, wanted)),
            Shape::Let(id) => self.known.get(&id).is_some_and(|(yes, no)| if wanted { *yes } else { *no }),
            Shape::Constants(constants) => !constants.is_empty(),
            Shape::Unread => false,
        }
    }

    /// The constants of a condition that [`Search::needs`] the value, and of its members that do.
    fn collect(&self, expr: &Expr, wanted: bool, found: &mut Vec<Constant>, open: &mut Vec<(LetId, bool)>) {
        if !self.needs(expr, wanted) {
            return;
        }
        match self.shape(expr, wanted) {
            Shape::All(members) | Shape::Any(members) => {
                members.into_iter().for_each(|(member, wanted)| self.collect(member, wanted, found, open));
            }
            Shape::Let(id) => open.push((id, wanted)),
            Shape::Constants(constants) => found.extend(constants),
            Shape::Unread => {}
        }
    }

    /// What has to be so for a condition to be `wanted`.
    fn shape<'e>(&self, expr: &'e Expr, wanted: bool) -> Shape<'e> {
        let each = |members: &'e [Expr]| members.iter().map(|member| (member, wanted)).collect();
        match &expr.kind {
            ExprKind::Paren(inner) => Shape::All(vec![(inner, wanted)]),
            ExprKind::Connective(Connective::Not(inner)) => Shape::All(vec![(inner, !wanted)]),
            ExprKind::Connective(Connective::And(members)) => {
                if wanted {
                    Shape::All(each(members))
                } else {
                    Shape::Any(each(members))
                }
            }
            ExprKind::Connective(Connective::Or(members)) => {
                if wanted {
                    Shape::Any(each(members))
                } else {
                    Shape::All(each(members))
                }
            }
            ExprKind::Connective(Connective::Implies(left, right)) => {
                let members = vec![(&**left, !wanted), (&**right, wanted)];
                if wanted { Shape::Any(members) } else { Shape::All(members) }
            }
            ExprKind::Path(path) => match let_of(self.reading, path) {
                Some(id) => Shape::Let(id),
                None if self.reading.may_be_unread(path) => Shape::Unread,
                None => Shape::Constants(Vec::new()),
            },
            // `not (A < 5)` holds for a missing A too
            ExprKind::Predicate(Predicate::Compare { .. } | Predicate::Between { .. } | Predicate::Is { .. })
                if !wanted && self.subject.optional =>
            {
                Shape::Constants(Vec::new())
            }
            ExprKind::Predicate(Predicate::Compare { left, operator, right, .. }) => {
                let upward = matches!(operator, Comparison::AtLeast | Comparison::Above);
                let constant = if self.subject.is(self.reading, left) && upward == wanted {
                    number(right)
                } else if self.subject.is(self.reading, right) && upward != wanted {
                    number(left)
                } else {
                    None
                };
                Shape::Constants(constant.into_iter().collect())
            }
            ExprKind::Predicate(Predicate::Between { left, low, .. }) if wanted && self.subject.is(self.reading, left) => {
                Shape::Constants(number(low).into_iter().collect())
            }
            ExprKind::Predicate(Predicate::Is { left, negated, choices, .. })
                if *negated != wanted && self.subject.is(self.reading, left) =>
            {
                Shape::Constants(choices.iter().filter_map(number).collect())
            }
            ExprKind::Predicate(
                Predicate::Between { .. }
                | Predicate::Is { .. }
                | Predicate::SameAs { .. }
                | Predicate::IsKnown { .. }
                | Predicate::Has { .. }
                | Predicate::StartsWith { .. }
                | Predicate::EndsWith { .. }
                | Predicate::Contains { .. }
                | Predicate::Entering(_)
                | Predicate::Leaving(_),
            )
            | ExprKind::Literal(_)
            | ExprKind::Missing
            | ExprKind::Cell { .. }
            | ExprKind::Arithmetic(_)
            | ExprKind::Conversion(_)
            | ExprKind::Measure(_) => Shape::Constants(Vec::new()),
        }
    }
}

/// What a condition comes down to; each member with whether it is to hold.
enum Shape<'e> {
    /// all members are so: what one of them needs is needed
    All(Vec<(&'e Expr, bool)>),
    /// some member is so: what all of them need is needed
    Any(Vec<(&'e Expr, bool)>),
    Let(LetId),
    /// a let, perhaps, that stands in text that could not be read
    Unread,
    /// a comparison, with the constants that the value must reach
    Constants(Vec<Constant>),
}

fn let_of(reading: &Reading<'_, '_>, path: &[Name]) -> Option<LetId> {
    let [name] = path else { return None };
    match reading.checker.names.get(&name.text)?.0 {
        Named::Let(id) => Some(id),
        Named::Field(_) | Named::Score(_) | Named::Decide(_) | Named::Route(_) | Named::Sla(_) | Named::Broken => None,
    }
}

fn bare(mut expr: &Expr) -> &Expr {
    while let ExprKind::Paren(inner) = &expr.kind {
        expr = inner;
    }
    expr
}

fn number(expr: &Expr) -> Option<Constant> {
    let ExprKind::Literal(Literal::Number(Number { mantissa, places, .. })) = &bare(expr).kind else { return None };
    Some(Constant { value: Decimal { mantissa: *mantissa, places: *places }, span: expr.span })
}
