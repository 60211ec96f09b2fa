//! Leadwright through its library: machine code over blocks and over single rows, and the whole way that an embedder takes.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::iter;
use std::slice;
use std::thread;

use ::leadwright::column::Block;
use ::leadwright::jit::{Compiled, Rows};
use ::leadwright::model::{Constant, Type};
use ::leadwright::policy::{Backend, Policy};
use ::leadwright::program::{OutputKind, Parameters};
use ::leadwright::record::{self, Histories, Lead};

use crate::Failure;
use crate::leads::{Cell, Setup};
use crate::measure::{self, Answer, Measured, one_by_one};

const BLOCK_ROWS: usize = 8_192;
const SCORE_PLACES: u32 = 3;

struct Ready {
    policy: Policy,
    compiled: Compiled,
    parameters: Parameters,
}

impl Ready {
    fn new() -> Result<Ready, Failure> {
        let files = BTreeMap::from([("scorecard.lead".to_string(), include_str!("../../../files/scorecard.lead").to_string())]);
        let policy = Policy::load(&files, "scorecard.lead").map_err(|refused| format!("{:?}", refused.diagnostics))?;
        let compiled = Compiled::new(policy.program())?;
        let parameters = record::parameters(policy.model(), 0)?;
        Ok(Ready { policy, compiled, parameters })
    }

    fn lead(&self, row: usize, setup: &Setup) -> Lead {
        let field = |name: &str| setup.policy.fields.iter().position(|field| field.name == name);
        let values = self.policy.model().fields.iter().map(|known| match (field(&known.name), known.ty) {
            (Some(field), ty) => self.constant(&setup.leads[row][field], ty),
            (None, _) => Some(Constant::Text(format!("L{row}"))),
        });
        Lead { values: values.collect(), ..Lead::default() }
    }

    fn constant(&self, cell: &Cell, ty: Type) -> Option<Constant> {
        let number = match (cell, ty) {
            (Cell::Missing, _) => return None,
            (Cell::Choice(name), Type::OneOf(choices)) => self.policy.model().choices[choices].index_of(name)? as i64,
            (Cell::YesNo(yes), _) => i64::from(*yes),
            (Cell::Number(number), _) => *number,
            (Cell::Choice(name), _) => panic!("`{name}` is of a field without choices"),
        };
        Some(Constant::Integer(number))
    }

    fn blocks(&self, setup: &Setup) -> Result<Vec<Block>, Failure> {
        let histories = Histories::new(self.policy.model());
        let rows: Vec<usize> = (0..setup.leads.len()).collect();
        let encode = |rows: &[usize]| {
            let leads: Vec<Lead> = rows.iter().map(|row| self.lead(*row, setup)).collect();
            record::encode(self.policy.model(), &histories, self.policy.program(), &leads, 0)
        };
        Ok(rows.chunks(BLOCK_ROWS).map(encode).collect::<Result<Vec<_>, _>>()?)
    }

    /// The output of that name.
    fn output(&self, name: &str) -> usize {
        self.policy.program().outputs.iter().position(|output| output.name == name).unwrap_or_else(|| panic!("there is no answer `{name}`"))
    }

    fn answer(&self, setup: &Setup, outputs: &dyn Fn(usize) -> Option<i64>) -> Answer {
        let name = |answer: &str| {
            let output = self.output(answer);
            let OutputKind::Choice(choices) = self.policy.program().outputs[output].kind else { panic!("`{answer}` is no choice") };
            let number = outputs(output).unwrap_or_else(|| panic!("no `{answer}`"));
            self.policy.model().choices[choices].members[number as usize].name.as_str()
        };
        let total = self.output("total");
        let OutputKind::Number { scale, .. } = self.policy.program().outputs[total].kind else { panic!("`total` is no number") };
        let score = outputs(total).unwrap_or_else(|| panic!("no `total`"));
        setup.answer(thousandths(score, u32::from(scale)), name("status"), name("handover"))
    }
}

