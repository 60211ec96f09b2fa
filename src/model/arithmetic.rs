//! Typing of sums, products, remainders and `larger of` / `smaller of`.
//!
//! A plain literal counts as money next to money: `deal_size + 100`. A sum has the largest scale of its members. A product has the scale that
//! `to N places` writes, else the sum of its factors' scales. Each is exact whatever stands on the way to its result, so bounds come from
//! [`super::wide`]; a result can be missing where an operand can, where a divisor can be 0, and where the result itself can leave 64 bits.

use super::check::Checker;
use super::constants::scale_of;
use super::expressions::{Scope, bounds, is_plain_literal};
use super::value::{Interval, SCALE_MAX, Type, Unit};
use super::wide::Wide;
use super::words::a_value_of;
use super::{Expr, ExprKind};
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, Factor, Sign};

/// How many members a sum may have of which a part can leave 64 bits.
pub const SUM_MEMBERS_MAX: usize = 4_096;

/// How many factors each side of a product may have of which a part can leave 64 bits.
pub const FACTORS_MAX: usize = 64;

/// One side of a product: factors that are multiplied.
struct Side {
    range: Wide,
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
        let mut optional = false;
        let mut total = Wide::constant(0);
        let signs = members.iter().map(|(sign, _)| *sign);
        let values: Vec<(Sign, Expr)> = signs.zip(values).collect();
        for (index, (sign, value)) in values.iter().enumerate() {
            let member = at_scale(value, ty);
            total = match sign {
                Sign::Plus => total.plus(member),
                Sign::Minus => total.minus(member),
            };
            optional |= value.optional;
            if index >= SUM_MEMBERS_MAX && total.known().1 {
                self.report_too_long(span, format!("`{}` adds {} values", self.one_line(span), values.len()), SUM_MEMBERS_MAX);
                return None;
            }
        }
        let (range, leaves) = total.known();
        Some(Expr { kind: ExprKind::Sum(values), ty, optional: optional || leaves, range: Some(range), span })
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
        let built = kind(Vec::new());
        let optional = values.iter().any(|value| value.optional);
        let members = values.iter().map(|value| at_scale(value, ty));
        let choose = if matches!(built, ExprKind::Larger(_)) { Wide::larger } else { Wide::smaller };
        let range = members.reduce(choose)?;
        let (range, leaves) = range.known();
        Some(Expr { kind: kind(values), ty, optional: optional || leaves, range: Some(range), span })
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
        for (_, divisor) in values.iter().filter(|(operator, _)| *operator == Factor::Over) {
            self.check_divisor(divisor, span);
        }
        let above = self.side(&values, Factor::Times, span)?;
        let below = self.side(&values, Factor::Over, span)?;
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
        let (up, down) = if shift >= 0 { (shift.unsigned_abs(), 0) } else { (0, shift.unsigned_abs()) };
        let by_zero = below.range.contains_zero();
        let (range, leaves) = known_or_never(above.range.shifted(up).over(&below.range.shifted(down)));
        let optional = leaves || by_zero || values.iter().any(|(_, value)| value.optional);
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
        let mut values = values.into_iter();
        let (left, right) = (values.next()?, values.next()?);
        self.check_divisor(&right, span);
        let divisor = at_scale(&right, ty);
        let (range, leaves) = known_or_never(at_scale(&left, ty).rest_by(&divisor));
        let optional = leaves || divisor.contains_zero() || left.optional || right.optional;
        Some(Expr { kind: ExprKind::Remainder(Box::new(left), Box::new(right)), ty, optional, range: Some(range), span })
    }

    fn check_divisor(&mut self, divisor: &Expr, whole: Span) {
        if bounds(divisor) == (Interval { low: 0, high: 0 }) {
            self.report(
                Diagnostic::new(Code::DivisionByZero, format!("`{}` divides by zero", self.one_line(whole)))
                    .at(divisor.span, "always zero")
                    .help("a division by zero gives missing, for every lead: divide by something else, or leave it out"),
            );
        }
    }

    /// The product of all factors of one side; 1 if there are none.
    fn side(&mut self, values: &[(Factor, Expr)], operator: Factor, span: Span) -> Option<Side> {
        let mut side = Side { range: Wide::constant(1), scale: 0, money_count: 0 };
        for (index, (_, value)) in values.iter().filter(|(of, _)| *of == operator).enumerate() {
            side.range = side.range.times(&Wide::from(bounds(value)));
            side.scale = side.scale.saturating_add(u16::from(scale_of(value.ty)));
            side.money_count += usize::from(unit_of(value) == Unit::Money);
            if index >= FACTORS_MAX && side.range.known().1 {
                self.report_too_long(span, format!("`{}` has {} factors", self.one_line(span), values.len()), FACTORS_MAX);
                return None;
            }
        }
        Some(side)
    }

    fn report_too_long(&mut self, span: Span, message: String, most: usize) {
        self.report(
            Diagnostic::new(Code::TooManyItems, message)
                .at(span, format!("at most {most} are allowed where a part of them can leave 64 bits"))
                .help("give the fields ranges, as in `whole 0..1_000`, or make a `let` of a part"),
        );
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

/// Bounds of the value in the units of `ty`, whose scale is at least its own.
fn at_scale(value: &Expr, ty: Type) -> Wide {
    Wide::from(bounds(value)).shifted(u32::from(scale_of(ty) - scale_of(value.ty)))
}

/// What is always missing, as a division by 0 is, has no bounds: 0 stands for them.
fn known_or_never(range: Option<Wide>) -> (Interval, bool) {
    range.map_or((Interval { low: 0, high: 0 }, true), |range| range.known())
}
