//! Nodes in their simplest form: the one place where values are rewritten.
//!
//! Enters: operands. Leaves: a node that has the same value for every value of the variables. Always holds: each rewriting is an equality over
//! integers that may be missing, not an approximation; so whatever is asked of the result is asked of what was written.
//!
//! What the forms are for: a threshold moves through first-match chains, ranges, roundings and bands until it stands on a sum or on a variable,
//! where equal questions meet; a sum's constant moves into its threshold, and its coefficients are divided by what they have in common, so two partial scores
//! from which the same is still to be reached are one node.

use super::graph::{Graph, Leaf, Node, NodeId};
use crate::model::{Interval, Operator};
use crate::program::{Op, Parameters, Value};

/// How many runs of a table's entries are written as comparisons of its index.
const RUNS_MAX: usize = 8;

/// No operation that is evaluated here reads them: they are variables.
const NO_PARAMETERS: Parameters = Parameters { as_of_day: 0, as_of: 0 };

impl Graph<'_> {
    pub fn constant(&mut self, value: i64) -> NodeId {
        self.intern(Node::Constant(Some(value)))
    }

    pub fn missing(&mut self) -> NodeId {
        self.intern(Node::Constant(None))
    }

    pub fn truth(&mut self, holds: bool) -> NodeId {
        self.constant(i64::from(holds))
    }

    /// What is left of a variable; a constant if that is one value. The domain must not be empty.
    pub fn variable(&mut self, mut leaf: Leaf) -> NodeId {
        if leaf.is_set && leaf.known && leaf.high.count_ones() == 1 && !leaf.missing {
            leaf.low = leaf.high;
        }
        match (leaf.known, leaf.missing) {
            (false, _) => self.missing(),
            (true, false) if leaf.low == leaf.high => self.constant(leaf.low),
            (true, _) => self.intern(Node::Leaf(leaf)),
        }
    }

    /// The caller knows that no part of it leaves 64 bits.
    pub fn sum(&mut self, constant: i64, terms: Vec<(NodeId, i64)>) -> NodeId {
        let mut constant = i128::from(constant);
        let mut flat: Vec<(NodeId, i128)> = Vec::with_capacity(terms.len());
        for (term, coefficient) in terms {
            match self.node(term) {
                Node::Constant(None) => return self.missing(),
                Node::Constant(Some(value)) => constant += i128::from(*value) * i128::from(coefficient),
                Node::Sum { constant: inner, terms } => {
                    constant += i128::from(*inner) * i128::from(coefficient);
                    flat.extend(terms.iter().map(|(term, inner)| (*term, i128::from(*inner) * i128::from(coefficient))));
                }
                _ => flat.push((term, i128::from(coefficient))),
            }
        }
        flat.sort_unstable_by_key(|(term, _)| *term);
        let mut terms: Vec<(NodeId, i64)> = Vec::with_capacity(flat.len());
        let mut rest = flat.into_iter().peekable();
        while let Some((term, mut coefficient)) = rest.next() {
            while let Some((_, more)) = rest.next_if(|(next, _)| *next == term) {
                coefficient += more;
            }
            if coefficient == 0 && !self.shape(term).optional {
                continue;
            }
            terms.push((term, self.within_64_bits(coefficient)));
        }
        let constant = self.within_64_bits(constant);
        match terms.as_slice() {
            [] => self.constant(constant),
            [(term, 1)] if constant == 0 => *term,
            [(term, -1)] if constant == 1 && self.is_condition(*term) => self.not(*term),
            _ => self.intern(Node::Sum { constant, terms: terms.into() }),
        }
    }

    /// A part of a sum that left 64 bits, though the sum cannot, would make the graph say something else than the program: then no proof counts.
    fn within_64_bits(&mut self, part: i128) -> i64 {
        i64::try_from(part).unwrap_or_else(|_| {
            self.is_inexact = true;
            0
        })
    }

    pub fn known(&mut self, of: NodeId) -> NodeId {
        if !self.shape(of).optional {
            return self.truth(true);
        }
        match self.node(of).clone() {
            Node::Constant(value) => self.truth(value.is_some()),
            Node::Sum { terms, .. } => {
                let known = terms.iter().map(|(term, _)| self.known(*term)).collect();
                self.all(known)
            }
            Node::Select(condition, then, otherwise) => {
                let (then, otherwise) = (self.known(then), self.known(otherwise));
                self.select(condition, then, otherwise)
            }
            Node::Operation { op: Op::Band { .. } | Op::Larger(..) | Op::Smaller(..), operands, .. } => {
                let known = operands.iter().map(|operand| self.known(*operand)).collect();
                self.all(known)
            }
            Node::Operation { program, op: Op::Table { array, .. }, operands } => {
                self.table_test(program, array, operands[0], |entry| entry.is_some()).unwrap_or_else(|| self.intern(Node::Known(of)))
            }
            Node::Leaf(_) | Node::Operation { .. } => self.intern(Node::Known(of)),
            Node::AtLeast(..) | Node::HasBits(..) | Node::Known(_) | Node::All(_) | Node::Not(_) => self.truth(true),
        }
    }

    /// Known, and at least the threshold.
    pub fn at_least(&mut self, of: NodeId, threshold: i64) -> NodeId {
        let shape = self.shape(of);
        if self.constant_of(of) == Some(None) || shape.interval.high < threshold {
            return self.truth(false);
        }
        if shape.interval.low >= threshold {
            return self.known(of);
        }
        if shape.condition {
            // neither always nor never, so the threshold is 1
            return of;
        }
        match self.node(of).clone() {
            Node::Sum { constant, terms } => self.sum_at_least(constant, &terms, threshold),
            Node::Select(condition, then, otherwise) => {
                let (then, otherwise) = (self.at_least(then, threshold), self.at_least(otherwise, threshold));
                self.select(condition, then, otherwise)
            }
            Node::Operation { program, op, operands } => match op {
                Op::Larger(..) => {
                    let known = self.known(of);
                    let sides: Vec<NodeId> = operands.iter().map(|operand| self.at_least(*operand, threshold)).collect();
                    let any = self.any(sides);
                    self.all(vec![known, any])
                }
                Op::Smaller(..) => {
                    let sides = operands.iter().map(|operand| self.at_least(*operand, threshold)).collect();
                    self.all(sides)
                }
                Op::Table { array, .. } => {
                    let test = |entry: Option<i64>| entry.is_some_and(|entry| entry >= threshold);
                    self.table_test(program, array, operands[0], test).unwrap_or_else(|| self.intern(Node::AtLeast(of, threshold)))
                }
                Op::Divide { .. } | Op::Quotient(..) | Op::Band { .. } => match self.inverse(program, &op, &operands, threshold) {
                    Some((operand, threshold)) => self.at_least(operand, threshold),
                    None => self.intern(Node::AtLeast(of, threshold)),
                },
                _ => self.intern(Node::AtLeast(of, threshold)),
            },
            Node::Leaf(leaf) => {
                if !leaf.is_set {
                    self.cut(of, threshold);
                }
                self.intern(Node::AtLeast(of, threshold))
            }
            Node::Constant(_) | Node::AtLeast(..) | Node::HasBits(..) | Node::Known(_) | Node::All(_) | Node::Not(_) => {
                self.intern(Node::AtLeast(of, threshold))
            }
        }
    }

    fn sum_at_least(&mut self, constant: i64, terms: &[(NodeId, i64)], threshold: i64) -> NodeId {
        let divisor = terms.iter().fold(0u64, |divisor, (_, coefficient)| common_divisor(divisor, coefficient.unsigned_abs()));
        let divisor = i128::from(divisor.max(1));
        let threshold = (i128::from(threshold) - i128::from(constant)).div_euclid(divisor)
            + i128::from((i128::from(threshold) - i128::from(constant)).rem_euclid(divisor) != 0);
        let Ok(threshold) = i64::try_from(threshold) else {
            let sum = self.sum(constant, terms.to_vec());
            return self.intern(Node::AtLeast(sum, threshold.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64));
        };
        let mut terms: Vec<(NodeId, i64)> =
            terms.iter().map(|(term, coefficient)| (*term, (i128::from(*coefficient) / divisor) as i64)).collect();
        let negative = terms.first().is_some_and(|(_, coefficient)| *coefficient < 0);
        if !negative || threshold == i64::MIN {
            let sum = self.sum(0, terms);
            return match self.node(sum) {
                // another round for what is no sum any more
                Node::Sum { .. } => self.intern_at_least(sum, threshold),
                _ => self.at_least(sum, threshold),
            };
        }
        // a sum of at least t is one whose opposite is not at least 1 - t
        terms.iter_mut().for_each(|(_, coefficient)| *coefficient = -*coefficient);
        let opposite = self.sum(0, terms);
        let known = self.known(opposite);
        let more = match self.node(opposite) {
            Node::Sum { .. } => self.intern_at_least(opposite, 1 - threshold),
            _ => self.at_least(opposite, 1 - threshold),
        };
        let less = self.not(more);
        self.all(vec![known, less])
    }

    fn intern_at_least(&mut self, of: NodeId, threshold: i64) -> NodeId {
        let shape = self.shape(of);
        if shape.interval.high < threshold {
            return self.truth(false);
        }
        if shape.interval.low >= threshold {
            return self.known(of);
        }
        self.intern(Node::AtLeast(of, threshold))
    }

    /// The conditions of a table's index for which the test holds, if they are few.
    fn table_test(&mut self, program: u8, array: u32, index: NodeId, test: impl Fn(Option<i64>) -> bool) -> Option<NodeId> {
        let entries = &self.programs[usize::from(program)].arrays[array as usize];
        let Interval { low, high } = self.shape(index).interval;
        let (first, last) = (low.max(0), high.min(entries.len() as i64 - 1));
        let mut runs: Vec<(i64, i64)> = Vec::new();
        for place in first..=last {
            if test(entries[place as usize]) {
                match runs.last_mut() {
                    Some((_, end)) if *end + 1 == place => *end = place,
                    _ => runs.push((place, place)),
                }
            }
            if runs.len() > RUNS_MAX {
                return None;
            }
        }
        let mut any = Vec::with_capacity(runs.len());
        for (start, end) in runs {
            let from = self.at_least(index, start);
            let beyond = self.at_least(index, end + 1);
            let within = self.not(beyond);
            any.push(self.all(vec![from, within]));
        }
        Some(self.any(any))
    }

    /// For an operation that never falls as its one variable operand rises: the operand, and the least value of it that gives the threshold.
    fn inverse(&mut self, program: u8, op: &Op, operands: &[NodeId], threshold: i64) -> Option<(NodeId, i64)> {
        let operand = *operands.first()?;
        let rest: Option<Vec<i64>> = operands[1..].iter().map(|operand| self.constant_of(*operand).flatten()).collect();
        let rest = rest?;
        let rises = match op {
            Op::Divide { .. } | Op::Quotient(..) => rest.first().is_some_and(|divisor| *divisor > 0),
            Op::Band { .. } => true,
            _ => false,
        };
        let shape = self.shape(operand);
        let program = self.programs[usize::from(program)];
        let value_at = |first: i64| {
            let of = |value: Value| if value.index() == 0 { Some(first) } else { rest.get(value.index() - 1).copied() };
            crate::interpret::operation(program, op, of, |_| None, &NO_PARAMETERS)
        };
        let Interval { mut low, mut high } = shape.interval;
        // missing beyond 64 bits is neither high nor low
        if !rises || value_at(low).is_none() || value_at(high)? < threshold {
            return None;
        }
        while low < high {
            let middle = (i128::from(low) + i128::from(high)).div_euclid(2) as i64;
            if value_at(middle).is_some_and(|value| value >= threshold) { high = middle } else { low = middle + 1 }
        }
        Some((operand, low))
    }

    pub fn not(&mut self, of: NodeId) -> NodeId {
        match self.node(of) {
            Node::Constant(value) => {
                let holds = *value == Some(1);
                self.truth(!holds)
            }
            Node::Not(inner) => *inner,
            _ => self.intern(Node::Not(of)),
        }
    }

    pub fn any(&mut self, members: Vec<NodeId>) -> NodeId {
        let none = members.into_iter().map(|member| self.not(member)).collect();
        let none = self.all(none);
        self.not(none)
    }

    pub fn all(&mut self, members: Vec<NodeId>) -> NodeId {
        let mut flat: Vec<NodeId> = Vec::with_capacity(members.len());
        let mut rest = members;
        while let Some(member) = rest.pop() {
            match self.node(member) {
                Node::Constant(value) => {
                    if *value != Some(1) {
                        return self.truth(false);
                    }
                }
                Node::All(inner) => rest.extend(inner.iter().copied()),
                _ => flat.push(member),
            }
        }
        flat.sort_unstable();
        flat.dedup();
        let Some(flat) = self.without_weaker(flat) else { return self.truth(false) };
        match flat.as_slice() {
            [] => self.truth(true),
            [one] => *one,
            _ => self.intern(Node::All(flat.into())),
        }
    }

    /// Without the thresholds that others imply; none if two of the members exclude each other.
    fn without_weaker(&self, members: Vec<NodeId>) -> Option<Vec<NodeId>> {
        // per compared node: the highest threshold that must be reached, the lowest that must not
        let mut bounds: Vec<(NodeId, Option<i64>, Option<i64>)> = Vec::new();
        for member in &members {
            let (of, least, beyond) = match self.node(*member) {
                Node::AtLeast(of, threshold) => (*of, Some(*threshold), None),
                Node::Not(inner) => match self.node(*inner) {
                    Node::AtLeast(of, threshold) => (*of, None, Some(*threshold)),
                    _ if members.binary_search(inner).is_ok() => return None,
                    _ => continue,
                },
                _ => continue,
            };
            match bounds.iter_mut().find(|(found, _, _)| *found == of) {
                Some((_, most, fewest)) => {
                    *most = (*most).max(least);
                    *fewest = [*fewest, beyond].into_iter().flatten().min();
                }
                None => bounds.push((of, least, beyond)),
            }
        }
        if bounds.iter().any(|(_, least, beyond)| least.zip(*beyond).is_some_and(|(least, beyond)| least >= beyond)) {
            return None;
        }
        if bounds.len() == members.len() {
            return Some(members);
        }
        let bound_of = |of: NodeId| bounds.iter().find(|(found, _, _)| *found == of);
        let keeps = |member: &NodeId| match self.node(*member) {
            Node::AtLeast(of, threshold) => bound_of(*of).is_none_or(|(_, least, _)| *least == Some(*threshold)),
            Node::Not(inner) => match self.node(*inner) {
                Node::AtLeast(of, threshold) => bound_of(*of).is_none_or(|(_, _, beyond)| *beyond == Some(*threshold)),
                _ => true,
            },
            Node::Known(of) => bound_of(*of).is_none_or(|(_, least, _)| least.is_none()),
            _ => true,
        };
        Some(members.into_iter().filter(keeps).collect())
    }

    pub fn select(&mut self, condition: NodeId, then: NodeId, otherwise: NodeId) -> NodeId {
        if let Some(holds) = self.truth_of(condition) {
            return if holds { then } else { otherwise };
        }
        if then == otherwise {
            return then;
        }
        if let Node::Not(inner) = self.node(condition) {
            let inner = *inner;
            return self.select(inner, otherwise, then);
        }
        match (self.constant_of(then).flatten(), self.constant_of(otherwise).flatten()) {
            (Some(then), Some(otherwise)) => {
                if let Some(difference) = then.checked_sub(otherwise) {
                    return self.sum(otherwise, vec![(condition, difference)]);
                }
            }
            (Some(1), None) if self.is_condition(otherwise) => return self.any(vec![condition, otherwise]),
            (Some(0), None) if self.is_condition(otherwise) => {
                let fails = self.not(condition);
                return self.all(vec![fails, otherwise]);
            }
            (None, Some(0)) if self.is_condition(then) => return self.all(vec![condition, then]),
            (None, Some(1)) if self.is_condition(then) => {
                let fails = self.not(condition);
                return self.any(vec![fails, then]);
            }
            (_, _) => {}
        }
        self.intern(Node::Select(condition, then, otherwise))
    }

    pub fn has_bits(&mut self, of: NodeId, mask: i64) -> NodeId {
        match self.node(of).clone() {
            Node::Constant(value) => self.truth(value.is_some_and(|bits| bits & mask != 0)),
            Node::Leaf(leaf) if leaf.is_set => {
                if !leaf.known || leaf.high & mask == 0 {
                    return self.truth(false);
                }
                if leaf.low & mask != 0 || leaf.high & !mask == 0 {
                    // no set is empty
                    return self.known(of);
                }
                self.intern(Node::HasBits(of, mask & leaf.high))
            }
            Node::Select(condition, then, otherwise) => {
                let (then, otherwise) = (self.has_bits(then, mask), self.has_bits(otherwise, mask));
                self.select(condition, then, otherwise)
            }
            _ => self.intern(Node::HasBits(of, mask)),
        }
    }

    /// left × 10^left_shift against right × 10^right_shift.
    pub fn compare(&mut self, program: u8, op: Op, left: NodeId, right: NodeId) -> NodeId {
        let Op::Compare { operator, left_shift, right_shift, .. } = op else { return self.operation(program, op, vec![left, right]) };
        let power = |shift: u8| 10i128.checked_pow(u32::from(shift));
        let (Some(up_left), Some(up_right)) = (power(left_shift), power(right_shift)) else {
            return self.operation(program, op, vec![left, right]);
        };
        // larger × up - smaller × down is at least `by`
        let ((larger, up), (smaller, down)) = match operator {
            Operator::AtLeast | Operator::Above => ((left, up_left), (right, up_right)),
            Operator::AtMost | Operator::Below => ((right, up_right), (left, up_left)),
        };
        let by = match operator {
            Operator::AtLeast | Operator::AtMost => 0,
            Operator::Above | Operator::Below => 1,
        };
        if let Some(constant) = self.constant_of(smaller) {
            let Some(constant) = constant else { return self.truth(false) };
            let threshold = ceiling(i128::from(constant) * down + by, up);
            return match i64::try_from(threshold) {
                Ok(threshold) => self.at_least(larger, threshold),
                Err(_) if threshold > 0 => self.truth(false),
                Err(_) => self.known(larger),
            };
        }
        if let Some(constant) = self.constant_of(larger) {
            let Some(constant) = constant else { return self.truth(false) };
            // the least value of the smaller side that is too much
            let threshold = ceiling(i128::from(constant) * up - by + 1, down);
            let known = self.known(smaller);
            let beyond = match i64::try_from(threshold) {
                Ok(threshold) => self.at_least(smaller, threshold),
                Err(_) if threshold > 0 => self.truth(false),
                Err(_) => return self.truth(false),
            };
            let within = self.not(beyond);
            return self.all(vec![known, within]);
        }
        if let (Ok(up), Ok(down)) = (i64::try_from(up), i64::try_from(down))
            && self.fits(&[(larger, up), (smaller, -down)])
        {
            let difference = self.sum(0, vec![(larger, up), (smaller, -down)]);
            return self.at_least(difference, by as i64);
        }
        self.operation(program, op, vec![left, right])
    }

    /// Both known and equal.
    pub fn equal(&mut self, left: NodeId, right: NodeId) -> NodeId {
        if left == right {
            return self.known(left);
        }
        match (self.constant_of(left), self.constant_of(right)) {
            (Some(None), _) | (_, Some(None)) => self.truth(false),
            (Some(Some(constant)), _) => self.equals(right, constant),
            (None, Some(Some(constant))) => self.equals(left, constant),
            (None, None) if self.fits(&[(left, 1), (right, -1)]) => {
                let difference = self.sum(0, vec![(left, 1), (right, -1)]);
                self.equals(difference, 0)
            }
            (None, None) => self.operation(0, Op::Equal(Value(0), Value(1)), vec![left, right]),
        }
    }

    /// Known and this constant.
    pub fn equals(&mut self, of: NodeId, constant: i64) -> NodeId {
        let reached = self.at_least(of, constant);
        let Some(next) = constant.checked_add(1) else { return reached };
        let beyond = self.at_least(of, next);
        let within = self.not(beyond);
        self.all(vec![reached, within])
    }

    /// Whether a sum of these stays within 64 bits.
    pub fn fits(&self, terms: &[(NodeId, i64)]) -> bool {
        let (mut low, mut high) = (0i128, 0i128);
        for (term, coefficient) in terms {
            let interval = self.shape(*term).interval;
            let ends = [interval.low, interval.high].map(|end| i128::from(end) * i128::from(*coefficient));
            low += ends[0].min(ends[1]);
            high += ends[0].max(ends[1]);
        }
        low >= i128::from(i64::MIN) && high <= i128::from(i64::MAX)
    }

    /// Any operation, whose operands are numbered by their places; one that is worked out already if they are constants.
    pub fn operation(&mut self, program: u8, op: Op, operands: Vec<NodeId>) -> NodeId {
        let asks = matches!(op, Op::Compare { .. } | Op::Equal(..));
        if operands.iter().any(|operand| self.constant_of(*operand) == Some(None)) {
            return if asks { self.truth(false) } else { self.missing() };
        }
        let constants: Option<Vec<i64>> = operands.iter().map(|operand| self.constant_of(*operand).flatten()).collect();
        if let Some(constants) = constants {
            let value = evaluate(self.programs[usize::from(program)], &op, &constants);
            return self.intern(Node::Constant(value));
        }
        if let Some(simpler) = self.simpler(program, &op, &operands) {
            return simpler;
        }
        self.intern(Node::Operation { program, op, operands: operands.into() })
    }

    /// Another form of an operation, where there is one.
    fn simpler(&mut self, program: u8, op: &Op, operands: &[NodeId]) -> Option<NodeId> {
        let [left, right] = *operands else { return None };
        let has_constant = operands.iter().any(|operand| self.constant_of(*operand).is_some());
        match op {
            Op::Compare { left_shift, right_shift, .. } if has_constant && *left_shift <= 18 && *right_shift <= 18 => {
                Some(self.compare(program, *op, left, right))
            }
            Op::Equal(..) if has_constant || self.fits(&[(left, 1), (right, -1)]) => Some(self.equal(left, right)),
            Op::Add(..) if self.fits(&[(left, 1), (right, 1)]) => Some(self.sum(0, vec![(left, 1), (right, 1)])),
            Op::Subtract(..) if self.fits(&[(left, 1), (right, -1)]) => Some(self.sum(0, vec![(left, 1), (right, -1)])),
            Op::Multiply(..) => {
                let (factor, of) = match (self.constant_of(left).flatten(), self.constant_of(right).flatten()) {
                    (Some(factor), _) => (factor, right),
                    (None, Some(factor)) => (factor, left),
                    (None, None) => return None,
                };
                self.fits(&[(of, factor)]).then(|| self.sum(0, vec![(of, factor)]))
            }
            Op::Larger(..) | Op::Smaller(..) => {
                let (a, b) = (self.shape(left), self.shape(right));
                let is_larger = matches!(op, Op::Larger(..));
                let left_wins = if is_larger { a.interval.low >= b.interval.high } else { a.interval.high <= b.interval.low };
                let right_wins = if is_larger { b.interval.low >= a.interval.high } else { b.interval.high <= a.interval.low };
                if left_wins && !b.optional { Some(left) } else { (right_wins && !a.optional).then_some(right) }
            }
            _ => None,
        }
    }
}

