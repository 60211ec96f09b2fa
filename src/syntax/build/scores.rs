//! Derived values: lets, scores, decides and grids.

use super::{Builder, Built, Node, Parts, Unbuilt};
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit, nearest};
use crate::source::Span;
use crate::syntax::build::measures::Clauses;
use crate::syntax::grammar::Rule;
use crate::syntax::tree::{
    Adjust, Attribute, BandRow, Comparison, Conversion, Decide, DecideRow, Expr, ExprKind, Grid, GridRow, Guard, Let, Name, Pattern,
    PatternKind, Points, PointsKind, PointsRow, Score, ScorePart, Section, SectionRow,
};

impl Builder<'_> {
    /// `let quiet_days = days since last page_view`
    pub fn let_value(&mut self, node: Node) -> Built<Let> {
        let mut parts = Parts::of(node);
        let (name, display) = self.heading(&mut parts)?;
        Ok(Let { name, display, value: self.expression(parts.need(Rule::expression)?)? })
    }

    /// `score readiness from 0 to 100 rounded to 0 places { … }`
    pub fn score(&mut self, node: Node) -> Built<Score> {
        let mut parts = Parts::of(node);
        let (name, display) = self.heading(&mut parts)?;
        let mut score = Score { name, display, running: None, range: None, rounded: None, parts: Vec::new() };
        for part in parts {
            match part.as_rule() {
                Rule::RUNNING => score.running = Some(self.span(&part)),
                Rule::score_range => {
                    let mut ends = Parts::of(part);
                    let low = self.number(ends.need(Rule::number)?);
                    score.range = Some((low, self.number(ends.need(Rule::number)?)));
                }
                Rule::rounding => {
                    let span = self.span(&part);
                    score.rounded = Some((self.places(Parts::of(part).need(Rule::integer)?), span));
                }
                Rule::score_part => score.parts.push(self.score_part(part)?),
                Rule::OPEN_BRACE | Rule::CLOSE_BRACE => {}
                _ => return Err(Unbuilt),
            }
        }
        Ok(score)
    }

    fn score_part(&mut self, node: Node) -> Built<ScorePart> {
        let span = self.span(&node);
        let part = Parts::of(node).part().ok_or(Unbuilt)?;
        match part.as_rule() {
            Rule::section => Ok(ScorePart::Section(self.section(part)?)),
            Rule::adjust => {
                let mut parts = Parts::of(part);
                let points = self.number(parts.need(Rule::number)?);
                let condition = self.when(&mut parts)?.ok_or(Unbuilt)?;
                let because = self.optional_because(&mut parts)?;
                Ok(ScorePart::Adjust(Adjust { doc: self.doc(span), points, condition, because, span }))
            }
            Rule::persona => {
                let mut parts = Parts::of(part);
                let condition = parts.optional(Rule::expression).map(|condition| self.expression(condition)).transpose()?;
                let mut sections = Vec::new();
                while let Some(section) = parts.optional(Rule::section) {
                    sections.push(self.section(section)?);
                }
                Ok(ScorePart::Persona { condition, sections, span })
            }
            _ => Err(Unbuilt),
        }
    }

    /// `section demographic 40% { … }`
    fn section(&mut self, node: Node) -> Built<Section> {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        let (name, display) = self.heading(&mut parts)?;
        let mut section = Section { doc: self.doc(span), name, display, weight: None, points: None, up_to: None, rows: Vec::new(), span };
        for part in parts {
            match part.as_rule() {
                Rule::weight => section.weight = Some(self.weight(part)?),
                Rule::POINTS => section.points = Some(self.span(&part)),
                Rule::up_to => section.up_to = Some(self.number(Parts::of(part).need(Rule::number)?)),
                Rule::section_row => section.rows.push(self.section_row(part)?),
                Rule::OPEN_BRACE | Rule::CLOSE_BRACE => {}
                _ => return Err(Unbuilt),
            }
        }
        Ok(section)
    }

    fn section_row(&mut self, node: Node) -> Built<SectionRow> {
        let span = self.span(&node);
        let part = Parts::of(node).part().ok_or(Unbuilt)?;
        let rule = part.as_rule();
        let mut parts = Parts::of(part);
        match rule {
            Rule::points_row => {
                let points = self.number(parts.need(Rule::number)?);
                let kind = self.points_kind(parts.part().ok_or(Unbuilt)?)?;
                let because = self.optional_because(&mut parts)?;
                Ok(SectionRow::Points(PointsRow { doc: self.doc(span), points, kind, because, span }))
            }
            Rule::attribute => {
                let subject = self.reference(parts.need(Rule::reference)?)?;
                let display = self.optional_text(&mut parts);
                let weight = parts.optional(Rule::weight).map(|weight| self.weight(weight)).transpose()?;
                let mut rows = Vec::new();
                while let Some(band) = parts.optional(Rule::band) {
                    rows.push(self.band(band)?);
                }
                Ok(SectionRow::Attribute(Attribute { doc: self.doc(span), subject, display, weight, rows, span }))
            }
            _ => Err(Unbuilt),
        }
    }

    /// What follows the points of a row in a points section.
    fn points_kind(&mut self, node: Node) -> Built<PointsKind> {
        let rule = node.as_rule();
        let mut parts = Parts::of(node);
        if rule == Rule::points_when {
            return Ok(PointsKind::When(self.when(&mut parts)?.ok_or(Unbuilt)?));
        }
        if let Some(quiet) = parts.optional(Rule::points_quiet) {
            let mut parts = Parts::of(quiet);
            let duration = self.duration(parts.need(Rule::duration)?)?;
            let signal = self.name(parts.need(Rule::name)?);
            let cap = parts.optional(Rule::cap).map(|cap| self.cap(cap)).transpose()?;
            return Ok(PointsKind::PerQuiet { duration, signal, cap });
        }
        let every = parts.optional(Rule::integer).map_or(1, |every| self.integer(every));
        let subject = self.subject(parts.need(Rule::subject)?)?;
        let Clauses { condition, window, since, cap, fading } = self.clauses(&mut parts)?;
        Ok(PointsKind::Per { every, subject, condition, window, since, cap, fading })
    }

    /// `500 or more 10 because "…"`
    fn band(&mut self, node: Node) -> Built<BandRow> {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        let patterns_node = parts.need(Rule::patterns)?;
        let patterns_span = self.span(&patterns_node);
        let patterns = self.patterns(patterns_node)?;
        let points_node = parts.need(Rule::points)?;
        let points_span = self.span(&points_node);
        if patterns_span.end == points_span.start && points_node.as_str().starts_with('-') {
            self.report_dash_range(patterns_span, points_span);
        }
        let points = self.points(points_node)?;
        let because = self.optional_because(&mut parts)?;
        Ok(BandRow { patterns, points, because, span })
    }

    /// `100-499` reads as the value 100 with -499 points.
    fn report_dash_range(&mut self, patterns: Span, points: Span) {
        let written = self.text[patterns.start as usize..points.end as usize].to_owned();
        let dash = Span { end: points.start + 1, ..points };
        self.report(
            Diagnostic::new(Code::Syntax, format!("a band is written with `to`, not `{written}`"))
                .at(patterns.to(points), "this reads as a value and its points")
                .help("write `A to B`, both ends in; put a blank between a value and negative points")
                .replace("write `to`", Applicability::Unsafe, dash, " to "),
        );
    }

    fn points(&mut self, node: Node) -> Built<Points> {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        let number = self.number(parts.need(Rule::number)?);
        if parts.next_if(Rule::EACH).is_some() {
            return Ok(Points::Each(number, span));
        }
        Ok(match parts.optional(Rule::number) {
            Some(step) => Points::Per(number, self.number(step), span),
            None => Points::Constant(number),
        })
    }

    fn patterns(&mut self, node: Node) -> Built<Vec<Pattern>> {
        Parts::of(node).every(Rule::pattern).map(|pattern| self.pattern(pattern)).collect()
    }

    /// `500 or more`, `under 100`, `100 to 499`, `hospital`, `missing`
    fn pattern(&mut self, node: Node) -> Built<Pattern> {
        let span = self.span(&node);
        let part = Parts::of(node).next().ok_or(Unbuilt)?;
        let kind = match part.as_rule() {
            Rule::MISSING => PatternKind::Missing,
            Rule::OTHERWISE => PatternKind::Otherwise,
            Rule::ELSE => {
                self.report_habit(span, "otherwise", "the band for every other value is `otherwise`");
                PatternKind::Otherwise
            }
            Rule::pattern_under => PatternKind::Under(self.constant(Parts::of(part).need(Rule::constant)?)?),
            Rule::pattern_compare => self.pattern_compare(part)?,
            Rule::pattern_from => self.pattern_from(part)?,
            _ => return Err(Unbuilt),
        };
        Ok(Pattern { kind, span })
    }

    fn pattern_from(&mut self, node: Node) -> Built<PatternKind> {
        let mut parts = Parts::of(node);
        let low = self.constant(parts.need(Rule::constant)?)?;
        let mut under = false;
        for part in parts {
            match part.as_rule() {
                Rule::OR_MORE => return Ok(PatternKind::OrMore(low)),
                Rule::TO => {}
                Rule::DOTS => {
                    let dots = self.span(&part);
                    self.report_habit(dots, " to ", "a band is written `A to B`, both ends in");
                }
                Rule::UNDER => under = true,
                Rule::constant => {
                    let high = self.constant(part)?;
                    return Ok(if under { PatternKind::ToUnder(low, high) } else { PatternKind::To(low, high) });
                }
                _ => return Err(Unbuilt),
            }
        }
        Ok(PatternKind::Value(low))
    }

    /// `>= 500`, which a band writes `500 or more`
    fn pattern_compare(&mut self, node: Node) -> Built<PatternKind> {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        let (comparison, _) = self.comparator(parts.need(Rule::comparator)?)?;
        let limit = self.constant(parts.need(Rule::constant)?)?;
        let written = &self.text[limit.span.start as usize..limit.span.end as usize];
        // The next whole number, where there surely is one.
        let next = written.parse::<i64>().ok().and_then(|value| value.checked_add(1)).map(|value| value.to_string());
        let (instead, applicability, kind): (_, _, fn(Expr) -> PatternKind) = match comparison {
            Comparison::AtLeast => (Some(format!("{written} or more")), Applicability::Safe, PatternKind::OrMore),
            Comparison::Below => (Some(format!("under {written}")), Applicability::Safe, PatternKind::Under),
            Comparison::Above => (next.map(|next| format!("{next} or more")), Applicability::Unsafe, PatternKind::OrMore),
            Comparison::AtMost => (next.map(|next| format!("under {next}")), Applicability::Unsafe, PatternKind::Under),
        };
        let diagnostic = Diagnostic::new(Code::Syntax, "a band is written in words: `A or more`, `under A`, `A to B`, `A to under B`")
            .at(span, "a comparison");
        self.report(match instead {
            Some(instead) => {
                diagnostic.help(format!("write `{instead}`")).replace(format!("replace by `{instead}`"), applicability, span, instead)
            }
            None => diagnostic.help("write `A or more` for `>=`, `under A` for `<`"),
        });
        Ok(kind(limit))
    }

    /// `decide status { qualified when … nurture otherwise }`
    pub fn decide(&mut self, node: Node) -> Built<Decide> {
        let mut parts = Parts::of(node);
        let (name, display) = self.heading(&mut parts)?;
        let mut rows = Vec::new();
        while let Some(row) = parts.optional(Rule::decide_row) {
            let mut row = self.decide_row(row)?;
            let last = self.swapped_else(&mut row);
            rows.push(row);
            rows.extend(last);
        }
        self.check_displays(&rows);
        Ok(Decide { name, display, rows })
    }

    fn decide_row(&mut self, node: Node) -> Built<DecideRow> {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        let (outcome, display, guard) = match parts.optional(Rule::swapped_otherwise) {
            Some(swapped) => {
                let swapped_span = self.span(&swapped);
                let outcome = self.name(Parts::of(swapped).need(Rule::name)?);
                self.report_habit(swapped_span, &format!("{} otherwise", outcome.text), "a row begins with its outcome");
                (outcome, None, Guard::Otherwise(swapped_span))
            }
            None => {
                let (outcome, display) = self.heading(&mut parts)?;
                (outcome, display, self.guard(parts.need(Rule::guard)?)?)
            }
        };
        let because = self.optional_because(&mut parts)?;
        Ok(DecideRow { doc: self.doc(span), outcome, display, guard, because, span })
    }

    /// `a when b  else c` reads as `b else c`; a condition has no other constants than `yes` and `no`, so that `c otherwise` was meant.
    fn swapped_else(&mut self, row: &mut DecideRow) -> Option<DecideRow> {
        let Guard::When(Expr { kind: ExprKind::Conversion(Conversion::Else { value, default }), span }) = &row.guard else { return None };
        let ExprKind::Path(path) = &default.kind else { return None };
        let outcome = path.first()?.clone();
        let otherwise = Span { start: value.span.end, ..*span };
        let text = &self.text[otherwise.start as usize..otherwise.end as usize];
        let otherwise = Span { start: otherwise.start + (text.len() - text.trim_start().len()) as u32, ..otherwise };
        row.guard = Guard::When((**value).clone());
        self.report_habit(otherwise, &format!("{} otherwise", outcome.text), "the last row of a table is `OUTCOME otherwise`");
        Some(DecideRow { doc: None, outcome, display: None, guard: Guard::Otherwise(otherwise), because: None, span: otherwise })
    }

    /// `when …` or `otherwise`
    pub fn guard(&mut self, node: Node) -> Built<Guard> {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        if parts.next_if(Rule::ELSE).is_some() {
            self.report_habit(span, "otherwise", "the last row says `otherwise`");
            return Ok(Guard::Otherwise(span));
        }
        if parts.next_if(Rule::OTHERWISE).is_some() {
            return Ok(Guard::Otherwise(span));
        }
        Ok(Guard::When(self.when(&mut parts)?.ok_or(Unbuilt)?))
    }

    /// `grid grade of fit across engagement { 75 or more, under 75  70 or more a1, a2  under 70 b1, b2 }`
    pub fn grid(&mut self, node: Node) -> Built<Grid> {
        let mut parts = Parts::of(node);
        let (name, display) = self.heading(&mut parts)?;
        let rows_of = self.reference(parts.need(Rule::reference)?)?;
        let columns_of = self.reference(parts.need(Rule::reference)?)?;
        let columns = self.patterns(parts.need(Rule::patterns)?)?;
        let mut rows = Vec::new();
        while let Some(row) = parts.optional(Rule::grid_row) {
            let span = self.span(&row);
            let mut inside = Parts::of(row);
            let pattern = self.pattern(inside.need(Rule::pattern)?)?;
            rows.push(GridRow { pattern, outcomes: self.names(inside.need(Rule::names)?), span });
        }
        let rows = self.with_bands_joined(rows, columns.len());
        let rows = self.with_cells_joined(rows, columns.len());
        Ok(Grid { name, display, rows_of, columns_of, columns, rows })
    }

    /// `40 tto under 70 a1, a2, a3`: a band whose `to` has a slip reads as a row of one cell, and one behind it. In a grid of one column it may be that.
    fn with_bands_joined(&mut self, rows: Vec<GridRow>, columns: usize) -> Vec<GridRow> {
        let mut joined: Vec<GridRow> = Vec::with_capacity(rows.len());
        for row in rows {
            let slip = joined.last().and_then(|before| slip_of_to(before, &row)).filter(|_| columns > 1);
            match slip.filter(|slip| self.is_on_one_line(slip.word.span.end, row.span.start)) {
                Some(Slip { word, kind }) => {
                    let span = joined.pop().map_or(row.span, |before| before.span.to(row.span));
                    let pattern = Pattern { kind, span: Span { end: row.pattern.span.end, ..span } };
                    self.report(
                        Diagnostic::new(Code::Syntax, format!("write `to` for `{}`", word.text))
                            .at(word.span, "between the two ends of a band")
                            .help("did you mean `to`?")
                            .replace("replace by `to`", Applicability::Unsafe, word.span, "to"),
                    );
                    joined.push(GridRow { pattern, outcomes: row.outcomes, span });
                }
                None => joined.push(row),
            }
        }
        joined
    }

    /// `70 or more a1 a2 a3`: without commas, the second cell reads as the next row and the third as what that gives. They are cells if all of their line together are as many as the columns.
    fn with_cells_joined(&mut self, rows: Vec<GridRow>, columns: usize) -> Vec<GridRow> {
        let mut joined: Vec<GridRow> = Vec::with_capacity(rows.len());
        let mut rows = rows.into_iter().peekable();
        while let Some(mut row) = rows.next() {
            let (mut behind, mut count) = (Vec::new(), row.outcomes.len());
            while count < columns
                && let Some(next) =
                    rows.next_if(|next| cell_of(&next.pattern).is_some() && self.is_on_one_line(row.span.end, next.span.start))
            {
                count += 1 + next.outcomes.len();
                behind.push(next);
            }
            if behind.is_empty() || count != columns {
                joined.push(row);
                joined.extend(behind);
                continue;
            }
            let mut edits = Vec::new();
            for next in behind {
                row.span = row.span.to(next.span);
                for cell in cell_of(&next.pattern).into_iter().chain(next.outcomes) {
                    let comma = row.outcomes.last().map_or(cell.span, |before| before.span).after();
                    let is_there = self.text[comma.start as usize..cell.span.start as usize].contains(',');
                    edits.extend((!is_there).then(|| Edit { span: comma, text: ",".to_owned() }));
                    row.outcomes.push(cell);
                }
            }
            let names: Vec<&str> = row.outcomes.iter().map(|cell| cell.text.as_str()).collect();
            let cells = row.outcomes.iter().map(|cell| cell.span).reduce(Span::to).unwrap_or(row.span);
            self.report(
                Diagnostic::new(Code::Syntax, "commas are missing between the cells of the grid")
                    .at(cells, "each begins behind a comma")
                    .help(format!("the cells of a row are parted by commas: `{}`", names.join(", ")))
                    .fix("insert the commas", Applicability::Unsafe, edits),
            );
            joined.push(row);
        }
        joined
    }

    fn is_on_one_line(&self, end: u32, start: u32) -> bool {
        self.text.get(end as usize..start as usize).is_some_and(|between| !between.contains('\n'))
    }
}

