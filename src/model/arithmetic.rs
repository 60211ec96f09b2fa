//! Typing of sums, products, remainders and `larger of` / `smaller of`.
//!
//! A plain literal counts as money next to money: `deal_size + 100`. A sum has the largest scale of its members. A product has the scale that
//! `to N places` writes, else the sum of its factors' scales. Each is exact whatever stands on the way to its result, so bounds come from
//! [`super::extent`]; a result can be missing where an operand can, where a divisor can be 0, and where the result itself can leave 64 bits.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::check::{Checker, DecideTree};
use super::constants::scale_of;
use super::expressions::{Scope, is_plain_literal};
use super::extent::{FACTORS_MAX, OPERANDS_MAX, as_result, extent, part};
use super::value::{Interval, SCALE_MAX, Type, Unit};
use super::wanted::Wanted;
use super::words::a_value_of;
use super::{Arithmetic, Expr, ExprKind};
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, Factor, PatternKind, Sign};

/// So many factors with decimal places are pointed at.
const FACTORS_SHOWN_MAX: usize = 8;

/// What the fix of a quotient without places keeps, where nothing says how many are meant.
const PLACES_OF_QUOTIENT: u8 = 2;

/// The most places that a part of a product is proposed to be rounded to.
const ROUNDED_PART_MAX: u16 = 4;

/// One side of a product: factors that are multiplied.
struct Side {
    scale: u16,
    money_count: usize,
}

