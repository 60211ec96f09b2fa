//! Queues: whose they are, and among whom they rotate.
//!
//! Enters: their trees. Leaves: `policy.queues`, numbered as in `policy.queue_choices`. Always holds, when no error was reported: every
//! queue has a declared team; a rotation names each owner once, with a positive weight, and only members of the team if the team lists any.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Queue;
use super::check::Checker;
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, ExprKind, Rotate};

/// The largest weight of one owner: the sum over any rotation stays far below 64 bits.
const WEIGHT_MAX: u32 = 1_000_000;

impl<'t> Checker<'t> {
    pub(crate) fn check_queues(&mut self) {
        let teams: FxHashMap<&str, &tree::Team> = self.items.teams.iter().rev().map(|(_, team)| (team.name.text.as_str(), *team)).collect();
        for (item, queue) in self.items.queues.clone() {
            self.check_team(queue);
            let team = queue.team.as_ref().and_then(|team| teams.get(team.text.as_str()).copied());
            let rotation = match &queue.rotate {
                Some(Rotate::Owners(turns, _)) => self.check_rotation(queue, turns, team),
                Some(Rotate::Table { .. }) | None => Vec::new(),
            };
            self.policy.queues.push(Queue {
                name: queue.name.text.clone(),
                display: queue.display.as_ref().map(|text| text.value.clone()),
                doc: item.doc.as_ref().map(|text| text.value.clone()),
                team: queue.team.as_ref().map(|team| team.text.clone()),
                rotation,
                span: queue.name.span,
            });
        }
    }

    fn check_team(&mut self, queue: &tree::Queue) {
        let name = &queue.name;
        if let Some(team) = &queue.team {
            self.team_named(team);
            return;
        }
        if self.may_be_hidden("team") {
            return;
        }
        let mut diagnostic = Diagnostic::new(Code::QueueTeam, format!("the queue `{}` has no team", name.text))
            .at(name.span, "nobody works the leads in this queue")
            .help(format!("name the team: `queue {} team TEAM`", name.text));
        // with one team only there is nothing to choose
        if let [(_, team)] = self.items.teams.as_slice() {
            let behind = queue.display.as_ref().map_or(name.span, |display| display.span).after();
            let text = format!("team {}", team.name.text);
            diagnostic = diagnostic.replace(format!("write `{text}`"), Applicability::Unsafe, behind, format!(" {text}"));
        }
        self.report(diagnostic);
    }

    fn check_rotation(&mut self, queue: &'t tree::Queue, turns: &'t [tree::Turn], team: Option<&'t tree::Team>) -> Vec<(usize, u32)> {
        let queue_name = &queue.name.text;
        // a team that lists no members may have any
        let members: FxHashSet<&str> = team.iter().flat_map(|team| &team.members).map(|member| member.text.as_str()).collect();
        let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
        let mut rotation = Vec::new();
        for turn in turns {
            let owner = &turn.owner;
            let weight = self.check_weight(turn);
            if turn.capacity.is_some() {
                let what = format!("the capacity of `{}` in the queue `{queue_name}`", owner.text);
                self.not_evaluated(what, turn.span, true);
            }
            if let Some(first) = seen.get(owner.text.as_str()).copied() {
                self.report(
                    Diagnostic::new(Code::Rotation, format!("the queue `{queue_name}` rotates twice to `{}`", owner.text))
                        .at(owner.span, "again")
                        .at(first, "first")
                        .help("give the owner one turn with the weights added up"),
                );
                continue;
            }
            seen.insert(&owner.text, owner.span);
            if let Some(team) = team
                && !members.is_empty()
                && !members.contains(owner.text.as_str())
                && !self.may_be_hidden(&owner.text)
            {
                let message = format!("`{}` is not a member of the team `{}`", owner.text, team.name.text);
                let diagnostic = Diagnostic::new(Code::Rotation, message)
                    .at(owner.span, format!("takes turns in the queue `{queue_name}`"))
                    .at(team.name.span, "the team lists its members");
                let candidates = self.choosable(members.iter().copied());
                let diagnostic = self.propose(diagnostic, "member", owner, candidates);
                self.report(diagnostic);
            }
            let index = self.policy.owner_choices.and_then(|owners| self.choice_index(owners, &owner.text));
            if let (Some(index), Some(weight)) = (index, weight) {
                rotation.push((index, weight));
            }
        }
        rotation
    }

    fn check_weight(&mut self, turn: &tree::Turn) -> Option<u32> {
        if let Some(capacity) = &turn.capacity
            && (capacity.mantissa <= 0 || capacity.places > 0 || capacity.currency.is_some())
        {
            self.report(
                Diagnostic::new(Code::Rotation, format!("the capacity of `{}` is not a positive whole number", turn.owner.text))
                    .at(capacity.span, "how many leads at a time?"),
            );
        }
        let Some(number) = &turn.weight else { return Some(1) };
        let weight = u32::try_from(number.mantissa).ok().filter(|weight| number.places == 0 && (1..=WEIGHT_MAX).contains(weight));
        if weight.is_none() || number.currency.is_some() {
            self.report(
                Diagnostic::new(
                    Code::Rotation,
                    format!("the weight of `{}` is not a whole number from 1 to {WEIGHT_MAX}", turn.owner.text),
                )
                .at(number.span, "how many turns in a round?")
                .help("leave an owner without turns out of the rotation"),
            );
        }
        weight
    }

    /// `rotate from reps weight reps.ramp skip when reps.away otherwise duty_desk`: names only. Called when all names are known.
    pub(crate) fn check_table_rotations(&mut self) {
        for (_, queue) in self.items.queues.clone() {
            let Some(Rotate::Table { table, weight, skip, otherwise, span }) = &queue.rotate else { continue };
            self.not_evaluated(format!("the rotation of the queue `{}` from a table", queue.name.text), *span, true);
            if let Some(id) = self.table_named(table) {
                if let Some(path) = weight {
                    self.column_path(id, table, path);
                }
                if let Some(skip) = skip {
                    self.column_paths_in(id, table, skip);
                }
            }
            if let Some(otherwise) = otherwise {
                self.queue_named(otherwise);
            }
        }
    }

    /// `reps.ramp`, where `reps` is the table that the rotation is from.
    fn column_path(&mut self, id: usize, table: &tree::Name, path: &[tree::Name]) {
        match path {
            [named, column] if named.text == table.text => {
                self.column_named(id, column);
            }
            [other, ..] => {
                self.report(
                    Diagnostic::new(Code::UnknownColumn, format!("a rotation from `{}` looks only at columns of that table", table.text))
                        .at(other.span, "not one of its columns")
                        .help(format!("write `{}.COLUMN`", table.text)),
                );
            }
            [] => {}
        }
    }

    /// Every path that the condition of a rotation compares; constants behind `is` are choices, not columns.
    fn column_paths_in(&mut self, id: usize, table: &tree::Name, condition: &tree::Expr) {
        let mut rest = vec![condition];
        while let Some(expr) = rest.pop() {
            if let ExprKind::Path(path) = &expr.kind {
                self.column_path(id, table, path);
            }
            expr.each_value(|value| rest.push(value));
        }
    }
}
