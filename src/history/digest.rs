//! Signals in memory to the columns that measures read.
//!
//! Enters: a lead's signals in any order. Leaves: [`OwnedEvents`]. Always holds: the conditions are answered by the interpreter, as they are for
//! signals of files; a blank text is a missing one; a signal that the policy does not have is left out.

use super::{Layout, OwnedEvents, Texts};
use crate::calendar::Zone;
use crate::interpret;
use crate::model::{ColumnId, Constant, Event, Policy};
use crate::program::encode::encode;
use crate::program::{OutputRole, Parameters};

pub fn digest(policy: &Policy, layout: &Layout, events: &[Event], texts: &mut Texts) -> OwnedEvents {
    let known = |event: &&Event| event.signal < policy.signals.len() && u16::try_from(event.signal).is_ok();
    let mut sorted: Vec<&Event> = events.iter().filter(known).collect();
    sorted.sort_by_key(|event| (event.at, event.signal));

    let mut digested = OwnedEvents {
        at: sorted.iter().map(|event| event.at).collect(),
        signal: sorted.iter().filter_map(|event| u16::try_from(event.signal).ok()).collect(),
        bits: vec![0; sorted.len() * layout.words()],
        values: vec![0; sorted.len() * layout.values()],
    };
    for (index, event) in sorted.iter().enumerate() {
        let Some(signal) = layout.signal(event.signal) else { continue };
        for (slot, kept) in signal.kept.iter().enumerate() {
            let value = match event.values.get(kept.property).and_then(Option::as_ref) {
                Some(Constant::Integer(value)) => *value,
                Some(Constant::Text(text)) if !text.trim().is_empty() => texts.code(text),
                Some(Constant::Text(_)) | None => continue,
            };
            digested.values[index * layout.values() + slot] = value;
            set_bit(&mut digested.bits, layout.words(), index, signal.known_bit(slot));
        }
    }
    answer_conditions(policy, layout, &sorted, &mut digested);
    digested
}

fn answer_conditions(policy: &Policy, layout: &Layout, events: &[&Event], digested: &mut OwnedEvents) {
    if events.is_empty() || policy.event_conditions.is_empty() {
        return;
    }
    let program = layout.program();
    let property = |event: usize, column: ColumnId| {
        let event = events.get(event)?;
        event.values.get(layout.property(event.signal, column)?)?.as_ref()
    };
    let mut zone = Zone::named(&policy.timezone).unwrap_or_else(|_| Zone::utc());
    // a property out of its range has been refused before; whatever is asked of one, the answer is no
    let Ok(block) = encode(program, &mut zone, events.len(), property, |_, _| None) else { return };
    // no condition over a signal looks at as-of
    let answers = interpret::run(program, &block, &Parameters { as_of_day: 0, as_of: 0 });
    for (output, column) in program.outputs.iter().zip(&answers.columns) {
        let OutputRole::EventCondition(condition) = output.role else { continue };
        for (index, event) in events.iter().enumerate() {
            let bit = layout.signal(event.signal).and_then(|signal| signal.condition_bit(condition));
            if let Some(bit) = bit.filter(|_| column.get(index) == Some(1)) {
                set_bit(&mut digested.bits, layout.words(), index, bit);
            }
        }
    }
}

fn set_bit(bits: &mut [u64], words: usize, event: usize, bit: usize) {
    if let Some(word) = bits.get_mut(event * words + bit / 64) {
        *word |= 1 << (bit % 64);
    }
}
