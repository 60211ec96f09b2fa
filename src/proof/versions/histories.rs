//! What leads of both versions leave behind.
//!
//! Enters: the older policy, and a joint one that has what the newer knows. Leaves: the joint policy with the older version's signals, conditions and measures as
//! well; where each of them is. Always holds: a measure is one measure of both only if it reads the same of every history; others are measures of their own.
//!
//! Whether two balances are the same is not told by numbers: it is asked.

use super::joint::{alike, members};
use crate::model::{
    ChoicesId, EventColumn, EventColumnId, EventCondition, EventConditionId, Expr, ExprKind, Field, Forget, Length, Measure, MeasureId,
    MeasureKind, Policy, Reference, Signal, SignalId, Since, Subject, Type,
};
use crate::source::{SourceId, Span};

/// Where signals and measures of a version are in the joint policy.
#[derive(Clone, Debug, Default)]
pub struct HistoryMap {
    /// per own signal, the joint one, and per own property the joint property
    pub signals: Vec<(SignalId, Vec<usize>)>,
    pub measures: Vec<MeasureId>,
}

impl HistoryMap {
    pub fn same(policy: &Policy) -> HistoryMap {
        let signals = policy.signals.iter().enumerate();
        HistoryMap {
            signals: signals.map(|(id, signal)| (id, (0..signal.properties.len()).collect())).collect(),
            measures: (0..policy.measures.len()).collect(),
        }
    }
}

pub fn join(old: &Policy, policy: &mut Policy, stages: &[Option<usize>], is_same_balance: &dyn Fn(&str) -> bool) -> HistoryMap {
    let same_zone = old.timezone == policy.timezone;
    let mut joiner = Joiner { old, policy, map: HistoryMap::default(), changed: Vec::new(), columns: Vec::new(), conditions: Vec::new() };
    joiner.signals();
    joiner.columns();
    joiner.conditions();
    let stage_of = |own: usize| stages.iter().position(|joint| *joint == Some(own)).unwrap_or(usize::MAX);
    for own in 0..old.measures.len() {
        let found = joiner.measure(own, &stage_of, same_zone, is_same_balance);
        joiner.map.measures.push(found);
    }
    joiner.map
}

/// A type of the older version, whose choices are the joint ones where these are the same.
pub fn type_of_old(old: &Policy, policy: &mut Policy, ty: Type) -> Type {
    let mut choices = |own: ChoicesId| -> ChoicesId {
        let names = members(old, Some(own));
        let known = (0..policy.choices.len()).find(|id| members(policy, Some(*id)) == names);
        known.unwrap_or_else(|| {
            policy.choices.extend(old.choices.get(own).cloned());
            policy.choices.len() - 1
        })
    };
    match ty {
        Type::OneOf(own) => Type::OneOf(choices(own)),
        Type::SomeOf(own) => Type::SomeOf(choices(own)),
        Type::Text | Type::Number { .. } | Type::YesNo | Type::Date | Type::Time => ty,
    }
}

struct Joiner<'p> {
    old: &'p Policy,
    policy: &'p mut Policy,
    map: HistoryMap,
    /// joint signals that the versions do not read alike
    changed: Vec<SignalId>,
    /// per own event column and condition, the joint one
    columns: Vec<EventColumnId>,
    conditions: Vec<EventConditionId>,
}

