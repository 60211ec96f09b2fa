//! What became of what one team handed over to another.
//!
//! Enters: the steps of courses, one by one or added up in parts. Leaves: counts by who handed over what to whom, and of all together. Always
//! holds: a handover is a step into a stage that a route asks about with `when entering`, and for which it gave a queue. By queue each is followed to
//! its end; in all, what happens behind a lead's next handover is that one's, so that nothing is counted twice.

use std::collections::BTreeMap;

use super::durations::Durations;
use super::tally::{Reasons, Span};
use super::{Replay, Step};
use crate::model::Trigger;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handed {
    pub by_queue: BTreeMap<HandoverKey, Handovers>,
    pub all: Handovers,
    /// of all: accepted ones that were handed over again, which says what became of them
    pub handed_on: u64,
    /// different leads
    pub leads: u64,
    /// steps that rejected one, by the stage handed over in
    pub rejections: Reasons<usize>,
}

/// Who handed over what to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HandoverKey {
    /// where the leads came from; none: they began in `stage`
    pub from: Option<usize>,
    pub stage: usize,
    pub route: usize,
    pub queue: usize,
}

/// What became of leads that a route gave to a queue when they entered a stage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handovers {
    pub count: u64,
    /// went on to a later stage that is no loss
    pub accepted: u64,
    /// an `on` row took them from that stage to an earlier one
    pub rejected: u64,
    /// another row did: nobody answered in time
    pub expired: u64,
    /// went from that stage to a loss
    pub closed: u64,
    /// are still there
    pub waiting: u64,
    /// how the accepted ones ended by the end; the rest is in work
    pub won: u64,
    pub lost: u64,
    /// an `on` row took them back to before the handover
    pub rejected_later: u64,
    pub expired_later: u64,
    /// until they left the stage, of those that somebody answered
    pub answer: Durations,
}

/// What became of one handover.
#[derive(Clone, Copy)]
struct Outcome {
    answer: Answer,
    /// until the stage was left
    taken: Option<i64>,
    /// of an accepted one: the number of the step that ended it
    end: Option<(usize, End)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Waiting,
    Accepted,
    Rejected,
    Expired,
    Closed,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Won,
    Lost,
    Rejected,
    Expired,
}

impl Handed {
    /// Adds the handovers of one lead that happened in the span.
    pub(super) fn add(&mut self, replay: &Replay, span: Span, reason: &dyn Fn(&Step) -> Option<String>, steps: &[Step]) {
        let mut is_new = true;
        for (index, step) in steps.iter().enumerate().filter(|(_, step)| span.holds(step.at)) {
            let Some(key) = key(replay, step) else { continue };
            let steps = &steps[index..];
            let mut outcome = outcome(replay, key.stage, steps);
            self.by_queue.entry(key).or_default().add(&outcome);
            self.leads += u64::from(std::mem::take(&mut is_new));
            let again = steps.iter().skip(1).position(|step| self::key(replay, step).is_some()).map(|position| position + 1);
            if let Some(again) = again.filter(|_| outcome.answer == Answer::Accepted)
                && outcome.end.is_none_or(|(end, _)| end > again)
            {
                outcome.end = None;
                self.handed_on += 1;
            }
            self.all.add(&outcome);
            let rejecting = match (outcome.answer, outcome.end) {
                (Answer::Rejected, _) => steps.get(1),
                (_, Some((end, End::Rejected))) => steps.get(end),
                (Answer::Waiting | Answer::Accepted | Answer::Expired | Answer::Closed, _) => None,
            };
            if let Some(step) = rejecting {
                self.rejections.add(key.stage, reason(step), 1);
            }
        }
    }

    pub(super) fn merge(&mut self, other: &Handed) {
        for (key, handovers) in &other.by_queue {
            self.by_queue.entry(*key).or_default().merge(handovers);
        }
        self.all.merge(&other.all);
        self.handed_on += other.handed_on;
        self.leads += other.leads;
        self.rejections.merge(&other.rejections);
    }

    /// Of all: accepted ones that have neither ended nor been handed on.
    pub fn in_work(&self) -> u64 {
        self.all.in_work() - self.handed_on
    }
}

/// Of a step that hands over; if several routes do, the first in the policy counts.
fn key(replay: &Replay, step: &Step) -> Option<HandoverKey> {
    step.given.iter().enumerate().find_map(|(route, given)| {
        let queue = given.queue.filter(|_| replay.hands_over(route, step.to))?;
        Some(HandoverKey { from: step.from, stage: step.to, route, queue })
    })
}

/// `steps` begins with the one that hands over in `stage`.
fn outcome(replay: &Replay, stage: usize, steps: &[Step]) -> Outcome {
    let [handover, first, ..] = steps else { return Outcome { answer: Answer::Waiting, taken: None, end: None } };
    let taken = Some(first.at.saturating_sub(handover.at));
    let rejects = |step: &Step| step.row.is_some_and(|row| matches!(replay.rows()[row].trigger, Trigger::On { .. }));
    let goes_back = |step: &Step| step.to < stage;
    if goes_back(first) {
        let answer = if rejects(first) { Answer::Rejected } else { Answer::Expired };
        return Outcome { answer, taken, end: None };
    }
    if replay.is_loss(first.to) {
        return Outcome { answer: Answer::Closed, taken, end: None };
    }
    let end = steps.iter().enumerate().skip(1).find(|(_, step)| goes_back(step) || replay.is_final(step.to)).map(|(number, step)| {
        let end = match (goes_back(step), rejects(step), replay.is_loss(step.to)) {
            (true, true, _) => End::Rejected,
            (true, false, _) => End::Expired,
            (false, _, true) => End::Lost,
            (false, _, false) => End::Won,
        };
        (number, end)
    });
    Outcome { answer: Answer::Accepted, taken, end }
}

impl Handovers {
    fn add(&mut self, outcome: &Outcome) {
        self.count += 1;
        let answer = match outcome.answer {
            Answer::Waiting => &mut self.waiting,
            Answer::Accepted => &mut self.accepted,
            Answer::Rejected => &mut self.rejected,
            Answer::Expired => &mut self.expired,
            Answer::Closed => &mut self.closed,
        };
        *answer += 1;
        // nobody answered what ran out
        if let Some(taken) = outcome.taken.filter(|_| outcome.answer != Answer::Expired) {
            self.answer.add(taken);
        }
        let end = match outcome.end {
            Some((_, End::Won)) => &mut self.won,
            Some((_, End::Lost)) => &mut self.lost,
            Some((_, End::Rejected)) => &mut self.rejected_later,
            Some((_, End::Expired)) => &mut self.expired_later,
            None => return,
        };
        *end += 1;
    }

    pub fn merge(&mut self, other: &Handovers) {
        self.count += other.count;
        self.accepted += other.accepted;
        self.rejected += other.rejected;
        self.expired += other.expired;
        self.closed += other.closed;
        self.waiting += other.waiting;
        self.won += other.won;
        self.lost += other.lost;
        self.rejected_later += other.rejected_later;
        self.expired_later += other.expired_later;
        self.answer.merge(&other.answer);
    }

    /// Rejected at once or later: of all, the share that was sent back.
    pub fn rejected_in_all(&self) -> u64 {
        self.rejected + self.rejected_later
    }

    /// Accepted ones that have not ended.
    pub fn in_work(&self) -> u64 {
        self.accepted - self.won - self.lost - self.rejected_later - self.expired_later
    }
}
