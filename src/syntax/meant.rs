//! What was meant by a name or a path that is not written as it should be.
//!
//! Enters: text as it stands in a policy. Leaves: the name that a fix would write, the file that a `use` would name. Always holds: text that is right is its own meaning.

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

/// The path behind the word `use`, blanks and comments; also with a colon before it, or without the quotation marks that it should have.
pub fn used_path(mut text: &str) -> Option<&str> {
    loop {
        text = text.trim_start_matches(|letter: char| letter.is_whitespace() || letter == ':');
        match text.strip_prefix('#') {
            Some(comment) => text = comment.split_once('\n')?.1,
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
