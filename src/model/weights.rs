//! Weights: exact per cents that total 100 %, of the sections of a score and of the attributes of a section.

use super::check::Checker;
use super::value::Decimal;
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::Number;

/// One part of a whole: a section of a score, an attribute of a section.
pub(crate) struct Part<'t> {
    /// "section `demographic`", "attribute `beds`"
    pub what: String,
    pub weight: Option<&'t Number>,
    /// the name and display name, behind which a weight is written
    pub place: Span,
    /// that it has no weight has been said, of another whole that it is part of
    pub is_told: bool,
    /// several wholes have it, so that what one of them lacks is no weight for it
    pub is_shared: bool,
}

/// So many weights are pointed at; a whole of thousands of parts is still one message.
const LABELS_MAX: usize = 30;

impl Checker<'_> {
    /// The weight of a part, if it is one.
    pub(crate) fn weight(&mut self, number: &Number) -> Option<Decimal> {
        let weight = self.plain(number, "a weight")?;
        if weight.mantissa >= 0 {
            return Some(weight);
        }
        let message = format!("the weight `{}` is below 0 %", self.one_line(number.span));
        self.report(
            Diagnostic::new(Code::OutOfRange, message)
                .at(number.span, "")
                .help("a negative priority lowers a score, a weight says how much an attribute counts"),
        );
        None
    }

    /// Checks that the parts of `whole` total 100 %, and says whether they do. `place` is where the whole is named.
    pub(crate) fn check_weights(&mut self, whole: &str, place: Span, parts: &[Part<'_>]) -> bool {
        let mut total = Decimal::ZERO;
        let mut sound = true;
        for part in parts {
            if let Some(number) = part.weight {
                let sum = self.weight(number).and_then(|weight| total.plus(weight));
                sound &= sum.is_some();
                total = sum.unwrap_or(total);
            }
        }
        let hundred = Decimal::whole(100);
        let Some(rest) = hundred.minus(total) else { return false };
        let without: Vec<&Part<'_>> = parts.iter().filter(|part| part.weight.is_none()).collect();
        let is_points = parts.len() == without.len() && whole.starts_with("section");
        for part in without.iter().filter(|part| !part.is_told) {
            let mut diagnostic = Diagnostic::new(Code::WeightMissing, format!("{} has no weight", part.what))
                .at(part.place, "a weight such as `30%` is needed here");
            if without.len() == 1 && sound && rest.mantissa > 0 && !part.is_shared {
                diagnostic = diagnostic.at(place, format!("the other weights of {whole} total {total} %")).replace(
                    format!("give it the missing {rest} %"),
                    Applicability::Unsafe,
                    part.place.after(),
                    format!(" {rest}%"),
                );
            } else {
                diagnostic = diagnostic.help(format!("the weights of {whole} total 100 %"));
            }
            if is_points {
                diagnostic.add_help("for raw points without weights, write `points` in place of the section's own weight");
            }
            self.report(diagnostic);
        }
        let complete = sound && without.is_empty();
        if complete && rest.mantissa != 0 {
            self.report_total(whole, place, parts, total, rest);
        }
        complete && rest.mantissa == 0
    }

    fn report_total(&mut self, whole: &str, place: Span, parts: &[Part<'_>], total: Decimal, rest: Decimal) {
        let size = Decimal { mantissa: rest.mantissa.saturating_abs(), places: rest.places };
        let (code, how) = if rest.mantissa > 0 {
            (Code::WeightsShort, format!("{size} % short"))
        } else {
            (Code::WeightsOver, format!("{size} % too much"))
        };
        let mut diagnostic =
            Diagnostic::new(code, format!("the weights of {whole} total {total} %, which is {how}")).at(place, "weights total 100 %");
        let weights: Vec<&Number> = parts.iter().filter_map(|part| part.weight).collect();
        for number in weights.iter().take(LABELS_MAX) {
            diagnostic = diagnostic.at(number.span, "");
        }
        if let Some(last) = weights.last() {
            let weight = Decimal { mantissa: last.mantissa, places: last.places };
            diagnostic = match weight.plus(rest).filter(|weight| weight.mantissa > 0) {
                Some(weight) => diagnostic.replace(
                    format!("make the last weight {weight} %"),
                    Applicability::Unsafe,
                    last.span,
                    self.with_percent_sign(last.span, weight),
                ),
                None => diagnostic.help("lower some of the weights"),
            };
        }
        self.report(diagnostic);
    }

    /// The new weight as the old one was written: with the `%` if the span holds it.
    fn with_percent_sign(&self, span: Span, weight: Decimal) -> String {
        let sign = if self.sources.text(span).trim_end().ends_with('%') { "%" } else { "" };
        format!("{weight}{sign}")
    }
}