/// A word between two rows that was meant as `to`, and the band that they are then.
struct Slip {
    word: Name,
    kind: PatternKind,
}

fn slip_of_to(before: &GridRow, row: &GridRow) -> Option<Slip> {
    let [word] = before.outcomes.as_slice() else { return None };
    let PatternKind::Value(low) = &before.pattern.kind else { return None };
    let kind = match &row.pattern.kind {
        PatternKind::Value(high) => PatternKind::To(low.clone(), high.clone()),
        PatternKind::Under(high) => PatternKind::ToUnder(low.clone(), high.clone()),
        PatternKind::Missing | PatternKind::Otherwise | PatternKind::OrMore(_) | PatternKind::To(..) | PatternKind::ToUnder(..) => {
            return None;
        }
    };
    let is_literal = |end: &Expr| matches!(end.kind, ExprKind::Literal(_));
    let ends_in_literal = matches!(&kind, PatternKind::To(_, high) | PatternKind::ToUnder(_, high) if is_literal(high));
    let is_meant = nearest(&word.text, ["to"]).is_some() || ["until", "till", "upto", "through", "thru"].contains(&word.text.as_str());
    (is_literal(low) && ends_in_literal && is_meant).then(|| Slip { word: word.clone(), kind })
}

/// The name that a pattern consists of, which may have been meant as a cell.
fn cell_of(pattern: &Pattern) -> Option<Name> {
    let PatternKind::Value(Expr { kind: ExprKind::Path(path), .. }) = &pattern.kind else { return None };
    let [name] = path.as_slice() else { return None };
    Some(name.clone())
}
