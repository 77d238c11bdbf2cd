//! Metadata as people bring it: copied from a browser's view, quoted in a mail, packed into base64
//! or into a program's string. What was meant is clear in these cases, so it is undone. What was
//! brought instead by mistake is recognised and named. Only this module guesses; from [`gate`] on
//! nothing does.

use std::borrow::Cow;

use base64::Engine as _;
use vestibule_application::ports::saml::{FileKind, MetadataError};

use crate::gate;
use crate::pasted::{BASE64, Binary, contains_word};

/// How many wrappings are taken off, one inside the other. More were made to cost time.
const WRAPPINGS_MAX: usize = 3;

/// How much of a text is looked at to tell what it is, in characters.
const BEGINNING_CHARS: usize = 4_096;

/// The document that was meant, as text that begins with markup.
pub(crate) fn document(brought: &[u8]) -> Result<Cow<'_, str>, MetadataError> {
    if let Some(kind) = file_kind(brought) {
        return Err(MetadataError::File { kind });
    }
    match Binary::of(brought) {
        Some(Binary::PrivateKey) => return Err(MetadataError::PrivateKey),
        Some(Binary::Sequence | Binary::Bundle) => return Err(MetadataError::CertificateAlone),
        None => {}
    }
    let mut text = gate::text(brought)?;
    for _ in 0..WRAPPINGS_MAX {
        match unwrapped(&text)? {
            Some(inner) => text = Cow::Owned(inner),
            None => break,
        }
    }
    let trimmed = text.trim_matches(is_blank);
    if !trimmed.starts_with('<') {
        return Err(MetadataError::NotXml);
    }
    if trimmed.len() == text.len() {
        return Ok(text);
    }
    Ok(Cow::Owned(trimmed.to_owned()))
}

/// A better reason for a document that is broken, where the text shows one.
pub(crate) fn why_broken(text: &str, error: MetadataError) -> MetadataError {
    let is_typographic =
        |c: char| matches!(c, '\u{201c}'..='\u{201f}' | '\u{2018}'..='\u{201b}' | '\u{ab}' | '\u{bb}');
    match error {
        MetadataError::NotWellFormed { .. } if text.contains("=\u{201c}") || text.contains("=\u{201d}") => {
            MetadataError::TypographicQuotes
        }
        MetadataError::NotWellFormed { .. } if !text.contains('"') && text.contains(is_typographic) => {
            MetadataError::TypographicQuotes
        }
        error => error,
    }
}

/// By the first bytes. Source: the formats' specifications; TIFF and others nobody takes for XML.
fn file_kind(bytes: &[u8]) -> Option<FileKind> {
    const KINDS: [(&[u8], FileKind); 7] = [
        (b"PK\x03\x04", FileKind::Archive),
        (b"\x1f\x8b", FileKind::Archive),
        (b"%PDF", FileKind::Pdf),
        (b"\xd0\xcf\x11\xe0", FileKind::Office),
        (b"{\\rtf", FileKind::Office),
        (b"\x89PNG", FileKind::Image),
        (b"\xff\xd8\xff", FileKind::Image),
    ];
    KINDS.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, kind)| *kind)
}

/// White space, and marks without width.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// The text with one wrapping taken off; none if there is none.
fn unwrapped(text: &str) -> Result<Option<String>, MetadataError> {
    let text = text.trim_matches(is_blank);
    let beginning: String = text.chars().take(BEGINNING_CHARS).collect();
    match beginning.chars().next() {
        None => Err(MetadataError::Empty),
        Some('<') => Ok(from_quoted_printable(text, &beginning)),
        Some('>') => Ok(from_mail(text)),
        Some('"') => Ok(Some(from_program(text))),
        Some('{' | '[') if beginning.contains("authorization_endpoint") => Err(MetadataError::Discovery),
        Some('{' | '[') => Err(MetadataError::Json),
        Some('&') if beginning.starts_with("&lt;") => Ok(Some(unescaped(text))),
        Some(_) if is_private_key(&beginning) => Err(MetadataError::PrivateKey),
        Some(_) if contains_word(&beginning, "BEGIN", "CERTIFICATE") => Err(MetadataError::CertificateAlone),
        Some(_) => match from_base64(text)? {
            Some(inner) => Ok(Some(inner)),
            None => Ok(after_a_remark(text)),
        },
    }
}

fn is_private_key(text: &str) -> bool {
    contains_word(text, "PRIVATE", "KEY")
}

/// Browsers put a remark before the tree that they draw of a document without a style sheet; it is
/// copied with it, and so are words of a mail. Marks for folding between elements do no harm.
fn after_a_remark(text: &str) -> Option<String> {
    let (begin, end) = (text.find('<')?, text.rfind('>')?);
    let markup = text.get(begin..=end)?;
    let is_markup = markup.get(1..)?.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '?' | '!'));
    is_markup.then(|| markup.to_owned())
}

/// Source: RFC 2045, section 6.7. Metadata is ASCII nearly always; other bytes are put together.
fn from_quoted_printable(text: &str, beginning: &str) -> Option<String> {
    if !beginning.contains("=3D\"") && !beginning.contains("=3D'") {
        return None;
    }
    let joined = text.replace("=\r\n", "").replace("=\n", "");
    let mut bytes = Vec::with_capacity(joined.len());
    let mut rest = joined.as_bytes();
    while let [first, after @ ..] = rest {
        let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let byte = pair.filter(|_| *first == b'=').and_then(|pair| u8::from_str_radix(pair, 16).ok());
        if let Some(byte) = byte {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

/// Lines quoted in an answer.
fn from_mail(text: &str) -> Option<String> {
    let lines: Option<Vec<&str>> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.trim_start().strip_prefix('>').map(|line| line.strip_prefix(' ').unwrap_or(line)))
        .collect();
    lines.map(|lines| lines.join("\n"))
}

/// A string of JSON or of a program.
fn from_program(text: &str) -> String {
    let inner = text.trim_matches(|c: char| is_blank(c) || matches!(c, '"' | ',' | ';'));
    [
        ("\\r", ""),
        ("\\n", "\n"),
        ("\\t", " "),
        ("\\\"", "\""),
        ("\\/", "/"),
        ("\\u003c", "<"),
        ("\\u003e", ">"),
    ]
    .iter()
    .fold(inner.to_owned(), |text, (written, meant)| text.replace(written, meant))
}

/// Markup that was escaped to be shown on a page.
fn unescaped(text: &str) -> String {
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&apos;", "'"),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (written, meant)| text.replace(written, meant))
}

/// Base64 of a document; of a key or a certificate, that it is one.
fn from_base64(text: &str) -> Result<Option<String>, MetadataError> {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=') || c.is_whitespace();
    if !text.chars().all(is_base64) {
        return Ok(None);
    }
    let packed: String = text.split_whitespace().collect();
    let Ok(bytes) = BASE64.decode(packed) else { return Ok(None) };
    match Binary::of(&bytes) {
        Some(Binary::PrivateKey) => return Err(MetadataError::PrivateKey),
        Some(Binary::Sequence | Binary::Bundle) => return Err(MetadataError::CertificateAlone),
        None => {}
    }
    let decoded = gate::text(&bytes).ok().map(Cow::into_owned);
    Ok(decoded.filter(|decoded| decoded.trim_start().starts_with(['<', '-'])))
}