/// What an operation gives for known operands.
pub fn evaluate(program: &crate::program::Program, op: &Op, operands: &[i64]) -> Option<i64> {
    match op {
        Op::Calculate(number) => program.calculations[*number as usize].result(operands),
        op => crate::interpret::operation(program, op, |value| operands.get(value.index()).copied(), |_| None, &NO_PARAMETERS),
    }
}

fn ceiling(dividend: i128, divisor: i128) -> i128 {
    dividend.div_euclid(divisor) + i128::from(dividend.rem_euclid(divisor) != 0)
}

fn common_divisor(left: u64, right: u64) -> u64 {
    let (mut left, mut right) = (left, right);
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left
}

/// An operation with its operands numbered by their places.
pub fn placed(op: Op) -> Op {
    let place = |index: u32| Value(index);
    match op {
        Op::Add(..) => Op::Add(place(0), place(1)),
        Op::Subtract(..) => Op::Subtract(place(0), place(1)),
        Op::Multiply(..) => Op::Multiply(place(0), place(1)),
        Op::Divide { shift, .. } => Op::Divide { left: place(0), right: place(1), shift },
        Op::Quotient(..) => Op::Quotient(place(0), place(1)),
        Op::Remainder(..) => Op::Remainder(place(0), place(1)),
        Op::Larger(..) => Op::Larger(place(0), place(1)),
        Op::Smaller(..) => Op::Smaller(place(0), place(1)),
        Op::Compare { operator, left_shift, right_shift, .. } => {
            Op::Compare { operator, left: place(0), right: place(1), left_shift, right_shift }
        }
        Op::Equal(..) => Op::Equal(place(0), place(1)),
        Op::HasBits { mask, .. } => Op::HasBits { value: place(0), mask },
        Op::Table { array, .. } => Op::Table { index: place(0), array },
        Op::Band { thresholds, .. } => Op::Band { value: place(0), thresholds },
        Op::Turn { seed, total, .. } => Op::Turn { hash: place(0), seed, total },
        Op::Find { lookup, keys } => {
            let values: Vec<Value> = (0..u32::from(keys.count)).map(Value).collect();
            Op::Find { lookup, keys: crate::program::KeyList::new(&values).unwrap_or(keys) }
        }
        // no operands, or a form of their own
        Op::Input(_)
        | Op::Parameter(_)
        | Op::Constant(_)
        | Op::Missing
        | Op::Calculate(_)
        | Op::Else(..)
        | Op::Select(..)
        | Op::Known(_)
        | Op::And(..)
        | Op::Or(..)
        | Op::Not(_) => op,
    }
}
