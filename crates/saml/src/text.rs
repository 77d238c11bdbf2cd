//! Bytes to characters, before anything looks at them as markup.
//!
//! Providers publish UTF-8, with or without a byte order mark; Windows tools save UTF-16 with one.
//! Everything else is refused, rather than guessed at and shown wrong. This module must never
//! know what the text is about.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Base64 as messages have it: padding may be missing, since some writers leave it out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The bytes are no text in UTF-8, or UTF-16 with a byte order mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotText;

/// Decodes UTF-8 with or without a byte order mark, and UTF-16 with one; the mark is dropped. Of
/// UTF-16 without its mark only markup is read: its first sign is known.
///
/// NUL is refused otherwise: it stands in no text and marks binary files.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, NotText> {
    let text = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => Cow::Borrowed(utf8(rest)?),
        [0xff, 0xfe, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)?),
        [0xfe, 0xff, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)?),
        [b'<', 0, ..] => Cow::Owned(utf16(bytes, u16::from_le_bytes)?),
        [0, b'<', ..] => Cow::Owned(utf16(bytes, u16::from_be_bytes)?),
        _ => Cow::Borrowed(utf8(bytes)?),
    };
    if text.contains('\0') { Err(NotText) } else { Ok(text) }
}

/// Decodes base64 as it stands in forms and in XML, with or without white space.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    // Most have none, and looking for it takes longer than decoding.
    BASE64.decode(text).ok().or_else(|| {
        let compact: String = text.split_ascii_whitespace().collect();
        BASE64.decode(compact).ok()
    })
}

fn utf8(bytes: &[u8]) -> Result<&str, NotText> {
    std::str::from_utf8(bytes).map_err(|_| NotText)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, NotText> {
    let (pairs, []) = bytes.as_chunks::<2>() else { return Err(NotText) };
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect::<Result<_, _>>().map_err(|_| NotText)
}

/// Collapses white space as XML Schema does for `xs:anyURI` and `xs:token`, and cuts the result
/// after `chars_max` characters, with an ellipsis.
pub(crate) fn collapsed(raw: &str, chars_max: usize) -> String {
    let mut line = raw.split_whitespace().collect::<Vec<_>>().join(" ");
    line.retain(|c| !c.is_control());
    cut(line, chars_max)
}

/// Cuts after `chars_max` characters; the last of them is then an ellipsis.
pub(crate) fn cut(mut text: String, chars_max: usize) -> String {
    if let Some((at, _)) = text.char_indices().nth(chars_max) {
        text.truncate(at);
        text.pop();
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16_bytes(text: &str, mark: u16, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        std::iter::once(mark).chain(text.encode_utf16()).flat_map(bytes).collect()
    }

    #[test]
    fn the_encodings_that_providers_use_are_read() {
        let text = "<a b='é€𝄞'/>";
        assert_eq!(decode(text.as_bytes()).as_deref(), Ok(text));
        assert_eq!(decode(format!("\u{feff}{text}").as_bytes()).as_deref(), Ok(text));
        assert_eq!(decode(&utf16_bytes(text, 0xfeff, u16::to_le_bytes)).as_deref(), Ok(text));
        assert_eq!(decode(&utf16_bytes(text, 0xfeff, u16::to_be_bytes)).as_deref(), Ok(text));
        assert_eq!(decode(&utf16_bytes(text, 0xfeff, u16::to_le_bytes)[2..]).as_deref(), Ok(text));
        assert_eq!(decode(&utf16_bytes(text, 0xfeff, u16::to_be_bytes)[2..]).as_deref(), Ok(text));
    }

    #[test]
    fn anything_else_is_no_text() {
        let without_mark = &utf16_bytes("a", 0xfeff, u16::to_le_bytes)[2..];
        let odd = &utf16_bytes("<a/>", 0xfeff, u16::to_le_bytes)[..7];
        let half_a_pair = [0xff, 0xfe, 0x34, 0xd8];
        for bytes in [without_mark, odd, &half_a_pair, b"caf\xe9", b"a\0b", b"\x1f\x8b\x08", b"\x30\x82\x01"]
        {
            assert_eq!(decode(bytes), Err(NotText), "{bytes:x?}");
        }
    }

    #[test]
    fn base64_may_have_white_space_and_lack_its_padding() {
        for text in ["YQ==", "YQ", " Y\r\nQ=\t=\n"] {
            assert_eq!(from_base64(text).as_deref(), Some(b"a".as_slice()), "{text:?}");
        }
        for text in ["Y", "Y-==", "YQ==YQ=="] {
            assert_eq!(from_base64(text), None, "{text:?}");
        }
    }

    #[test]
    fn text_is_cut_exactly_at_its_limit() {
        assert_eq!(cut("äöü".into(), 3), "äöü");
        assert_eq!(cut("äöüx".into(), 3), "äö…");
        assert_eq!(collapsed(" a\n\t b\u{7} ", 3), "a b");
    }
}
