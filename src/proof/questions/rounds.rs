//! Leads that rows of a flow move though nothing changes, and rows of two flows for one lead.

use super::{About, Asking, Finding, Kind, Row};
use crate::model::{FlowRow, Trigger};
use crate::program::Value;
use crate::proof::{Condition, Why};

/// A round goes through at most so many stages.
const STAGES_MAX: usize = 6;
/// And so many rounds are asked.
const ROUNDS_MAX: usize = 200;

impl Asking<'_, '_> {
    /// Leads that go through three stages or more and are back where they were.
    pub fn rounds(&mut self, rows: &[Row], can_move: &[bool]) {
        let policy = self.prover.policy();
        let ways: Vec<&FlowRow> = policy.flows.iter().flat_map(|flow| &flow.rows).collect();
        let at_once = |place: usize| can_move[place] && ways[place].rest.is_none() && matches!(ways[place].trigger, Trigger::When(_));
        // a row that leads from several stages is one way from each
        let steps: Vec<Step> = (0..ways.len())
            .filter(|place| at_once(*place))
            .flat_map(|place| ways[place].from.iter().map(move |from| (place, *from)))
            .map(|(row, from)| Step { row, from, to: ways[row].to })
            .collect();
        let conditions: Vec<Value> = rows.iter().map(|row| row.condition).collect();
        let (found, are_all) = rounds_of(&steps);
        if !are_all {
            self.leave_open(&About::new("leads go round in further ways", rows[steps[0].row].span), Why::TooMany);
        }
        for round in found {
            self.findings.asked += 1;
            let asked: Vec<(Condition, usize)> = round.iter().map(|step| (Condition::first(&conditions, step.row), step.from)).collect();
            let names = round.iter().map(|step| step.from).chain([round[0].from]);
            let names: Vec<&str> = names.filter_map(|stage| policy.stages.get(stage)).map(|stage| stage.name.as_str()).collect();
            let (what, span) = (format!("`{}`", names.join(" -> ")), rows[round[0].row].span);
            let possible = self.prover.possible_in_stages(&asked);
            let about = About::new(format!("a lead goes round {what} though nothing changes"), span);
            let because_of = round[1..].iter().map(|step| rows[step.row].span).collect();
            self.happens(possible, &about, Finding { kind: Kind::Round, what, span, because_of, witness: None });
        }
    }

    /// Leads that rows of two flows would move to different stages: which comes first is seen in neither of them.
    pub fn of_two_flows(&mut self, rows: &[Row]) {
        let policy = self.prover.policy();
        let ways: Vec<(usize, &FlowRow)> =
            policy.flows.iter().enumerate().flat_map(|(flow, of)| of.rows.iter().map(move |row| (flow, row))).collect();
        let conditions: Vec<Value> = rows.iter().map(|row| row.condition).collect();
        for (first, (flow, way)) in ways.iter().enumerate() {
            for (second, (other_flow, other)) in ways.iter().enumerate().skip(first + 1) {
                let meet = way.from.iter().any(|stage| other.from.contains(stage));
                if flow == other_flow || way.to == other.to || !meet {
                    continue;
                }
                self.findings.asked += 1;
                let both = Condition::All(vec![Condition::first(&conditions, first), Condition::Holds(conditions[second])]);
                let what = format!("{} and {}", rows[first].what, rows[second].what);
                let (possible, span) = (self.prover.possible(&both), rows[first].span);
                let about = About::new(format!("{what} can both be taken at once"), span);
                self.happens(
                    possible,
                    &about,
                    Finding { kind: Kind::BothMove, what, span, because_of: vec![rows[second].span], witness: None },
                );
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Step {
    row: usize,
    from: usize,
    to: usize,
}

/// Ways through three stages or more that end where they began, each told once: from its first stage on. And whether these are all through so many stages.
fn rounds_of(steps: &[Step]) -> (Vec<Vec<Step>>, bool) {
    let mut rounds = Vec::new();
    let mut begun: Vec<Vec<Step>> = steps.iter().map(|step| vec![*step]).collect();
    while let Some(way) = begun.pop() {
        let (start, at) = (way[0].from, way[way.len() - 1].to);
        if rounds.len() >= ROUNDS_MAX || begun.len() >= 100 * ROUNDS_MAX {
            return (rounds, false);
        }
        for next in steps.iter().filter(|step| step.from == at) {
            let mut longer = way.clone();
            longer.push(*next);
            if next.to == start && longer.len() > 2 {
                rounds.push(longer);
            } else if next.to > start && longer.len() < STAGES_MAX && !way.iter().any(|step| step.from == next.to) {
                begun.push(longer);
            }
        }
    }
    (rounds, true)
}
