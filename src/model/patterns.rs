//! Rows of attributes and edges of grids: patterns are typed against what they cut, then it is checked that they cover it without overlap.
//!
//! Always holds, when nothing was reported: each known value of the subject is matched by exactly one pattern other than `otherwise`, or by
//! `otherwise`; a missing value by `missing`, which stands exactly if the subject can be missing.

use rustc_hash::FxHashMap;

use super::check::Checker;
use super::constants::{scale_of, written_range};
use super::coverage::{gaps, overlaps};
use super::domains::{open_ended, written_domain};
use super::meanings::Meant;
use super::value::{Constant, Decimal, Interval, Type, fold_text};
use super::words::{a_value_of, as_written, listed};
use super::{ChoicesId, Expr, Matcher};
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit};
use crate::source::Span;
use crate::syntax::tree::{self, Pattern, PatternKind};

/// A block of patterns over one subject.
pub(crate) struct Cover<'c> {
    pub subject: &'c Expr,
    /// how messages name the subject, backquotes included
    pub what: &'c str,
    /// where the block is called incomplete
    pub place: Span,
    /// in the order of the text
    pub cases: Vec<Case<'c>>,
    pub line: Line,
}

/// What may be lacking in a cover.
struct Lack<'c> {
    cover: &'c Cover<'c>,
    /// what patterns with a mistake surely match
    meant: &'c [Matcher],
    /// the other ones with a mistake
    broken: &'c [&'c Case<'c>],
    /// one of these that may stand for all that is lacking
    anything: Option<&'c Case<'c>>,
}

/// What the patterns of a cover head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// rows that give points: a fix may write new ones, which then give 0
    Band,
    GridRow,
    GridColumn,
}

impl Line {
    fn word(self) -> &'static str {
        match self {
            Line::Band | Line::GridRow => "row",
            Line::GridColumn => "column",
        }
    }
}

/// One pattern, and the row that it is in.
pub(crate) struct Case<'c> {
    /// none if it makes no sense, which has been reported
    pub matcher: Option<Matcher>,
    pub pattern: &'c Pattern,
    pub row: Span,
}

