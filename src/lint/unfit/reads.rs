//! What a value is made of: fields, signals, or both, through everything that has a name.

use super::Unfit;
use crate::lint::walk;
use crate::model::{DecideBody, Derived, Expr, ExprKind, FieldId, PointsKind, Policy, Reference, Section};

#[derive(Clone, Debug, Default)]
pub struct Reads {
    pub fields: Fields,
    pub signals: bool,
    /// some of it through a score
    pub scores: bool,
}

/// A set of fields, a bit for each.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<u64>);

impl Fields {
    fn insert(&mut self, field: FieldId) {
        let word = field / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (field % 64);
    }

    pub fn add(&mut self, other: &Fields) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(own, other)| *own |= other);
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn has_any_of(&self, other: &Fields) -> bool {
        self.0.iter().zip(&other.0).any(|(own, other)| own & other != 0)
    }
}

impl Reads {
    /// Of fields alone.
    pub fn is_fit(&self) -> bool {
        !self.signals && !self.fields.is_empty()
    }
}

/// What a section looks at: subjects of attributes, and what rows of points ask or count.
pub fn values_of(section: &Section) -> impl Iterator<Item = &Expr> {
    let rows = section.points.iter().map(|row| match &row.kind {
        PointsKind::When(condition) => condition,
        PointsKind::Per { count, .. } => count,
    });
    section.attributes.iter().map(|attribute| &attribute.subject).chain(rows)
}

impl Unfit<'_> {
    pub(super) fn reads_of(&mut self, root: &Expr) -> Reads {
        let mut found = Reads::default();
        let mut named = Vec::new();
        walk::inside(root, |expr| match &expr.kind {
            ExprKind::Reference(Reference::Field(field)) => found.fields.insert(*field),
            ExprKind::Reference(Reference::Measure(_)) => found.signals = true,
            ExprKind::Reference(Reference::Let(id)) => named.push(Derived::Let(*id)),
            ExprKind::Reference(Reference::Score(id) | Reference::Section(id, _)) => {
                found.scores = true;
                named.push(Derived::Score(*id));
            }
            ExprKind::Reference(Reference::Decide(id)) => named.push(Derived::Decide(*id)),
            ExprKind::Reference(_)
            | ExprKind::Constant(_)
            | ExprKind::Arithmetic(_)
            | ExprKind::Conversion(_)
            | ExprKind::Connective(_)
            | ExprKind::Predicate(_) => {}
        });
        for derived in named {
            let reads = self.reads_of_named(derived);
            found.fields.add(&reads.fields);
            found.signals |= reads.signals;
            found.scores |= reads.scores;
        }
        found
    }

    pub(super) fn reads_of_named(&mut self, derived: Derived) -> Reads {
        if let Some(reads) = self.reads.get(&derived) {
            return reads.clone();
        }
        let policy = self.policy;
        let mut found = Reads::default();
        for part in parts_of(policy, derived) {
            let reads = self.reads_of(part);
            found.fields.add(&reads.fields);
            found.signals |= reads.signals;
            found.scores |= reads.scores;
        }
        self.reads.insert(derived, found.clone());
        found
    }
}

fn parts_of(policy: &Policy, derived: Derived) -> Vec<&Expr> {
    match derived {
        Derived::Let(id) => policy.lets.get(id).map(|part| &part.value).into_iter().collect(),
        Derived::Score(id) => policy.scores.get(id).map_or_else(Vec::new, |score| {
            let personas = score.personas.iter().filter_map(|persona| persona.condition.as_ref());
            let adjusts = score.adjusts.iter().map(|adjust| &adjust.condition);
            score.sections_of_models().flat_map(values_of).chain(personas).chain(adjusts).collect()
        }),
        Derived::Decide(id) => policy.decides.get(id).map_or_else(Vec::new, |decide| match &decide.body {
            DecideBody::Rows(rows) => rows.iter().filter_map(|row| row.condition.as_ref()).collect(),
            DecideBody::Grid(grid) => vec![&grid.rows_of, &grid.columns_of],
        }),
    }
}
