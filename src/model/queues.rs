//! Queues: whose they are, and among whom they rotate.
//!
//! Enters: their trees. Leaves: `policy.queues`, numbered as in `policy.queue_choices`. Always holds, when no error was reported: every
//! queue has a declared team; a rotation names each owner once, with a positive weight, and only members of the team if the team lists any; one
//! that can run out of owners says which queue takes the leads then. Rotations from a table are seated in `rotations`.

use rustc_hash::{FxHashMap, FxHashSet};

use super::check::Checker;
use super::{Queue, Seat};
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, Rotate};

/// The largest weight of one owner: the sum over any rotation stays far below 64 bits.
const WEIGHT_MAX: u32 = 1_000_000;
/// The most open leads that can be asked for.
pub(crate) const CAPACITY_MAX: u32 = 1_000_000_000;

impl<'t> Checker<'t> {
    pub(crate) fn check_queues(&mut self) {
        let teams: FxHashMap<&str, &'t tree::Team> =
            self.items.teams.iter().rev().map(|(_, team)| (team.name.text.as_str(), *team)).collect();
        for (item, queue) in self.items.queues.clone() {
            let (rotation, fallback) = self.check_queue(item.span, queue, &teams);
            self.policy.queues.push(Queue {
                name: queue.name.text.clone(),
                display: queue.display.as_ref().map(|text| text.value.clone()),
                doc: item.doc.as_ref().map(|text| text.value.clone()),
                team: queue.team.as_ref().map(|team| team.text.clone()),
                rotation,
                // once the tables are known
                from_table: None,
                fallback,
                span: queue.name.span,
            });
        }
        for (item, queue) in self.items.further_queues.clone() {
            self.check_queue(item.span, queue, &teams);
        }
        self.check_circles_of_fallbacks();
    }

    /// Whose turns it has, and the queue behind its `otherwise`.
    fn check_queue(&mut self, item: Span, queue: &'t tree::Queue, teams: &FxHashMap<&str, &'t tree::Team>) -> (Vec<Seat>, Option<usize>) {
        self.check_team(item, queue);
        let team = queue.team.as_ref().and_then(|team| teams.get(team.text.as_str()).copied());
        match &queue.rotate {
            Some(Rotate::Owners { turns, otherwise, .. }) => {
                let rotation = self.check_rotation(queue, turns, team);
                let all_may_be_full = turns.iter().all(|turn| turn.capacity.is_some());
                let can_run_out = turns.first().filter(|_| all_may_be_full).map(|turn| (turn.span, "all owners may be full"));
                (rotation, self.check_fallback(queue, otherwise.as_ref(), can_run_out))
            }
            Some(Rotate::Table { otherwise, span, .. }) => {
                (Vec::new(), self.check_fallback(queue, otherwise.as_ref(), Some((*span, "all owners may be away or full"))))
            }
            None => (Vec::new(), None),
        }
    }

    /// The queue behind `otherwise`; a rotation that can run out of owners needs one.
    fn check_fallback(&mut self, queue: &tree::Queue, otherwise: Option<&tree::Name>, can_run_out: Option<(Span, &str)>) -> Option<usize> {
        if let Some(name) = otherwise {
            return self.queue_named(name);
        }
        if let Some((span, why)) = can_run_out {
            let name = &queue.name.text;
            let mut diagnostic =
                Diagnostic::new(Code::Rotation, format!("the queue `{name}` does not say where leads go when nobody is left to take them"))
                    .at(span, why)
                    .help("write `otherwise QUEUE` at the end of the rotation");
            let mut others = self.items.queues.iter().filter(|(_, other)| other.name.text != *name);
            if let (Some((_, other)), None) = (others.next(), others.next()) {
                let text = format!("otherwise {}", other.name.text);
                let rotate = queue.rotate.as_ref().map_or(span, Rotate::span);
                diagnostic = diagnostic.replace(format!("write `{text}`"), Applicability::Unsafe, rotate.after(), format!(" {text}"));
            }
            self.report(diagnostic);
        }
        None
    }

    /// A lead that every queue hands on would never arrive.
    fn check_circles_of_fallbacks(&mut self) {
        for start in 0..self.policy.queues.len() {
            let fallback = |queue: usize| self.policy.queues.get(queue).and_then(|queue| queue.fallback);
            let mut at = fallback(start);
            for _ in 0..self.policy.queues.len() {
                let Some(queue) = at.filter(|queue| *queue != start) else { break };
                at = fallback(queue);
            }
            if at == Some(start) {
                let queue = &self.policy.queues[start];
                let message = format!("the leads of the queue `{}` come back to it when nobody is left to take them", queue.name);
                let diagnostic = Diagnostic::new(Code::Rotation, message).at(queue.span, "its `otherwise` leads back to it");
                self.report(diagnostic.help("let the last queue have no rotation, or one that never runs out"));
            }
        }
    }

    fn check_team(&mut self, item: Span, queue: &tree::Queue) {
        let name = &queue.name;
        if let Some(team) = &queue.team {
            self.team_named(team);
            return;
        }
        if self.hidden.may_continue(item, "team") {
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

    fn check_rotation(&mut self, queue: &'t tree::Queue, turns: &'t [tree::Turn], team: Option<&'t tree::Team>) -> Vec<Seat> {
        let queue_name = &queue.name.text;
        // a team that lists no members may have any
        let members: FxHashSet<&str> = team.iter().flat_map(|team| &team.members).map(|member| member.text.as_str()).collect();
        let taken: FxHashSet<&str> = turns.iter().map(|turn| turn.owner.text.as_str()).collect();
        let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
        let mut rotation = Vec::new();
        for turn in turns {
            let owner = &turn.owner;
            let capacity = self.check_capacity(turn);
            let weight = self.check_weight(turn);
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
            {
                let message = format!("`{}` is not a member of the team `{}`", owner.text, team.name.text);
                let diagnostic = Diagnostic::new(Code::Rotation, message)
                    .at(owner.span, format!("takes turns in the queue `{queue_name}`"))
                    .at(team.name.span, "the team lists its members");
                // who has a turn already is not meant
                let free = members.difference(&taken).copied();
                let candidates = self.choosable(free);
                let diagnostic = self.propose(diagnostic, "member", owner, candidates);
                self.report(diagnostic);
            }
            let index = self.policy.owner_choices.and_then(|owners| self.choice_index(owners, &owner.text));
            if let (Some(owner), Some(weight)) = (index, weight) {
                rotation.push(Seat { owner, weight, capacity, skipped: false });
            }
        }
        rotation
    }

    fn check_capacity(&mut self, turn: &tree::Turn) -> Option<u32> {
        let number = turn.capacity.as_ref()?;
        let is_plain = number.places == 0 && number.currency.is_none();
        let capacity = u32::try_from(number.mantissa).ok().filter(|capacity| is_plain && (1..=CAPACITY_MAX).contains(capacity));
        if capacity.is_none() && !number.is_unreadable() {
            let message = format!("the capacity of `{}` is not a whole number from 1 to {CAPACITY_MAX}", turn.owner.text);
            self.report(
                Diagnostic::new(Code::Rotation, message)
                    .at(number.span, "how many open leads at a time?")
                    .help("leave an owner who takes none out of the rotation"),
            );
        }
        capacity
    }

    fn check_weight(&mut self, turn: &tree::Turn) -> Option<u32> {
        let Some(number) = &turn.weight else { return Some(1) };
        let weight = u32::try_from(number.mantissa).ok().filter(|weight| number.places == 0 && (1..=WEIGHT_MAX).contains(weight));
        if (weight.is_none() || number.currency.is_some()) && !number.is_unreadable() {
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
}
