//! Every set of instructions against plain definitions, on memory that ends where the loops must stop.
//!
//! Arrays stand in boxes of their own, so that a run under a memory checker finds a byte too many: see CONTRIBUTING.md.

use std::marker::PhantomData;

use random::Random;

use super::*;
use crate::jit::kernel::memory::{LINE, Line, Splats};
use crate::jit::kernel::step::{ByteTable, Place, Register};
use crate::jit::kernel::sum::{Bundle, SUM_MAX, Term};
use crate::jit::lanes::Lanes;

/// Some of what it does is for other tests.
#[allow(dead_code)]
#[path = "../../../../tests/it/support/random.rs"]
mod random;

/// Columns of a pass: one input of bytes with validity, and scratch.
struct Columns {
    bytes: Box<[u8]>,
    validity: Box<[u8]>,
    scratch: Box<[Line]>,
    splats: Splats,
    groups: usize,
}

impl Columns {
    fn new(random: &mut Random, groups: usize, below: usize) -> Columns {
        Columns {
            bytes: (0..groups * GROUP).map(|_| random.below(below) as u8).collect(),
            validity: (0..groups * GROUP / 8).map(|_| random.below(256) as u8).collect(),
            scratch: vec![LINE; 2 * groups].into(),
            splats: Splats::default(),
            groups,
        }
    }

    fn is_known(&self, row: usize) -> bool {
        self.validity[row / 8] >> (row % 8) & 1 == 1
    }

    /// Runs a step; the first integers of scratch, one for each row.
    fn run(&mut self, cpu: Cpu, step: &Step, lanes: Lanes) -> Vec<i64> {
        let inputs = [(self.bytes.as_ptr(), self.validity.as_ptr())];
        let parameters = [[0; GROUP]; 2];
        let memory = Memory {
            rows: self.groups * GROUP,
            groups: self.groups,
            pass_rows: self.groups * GROUP,
            inputs: &inputs,
            ahead: &[],
            outputs: &[],
            scratch: self.scratch.as_mut_ptr(),
            scratch_starts: [0; Lanes::ALL.len()],
            splats: &self.splats,
            parameters: &parameters,
            owner: PhantomData,
        };
        // SAFETY: the caller asks for sets that the machine has; the step reads the input and writes the first scratch column, of up to two
        // lines for each group.
        unsafe { cpu.run(std::slice::from_ref(step), &memory) };
        let bytes: Vec<u8> = self.scratch.iter().flat_map(|line| line.0).take(self.groups * GROUP * lanes.bytes()).collect();
        let integer = |bytes: &[u8]| match lanes {
            Lanes::W8 => i64::from(bytes[0] as i8),
            Lanes::W16 => i64::from(i16::from_le_bytes([bytes[0], bytes[1]])),
            Lanes::W32 | Lanes::W64 => unreachable!("no test writes them"),
        };
        bytes.chunks(lanes.bytes()).map(integer).collect()
    }
}

fn first(lanes: Lanes) -> Place {
    Place::Scratch(Register { lanes, number: 0 })
}

fn available() -> impl Iterator<Item = Cpu> {
    Cpu::ALL.into_iter().filter(|cpu| cpu.is_available())
}

#[test]
fn validity_becomes_a_mask() {
    let mut random = Random::new(1);
    for cpu in available() {
        for groups in [1, 2, 5] {
            let mut columns = Columns::new(&mut random, groups, 256);
            let found = columns.run(cpu, &Step::Spread { input: 0, into: first(Lanes::W8) }, Lanes::W8);
            let expected: Vec<i64> = (0..groups * GROUP).map(|row| -i64::from(columns.is_known(row))).collect();
            assert_eq!(found, expected, "{}", cpu.name());
        }
    }
}

#[test]
fn tables_of_every_length() {
    let mut random = Random::new(2);
    for length in 1..=256 {
        let entries: Vec<i64> = (0..length).map(|_| random.below(256) as i64 - 128).collect();
        let mut columns = Columns::new(&mut random, 3, length);
        let expected: Vec<i64> = columns.bytes.iter().map(|byte| entries[usize::from(*byte)]).collect();
        for cpu in available() {
            for lanes in [Lanes::W8, Lanes::W16] {
                let table = Box::new(ByteTable::new(lanes, &entries));
                let step = Step::Table { index: Place::Input(0), table, into: first(lanes) };
                assert_eq!(columns.run(cpu, &step, lanes), expected, "{} entries, {}", length, cpu.name());
            }
        }
    }
}

#[test]
fn sums_of_tables() {
    let mut random = Random::new(3);
    for case in 0..400 {
        let groups = 1 + random.below(9);
        let length = [1, 3, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255][random.below(15)];
        let mut columns = Columns::new(&mut random, groups, length);
        let mut room = SUM_MAX;
        let mut bundles = Vec::new();
        for _ in 0..1 + random.below(6) {
            let weight = random.below(128).min(room as usize / 255) as i8;
            room -= 255 * i64::from(weight);
            let count = 1 + random.below(4);
            let terms = (0..count).map(|_| {
                let mut table = Box::new([0; 256]);
                table.iter_mut().take(length + 1).for_each(|entry| *entry = random.below(255 / count + 1) as u8);
                let missing = (random.below(2) == 0).then_some((0, length as u8));
                Term { index: Place::Input(0), missing, table, length: length + usize::from(missing.is_some()) }
            });
            bundles.push(Bundle { terms: terms.collect(), weight });
        }
        let expected: Vec<i64> = (0..groups * GROUP)
            .map(|row| {
                let entry = |term: &Term| match term.missing {
                    Some((_, byte)) if !columns.is_known(row) => term.table[usize::from(byte)],
                    Some(_) | None => term.table[usize::from(columns.bytes[row])],
                };
                let bytes = |bundle: &Bundle| bundle.terms.iter().map(|term| i64::from(entry(term))).sum::<i64>();
                bundles.iter().map(|bundle| bytes(bundle) * i64::from(bundle.weight)).sum()
            })
            .collect();
        let step = Step::Sum(Box::new(Sum { bundles, into: first(Lanes::W16) }));
        for cpu in available() {
            assert_eq!(columns.run(cpu, &step, Lanes::W16), expected, "case {case}, {}", cpu.name());
        }
    }
}
