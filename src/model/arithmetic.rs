//! Typing of sums, products, remainders and `larger of` / `smaller of`.
//!
//! A plain literal counts as money next to money: `deal_size + 100`. A sum has the largest scale of its members. A product has the scale that
//! `to N places` writes, else the sum of its factors' scales. Bounds, and whether a result can be missing, come from [`super::ranges`].

use super::check::Checker;
use super::constants::scale_of;
use super::expressions::{Scope, bounds, is_plain_literal};
use super::ranges::Steps;
use super::value::{Interval, SCALE_MAX, Type, Unit};
use super::words::a_value_of;
use super::{Expr, ExprKind};
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, Factor, Sign};

/// One side of a product: factors that are multiplied.
struct Side {
    range: Interval,
    scale: u16,
    money_count: usize,
}

impl Checker<'_> {
    /// `a + b - c`
    pub(crate) fn sum(&mut self, members: &[(Sign, tree::Expr)], span: Span, scope: &Scope) -> Option<Expr> {
        let trees: Vec<&tree::Expr> = members.iter().map(|(_, tree)| tree).collect();
        let values = self.members(&trees, scope)?;
        for value in &values {
            if !matches!(value.ty, Type::Number { .. }) {
                let help =
                    matches!(value.ty, Type::Date | Type::Time).then(|| "days are counted with `days since` and `days until`".to_owned());
                self.report_wrong_type(value, "only numbers are added", help);
                return None;
            }
        }
        let (values, ty) = self.of_one_unit(values, &trees)?;
        let scale = scale_of(ty);
        let mut steps = Steps::default();
        let mut optional = false;
        let mut total: Option<Interval> = None;
        let signs = members.iter().map(|(sign, _)| *sign);
        let values: Vec<(Sign, Expr)> = signs.zip(values).collect();
        for (sign, value) in &values {
            let member = steps.rescale(bounds(value), scale - scale_of(value.ty));
            let before = total.unwrap_or(Interval { low: 0, high: 0 });
            total = Some(match (sign, total) {
                (Sign::Plus, None) => member,
                (Sign::Plus, Some(_)) => steps.add(before, member),
                (Sign::Minus, _) => steps.subtract(before, member),
            });
            optional |= value.optional;
        }
        Some(Expr { kind: ExprKind::Sum(values), ty, optional: optional || steps.missing, range: total, span })
    }

    /// `larger of (A, B)`, `smaller of (A, B)`: missing if any member is.
    pub(crate) fn extreme(&mut self, trees: &[tree::Expr], span: Span, scope: &Scope, kind: fn(Vec<Expr>) -> ExprKind) -> Option<Expr> {
        let trees: Vec<&tree::Expr> = trees.iter().collect();
        let values = self.members(&trees, scope)?;
        let first = values.first()?;
        for value in &values {
            let like_the_first = match (first.ty, value.ty) {
                (Type::Number { .. }, Type::Number { .. }) | (Type::Date, Type::Date) | (Type::Time, Type::Time) => true,
                (Type::Number { .. } | Type::Date | Type::Time, _) => false,
                (Type::Text | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_), _) => {
                    self.report_wrong_type(value, "only numbers, dates and times are larger or smaller", None);
                    return None;
                }
            };
            if !like_the_first {
                let message = format!("`{}` is {}, unlike the values before it", self.one_line(value.span), a_value_of(value.ty));
                let first_label = format!("this is {}", a_value_of(first.ty));
                self.report(Diagnostic::new(Code::WrongType, message).at(value.span, "").at(first.span, first_label));
                return None;
            }
        }
        let (values, ty) = match first.ty {
            Type::Number { .. } => self.of_one_unit(values, &trees)?,
            ty => (values, ty),
        };
        let mut steps = Steps::default();
        let mut optional = false;
        let mut range: Option<Interval> = None;
        let built = kind(Vec::new());
        for value in &values {
            let member = steps.rescale(bounds(value), scale_of(ty) - scale_of(value.ty));
            range = Some(match range {
                None => member,
                Some(range) if matches!(built, ExprKind::Larger(_)) => {
                    Interval { low: range.low.max(member.low), high: range.high.max(member.high) }
                }
                Some(range) => Interval { low: range.low.min(member.low), high: range.high.min(member.high) },
            });
            optional |= value.optional;
        }
        Some(Expr { kind: kind(values), ty, optional: optional || steps.missing, range, span })
    }

    /// `a * b / c to 2 places`, `a % b`
    pub(crate) fn product(
        &mut self,
        factors: &[(Factor, tree::Expr)],
        places: Option<(u8, Span)>,
        span: Span,
        scope: &Scope,
    ) -> Option<Expr> {
        if let [(_, left), (Factor::Remainder, right)] = factors {
            return self.remainder(left, right, places, span, scope);
        }
        let trees: Vec<&tree::Expr> = factors.iter().map(|(_, tree)| tree).collect();
        let values = self.members(&trees, scope)?;
        if let Some((_, right)) = factors.iter().find(|(operator, _)| *operator == Factor::Remainder) {
            self.report(
                Diagnostic::new(Code::RemainderMixed, "`%` stands in a product with `*` or `/`")
                    .at(right.span, "what is divided here depends on the reader")
                    .help("put the remainder into parentheses, as in `(a % b) * c`"),
            );
            return None;
        }
        for value in &values {
            if !matches!(value.ty, Type::Number { .. }) {
                self.report_wrong_type(value, "only numbers are multiplied and divided", None);
                return None;
            }
        }
        let operators = factors.iter().map(|(operator, _)| *operator);
        let values: Vec<(Factor, Expr)> = operators.zip(values).collect();
        let divides = values.iter().any(|(operator, _)| *operator == Factor::Over);
        if divides && places.is_none() {
            self.report(
                Diagnostic::new(Code::DivisionNeedsPlaces, format!("`{}` does not say to how many places", self.one_line(span)))
                    .at(span, "a quotient may have endless places")
                    .help("write `to N places` behind it; the quotient is rounded half away from zero")
                    .replace("keep 2 places", Applicability::Unsafe, span.after(), " to 2 places"),
            );
            return None;
        }
        let mut steps = Steps::default();
        let above = side(&values, Factor::Times, &mut steps);
        let below = side(&values, Factor::Over, &mut steps);
        let unit = match (above.money_count, below.money_count) {
            (0, 0) | (1, 1) => Unit::Plain,
            (1, 0) => Unit::Money,
            _ => {
                self.report_money_in_product(&values, span, above.money_count > below.money_count);
                return None;
            }
        };
        let scale = places.map_or(above.scale, |(places, _)| u16::from(places));
        let shift = i32::from(scale) + i32::from(below.scale) - i32::from(above.scale);
        let most = u16::from(SCALE_MAX);
        if scale > most || above.scale > most || below.scale > most || shift.unsigned_abs() > u32::from(most) {
            let needed = u32::from(scale.max(above.scale).max(below.scale)).max(shift.unsigned_abs());
            self.report(
                Diagnostic::new(Code::TooManyPlaces, format!("`{}` needs {needed} decimal places, and 18 are kept", self.one_line(span)))
                    .at(span, "the places of all factors add up")
                    .help("round a part of it, as in `(a * b to 4 places) * c`"),
            );
            return None;
        }
        let range = steps.divide(above.range, below.range, shift);
        let optional = steps.missing || values.iter().any(|(_, value)| value.optional);
        let ty = Type::Number { scale: scale as u8, unit };
        Some(Expr { kind: ExprKind::Product(values), ty, optional, range: Some(range), span })
    }

    fn remainder(&mut self, left: &tree::Expr, right: &tree::Expr, places: Option<(u8, Span)>, span: Span, scope: &Scope) -> Option<Expr> {
        let trees = [left, right];
        let values = self.members(&trees, scope)?;
        for value in &values {
            if !matches!(value.ty, Type::Number { .. }) {
                self.report_wrong_type(value, "only numbers have a remainder", None);
                return None;
            }
        }
        if let Some((_, place)) = places {
            self.report(Diagnostic::new(Code::RemainderMixed, "a remainder is exact, so it is not rounded").at(place, "").replace(
                "keep all places",
                Applicability::Unsafe,
                place,
                "",
            ));
            return None;
        }
        let (values, ty) = self.of_one_unit(values, &trees)?;
        let mut steps = Steps::default();
        let ranges: Vec<Interval> = values.iter().map(|value| steps.rescale(bounds(value), scale_of(ty) - scale_of(value.ty))).collect();
        let mut values = values.into_iter();
        let (left, right) = (values.next()?, values.next()?);
        let range = match ranges[..] {
            [left, right] => steps.remainder(left, right),
            _ => return None,
        };
        let optional = steps.missing || left.optional || right.optional;
        Some(Expr { kind: ExprKind::Remainder(Box::new(left), Box::new(right)), ty, optional, range: Some(range), span })
    }

    /// Every member typed; all are checked before one that is wrong stops the rest.
    fn members(&mut self, trees: &[&tree::Expr], scope: &Scope) -> Option<Vec<Expr>> {
        let values: Vec<Option<Expr>> = trees.iter().map(|tree| self.value(tree, scope)).collect();
        values.into_iter().collect()
    }

    /// Numbers that are all money or all plain, with the type that holds each of them.
    pub(crate) fn of_one_unit(&mut self, mut values: Vec<Expr>, trees: &[&tree::Expr]) -> Option<(Vec<Expr>, Type)> {
        let money = values.iter().position(|value| unit_of(value) == Unit::Money);
        let scale = values.iter().map(|value| scale_of(value.ty)).max()?;
        let Some(money) = money else { return Some((values, Type::Number { scale, unit: Unit::Plain })) };
        let money_span = values[money].span;
        for (value, tree) in values.iter_mut().zip(trees) {
            if unit_of(value) == Unit::Money {
                continue;
            }
            if !is_plain_literal(tree) {
                let message = format!("`{}` is a plain number, and stands next to money", self.one_line(value.span));
                self.report(
                    Diagnostic::new(Code::WrongUnit, message)
                        .at(value.span, "a plain number")
                        .at(money_span, "an amount of money")
                        .help("money goes with money here; a plain number can only multiply or divide it"),
                );
                return None;
            }
            value.ty = Type::Number { scale: scale_of(value.ty), unit: Unit::Money };
        }
        Some((values, Type::Number { scale, unit: Unit::Money }))
    }

    fn report_money_in_product(&mut self, values: &[(Factor, Expr)], span: Span, above: bool) {
        let message = if above {
            format!("`{}` multiplies money by money", self.one_line(span))
        } else {
            format!("`{}` divides a plain number by money", self.one_line(span))
        };
        let mut diagnostic = Diagnostic::new(Code::WrongUnit, message).at(span, "");
        for (_, value) in values.iter().filter(|(_, value)| unit_of(value) == Unit::Money) {
            diagnostic = diagnostic.at(value.span, "an amount of money");
        }
        self.report(diagnostic.help("money times a plain number is money, and money by money is a plain number"));
    }
}

pub(crate) fn unit_of(value: &Expr) -> Unit {
    match value.ty {
        Type::Number { unit, .. } => unit,
        Type::Text | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) | Type::Date | Type::Time => Unit::Plain,
    }
}

/// The product of all factors of one side, from left to right; 1 if there are none.
fn side(values: &[(Factor, Expr)], operator: Factor, steps: &mut Steps) -> Side {
    let mut side = Side { range: Interval { low: 1, high: 1 }, scale: 0, money_count: 0 };
    for (_, value) in values.iter().filter(|(of, _)| *of == operator) {
        side.range = steps.multiply(side.range, bounds(value));
        side.scale = side.scale.saturating_add(u16::from(scale_of(value.ty)));
        side.money_count += usize::from(unit_of(value) == Unit::Money);
    }
    side
}
