//! Texts: never in a program, only what is asked of them.
//!
//! A text expression is a field or a cell of a table, perhaps its domain, perhaps with defaults: [`Text`]. Every question about a field
//! that names whole texts (`is "OH"`, a row of an attribute, a key of a table) is answered from one *vocabulary*: the encoder turns the
//! text into the number of its class, 0 for any text that nothing names, and constant arrays turn classes into answers. So a field is
//! encoded once, however many conditions name it.

use std::rc::Rc;

use super::Lowering;
use crate::model::value::fold_text;
use crate::model::{ColumnId, Constant, Conversion, Expr, ExprKind, Interval, Reference, TableId, TextTest};
use crate::program::text_map::domain_of;
use crate::program::{InputSource, Op, TextMapKind, Value};

/// What a text expression stands for.
#[derive(Clone, Debug)]
pub(super) struct Text {
    base: Base,
    /// when the base is known and has a domain
    with_domain: Outcome,
    /// when the base is known and has none
    without_domain: Outcome,
    /// when the base is missing
    absent: Outcome,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Base {
    Column(ColumnId),
    /// number of the text in the column's dictionary
    Cell {
        code: Value,
        table: TableId,
        column: usize,
    },
    Nothing,
}

#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    Whole,
    Domain,
    /// folded
    Fixed(String),
    Missing,
}

impl Outcome {
    fn fixed(&self) -> Option<&str> {
        match self {
            Outcome::Fixed(text) => Some(text),
            Outcome::Whole | Outcome::Domain | Outcome::Missing => None,
        }
    }

    /// The domain of this, for a base that has one or has none.
    fn domain(&self, with_domain: bool) -> Outcome {
        match self {
            Outcome::Whole if with_domain => Outcome::Domain,
            // what stands behind the last `@` has no domain itself
            Outcome::Whole | Outcome::Domain | Outcome::Missing => Outcome::Missing,
            Outcome::Fixed(text) => domain_of(text).map_or(Outcome::Missing, |domain| Outcome::Fixed(domain.to_string())),
        }
    }

    fn or(self, default: &str) -> Outcome {
        match self {
            Outcome::Missing => Outcome::Fixed(default.to_string()),
            Outcome::Whole | Outcome::Domain | Outcome::Fixed(_) => self,
        }
    }
}

impl Text {
    fn of(base: Base) -> Text {
        Text { base, with_domain: Outcome::Whole, without_domain: Outcome::Whole, absent: Outcome::Missing }
    }

    fn constant(text: &str) -> Text {
        Text { absent: Outcome::Fixed(fold_text(text)), ..Text::of(Base::Nothing) }
    }

    fn domain(&self) -> Text {
        Text {
            base: self.base,
            with_domain: self.with_domain.domain(true),
            without_domain: self.without_domain.domain(false),
            absent: self.absent.domain(false),
        }
    }

    fn or(self, default: &str) -> Text {
        let default = fold_text(default);
        Text {
            base: self.base,
            with_domain: self.with_domain.or(&default),
            without_domain: self.without_domain.or(&default),
            absent: self.absent.or(&default),
        }
    }

    /// The base as it is, or its domain (true), and missing without it.
    fn plain(&self) -> Option<bool> {
        let outcomes = self.outcomes();
        if outcomes == [&Outcome::Whole, &Outcome::Whole, &Outcome::Missing] {
            Some(false)
        } else if outcomes == [&Outcome::Domain, &Outcome::Missing, &Outcome::Missing] {
            Some(true)
        } else {
            None
        }
    }

    fn outcomes(&self) -> [&Outcome; 3] {
        [&self.with_domain, &self.without_domain, &self.absent]
    }
}

/// Which integer each text means. `column` names the table's column whose dictionary this is, if it is one.
#[derive(Clone)]
pub(super) struct Codes {
    pub kind: Rc<TextMapKind>,
    pub column: Option<(TableId, usize)>,
}

impl Codes {
    pub fn exact(texts: impl IntoIterator<Item = (String, i64)>, other: Option<i64>) -> Codes {
        Codes { kind: Rc::new(TextMapKind::Exact { codes: texts.into_iter().collect(), other }), column: None }
    }
}

/// What is asked of a text.
#[derive(Clone, Copy)]
enum Question<'q> {
    Code(&'q Codes),
    /// equal for equal texts; texts that stand in the policy have none
    Identity,
}

impl Question<'_> {
    /// The answer for a text that stands in the policy or in a table, folded.
    fn of(self, text: &str) -> Option<i64> {
        match self {
            Question::Code(codes) => codes.kind.code(text),
            Question::Identity => None,
        }
    }
}

