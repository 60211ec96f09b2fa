//! The answers to a block of leads.
//!
//! Enters: leads in the model's units and, if the policy has measures, the signals of all leads. Leaves: what the program read, what it answered, and the
//! answers with the clocks' columns behind them. Always holds: a row's answers depend on its lead, on that lead's signals and on the day alone.

use std::cell::RefCell;

use super::encode::Encoder;
use super::error::BatchError;
use super::lead_block::LeadBlock;
use super::signals::Filler;
use super::worker::Evaluate;
use crate::clock::{NoSignals, Past, Snapshot};
use crate::column::Block;

pub struct Answering<'e> {
    pub encoder: Encoder,
    /// none if the policy has no measures and no histories are counted
    pub filler: Option<Filler<'e>>,
    pub evaluate: &'e Evaluate<'e>,
    /// if the policy has any
    pub clocks: Option<&'e Snapshot<'e>>,
    /// instant of the run, seconds since 1970
    pub as_of: i64,
    /// what the program answers; used again and again
    pub raw: Block,
}

impl Answering<'_> {
    /// Runs the program over a block; its answers are in `raw`. Gives what it read.
    pub fn evaluate(&mut self, leads: &mut LeadBlock) -> Result<Block, BatchError> {
        if let Some(filler) = &mut self.filler {
            filler.fill(leads)?;
        }
        let inputs = self.encoder.encode(leads);
        (self.evaluate)(&inputs, &mut self.raw);
        Ok(inputs)
    }

    /// The answers with the clocks' columns; none if the policy has no clocks: then `raw` has all. The program's columns are taken out of `raw`;
    /// `inputs` are what it read for them.
    pub fn completed(&mut self, inputs: &Block) -> Option<Block> {
        let Answering { encoder, filler, clocks, as_of, raw, .. } = self;
        let identity = RefCell::new(|text: &str| encoder.identity(text));
        let past_of = |row: usize| filler.as_ref()?.past(row, inputs, &identity);
        let mut show = |row: usize, read: &mut dyn FnMut(&dyn Past)| match past_of(row) {
            Some(past) => read(&past),
            None => read(&NoSignals),
        };
        clocks.map(|clocks| clocks.complete(raw, *as_of, &mut show))
    }
}
