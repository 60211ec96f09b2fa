//! Which texts of a field a program tells apart.
//!
//! Always holds: class 0 is every text that the policy does not name; an array over classes has an entry for each class when lowering is done.

use rustc_hash::FxHashMap;

use super::Lowering;
use super::texts::Codes;
use crate::column::Width;
use crate::model::{ColumnId, Interval, TableId, TextTest};
use crate::program::{InputSource, TextMap, TextMapKind, Value};

/// A vocabulary takes so many texts before a new one is opened: arrays are as long as their vocabulary, so one vocabulary for everything
/// would make a long policy's arrays grow with the square of its length. A column with more texts has a vocabulary of its own.
const VOCABULARY_TEXTS_MAX: usize = 1_000;

#[derive(Default)]
pub(super) struct Vocabularies {
    pub all: Vec<Vocabulary>,
    /// per field, whole or domain: the one that still takes texts
    open: FxHashMap<(ColumnId, bool), usize>,
    /// of large columns
    columns: FxHashMap<(ColumnId, bool, TableId, usize), usize>,
    /// inputs of tests and prefixes
    tests: FxHashMap<(ColumnId, bool, TextTest, String), Value>,
    prefixes: FxHashMap<(ColumnId, bool, TableId, usize), Value>,
    /// the code of a column's dictionary for a field's text
    dictionaries: FxHashMap<(ColumnId, bool, TableId, usize), Value>,
}

pub(super) struct Vocabulary {
    /// number of the class
    pub class: Value,
    /// number of the text map, which holds the classes by text
    map: usize,
    /// arrays over the classes
    arrays: Vec<u32>,
    /// by what they answer: texts with codes, and the code of all others
    made: FxHashMap<(Vec<(String, i64)>, Option<i64>), u32>,
}

