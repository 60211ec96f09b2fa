//! What the values of a program are inside the generated function at hand.

use crate::program::{Program, Value};

/// Something for each value that the function at hand has so far; used again by the next one.
pub struct Filled<T> {
    of: Vec<Option<T>>,
    filled: Vec<Value>,
}

impl<T: Copy> Filled<T> {
    pub fn new(program: &Program) -> Filled<T> {
        Filled { of: vec![None; program.ops.len()], filled: Vec::new() }
    }

    pub fn get(&self, value: Value) -> Option<T> {
        self.of[value.index()]
    }

    pub fn fill(&mut self, value: Value, slot: T) {
        self.of[value.index()] = Some(slot);
        self.filled.push(value);
    }

    /// Takes as long as was filled, not as the program is.
    pub fn clear(&mut self) {
        for value in self.filled.drain(..) {
            self.of[value.index()] = None;
        }
    }
}
