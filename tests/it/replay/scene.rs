//! A policy and one lead in memory, replayed on both evaluators.

use std::collections::BTreeMap;

use leadwright::calendar::Zone;
use leadwright::history::replay::course::Course;
use leadwright::history::replay::{Evaluate, Reason, Replay, Subject, interpreted};
use leadwright::history::{OwnedEvents, Texts, digest};
use leadwright::jit::Rows;
use leadwright::model::{self, Checked, Constant, Event, Policy};
use leadwright::program::{self, Lowered, Parameters};
use leadwright::record::{self, Lead};

pub struct Scene {
    checked: Checked,
    plain: Lowered,
}

/// `(signal, local time, properties)`
pub type Given<'a> = (&'a str, &'a str, &'a [Option<&'a str>]);

impl Scene {
    pub fn new(policy: &str) -> Scene {
        let files = BTreeMap::from([("policy.lead".to_string(), format!("leadwright 1\n\n{policy}"))]);
        let checked = model::check(&files, "policy.lead");
        let errors: Vec<_> = checked.diagnostics.iter().filter(|found| found.severity == leadwright::diagnostic::Severity::Error).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let plain = program::lower(&checked.policy);
        Scene { checked, plain }
    }

    pub fn policy(&self) -> &Policy {
        &self.checked.policy
    }

    pub fn at(&self, local: &str) -> i64 {
        let local: jiff::civil::DateTime = local.parse().unwrap();
        local.in_tz(&self.policy().timezone).unwrap().timestamp().as_microsecond()
    }

    pub fn events(&self, given: &[Given]) -> Vec<Event> {
        let policy = self.policy();
        given
            .iter()
            .map(|(name, at, values)| {
                let signal = policy.signals.iter().position(|signal| signal.name == *name).unwrap_or_else(|| panic!("no signal {name}"));
                let mut values: Vec<Option<Constant>> =
                    values.iter().map(|value| value.map(|value| Constant::Text(value.to_owned()))).collect();
                values.resize(policy.signals[signal].properties.len(), None);
                Event { signal, at: self.at(at), values }
            })
            .collect()
    }

    /// The course of a lead with these fields that begins at `start`; the same on both evaluators.
    pub fn course(&self, values: Vec<Option<Constant>>, start: i64, events: &[Event], until: i64) -> (Course, OwnedEvents, Texts) {
        let replay = Replay::new(self.policy(), &self.plain);
        let interpreter = interpreted(replay.program());
        let rows = Rows::new(replay.program()).unwrap();
        let code = |inputs: &[Option<i64>], parameters: &Parameters, outputs: &mut [Option<i64>]| rows.run(inputs, parameters, outputs);
        let (defined, events_of, texts) = self.course_on(&replay, &interpreter, values.clone(), start, events, until);
        let (compiled, _, _) = self.course_on(&replay, &code, values, start, events, until);
        assert_eq!(defined, compiled, "machine code goes another way than the interpreter");
        (defined, events_of, texts)
    }

    fn course_on(
        &self,
        replay: &Replay,
        evaluate: &Evaluate,
        values: Vec<Option<Constant>>,
        start: i64,
        events: &[Event],
        until: i64,
    ) -> (Course, OwnedEvents, Texts) {
        let policy = self.policy();
        let mut texts = Texts::default();
        let digested = digest(policy, replay.layout(), events, &mut texts);
        let block = record::encode(policy, &record::Histories::new(policy), replay.program(), &[Lead { values, ..Lead::default() }], start)
            .unwrap();
        let inputs: Vec<Option<i64>> = block.columns.iter().map(|column| column.get(0)).collect();
        let mut course = Course::default();
        let subject = Subject { inputs: &inputs, events: digested.view(), texts: &texts, start, key_hash: 0 };
        let mut scratch = replay.scratch(Zone::named(&policy.timezone).unwrap());
        replay.run(evaluate, &subject, until, &mut |_| 0, &mut scratch, &mut course);
        (course, digested, texts)
    }

    /// Each step on a line: time, stages, reason and queues.
    pub fn told(&self, values: Vec<Option<Constant>>, start: &str, given: &[Given], until: &str) -> Vec<String> {
        let (course, events, texts) = self.course(values, self.at(start), &self.events(given), self.at(until));
        let policy = self.policy();
        let replay = Replay::new(policy, &self.plain);
        let zone = record::zone(policy).unwrap();
        let show = record::show::Show { policy, zone: &zone };
        let stage = |stage: usize| policy.stages[stage].name.as_str();
        let line = |step: &leadwright::history::replay::Step| {
            let mut line = format!("{} {} -> {}", show.time(step.at), step.from.map_or("", stage), stage(step.to));
            match replay.reason(events.view(), step) {
                Reason::None => {}
                Reason::Text(text) => line += &format!(" because {text}"),
                Reason::Property { value, .. } => line += &format!(" because {}", texts.text(value).unwrap()),
            }
            for (route, given) in policy.routes.iter().zip(&step.given) {
                if let Some(queue) = given.queue {
                    line += &format!(" {} {}", route.name, policy.queues[queue].name);
                }
            }
            line
        };
        course.steps.iter().skip(1).map(line).collect()
    }
}
