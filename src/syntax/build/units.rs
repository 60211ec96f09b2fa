//! Numbers with a unit, which the grammar reads where something is compared: they are reported, and the rest of the item is kept.

use super::{Builder, Built, Node, Parts, Unbuilt};
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::Span;
use crate::syntax::grammar::Rule;
use crate::syntax::mistakes::units::Timed;
use crate::syntax::tree::{Expr, ExprKind, Literal, Name, Number};

impl Builder<'_> {
    /// `5 days`, `30%`, `20 usd`, compared with what stands at `left`; the number that the fix writes, if there is one.
    pub fn with_unit(&mut self, node: Node, left: Span) -> Built<Expr> {
        let span = self.span(&node);
        let mut parts = Parts::of(node);
        let number = self.number(parts.need(Rule::number)?);
        let unit = parts.part().ok_or(Unbuilt)?;
        let number = match unit.as_rule() {
            Rule::odd_unit => self.timed(number, span, left),
            Rule::odd_share => self.share(&number, span),
            Rule::odd_currency => {
                let currency = self.odd_currency(unit);
                Some(Number { span, currency: Some(currency), ..number })
            }
            _ => return Err(Unbuilt),
        };
        let literal = number.filter(|number| !number.is_unreadable()).map_or(Literal::Unreadable, Literal::Number);
        Ok(Expr { kind: ExprKind::Literal(literal), span })
    }

    /// `5 days`
    fn timed(&mut self, number: Number, span: Span, left: Span) -> Option<Number> {
        let index = |place: u32| self.tokens.partition_point(|token| token.start < place as usize);
        let (first, behind) = (index(span.start), index(span.end));
        let timed = Timed {
            source: self.source,
            text: self.text,
            tokens: self.tokens,
            number: first,
            unit: behind.saturating_sub(1),
            compared: index(left.start)..index(left.end),
        };
        let (diagnostic, days) = timed.explain();
        self.report(match days {
            Some(days) => diagnostic.replace(format!("write `{days}`"), Applicability::Unsafe, span, days.to_string()),
            None => diagnostic,
        });
        days.map(|days| Number { mantissa: i128::from(days), places: 0, span, ..number })
    }

    /// `30%`; whether a hundredth or the plain number is meant, nobody knows.
    fn share(&mut self, number: &Number, span: Span) -> Option<Number> {
        let written = self.written(number.span);
        let part = hundredth(&written);
        self.report(
            Diagnostic::new(Code::WrongUnit, format!("`{written}%` is a share, and a plain number is needed here"))
                .at(span, "a number with a unit")
                .help(format!("write `{written}` if the value goes up to 100, `{part}` if it goes up to 1"))
                .replace(format!("write `{written}`"), Applicability::Unsafe, span, written),
        );
        None
    }

    /// `usd`
    pub fn odd_currency(&mut self, node: Node) -> Name {
        let span = self.span(&node);
        let text = node.as_str().to_uppercase();
        self.report_habit(span, &text, "a currency is three capital letters");
        Name { text, span }
    }

    /// `money 0..100 EUR`
    pub fn money_range(&mut self, node: Node) -> Built<(Name, (Number, Number))> {
        let span = self.span(&node);
        let (mut numbers, mut currency) = (Vec::new(), None);
        for part in Parts::of(node) {
            match part.as_rule() {
                Rule::number => numbers.push(self.number(part)),
                Rule::late_currency => {
                    let code = Parts::of(part).part().ok_or(Unbuilt)?;
                    currency = Some(Name { text: code.as_str().to_uppercase(), span: self.span(&code) });
                }
                Rule::DOTS => {}
                _ => return Err(Unbuilt),
            }
        }
        let (high, low) = (numbers.pop().ok_or(Unbuilt)?, numbers.pop().ok_or(Unbuilt)?);
        let currency = currency.ok_or(Unbuilt)?;
        let fixed = format!("{} {}..{}", currency.text, self.written(low.span), self.written(high.span));
        self.report(
            Diagnostic::new(Code::Syntax, "the currency stands before the range")
                .at(currency.span, "behind the range")
                .help(format!("write `money {fixed}`"))
                .replace(format!("write `{fixed}`"), Applicability::Safe, span, fixed),
        );
        Ok((currency, (low, high)))
    }

    /// The text of a place.
    pub fn written(&self, span: Span) -> String {
        self.text[span.start as usize..span.end as usize].to_owned()
    }
}

/// `0.3` of `30`, `0.125` of `12.5`
fn hundredth(written: &str) -> String {
    let (sign, digits) = written.split_at(usize::from(written.starts_with(['+', '-'])));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    let padded = format!("{whole:0>3}");
    let (before, behind) = padded.split_at(padded.len() - 2);
    let shown = format!("{sign}{before}.{behind}{fraction}");
    shown.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::hundredth;

    #[test]
    fn a_share_is_hundredths() {
        for (written, part) in [("30", "0.3"), ("5", "0.05"), ("12.5", "0.125"), ("100", "1"), ("-250", "-2.5"), ("1_000", "10")] {
            assert_eq!(hundredth(written), part);
        }
    }
}