impl Checker<'_> {
    /// What a pattern matches, in the units of the subject.
    pub(crate) fn matcher(&mut self, pattern: &Pattern, subject: &Expr, what: &str) -> Option<Matcher> {
        let range = written_range(&self.policy, subject);
        let ends = match &pattern.kind {
            PatternKind::Missing | PatternKind::Otherwise => [None, None],
            PatternKind::Value(end) | PatternKind::OrMore(end) | PatternKind::Under(end) => [Some(end), None],
            PatternKind::To(low, high) | PatternKind::ToUnder(low, high) => [Some(low), Some(high)],
        };
        if ends.into_iter().flatten().any(|end| self.may_be_too_fine(end, subject)) {
            return None;
        }
        match &pattern.kind {
            PatternKind::Missing => Some(Matcher::Missing),
            PatternKind::Otherwise => Some(Matcher::Otherwise),
            PatternKind::Value(value) => match self.constant(value, subject.ty, range, what)? {
                Constant::Text(text) => Some(Matcher::Text(fold_text(&text))),
                Constant::Integer(units) => match subject.ty {
                    Type::OneOf(_) | Type::YesNo => usize::try_from(units).ok().map(Matcher::Choice),
                    Type::SomeOf(_) => Some(Matcher::Choice(units.trailing_zeros() as usize)),
                    Type::Text | Type::Number { .. } | Type::Date | Type::Time => {
                        Some(Matcher::Range { low: Some(units), high: Some(units) })
                    }
                },
            },
            PatternKind::OrMore(low) => {
                self.has_order(subject, what, pattern.span)?;
                let low = self.compared_constant(low, subject.ty, range, what)?;
                Some(Matcher::Range { low: Some(at_least(low, subject.ty)?), high: None })
            }
            PatternKind::Under(high) => {
                self.has_order(subject, what, pattern.span)?;
                let below = self.end_left_out(high, subject.ty, range, what)?;
                match below_units(below, subject.ty) {
                    Some(high) => Some(Matcher::Range { low: None, high: Some(high) }),
                    None => {
                        self.report_empty(pattern, what);
                        None
                    }
                }
            }
            PatternKind::To(low_tree, high_tree) => {
                self.has_order(subject, what, pattern.span)?;
                let told = self.diagnostics.len();
                let low = self.compared_constant(low_tree, subject.ty, range, what);
                let high = self.compared_constant(high_tree, subject.ty, range, what);
                let (low, high) = (low?, high?);
                // an end outside of the range is why it runs backwards
                if self.diagnostics.len() > told && runs_backwards(low, high) {
                    return None;
                }
                self.band(pattern, (low_tree, low), (high_tree, high), at_most, subject.ty, what)
            }
            PatternKind::ToUnder(low_tree, high_tree) => {
                self.has_order(subject, what, pattern.span)?;
                let told = self.diagnostics.len();
                let low = self.compared_constant(low_tree, subject.ty, range, what);
                let high = self.end_left_out(high_tree, subject.ty, range, what);
                let (low, high) = (low?, high?);
                // an end outside of the range is why it runs backwards
                if self.diagnostics.len() > told && runs_backwards(low, high) {
                    return None;
                }
                self.band(pattern, (low_tree, low), (high_tree, high), below_units, subject.ty, what)
            }
        }
    }

    /// Checks that the cases cover the subject, each value once.
    pub(crate) fn check_cover(&mut self, cover: &Cover<'_>) {
        let broken = cover.cases.iter().filter(|case| case.matcher.is_none());
        let meant: Vec<(&Case, Meant)> = broken.map(|case| (case, self.meant(case, cover))).collect();
        let (meant, mut broken): (Vec<_>, Vec<_>) = meant.into_iter().partition(|(_, meant)| matches!(meant, Meant::This(_)));
        let meant: Vec<Matcher> = meant.into_iter().filter_map(|(_, meant)| meant.matcher()).collect();
        self.check_otherwise(cover);
        self.check_repeats(cover);
        let bands = bands(cover);
        self.check_overlaps(cover);
        let anything = broken.iter().find(|(_, meant)| *meant == Meant::Anything).map(|(case, _)| *case);
        self.check_missing(cover, &meant, &mut broken);
        let is_value = |matcher: &Matcher| *matcher != Matcher::Missing;
        let mut matchers = cover.cases.iter().filter_map(|case| case.matcher.as_ref()).chain(&meant);
        // where no pattern fits the subject, it may be the subject that is not what was meant
        let is_about_another = (!broken.is_empty() || !meant.is_empty()) && !matchers.clone().any(is_value);
        if is_about_another || matchers.any(|matcher| *matcher == Matcher::Otherwise) {
            return;
        }
        let broken: Vec<&Case> = broken.into_iter().map(|(case, _)| case).collect();
        let gap = Lack { cover, meant: &meant, broken: &broken, anything };
        match cover.subject.ty {
            Type::Number { .. } | Type::Date | Type::Time => self.check_gaps(&bands, &gap),
            Type::YesNo => self.check_choices(&["no".to_owned(), "yes".to_owned()], &gap),
            Type::OneOf(choices) | Type::SomeOf(choices) => self.check_named_choices(choices, &gap),
            Type::Text => {
                let diagnostic = Diagnostic::new(Code::NotExhaustive, format!("the rows of {} do not cover every text", cover.what))
                    .at(cover.place, "a text can be anything")
                    .help("add an `otherwise` row");
                let diagnostic = self.adding_rows(diagnostic, cover, "add an `otherwise` row", &["otherwise".to_owned()]);
                self.report(diagnostic);
            }
        }
    }

    /// `otherwise` stands last; only a `missing` row may follow, since `otherwise` never takes what is missing.
    fn check_otherwise(&mut self, cover: &Cover<'_>) {
        let mut otherwise: Option<Span> = None;
        for case in &cover.cases {
            match (&case.matcher, otherwise) {
                (Some(Matcher::Missing), _) => {}
                (None, Some(_)) if self.meant(case, cover).may_be_missing() => {}
                (_, Some(first)) => {
                    let message = format!("`{}` stands behind `otherwise`", self.one_line(case.pattern.span));
                    self.report(
                        Diagnostic::new(Code::RowAfterOtherwise, message)
                            .at(case.pattern.span, "move it before `otherwise`")
                            .at(first, "this takes whatever no row before it takes")
                            .help("let `otherwise` be the last row; only `missing` may follow it"),
                    );
                }
                (Some(Matcher::Otherwise), None) => otherwise = Some(case.pattern.span),
                (_, None) => {}
            }
        }
    }

    fn check_repeats(&mut self, cover: &Cover<'_>) {
        let mut seen: FxHashMap<&Matcher, Span> = FxHashMap::default();
        for case in &cover.cases {
            let Some(matcher) = &case.matcher else { continue };
            match matcher {
                // a second `otherwise` stands behind the first, a second band overlaps the first
                Matcher::Range { .. } | Matcher::Otherwise => {}
                Matcher::Choice(_) | Matcher::Text(_) | Matcher::Missing => {
                    if let Some(first) = seen.get(matcher) {
                        let message = format!("`{}` has two {}s", self.one_line(case.pattern.span), cover.line.word());
                        let first = *first;
                        self.report(
                            Diagnostic::new(Code::RepeatedChoice, message)
                                .at(case.pattern.span, "again")
                                .at(first, "first here")
                                .help("leave one of them out"),
                        );
                    } else {
                        seen.insert(matcher, case.pattern.span);
                    }
                }
            }
        }
    }

    pub(crate) fn check_overlaps(&mut self, cover: &Cover<'_>) {
        let bands = bands(cover);
        let intervals: Vec<Interval> = bands.iter().map(|(interval, _)| *interval).collect();
        for (first, second) in overlaps(&intervals) {
            let common =
                Interval { low: intervals[first].low.max(intervals[second].low), high: intervals[first].high.min(intervals[second].high) };
            let (first, second) = (bands[first].1.pattern.span, bands[second].1.pattern.span);
            let common = self.show_values(common, cover.subject.ty);
            let message = format!("`{}` and `{}` of {} overlap", self.one_line(first), self.one_line(second), cover.what);
            self.report(
                Diagnostic::new(Code::BandsOverlap, message)
                    .at(second, format!("{common} is in both"))
                    .at(first, "the other band")
                    .help("end one band where the other begins; `A to under B` leaves B out"),
            );
        }
    }

    /// A word that may be meant for `missing` is taken for it, if nothing else is.
    fn check_missing(&mut self, cover: &Cover<'_>, meant: &[Matcher], broken: &mut Vec<(&Case, Meant)>) {
        let row = cover.cases.iter().find(|case| case.matcher == Some(Matcher::Missing));
        match row {
            None if !cover.subject.optional || meant.contains(&Matcher::Missing) => {}
            None if let Some(at) = broken.iter().position(|(_, meant)| meant.may_be_missing()) => {
                let text = format!("no {} says what `missing` gives", cover.line.word());
                self.add_label(broken[at].0.pattern.span, cover.place, text);
                if broken[at].1 == Meant::Word {
                    broken.remove(at);
                }
            }
            None => {
                let diagnostic = Diagnostic::new(
                    Code::MissingRowAbsent,
                    format!("{} can be missing, and no {} says what that gives", cover.what, cover.line.word()),
                )
                .at(cover.place, "this can be missing")
                .help(format!("add a `missing` {}", cover.line.word()));
                let diagnostic = self.adding_rows(diagnostic, cover, "add a `missing` row that gives 0", &["missing".to_owned()]);
                self.report(diagnostic);
            }
            Some(case) if !cover.subject.optional => {
                let mut diagnostic = Diagnostic::new(Code::MissingRowIdle, format!("{} is never missing", cover.what))
                    .at(case.pattern.span, "no lead can match this row");
                let alone = cover.cases.iter().filter(|other| other.row == case.row).count() == 1;
                if cover.line == Line::Band && alone && cover.cases.len() > 1 {
                    diagnostic = diagnostic.replace("take the row out", Applicability::Safe, self.line_of(case.row), "");
                }
                self.report(diagnostic);
            }
            Some(_) => {}
        }
    }

    fn check_gaps(&mut self, bands: &[(Interval, &Case)], lack: &Lack<'_>) {
        let Lack { cover, broken, .. } = *lack;
        const SHOWN_MAX: usize = 3;
        let intervals: Vec<Interval> = bands.iter().map(|(interval, _)| *interval).collect();
        let domain = written_domain(&self.policy, cover.subject);
        let gaps = gaps(domain, &intervals);
        let Some(first) = gaps.first() else { return };
        let names: Vec<String> = gaps.iter().map(|gap| self.show_gap(*gap, domain, cover.subject.ty)).collect();
        // a band covers one gap
        if gaps.len() <= broken.len() || lack.anything.is_some() {
            let turned = broken.iter().filter_map(|case| self.memory.turned.get(&case.pattern.span));
            let gaps = super::coverage::gaps(domain, &intervals.iter().chain(turned).copied().collect::<Vec<_>>());
            let names: Vec<String> = gaps.iter().map(|gap| self.show_gap(*gap, domain, cover.subject.ty)).collect();
            self.say_lacking(lack, &names, "is not covered");
            return;
        }
        let shown = names[..names.len().min(SHOWN_MAX)].join(", ");
        let more = if names.len() > SHOWN_MAX { format!(" and {} more", names.len() - SHOWN_MAX) } else { String::new() };
        let mut diagnostic = Diagnostic::new(Code::BandsGap, format!("the bands of {} leave out {shown}{more}", cover.what))
            .at(cover.place, format!("{} is not covered", names.first().map_or("", String::as_str)));
        let below = bands.iter().filter(|(band, _)| band.high < first.low).max_by_key(|(band, _)| band.high);
        let above = bands.iter().filter(|(band, _)| band.low > first.high).min_by_key(|(band, _)| band.low);
        for (neighbour, side) in [(below, "below the gap"), (above, "above the gap")] {
            if let Some((_, case)) = neighbour {
                diagnostic = diagnostic.at(case.pattern.span, side);
            }
        }
        let at_an_end = gaps.iter().any(|gap| gap.low == domain.low || gap.high == domain.high);
        let help = open_ended(&self.policy, cover.subject).filter(|_| at_an_end);
        let help = help.unwrap_or_else(|| format!("add a {} for it, or let a band reach further", cover.line.word()));
        let diagnostic = match self.beside(broken) {
            Some(beside) => diagnostic.help(format!("{help}; {beside}")),
            // a gap may be wider than what is known of it
            None if self.is_stand_in(cover.subject) => diagnostic.help(help),
            None => self.adding_rows(diagnostic.help(help), cover, "add rows that give 0", &names),
        };
        self.report(diagnostic);
    }

    /// Rows with a mistake may be meant for what is lacking: their messages say so.
    fn say_lacking(&mut self, lack: &Lack<'_>, lacking: &[String], is_lacking: &str) {
        const SHOWN_MAX: usize = 3;
        let rows = lack.anything.into_iter().chain(lack.broken.iter().copied()).chain(lack.broken.last().copied().into_iter().cycle());
        for (name, case) in lacking.iter().zip(rows).take(SHOWN_MAX) {
            self.add_label(case.pattern.span, lack.cover.place, format!("{name} {is_lacking}"));
        }
    }

    fn check_named_choices(&mut self, choices: ChoicesId, lack: &Lack<'_>) {
        let names: Vec<String> = self.choice_names(choices).iter().map(|name| as_written(name)).collect();
        self.check_choices(&names, lack);
    }

    fn check_choices(&mut self, names: &[String], lack: &Lack<'_>) {
        let Lack { cover, broken, .. } = *lack;
        let mut covered = vec![false; names.len()];
        for matcher in cover.cases.iter().filter_map(|case| case.matcher.as_ref()).chain(lack.meant) {
            if let Matcher::Choice(index) = matcher
                && let Some(place) = covered.get_mut(*index)
            {
                *place = true;
            }
        }
        let lacking: Vec<String> = names.iter().zip(&covered).filter(|(_, covered)| !**covered).map(|(name, _)| name.clone()).collect();
        if lacking.len() <= broken.len() || lack.anything.is_some() {
            let lacking: Vec<String> = lacking.iter().map(|name| format!("`{}`", name.trim_matches('`'))).collect();
            self.say_lacking(lack, &lacking, &format!("has no {}", cover.line.word()));
            return;
        }
        let (verb, rows) = if lacking.len() == 1 { ("has", "a row that gives 0") } else { ("have", "rows that give 0") };
        let diagnostic =
            Diagnostic::new(Code::NotExhaustive, format!("{} of {} {verb} no {}", listed(&lacking), cover.what, cover.line.word()))
                .at(cover.place, "not every case is covered");
        let help = format!("add a {0} for each, or one `otherwise` {0}", cover.line.word());
        let diagnostic = match self.beside(broken) {
            Some(beside) => diagnostic.help(format!("{help}; {beside}")),
            None => self.adding_rows(diagnostic.help(help), cover, &format!("add {rows}"), &lacking),
        };
        self.report(diagnostic);
    }

    /// Which rows with a mistake may be meant for some of what is lacking.
    fn beside(&self, broken: &[&Case]) -> Option<String> {
        let rows: Vec<String> = broken.iter().map(|case| self.one_line(case.pattern.span)).collect();
        match rows.len() {
            0 => None,
            1 => Some(format!("{}, once mended, can cover one of these", listed(&rows))),
            _ => Some(format!("{}, once mended, can cover one each", listed(&rows))),
        }
    }

    /// `100 to 499`; open where the domain ends.
    fn show_gap(&self, gap: Interval, domain: Interval, ty: Type) -> String {
        match (gap.low == domain.low, gap.high == domain.high) {
            _ if gap.low == gap.high => self.show(gap.low, ty),
            (true, true) => "every value".to_owned(),
            (true, false) => format!("under {}", self.show(gap.high.saturating_add(1), ty)),
            (false, true) => format!("{} or more", self.show(gap.low, ty)),
            (false, false) => self.show_range(gap, ty),
        }
    }

    /// Offers to write rows that give 0 behind the last row.
    fn adding_rows(&self, diagnostic: Diagnostic, cover: &Cover<'_>, title: &str, patterns: &[String]) -> Diagnostic {
        const ADDED_MAX: usize = 20;
        let Some(last) = cover.cases.last().filter(|_| cover.line == Line::Band && patterns.len() <= ADDED_MAX) else { return diagnostic };
        if patterns.iter().any(|pattern| pattern == "every value") {
            return diagnostic;
        }
        let rows: String = patterns.iter().map(|pattern| self.new_row(last.row, &format!("{pattern}  0"))).collect();
        diagnostic.replace(title, Applicability::Unsafe, last.row.after(), rows)
    }

    fn has_order(&mut self, subject: &Expr, what: &str, place: Span) -> Option<()> {
        match subject.ty {
            Type::Number { .. } | Type::Date | Type::Time => Some(()),
            Type::Text | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) => {
                let message = format!("{what} is {}, which has no bands", a_value_of(subject.ty));
                let help = match subject.ty {
                    Type::Text => "write texts, such as `\"OH\"`, and `otherwise`",
                    Type::YesNo => "write `yes` and `no`",
                    _ => "write the names of its choices",
                };
                self.report(Diagnostic::new(Code::RowKind, message).at(place, "a band").help(help));
                None
            }
        }
    }

    /// A band with two ends; `highest` gives the highest value in it.
    fn band(
        &mut self,
        pattern: &Pattern,
        (low_tree, low): (&tree::Expr, Decimal),
        (high_tree, high): (&tree::Expr, Decimal),
        highest: fn(Decimal, Type) -> Option<i64>,
        ty: Type,
        what: &str,
    ) -> Option<Matcher> {
        if runs_backwards(low, high) {
            let turned = Interval { low: at_least(high, ty)?, high: highest(low, ty)? };
            self.memory.turned.insert(pattern.span, turned);
            let (low_text, high_text) = (self.one_line(low_tree.span), self.one_line(high_tree.span));
            self.report(
                Diagnostic::new(Code::BandBackwards, format!("`{}` runs backwards", self.one_line(pattern.span)))
                    .at(pattern.span, "the lower end stands first")
                    .fix(
                        "turn it round",
                        Applicability::Unsafe,
                        vec![Edit { span: low_tree.span, text: high_text }, Edit { span: high_tree.span, text: low_text }],
                    ),
            );
            return None;
        }
        let low = at_least(low, ty)?;
        match highest(high, ty) {
            Some(high) if low <= high => Some(Matcher::Range { low: Some(low), high: Some(high) }),
            _ => {
                self.report_empty(pattern, what);
                None
            }
        }
    }

    fn report_empty(&mut self, pattern: &Pattern, what: &str) {
        let message = format!("`{}` holds no value of {what}", self.one_line(pattern.span));
        self.report(
            Diagnostic::new(Code::BandBackwards, message)
                .at(pattern.span, "no lead can match this")
                .help("`A to B` holds both ends, `A to under B` leaves B out"),
        );
    }
}