impl Checker<'_> {
    /// `a + b - c`
    pub(crate) fn sum(&mut self, members: &[(Sign, tree::Expr)], span: Span, scope: &Scope) -> Option<Expr> {
        let trees: Vec<&tree::Expr> = members.iter().map(|(_, tree)| tree).collect();
        let values = self.numbers(&trees, scope, "only numbers are added")?;
        let (values, ty) = self.of_one_unit(values, &trees)?;
        let signs = members.iter().map(|(sign, _)| *sign);
        self.calculated(Arithmetic::Sum(signs.zip(values).collect()), ty, span)
    }

    /// `larger of (A, B)`, `smaller of (A, B)`: missing if any member is.
    pub(crate) fn extreme(&mut self, trees: &[tree::Expr], span: Span, scope: &Scope, kind: fn(Vec<Expr>) -> Arithmetic) -> Option<Expr> {
        let trees: Vec<&tree::Expr> = trees.iter().collect();
        let values = self.members(&trees, scope).into_iter().collect::<Option<Vec<Expr>>>()?;
        let first = values.first()?;
        for value in &values {
            let like_the_first = match (first.ty, value.ty) {
                (Type::Number { .. }, Type::Number { .. }) | (Type::Date, Type::Date) | (Type::Time, Type::Time) => true,
                (Type::Number { .. } | Type::Date | Type::Time, _) => false,
                (Type::Text | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_), _) => {
                    let fits = self.what_fits(&Wanted::Number);
                    self.report_wrong_type(value, "only numbers, dates and times are larger or smaller", fits);
                    return None;
                }
            };
            if !like_the_first {
                let message = format!("`{}` is {}, unlike the values before it", self.one_line(value.span), a_value_of(value.ty));
                let first_label = format!("this is {}", a_value_of(first.ty));
                let mut diagnostic = Diagnostic::new(Code::WrongType, message).at(value.span, "").at(first.span, first_label);
                diagnostic.help = self.what_fits(&Wanted::of_kind(first.ty));
                self.report(diagnostic);
                return None;
            }
        }
        let (values, ty) = match first.ty {
            Type::Number { .. } => self.of_one_unit(values, &trees)?,
            ty => (values, ty),
        };
        self.calculated(kind(values), ty, span)
    }

    /// Only the result has to fit 64 bits.
    fn calculated(&mut self, arithmetic: Arithmetic, ty: Type, span: Span) -> Option<Expr> {
        let extent = extent(&arithmetic, ty, &self.memory.extents);
        if extent.leaves && extent.operands > OPERANDS_MAX {
            self.report_too_long(span, format!("`{}` is calculated from {} values", self.one_line(span), extent.operands), OPERANDS_MAX);
            return None;
        }
        if extent.leaves && extent.factors > FACTORS_MAX {
            self.report_too_long(span, format!("`{}` multiplies {} factors", self.one_line(span), extent.factors), FACTORS_MAX);
            return None;
        }
        let (optional, range) = as_result(&extent);
        self.memory.extents.insert(span, Rc::new(extent));
        Some(Expr { kind: ExprKind::Arithmetic(arithmetic), ty, optional, range: Some(range), span })
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
        let values = self.numbers(&trees, scope, "only numbers are multiplied and divided");
        if let Some((_, right)) = factors.iter().find(|(operator, _)| *operator == Factor::Remainder) {
            self.report(
                Diagnostic::new(Code::RemainderMixed, "`%` stands in a product with `*` or `/`")
                    .at(right.span, "what is divided here depends on the reader")
                    .help("put the remainder into parentheses, as in `(a % b) * c`"),
            );
            return None;
        }
        let divides = factors.iter().any(|(operator, _)| *operator == Factor::Over);
        if divides && places.is_none() {
            let kept = self.places_of_bands(span).unwrap_or(PLACES_OF_QUOTIENT);
            let title = if kept == 1 { "keep 1 place".to_owned() } else { format!("keep {kept} places") };
            self.report(
                Diagnostic::new(Code::DivisionNeedsPlaces, format!("`{}` does not say to how many places", self.one_line(span)))
                    .at(span, "a quotient may have endless places")
                    .help("write `to N places` behind it; the quotient is rounded half away from zero")
                    .replace(title, Applicability::Unsafe, span.after(), format!(" to {kept} places")),
            );
            return None;
        }
        let operators = factors.iter().map(|(operator, _)| *operator);
        let values: Vec<(Factor, Expr)> = operators.zip(values?).collect();
        for (_, divisor) in values.iter().filter(|(operator, _)| *operator == Factor::Over) {
            self.check_divisor(divisor, span);
        }
        let (above, below) = (side(&values, Factor::Times), side(&values, Factor::Over));
        let unit = match (above.money_count, below.money_count) {
            (0, 0) | (1, 1) => Unit::Plain,
            (1, 0) => Unit::Money,
            _ => {
                self.report_money_in_product(&values, span, above.money_count > below.money_count);
                return None;
            }
        };
        let scale = places.map_or(above.scale, |(places, _)| u16::from(places));
        for (operator, side) in [(Factor::Times, &above), (Factor::Over, &below)] {
            if side.scale > u16::from(SCALE_MAX) {
                self.report_places_add_up(&values, operator, side.scale, span);
                return None;
            }
        }
        self.calculated(Arithmetic::Product(values), Type::Number { scale: scale as u8, unit }, span)
    }

    /// The places of the numbers in bands that cut the `let` that is this quotient; none if no band ends below the next (`0 to 49`), as others leave no gap
    /// between them whatever it keeps.
    fn places_of_bands(&self, quotient: Span) -> Option<u8> {
        let name = self.derived.lets.iter().find(|(_, tree)| tree.value.span == quotient).map(|(_, tree)| &tree.name.text)?;
        let is_name = |path: &[tree::Name]| matches!(path, [only] if only.text == *name);
        let is_cut = |subject: &tree::Expr| matches!(&subject.kind, tree::ExprKind::Path(path) if is_name(path));
        let rows = self.derived.scores.iter().flat_map(|(_, score)| score.sections()).flat_map(|section| &section.rows);
        let attributes = rows.filter_map(|row| match row {
            tree::SectionRow::Attribute(attribute) if is_cut(&attribute.subject) => Some(&attribute.rows),
            tree::SectionRow::Attribute(_) | tree::SectionRow::Points(_) => None,
        });
        let mut patterns: Vec<&tree::Pattern> = attributes.flatten().flat_map(|row| &row.patterns).collect();
        for (_, tree) in &self.derived.decides {
            let DecideTree::Grid(grid) = tree else { continue };
            patterns.extend(grid.rows.iter().map(|row| &row.pattern).filter(|_| is_cut(&grid.rows_of)));
            patterns.extend(grid.columns.iter().filter(|_| is_cut(&grid.columns_of)));
        }
        let ends_closed = patterns.iter().any(|pattern| matches!(pattern.kind, PatternKind::To(..)));
        ends_closed.then(|| patterns.iter().flat_map(|pattern| pattern.kind.ends()).map(places_of).max().unwrap_or(0))
    }

    /// The places of factors add up, of those above the line and of those below it.
    fn report_places_add_up(&mut self, values: &[(Factor, Expr)], operator: Factor, places: u16, span: Span) {
        let makes = if operator == Factor::Over { "divides by a product of" } else { "makes" };
        let message = format!("`{}` {makes} {places} decimal places, and a number keeps at most {SCALE_MAX}", self.one_line(span));
        let mut diagnostic = Diagnostic::new(Code::TooManyPlaces, message).at(span, "the places of what is multiplied add up");
        let factors: Vec<&Expr> = values.iter().filter(|(of, _)| *of == operator).map(|(_, value)| value).collect();
        for factor in factors.iter().filter(|factor| scale_of(factor.ty) > 0).take(FACTORS_SHOWN_MAX) {
            diagnostic = diagnostic.at(factor.span, format!("{} of them", scale_of(factor.ty)));
        }
        // two neighbours, rounded to what the others leave
        let of = |factor: &Expr| u16::from(scale_of(factor.ty));
        let pairs = factors.windows(2).filter_map(|pair| {
            let both = of(pair[0]) + of(pair[1]);
            let kept = u16::from(SCALE_MAX).checked_sub(places - both)?.min(ROUNDED_PART_MAX);
            (kept < both).then_some((pair, kept))
        });
        // the first of those that keep most
        let Some((pair, kept)) = pairs.rev().max_by_key(|(_, kept)| *kept) else {
            return self.report(diagnostic.help("round its parts: `(a * b to 4 places)` keeps 4"));
        };
        let texts: Vec<String> = pair.iter().map(|factor| self.one_line(factor.span)).collect();
        self.report(diagnostic.help(format!("round a part of it: `({} to {kept} places)` keeps {kept}", texts.join(" * "))));
    }

    fn remainder(&mut self, left: &tree::Expr, right: &tree::Expr, places: Option<(u8, Span)>, span: Span, scope: &Scope) -> Option<Expr> {
        let trees = [left, right];
        let values = self.numbers(&trees, scope, "only numbers have a remainder");
        if let Some((_, place)) = places {
            self.report(Diagnostic::new(Code::RemainderMixed, "a remainder is exact, so it is not rounded").at(place, "").replace(
                "keep all places",
                Applicability::Unsafe,
                place,
                "",
            ));
            return None;
        }
        let values = values?;
        let (values, ty) = self.of_one_unit(values, &trees)?;
        let mut values = values.into_iter();
        let (left, right) = (values.next()?, values.next()?);
        self.check_divisor(&right, span);
        self.calculated(Arithmetic::Remainder(Box::new(left), Box::new(right)), ty, span)
    }

    fn check_divisor(&mut self, divisor: &Expr, whole: Span) {
        if as_result(&part(divisor, &self.memory.extents)).1 == (Interval { low: 0, high: 0 }) {
            self.report(
                Diagnostic::new(Code::DivisionByZero, format!("`{}` divides by zero", self.one_line(whole)))
                    .at(divisor.span, "always zero")
                    .help("a division by zero gives missing, for every lead: divide by something else, or leave it out"),
            );
        }
    }

    fn report_too_long(&mut self, span: Span, message: String, most: usize) {
        self.report(
            Diagnostic::new(Code::TooManyItems, message)
                .at(span, format!("at most {most} are allowed where a part of them can leave 64 bits"))
                .help("give the fields ranges, as in `whole 0..1_000`, or make a `let` of a part"),
        );
    }

    /// Every member typed; all are checked before one that is wrong stops the rest.
    fn members(&mut self, trees: &[&tree::Expr], scope: &Scope) -> Vec<Option<Expr>> {
        trees.iter().map(|tree| self.value_as(tree, Wanted::Number, scope)).collect()
    }

    /// The same of what has to be a number, each of them.
    fn numbers(&mut self, trees: &[&tree::Expr], scope: &Scope, needed: &str) -> Option<Vec<Expr>> {
        let members = self.members(trees, scope);
        let is_number = |value: &Expr| matches!(value.ty, Type::Number { .. });
        let mut told = FxHashSet::default();
        for value in members.iter().flatten().filter(|value| !is_number(value)) {
            if !told.insert(self.one_line(value.span)) {
                continue;
            }
            let help =
                matches!(value.ty, Type::Date | Type::Time).then(|| "days are counted with `days since` and `days until`".to_owned());
            let help = help.or_else(|| self.what_fits(&Wanted::Number));
            self.report_wrong_type(value, needed, help);
        }
        members.into_iter().map(|value| value.filter(is_number)).collect()
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

/// As written; whatever is no number has none.
fn places_of(tree: &tree::Expr) -> u8 {
    if let tree::ExprKind::Literal(tree::Literal::Number(number)) = &tree.kind { number.places } else { 0 }
}

fn side(values: &[(Factor, Expr)], operator: Factor) -> Side {
    let factors = values.iter().filter(|(of, _)| *of == operator).map(|(_, value)| value);
    factors.fold(Side { scale: 0, money_count: 0 }, |side, value| Side {
        scale: side.scale.saturating_add(u16::from(scale_of(value.ty))),
        money_count: side.money_count + usize::from(unit_of(value) == Unit::Money),
    })
}
