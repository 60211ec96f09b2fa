//! The sections of a score: attributes with their bands, and rows of points.
//!
//! Enters: the tree of a section, and what is known of the score so far. Leaves: the typed section; what makes no sense is left out, and the draft of the
//! score says so. Always holds, when nothing was reported: the weights of the section's attributes total 100 %; the rows of an attribute cover its subject.

use rustc_hash::FxHashMap;

use super::check::Checker;
use super::constants::scale_of;
use super::expressions::Scope;
use super::measures::{Clauses, count_of};
use super::patterns::{Case, Cover, Line};
use super::ranges::SIGNALS;
use super::scores::Draft;
use super::value::{Decimal, Type};
use super::weights::Part;
use super::words::a_value_of;
use super::{Attribute, BandRow, Expr, Length, Matcher, MeasureKind, PointsRow, RowPoints, Section, SectionKind};
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, Points, PointsKind, SectionRow};

/// In microseconds.
const HOUR: i64 = 3_600_000_000;

impl Checker<'_> {
    pub(super) fn section_of_score(&mut self, tree: &tree::Section, draft: &mut Draft) -> Section {
        let name = draft.numbers.get(&tree.name.text).copied().unwrap_or(0);
        let kind = match (&tree.points, &tree.weight) {
            (Some(_), _) => {
                let what = format!("section `{}`", tree.name.text);
                let up_to = tree.up_to.as_ref().and_then(|number| self.plain(number, &what));
                draft.sound &= tree.up_to.is_none() || up_to.is_some();
                SectionKind::Points { up_to }
            }
            (None, weight) => {
                if let Some(most) = &tree.up_to {
                    let message = format!("section `{}` is weighted, so it has no `up to`", tree.name.text);
                    self.report(Diagnostic::new(Code::RowKind, message).at(most.span, "").help("only a `points` section has `up to`"));
                }
                // whether the weight makes sense is said where the weights are totalled
                let weight = weight.as_ref().map(|number| Decimal { mantissa: number.mantissa, places: number.places });
                draft.sound &= weight.is_none_or(|weight| weight.is_sane() && weight.mantissa >= 0);
                SectionKind::Weighted(weight.unwrap_or(Decimal::ZERO))
            }
        };
        let weighted = tree.points.is_none();
        if tree.rows.is_empty() {
            let message = format!("section `{}` has no rows", tree.name.text);
            self.report(
                Diagnostic::new(Code::EmptyBlock, message)
                    .at(tree.name.span, "nothing is scored here")
                    .help("write attributes such as `beds 100% { … }`, or leave the section out"),
            );
        }
        let mut attributes = Vec::new();
        let mut points = Vec::new();
        let mut parts = Vec::new();
        let mut seen: FxHashMap<String, Span> = FxHashMap::default();
        for row in &tree.rows {
            match row {
                SectionRow::Attribute(attribute) => {
                    let subject = self.one_line(attribute.subject.span);
                    match seen.get(&subject).copied() {
                        Some(first) => self.report_again(attribute, first, tree),
                        None => {
                            seen.insert(subject, attribute.subject.span);
                        }
                    }
                    if weighted {
                        let place = attribute.display.as_ref().map_or(attribute.subject.span, |display| display.span);
                        let what = format!("attribute `{}`", self.one_line(attribute.subject.span));
                        parts.push(Part { what, weight: attribute.weight.as_ref(), place });
                    }
                    match self.attribute(attribute, tree, draft) {
                        Some(attribute) => attributes.push(attribute),
                        None => draft.sound = false,
                    }
                }
                SectionRow::Points(row) => match self.points_row(row, tree) {
                    Some(row) => points.push(row),
                    None => draft.sound = false,
                },
            }
        }
        if !parts.is_empty() {
            draft.balanced &= self.check_weights(&format!("section `{}`", tree.name.text), tree.name.span, &parts);
        }
        Section { name, doc: tree.doc.as_ref().map(|text| text.value.clone()), kind, attributes, points, span: tree.span }
    }

    fn report_again(&mut self, attribute: &tree::Attribute, first: Span, section: &tree::Section) {
        let subject = self.one_line(attribute.subject.span);
        self.report(
            Diagnostic::new(Code::RepeatedAttribute, format!("attribute `{subject}` stands twice in section `{}`", section.name.text))
                .at(attribute.subject.span, "again")
                .at(first, "first here")
                .help("the points of both count: put them together into one, or leave one out"),
        );
    }

    /// `beds 30% { … }`
    fn attribute(&mut self, tree: &tree::Attribute, section: &tree::Section, draft: &mut Draft) -> Option<Attribute> {
        let weighted = section.points.is_none();
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
        let subject = self.expression(&tree.subject, Scope::Lead);
        let weight = tree.weight.as_ref().map(|number| Decimal { mantissa: number.mantissa, places: number.places });
        draft.sound &= weight.is_none_or(|weight| weight.is_sane() && weight.mantissa >= 0);
        let subject = subject?;
        let what = format!("`{name}`");
        let mut rows = Vec::with_capacity(tree.rows.len());
        let mut cases = Vec::with_capacity(tree.rows.len());
        let mut sound = true;
        for row in &tree.rows {
            let mut matchers = Vec::with_capacity(row.patterns.len());
            for pattern in &row.patterns {
                let matcher = self.matcher(pattern, &subject, &what);
                sound &= matcher.is_some();
                matchers.extend(matcher.clone());
                cases.push(Case { matcher, span: pattern.span, row: row.span });
            }
            let points = self.row_points(row, &matchers, &subject, &what);
            sound &= points.is_some();
            let text = match (row.patterns.first(), row.patterns.last()) {
                (Some(first), Some(last)) => self.one_line(first.span.to(last.span)),
                _ => String::new(),
            };
            rows.push(BandRow {
                matchers,
                points: points.unwrap_or(RowPoints::Constant(Decimal::ZERO)),
                because: row.because.as_ref().map(|text| text.value.clone()),
                text,
                span: row.span,
            });
        }
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
        let sound = sound && (!weighted || self.check_priorities(&attribute));
        sound.then_some(attribute)
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

    /// `+5 when …`, `+100 per ask_for_rep …`
    fn points_row(&mut self, tree: &tree::PointsRow, section: &tree::Section) -> Option<PointsRow> {
        if section.points.is_none() {
            let message = format!("section `{}` is weighted, so it has no rows of points", section.name.text);
            let mut diagnostic = Diagnostic::new(Code::RowKind, message)
                .at(tree.span, "a row of points")
                .help("put it into a `points` section, or write `adjust` behind the sections");
            if section.weight.is_none() && section.rows.iter().all(|row| matches!(row, SectionRow::Points(_))) {
                let name = section.display.as_ref().map_or(section.name.span, |display| display.span);
                diagnostic = diagnostic.replace("make it a `points` section", Applicability::Unsafe, name.after(), " points");
            }
            self.report(diagnostic);
        }
        let points = self.plain(&tree.points, "a row of points");
        let kind = match &tree.kind {
            PointsKind::When(condition) => super::PointsKind::When(self.condition(condition, Scope::Lead)?),
            PointsKind::Per { every, subject, condition, window, since, cap, fading } => {
                let clauses = Clauses {
                    condition: condition.as_ref(),
                    window: window.as_ref(),
                    since: since.as_ref(),
                    cap: cap.as_ref(),
                    fading: fading.as_ref(),
                };
                let measured = self.measured(subject, &clauses)?;
                let answer = count_of(fading.is_some(), cap.as_ref());
                let count = self.new_measure(MeasureKind::Count, measured, answer, tree.span)?;
                super::PointsKind::Per { every: self.every(*every, tree.span)?, count }
            }
            PointsKind::PerQuiet { duration, signal, cap } => {
                let length = self.length(duration, "a quiet time").and_then(|length| self.an_hour_at_least(length, duration));
                let clauses = Clauses { cap: cap.as_ref(), ..Clauses::default() };
                let measured = self.measured(&tree::Subject::Signal(signal.clone()), &clauses);
                let answer = count_of(false, cap.as_ref());
                let count = self.new_measure(MeasureKind::Quiet(length?), measured?, answer, tree.span)?;
                super::PointsKind::Per { every: 1, count }
            }
        };
        Some(PointsRow {
            doc: tree.doc.as_ref().map(|text| text.value.clone()),
            points: points?,
            kind,
            because: tree.because.as_ref().map(|text| text.value.clone()),
            span: tree.span,
        })
    }

    /// Quiet times are counted one by one where a cap or a balance asks for the day of each.
    fn an_hour_at_least(&mut self, length: Length, duration: &tree::Duration) -> Option<Length> {
        match length {
            Length::Elapsed(length) if length < HOUR => {
                let message = format!("`{}` is too short for a quiet time", self.one_line(duration.span));
                self.report(Diagnostic::new(Code::OutOfRange, message).at(duration.span, "").help("a quiet time lasts an hour at least"));
                None
            }
            Length::Days(_) | Length::Elapsed(_) => Some(length),
        }
    }

    /// How many signals give the points once.
    fn every(&mut self, every: u64, span: Span) -> Option<i64> {
        let number = i64::try_from(every).ok().filter(|every| (1..=SIGNALS.high).contains(every));
        if number.is_none() {
            let message = format!("points for every {every} signals have no meaning");
            self.report(
                Diagnostic::new(Code::BadRange, message).at(span, "").help("write how many signals give the points once, at least 1"),
            );
        }
        number
    }
}
