//! Reading messages as a mail program does, as far as it takes to find the link or the code.

use regex::Regex;

/// The portal link in a message.
///
/// # Panics
/// When there is none.
pub fn link(message: &str) -> String {
    let text = decode_quoted_printable(message);
    let pattern = Regex::new(r#"https?://[^\s"'<>]+/portal\?token=vpt_[A-Za-z0-9_-]+"#).unwrap();
    let found = pattern.find(&text).unwrap_or_else(|| panic!("no portal link in:\n{message}"));
    found.as_str().to_owned()
}

/// The link below a path of the dashboard in a message, if it carries one: to choose a new password,
/// or to join a team.
///
/// # Panics
/// Never: the paths are fixed.
pub fn dashboard_link(message: &str, path: &str) -> Option<String> {
    let text = decode_quoted_printable(message);
    let pattern = Regex::new(&format!(r#"https?://[^\s"'<>]+{path}[A-Za-z0-9_-]+"#)).unwrap();
    pattern.find(&text).map(|found| found.as_str().to_owned())
}

/// The code in a message, if it carries one: six digits on a line of their own.
///
/// # Panics
/// Never: the pattern is fixed.
pub fn code(message: &str) -> Option<String> {
    let pattern = Regex::new(r"(?m)^(\d{6})\r?$").unwrap();
    pattern.captures(&decode_quoted_printable(message)).map(|found| found[1].to_owned())
}

/// Undoes RFC 2045, section 6.7, where it was used.
fn decode_quoted_printable(message: &str) -> String {
    let joined = message.replace("=\r\n", "").replace("=\n", "");
    let escape = Regex::new("=([0-9A-F]{2})").unwrap();
    // The text that is looked for is ASCII; other bytes may come out as they like.
    escape
        .replace_all(&joined, |found: &regex::Captures<'_>| {
            u8::from_str_radix(&found[1], 16).map(char::from).unwrap_or_default().to_string()
        })
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_on_its_line() {
        assert_eq!(code("Hello, this is 123456.\r\n\r\n012345\r\n\r\nBye").as_deref(), Some("012345"));
        assert_eq!(code("1234567\n12345\nsee 123456"), None);
    }

    #[test]
    fn a_link_is_found_across_soft_line_ends() {
        let wanted = "http://127.0.0.1:1/portal?token=vpt_abc-_1";
        assert_eq!(link("Hello\nhttp://127.0.0.1:1/por=\r\ntal?token=3Dvpt_abc-_1\r\n"), wanted);
        assert_eq!(link(&format!("see <{wanted}>")), wanted);
    }
}
