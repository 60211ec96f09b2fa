//! Paths that a policy names: from the policy's root, never outside it.

/// The path as [`crate::source::Files`] wants it, or why it is none that lies below the root.
pub(crate) fn below_root(written: &str) -> Result<String, &'static str> {
    if written.contains('\\') {
        return Err("has a backslash, which some systems take for a folder");
    }
    if written.contains(':') {
        return Err("names a drive or another machine");
    }
    if written.starts_with('/') {
        return Err("is absolute");
    }
    if written.chars().any(char::is_control) {
        return Err("has a character that no file name should have");
    }
    let parts: Vec<&str> = written.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if parts.contains(&"..") {
        return Err("climbs out of its folder with `..`");
    }
    if parts.is_empty() {
        return Err("names no file");
    }
    Ok(parts.join("/"))
}

/// The folder of a path, with the slash behind it; empty at the root.
pub(crate) fn folder(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..=slash])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_below_the_root() {
        assert_eq!(below_root("common/teams.lead").as_deref(), Ok("common/teams.lead"));
        assert_eq!(below_root("./common//teams.lead").as_deref(), Ok("common/teams.lead"));
        for outside in ["/etc/passwd", "../x.lead", "a/../../x", "a\\b.lead", "C:/x.lead", "https://x/y.lead", "", ".", "a\nb"] {
            assert!(below_root(outside).is_err(), "{outside:?}");
        }
    }
}
