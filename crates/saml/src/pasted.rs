//! Certificates as people paste them.
//!
//! They come from consoles, mail programs, word processors, JSON files and shells, each of which
//! breaks them in its own way; what was meant is clear in nearly all cases, and a person should
//! not be sent back for it. What was pasted instead by mistake is recognised and named; a private
//! key above all, which must never be echoed, logged or kept.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use vestibule_application::ports::saml::CertificateError;
use vestibule_domain::certificate::Certificate;

use crate::certificate::{CERTIFICATE_BYTES_MAX, read_der};
use crate::text::decode;

/// Padding gets lost, and some writers leave bits set behind the end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// How many blocks of PEM are told apart, at most; from two different ones on, there are several.
const BLOCKS_MAX: usize = 8;

/// Reads the one certificate that the input holds, whatever its key.
pub(crate) fn read(input: &[u8]) -> Result<Certificate, CertificateError> {
    if input.len() > CERTIFICATE_BYTES_MAX {
        return Err(CertificateError::TooLarge { max: CERTIFICATE_BYTES_MAX });
    }
    if let Some(binary) = Binary::of(input) {
        return binary.certificate(input);
    }
    let text = decode(input).map_err(|_| CertificateError::Encoding)?;
    read_text(&straighten(&text))
}

fn read_text(text: &str) -> Result<Certificate, CertificateError> {
    if text.trim().is_empty() {
        return Err(CertificateError::Empty);
    }
    refuse_other_labels(text)?;
    let mut bodies = bodies(text);
    bodies.dedup();
    let [body] = bodies.as_slice() else { return Err(CertificateError::Several) };
    let decoded = BASE64.decode(body).map_err(|_| CertificateError::Encoding)?;
    if let Some(binary) = Binary::of(&decoded) {
        return binary.certificate(&decoded);
    }
    if decoded.is_empty() {
        return Err(CertificateError::Encoding);
    }
    // Some consoles encode the whole PEM file once more. Once: text that is base64 of base64 of
    // base64 was made to cost time.
    let inner = straighten(&decode(&decoded).map_err(|_| CertificateError::NotX509)?);
    refuse_other_labels(&inner)?;
    let mut bodies = bodies_of_pem(&inner);
    bodies.dedup();
    match bodies.as_slice() {
        [] => Err(CertificateError::NotX509),
        [body] => read_der(&BASE64.decode(body).map_err(|_| CertificateError::Encoding)?),
        _ => Err(CertificateError::Several),
    }
}

/// DER that begins like a structure of interest; its first element tells what it is.
#[derive(Clone, Copy)]
enum Binary {
    /// A certificate's or a request's body, or an algorithm: a sequence.
    Sequence,
    /// PKCS#1, PKCS#8 and SEC 1 begin with a version of 0 or 1; PKCS#12, which wraps a private
    /// key, with 3.
    PrivateKey,
}

impl Binary {
    /// `0x30` is the digit 0 as well, but no text goes on with these: every DER of use has more
    /// than 127 bytes, and so a length in long form.
    fn of(input: &[u8]) -> Option<Self> {
        let ([0x30, 0x80, content @ ..]
        | [0x30, 0x81, _, content @ ..]
        | [0x30, 0x82, _, _, content @ ..]
        | [0x30, 0x83, _, _, _, content @ ..]) = input
        else {
            return None;
        };
        Some(if matches!(content, [0x02, 0x01, 0 | 1 | 3, ..]) { Self::PrivateKey } else { Self::Sequence })
    }

    fn certificate(self, der: &[u8]) -> Result<Certificate, CertificateError> {
        use x509_parser::prelude::{FromDer, X509CertificationRequest};
        match self {
            Self::PrivateKey => Err(CertificateError::PrivateKey),
            Self::Sequence => read_der(der).map_err(|error| {
                let is_request = X509CertificationRequest::from_der(der).is_ok();
                if is_request { CertificateError::SigningRequest } else { error }
            }),
        }
    }
}

/// Undoes what programs do to text on its way: typographic dashes and spaces, escaped line ends,
/// character references, line ends of other systems.
fn straighten(text: &str) -> String {
    let text: String = text
        .chars()
        .filter_map(|c| match c {
            // Hyphens, dashes, minus.
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => Some('-'),
            // Marks without width.
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => None,
            c if c.is_whitespace() && c != '\n' && c != '\r' => Some(' '),
            c => Some(c),
        })
        .collect();
    ["\r\n", "\r", "\\r\\n", "\\n", "\\r", "&#13;", "&#xD;", "&#xd;", "&#10;", "&#xA;", "&#xa;"].iter().fold(
        text,
        |text, line_end| if text.contains(line_end) { text.replace(line_end, "\n") } else { text },
    )
}

