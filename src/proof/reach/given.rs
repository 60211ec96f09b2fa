//! What the variables are for one lead.
//!
//! Enters: a prover, a lead at an as-of. Leaves: a value per variable; none at all if a text is of a kind that is not told apart. Always holds: with these values
//! the graph gives what the interpreter gives for the lead.

use crate::model::Constant;
use crate::program::InputSource;
use crate::proof::Prover;
use crate::proof::variables::{Meaning, Variable, stand_ins};
use crate::record::{self, Lead};

pub fn given(prover: &Prover, lead: &Lead, as_of: i64) -> Option<Vec<Option<i64>>> {
    let (policy, program) = (prover.policy, &prover.lowered.program);
    let as_of_day = prover.as_of_day(as_of)?;
    let columns = record::columns(policy, &prover.histories, lead, as_of).ok()?;
    let block = record::encode(policy, &prover.histories, program, std::slice::from_ref(lead), as_of).ok()?;
    let place = |source: &InputSource| program.inputs.iter().position(|input| input.source == *source);
    let input = |source: &InputSource| place(source).and_then(|place| block.columns.get(place)?.get(0));
    let kind = |column: usize, kinds: &[crate::proof::texts::TextKind]| {
        let is_known = matches!(columns.get(column), Some(Some(Constant::Text(text))) if !text.trim().is_empty());
        if !is_known {
            return Some(None);
        }
        let mut maps: Vec<usize> = Vec::new();
        let mut codes: Vec<Option<i64>> = Vec::new();
        for (index, input) in program.inputs.iter().enumerate() {
            if let InputSource::Text { column: of, map } = input.source
                && of == column
                && !maps.contains(&map)
            {
                maps.push(map);
                codes.push(block.columns.get(index)?.get(0));
            }
        }
        kinds.iter().position(|kind| kind.codes == codes).map(|kind| Some(kind as i64))
    };
    let value = |variable: &Variable| {
        Some(match &variable.meaning {
            Meaning::Column(column) => {
                let source = InputSource::Column(*column);
                let value = input(&source);
                match (value, place(&source)) {
                    (Some(bits), Some(place)) if variable.domain.is_set => {
                        let stand_ins = stand_ins(program, place, variable.domain.high);
                        Some(stand_ins.iter().filter(|(bit, _)| bits & bit != 0).fold(0, |all, (_, stands)| all | stands))
                    }
                    (value, _) => value,
                }
            }
            Meaning::Day(column) => input(&InputSource::LocalDay(*column)),
            Meaning::DaysBefore { column, is_day: true } => input(&InputSource::LocalDay(*column)).map(|day| as_of_day - day),
            Meaning::DaysBefore { column, is_day: false } => input(&InputSource::Column(*column)).map(|day| as_of_day - day),
            Meaning::Text { column, kinds } => kind(*column, kinds)?,
            Meaning::Identity { column, domain } => input(&InputSource::TextIdentity { column: *column, domain: *domain }),
            Meaning::Stage => input(&InputSource::Stage),
            Meaning::StageSince => input(&InputSource::StageSince).map(|at| as_of - at),
            Meaning::RestUntil => input(&InputSource::RestUntil).map(|at| as_of - at),
            Meaning::RouteOwner(route) => input(&InputSource::RouteOwner(*route)),
            Meaning::RouteQueue(route) => input(&InputSource::RouteQueue(*route)),
            Meaning::KeyHash => input(&InputSource::KeyHash),
            Meaning::AsOfDay => Some(as_of_day),
            Meaning::AsOf => Some(as_of),
            Meaning::Raised(_) | Meaning::Part(_) => None,
        })
    };
    prover.variables.all.iter().map(value).collect()
}
