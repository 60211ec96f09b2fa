//! Every expression of an item.
//!
//! Enters: an item of a tree. Leaves: calls with each expression in it, outer ones first, and with whose values its names are. Always holds: the
//! walk keeps its own stack, so no text is too deep for it; constants behind `is`, `has` and `else` are not visited.

use crate::model;
use crate::syntax::tree::{
    ClaimKind, Expr, ExprKind, Guard, Item, ItemKind, Moment, PointsKind, Rotate, RouteTarget, Score, ScorePart, Section, SectionRow,
    SlaKind, Subject, Trigger,
};

/// Whose values the names in an expression are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope<'e> {
    /// fields and derived values
    Lead,
    /// properties of a signal or of a group of signals: behind `where`
    Signal(&'e str),
    /// columns of the row at hand: behind `skip when`
    Row,
}

/// Visits every expression of the item.
pub fn expressions<'e>(item: &'e Item, mut visit: impl FnMut(&'e Expr, Scope<'e>)) {
    let mut open: Vec<(&Expr, Scope<'_>)> = roots(item);
    open.reverse();
    while let Some((expr, scope)) = open.pop() {
        visit(expr, scope);
        let before = open.len();
        expr.each_value(|value| open.push((value, scope)));
        if let ExprKind::Measure(measure) = &expr.kind
            && let Some(condition) = &measure.condition
        {
            open.push((condition, Scope::Signal(subject_name(&measure.subject))));
        }
        open[before..].reverse();
    }
}

/// What a measure is of.
pub fn subject_name(subject: &Subject) -> &str {
    match subject {
        Subject::Signal(name) | Subject::Entering(name) | Subject::Leaving(name) | Subject::Stage(name) => &name.text,
    }
}

/// The expressions that stand in no other.
pub fn roots(item: &Item) -> Vec<(&Expr, Scope<'_>)> {
    let mut found = Vec::new();
    let mut lead = |expr| found.push((expr, Scope::Lead));
    match &item.kind {
        ItemKind::Let(part) => lead(&part.value),
        ItemKind::Score(score) => {
            for part in &score.parts {
                match part {
                    ScorePart::Section(section) => section_roots(section, &mut found),
                    ScorePart::Adjust(adjust) => found.push((&adjust.condition, Scope::Lead)),
                    ScorePart::Persona { condition, sections, .. } => {
                        found.extend(condition.iter().map(|condition| (condition, Scope::Lead)));
                        sections.iter().for_each(|section| section_roots(section, &mut found));
                    }
                }
            }
        }
        ItemKind::Decide(decide) => decide.rows.iter().filter_map(|row| guarded(&row.guard)).for_each(lead),
        ItemKind::Grid(grid) => {
            lead(&grid.rows_of);
            lead(&grid.columns_of);
        }
        ItemKind::Flow(flow) => {
            for row in &flow.rows {
                match &row.trigger {
                    Trigger::When(condition) => found.push((condition, Scope::Lead)),
                    Trigger::On { signal, condition } => {
                        found.extend(condition.iter().map(|condition| (condition, Scope::Signal(&signal.text))));
                    }
                    Trigger::After { .. } => {}
                }
                found.extend(row.condition.iter().map(|condition| (condition, Scope::Lead)));
            }
        }
        ItemKind::Route(route) => {
            route.condition.iter().for_each(&mut lead);
            for row in &route.rows {
                match &row.target {
                    RouteTarget::By(value) => lead(value),
                    RouteTarget::Queue(_) | RouteTarget::KeepOwner(_) => {}
                }
                guarded(&row.guard).into_iter().for_each(&mut lead);
            }
        }
        ItemKind::Queue(queue) => match &queue.rotate {
            Some(Rotate::Table { skip, .. }) => found.extend(skip.iter().map(|skip| (skip, Scope::Row))),
            Some(Rotate::Owners { .. }) | None => {}
        },
        ItemKind::Sla(sla) => {
            for row in &sla.rows {
                match &row.kind {
                    SlaKind::Starts(moment) | SlaKind::Stops(moment) | SlaKind::Restarts(moment) | SlaKind::Pauses { on: moment, .. } => {
                        match moment {
                            Moment::When(condition) => found.push((condition, Scope::Lead)),
                            Moment::On { signal, condition } => {
                                found.extend(condition.iter().map(|condition| (condition, Scope::Signal(&signal.text))));
                            }
                            Moment::WhenEntering(_) | Moment::WhenLeaving(_) => {}
                        }
                    }
                    SlaKind::Within { guard, .. } => {
                        found.extend(guard.as_ref().and_then(guarded).map(|condition| (condition, Scope::Lead)))
                    }
                    SlaKind::By(_) | SlaKind::Remind { .. } | SlaKind::Breach { .. } | SlaKind::Escalate(_) => {}
                }
            }
        }
        ItemKind::Claim(claim) => match &claim.kind {
            ClaimKind::Always(condition) | ClaimKind::Never(condition) | ClaimKind::Possible(condition) => lead(condition),
            ClaimKind::Monotone { .. } => {}
        },
        ItemKind::Policy(_)
        | ItemKind::Use(_)
        | ItemKind::Standard(_)
        | ItemKind::Team(_)
        | ItemKind::Calendar(_)
        | ItemKind::Lead(_)
        | ItemKind::Signal(_)
        | ItemKind::Group(_)
        | ItemKind::Table(_)
        | ItemKind::Stage(_)
        | ItemKind::Promise(_)
        | ItemKind::Test(_)
        | ItemKind::Cases(_) => {}
    }
    found
}

/// The sections of a score, those of its personas too.
pub fn sections(score: &Score) -> impl Iterator<Item = &Section> {
    score.parts.iter().flat_map(|part| match part {
        ScorePart::Section(section) => std::slice::from_ref(section),
        ScorePart::Persona { sections, .. } => sections.as_slice(),
        ScorePart::Adjust(_) => &[],
    })
}

/// The condition of a row.
pub fn guarded(guard: &Guard) -> Option<&Expr> {
    match guard {
        Guard::When(condition) => Some(condition),
        Guard::Otherwise(_) => None,
    }
}

fn section_roots<'e>(section: &'e Section, found: &mut Vec<(&'e Expr, Scope<'e>)>) {
    for row in &section.rows {
        match row {
            SectionRow::Attribute(attribute) => found.push((&attribute.subject, Scope::Lead)),
            SectionRow::Points(points) => match &points.kind {
                PointsKind::When(condition) => found.push((condition, Scope::Lead)),
                PointsKind::Per { condition, subject, .. } => {
                    found.extend(condition.iter().map(|condition| (condition, Scope::Signal(subject_name(subject)))));
                }
                PointsKind::PerQuiet { .. } => {}
            },
        }
    }
}