/// The bands that make sense.
fn bands<'c>(cover: &'c Cover<'_>) -> Vec<(Interval, &'c Case<'c>)> {
    let band = |case: &'c Case<'c>| match &case.matcher {
        Some(Matcher::Range { low, high }) => Some((Interval { low: low.unwrap_or(i64::MIN), high: high.unwrap_or(i64::MAX) }, case)),
        Some(Matcher::Choice(_) | Matcher::Text(_) | Matcher::Missing | Matcher::Otherwise) | None => None,
    };
    cover.cases.iter().filter_map(band).collect()
}

fn runs_backwards(low: Decimal, high: Decimal) -> bool {
    low.minus(high).is_some_and(|difference| difference.mantissa > 0)
}

/// The lowest value that is at least the constant.
fn at_least(constant: Decimal, ty: Type) -> Option<i64> {
    i64::try_from(constant.ceiling_at(scale_of(ty))?).ok()
}

/// The highest value that is at most the constant.
fn at_most(constant: Decimal, ty: Type) -> Option<i64> {
    i64::try_from(constant.floor_at(scale_of(ty))?).ok()
}

/// The highest value below the constant.
fn below_units(constant: Decimal, ty: Type) -> Option<i64> {
    i64::try_from(constant.ceiling_at(scale_of(ty))?.checked_sub(1)?).ok()
}
