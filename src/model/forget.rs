//! What a section looks at: the measures that start again when a flow row forgets it.
//!
//! Always holds: a measure is found however many lets, scores and decides stand between it and the section. Nothing recurses.

use rustc_hash::FxHashSet;

use super::check::Checker;
use super::{DecideBody, Derived, Expr, ExprKind, MeasureId, MeasureKind, PointsKind, Policy, Reference, Score, Section};

impl Checker<'_> {
    /// Every measure that a section of this name reads, in any score, ascending.
    pub(crate) fn measures_of_section(&self, name: &str) -> Vec<MeasureId> {
        let policy = &self.policy;
        let mut open = Vec::new();
        let mut measures = FxHashSet::default();
        for (id, score) in policy.scores.iter().enumerate() {
            let named = |section: &&Section| score.sections.get(section.name).is_some_and(|known| known.name == name);
            let sections = score.sections_of_models().filter(named);
            let before = open.len();
            open.extend(sections.flat_map(parts_of_section));
            if open.len() > before && score.running.is_some() {
                let balance = policy.measures.iter().position(|measure| measure.kind == MeasureKind::Balance(id));
                measures.extend(balance);
            }
        }
        let mut seen = FxHashSet::default();
        while let Some(expr) = open.pop() {
            let derived = match expr.kind {
                ExprKind::Reference(Reference::Measure(id)) => {
                    measures.insert(id);
                    None
                }
                ExprKind::Reference(Reference::Let(id)) => Some(Derived::Let(id)),
                ExprKind::Reference(Reference::Score(id) | Reference::Section(id, _)) => Some(Derived::Score(id)),
                ExprKind::Reference(Reference::Decide(id)) => Some(Derived::Decide(id)),
                _ => None,
            };
            if let Some(derived) = derived
                && seen.insert(derived)
            {
                open.extend(parts_of(policy, derived));
            }
            open.extend(expr.children());
        }
        let mut measures: Vec<MeasureId> = measures.into_iter().collect();
        measures.sort_unstable();
        measures
    }
}

/// Every expression of a derived value.
fn parts_of(policy: &Policy, derived: Derived) -> Vec<&Expr> {
    match derived {
        Derived::Let(id) => policy.lets.get(id).map(|own| &own.value).into_iter().collect(),
        Derived::Score(id) => policy.scores.get(id).map(parts_of_score).unwrap_or_default(),
        Derived::Decide(id) => match policy.decides.get(id).map(|decide| &decide.body) {
            Some(DecideBody::Rows(rows)) => rows.iter().filter_map(|row| row.condition.as_ref()).collect(),
            Some(DecideBody::Grid(grid)) => vec![&grid.rows_of, &grid.columns_of],
            None => Vec::new(),
        },
    }
}

fn parts_of_score(score: &Score) -> Vec<&Expr> {
    let conditions = score.personas.iter().filter_map(|persona| persona.condition.as_ref());
    let adjusts = score.adjusts.iter().map(|adjust| &adjust.condition);
    score.sections_of_models().flat_map(parts_of_section).chain(conditions).chain(adjusts).chain(&score.running).collect()
}

fn parts_of_section(section: &Section) -> Vec<&Expr> {
    let subjects = section.attributes.iter().map(|attribute| &attribute.subject);
    let points = section.points.iter().map(|row| match &row.kind {
        PointsKind::When(condition) => condition,
        PointsKind::Per { count, .. } => count,
    });
    subjects.chain(points).collect()
}
