//! One JSON object on a line, by a parser of JSON.
//!
//! Enters: the text of a line. Leaves: its names with the texts of their values. Always holds: what is not JSON, and what is no object, is told apart; nothing is copied
//! that has no escapes.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::bad::Reason;

/// The text of a JSON string, or of a number or truth value as it stands; none for `null`, lists and objects.
pub fn scalar_text<'v>(value: &'v str, unescaped: &'v mut String) -> Option<&'v str> {
    match value.as_bytes() {
        [b'"', inner @ .., b'"'] if !inner.contains(&b'\\') => Some(&value[1..value.len() - 1]),
        [b'"', ..] => {
            *unescaped = serde_json::from_str(value).ok()?;
            Some(unescaped)
        }
        [b'n' | b'[' | b'{', ..] | [] => None,
        [_, ..] => Some(value),
    }
}

/// Shows each name and the text of its value.
pub fn read_object(line: &str, entry: &mut dyn FnMut(&str, &str)) -> Result<(), Reason> {
    let mut deserializer = serde_json::Deserializer::from_str(line);
    let read = Entries { entry }.deserialize(&mut deserializer).and_then(|()| deserializer.end());
    read.map_err(|error| if error.is_data() { Reason::NotAnObject } else { Reason::NotJson })
}

struct Entries<'e> {
    entry: &'e mut dyn FnMut(&str, &str),
}

impl<'de> DeserializeSeed<'de> for Entries<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key_seed(Name)? {
            let value: &RawValue = map.next_value()?;
            (self.entry)(&name, value.get());
        }
        Ok(())
    }
}

/// A name, copied only if it has escapes.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = std::borrow::Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = std::borrow::Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(std::borrow::Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(std::borrow::Cow::Owned(name.to_owned()))
    }
}