/// Every expression of the model that stands in no other, in the order of the parts.
pub fn model_roots(policy: &model::Policy) -> Vec<&model::Expr> {
    let mut found: Vec<&model::Expr> = policy.lets.iter().map(|part| &part.value).collect();
    for score in &policy.scores {
        for persona in &score.personas {
            found.extend(&persona.condition);
            for section in &persona.sections {
                found.extend(section.attributes.iter().map(|attribute| &attribute.subject));
                found.extend(section.points.iter().map(|points| match &points.kind {
                    model::PointsKind::When(condition) => condition,
                    model::PointsKind::Per { count, .. } => count,
                }));
            }
        }
        found.extend(score.adjusts.iter().map(|adjust| &adjust.condition));
    }
    for decide in &policy.decides {
        match &decide.body {
            model::DecideBody::Rows(rows) => found.extend(rows.iter().filter_map(|row| row.condition.as_ref())),
            model::DecideBody::Grid(grid) => found.extend([&grid.rows_of, &grid.columns_of]),
        }
    }
    for row in policy.flows.iter().flat_map(|flow| &flow.rows) {
        match &row.trigger {
            model::Trigger::When(condition) => found.push(condition),
            model::Trigger::On { when, .. } | model::Trigger::After { when, .. } => found.extend(when),
            model::Trigger::Broken => {}
        }
    }
    for route in &policy.routes {
        found.extend(&route.condition);
        found.extend(route.rows.iter().filter_map(|row| row.condition.as_ref()));
    }
    for sla in &policy.slas {
        found.extend(sla.targets.iter().filter_map(|target| target.condition.as_ref()));
        found.extend(sla.rows().filter_map(|row| match row {
            model::ClockRow::PausesWhile(_, condition) => Some(condition),
            model::ClockRow::Starts(moment)
            | model::ClockRow::Stops(moment)
            | model::ClockRow::Restarts(moment)
            | model::ClockRow::PausesAfter(_, moment) => match moment {
                model::Moment::Entering { condition, .. } | model::Moment::Leaving { condition, .. } => condition.as_ref(),
                model::Moment::When(condition) => Some(condition),
                model::Moment::On { .. } => None,
            },
        }));
    }
    found.extend(policy.event_conditions.iter().map(|condition| &condition.condition));
    found
}

/// Visits an expression of the model and every one inside it, outer ones first.
pub fn inside<'e>(root: &'e model::Expr, mut visit: impl FnMut(&'e model::Expr)) {
    let mut open = vec![root];
    while let Some(expr) = open.pop() {
        visit(expr);
        let children = expr.children();
        open.extend(children.into_iter().rev());
    }
}
