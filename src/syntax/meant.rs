//! What was meant by a name or a path that is not written as it should be.
//!
//! Enters: text as it stands in a policy. Leaves: the name that a fix would write, the file that a `use` would name. Always holds: text that is right is its own meaning.

use crate::diagnostic::nearest;

/// `Deal Size` and `dealSize` become `deal_size`; none if no letter is left to begin with.
pub fn snake_case(text: &str) -> Option<String> {
    // What becomes of other letters is for a person to say.
    if !text.is_ascii() {
        return None;
    }
    let mut snake = String::new();
    let mut previous_is_small = false;
    for character in text.chars() {
        if character.is_ascii_alphanumeric() {
            if character.is_ascii_uppercase() && previous_is_small {
                snake.push('_');
            }
            snake.push(character.to_ascii_lowercase());
        } else if !snake.ends_with('_') {
            snake.push('_');
        }
        previous_is_small = character.is_ascii_lowercase() || character.is_ascii_digit();
    }
    let trimmed = snake.trim_matches('_');
    trimmed.starts_with(|first: char| first.is_ascii_lowercase()).then(|| trimmed.to_owned())
}

/// What types begin with, so that a field which begins with one probably lacks its name.
pub const TYPE_WORDS: [&str; 9] = ["text", "whole", "decimal", "money", "yes_no", "one", "some", "date", "time"];

/// `use`, and what other languages call it.
pub const USE_WORDS: [&str; 6] = ["use", "uses", "using", "import", "imports", "include"];

/// What stands behind the word of a `use`, or of what was meant as one: another word for it, or a slip before a string.
pub fn behind_use(item: &str) -> Option<&str> {
    // its word is lacking
    if item.lines().next().is_some_and(|line| line.starts_with('"') && line.contains(".lead\"")) {
        return Some(item);
    }
    let word = item.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(item.len());
    let is_slip = || nearest(&item[..word], ["use"]).is_some() && item[word..].trim_start().starts_with('"');
    (USE_WORDS.contains(&&item[..word]) || is_slip()).then(|| &item[word..])
}

/// The file of a folder that is meant by the name of one that it does not have.
pub fn near_file<'n>(name: &str, names: &'n [String]) -> Option<&'n str> {
    if let Some(with_ending) = names.iter().find(|other| other.strip_suffix(".lead") == Some(name)) {
        return Some(with_ending);
    }
    let stem = |name: &'n str| name.strip_suffix(".lead");
    let near = nearest(name.strip_suffix(".lead").unwrap_or(name), names.iter().filter_map(|name| stem(name)))?;
    names.iter().map(String::as_str).find(|name| stem(name) == Some(near))
}

/// The path behind the word `use`, blanks and comments; also with a colon before it, or without the quotation marks that it should have.
pub fn used_path(mut text: &str) -> Option<&str> {
    loop {
        text = text.trim_start_matches(|letter: char| letter.is_whitespace() || letter == ':');
        match text.strip_prefix('#') {
            Some(comment) => text = comment.split_once('\n')?.1,
            // the word stands twice
            None if text.starts_with("use ") => text = &text["use ".len()..],
            None => break,
        }
    }
    let line = text.lines().next()?;
    if let Some((path, _)) = line.strip_prefix('"').and_then(|path| path.split_once('"')) {
        return Some(path);
    }
    let bare = line.trim_start_matches(['"', '\'', '“', '”', '„']);
    let path = bare.split(['"', '\'', '“', '”', '#', ' ', '\t', '\r']).next()?;
    Some(path).filter(|path| !path.is_empty())
}
