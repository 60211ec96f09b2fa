//! Claims: proved, or refuted with a lead.
//!
//! Enters: a prover over a program that was lowered with its claims. Leaves: an answer for each. Always holds: a claim is proved only if no lead speaks against it
//! (or, for `possible`, if a replayed lead meets it); what is refuted comes with a replayed lead, or is impossible for every lead.

use super::{Condition, Meaning, Possible, Prover, Shown, Why, Witness};
use crate::model::{ClaimKind, Direction, Expr, ExprKind, FieldId, Reference};
use crate::program::Value;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// with a lead that shows it, if the claim is that there is one
    Proved(Option<Box<Witness>>),
    /// with a lead that speaks against it, unless no lead does what the claim says some lead does
    Refuted(Option<Box<Witness>>),
    Undecided(Why),
}

impl Prover<'_> {
    /// Answers a claim of the policy, by its number.
    pub fn claim(&mut self, number: usize) -> Answer {
        let (policy, lowered) = (self.policy, self.lowered);
        let (Some(claim), Some(value)) = (policy.claims.get(number), lowered.trace.claims.get(number)) else {
            return Answer::Undecided(Why::TooWide);
        };
        match &claim.kind {
            ClaimKind::Always(_) => against(self.possible_with_least(&Condition::Holds(*value).negated())),
            ClaimKind::Never(_) => against(self.possible_with_least(&Condition::Holds(*value))),
            ClaimKind::Possible(_) => shown(self.possible_with_least(&Condition::Holds(*value))),
            ClaimKind::Monotone { value: expr, negated, direction, field } => {
                if *negated {
                    return against(self.moves(*value, expr, *direction, *field));
                }
                let other = match direction {
                    Direction::Rises => Direction::Falls,
                    Direction::Falls => Direction::Rises,
                };
                match self.moves(*value, expr, other, *field) {
                    Possible::Never => shown(self.moves(*value, expr, *direction, *field)),
                    Possible::Yes(witness) => Answer::Refuted(Some(witness)),
                    Possible::Undecided(why) => Answer::Undecided(why),
                }
            }
        }
    }

    /// Whether the value of some lead rises (or falls) as the field rises and everything else stays.
    fn moves(&mut self, value: Value, expr: &Expr, direction: Direction, field: FieldId) -> Possible {
        let possible = self.moves_without_rows(value, expr, direction, field);
        self.with_rows(possible)
    }

    fn moves_without_rows(&mut self, value: Value, expr: &Expr, direction: Direction, field: FieldId) -> Possible {
        let of_field = |variable: &super::variables::Variable| {
            variable.meaning.column() == Some(field) && !matches!(variable.meaning, Meaning::Text { .. } | Meaning::Identity { .. })
        };
        let node = self.translation.node(&mut self.graph, value);
        let places: Vec<usize> = (0..self.variables.all.len()).filter(|place| of_field(&self.variables.all[*place])).collect();
        let places: Vec<usize> = places.into_iter().filter(|place| self.graph.depends(node, *place as u32)).collect();
        let place = match places.as_slice() {
            // nothing moves with it
            [] => return Possible::Never,
            [place] => *place,
            _ => return Possible::Undecided(Why::TooWide),
        };
        let of = &self.variables.all[place];
        if matches!(of.meaning, Meaning::Day(_) | Meaning::DaysBefore { is_day: true, .. }) || of.domain.is_set {
            return Possible::Undecided(Why::TooWide);
        }
        // without a range: within one part nothing moves, so a value of each part is enough
        let whole = (of.domain, self.variables.nodes[place]);
        let difference = [(whole.1, 1), (whole.1, -1)];
        let domain = if self.graph.fits(&difference) { whole.0 } else { super::cells::representatives(&self.graph, node, whole.0) };
        let first = self.graph.variable(domain);
        (self.variables.all[place].domain, self.variables.nodes[place]) = (domain, first);
        let possible = self.moves_between(value, expr, direction, field, place);
        (self.variables.all[place].domain, self.variables.nodes[place]) = whole;
        possible
    }

    /// With the values that the variable still has.
    fn moves_between(&mut self, value: Value, expr: &Expr, direction: Direction, field: FieldId, place: usize) -> Possible {
        let has_range = self.policy.fields.get(field).is_some_and(|field| field.range.is_some());
        let too_wide = if has_range { Why::TooWide } else { Why::NoRange };
        let first = self.variables.nodes[place];
        let second = self.another(place);
        // what is days before as-of falls as the date rises
        let falls = matches!(self.variables.all[place].meaning, Meaning::DaysBefore { .. });
        let difference = if falls { vec![(first, 1), (second, -1)] } else { vec![(second, 1), (first, -1)] };
        if !self.graph.fits(&difference) {
            return Possible::Undecided(too_wide);
        }
        let difference = self.graph.sum(0, difference);
        let rises = self.graph.at_least(difference, 1);
        let mut members = vec![rises];
        // a range and a rounding never turn a direction round, so the sum moves wherever the score does; terms that do not depend on the field cancel
        let inner = if let ExprKind::Reference(Reference::Score(score)) = expr.kind {
            self.lowered.trace.scores.get(score).and_then(|trace| trace.sum)
        } else {
            None
        };
        for value in inner.into_iter().chain([value]) {
            let whole = self.translation.node(&mut self.graph, value);
            let before = self.graph.restrict(whole, place as u32, first);
            let after = self.graph.restrict(whole, place as u32, second);
            let change = match direction {
                Direction::Rises => vec![(after, 1), (before, -1)],
                Direction::Falls => vec![(before, 1), (after, -1)],
            };
            if !self.graph.fits(&change) {
                return Possible::Undecided(too_wide);
            }
            let change = self.graph.sum(0, change);
            members.push(self.graph.at_least(change, 1));
        }
        let condition = self.graph.all(members);
        let second_place = self.variables.all.len() - 1;
        let second_place = self.variables.nodes.iter().position(|node| *node == second).unwrap_or(second_place);
        self.smallest(condition, &|prover: &Prover, shown: &mut Shown| {
            let is_date = matches!(prover.variables.all[place].meaning, Meaning::DaysBefore { .. });
            let Some(then) = shown.values[second_place] else { return false };
            let then = if is_date { prover.as_of_day(shown.as_of).map(|day| day - then) } else { Some(then) };
            let Some(then) = then else { return false };
            let mut lead = shown.lead.clone();
            if let Some(place) = lead.values.get_mut(field) {
                *place = Some(crate::model::Constant::Integer(then));
            }
            let Some(replayed) = prover.replay(&lead, shown.as_of) else { return false };
            let (Some(before), Some(after)) = (shown.replayed[value.index()], replayed[value.index()]) else { return false };
            // the nearest value from which it moves reads best
            if let Some(near) = then.checked_sub(1) {
                let mut nearer = shown.lead.clone();
                if let Some(place) = nearer.values.get_mut(field) {
                    *place = Some(crate::model::Constant::Integer(near));
                }
                if let Some(values) = prover.replay(&nearer, shown.as_of).filter(|values| values[value.index()] == Some(before)) {
                    (shown.lead, shown.replayed) = (nearer, values);
                }
            }
            shown.raised = Some((field, then, before, after));
            match direction {
                Direction::Rises => after > before,
                Direction::Falls => after < before,
            }
        })
    }
}

/// For a claim that no lead does it.
fn against(possible: Possible) -> Answer {
    match possible {
        Possible::Never => Answer::Proved(None),
        Possible::Yes(witness) => Answer::Refuted(Some(witness)),
        Possible::Undecided(why) => Answer::Undecided(why),
    }
}

/// For a claim that some lead does it.
fn shown(possible: Possible) -> Answer {
    match possible {
        Possible::Never => Answer::Refuted(None),
        Possible::Yes(witness) => Answer::Proved(Some(witness)),
        Possible::Undecided(why) => Answer::Undecided(why),
    }
}
