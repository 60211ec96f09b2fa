//! Ways: every stage but the start has a row into it, every stage that is not final one out of it.
//!
//! Enters: the trees of flows and stages. Leaves: diagnostics alone. Always holds: a row with a mistake elsewhere is a way all the same; a stage whose way may be
//! what a row with a wrong stage was meant for is told by a label of that row's message.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

use super::check::Checker;
use super::hidden::Space;
use crate::diagnostic::{Applicability, Code, Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::tree::{self, FromStages};

/// So many names are compared to find the stages that unknown names are meant for.
const COMPARISONS_MAX: usize = 200_000;

/// The ways of all stages, by the number of the stage.
struct Ways {
    has_in: Vec<bool>,
    has_out: Vec<bool>,
    /// the first row that leads from the stage back to itself, by its place there
    back: Vec<Option<Span>>,
    /// what was meant by a row that leads back to its own stage, or by an unknown stage that is near to none, may be the way of any one stage, as its message says then
    in_left: VecDeque<Span>,
    out_left: VecDeque<Span>,
}

impl Checker<'_> {
    /// A policy without any flow leaves the stages to the system that it reads them from.
    pub(super) fn check_ways(&mut self) {
        if self.hidden.files || self.items.flows.is_empty() && !self.hidden.may_have("flow") {
            return;
        }
        let mut ways = self.ways();
        // without a start stage, which has been reported, one of those without a way in was meant to be it
        let is_entered = |index: &usize| ways.has_in[*index] || self.hidden.may_lead_to(&self.policy.stages[*index].name);
        let has_start = self.policy.start_stage.is_some() || self.hidden.may_have_with("stage", "start");
        let stages = self.policy.stages.len();
        let probable_start = (0..stages).find(|index| !is_entered(index)).filter(|_| !has_start);
        for index in 0..stages {
            let stage = &self.policy.stages[index];
            // a row that could not be read may be its way
            let (may_lead, may_leave) = (self.hidden.may_lead_to(&stage.name), self.hidden.may_leave(&stage.name));
            let lacks_in = !stage.start && !ways.has_in[index] && !may_lead && Some(index) != probable_start;
            let lacks_out = !stage.is_final && !ways.has_out[index] && !may_leave;
            match (ways.back[index], lacks_in, lacks_out) {
                (None, ..) | (Some(_), false, false) => self.check_ways_of(index, lacks_in, lacks_out, &mut ways),
                (Some(row), ..) => self.show_way_back(index, lacks_in, lacks_out, row),
            }
        }
    }

    /// By the trees, not the rows kept: a row with a mistake elsewhere is a way all the same.
    fn ways(&mut self) -> Ways {
        let stages = self.policy.stages.len();
        let (has_in, has_out, back) = (vec![false; stages], vec![false; stages], vec![None; stages]);
        let mut ways = Ways { has_in, has_out, back, in_left: VecDeque::new(), out_left: VecDeque::new() };
        let items = self.items.flows.clone();
        let rows = || items.iter().flat_map(|(_, flow)| &flow.rows);
        let index: FxHashMap<&str, usize> =
            self.items.stages.iter().enumerate().map(|(index, (_, stage))| (stage.name.text.as_str(), index)).collect();
        let unknown = rows().flat_map(stages_of).map(|name| name.text.as_str()).filter(|name| !index.contains_key(name));
        // what is declared where it could not be read is meant for itself
        let undeclared: FxHashSet<&str> = unknown.filter(|name| self.may_be_declared(Space::Stage, name, None)).collect();
        // an unknown stage in a row most likely is a misspelt one, whose way this is; of very many the first are looked at
        let mut comparisons_left = COMPARISONS_MAX;
        let mut meant = |name: &tree::Name| {
            comparisons_left = comparisons_left.checked_sub(index.len())?;
            index.get(nearest(&name.text, index.keys().copied())?).copied()
        };
        let (mut far_in, mut far_out): (FxHashSet<&str>, FxHashSet<&str>) = (undeclared.clone(), undeclared);
        for row in rows() {
            let is_back = |name: &tree::Name| name.text == row.to.text && index.contains_key(name.text.as_str());
            let leads_on = match &row.from {
                FromStages::Listed(names) => !names.iter().all(is_back),
                FromStages::Any { .. } => true,
            };
            if !leads_on {
                // told as a row that leads back
            } else if let Some(to) = index.get(row.to.text.as_str()).copied().or_else(|| meant(&row.to)) {
                ways.has_in[to] = true;
            } else if far_in.insert(&row.to.text) {
                ways.in_left.push_back(row.to.span);
            }
            match &row.from {
                FromStages::Listed(names) => {
                    for name in names {
                        let from = index.get(name.text.as_str()).copied().or_else(|| meant(name));
                        match from {
                            Some(from) if is_back(name) => {
                                ways.back[from].get_or_insert(name.span);
                                ways.in_left.push_back(name.span);
                                ways.out_left.push_back(name.span);
                            }
                            Some(from) => ways.has_out[from] = true,
                            None if far_out.insert(&name.text) => ways.out_left.push_back(name.span),
                            None => {}
                        }
                    }
                }
                FromStages::Any { except, .. } => {
                    for (name, from) in &index {
                        ways.has_out[*from] |= *name != row.to.text && except.iter().all(|excepted| excepted.text != *name);
                    }
                }
            }
        }
        ways
    }

    /// The stage of a row that leads back has no other: however the row was meant, the message about it says what else is lacking.
    fn show_way_back(&mut self, index: usize, lacks_in: bool, lacks_out: bool, row: Span) {
        let name = &self.policy.stages[index].name;
        let text = match (lacks_in, lacks_out) {
            (true, true) => format!("no row leads from another stage to `{name}`, and none from it to another"),
            (true, false) => format!("no row leads from another stage to `{name}`"),
            (false, _) => format!("no row leads from `{name}` to another stage"),
        };
        self.add_label(row, self.policy.stages[index].span, text);
    }

    fn check_ways_of(&mut self, index: usize, lacks_in: bool, lacks_out: bool, ways: &mut Ways) {
        let stage = &self.policy.stages[index];
        let (name, span) = (stage.name.clone(), stage.span);
        let entering = if lacks_in { ways.in_left.pop_front() } else { None };
        let leaving = if lacks_out { ways.out_left.pop_front() } else { None };
        if let Some(row) = entering {
            let text = if leaving == entering {
                format!("no other row leads to `{name}`, and none leaves it")
            } else {
                format!("no other row leads to `{name}`")
            };
            self.add_label(row, span, text);
        } else if lacks_in {
            self.report(
                Diagnostic::new(Code::StageNoWayIn, format!("no flow row leads to the stage `{name}`"))
                    .at(span, "no lead gets here")
                    .help(format!("write a row into it, such as `STAGE -> {name} when …`, or leave the stage out")),
            );
        }
        if let Some(row) = leaving {
            if leaving != entering {
                self.add_label(row, span, format!("no other row leaves `{name}`"));
            }
        } else if lacks_out {
            let tree = self.items.stages[index].1;
            let last = [tree.start, tree.owner.as_ref().map(|owner| owner.span), tree.display.as_ref().map(|display| display.span)];
            let behind = last.into_iter().flatten().next().unwrap_or(span).after();
            self.report(
                Diagnostic::new(Code::StageNoWayOut, format!("no flow row leaves the stage `{name}`"))
                    .at(span, "leads stay here for ever")
                    .help(format!("write a row out of it, such as `{name} -> STAGE when …`, or mark it `final`"))
                    .replace(format!("mark `{name}` final"), Applicability::Unsafe, behind, " final"),
            );
        }
    }
}

/// The stages that a row names as those that it leaves or enters.
fn stages_of(row: &tree::FlowRow) -> impl Iterator<Item = &tree::Name> {
    let from = match &row.from {
        FromStages::Listed(names) => names.as_slice(),
        FromStages::Any { .. } => &[],
    };
    from.iter().chain([&row.to])
}
