//! Texts as words of a shell, for commands that a person is shown to copy.

/// One word of a POSIX shell that means this text: in quotation marks where a shell would read something else.
pub fn shell_word(text: &str) -> String {
    let is_plain = |character: char| character.is_alphanumeric() || "._/-+,:@%=".contains(character);
    if !text.is_empty() && text.chars().all(is_plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_read_otherwise_is_quoted() {
        assert_eq!(shell_word("policies/us-east"), "policies/us-east");
        assert_eq!(shell_word("my policies"), "'my policies'");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
        assert_eq!(shell_word("$(x)"), "'$(x)'");
        assert_eq!(shell_word(""), "''");
    }
}