/// A number of so many decimal places in thousandths.
fn thousandths(value: i64, places: u32) -> i64 {
    let thousandths =
        if places < SCORE_PLACES { value * 10_i64.pow(SCORE_PLACES - places) } else { value / 10_i64.pow(places - SCORE_PLACES) };
    let back = if places < SCORE_PLACES {
        thousandths / 10_i64.pow(SCORE_PLACES - places)
    } else {
        thousandths * 10_i64.pow(places - SCORE_PLACES)
    };
    assert_eq!(back, value, "a score is a whole number of thousandths");
    thousandths
}

fn run(ready: &Ready, blocks: &[Block], output: &mut Block) {
    for block in blocks {
        ready.compiled.run(black_box(block), &ready.parameters, output);
        black_box(&*output);
    }
}

/// Blocks of 8,192 leads that lie in memory, one after the other; each thread has its share of them.
pub fn blocks(setup: &Setup, threads: usize) -> Result<Measured, Failure> {
    let ready = Ready::new()?;
    let blocks = ready.blocks(setup)?;
    let mut outputs: Vec<Block> = iter::repeat_with(Block::default).take(threads).collect();
    let mut answers = Vec::with_capacity(setup.leads.len());
    for block in &blocks {
        ready.compiled.run(block, &ready.parameters, &mut outputs[0]);
        answers.extend((0..block.rows).map(|row| ready.answer(setup, &|output| outputs[0].columns[output].get(row))));
    }
    let share = blocks.len().div_ceil(threads);
    let nanoseconds = measure::least(setup.time, setup.leads.len(), || {
        thread::scope(|scope| {
            for (share, output) in blocks.chunks(share).zip(&mut outputs) {
                let ready = &ready;
                scope.spawn(move || run(ready, share, output));
            }
        });
    });
    Ok(Measured { answers, nanoseconds })
}

/// One lead per call, as the integers that machine code works on.
pub fn rows(setup: &Setup) -> Result<Measured, Failure> {
    let ready = Ready::new()?;
    let code = Rows::new(ready.policy.program())?;
    let row = |block: &Block, row: usize| block.columns.iter().map(|column| column.get(row)).collect::<Vec<Option<i64>>>();
    let mut rows: Vec<Vec<Option<i64>>> =
        ready.blocks(setup)?.iter().flat_map(|block| (0..block.rows).map(move |number| row(block, number))).collect();
    let mut output = vec![None; ready.policy.program().outputs.len()];
    let answers = rows.iter().map(|row| {
        code.run(row, &ready.parameters, &mut output);
        ready.answer(setup, &|index| output[index])
    });
    let answers = answers.collect();
    let mut output = vec![None; ready.policy.program().outputs.len()];
    let nanoseconds = measure::least_of_each(setup.time, &mut rows, |row| {
        code.run(row, &ready.parameters, &mut output);
        black_box(&output);
    });
    Ok(Measured { answers, nanoseconds })
}

/// One lead per call through `Policy::score`: checked, encoded, scored, and every answer as text.
pub fn policy_api(setup: &Setup) -> Result<Measured, Failure> {
    let ready = Ready::new()?;
    let mut leads: Vec<Lead> = (0..setup.leads.len()).map(|row| ready.lead(row, setup)).collect();
    let score =
        |lead: &mut Lead| ready.policy.score(slice::from_ref(lead), 0, Backend::Jit).unwrap_or_else(|error| panic!("{error}")).remove(0);
    let answer = |answer: ::leadwright::policy::Answer| {
        let of = |name: &str| answer.get(name).unwrap_or_else(|| panic!("no `{name}`")).to_string();
        let points: f64 = of("total").parse().unwrap_or_else(|error| panic!("{error}"));
        setup.answer((points * 1_000.0).round() as i64, &of("status"), &of("handover"))
    };
    Ok(one_by_one(setup.time, &mut leads, score, answer))
}
