//! Clocks, promises and claims.

use super::{Builder, Built, Node, Parts, Unbuilt};
use crate::syntax::grammar::Rule;
use crate::syntax::tree::{
    BreachAction, Claim, ClaimKind, Direction, Duration, ExprKind, Moment, Predicate, Promise, PromiseKind, Sla, SlaKind, SlaRow,
};

impl Builder<'_> {
    /// `sla first_touch { starts when entering mql  stops on first_call … }`
    pub fn sla(&mut self, node: Node) -> Built<Sla> {
        let mut parts = Parts::of(node);
        let (name, display) = self.heading(&mut parts)?;
        let mut rows = Vec::new();
        while let Some(row) = parts.optional(Rule::sla_row) {
            let span = self.span(&row);
            let kind = self.sla_kind(Parts::of(row).part().ok_or(Unbuilt)?)?;
            rows.push(SlaRow { kind, span });
        }
        Ok(Sla { name, display, rows })
    }

    fn sla_kind(&mut self, node: Node) -> Built<SlaKind> {
        let rule = node.as_rule();
        let mut parts = Parts::of(node);
        Ok(match rule {
            Rule::sla_starts => SlaKind::Starts(self.moment(&mut parts)?),
            Rule::sla_stops => SlaKind::Stops(self.moment(&mut parts)?),
            Rule::sla_restarts => SlaKind::Restarts(self.moment(&mut parts)?),
            Rule::sla_pauses => {
                let on = self.moment(&mut parts)?;
                SlaKind::Pauses { on, length: self.optional_duration(&mut parts)? }
            }
            Rule::sla_within => {
                let duration = self.duration(parts.need(Rule::duration)?)?;
                SlaKind::Within { duration, guard: parts.optional(Rule::guard).map(|guard| self.guard(guard)).transpose()? }
            }
            Rule::sla_by => SlaKind::By(self.name(parts.need(Rule::name)?)),
            Rule::sla_remind => {
                let whom = self.name(parts.need(Rule::name)?);
                SlaKind::Remind { whom, at: self.weight(parts.need(Rule::weight)?)? }
            }
            Rule::sla_notify => {
                let action = BreachAction::Notify(self.name(parts.need(Rule::name)?));
                SlaKind::Breach { action, after: self.optional_duration(&mut parts)? }
            }
            Rule::sla_reassign => SlaKind::Breach { action: BreachAction::Reassign, after: self.optional_duration(&mut parts)? },
            Rule::sla_escalate => {
                let mut chain = Vec::new();
                while let Some(escalation) = parts.optional(Rule::escalation) {
                    let mut inside = Parts::of(escalation);
                    let whom = self.name(inside.need(Rule::name)?);
                    chain.push((whom, self.duration(inside.need(Rule::duration)?)?));
                }
                SlaKind::Escalate(chain)
            }
            _ => return Err(Unbuilt),
        })
    }

    fn optional_duration(&mut self, parts: &mut Parts) -> Built<Option<Duration>> {
        parts.optional(Rule::duration).map(|duration| self.duration(duration)).transpose()
    }

    /// `when entering mql`, `when …`, `on first_call where …`
    fn moment(&mut self, parts: &mut Parts) -> Built<Moment> {
        let mut inside = Parts::of(parts.need(Rule::moment)?);
        if let Some(condition) = self.when(&mut inside)? {
            return Ok(match condition.kind {
                ExprKind::Predicate(Predicate::Entering(stage)) => Moment::WhenEntering(stage),
                ExprKind::Predicate(Predicate::Leaving(stage)) => Moment::WhenLeaving(stage),
                _ => Moment::When(condition),
            });
        }
        let signal = self.name(inside.need(Rule::name)?);
        let condition = inside.optional(Rule::where_clause).map(|clause| self.where_clause(clause)).transpose()?;
        Ok(Moment::On { signal, condition })
    }

    /// `promise marketing delivers 400 mql per quarter`
    pub fn promise(&mut self, node: Node) -> Built<Promise> {
        let mut parts = Parts::of(node);
        let who = self.name(parts.need(Rule::name)?);
        let part = parts.part().ok_or(Unbuilt)?;
        let rule = part.as_rule();
        let mut inside = Parts::of(part);
        let kind = match rule {
            Rule::promise_delivers => {
                let amount = self.integer(inside.need(Rule::integer)?);
                PromiseKind::Delivers { amount, stage: self.name(inside.need(Rule::name)?) }
            }
            Rule::promise_meets => {
                let sla = self.name(inside.need(Rule::name)?);
                PromiseKind::Meets { sla, share: self.weight(inside.need(Rule::weight)?)? }
            }
            _ => return Err(Unbuilt),
        };
        Ok(Promise { who, kind, per: self.period(parts.need(Rule::period)?)? })
    }

    /// `claim "…" always …`
    pub fn claim(&mut self, node: Node) -> Built<Claim> {
        let mut parts = Parts::of(node);
        let title = self.text_of(parts.need(Rule::string)?);
        let part = parts.part().ok_or(Unbuilt)?;
        let rule = part.as_rule();
        let mut inside = Parts::of(part);
        let kind = match rule {
            Rule::claim_always => ClaimKind::Always(self.expression(inside.need(Rule::expression)?)?),
            Rule::claim_never => ClaimKind::Never(self.expression(inside.need(Rule::expression)?)?),
            Rule::claim_possible => ClaimKind::Possible(self.expression(inside.need(Rule::expression)?)?),
            Rule::claim_monotone => {
                let value = self.path(inside.need(Rule::path)?);
                let negated = inside.next_if(Rule::NEVER_WORD).is_some();
                let direction = if inside.next_if(Rule::FALLS).is_some() { Direction::Falls } else { Direction::Rises };
                ClaimKind::Monotone { value, negated, direction, field: self.name(inside.need(Rule::name)?) }
            }
            _ => return Err(Unbuilt),
        };
        Ok(Claim { title, kind })
    }
}
