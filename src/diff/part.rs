//! A policy as parts: what the text says, without its places, its layout and any order that means nothing.
//!
//! Enters: what the files of `diff/parts_*` read out of trees. Leaves: [`Part`]s, which one small engine compares whatever they are of. Always
//! holds: all that a tree says is in a fact, a name, the order of a sequence or the text of a part, so that two policies with equal parts mean the same.

use super::words;
use crate::syntax::tree::Text;

/// A value as it is compared and as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// equal exactly if the values mean the same
    pub same: String,
    /// as a person would write it
    pub shown: String,
    /// of a condition: what it joins
    pub members: Option<Members>,
}

impl Value {
    pub fn new(text: impl Into<String>) -> Value {
        let text = text.into();
        Value { same: text.clone(), shown: text, members: None }
    }
}

/// A condition as a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Members {
    pub joint: Joint,
    pub list: Vec<Member>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    /// one member alone
    Single,
    And,
    Or,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub same: String,
    pub shown: String,
    pub threshold: Option<Threshold>,
}

/// `readiness >= 65`, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// the member without its number, as it is compared
    pub frame: String,
    /// what reaches the number: `readiness`
    pub of: String,
    pub number: String,
}

/// How a change of a fact is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// `weight 40% → 45%`
    Plain,
    /// `now optional`, `no longer optional`
    Flag,
    /// `10 → 8 points`
    Points,
    /// `threshold of readiness 60 → 65`, `now also needs …`
    Condition,
    /// `"Inquiry" → "New"`: words for people, which change no answer
    Wording,
    /// no word of its own: `` `old` → `new` ``
    Text,
}

/// Something that a part says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub what: &'static str,
    pub value: Value,
    pub telling: Telling,
}

/// Whether the order of parts means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Free,
    /// the first that applies counts
    Sequence,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub order: Order,
    pub parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// `section`, `band`, `row`
    pub noun: &'static str,
    /// `demographic`, `500 or more`; of a row of a sequence what it gives
    pub name: String,
    /// what it was called in this version, which is read under the names of the newer one
    pub was: Option<String>,
    /// the name stands in backquotes
    pub quoted: bool,
    /// what the name is, where it is no mere name: `outcome`, `pattern`; empty where facts say all that it says
    pub naming: &'static str,
    /// how it is tied to what holds it: `of`, `in`
    pub tie: &'static str,
    /// by what it is known again, the surest first; a part without the same key under this name is another part
    pub keys: Vec<String>,
    /// what nothing else would say twice: a part of another name that says the same is this one, if it is the only one on either side
    pub twin: Option<String>,
    /// as a person would write it, on one line; empty for a part that is too large
    pub text: String,
    pub facts: Vec<Fact>,
    pub groups: Vec<Group>,
    /// in a sequence: only the order of rows with a common realm means something; none is common to all
    pub realms: Vec<String>,
    /// a change of it changes no answer
    pub wording: bool,
}

impl Part {
    /// A part that is known by its name.
    pub fn named(noun: &'static str, name: impl Into<String>) -> Part {
        let name = name.into();
        Part {
            noun,
            keys: vec![name.clone()],
            name,
            was: None,
            quoted: false,
            naming: "name",
            tie: "of",
            twin: None,
            text: String::new(),
            facts: Vec::new(),
            groups: Vec::new(),
            realms: Vec::new(),
            wording: false,
        }
    }

    /// A part that is known by what it says.
    pub fn keyed(noun: &'static str, name: impl Into<String>, keys: impl IntoIterator<Item = String>) -> Part {
        Part { keys: keys.into_iter().collect(), ..Part::named(noun, name) }
    }

    pub fn quoted(mut self) -> Part {
        self.quoted = true;
        self
    }

    pub fn naming(mut self, what: &'static str) -> Part {
        self.naming = what;
        self
    }

    pub fn tied(mut self, tie: &'static str) -> Part {
        self.tie = tie;
        self
    }

    pub fn wording(mut self) -> Part {
        self.wording = true;
        self
    }

    pub fn text(mut self, text: impl Into<String>) -> Part {
        self.text = text.into();
        self
    }

    pub fn fact(mut self, what: &'static str, telling: Telling, value: Value) -> Part {
        self.facts.push(Fact { what, value, telling });
        self
    }

    pub fn plain(self, what: &'static str, text: impl Into<String>) -> Part {
        self.fact(what, Telling::Plain, Value::new(text))
    }

    /// A fact that may not be written.
    pub fn maybe(self, what: &'static str, text: Option<String>) -> Part {
        match text {
            Some(text) => self.plain(what, text),
            None => self,
        }
    }

    pub fn flag(self, what: &'static str, is_so: bool) -> Part {
        if is_so { self.fact(what, Telling::Flag, Value::new("yes")) } else { self }
    }

    /// Words for people.
    pub fn words(self, what: &'static str, text: Option<String>) -> Part {
        match text {
            Some(text) => self.fact(what, Telling::Wording, Value::new(text)),
            None => self,
        }
    }

    /// The documentation above it and its display name.
    pub fn called(self, doc: Option<&Text>, display: Option<&Text>) -> Part {
        self.words("documentation", doc.map(words::text)).words("display name", display.map(words::text))
    }

    pub fn free(mut self, parts: impl IntoIterator<Item = Part>) -> Part {
        self.groups.push(Group { order: Order::Free, parts: parts.into_iter().collect() });
        self
    }

    pub fn sequence(mut self, parts: impl IntoIterator<Item = Part>) -> Part {
        self.groups.push(Group { order: Order::Sequence, parts: parts.into_iter().collect() });
        self
    }

    /// Under another name the same part, if all else is the same; for parts that say enough to be known by it.
    pub fn known_by_all_else(mut self) -> Part {
        if self.groups.iter().any(|group| !group.parts.is_empty()) {
            self.twin = Some(self.fingerprint());
        }
        self
    }

    /// All that it says but its name and its place in a sequence: equal for parts that mean the same.
    pub fn fingerprint(&self) -> String {
        let mut out = String::new();
        self.append_fingerprint(&mut out, false);
        out
    }

    fn append_fingerprint(&self, out: &mut String, with_name: bool) {
        // lengths stand before texts, so that no text can pass for two
        let mut put = |text: &str| {
            out.push_str(&text.len().to_string());
            out.push(':');
            out.push_str(text);
        };
        put(self.noun);
        if with_name {
            put(&self.name);
        }
        let mut facts: Vec<(&str, &str)> = self.facts.iter().map(|fact| (fact.what, fact.value.same.as_str())).collect();
        facts.sort_unstable();
        for (what, same) in facts {
            put(what);
            put(same);
        }
        for group in &self.groups {
            let mut parts: Vec<String> = group
                .parts
                .iter()
                .map(|part| {
                    let mut inner = String::new();
                    part.append_fingerprint(&mut inner, true);
                    inner
                })
                .collect();
            if group.order == Order::Free {
                parts.sort_unstable();
            }
            out.push('{');
            parts.iter().for_each(|part| out.push_str(part));
            out.push('}');
        }
    }
}
