//! Rows: the one that is to be first, points that are to be given, a way that is to be taken.

use super::{Bundle, Solver, Want, combined};
use crate::model::{Attribute, DecideBody, Decimal, Expr, Matcher, RowPoints, Score, Type};

impl Solver<'_> {
    pub(super) fn decide(&self, id: usize, want: &Want, depth: usize) -> Vec<Bundle> {
        let Some(decide) = self.policy.decides.get(id) else { return Vec::new() };
        match &decide.body {
            DecideBody::Rows(rows) => {
                let wanted = rows.iter().enumerate().filter(|(_, row)| want.takes(row.outcome as i64));
                let conditions: Vec<Option<&Expr>> = rows.iter().map(|row| row.condition.as_ref()).collect();
                wanted.flat_map(|(index, _)| self.first_match(&conditions, index, depth)).collect()
            }
            DecideBody::Grid(grid) => {
                let cells = grid
                    .rows
                    .iter()
                    .flat_map(|(edge, outcomes)| grid.columns.iter().zip(outcomes).map(move |(column, outcome)| (edge, column, *outcome)));
                let wanted = cells.filter(|(_, _, outcome)| want.takes(*outcome as i64));
                wanted
                    .flat_map(|(row, column, _)| {
                        combined(&[
                            self.matches(&grid.rows_of, &row.matcher, depth),
                            self.matches(&grid.columns_of, &column.matcher, depth),
                        ])
                    })
                    .collect()
            }
        }
    }

    /// The row of that number is the first that holds.
    pub fn first_match(&self, conditions: &[Option<&Expr>], row: usize, depth: usize) -> Vec<Bundle> {
        let mut each: Vec<Vec<Bundle>> = conditions[..row.min(conditions.len())]
            .iter()
            .flatten()
            .map(|condition| self.expression(condition, &Want::Truth(false), depth))
            .collect();
        // what must hold comes last and so prevails
        each.extend(conditions.get(row).copied().flatten().map(|condition| self.expression(condition, &Want::Truth(true), depth)));
        let mut found = combined(&each);
        if let Some(Some(condition)) = conditions.get(row) {
            found.extend(self.expression(condition, &Want::Truth(true), depth));
        }
        found
    }

    /// The subject of rows is what one of them matches.
    pub fn matches(&self, subject: &Expr, matcher: &Matcher, depth: usize) -> Vec<Bundle> {
        let want = match (matcher, subject.ty) {
            (Matcher::Choice(choice), Type::SomeOf(_)) => Want::Bits(1i64.checked_shl(*choice as u32).unwrap_or(1)),
            (Matcher::Choice(choice), Type::YesNo) => Want::Truth(*choice == 1),
            (Matcher::Choice(choice), _) => Want::exactly(*choice as i64),
            (Matcher::Text(text), _) => Want::Text(text.clone()),
            (Matcher::Range { low, high }, _) => Want::Range(*low, *high),
            (Matcher::Missing, _) => Want::Missing,
            (Matcher::Otherwise, Type::Text) => Want::Text("x".to_owned()),
            (Matcher::Otherwise, _) => return Vec::new(),
        };
        self.expression(subject, &want, depth)
    }

    /// Leads as far up or down the score as its rows can bring them, and on the way there.
    pub(super) fn score(&self, score: &Score, section: Option<usize>, want: &Want, depth: usize) -> Vec<Bundle> {
        let directions: &[bool] = match want {
            Want::Range(Some(_), None) => &[true],
            Want::Range(None, Some(_)) => &[false],
            Want::Range(Some(_), Some(_)) => &[true, false],
            Want::Range(None, None) | Want::Missing | Want::Text(_) | Want::Bits(_) | Want::Truth(_) => return Vec::new(),
        };
        let mut found = Vec::new();
        for up in directions {
            for persona in 0..score.personas.len().min(3) {
                let steps = self.steps(score, persona, section, *up, depth);
                let lengths = [steps.len(), steps.len() / 2, steps.len().div_ceil(4)];
                let mut seen = Vec::new();
                for length in lengths {
                    if !seen.contains(&length) {
                        seen.push(length);
                        found.push(steps[..length].concat());
                    }
                }
            }
        }
        found
    }

    /// One bundle for each row that moves the score that way.
    fn steps(&self, score: &Score, persona: usize, section: Option<usize>, up: bool, depth: usize) -> Vec<Bundle> {
        let conditions: Vec<Option<&Expr>> = score.personas.iter().map(|persona| persona.condition.as_ref()).collect();
        let mut steps: Vec<Bundle> = self.first_match(&conditions, persona, depth).into_iter().take(1).collect();
        let adds = |points: Decimal| (points.mantissa > 0) == up;
        for adjust in score.adjusts.iter().filter(|_| section.is_none()) {
            steps.extend(self.expression(&adjust.condition, &Want::Truth(adds(adjust.points)), depth).into_iter().next());
        }
        let sections = score.personas.get(persona).into_iter().flat_map(|persona| &persona.sections);
        for one in sections.filter(|one| section.is_none_or(|section| section == one.name)) {
            for row in &one.points {
                steps.extend(self.points_row(row, adds(row.points), depth).into_iter().next());
            }
            steps.extend(one.attributes.iter().filter_map(|attribute| self.best(attribute, up, depth)));
        }
        steps
    }

    pub fn points_row(&self, row: &crate::model::PointsRow, gives: bool, depth: usize) -> Vec<Bundle> {
        match &row.kind {
            crate::model::PointsKind::When(condition) => self.expression(condition, &Want::Truth(gives), depth),
            crate::model::PointsKind::Per { every, count } => {
                let scale = if let Type::Number { scale, .. } = count.ty { scale } else { 0 };
                let least = every.saturating_mul(10i64.saturating_pow(u32::from(scale)));
                let want = if gives { Want::Range(Some(least), None) } else { Want::exactly(0) };
                self.expression(count, &want, depth)
            }
        }
    }

    /// The row of most, or least, points.
    fn best(&self, attribute: &Attribute, up: bool, depth: usize) -> Option<Bundle> {
        let worth = |points: &RowPoints| {
            let points = match points {
                RowPoints::Constant(points) | RowPoints::Each(points) | RowPoints::Per { points, .. } => *points,
            };
            let exact = points.mantissa.saturating_mul(10i128.saturating_pow(u32::from(18u8.saturating_sub(points.places))));
            if up { exact } else { exact.saturating_neg() }
        };
        let mut rows: Vec<_> = attribute.rows.iter().collect();
        rows.sort_by_key(|row| std::cmp::Reverse(worth(&row.points)));
        let matchers = rows.into_iter().flat_map(|row| &row.matchers);
        matchers.filter_map(|matcher| self.matches(&attribute.subject, matcher, depth).into_iter().next()).next()
    }

    /// Leads that some row of the flow moves.
    pub(super) fn moving(&self, is_meant: impl Fn(&[usize], usize) -> bool, depth: usize) -> Vec<Bundle> {
        let rows = self.policy.flows.iter().flat_map(|flow| &flow.rows).filter(|row| is_meant(&row.from, row.to));
        rows.take(4).flat_map(|row| self.flow_row(row, depth)).collect()
    }
}
