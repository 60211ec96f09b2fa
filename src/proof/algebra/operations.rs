//! Comparisons of two values, and operations that have no form of their own.

use crate::model::Operator;
use crate::program::{Op, Parameters, Value};
use crate::proof::graph::{Graph, Node, NodeId};

/// No operation that is evaluated here reads them: they are variables.
pub(super) const NO_PARAMETERS: Parameters = Parameters { as_of_day: 0, as_of: 0 };

impl Graph<'_> {
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
        if let Op::Compare { left_shift, right_shift, .. } = op {
            let is_plain = has_constant && *left_shift <= 18 && *right_shift <= 18;
            return is_plain.then(|| self.compare(program, *op, left, right));
        }
        let terms = vec![(left, 1), (right, if matches!(op, Op::Add(..)) { 1 } else { -1 })];
        if matches!(op, Op::Equal(..)) {
            return (has_constant || self.fits(&terms)).then(|| self.equal(left, right));
        }
        if matches!(op, Op::Add(..) | Op::Subtract(..)) {
            return self.fits(&terms).then(|| self.sum(0, terms));
        }
        if matches!(op, Op::Multiply(..)) {
            let (factor, of) = match (self.constant_of(left).flatten(), self.constant_of(right).flatten()) {
                (Some(factor), _) => (factor, right),
                (None, Some(factor)) => (factor, left),
                (None, None) => return None,
            };
            return self.fits(&[(of, factor)]).then(|| self.sum(0, vec![(of, factor)]));
        }
        if !matches!(op, Op::Larger(..) | Op::Smaller(..)) {
            return None;
        }
        let (a, b) = (self.shape(left), self.shape(right));
        let is_larger = matches!(op, Op::Larger(..));
        let left_wins = if is_larger { a.interval.low >= b.interval.high } else { a.interval.high <= b.interval.low };
        let right_wins = if is_larger { b.interval.low >= a.interval.high } else { b.interval.high <= a.interval.low };
        if left_wins && !b.optional { Some(left) } else { (right_wins && !a.optional).then_some(right) }
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

/// An operation with its operands numbered by their places.
pub fn placed(mut op: Op) -> Op {
    let mut place = 0;
    op.for_each_own_operand(|operand| {
        *operand = Value(place);
        place += 1;
    });
    op
}