impl Lowering<'_> {
    /// The vocabulary of a field that has all of these texts.
    pub fn vocabulary(&mut self, field: ColumnId, domain: bool, texts: &[(&str, i64)], column: Option<(TableId, usize)>) -> usize {
        let own = column.filter(|_| texts.len() > VOCABULARY_TEXTS_MAX);
        let found = match own {
            Some((table, column)) => self.vocabularies.columns.get(&(field, domain, table, column)),
            None => self.vocabularies.open.get(&(field, domain)),
        };
        let found = found.copied().filter(|found| {
            let Some(codes) = self.classes(*found) else { return false };
            let new = texts.iter().filter(|(text, _)| !codes.contains_key(*text)).count();
            new == 0 || codes.len() + new <= VOCABULARY_TEXTS_MAX
        });
        let vocabulary = match found {
            Some(found) => found,
            None => {
                let opened = self.open_vocabulary(field, domain);
                match own {
                    Some((table, column)) => self.vocabularies.columns.insert((field, domain, table, column), opened),
                    None => self.vocabularies.open.insert((field, domain), opened),
                };
                opened
            }
        };
        self.add_texts(vocabulary, texts);
        vocabulary
    }

    pub fn class_of(&self, vocabulary: usize, text: &str) -> Option<i64> {
        self.classes(vocabulary)?.get(text).copied()
    }

    /// The answer of an exact map, as an array over classes.
    pub fn class_answer(&mut self, field: ColumnId, domain: bool, codes: &Codes) -> Value {
        let TextMapKind::Exact { codes: texts, other } = &*codes.kind else { return self.builder.missing() };
        let dictionary = codes.column.map(|(table, column)| (field, domain, table, column));
        if let Some(value) = dictionary.and_then(|dictionary| self.vocabularies.dictionaries.get(&dictionary)) {
            return *value;
        }
        let mut texts: Vec<(&str, i64)> = texts.iter().map(|(text, code)| (text.as_str(), *code)).collect();
        texts.sort_unstable_by_key(|(text, code)| (*code, *text));
        let vocabulary = self.vocabulary(field, domain, &texts, codes.column);
        let class = self.vocabularies.all[vocabulary].class;
        let answers = (texts.iter().map(|(text, code)| (text.to_string(), *code)).collect(), *other);
        let array = match self.vocabularies.all[vocabulary].made.get(&answers) {
            Some(array) => *array,
            None => {
                let entries = self.entries(vocabulary, &texts, *other);
                let array = self.builder.new_array(entries);
                self.vocabularies.all[vocabulary].arrays.push(array);
                self.vocabularies.all[vocabulary].made.insert(answers, array);
                array
            }
        };
        let value = self.builder.table(class, array);
        if let Some(dictionary) = dictionary {
            self.vocabularies.dictionaries.insert(dictionary, value);
        }
        value
    }

    fn entries(&self, vocabulary: usize, texts: &[(&str, i64)], other: Option<i64>) -> Vec<Option<i64>> {
        let class_count = self.classes(vocabulary).map_or(0, |codes| codes.len()) + 1;
        let mut entries = vec![other; class_count];
        for (text, code) in texts {
            let class = self.class_of(vocabulary, text).and_then(|class| usize::try_from(class).ok());
            if let Some(entry) = class.and_then(|class| entries.get_mut(class)) {
                *entry = Some(*code);
            }
        }
        entries
    }

    /// The answer of a test or of a longest prefix: an input of its own.
    pub fn mapped(&mut self, field: ColumnId, domain: bool, codes: &Codes) -> Value {
        let (interval, can_miss) = match (&*codes.kind, codes.column) {
            (TextMapKind::Test { test, text }, _) => {
                if let Some(value) = self.vocabularies.tests.get(&(field, domain, *test, text.clone())) {
                    return *value;
                }
                (Interval { low: 0, high: 1 }, false)
            }
            (TextMapKind::LongestPrefix { codes: prefixes } | TextMapKind::Exact { codes: prefixes, .. }, column) => {
                if let Some(value) = column.and_then(|(table, column)| self.vocabularies.prefixes.get(&(field, domain, table, column))) {
                    return *value;
                }
                (Interval { low: 0, high: (prefixes.len() as i64 - 1).max(0) }, true)
            }
        };
        let map = self.builder.text_map(TextMap { domain, kind: (*codes.kind).clone() });
        let optional = can_miss || domain || self.field_is_optional(field);
        let value = self.builder.input(InputSource::Text { column: field, map }, interval, optional);
        match (&*codes.kind, codes.column) {
            (TextMapKind::Test { test, text }, _) => {
                self.vocabularies.tests.insert((field, domain, *test, text.clone()), value);
            }
            (TextMapKind::LongestPrefix { .. } | TextMapKind::Exact { .. }, Some((table, column))) => {
                self.vocabularies.prefixes.insert((field, domain, table, column), value);
            }
            (TextMapKind::LongestPrefix { .. } | TextMapKind::Exact { .. }, None) => {}
        }
        value
    }

    /// Gives every array over classes an entry for the classes that came after it.
    pub fn finish_vocabularies(&mut self) {
        for index in 0..self.vocabularies.all.len() {
            let class_count = self.classes(index).map_or(0, |codes| codes.len()) + 1;
            for array in &self.vocabularies.all[index].arrays {
                let array = &mut self.builder.program_mut().arrays[*array as usize];
                let other = array.first().copied().flatten();
                array.resize(class_count, other);
            }
        }
    }

    fn open_vocabulary(&mut self, field: ColumnId, domain: bool) -> usize {
        let map = self.builder.text_map(TextMap { domain, kind: TextMapKind::Exact { codes: FxHashMap::default(), other: Some(0) } });
        let optional = domain || self.field_is_optional(field);
        let class = self.builder.input(InputSource::Text { column: field, map }, Interval { low: 0, high: 0 }, optional);
        self.vocabularies.all.push(Vocabulary { class, map, arrays: Vec::new(), made: FxHashMap::default() });
        self.vocabularies.all.len() - 1
    }

    fn classes(&self, vocabulary: usize) -> Option<&FxHashMap<String, i64>> {
        match &self.builder.program().text_maps[self.vocabularies.all[vocabulary].map].kind {
            TextMapKind::Exact { codes, .. } => Some(codes),
            TextMapKind::Test { .. } | TextMapKind::LongestPrefix { .. } => None,
        }
    }

    fn add_texts(&mut self, vocabulary: usize, texts: &[(&str, i64)]) {
        let Vocabulary { class, map, .. } = self.vocabularies.all[vocabulary];
        let program = self.builder.program_mut();
        let TextMapKind::Exact { codes, .. } = &mut program.text_maps[map].kind else { return };
        for (text, _) in texts {
            let next = codes.len() as i64 + 1;
            codes.entry(text.to_string()).or_insert(next);
        }
        let last = codes.len() as i64;
        let crate::program::Op::Input(input) = program.ops[class.index()] else { return };
        let input = &mut program.inputs[input as usize];
        input.interval = (0, last);
        input.width = Width::of(0, last);
        program.shapes[class.index()] = crate::program::Shape::new(Interval { low: 0, high: last }, input.optional);
    }
}
