//! What the program would have said of clocks at earlier moments of a lead's history.
//!
//! Enters: a policy, the program that scores it; a lead's history and a moment of it. Leaves: the answers at that moment: the target that
//! applied, whether a row's condition held. Always holds: what depends on the lead's own fields alone is not worked out again, for it is the
//! same at any time: a file has no history of fields.

use std::cell::RefCell;

use super::replay::changes::measure_of;
use super::replay::held::Held;
use super::replay::interpreted;
use super::replay::program::{Filling, Fills};
use super::situation::situation;
use super::{ClockSignals, Measures, Scratch, Stand, Standing, Texts};
use crate::clock::{Came, Past, Signals, Then};
use crate::column::Block;
use crate::model::{ExprKind, MeasureId, Policy, Reference, SlaId, Transition, Trigger};
use crate::program::{ClockPart, Input, InputSource, Op, OutputRole, Parameters, Program, Value, optimise};

/// Worked out once for a policy.
#[derive(Clone, Debug)]
pub struct Hindsight {
    /// per row of the flow, the measure that says whether what it waits for is there
    waits: Vec<Option<MeasureId>>,
    /// none if what clocks ask is the same at any time
    asks: Option<Asks>,
}

/// Those parts of clocks that can be otherwise at another time.
#[derive(Clone, Debug)]
struct Asks {
    program: Program,
    fills: Fills,
    /// per input, the same one of the program that scores
    own: Vec<Option<usize>>,
    /// per measure, whether the program reads it
    measures: Vec<bool>,
    start_stage: usize,
}

impl Hindsight {
    pub fn new(policy: &Policy, program: &Program) -> Hindsight {
        let waits = policy.flows.iter().flat_map(|flow| &flow.rows).map(|row| match &row.trigger {
            Trigger::On { happened: measure, .. } | Trigger::After { waited: measure, .. } => match measure.kind {
                ExprKind::Reference(Reference::Measure(measure)) => Some(measure),
                _ => None,
            },
            Trigger::When(_) | Trigger::Broken => None,
        });
        Hindsight { waits: waits.collect(), asks: Asks::new(policy, program) }
    }

    /// The measure that a row of the flow waits for.
    pub fn waits(&self, row: usize) -> Option<MeasureId> {
        self.waits.get(row).copied().flatten()
    }

    /// Whether a part of a clock can be otherwise at another time.
    pub fn asks(&self, sla: SlaId, part: ClockPart) -> bool {
        let role = OutputRole::Clock(sla, part);
        self.asks.as_ref().is_some_and(|asks| asks.program.outputs.iter().any(|output| output.role == role))
    }
}

impl Asks {
    fn new(policy: &Policy, scoring: &Program) -> Option<Asks> {
        let mut program = scoring.clone();
        let is_asked = |role: OutputRole| matches!(role, OutputRole::Clock(_, ClockPart::Target | ClockPart::Condition(_)));
        program.outputs.retain(|output| is_asked(output.role) && changes(policy, scoring, output.value));
        if program.outputs.is_empty() {
            return None;
        }
        let program = optimise(&program);
        let is_same = |left: &Input, right: &Input| match (&left.source, &right.source) {
            (InputSource::Text { column, map }, InputSource::Text { column: other, map: of_other }) => {
                column == other && program.text_maps.get(*map) == scoring.text_maps.get(*of_other)
            }
            (left, right) => left == right,
        };
        let reads = |measure| program.inputs.iter().any(|input| measure_of(policy, &input.source) == Some(measure));
        let own = program.inputs.iter().map(|input| scoring.inputs.iter().position(|other| is_same(input, other)));
        let measures = (0..policy.measures.len()).map(reads).collect();
        Some(Asks {
            own: own.collect(),
            measures,
            fills: Fills::new(policy, &program),
            program,
            start_stage: policy.start_stage.unwrap_or(0),
        })
    }
}

/// Whether a value looks at more than the lead's own fields.
fn changes(policy: &Policy, program: &Program, value: Value) -> bool {
    let mut seen = vec![false; program.ops.len()];
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        if std::mem::replace(&mut seen[value.index()], true) {
            continue;
        }
        let op = &program.ops[value.index()];
        let source = match op {
            Op::Input(input) => program.inputs.get(*input as usize).map(|input| &input.source),
            _ => None,
        };
        let is_standing = matches!(source, Some(InputSource::Stage | InputSource::StageSince | InputSource::RestUntil));
        if matches!(op, Op::Parameter(_)) || is_standing || source.is_some_and(|source| measure_of(policy, source).is_some()) {
            return true;
        }
        open.extend(op.operands(&program.calculations));
    }
    false
}

/// The past of one lead of a file.
pub struct LeadPast<'a> {
    pub signals: ClockSignals<'a>,
    pub log: &'a [Transition],
    pub stand: Stand,
    pub as_of: i64,
    pub hindsight: &'a Hindsight,
    pub measures: &'a Measures,
    pub texts: &'a Texts,
    /// used again and again
    pub scratch: &'a RefCell<Scratch>,
    /// the inputs of the program that scores, and the lead's row of them
    pub inputs: &'a Block,
    pub row: usize,
    /// gives equal folded texts equal numbers, as those inputs have them
    pub identity: &'a RefCell<dyn FnMut(&str) -> i64 + 'a>,
}

impl Past for LeadPast<'_> {
    fn signals(&self) -> &dyn Signals {
        &self.signals
    }

    fn log(&self) -> &[Transition] {
        self.log
    }

    fn moved_at(&self, row: usize) -> Option<Came> {
        let measure = self.hindsight.waits(row)?;
        let standing = Standing { stage: self.stand.stage.unwrap_or(0), since: self.stand.since, log: self.log };
        self.measures.came(measure, self.signals.events, &standing, self.as_of, &mut self.scratch.borrow_mut())
    }

    fn answer(&self, then: Then, sla: SlaId, part: ClockPart) -> Option<Option<i64>> {
        let asks = self.hindsight.asks.as_ref()?;
        let role = OutputRole::Clock(sla, part);
        let place = asks.program.outputs.iter().position(|output| output.role == role)?;
        let was = situation(then, self.signals.events.at, self.log, self.stand);
        let standing =
            Standing { stage: was.stand.stage.unwrap_or(asks.start_stage), since: was.stand.since, log: self.log.get(..was.entries)? };
        let mut scratch = self.scratch.borrow_mut();
        let mut measures = Vec::new();
        let kept = self.signals.kept(was.signals);
        let wanted = |measure: MeasureId| asks.measures.get(measure).copied().unwrap_or(false);
        self.measures.read_wanted(&wanted, kept.view(), &standing, was.at, &mut scratch, &mut measures);
        let own: Vec<Option<i64>> = asks.own.iter().map(|own| self.inputs.columns.get((*own)?)?.get(self.row)).collect();
        let mut held = Held::default();
        asks.fills.of_file(&own, &mut held);
        let mut inputs = own;
        let filling = Filling {
            measures: &measures,
            texts: self.texts,
            stage: standing.stage,
            stage_since: standing.since.unwrap_or(was.at),
            rest_until: was.stand.rest_until,
            held: &held,
        };
        asks.fills.fill(&asks.program, filling, &mut scratch.zone, &mut *self.identity.borrow_mut(), &mut inputs);
        let parameters = Parameters { as_of_day: scratch.zone.local_day(was.at), as_of: was.at };
        let mut outputs = vec![None; asks.program.outputs.len()];
        interpreted(&asks.program)(&inputs, &parameters, &mut outputs);
        Some(outputs.get(place).copied().flatten())
    }
}
