//! Decides: the first row whose condition holds. Grids: a table of two indexes.

use super::Lowering;
use crate::model::{Decide, DecideBody, DecideId, DecideRow, Edge, Expr, Grid, Matcher};
use crate::program::{DecideTrace, Op, Value};

impl Lowering<'_> {
    pub fn lower_decide(&mut self, id: DecideId) {
        let Decide { body, .. } = &self.policy.decides[id];
        let trace = match body {
            DecideBody::Rows(rows) => self.first_row(rows),
            DecideBody::Grid(grid) => self.grid(grid),
        };
        self.decides[id] = Some(trace);
    }

    /// The rows are exhaustive, so the last is taken when no earlier one is.
    fn first_row(&mut self, rows: &[DecideRow]) -> DecideTrace {
        let conditions: Vec<Value> = rows.iter().map(|row| self.optional_condition(row.condition.as_ref())).collect();
        let outcomes: Vec<Value> = rows.iter().map(|row| self.builder.constant(row.outcome as i64)).collect();
        let value = match outcomes.split_last() {
            None => self.builder.missing(),
            Some((last, earlier)) => {
                let rows: Vec<(Value, Value)> = conditions.iter().copied().zip(earlier.iter().copied()).collect();
                self.builder.first_match(&rows, *last)
            }
        };
        DecideTrace { rows: conditions, columns: Vec::new(), value }
    }

    fn grid(&mut self, grid: &Grid) -> DecideTrace {
        let row_edges: Vec<&Edge> = grid.rows.iter().map(|(edge, _)| edge).collect();
        let column_edges: Vec<&Edge> = grid.columns.iter().collect();
        let (row, rows) = self.edge(&grid.rows_of, &row_edges);
        let (column, columns) = self.edge(&grid.columns_of, &column_edges);
        let width = column_edges.len();
        let outcomes =
            grid.rows.iter().flat_map(|(_, outcomes)| (0..width).map(|column| outcomes.get(column).map(|outcome| *outcome as i64)));
        let outcomes: Vec<Option<i64>> = outcomes.collect();
        let value = if outcomes.is_empty() {
            self.builder.missing()
        } else {
            let array = self.builder.array(outcomes);
            let start = self.builder.multiply(row, width as i64);
            let index = self.builder.op(Op::Add(start, column));
            self.builder.table(index, array)
        };
        DecideTrace { rows, columns, value }
    }

    /// The number of the edge that takes the value, and for each edge whether it does.
    fn edge(&mut self, subject: &Expr, edges: &[&Edge]) -> (Value, Vec<Value>) {
        let blocks: Vec<&[Matcher]> = edges.iter().map(|edge| std::slice::from_ref(&edge.matcher)).collect();
        let order: Vec<usize> = (0..edges.len()).collect();
        let index = self.matched(subject, &blocks, &order).index;
        let conditions = (0..edges.len()).map(|edge| self.builder.equals(index, edge as i64)).collect();
        (index, conditions)
    }
}
