//! Claims of policies that read tables whose rows are given at run time, and all that is asked of them without a claim.
//!
//! Enters: a claim that is not decided with empty tables. Leaves: an answer that holds whatever rows are given, or a lead and rows that speak for or against it; none where neither is found. Always
//! holds: what is shown was scored with its rows; what is found to happen for no lead happens for none, whatever the rows are.

use super::prove::{Proved, proved as told};
use crate::model::{Claim, ClaimKind, Policy};
use crate::program::lower::lower_with_claims;
use crate::proof::questions::{self, Findings};
use crate::proof::{Answer, Prover, Witness, open};
use crate::source::Sources;

/// Asks all that can be asked, of any rows. What happens to leads for which rows have to be given stays undecided. Budgets in steps: of one question, and of all together.
pub(super) fn asked(policy: &Policy, sources: &Sources, (budget, budget_left): (u64, u64)) -> Findings {
    let opened = open::opened(policy);
    let lowered = lower_with_claims(&opened.policy);
    let mut prover = Prover::within(&opened.policy, &lowered, budget, budget_left);
    prover.keep(opened.known(&lowered.trace.claims));
    questions::ask_of(&mut prover, sources, &|witness| opened.is_without_rows(witness))
}

pub(super) fn proved(policy: &Policy, claim: &Claim, number: usize, budget: u64) -> Option<Proved> {
    let opened = open::opened(policy);
    let lowered = lower_with_claims(&opened.policy);
    let mut prover = Prover::new(&opened.policy, &lowered);
    prover.keep(opened.known(&lowered.trace.claims));
    prover.budget = budget;
    let is_monotone = matches!(claim.kind, ClaimKind::Monotone { .. });
    // another lead finds another row
    if is_monotone
        && prover.rests_on(*lowered.trace.claims.get(number)?, |field| field < opened.policy.fields.len() && opened.is_look_up(field))
    {
        return None;
    }
    let answer = prover.claim(number);
    let steps = prover.steps();
    let witness = match &answer {
        Answer::Undecided(_) => return None,
        Answer::Proved(None) | Answer::Refuted(None) => {
            let lowered = lower_with_claims(policy);
            return Some(told(&Prover::new(policy, &lowered), claim, number, answer, steps));
        }
        Answer::Proved(Some(witness)) | Answer::Refuted(Some(witness)) => witness,
    };
    let (given, lead) = opened.with_rows(policy, &witness.lead)?;
    let lowered = lower_with_claims(&given);
    let prover = Prover::new(&given, &lowered);
    let values = prover.replay(&lead, witness.as_of)?;
    let holds = values.get(lowered.trace.claims.get(number)?.index()).copied().flatten() == Some(1);
    let is_shown = match claim.kind {
        ClaimKind::Always(_) => !holds,
        ClaimKind::Never(_) | ClaimKind::Possible(_) => holds,
        // no row has a say
        ClaimKind::Monotone { .. } => true,
    };
    let fields = witness.fields.iter().copied().filter(|field| !opened.is_look_up(*field)).collect();
    let witness = Some(Box::new(Witness { lead, fields, values, ..(**witness).clone() }));
    let answer = if matches!(answer, Answer::Proved(_)) { Answer::Proved(witness) } else { Answer::Refuted(witness) };
    is_shown.then(|| told(&prover, claim, number, answer, steps))
}
