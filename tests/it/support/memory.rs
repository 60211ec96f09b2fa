//! Leads with signals in memory, from cells as pages write them, on both evaluators.
//!
//! A signal is a row `key, time, name, property value, …`; an entry of the stage log is a row `key, time, from, to, forget NAME`, whose `from` and
//! `forget` may be left out.

use std::collections::BTreeMap;

use leadwright::batch::cells::CellReader;
use leadwright::calendar::Zone;
use leadwright::column::Block;
use leadwright::interpret;
use leadwright::jit::{Compiled, Rows};
use leadwright::model::{Constant, Event, Field, Interval, Policy, Transition, Type};
use leadwright::program::{self, OutputKind};
use leadwright::record::reader::Reader;
use leadwright::record::show::Show;
use leadwright::record::{self, Histories, Lead};
use leadwright::source::Sources;

pub struct Memory<'p> {
    policy: &'p Policy,
    sources: &'p Sources,
    zone: Zone,
    as_of: i64,
}

/// Per lead, what each name came out as: scored columns and lets. None is missing.
pub type Answers = Vec<BTreeMap<String, Option<String>>>;

impl<'p> Memory<'p> {
    pub fn new(policy: &'p Policy, sources: &'p Sources, as_of: &str) -> Memory<'p> {
        let mut memory = Memory { policy, sources, zone: Zone::named(&policy.timezone).unwrap(), as_of: 0 };
        memory.as_of = memory.time(as_of).unwrap_or_else(|| panic!("no time: {as_of}"));
        memory
    }

    fn time(&mut self, cell: &str) -> Option<i64> {
        self.value(Type::Time, cell).map(|value| match value {
            Constant::Integer(value) => value,
            Constant::Text(text) => panic!("{text}"),
        })
    }

    fn value(&mut self, ty: Type, cell: &str) -> Option<Constant> {
        let cell = cell.trim();
        if cell.is_empty() {
            return None;
        }
        if ty == Type::Text {
            return Some(Constant::Text(cell.to_string()));
        }
        let read = CellReader::new(self.policy, ty, Interval::FULL, &self.zone).text(cell);
        read.unwrap_or_else(|reason| panic!("{cell}: {reason:?}")).map(Constant::Integer)
    }

    fn named<'f>(fields: &'f [Field], name: &str) -> (usize, &'f Field) {
        fields.iter().enumerate().find(|(_, field)| field.name == name).unwrap_or_else(|| panic!("nothing is called {name}"))
    }

    fn stage(&self, name: &str) -> Option<usize> {
        let name = name.trim();
        let stages = &self.policy.stages;
        (!name.is_empty()).then(|| stages.iter().position(|stage| stage.name == name).unwrap_or_else(|| panic!("no stage {name}")))
    }

    pub fn lead(&mut self, columns: &[String], cells: &[String]) -> Lead {
        let mut lead = Lead { values: vec![None; self.policy.fields.len()], ..Lead::default() };
        for (column, cell) in columns.iter().zip(cells) {
            match column.as_str() {
                "stage" => lead.stage = self.stage(cell),
                "stage_since" => lead.stage_since = self.time(cell),
                "rest_until" => lead.rest_until = self.time(cell),
                _ => {
                    let (id, field) = Self::named(&self.policy.fields, column);
                    lead.values[id] = self.value(field.ty, cell);
                }
            }
        }
        lead
    }

    pub fn event(&mut self, cells: &[String]) -> Event {
        let signals = &self.policy.signals;
        let signal = signals.iter().position(|signal| signal.name == cells[2]).unwrap_or_else(|| panic!("no signal {}", cells[2]));
        let properties = &signals[signal].properties;
        let mut values = vec![None; properties.len()];
        for cell in &cells[3..] {
            let (name, value) = cell.split_once(' ').unwrap_or((cell, ""));
            let (id, property) = Self::named(properties, name);
            values[id] = self.value(property.ty, value);
        }
        Event { signal, at: self.time(&cells[1]).expect("a time"), values }
    }

    pub fn transition(&mut self, cells: &[String]) -> Transition {
        let forget = cells.get(4).and_then(|cell| cell.strip_prefix("forget "));
        Transition {
            at: self.time(&cells[1]).expect("a time"),
            from: self.stage(&cells[2]),
            to: self.stage(&cells[3]).expect("a stage"),
            forget: forget.map(|name| self.policy.forgets.iter().position(|forget| forget.section == name).expect("a section")),
            rest_until: None,
            signals_before: None,
        }
    }

    /// What the leads come out as; a difference between the evaluators is a failure.
    pub fn score(&self, leads: &[Lead]) -> Result<Answers, String> {
        let plain = program::lower(self.policy);
        program::verify::verify(&plain.program).unwrap_or_else(|broken| panic!("{broken:#?}"));
        let optimised = program::optimise(&plain.program);
        let histories = Histories::new(self.policy);
        let parameters = record::parameters(self.policy, self.as_of).map_err(|error| error.to_string())?;
        let encode = |program| record::encode(self.policy, &histories, program, leads, self.as_of).map_err(|error| error.to_string());

        let inputs = encode(&optimised)?;
        let interpreted = interpret::run(&optimised, &inputs, &parameters);
        let mut compiled = Block::default();
        Compiled::new(&optimised).map_err(|error| error.to_string())?.run(&inputs, &parameters, &mut compiled);
        if interpreted != compiled {
            return Err("the evaluators differ".to_string());
        }
        let rows = Rows::new(&optimised).map_err(|error| error.to_string())?;
        for row in 0..leads.len() {
            let of = |block: &Block| -> Vec<Option<i64>> { block.columns.iter().map(|column| column.get(row)).collect() };
            let mut alone = vec![None; optimised.outputs.len()];
            rows.run(&of(&inputs), &parameters, &mut alone);
            if alone != of(&interpreted) {
                return Err("a lead alone comes out otherwise".to_string());
            }
        }
        let zone = record::zone(self.policy).map_err(|error| error.to_string())?;
        let inputs = encode(&plain.program)?;
        let mut answers = Vec::new();
        for (row, lead) in leads.iter().enumerate() {
            let values = interpret::row(&plain.program, &inputs, row, &parameters);
            let columns = record::columns(self.policy, &histories, lead, self.as_of).map_err(|error| error.to_string())?;
            let show = Show { policy: self.policy, zone: &zone };
            let reader = Reader::new(self.policy, self.sources, &plain.trace, &values, lead, &columns, show);
            let lets = self.policy.lets.iter().map(|one| (one.name.clone(), reader.shown(&one.value)));
            let mut named: BTreeMap<String, Option<String>> = lets.collect();
            for (index, output) in plain.program.outputs.iter().enumerate() {
                let value = reader.at(output.value);
                if value != compiled.columns[index].get(row) {
                    return Err(format!("`{}` of row {row} changes when the program is optimised", output.name));
                }
                let ty = match output.kind {
                    OutputKind::Number { scale, unit } => Type::Number { scale, unit },
                    OutputKind::Choice(choices) => Type::OneOf(choices),
                    OutputKind::YesNo => Type::YesNo,
                    OutputKind::Date => Type::Date,
                    OutputKind::Time => Type::Time,
                };
                named.insert(output.name.clone(), value.map(|value| reader.show.integer(ty, value)));
            }
            answers.push(named);
        }
        Ok(answers)
    }
}
