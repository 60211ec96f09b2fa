//! The tests that a policy carries.
//!
//! Enters: a checked policy, its plain and its optimised program. Leaves: for each test whether it passed, and what was expected beside
//! what came out. Always holds: each test runs on the interpreter (plain program) and as machine code (optimised program); it passes only if
//! both give what it expects.

pub mod coverage;
mod histories;
mod moves;
pub mod places;
mod plans;
mod solve;
pub mod suggest;
mod test_text;

use crate::clock::Reading;
use crate::column::Block;
use crate::interpret;
use crate::jit::Compiled;
use crate::model::value::fold_text;
use crate::model::{Constant, Expected, ExpectedValue, Policy, Target, Test, Type, Unit};
use crate::program::{self, Lowered, Op, OutputRole, Parameter, Parameters, Program};
use crate::record::clocks::LeadClocks;
use crate::record::reader::Reader;
use crate::record::show::Show;
use crate::record::{self, Histories, Lead, LeadError};
use crate::source::{Sources, Span};

/// What a test runs on.
#[derive(Clone, Copy)]
pub struct Backends<'a> {
    pub policy: &'a Policy,
    pub sources: &'a Sources,
    pub histories: &'a Histories,
    pub plain: &'a Lowered,
    pub optimised: &'a Program,
    pub compiled: &'a Compiled,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestResult {
    /// index into the policy's tests
    pub test: usize,
    pub title: String,
    /// the test, or its line in a file of cases
    pub span: Span,
    pub outcome: TestOutcome,
}

impl TestResult {
    pub fn passed(&self) -> bool {
        match self.outcome {
            TestOutcome::Passed => true,
            TestOutcome::Differs(_) | TestOutcome::NotRun(_) => false,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestOutcome {
    Passed,
    Differs(Vec<Difference>),
    /// it cannot be run; why
    NotRun(String),
}

/// An expectation that is not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// as written: `readiness.demographic`
    pub path: String,
    pub target: Target,
    /// where it is expected
    pub span: Span,
    /// none is `missing`
    pub expected: Option<String>,
    /// what the interpreter gives
    pub found: Option<String>,
    /// what machine code gives, if that is not the same: a defect of Leadwright, not of the policy
    pub compiled: Option<Option<String>>,
}

/// Which tests are meant; all of them by default.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// the title contains one of these, case ignored
    pub titles: Vec<String>,
    /// the path of the test's file, below the policy's root, is or ends with one of these: `common/teams.lead`, `cases.csv`
    pub files: Vec<String>,
}

impl Selection {
    /// Tests with this in their titles.
    pub fn titled(title: &str) -> Selection {
        Selection { titles: vec![title.to_owned()], ..Selection::default() }
    }

