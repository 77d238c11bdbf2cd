//! Messages with line breaks and indentation, for reading.
//!
//! What comes out is only ever looked at: nothing is parsed, nothing is checked, and what is no XML
//! or JSON comes out as it went in. All that is added or left out is white space between tags, or
//! outside of strings.

use std::borrow::Cow;

/// Spaces for each level.
const INDENT: &str = "  ";

/// Deepest level that is indented further: whoever nests on purpose must not fill the page with
/// spaces.
const LEVELS_MAX: usize = 16;

/// Breaks a message into lines.
pub(super) fn pretty(text: &str) -> String {
    match text.trim_start().chars().next() {
        Some('<') => xml(text),
        Some('{' | '[') => json(text),
        _ => text.to_owned(),
    }
}

/// Text without what no page can hold or nobody can see: control characters become their pictures.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    let hidden = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    let shown = |c: char| match c {
        '\0'..='\u{1f}' if hidden(c) => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        c if hidden(c) => '\u{fffd}',
        c => c,
    };
    Cow::Owned(text.chars().map(shown).collect())
}

fn break_line(out: &mut String, level: usize) {
    if !out.is_empty() {
        out.push('\n');
    }
    out.extend(std::iter::repeat_n(INDENT, level.min(LEVELS_MAX)));
}

/// A piece of XML, as far as indentation is concerned.
enum Piece<'a> {
    Open(&'a str),
    Close(&'a str),
    /// An element without content, a comment, an instruction.
    Alone(&'a str),
    Text(&'a str),
}

fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 2);
    let mut level = 0_usize;
    // Whether a line break here would lie between an element's tags and its text.
    let mut tight = false;
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = first(rest);
        rest = after;
        match piece {
            Piece::Text(text) if text.trim().is_empty() => {}
            Piece::Text(text) => {
                out.push_str(text);
                tight = true;
            }
            Piece::Open(tag) => {
                if !tight {
                    break_line(&mut out, level);
                }
                out.push_str(tag);
                level += 1;
                // Its end follows on the same line, if nothing but text is between.
                tight = closes_soon(rest);
            }
            Piece::Close(tag) => {
                level = level.saturating_sub(1);
                if !tight {
                    break_line(&mut out, level);
                }
                out.push_str(tag);
                tight = false;
            }
            Piece::Alone(tag) => {
                if !tight {
                    break_line(&mut out, level);
                }
                out.push_str(tag);
            }
        }
    }
    out
}

/// Whether the next thing is text or the end of an element.
fn closes_soon(rest: &str) -> bool {
    let trimmed = rest.trim_start();
    trimmed.starts_with("</") || !trimmed.starts_with('<')
}

/// The first piece, and what follows it.
fn first(rest: &str) -> (Piece<'_>, &str) {
    let until = |end: &str| rest.find(end).map_or(rest.len(), |at| at + end.len());
    if !rest.starts_with('<') {
        let (text, after) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        return (Piece::Text(text), after);
    }
    if rest.starts_with("<!--") {
        let (comment, after) = rest.split_at(until("-->"));
        return (Piece::Alone(comment), after);
    }
    if rest.starts_with("<![CDATA[") {
        let (text, after) = rest.split_at(until("]]>"));
        return (Piece::Text(text), after);
    }
    let (tag, after) = rest.split_at(end_of_tag(rest));
    let piece = if tag.starts_with("</") {
        Piece::Close(tag)
    } else if tag.starts_with("<?") || tag.starts_with("<!") || tag.ends_with("/>") {
        Piece::Alone(tag)
    } else {
        Piece::Open(tag)
    };
    (piece, after)
}

