//! Conditions over signals to a program of their own: `where path starts with "/careers"`.
//!
//! Enters: a checked policy. Leaves: a program whose columns are the policy's event columns and whose outputs are its event conditions, in the
//! policy's order. Always holds: every input may be missing, since not every signal has every property; an output answers for the
//! signals of its condition, for others it means nothing.

use super::Lowering;
use crate::column::Width;
use crate::model::{Field, Policy};
use crate::program::{Output, OutputKind, OutputRole, Program};

/// The program of the policy's conditions over signals, not optimised.
pub fn lower_event_conditions(policy: &Policy) -> Program {
    let columns = policy.event_columns.iter().map(|column| Field { optional: true, ..column.field.clone() });
    let asked =
        Policy { timezone: policy.timezone.clone(), choices: policy.choices.clone(), fields: columns.collect(), ..Policy::default() };
    let mut lowering = Lowering::new(&asked);
    for (id, condition) in policy.event_conditions.iter().enumerate() {
        let value = lowering.condition(&condition.condition);
        let role = OutputRole::EventCondition(id);
        lowering.builder.output(Output {
            name: format!("where {id}"),
            value,
            kind: OutputKind::YesNo,
            optional: true,
            width: Width::I64,
            role,
        });
    }
    lowering.finish().program
}
