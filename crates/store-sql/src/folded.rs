//! Names without regard to case, and what begins with them.
//!
//! Folded here and kept in a column of its own, so that both databases agree on what a letter is,
//! and a plain range over an index finds every name with a beginning.

/// The name as it is compared.
pub(crate) fn folded(name: &str) -> String {
    name.to_lowercase()
}

/// The bounds of what begins with a text: from the first, up to but without the second. No upper
/// bound if nothing can follow. `None` if nothing can begin with it, because no name has a NUL.
pub(crate) fn range(beginning: &str) -> Option<(String, Option<String>)> {
    if beginning.contains('\0') {
        return None;
    }
    let from = folded(beginning);
    let mut head = from.clone();
    while let Some(last) = head.pop() {
        if let Some(next) = following(last) {
            head.push(next);
            return Some((from, Some(head)));
        }
    }
    Some((from, None))
}

/// The next character in the order of UTF-8 bytes, which is the order of code points.
fn following(c: char) -> Option<char> {
    match c {
        '\u{d7ff}' => Some('\u{e000}'),
        char::MAX => None,
        c => char::from_u32(u32::from(c) + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_exactly_what_begins_so() {
        let (from, until) = range("ÄC").unwrap();
        let holds = |name: &str| {
            let name = folded(name);
            name >= from && until.as_ref().is_none_or(|until| name < *until)
        };
        for name in ["äc", "ÄCME", "Äc\u{10ffff}"] {
            assert!(holds(name), "{name}");
        }
        for name in ["ä", "äd", "ac", "Äb\u{10ffff}"] {
            assert!(!holds(name), "{name}");
        }
    }

    #[test]
    fn wildcards_are_letters_like_others() {
        assert_eq!(range("50%_"), Some(("50%_".into(), Some("50%`".into()))));
    }

    #[test]
    fn the_last_letters_have_no_successor() {
        assert_eq!(range(""), Some((String::new(), None)));
        assert_eq!(range("a\u{10ffff}").unwrap().1.as_deref(), Some("b"));
        assert_eq!(range("\u{10ffff}").unwrap().1, None);
        assert_eq!(range("\u{d7ff}").unwrap().1.as_deref(), Some("\u{e000}"));
        assert_eq!(range("a\0"), None);
    }
}