/// Where a tag ends: `>` may stand in an attribute.
fn end_of_tag(rest: &str) -> usize {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            (None, b'>') => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 2);
    let mut level = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if in_string {
            out.push(c);
            in_string = escaped || c != '"';
            escaped = c == '\\' && !escaped;
            continue;
        }
        match c {
            c if c.is_whitespace() => {}
            '{' | '[' => {
                out.push(c);
                while chars.next_if(|next| next.is_whitespace()).is_some() {}
                if let Some(end) = chars.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(end);
                } else {
                    level += 1;
                    break_line(&mut out, level);
                }
            }
            '}' | ']' => {
                level = level.saturating_sub(1);
                break_line(&mut out, level);
                out.push(c);
            }
            ',' => {
                out.push(c);
                break_line(&mut out, level);
            }
            ':' => out.push_str(": "),
            c => {
                in_string = c == '"';
                out.push(c);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_is_indented_and_texts_stay_with_their_tags() {
        let source = "<?xml version=\"1.0\"?><a:R ID=\"x>y\" b='<'><a:I>urn:x</a:I><E/><S>\n<D> a b </D><!-- - --></S><N></N>mixed<b>bold</b> text</a:R>";
        let wanted = "<?xml version=\"1.0\"?>\n<a:R ID=\"x>y\" b='<'>\n  <a:I>urn:x</a:I>\n  <E/>\n  <S>\n    <D> a b </D>\n    <!-- - -->\n  </S>\n  <N></N>mixed<b>bold</b> text</a:R>";
        assert_eq!(pretty(source), wanted);
    }

    #[test]
    fn json_is_indented_and_strings_stay_as_they_are() {
        let source = r#"{"sub":"a, {b}","groups":["x","y\"[" ],"empty":{ },"n":1}"#;
        let wanted = "{\n  \"sub\": \"a, {b}\",\n  \"groups\": [\n    \"x\",\n    \"y\\\"[\"\n  ],\n  \"empty\": {},\n  \"n\": 1\n}";
        assert_eq!(pretty(source), wanted);
    }

    #[test]
    fn other_text_stays_as_it_is() {
        for text in ["", "scope=openid\nstate=x", "no <xml>", "  \n "] {
            assert_eq!(pretty(text), text);
        }
    }

    /// Text without white space.
    fn bare(text: &str) -> String {
        text.chars().filter(|c| !c.is_whitespace()).collect()
    }

    #[test]
    fn whatever_comes_nothing_but_white_space_changes() {
        let parts = [
            "<",
            ">",
            "/",
            "a",
            "</a>",
            "<a>",
            "<a b=\"",
            "'",
            "\"",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "<?",
            "?>",
            " ",
            "\n",
            "é",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\\",
            "\u{202e}",
            "\0",
            "<a/>",
            "text",
        ];
        // A generator of our own keeps the cases the same on every machine.
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut next = |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state % u64::try_from(below).unwrap()).unwrap()
        };
        for start in ["", "<", "{", "["] {
            for _ in 0..5_000 {
                let length = next(40);
                let tail: String = (0..length).map(|_| parts[next(parts.len())]).collect();
                let source = format!("{start}{tail}");
                assert_eq!(bare(&pretty(&source)), bare(&source), "{source:?}");
            }
        }
    }

    #[test]
    fn nesting_indents_up_to_a_level() {
        let line = |levels: usize| {
            let nested = format!("{}<e/>{}", "<a>".repeat(levels), "</a>".repeat(levels));
            let line = pretty(&nested).lines().find(|line| line.contains("<e/>")).unwrap().to_owned();
            line.len() - "<e/>".len()
        };
        assert_eq!(line(LEVELS_MAX), LEVELS_MAX * INDENT.len());
        assert_eq!(line(LEVELS_MAX + 1), LEVELS_MAX * INDENT.len());
        let deep = pretty(&"[".repeat(100_000));
        assert!(deep.len() < 100_000 * (LEVELS_MAX + 1) * INDENT.len());
    }

    #[test]
    fn control_characters_are_shown_as_pictures() {
        assert_eq!(visible("a\n\tb"), "a\n\tb");
        assert_eq!(visible("\0\u{1b}[31m\u{7f}\u{ffff}"), "\u{2400}\u{241b}[31m\u{fffd}\u{fffd}");
    }
}