/// Private keys first: whatever else is there, the person must learn that one was.
fn refuse_other_labels(text: &str) -> Result<(), CertificateError> {
    if contains_word(text, "PRIVATE", "KEY") {
        return Err(CertificateError::PrivateKey);
    }
    if contains_word(text, "CERTIFICATE", "REQUEST") {
        return Err(CertificateError::SigningRequest);
    }
    Ok(())
}

/// The base64 of each certificate in the text.
fn bodies(text: &str) -> Vec<String> {
    if let Some(bodies) = bodies_of_elements(text) {
        return bodies;
    }
    let bodies = bodies_of_pem(text);
    if bodies.is_empty() { vec![base64_of(text)] } else { bodies }
}

/// Contents of `X509Certificate` elements, where somebody copied a piece of metadata.
fn bodies_of_elements(text: &str) -> Option<Vec<String>> {
    let mut pieces = text.split("X509Certificate>");
    pieces.next()?;
    // The first piece ends in `<ds:`; then contents, which end in `</ds:`, and gaps take turns.
    let bodies: Vec<_> = pieces
        .step_by(2)
        .map(|piece| piece.split('<').next().unwrap_or(piece))
        .map(|content| bodies_of_pem(content).pop().unwrap_or_else(|| base64_of(content)))
        .collect();
    (!bodies.is_empty()).then_some(bodies)
}

/// What stands between the markers of PEM. Dashes and spaces of the markers may be lost, and the
/// first or the last marker may be missing; the words may not.
fn bodies_of_pem(text: &str) -> Vec<String> {
    let mut bodies = Vec::new();
    let mut rest = text;
    if let Some(end) = find_words(rest, "END", "CERTIFICATE")
        && find_words(rest, "BEGIN", "CERTIFICATE").is_none_or(|begin| begin.start > end.start)
    {
        bodies.push(base64_of(&rest[..end.start]));
        rest = &rest[end.end..];
    }
    while bodies.len() < BLOCKS_MAX
        && let Some(begin) = find_words(rest, "BEGIN", "CERTIFICATE")
    {
        rest = &rest[begin.end..];
        let ends = [find_words(rest, "END", "CERTIFICATE"), find_words(rest, "BEGIN", "CERTIFICATE")];
        let end = ends.into_iter().flatten().map(|words| words.start).min().unwrap_or(rest.len());
        bodies.push(base64_of(&rest[..end]));
        rest = &rest[end..];
    }
    bodies
}

fn contains_word(text: &str, first: &str, second: &str) -> bool {
    find_words(text, first, second).is_some()
}

/// Where two words stand with nothing but spaces between them, in either case of letters.
fn find_words(text: &str, first: &str, second: &str) -> Option<std::ops::Range<usize>> {
    let is_at = |at: usize, word: &str| {
        text.as_bytes()
            .get(at..at + word.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()))
    };
    (0..text.len()).filter(|at| is_at(*at, first)).find_map(|start| {
        let after = start + first.len();
        let spaces = text.as_bytes()[after..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        is_at(after + spaces, second).then(|| start..after + spaces + second.len())
    })
}

/// Drops what surrounds and separates base64: dashes of markers, quotes of programs and mails,
/// white space, and the soft line ends of quoted-printable (RFC 2045, section 6.7).
fn base64_of(text: &str) -> String {
    let is_wrapping =
        |c: char| c.is_whitespace() || matches!(c, '-' | '"' | '\'' | '`' | ',' | ';' | '>' | '\\');
    let lines: Vec<_> =
        text.lines().map(|line| line.trim_matches(is_wrapping)).filter(|line| !line.is_empty()).collect();
    let last = lines.len().saturating_sub(1);
    let joined: String = lines
        .iter()
        .enumerate()
        .flat_map(|(index, line)| {
            let line = if index < last { line.trim_end_matches('=') } else { line };
            line.chars().filter(|c| !c.is_whitespace())
        })
        .collect();
    joined.replace("=3D", "=")
}
