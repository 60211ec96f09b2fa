//! The signals of one lead as columns.
//!
//! Always holds: events stand by time, at one instant by their signals' order of declaration, then as given; `bits` and `values` have as many
//! entries per event as the [`super::Layout`] says.

use rustc_hash::FxHashMap;

/// The signals of one lead.
#[derive(Clone, Copy, Debug, Default)]
pub struct Events<'a> {
    /// microseconds since the epoch
    pub at: &'a [i64],
    pub signal: &'a [u16],
    /// conditions that hold, and which kept values are known: see [`super::SignalLayout`]
    pub bits: &'a [u64],
    /// 0 where a value is missing
    pub values: &'a [i64],
    /// the local day of each, if whoever looks often has worked them out; else empty
    pub days: &'a [i64],
}

impl Events<'_> {
    pub fn len(&self) -> usize {
        self.at.len().min(self.signal.len())
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Some of the events, by their numbers; each has so many words of bits and so many values.
    pub fn only(&self, numbers: &[usize], words: usize, values: usize) -> OwnedEvents {
        let mut only = OwnedEvents::default();
        for event in numbers.iter().copied().filter(|event| *event < self.len()) {
            only.at.push(self.at[event]);
            only.signal.push(self.signal[event]);
            only.bits.extend_from_slice(self.bits.get(event * words..(event + 1) * words).unwrap_or_default());
            only.values.extend_from_slice(self.values.get(event * values..(event + 1) * values).unwrap_or_default());
        }
        only
    }

    pub(super) fn bit(&self, words: usize, event: usize, bit: usize) -> bool {
        self.bits.get(event * words + bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1)
    }
}

/// [`Events`] that own their columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnedEvents {
    pub at: Vec<i64>,
    pub signal: Vec<u16>,
    pub bits: Vec<u64>,
    pub values: Vec<i64>,
}

impl OwnedEvents {
    pub fn view(&self) -> Events<'_> {
        Events { at: &self.at, signal: &self.signal, bits: &self.bits, values: &self.values, days: &[] }
    }
}

/// Texts that properties are kept as codes of; each as it was first written.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    texts: Vec<String>,
    codes: FxHashMap<String, i64>,
}

impl Texts {
    pub fn code(&mut self, text: &str) -> i64 {
        if let Some(code) = self.codes.get(text) {
            return *code;
        }
        let code = self.texts.len() as i64;
        self.texts.push(text.to_owned());
        self.codes.insert(text.to_owned(), code);
        code
    }

    pub fn text(&self, code: i64) -> Option<&str> {
        self.texts.get(usize::try_from(code).ok()?).map(String::as_str)
    }
}