impl Lowering<'_> {
    /// What a text expression stands for.
    pub fn text(&mut self, expr: &Expr) -> Text {
        match &expr.kind {
            ExprKind::Constant(Constant::Text(text)) => Text::constant(text),
            ExprKind::Reference(Reference::Field(id) | Reference::Property(id)) => Text::of(Base::Column(*id)),
            ExprKind::Reference(Reference::Measure(id)) => Text::of(Base::Column(self.policy.measure_column(*id))),
            ExprKind::Reference(Reference::Let(id)) => match self.lets.get(*id).and_then(|lowered| lowered.text.as_ref()) {
                Some(text) => text.clone(),
                None => Text::of(Base::Nothing),
            },
            ExprKind::Reference(Reference::Cell { table, keys, column }) => {
                let code = self.cell(*table, keys, *column);
                Text::of(Base::Cell { code, table: *table, column: *column })
            }
            ExprKind::Conversion(Conversion::DomainOf(inner)) => stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.text(inner)).domain(),
            ExprKind::Conversion(Conversion::Else(inner, default)) => {
                let inner = stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.text(inner));
                match default {
                    Constant::Text(default) => inner.or(default),
                    Constant::Integer(_) => inner,
                }
            }
            // No other expression is a text.
            ExprKind::Constant(Constant::Integer(_))
            | ExprKind::Reference(Reference::Score(_) | Reference::Section(..) | Reference::Decide(_) | Reference::Stage)
            | ExprKind::Arithmetic(_)
            | ExprKind::Conversion(Conversion::DaysSince(_) | Conversion::DaysUntil(_))
            | ExprKind::Connective(_)
            | ExprKind::Predicate(_) => Text::of(Base::Nothing),
        }
    }

    /// The text's integer; missing where the text is, or where it means none.
    pub fn text_code(&mut self, text: &Text, codes: &Codes) -> Value {
        self.answer(text, Question::Code(codes))
    }

    /// A condition: the text is known.
    pub fn text_known(&mut self, text: &Text) -> Value {
        if text.plain() == Some(false) {
            let base = self.base_value(text.base);
            return self.builder.known(base);
        }
        let any = self.text_code(text, &Codes::exact([], Some(0)));
        self.builder.known(any)
    }

    /// A condition: the text is known and one of these, which are folded.
    pub fn text_is_one_of(&mut self, text: &Text, texts: &[String]) -> Value {
        // A few are compared one by one, without an array for each condition.
        if texts.len() <= 3
            && let Some((code, codes)) = self.codes_of_few(text, texts)
        {
            return self.builder.member(code, &codes);
        }
        let codes = Codes::exact(texts.iter().map(|text| (text.clone(), 1)), Some(0));
        let member = self.text_code(text, &codes);
        self.builder.condition(member)
    }

    /// For a field, its domain or a cell: the integer that tells its texts apart, and those of these texts. A text that no cell has is left out.
    fn codes_of_few(&mut self, text: &Text, texts: &[String]) -> Option<(Value, Vec<i64>)> {
        match (text.base, text.plain()?) {
            (Base::Column(field), domain) => {
                let named: Vec<(&str, i64)> = texts.iter().map(|text| (text.as_str(), 1)).collect();
                let vocabulary = self.vocabulary(field, domain, &named, None);
                let classes = texts.iter().filter_map(|text| self.class_of(vocabulary, text)).collect();
                Some((self.vocabularies.all[vocabulary].class, classes))
            }
            (Base::Cell { code, table, column }, false) => {
                let dictionary = self.dictionary_codes(table, column);
                Some((code, texts.iter().filter_map(|text| dictionary.kind.code(text)).collect()))
            }
            (Base::Cell { .. }, true) | (Base::Nothing, _) => None,
        }
    }

    /// A condition: `starts with` and the like. What is looked for is folded, but blanks at its ends count.
    pub fn text_test(&mut self, text: &Text, test: TextTest, with: &str) -> Value {
        let kind = TextMapKind::Test { test, text: with.to_string() };
        let holds = self.text_code(text, &Codes { kind: Rc::new(kind), column: None });
        self.builder.condition(holds)
    }

    /// A condition: both texts are known and equal. Two texts of leads have equal identities; a text of the policy is compared by code.
    pub fn texts_equal(&mut self, left: &Text, right: &Text) -> Value {
        let (left_identity, right_identity) = (self.answer(left, Question::Identity), self.answer(right, Question::Identity));
        let identical = if self.is_missing(left_identity) || self.is_missing(right_identity) {
            self.builder.truth(false)
        } else {
            self.builder.op(Op::Equal(left_identity, right_identity))
        };
        let Some(codes) = self.codes_of_fixed(left, right) else { return identical };
        let (left, right) = (self.text_code(left, &codes), self.text_code(right, &codes));
        let equal = if self.is_missing(left) || self.is_missing(right) {
            self.builder.truth(false)
        } else {
            self.builder.op(Op::Equal(left, right))
        };
        self.builder.or(identical, equal)
    }

    fn is_missing(&self, value: Value) -> bool {
        self.builder.program().ops[value.index()] == Op::Missing
    }

    /// A code for each text of the policy and its tables that one of the two can be; none if there is none.
    fn codes_of_fixed(&mut self, left: &Text, right: &Text) -> Option<Codes> {
        let mut columns = Vec::new();
        let mut texts: Vec<String> = Vec::new();
        for text in [left, right] {
            texts.extend(text.outcomes().into_iter().filter_map(Outcome::fixed).map(str::to_string));
            let Base::Cell { table, column, .. } = text.base else { continue };
            columns.push((table, column));
            let dictionary = self.policy.tables.get(table).and_then(|table| table.columns.get(column)).map(|column| &column.dictionary);
            for entry in dictionary.into_iter().flatten() {
                texts.push(entry.clone());
                texts.extend(domain_of(entry).map(str::to_string));
            }
        }
        // A column's own dictionary serves many such questions with one array.
        if let ([(table, column)], Some(false), Some(false)) = (columns.as_slice(), left.plain(), right.plain()) {
            return Some(self.dictionary_codes(*table, *column));
        }
        texts.sort_unstable();
        texts.dedup();
        (!texts.is_empty()).then(|| Codes::exact(texts.into_iter().zip(0..), None))
    }

    fn answer(&mut self, text: &Text, question: Question) -> Value {
        let absent = text.absent.fixed().and_then(|text| question.of(text));
        let present = match text.base {
            Base::Nothing => return self.builder.constant_or_missing(absent),
            Base::Column(field) => self.field_answer(field, text, question),
            Base::Cell { code, table, column } => self.cell_answer(code, table, column, text, question),
        };
        let never_absent = text.absent == Outcome::Missing && text.plain().is_some();
        if never_absent {
            return present;
        }
        let base = self.base_value(text.base);
        let (known, absent) = (self.builder.known(base), self.builder.constant_or_missing(absent));
        self.builder.select(known, present, absent)
    }

    /// A value that is known exactly if the base is.
    fn base_value(&mut self, base: Base) -> Value {
        match base {
            Base::Column(field) => {
                let vocabulary = self.vocabulary(field, false, &[], None);
                self.vocabularies.all[vocabulary].class
            }
            Base::Cell { code, .. } => code,
            Base::Nothing => self.builder.missing(),
        }
    }

    /// The answer for a cell, whose texts are all known here.
    fn cell_answer(&mut self, code: Value, table: TableId, column: usize, text: &Text, question: Question) -> Value {
        let Some(column) = self.policy.tables.get(table).and_then(|table| table.columns.get(column)) else {
            return self.builder.missing();
        };
        let answers: Vec<Option<i64>> = column
            .dictionary
            .iter()
            .map(|entry| {
                let domain = domain_of(entry);
                match if domain.is_some() { &text.with_domain } else { &text.without_domain } {
                    Outcome::Whole => question.of(entry),
                    Outcome::Domain => domain.and_then(|domain| question.of(domain)),
                    Outcome::Fixed(text) => question.of(text),
                    Outcome::Missing => None,
                }
            })
            .collect();
        if answers.iter().all(Option::is_none) {
            return self.builder.missing();
        }
        let identity = answers.iter().zip(0..).all(|(answer, index)| *answer == Some(index));
        if identity {
            return code;
        }
        let array = self.builder.array(answers);
        self.builder.table(code, array)
    }

    fn field_answer(&mut self, field: ColumnId, text: &Text, question: Question) -> Value {
        let with = self.outcome_answer(field, &text.with_domain, question);
        // A missing domain is what the input itself says.
        if text.with_domain == text.without_domain || text.plain() == Some(true) {
            return with;
        }
        let without = self.outcome_answer(field, &text.without_domain, question);
        let domains = self.vocabulary(field, true, &[], None);
        let domain = self.vocabularies.all[domains].class;
        let has_domain = self.builder.known(domain);
        self.builder.select(has_domain, with, without)
    }

    fn outcome_answer(&mut self, field: ColumnId, outcome: &Outcome, question: Question) -> Value {
        let domain = match outcome {
            Outcome::Whole => false,
            Outcome::Domain => true,
            Outcome::Fixed(text) => {
                let code = question.of(text);
                return self.builder.constant_or_missing(code);
            }
            Outcome::Missing => return self.builder.missing(),
        };
        match question {
            Question::Identity => {
                let identities = Interval { low: 0, high: i64::from(i32::MAX) };
                let optional = domain || self.field_is_optional(field);
                self.builder.input(InputSource::TextIdentity { column: field, domain }, identities, optional)
            }
            Question::Code(codes) => match &*codes.kind {
                TextMapKind::Exact { .. } => self.class_answer(field, domain, codes),
                TextMapKind::Test { .. } | TextMapKind::LongestPrefix { .. } => self.mapped(field, domain, codes),
            },
        }
    }

    pub(super) fn field_is_optional(&self, field: ColumnId) -> bool {
        self.policy.column(field).is_none_or(|column| column.optional)
    }
}
