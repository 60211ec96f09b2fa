//! Attributes of a score: what is looked at, its weight, and the rows that give points for its values.
//!
//! Always holds: a row with a mistake hides none of another row. What such a row was meant to say is not known, so of the block as a whole
//! only what is wrong whatever it says is reported.

use super::check::Checker;
use super::constants::{bare, scale_of};
use super::expressions::{Scope, constant};
use super::patterns::{Case, Cover, Line};
use super::value::{Constant, Decimal, Type, Unit};
use super::words::a_value_of;
use super::{Attribute, BandRow, Expr, Matcher, RowPoints};
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::syntax::tree::{self, Pattern, PatternKind, Points};

impl Checker<'_> {
    /// `beds 30% { … }`
    pub(crate) fn attribute(&mut self, tree: &tree::Attribute, section: &tree::Section) -> Option<Attribute> {
        let weighted = !section.gives_points();
        let name = self.one_line(tree.subject.span);
        if let (false, Some(weight)) = (weighted, &tree.weight) {
            let message = format!("attribute `{name}` has a weight, but section `{}` has raw points", section.name.text);
            self.report(Diagnostic::new(Code::WeightMissing, message).at(weight.span, "the rows give their points as they are").replace(
                "take the weight out",
                Applicability::Unsafe,
                weight.span,
                "",
            ));
        }
        if tree.rows.is_empty() {
            self.report(
                Diagnostic::new(Code::EmptyBlock, format!("attribute `{name}` has no rows"))
                    .at(tree.subject.span, "nothing is scored here")
                    .help("write rows such as `100 or more  10`, or leave the attribute out"),
            );
        }
        let subject = self.expression(&tree.subject, Scope::Lead).or_else(|| self.stand_in(&tree.subject, &Scope::Lead));
        let weight = tree.weight.as_ref().map(|number| Decimal { mantissa: number.mantissa, places: number.places });
        let what = format!("`{name}`");
        let Some(subject) = subject else {
            self.check_rows_alone(tree, weighted, &what);
            return None;
        };
        let mut rows = Vec::with_capacity(tree.rows.len());
        let mut cases = Vec::with_capacity(tree.rows.len());
        let mut sound = true;
        let mut complete = true;
        self.memory.rows_of = tree.rows.iter().flat_map(|row| &row.patterns).filter_map(name_of).collect();
        for row in &tree.rows {
            let mut matchers = Vec::with_capacity(row.patterns.len());
            for pattern in &row.patterns {
                let matcher = self.matcher(pattern, &subject, &what);
                complete &= matcher.is_some();
                matchers.extend(matcher.clone());
                cases.push(Case { matcher, pattern, row: row.span });
            }
            let points = self.row_points(row, &matchers, &subject, &what);
            sound &= points.is_some();
            let text = match (row.patterns.first(), row.patterns.last()) {
                (Some(first), Some(last)) => self.one_line(first.span.to(last.span)),
                _ => String::new(),
            };
            sound &= complete;
            rows.push(BandRow {
                matchers,
                points: points.unwrap_or(RowPoints::Constant(Decimal::ZERO)),
                because: row.because.as_ref().map(|text| text.value.clone()),
                text,
                span: row.span,
            });
        }
        self.memory.rows_of.clear();
        if !cases.is_empty() {
            self.check_cover(&Cover { subject: &subject, what: &what, place: tree.subject.span, cases, line: Line::Band });
        }
        let attribute = Attribute {
            doc: tree.doc.as_ref().map(|text| text.value.clone()),
            name,
            display: tree.display.as_ref().map(|text| text.value.clone()),
            subject,
            weight: weight.filter(|_| weighted),
            rows,
            span: tree.span,
        };
        if self.is_stand_in(&attribute.subject) {
            // what grows with it is not known
            let constants = attribute.rows.iter().filter_map(|row| match &row.points {
                RowPoints::Constant(points) if weighted => Some((*points, row.span)),
                RowPoints::Constant(_) | RowPoints::Each(_) | RowPoints::Per { .. } => None,
            });
            constants.for_each(|(points, row)| self.check_priority(points, row));
            return None;
        }
        let moderate = !weighted || self.check_priorities(&attribute, complete);
        (sound && moderate).then_some(attribute)
    }

    fn row_points(&mut self, row: &tree::BandRow, matchers: &[Matcher], subject: &Expr, what: &str) -> Option<RowPoints> {
        let (span, number) = match &row.points {
            Points::Constant(number) => return self.plain(number, "a row of points").map(RowPoints::Constant),
            Points::Each(number, span) | Points::Per(number, _, span) => (*span, number),
        };
        let points = self.plain(number, "a row of points");
        if !matches!(subject.ty, Type::Number { .. }) {
            let message = format!("{what} is {}, so its points cannot grow with it", a_value_of(subject.ty));
            self.report(Diagnostic::new(Code::RowKind, message).at(span, "only the points of a number do").help("write plain points"));
            return None;
        }
        let of_numbers = |matcher: &Matcher| match matcher {
            Matcher::Range { .. } | Matcher::Otherwise => true,
            Matcher::Choice(_) | Matcher::Text(_) | Matcher::Missing => false,
        };
        if !matchers.iter().all(of_numbers) {
            self.report(
                Diagnostic::new(Code::RowKind, format!("a missing value of {what} gives no points that grow with it"))
                    .at(span, "there is no value here")
                    .help("write plain points, such as `missing  0`"),
            );
            return None;
        }
        let Points::Per(_, step, _) = &row.points else { return points.map(RowPoints::Each) };
        if self.is_stand_in(subject) {
            return None;
        }
        let step_value = self.amount(step, super::arithmetic::unit_of(subject), what)?;
        let written = self.one_line(step.span);
        match step_value.at_scale(scale_of(subject.ty)) {
            Some(units) if units > 0 => points.map(|points| RowPoints::Per { points, step: units }),
            Some(_) => {
                self.report(Diagnostic::new(Code::BadRange, format!("a step of `{written}` is not above 0")).at(step.span, ""));
                None
            }
            None => {
                let message = format!("a step of `{written}` has more decimal places than {what} keeps");
                self.report(Diagnostic::new(Code::TooManyPlaces, message).at(step.span, ""));
                None
            }
        }
    }

    /// Rows over something unknown: points and bands of whole numbers mean the same whatever it is.
    fn check_rows_alone(&mut self, tree: &tree::Attribute, weighted: bool, what: &str) {
        for row in &tree.rows {
            let (Points::Constant(number) | Points::Each(number, _) | Points::Per(number, ..)) = &row.points;
            let points = self.plain(number, "a row of points");
            if let (true, Points::Constant(_), Some(points)) = (weighted, &row.points, points) {
                self.check_priority(points, row.span);
            }
        }
        let patterns: Vec<&Pattern> = tree.rows.iter().flat_map(|row| &row.patterns).collect();
        self.check_bands_alone(&patterns, tree.subject.span, what);
    }

    /// Bands of whole numbers that run backwards or overlap do so whatever number they cut.
    pub(crate) fn check_bands_alone(&mut self, patterns: &[&Pattern], place: crate::source::Span, what: &str) {
        let is_whole =
            |tree: &tree::Expr| matches!(&tree.kind, tree::ExprKind::Literal(tree::Literal::Number(number)) if number.places == 0);
        let is_plain = |pattern: &&&Pattern| match &pattern.kind {
            PatternKind::OrMore(end) | PatternKind::Under(end) => is_whole(end),
            PatternKind::To(low, high) | PatternKind::ToUnder(low, high) => is_whole(low) && is_whole(high),
            PatternKind::Value(_) | PatternKind::Missing | PatternKind::Otherwise => false,
        };
        let number = Type::Number { scale: 0, unit: Unit::Money };
        let subject = Expr { range: None, ..constant(Constant::Integer(0), number, place) };
        let mut cases = Vec::new();
        for pattern in patterns.iter().filter(is_plain) {
            let matcher = self.matcher(pattern, &subject, what);
            cases.push(Case { matcher, pattern, row: pattern.span });
        }
        self.check_overlaps(&Cover { subject: &subject, what, place, cases, line: Line::Band });
    }
}

/// The name that a pattern is.
fn name_of(pattern: &Pattern) -> Option<String> {
    let PatternKind::Value(value) = &pattern.kind else { return None };
    match &bare(value).kind {
        tree::ExprKind::Path(path) if path.len() == 1 => Some(path[0].text.clone()),
        _ => None,
    }
}