    pub fn takes(&self, test: &Test, sources: &Sources) -> bool {
        let path = &sources.get(test.span.source).path;
        let ends_with = |end: &String| {
            let end = end.trim_start_matches("./");
            path.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        };
        let folded = fold_text(&test.title);
        let is_titled = |title: &String| folded.contains(fold_text(title).as_str());
        (self.titles.is_empty() || self.titles.iter().any(is_titled)) && (self.files.is_empty() || self.files.iter().any(ends_with))
    }
}

/// Runs the tests that are selected.
pub fn run(backends: Backends, selection: &Selection) -> Vec<TestResult> {
    let tests = backends.policy.tests.iter().enumerate();
    tests
        .filter(|(_, test)| selection.takes(test, backends.sources))
        .map(|(index, test)| TestResult { test: index, title: test.title.clone(), span: test.span, outcome: outcome(backends, test) })
        .collect()
}

/// The lead of a test and the instant it is looked at; or why it cannot be run.
pub fn subject(backends: Backends, test: &Test) -> Result<(Lead, i64), String> {
    let lead = Lead {
        values: test.lead.clone(),
        stage: test.stage,
        stage_since: test.stage_since,
        signals: test.signals.clone(),
        owners: of_every_route(backends.policy.holder_count(), test.owner),
        queues: of_every_route(backends.policy.routes.len(), test.queue),
        ..Lead::default()
    };
    // the instant itself only ends rests, and no lead of a test rests; or starts a clock; or signals are counted back from it
    let looks_at_the_day = backends.plain.program.ops.iter().any(|op| matches!(op, Op::Parameter(Parameter::AsOfDay)));
    let is_clock = |expected: &Expected| matches!(expected.target, Target::ClockDue(_) | Target::ClockState(_));
    let has_past = !test.signals.is_empty() || test.stage_since.is_some();
    let looks_at_the_clock = looks_at_the_day || has_past || test.expect.iter().any(is_clock);
    match test.as_of {
        Some(as_of) => Ok((lead, as_of)),
        None if looks_at_the_clock => Err("the policy looks at the date, so the test must say `as of`".into()),
        None => Ok((lead, 0)),
    }
}

fn of_every_route(routes: usize, number: Option<usize>) -> Vec<(usize, usize)> {
    number.into_iter().flat_map(|number| (0..routes).map(move |route| (route, number))).collect()
}

/// The policy with the rows that a test gives, and its plain program; none if the test gives none.
pub fn with_rows(policy: &Policy, test: &Test) -> Option<(Policy, Lowered)> {
    if test.tables.is_empty() {
        return None;
    }
    let mut policy = policy.clone();
    for (table, rows) in &test.tables {
        policy.give_rows(*table, rows.clone());
    }
    let plain = program::lower(&policy);
    Some((policy, plain))
}

fn outcome(backends: Backends, test: &Test) -> TestOutcome {
    let Some((policy, plain)) = with_rows(backends.policy, test) else { return outcome_of(backends, test) };
    let optimised = program::optimise(&plain.program);
    match Compiled::new(&optimised) {
        Ok(compiled) => {
            let backends = Backends { policy: &policy, plain: &plain, optimised: &optimised, compiled: &compiled, ..backends };
            outcome_of(backends, test)
        }
        Err(error) => TestOutcome::NotRun(error.to_string()),
    }
}

fn outcome_of(backends: Backends, test: &Test) -> TestOutcome {
    let (lead, as_of) = match subject(backends, test) {
        Ok(subject) => subject,
        Err(reason) => return TestOutcome::NotRun(reason),
    };
    match differences(backends, test, &lead, as_of) {
        Ok(differences) if differences.is_empty() => TestOutcome::Passed,
        Ok(differences) => TestOutcome::Differs(differences),
        Err(error) => TestOutcome::NotRun(error.to_string()),
    }
}

fn differences(backends: Backends, test: &Test, lead: &Lead, as_of: i64) -> Result<Vec<Difference>, LeadError> {
    let Backends { policy, sources, histories, plain, optimised, compiled } = backends;
    let parameters = record::parameters(policy, as_of)?;
    let leads = std::slice::from_ref(lead);
    let values = interpret::row(&plain.program, &record::encode(policy, histories, &plain.program, leads, as_of)?, 0, &parameters);
    let zone = record::zone(policy)?;
    let columns = record::columns(policy, histories, lead, as_of)?;
    let reader = Reader::new(policy, sources, &plain.trace, &values, lead, &columns, Show { policy, zone: &zone });
    let answers = answers(compiled, &record::encode(policy, histories, optimised, leads, as_of)?, &parameters);

    let (clocks, compiled_clocks) =
        (LeadClocks::new(policy, histories, &plain.program, as_of)?, LeadClocks::new(policy, histories, optimised, as_of)?);
    let mut differences = Vec::new();
    for expected in &test.expect {
        let ty = type_of(policy, expected.target);
        let found = found(&reader, &clocks, &plain.program, expected.target);
        let from_code = match expected.target {
            Target::ClockDue(sla) | Target::ClockState(sla) => {
                let reading = compiled_clocks.reading(sla, lead, &|output| answers.columns.get(output)?.get(0));
                Some(clock_part(expected.target, reading))
            }
            Target::Field(_)
            | Target::Let(_)
            | Target::Score(_)
            | Target::Section(..)
            | Target::Decide(_)
            | Target::Stage
            | Target::Route(_)
            | Target::RouteOwner(_) => {
                // what is no column of a scored file is not computed by machine code
                let output = optimised.outputs.iter().position(|output| role(expected.target) == Some(output.role));
                output.map(|output| answers.columns[output].get(0).map(Constant::Integer))
            }
        };
        let shown = |value: &Option<Constant>| value.as_ref().map(|value| reader.show.constant(ty, value));
        let met = |value: &Option<Constant>| same(value.as_ref(), &expected.value);
        if !met(&found) || from_code.as_ref().is_some_and(|value| !met(value)) {
            differences.push(Difference {
                path: expected.path.clone(),
                target: expected.target,
                span: expected.span,
                expected: match &expected.value {
                    ExpectedValue::Missing => None,
                    ExpectedValue::Known(value) => Some(reader.show.constant(ty, value)),
                    ExpectedValue::Finer(number) => Some(number.to_string()),
                },
                compiled: from_code.filter(|value| *value != found).map(|value| shown(&value)),
                found: shown(&found),
            });
        }
    }
    Ok(differences)
}

fn answers(compiled: &Compiled, input: &Block, parameters: &Parameters) -> Block {
    let mut output = Block::default();
    compiled.run(input, parameters, &mut output);
    output
}

/// What the interpreter gives for the target of an expectation.
fn found(reader: &Reader, clocks: &LeadClocks, program: &Program, target: Target) -> Option<Constant> {
    let trace = reader.trace;
    let at = |value: Option<crate::program::Value>| value.and_then(|value| reader.at(value)).map(Constant::Integer);
    match target {
        Target::Field(field) => reader.lead.values.get(field)?.clone(),
        Target::Let(index) => {
            let value = &reader.policy.lets.get(index)?.value;
            match value.ty {
                Type::Text => reader.shown(value).map(Constant::Text),
                Type::Number { .. } | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) | Type::Date | Type::Time => {
                    at(trace.lets.get(index).copied().flatten())
                }
            }
        }
        Target::Score(index) => at(trace.scores.get(index)?.value),
        Target::Section(score, section) => at(trace.scores.get(score)?.sections.get(section).copied()),
        Target::Decide(index) => at(Some(trace.decides.get(index)?.value)),
        Target::Stage => at(trace.stage_after),
        Target::Route(index) => at(Some(trace.routes.get(index)?.value)),
        Target::RouteOwner(index) => at(trace.routes.get(index)?.owner),
        // worked out behind the program
        Target::ClockDue(sla) | Target::ClockState(sla) => {
            let output = |output: usize| reader.at(program.outputs.get(output)?.value);
            clock_part(target, clocks.reading(sla, reader.lead, &output))
        }
    }
}

