//! What was meant by a line that somebody typed or pasted: without what stuck to it on its way.

/// What programs leave around a value: white space, marks without width, quotation marks, brackets
/// around addresses in mails, and the ends of sentences and of lists.
fn sticks(c: char) -> bool {
    is_blank(c)
        || matches!(
            c,
            '"' | '\'' | '`' | '<' | '>' | ',' | ';' | '\u{2018}'
                ..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{2039}' | '\u{203a}'
        )
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// The value of a line. Angle brackets around a placeholder stay: they tell what it is.
pub(super) fn line(text: &str) -> &str {
    let blank = text.trim_matches(is_blank);
    let bare = text.trim_matches(sticks);
    let is_placeholder = blank.starts_with('<') && !bare.contains([':', '.', '/']);
    if is_placeholder { blank } else { after_label(bare) }
}

/// A secret: quotation marks may belong to it.
pub(super) fn secret(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// The address in `Metadata URL: https://…`; everything, if that is not what stands there.
fn after_label(text: &str) -> &str {
    let Some(at) = text.find("https://").filter(|at| *at > 0) else { return text };
    let (label, address) = text.split_at(at);
    let is_label = label.trim_end().ends_with(':') && label.trim_end().len() < label.len();
    if is_label && !label.contains("//") && !address.contains(char::is_whitespace) { address } else { text }
}

/// Whether somebody pasted a document where a line was asked for. Addresses and placeholders in
/// angle brackets are none.
pub(super) fn is_markup(text: &str) -> bool {
    let text = text.trim_start_matches(is_blank);
    let begins = ["<?", "<!", "<html"].iter().any(|begin| text.starts_with(begin));
    let has_markup = || ["</", "/>", "=\"", "='"].iter().any(|part| text.contains(part));
    begins || text.starts_with('<') && has_markup()
}

/// Whether a private key stands in a text, its header perhaps mangled.
pub(super) fn holds_private_key(text: &str) -> bool {
    text.match_indices("PRIVATE").any(|(at, word)| {
        let rest = &text[at + word.len()..];
        rest.trim_start_matches(|c: char| is_blank(c) || c == '-' || c == '_').starts_with("KEY")
    })
}

/// Words that stand for the customer in examples and templates.
const STAND_INS: [&str; 6] =
    ["your-domain", "yourdomain", "your-org", "yourorg", "your-tenant", "yourtenant"];

/// A part that somebody was meant to fill in: `{tenant}`, `<your-domain>`, `yourcompany`.
pub(super) fn placeholder(value: &str) -> Option<&str> {
    let between = |open: char, close: char| {
        let begin = value.find(open)?;
        let end = begin + value.get(begin..)?.find(close)? + close.len_utf8();
        value.get(begin..end)
    };
    let stand_in = || {
        let lower = value.to_ascii_lowercase();
        STAND_INS.iter().find_map(|word| lower.find(word).and_then(|at| value.get(at..at + word.len())))
    };
    between('{', '}').or_else(|| between('<', '>')).or_else(stand_in)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sticks_to_a_value_falls_off() {
        for typed in [
            "https://a.example/x",
            "  https://a.example/x\r\n",
            "\u{a0}https://a.example/x\u{200b}",
            "\"https://a.example/x\"",
            "\u{201c}https://a.example/x\u{201d},",
            "<https://a.example/x>",
            "Metadata URL: https://a.example/x",
        ] {
            assert_eq!(line(typed), "https://a.example/x", "{typed:?}");
        }
        for kept in ["https://a.example/a b", "see https://a.example/x", "<your-domain>", "urn:a:b", ""] {
            assert_eq!(line(kept), kept);
        }
        assert_eq!(secret(" \"s'\u{a0}\n"), "\"s'");
    }

    #[test]
    fn documents_are_told_from_lines_in_angle_brackets() {
        for text in ["<?xml?>", " <!DOCTYPE html>", "<html>", "<a/>", "<a b='c'", "\u{feff}<a></a>"] {
            assert!(is_markup(text), "{text}");
        }
        for text in ["<https://a.example/x>", "<your-domain>", "<\u{201c}https://a.example\u{201d}>", "a </"]
        {
            assert!(!is_markup(text), "{text}");
        }
    }

    #[test]
    fn private_keys_and_placeholders_are_seen() {
        for text in ["-----BEGIN PRIVATE KEY-----", "BEGIN RSA PRIVATE\u{a0}KEY", "-BEGIN EC PRIVATE--KEY"] {
            assert!(holds_private_key(text), "{text}");
        }
        assert!(!holds_private_key("-----BEGIN CERTIFICATE-----") && !holds_private_key("PRIVATE"));
        for (value, part) in [
            ("https://login.microsoftonline.com/{tenant}/v2.0", Some("{tenant}")),
            ("https://<your-domain>/x", Some("<your-domain>")),
            ("https://YourOrg.okta.com", Some("YourOrg")),
            ("https://acme.okta.com", None),
            ("a } b {", None),
        ] {
            assert_eq!(placeholder(value), part, "{value}");
        }
    }
}
