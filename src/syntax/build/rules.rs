//! Stages, flows, routes and queues.

use super::{Builder, Built, Node, Parts, Unbuilt};
use crate::syntax::grammar::Rule;
use crate::syntax::tree::{
    Because, Expr, ExprKind, Flow, FlowRow, FromStages, Guard, Literal, Name, Queue, Raci, RaciRole, Recycle, Rotate, Route, RouteRow,
    RouteTarget, Stage, Trigger, Turn,
};

impl Builder<'_> {
    /// `stage mql "Marketing-qualified lead" owner marketing start { accountable … }`
    pub fn stage(&mut self, node: Node) -> Built<Stage> {
        let mut parts = Parts::of(node);
        let (name, display) = self.heading(&mut parts)?;
        let mut stage = Stage { name, display, owner: None, start: None, is_final: None, raci: Vec::new() };
        for part in parts {
            match part.as_rule() {
                Rule::stage_owner => stage.owner = Some(self.name(Parts::of(part).need(Rule::name)?)),
                Rule::START => stage.start = Some(self.span(&part)),
                Rule::FINAL => stage.is_final = Some(self.span(&part)),
                Rule::raci => stage.raci.push(self.raci(part)?),
                Rule::STAGE | Rule::OPEN_BRACE | Rule::CLOSE_BRACE => {}
                _ => return Err(Unbuilt),
            }
        }
        Ok(stage)
    }

    fn raci(&mut self, node: Node) -> Built<Raci> {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        let role = match parts.next().ok_or(Unbuilt)?.as_rule() {
            Rule::ACCOUNTABLE => RaciRole::Accountable,
            Rule::RESPONSIBLE => RaciRole::Responsible,
            Rule::CONSULTED => RaciRole::Consulted,
            Rule::INFORMED => RaciRole::Informed,
            _ => return Err(Unbuilt),
        };
        Ok(Raci { role, teams: self.names(parts.need(Rule::names)?), span })
    }

    /// `flow { inquiry -> mql when … }`
    pub fn flow(&mut self, node: Node) -> Built<Flow> {
        let mut parts = Parts::of(node);
        let name = parts.optional(Rule::name).map(|name| self.name(name));
        let mut rows = Vec::new();
        while let Some(row) = parts.optional(Rule::flow_row) {
            rows.push(self.flow_row(row)?);
        }
        Ok(Flow { name, rows })
    }

    fn flow_row(&mut self, node: Node) -> Built<FlowRow> {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        let from = self.stages_left(parts.need(Rule::from_stages)?)?;
        if let Some(arrow) = parts.next_if(Rule::WRONG_ARROW) {
            let arrow = self.span(&arrow);
            self.report_habit(arrow, "->", "an arrow is written `->`");
        }
        let to = self.name(parts.need(Rule::name)?);
        let (trigger, condition) = self.trigger(parts.need(Rule::trigger)?)?;
        let recycle = parts.optional(Rule::recycle).map(|recycle| self.recycle(recycle)).transpose()?;
        let because = parts.optional(Rule::flow_because).map(|because| self.flow_because(because)).transpose()?;
        Ok(FlowRow { doc: self.doc(span), from, to, trigger, condition, recycle, because, span })
    }

    /// `raw, inquiry`, `any except won, lost`
    fn stages_left(&mut self, node: Node) -> Built<FromStages> {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        let any = parts.next_if(Rule::ANY_WORD).is_some();
        let names = parts.optional(Rule::names).map(|names| self.names(names)).unwrap_or_default();
        Ok(if any { FromStages::Any { except: names, span } } else { FromStages::Listed(names) })
    }

    fn trigger(&mut self, node: Node) -> Built<(Trigger, Option<Expr>)> {
        let mut parts = Parts::of(node);
        let first = parts.part().ok_or(Unbuilt)?;
        let rule = first.as_rule();
        let mut inside = Parts::of(first);
        let trigger = match rule {
            Rule::trigger_when => Trigger::When(self.when(&mut inside)?.ok_or(Unbuilt)?),
            Rule::trigger_on => {
                let signal = self.name(inside.need(Rule::name)?);
                let condition = inside.optional(Rule::where_clause).map(|clause| self.where_clause(clause)).transpose()?;
                Trigger::On { signal, condition }
            }
            Rule::trigger_after => {
                let duration = self.duration(inside.need(Rule::duration)?)?;
                Trigger::After { duration, without: inside.optional(Rule::name).map(|name| self.name(name)) }
            }
            _ => return Err(Unbuilt),
        };
        let condition = match parts.optional(Rule::trigger_when) {
            Some(further) => self.when(&mut Parts::of(further))?,
            None => None,
        };
        Ok((trigger, condition))
    }

    fn recycle(&mut self, node: Node) -> Built<Recycle> {
        let mut recycle = Recycle { forget: None, rest: None, span: self.span(&node) };
        let mut parts = Parts::of(node);
        while let Some(part) = parts.part() {
            match part.as_rule() {
                Rule::recycle_forget => recycle.forget = Some(self.name(Parts::of(part).need(Rule::name)?)),
                Rule::recycle_rest => recycle.rest = Some(self.duration(Parts::of(part).need(Rule::duration)?)?),
                _ => return Err(Unbuilt),
            }
        }
        Ok(recycle)
    }

    fn flow_because(&mut self, node: Node) -> Built<Because> {
        let part = Parts::of(node).part().ok_or(Unbuilt)?;
        let span = self.span(&part);
        match part.as_rule() {
            Rule::string => Ok(Because::Text(self.text_of(part))),
            Rule::path => Ok(Because::Property(self.path(part), span)),
            _ => Err(Unbuilt),
        }
    }

    /// `route handover for each product in products when entering mql { … }`
    pub fn route(&mut self, node: Node) -> Built<Route> {
        let mut parts = Parts::of(node);
        let (name, display) = self.heading(&mut parts)?;
        let each = match parts.optional(Rule::route_each) {
            Some(each) => {
                let mut names = Parts::of(each);
                let variable = self.name(names.need(Rule::name)?);
                Some((variable, self.name(names.need(Rule::name)?)))
            }
            None => None,
        };
        let condition = self.when(&mut parts)?;
        let mut rows = Vec::new();
        while let Some(row) = parts.optional(Rule::route_row) {
            rows.push(self.route_row(row)?);
        }
        Ok(Route { name, display, each, condition, rows })
    }

    fn route_row(&mut self, node: Node) -> Built<RouteRow> {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        let part = parts.part().ok_or(Unbuilt)?;
        let rule = part.as_rule();
        let part_span = self.span(&part);
        let mut inside = Parts::of(part);
        let (target, guard) = match rule {
            Rule::route_otherwise => {
                let otherwise = self.span(&inside.next_if(Rule::OTHERWISE).ok_or(Unbuilt)?);
                (self.route_target(&mut inside)?, Guard::Otherwise(otherwise))
            }
            Rule::route_by => {
                let target = RouteTarget::By(self.reference(inside.need(Rule::reference)?)?);
                let guard = match inside.next_if(Rule::LAST_OTHERWISE) {
                    Some(otherwise) => Guard::Otherwise(self.span(&otherwise)),
                    // Without a guard the row applies whenever its look-up finds a queue.
                    None => Guard::When(
                        self.when(&mut inside)?.unwrap_or(Expr { kind: ExprKind::Literal(Literal::YesNo(true)), span: part_span }),
                    ),
                };
                (target, guard)
            }
            Rule::route_keep => {
                let keep = self.span(&inside.next_if(Rule::KEEP_OWNER).ok_or(Unbuilt)?);
                (RouteTarget::KeepOwner(keep), self.guard(inside.need(Rule::guard)?)?)
            }
            Rule::route_queue => {
                let queue = self.name(inside.need(Rule::name)?);
                (RouteTarget::Queue(queue), self.guard(inside.need(Rule::guard)?)?)
            }
            _ => return Err(Unbuilt),
        };
        let because = self.optional_because(&mut parts)?;
        Ok(RouteRow { doc: self.doc(span), target, guard, because, span })
    }

    /// The target behind `otherwise`.
    fn route_target(&mut self, parts: &mut Parts) -> Built<RouteTarget> {
        if let Some(keep) = parts.next_if(Rule::KEEP_OWNER) {
            return Ok(RouteTarget::KeepOwner(self.span(&keep)));
        }
        match parts.optional(Rule::reference) {
            Some(reference) => Ok(RouteTarget::By(self.reference(reference)?)),
            None => Ok(RouteTarget::Queue(self.name(parts.need(Rule::name)?))),
        }
    }

    /// `queue inside team inside_sales rotate rep_a weight 1, rep_b weight 2`
    pub fn queue(&mut self, node: Node) -> Built<Queue> {
        let mut parts = Parts::of(node);
        let (name, display) = self.heading(&mut parts)?;
        let mut queue = Queue { name, display, team: None, rotate: None };
        while let Some(part) = parts.part() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::queue_team => queue.team = Some(self.name(Parts::of(part).need(Rule::name)?)),
                Rule::rotate_owners => {
                    let mut turns = Vec::new();
                    let mut inside = Parts::of(part);
                    for turn in inside.every(Rule::turn) {
                        turns.push(self.turn(turn)?);
                    }
                    let otherwise = inside.optional(Rule::rotate_otherwise);
                    let otherwise = otherwise.map(|otherwise| Parts::of(otherwise).need(Rule::name)).transpose()?;
                    queue.rotate = Some(Rotate::Owners { turns, otherwise: otherwise.map(|name| self.name(name)), span });
                }
                Rule::rotate_table => queue.rotate = Some(self.rotate_table(part)?),
                _ => return Err(Unbuilt),
            }
        }
        Ok(queue)
    }

    fn turn(&mut self, node: Node) -> Built<Turn> {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        let mut turn = Turn { owner: self.name(parts.need(Rule::name)?), weight: None, capacity: None, span };
        while let Some(part) = parts.part() {
            let rule = part.as_rule();
            let number = self.number(Parts::of(part).need(Rule::number)?);
            match rule {
                Rule::turn_weight => turn.weight = Some(number),
                Rule::turn_capacity => turn.capacity = Some(number),
                _ => return Err(Unbuilt),
            }
        }
        Ok(turn)
    }

    /// `rotate from reps weight reps.ramp skip when reps.away otherwise duty_desk`
    fn rotate_table(&mut self, node: Node) -> Built<Rotate> {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        let table = self.name(parts.need(Rule::name)?);
        let (mut weight, mut capacity): (Option<Vec<Name>>, Option<Vec<Name>>) = (None, None);
        let (mut skip, mut otherwise): (Option<Expr>, Option<Name>) = (None, None);
        while let Some(part) = parts.part() {
            let rule = part.as_rule();
            let mut inside = Parts::of(part);
            match rule {
                Rule::rotate_weight => weight = Some(self.path(inside.need(Rule::path)?)),
                Rule::rotate_capacity => capacity = Some(self.path(inside.need(Rule::path)?)),
                Rule::rotate_skip => skip = self.when(&mut inside)?,
                Rule::rotate_otherwise => otherwise = Some(self.name(inside.need(Rule::name)?)),
                _ => return Err(Unbuilt),
            }
        }
        Ok(Rotate::Table { table, weight, capacity, skip, otherwise, span })
    }
}