fn clock_part(target: Target, reading: Reading) -> Option<Constant> {
    match target {
        Target::ClockState(_) => reading.state.map(|state| Constant::Integer(state as i64)),
        Target::ClockDue(_)
        | Target::Field(_)
        | Target::Let(_)
        | Target::Score(_)
        | Target::Section(..)
        | Target::Decide(_)
        | Target::Stage
        | Target::Route(_)
        | Target::RouteOwner(_) => reading.due.map(Constant::Integer),
    }
}

fn same(found: Option<&Constant>, expected: &ExpectedValue) -> bool {
    match (found, expected) {
        (Some(Constant::Text(found)), ExpectedValue::Known(Constant::Text(expected))) => fold_text(found) == fold_text(expected),
        (Some(Constant::Integer(found)), ExpectedValue::Known(Constant::Integer(expected))) => found == expected,
        (Some(Constant::Text(_)), ExpectedValue::Known(Constant::Integer(_)))
        | (Some(Constant::Integer(_)), ExpectedValue::Known(Constant::Text(_))) => false,
        (None, ExpectedValue::Missing) => true,
        (Some(_), ExpectedValue::Missing | ExpectedValue::Finer(_)) | (None, ExpectedValue::Known(_) | ExpectedValue::Finer(_)) => false,
    }
}

fn role(target: Target) -> Option<OutputRole> {
    match target {
        Target::Score(index) => Some(OutputRole::Score(index)),
        Target::Section(score, section) => Some(OutputRole::Section(score, section)),
        Target::Decide(index) => Some(OutputRole::Decide(index)),
        Target::Stage => Some(OutputRole::Stage),
        Target::Route(index) => Some(OutputRole::Queue(index)),
        Target::RouteOwner(index) => Some(OutputRole::Owner(index)),
        Target::Field(_) | Target::Let(_) | Target::ClockDue(_) | Target::ClockState(_) => None,
    }
}

fn type_of(policy: &Policy, target: Target) -> Type {
    let number = |scale: u8| Type::Number { scale, unit: Unit::Plain };
    let choice = |choices: Option<usize>| choices.map_or(number(0), Type::OneOf);
    match target {
        Target::Field(field) => policy.fields[field].ty,
        Target::Let(index) => policy.lets[index].value.ty,
        Target::Score(index) => number(policy.scores[index].scale),
        Target::Section(score, section) => number(policy.scores[score].sections[section].scale),
        Target::Decide(index) => Type::OneOf(policy.decides[index].choices),
        Target::Stage => choice(policy.stage_choices),
        Target::Route(_) => choice(policy.queue_choices),
        Target::RouteOwner(_) => choice(policy.owner_choices),
        Target::ClockDue(_) => Type::Time,
        Target::ClockState(_) => choice(policy.clock_state_choices),
    }
}