impl Joiner<'_> {
    fn signals(&mut self) {
        for own in &self.old.signals {
            let place = self.policy.signals.iter().position(|signal| signal.name == own.name).unwrap_or_else(|| {
                self.policy.signals.push(Signal { properties: Vec::new(), ..own.clone() });
                self.policy.signals.len() - 1
            });
            if self.policy.signals[place].bursts != own.bursts {
                self.changed.push(place);
            }
            let properties = own.properties.iter().map(|property| self.property(place, property)).collect();
            self.map.signals.push((place, properties));
        }
    }

    fn property(&mut self, signal: SignalId, own: &Field) -> usize {
        let ty = type_of_old(self.old, self.policy, own.ty);
        let known = &self.policy.signals[signal].properties;
        let same = |field: &Field| {
            let same_type = field.ty == ty && alike((self.old, own.ty), (self.policy, field.ty));
            field.name == own.name && same_type
        };
        known.iter().position(same).unwrap_or_else(|| {
            let properties = &mut self.policy.signals[signal].properties;
            // a signal that has the newer property alone is a signal all the same
            properties.push(Field { ty, optional: true, ..own.clone() });
            properties.len() - 1
        })
    }

    fn columns(&mut self) {
        for own in &self.old.event_columns {
            let of = own.of.iter().filter_map(|(signal, property)| {
                let (joint, properties) = self.map.signals.get(*signal)?;
                Some((*joint, *properties.get(*property)?))
            });
            let mut of: Vec<(SignalId, usize)> = of.collect();
            of.sort_unstable();
            let ty = type_of_old(self.old, self.policy, own.field.ty);
            let same = |column: &EventColumn| {
                let mut known = column.of.clone();
                known.sort_unstable();
                known == of && column.field.ty == ty
            };
            let place = self.policy.event_columns.iter().position(same).unwrap_or_else(|| {
                self.policy.event_columns.push(EventColumn { field: Field { ty, ..own.field.clone() }, of: of.clone() });
                self.policy.event_columns.len() - 1
            });
            self.columns.push(place);
        }
    }

    fn conditions(&mut self) {
        for own in &self.old.event_conditions {
            let condition = self.translated(own.condition.clone());
            let signals = self.joint_signals(&own.signals);
            let same = |known: &EventCondition| known.signals == signals && written(&known.condition) == written(&condition);
            let place = self.policy.event_conditions.iter().position(same).unwrap_or_else(|| {
                self.policy.event_conditions.push(EventCondition { condition: condition.clone(), signals: signals.clone() });
                self.policy.event_conditions.len() - 1
            });
            self.conditions.push(place);
        }
    }

    fn translated(&mut self, mut expr: Expr) -> Expr {
        let mut rest = vec![&mut expr];
        while let Some(expr) = rest.pop() {
            expr.ty = type_of_old(self.old, self.policy, expr.ty);
            if let ExprKind::Reference(Reference::Property(column)) = &mut expr.kind {
                *column = self.columns.get(*column).copied().unwrap_or(*column);
            }
            rest.extend(expr.children_mut());
        }
        expr
    }

    fn joint_signals(&self, own: &[SignalId]) -> Vec<SignalId> {
        let mut joint: Vec<SignalId> = own.iter().filter_map(|own| Some(self.map.signals.get(*own)?.0)).collect();
        joint.sort_unstable();
        joint
    }

    fn measure(
        &mut self,
        own: MeasureId,
        stage_of: &dyn Fn(usize) -> usize,
        same_zone: bool,
        is_same_balance: &dyn Fn(&str) -> bool,
    ) -> MeasureId {
        let measure = &self.old.measures[own];
        let column = |of: EventColumnId| self.columns.get(of).copied().unwrap_or(of);
        let kind = match measure.kind {
            MeasureKind::Sum(of) => MeasureKind::Sum(column(of)),
            MeasureKind::First(of) => MeasureKind::First(column(of)),
            MeasureKind::Last(of) => MeasureKind::Last(column(of)),
            MeasureKind::Balance(score) => return self.balance(own, score, is_same_balance),
            kind @ (MeasureKind::Count
            | MeasureKind::Any
            | MeasureKind::DaysSinceLast
            | MeasureKind::DaysIn
            | MeasureKind::Quiet(_)
            | MeasureKind::Waited(_)) => kind,
        };
        let subject = match &measure.subject {
            Subject::Signals(signals) => Subject::Signals(self.joint_signals(signals)),
            Subject::Entering(stage) => Subject::Entering(stage_of(*stage)),
            Subject::Leaving(stage) => Subject::Leaving(stage_of(*stage)),
            Subject::Stage(stage) => Subject::Stage(stage_of(*stage)),
        };
        let since = measure.since.as_ref().map(|since| match since {
            Since::Entering(stage) => Since::Entering(stage_of(*stage)),
            Since::LastSignal(signals) => Since::LastSignal(self.joint_signals(signals)),
            Since::Stay => Since::Stay,
        });
        let condition = measure.condition.and_then(|condition| self.conditions.get(condition).copied());
        let ty = type_of_old(self.old, self.policy, measure.ty);
        let joint = Measure { kind, subject, since, condition, ty, ..measure.clone() };
        let is_read_alike = same_zone && !self.reads(&joint).iter().any(|signal| self.changed.contains(signal));
        let forgotten = forgotten_by(self.old, own);
        let same = |(id, known): &(MeasureId, &Measure)| {
            let Measure { kind, subject, condition, window, since, cap, fading, ty, .. } = known;
            let one = (kind, subject, condition, window, since, cap, fading, ty);
            let other = &joint;
            one == (&other.kind, &other.subject, &other.condition, &other.window, &other.since, &other.cap, &other.fading, &other.ty)
                && forgotten_by(self.policy, *id) == forgotten
        };
        if !is_read_alike {
            return self.add(opaque(measure), forgotten);
        }
        let known = self.policy.measures.iter().enumerate().find(same).map(|(id, _)| id);
        known.unwrap_or_else(|| self.add(joint, forgotten))
    }

    /// A balance stands for itself where nothing says that it is the same: no history is looked for that gives it.
    fn balance(&mut self, own: MeasureId, score: usize, is_same_balance: &dyn Fn(&str) -> bool) -> MeasureId {
        let measure = &self.old.measures[own];
        let name = self.old.scores.get(score).map(|score| score.name.as_str()).unwrap_or_default();
        let twin = self.policy.scores.iter().position(|score| score.name == name);
        let known = twin.and_then(|twin| self.policy.measures.iter().position(|known| known.kind == MeasureKind::Balance(twin)));
        if let Some(known) = known.filter(|_| is_same_balance(name)) {
            return known;
        }
        let forgotten = forgotten_by(self.old, own);
        self.add(opaque(measure), forgotten)
    }

    fn reads(&self, measure: &Measure) -> Vec<SignalId> {
        let mut signals = match &measure.subject {
            Subject::Signals(signals) => signals.clone(),
            Subject::Entering(_) | Subject::Leaving(_) | Subject::Stage(_) => Vec::new(),
        };
        if let Some(Since::LastSignal(more)) = &measure.since {
            signals.extend(more);
        }
        signals
    }

    fn add(&mut self, measure: Measure, forgotten: Vec<String>) -> MeasureId {
        self.policy.measures.push(measure);
        let id = self.policy.measures.len() - 1;
        for section in forgotten {
            match self.policy.forgets.iter_mut().find(|forget| forget.section == section) {
                Some(forget) => forget.measures.push(id),
                None => self.policy.forgets.push(Forget { section, measures: vec![id] }),
            }
        }
        id
    }
}

/// A measure of which nothing is said but what it can be: what holds between measures holds between those that are read alike.
fn opaque(measure: &Measure) -> Measure {
    let kind = MeasureKind::Quiet(Length::Days(1));
    let subject = Subject::Signals(Vec::new());
    Measure { kind, subject, condition: None, window: None, since: None, cap: None, fading: None, ..measure.clone() }
}

/// The sections that make a measure forget.
fn forgotten_by(policy: &Policy, measure: MeasureId) -> Vec<String> {
    let forgets = policy.forgets.iter().filter(|forget| forget.measures.contains(&measure));
    let mut sections: Vec<String> = forgets.map(|forget| forget.section.clone()).collect();
    sections.sort_unstable();
    sections
}

/// What an expression says, wherever it stands.
fn written(expr: &Expr) -> String {
    let mut expr = expr.clone();
    let mut rest = vec![&mut expr];
    while let Some(expr) = rest.pop() {
        expr.span = Span::new(SourceId(0), 0, 0);
        rest.extend(expr.children_mut());
    }
    format!("{expr:?}")
}
