//! Which scratch columns a kernel needs, and which of its steps.
//!
//! Enters: steps, each writing registers of its own. Leaves: the steps that some output needs, on as few scratch columns as their order allows.
//! What is only copied to an output is written there at once. Always holds: a register keeps its value until the last step that reads it is done, so a step never writes what it reads.

use rustc_hash::{FxHashMap, FxHashSet};

use super::step::{Element, Place, Register, Step};
use crate::jit::lanes::Lanes;

/// The number of scratch columns of each width.
pub type Counts = [usize; Lanes::ALL.len()];

/// Drops steps that nothing reads and numbers registers anew.
pub fn assign(steps: &mut Vec<Step>) -> Counts {
    drop_copies(steps);
    drop_unread(steps);
    let mut last_read: FxHashMap<Register, usize> = FxHashMap::default();
    for (number, step) in steps.iter_mut().enumerate() {
        step.for_each_write(|place| note(place, number, &mut last_read));
        step.for_each_read(|place| note(place, number, &mut last_read));
    }
    let mut ends: Vec<Vec<Register>> = vec![Vec::new(); steps.len()];
    last_read.iter().for_each(|(register, step)| ends[*step].push(*register));

    let mut pools: [Pool; Lanes::ALL.len()] = Default::default();
    let mut taken: FxHashMap<Register, u32> = FxHashMap::default();
    for (step, ends) in steps.iter_mut().zip(ends) {
        step.for_each_read(|place| {
            if let Place::Scratch(register) = place {
                register.number = taken[register];
            }
        });
        step.for_each_write(|place| {
            if let Place::Scratch(register) = place {
                let number = pools[register.lanes as usize].take();
                taken.insert(*register, number);
                register.number = number;
            }
        });
        for register in ends {
            if let Some(number) = taken.remove(&register) {
                pools[register.lanes as usize].free.push(number);
            }
        }
    }
    pools.map(|pool| pool.count as usize)
}

fn note(place: &Place, step: usize, last_read: &mut FxHashMap<Register, usize>) {
    if let Place::Scratch(register) = place {
        last_read.insert(*register, step);
    }
}

/// What is only copied to an output is written there.
fn drop_copies(steps: &mut Vec<Step>) {
    let mut reads: FxHashMap<Register, usize> = FxHashMap::default();
    for step in steps.iter_mut() {
        step.for_each_read(|place| {
            if let Place::Scratch(register) = place {
                *reads.entry(*register).or_default() += 1;
            }
        });
    }
    let copied = |step: &Step| match step {
        Step::Convert { from: Element::Signed(from), to, value: Place::Scratch(register), into } if from == to && reads[register] == 1 => {
            Some((*register, *into))
        }
        _ => None,
    };
    let targets: FxHashMap<Register, Place> = steps.iter().filter_map(copied).collect();
    steps.retain(|step| copied(step).is_none());
    for step in steps {
        step.for_each_write(|place| {
            if let Place::Scratch(register) = place
                && let Some(output) = targets.get(register)
            {
                *place = *output;
            }
        });
    }
}

fn drop_unread(steps: &mut Vec<Step>) {
    let mut read: FxHashSet<Register> = FxHashSet::default();
    let mut kept: Vec<Step> = Vec::with_capacity(steps.len());
    for mut step in steps.drain(..).rev() {
        let mut is_read = matches!(step, Step::Gather { .. });
        step.for_each_write(|place| {
            is_read |= match place {
                Place::Scratch(register) => read.contains(register),
                Place::Input(_) | Place::Constant(_) | Place::Parameter(_) | Place::Output(_) => true,
            };
        });
        if is_read {
            step.for_each_read(|place| {
                if let Place::Scratch(register) = place {
                    read.insert(*register);
                }
            });
            kept.push(step);
        }
    }
    kept.reverse();
    *steps = kept;
}

#[derive(Default)]
struct Pool {
    count: u32,
    free: Vec<u32>,
}

impl Pool {
    fn take(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.count += 1;
            self.count - 1
        })
    }
}
